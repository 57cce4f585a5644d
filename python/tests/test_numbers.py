"""The numbers are those of the command, to the bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import spikestep as ss

#: Neuron, input, duration [ms] and start as on the command line: a constant and a varying input, frozen noise, a pattern with its own
#: input, a cell in pA, one with more than the quadratic form, and a start and a peak of one's own.
PROBLEMS: list[dict[str, Any]] = [
    {"neuron": "RS", "input": "10", "duration": 300.0},
    {"neuron": "FS", "input": "noise:10:3", "duration": 200.0},
    {"neuron": "CH", "input": "sine:8:4:40@20", "duration": 200.0},
    {"neuron": "L"},
    {"neuron": "RS2007", "input": "150", "duration": 300.0},
    {"neuron": "RS,refractory=2", "input": "12", "duration": 200.0},
    {"neuron": "a=0.03,b=0.22,c=-61,d=5", "input": "ramp:0:20", "duration": 200.0, "v0": "-70", "u0": "-15", "peak": 40.0},
]


@pytest.mark.parametrize("given", PROBLEMS, ids=lambda given: str(given["neuron"]))
def test_a_comparison_has_the_numbers_of_the_command(command: Callable[..., Any], given: dict[str, Any]) -> None:
    options = [f"--{name}={value}" for name, value in given.items()]
    json = command("--no-timing", "--dt=0.1,0.5", "--within=0.3", *options)
    problem = ss.Problem(**given)
    found = ss.compare(problem, dt=[0.1, 0.5], within=0.3)

    assert found.truth.spikes.tolist() == json["truth"]["spike_times_ms"]
    assert found.truth.bound == json["truth"]["error_bound_ms"]
    assert found.truth.proven == json["truth"]["proven_error_ms"]
    assert found.warning == json["truth"]["warning"]
    assert len(found.runs) == len(json["runs"]) > 20
    for run, wanted in zip(found.runs, json["runs"]):
        assert (run.scheme, run.dt, run.tolerance) == (wanted["scheme"], wanted["dt_ms"], wanted["tolerance_ms"])
        assert run.spikes.tolist() == wanted["spike_times_ms"]
        for name, value in run.metrics.items():
            assert value == wanted[name] and type(value) is type(wanted[name]), (run.scheme, name)
    orders = {order["scheme"]: order["order"] for order in json["observed_orders"]}
    assert found.observed_orders == orders
    for name in ("nearest", "cheapest_within", "cheapest_fixed_step_within"):
        chosen, wanted = getattr(found, name), json["verdict"][name]
        assert (chosen is None) == (wanted is None)
        assert chosen is None or (chosen.scheme, chosen.dt) == (wanted["scheme"], wanted["dt_ms"])

    # One by one they are the same.
    assert ss.truth(problem).spikes.tolist() == json["truth"]["spike_times_ms"]
    for run in found.runs[::7]:
        alone = ss.solve(problem, run.scheme, run.dt, tolerance=run.tolerance)
        assert alone.spikes.tolist() == run.spikes.tolist()


def test_a_recommendation_is_that_of_the_command(command: Callable[..., Any]) -> None:
    json = command("recommend", "--neuron=FS", "--over=200ms", "--within=0.1ms", "--finest=0.01ms", "--no-timing")
    found = ss.recommend(ss.Problem("FS", duration=200.0), "0.1ms", finest="0.01ms")
    assert found.best is not None
    keys = ("scheme", "dt_ms", "tolerance_ms", "cost_ns_per_ms", "max_spike_time_error_ms", "margin")
    assert tuple(found.best) == tuple(json["recommended"][key] for key in keys)
    assert found.fixed_step is not None and found.fixed_step.scheme == json["fixed_step"]["scheme"]
    assert sorted(found.without) == sorted(row["scheme"] for row in json["candidates"] if not row["keeps"])
    assert [need.dt for need in found.simulators] == [row["dt_ms"] for row in json["simulators"]]


def test_arrays_are_the_recording_of_a_file(command: Callable[..., Any], tmp_path: Any) -> None:
    # A sine from samples of a millisecond, which no scheme sees as the sine itself.
    t = np.arange(0.0, 200.0)
    i = 10.0 + 5.0 * np.sin(0.1 * t)
    path = tmp_path / "input.csv"
    path.write_text("t_ms,input\n" + "".join(f"{x!r},{y!r}\n" for x, y in zip(t.tolist(), i.tolist())))
    for hold, form in [(False, "linear"), (True, "hold")]:
        json = command(f"--input=csv:{path}:{form}", "--duration=200", "--schemes=rk4+located,bindsnet", "--no-timing")
        found = ss.compare(ss.Problem("RS", (t, i), 200.0, hold=hold), ["rk4+located", "bindsnet"], dt=0.5)
        assert [run.spikes.tolist() for run in found.runs] == [run["spike_times_ms"] for run in json["runs"]]
        # The decimal numbers of a file are exact, and those of an array are its float64: the truths differ by their rounding.
        wanted = json["truth"]["spike_times_ms"]
        assert len(wanted) > 3 and np.abs(found.truth.spikes - wanted).max() < 1e-11


def test_distances_are_those_of_the_command(command: Callable[..., Any], tmp_path: Any) -> None:
    a, b = [10.0, 20.5, 33.0, 47.0], [10.5, 22.0, 46.0]
    for name, train in [("a", a), ("b", b)]:
        (tmp_path / f"{name}.csv").write_text("t_ms\n" + "".join(f"{t!r}\n" for t in train))
    json = command("distance", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "--duration=60")
    found = ss.distances(a, b, 60.0)
    assert (found.victor_purpura, found.van_rossum) == (json["victor_purpura"]["0.1"], json["van_rossum"]["10"])
    for name in ("isi", "spike", "spike_sync", "gamma", "matched", "missed", "extra", "max_spike_time_error_ms"):
        assert getattr(found, name) == json[name], name


def test_a_trace_has_the_state_after_every_step() -> None:
    problem = ss.Problem("RS", 10.0, 100.0)
    run = ss.solve(problem, "rk4+located", 0.25, trace=True)
    assert run.t is not None and run.v is not None and run.u is not None
    assert run.t.shape == run.v.shape == run.u.shape == (400,) and run.steps == 400
    truth = ss.truth(problem, at=run.t)
    assert truth.v is not None
    # Away from the upstrokes, where a shift of 0.02 ms in time is some mV, RK4 is near the truth.
    calm = (run.v < -50) & (truth.v < -50)
    assert calm.sum() > 300 and np.abs(run.v - truth.v)[calm].max() < 0.1
    assert ss.solve(problem, "rk4", 0.25).t is None


def test_the_state_of_the_neuron_can_diverge() -> None:
    # Inhibition that excites: one step of RK4 at 1 ms from far below rest leaves the finite numbers.
    run = ss.solve(ss.Problem("RS", "-1e200", 50.0), "rk4", 1.0)
    assert run.diverged_at == 1.0 and "diverged" in repr(run)
