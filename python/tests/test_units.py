"""Quantities of other packages."""

from __future__ import annotations

import numpy as np
import pytest

import spikestep as ss


def test_texts_have_units() -> None:
    assert ss.Problem("RS", 10, "0.2s").duration == 200.0
    problem = ss.Problem("RS", "10mV/ms", 200.0, v0="-0.07V", u0="-14mV/ms")
    assert (problem.v0, problem.u0, problem.input_unit) == (-70.0, -14.0, "mV/ms")
    assert [run.dt for run in ss.compare(problem, "rk4", dt="0.1..0.4:log:3").runs] == pytest.approx([0.1, 0.2, 0.4])
    assert ss.compare(problem, "rk4", dt="500us").runs[0].dt == 0.5
    with pytest.raises(ss.SpikestepError, match="mV/ms"):
        ss.Problem("RS", "110pA")


def test_quantities_and_neo() -> None:
    pq, neo = pytest.importorskip("quantities"), pytest.importorskip("neo")
    plain = ss.Problem("RS2007", 150, 200.0, v0=-62)
    typed = ss.Problem("RS2007", 0.15 * pq.nA, 0.2 * pq.s, v0=-0.062 * pq.V)
    assert ss.solve(typed, "rk4", 0.5 * pq.ms).spikes.tolist() == ss.solve(plain, "rk4", 0.5).spikes.tolist()
    with pytest.raises(ss.SpikestepError, match="allowed: mV/ms"):
        ss.Problem("RS", 0.1 * pq.nA)
    with pytest.raises(ss.SpikestepError, match="allowed: one in ms"):
        ss.Problem("RS", 10, 5 * pq.mV)

    # A recorded current, in nA at 1 kHz, is the arrays it holds.
    current = 0.1 + 0.05 * np.sin(0.1 * np.arange(200))
    signal = neo.AnalogSignal(current, units="nA", sampling_rate=1 * pq.kHz)
    from_neo = ss.Problem("RS2007", signal, 200.0)
    from_arrays = ss.Problem("RS2007", (np.arange(200.0), 1000 * current), 200.0)
    times = np.linspace(0, 199, 77)
    assert np.allclose(from_neo.input_at(times), from_arrays.input_at(times), rtol=1e-12)
    with pytest.raises(ss.SpikestepError, match="the input is in pA for the neuron RS; allowed: mV/ms"):
        ss.Problem("RS", signal, 200.0)

    train = neo.SpikeTrain([0.01, 0.02], units="s", t_stop=1.0)
    assert ss.distances([10.0, 21.0], train).max_spike_time_error_ms == 1.0


def test_brian2_quantities() -> None:
    b2 = pytest.importorskip("brian2")
    problem = ss.Problem("RS2007", 150 * b2.pA, 0.2 * b2.second)
    plain = ss.Problem("RS2007", 150, 200.0)
    assert problem.duration == 200.0
    # 0.1 ms is 0.0001 s in Brian2, and comes back as the number that was typed.
    for dt in (0.1, 0.3, 0.7):
        assert ss.solve(problem, "rk4", dt * b2.ms).dt == dt
        assert ss.solve(problem, "rk4", dt * b2.ms).spikes.tolist() == ss.solve(plain, "rk4", dt).spikes.tolist()
    with pytest.raises(ss.SpikestepError, match="allowed: one in ms"):
        ss.Problem("RS", 10, 5 * b2.mV)
