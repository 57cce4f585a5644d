"""Recordings of other programs: objects as these make them, and files as they write them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spikestep as ss
from spikestep import io

RS = "0.04/ms/mV*v**2 + 5/ms*v + 140*mV/ms - u + I"


@pytest.fixture(scope="module")
def brian() -> dict[str, Any]:
    """Three neurons of Brian2, by forward Euler, with its monitors."""
    b2 = pytest.importorskip("brian2")
    b2.prefs.codegen.target = "numpy"
    b2.defaultclock.dt = 0.5 * b2.ms
    group = b2.NeuronGroup(
        3,
        f"dv/dt = {RS} : volt\ndu/dt = 0.02/ms*(0.2/ms*v - u) : volt/second\nI : volt/second",
        threshold="v >= 30*mV",
        reset="v = -65*mV; u += 8*mV/ms",
        method="euler",
    )
    group.v, group.u = -65 * b2.mV, -13 * b2.mV / b2.ms
    group.I = [10, 12, 0] * b2.mV / b2.ms
    state, spikes = b2.StateMonitor(group, ["v", "u"], record=True), b2.SpikeMonitor(group)
    network = b2.Network(group, state, spikes)
    network.run(200 * b2.ms)
    return {"state": state, "spikes": spikes}


def test_brian2(brian: dict[str, Any]) -> None:
    trains = io.spike_trains(brian["spikes"])
    assert set(trains) == {"0", "1"}
    # Brian2 gives a spike the time of the start of its step.
    expected = ss.solve(ss.Problem("RS", 10.0, 200.0), "brian2-euler", dt=0.5).spikes - 0.5
    assert np.abs(trains["0"] - expected).max() < 1e-9
    assert ss.distances(expected, io.spike_train(brian["spikes"], neuron=0)).max_spike_time_error_ms == 0.0
    trace = io.trace(brian["state"], neuron=1)
    assert trace["t_ms"][:3].tolist() == [0.0, 0.5, 1.0] and trace["v"][0] == -65.0 and trace["u"].shape == (400,)
    # From the recording alone, and with what is known of it.
    for known in (None, ss.Problem("RS", 10.0)):
        found = ss.judge(brian["state"], known, neuron=0)
        assert found, found
        assert found.rule.dt == 0.5 and "euler" in [found.rule.scheme, *found.equivalent, "brian2-euler"]
        assert abs(found.neuron.d - 8.0) < 1e-6
    assert found.advice is not None and found.metrics["max_spike_time_error_ms"] is not None
    assert "With this rule" in str(found)


def test_neo_and_pynn(tmp_path: Path) -> None:
    neo, pq = pytest.importorskip("neo"), pytest.importorskip("quantities")
    trains = [neo.SpikeTrain([0.1, 0.2], units="s", t_stop=1.0, name="left"), neo.SpikeTrain([5.0], units="ms", t_stop=1000.0)]
    expected = {"left": [100.0, 200.0], "1": [5.0]}
    block, segment = neo.Block(), neo.Segment()
    segment.spiketrains.extend(trains)
    # What PyNN's get_data() gives is a block whose signals have the names of what was recorded.
    run = ss.solve(ss.Problem("RS", 10.0, 100.0), "rk4+located", dt=0.5, trace=True)
    assert run.v is not None and run.u is not None
    segment.analogsignals.append(neo.AnalogSignal(run.v / 1000, units="V", sampling_period=0.5 * pq.ms, t_start=0.5 * pq.ms, name="v"))
    segment.analogsignals.append(neo.AnalogSignal(run.u, units="mV/ms", sampling_period=0.5 * pq.ms, t_start=0.5 * pq.ms, name="u"))
    block.segments.append(segment)
    for source in (trains, segment, block):
        assert {name: times.tolist() for name, times in io.spike_trains(source).items()} == expected
    trace = io.trace(block)
    assert np.allclose(trace["v"], run.v, rtol=1e-14) and trace["u"].tolist() == run.u.tolist()
    assert run.t is not None and np.allclose(trace["t_ms"], run.t, rtol=1e-13)
    assert io.trace(segment.analogsignals[0])["v"].shape == (200,)
    pytest.importorskip("elephant")
    from elephant.spike_train_generation import StationaryPoissonProcess

    poisson = StationaryPoissonProcess(rate=50 * pq.Hz, t_stop=1 * pq.s).generate_spiketrain()
    assert np.allclose(io.spike_trains(poisson)[""], poisson.rescale("ms").magnitude)
    found = ss.distances(poisson, io.spike_trains(poisson)[""])
    assert (found.victor_purpura, found.matched) == (0.0, len(poisson))


def test_nest(tmp_path: Path) -> None:
    nest = pytest.importorskip("nest")
    nest.set_verbosity("M_ERROR")
    neuron = nest.Create("izhikevich", params={"a": 0.02, "b": 0.2, "c": -65.0, "d": 8.0, "I_e": 10.0})
    recorder, meter = nest.Create("spike_recorder"), nest.Create("multimeter", {"record_from": ["V_m", "U_m"], "interval": 0.1})
    nest.Connect(neuron, recorder)
    nest.Connect(meter, neuron)
    nest.Simulate(200.0)
    assert io.spike_trains(recorder)[str(neuron.global_id)].tolist() == recorder.get("events")["times"].tolist()
    assert ss.judge(meter, ss.Problem("RS", 10.0))


def test_events_of_nest() -> None:
    # The dictionaries that NEST's recorders give, which do without NEST.
    events = {"senders": np.array([2, 1, 2]), "times": np.array([3.1, 4.0, 26.2])}
    assert {name: times.tolist() for name, times in io.spike_trains(events).items()} == {"1": [4.0], "2": [3.1, 26.2]}
    assert io.spike_trains({"events": events}).keys() == {"1", "2"}
    run = ss.solve(ss.Problem("FS", 10.0, 200.0), "nest-consistent", dt=0.1, trace=True)
    assert run.v is not None
    meter = {"senders": np.full(len(run.v), 7), "times": run.t, "V_m": run.v, "U_m": run.u}
    found = ss.judge(meter, ss.Problem("FS", 10.0))
    assert found and "nest-consistent" in [found.rule.scheme, *found.equivalent]


def test_text_and_numpy(tmp_path: Path) -> None:
    path = tmp_path / "spikes.dat"
    path.write_text("# NEST version: 3.8\n# RecordBackend version: 2\nsender\ttime_ms\n2\t3.1\n1\t4.0\n2\t26.2\n")
    assert io.spike_train(path, neuron="2").tolist() == [3.1, 26.2]
    np.savez(tmp_path / "named.npz", t_ms=[1.0, 2.0])
    assert io.spike_trains(tmp_path / "named.npz")[""].tolist() == [1.0, 2.0]
    np.save(tmp_path / "bare.npy", [0.001, 0.002])
    with pytest.raises(ss.SpikestepError, match='Give unit="ms"'):
        io.spike_trains(tmp_path / "bare.npy")
    assert io.spike_trains(tmp_path / "bare.npy", unit="s")[""].tolist() == [1.0, 2.0]


def test_nwb(tmp_path: Path) -> None:
    pynwb = pytest.importorskip("pynwb")
    from datetime import datetime, timezone

    file = pynwb.NWBFile("spikes", "spikes", datetime(2024, 1, 1, tzinfo=timezone.utc))
    for number, times in [(4, [0.0001, 0.25]), (9, [0.5])]:
        file.add_unit(id=number, spike_times=times)
    with pynwb.NWBHDF5IO(tmp_path / "units.nwb", "w") as out:
        out.write(file)
    trains = io.spike_trains(tmp_path / "units.nwb")
    assert {name: times.tolist() for name, times in trains.items()} == {"4": [0.1, 250.0], "9": [500.0]}


def test_sonata_and_matlab(tmp_path: Path) -> None:
    h5py, scipy_io = pytest.importorskip("h5py"), pytest.importorskip("scipy.io")

    def sonata(unit: str | None) -> Path:
        path = tmp_path / f"{unit}.h5"
        with h5py.File(path, "w") as file:
            group = file.create_group("spikes/cortex")
            group["timestamps"], group["node_ids"] = np.array([0.3, 0.1, 0.2]), np.array([5, 3, 5])
            if unit is not None:
                group["timestamps"].attrs["units"] = unit
        return path

    assert io.spike_trains(sonata("milliseconds"))["cortex/5"].tolist() == [0.2, 0.3]
    assert io.spike_trains(sonata("seconds"))["cortex/5"].tolist() == [200.0, 300.0]
    with pytest.raises(ss.SpikestepError, match="no unit"):
        io.spike_trains(sonata(None))
    cells = np.empty(2, dtype=object)
    cells[:] = [np.array([0.1, 0.2]), np.array([0.3])]
    scipy_io.savemat(tmp_path / "cells.mat", {"spikes": cells, "rate": 3.0})
    with pytest.raises(ss.SpikestepError, match="one of spikes, rate"):
        io.spike_trains(tmp_path / "cells.mat", unit="s")
    found = io.spike_trains(tmp_path / "cells.mat", unit="s", variable="spikes")
    assert {name: times.tolist() for name, times in found.items()} == {"0": [100.0, 200.0], "1": [300.0]}
    with h5py.File(tmp_path / "new.mat", "w", userblock_size=512) as file:
        file["train"] = np.array([[1.0, 2.0]])
    head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(128)
    with (tmp_path / "new.mat").open("r+b") as out:
        out.write(head)
    assert io.spike_trains(tmp_path / "new.mat", unit="ms")["train"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ([1.0, 2.0], "have no unit"),
        ({"a": [1.0]}, "have no unit"),
        (object(), "allowed"),
    ],
)
def test_what_is_refused_says_so(source: object, words: str) -> None:
    with pytest.raises((ss.SpikestepError, TypeError)) as refused:
        io.spike_trains(source)
    assert words in str(refused.value) or isinstance(refused.value, TypeError)
    with pytest.raises(ss.SpikestepError, match='allowed: "ms"'):
        io.spike_trains([1.0], unit="min")
    with pytest.raises(FileNotFoundError):
        io.spike_trains("nowhere.dat")


def test_judging_has_the_answer_of_the_command(command: Any, tmp_path: Path) -> None:
    run = ss.solve(ss.Problem("CH", 10.0, 300.0), "half-step", dt=0.25, trace=True)
    assert run.t is not None and run.v is not None and run.u is not None
    path = tmp_path / "recorded.npz"
    np.savez(path, t_ms=run.t, v=run.v, u=run.u)
    json = command("judge", str(path), "--neuron=CH", "--input=10")
    for recording in (run, path, {"t_ms": run.t, "v": run.v, "u": run.u}):
        found = ss.judge(recording, ss.Problem("CH", 10.0))
        assert (found.verdict, found.rule.scheme, found.rule.dt) == (json["verdict"], json["rule"]["scheme"], json["rule"]["dt_ms"])
        assert found.spikes.tolist() == json["spike_times_ms"] and found.errors.tolist() == json["errors"]["spike_time_errors_ms"]
        for name, value in found.metrics.items():
            assert value == json["errors"][name], name
        assert found.advice is not None and found.advice.own_dt == json["advice"]["own_dt_ms"]
    # v alone, in single precision, the time from row to row told.
    single = ss.judge(np.asarray(run.v, dtype=np.float32), ss.Problem("CH", 10.0), dt=0.25)
    assert single.rule.scheme in ("half-step", *json["equivalent"]) and single.rule.dt == 0.25
    claim = ss.judge(run, ss.Problem("CH", 10.0), claim=("euler", "0.25ms"))
    assert not claim and claim.rule.rows_off > 0 and "none fits" in str(claim)
    spikes = ss.judge({"": run.spikes}, ss.Problem("CH", 10.0), unit="ms")
    assert spikes.rule.dt == 0.25


def test_nothing_is_imported_for_formats() -> None:
    program = "import sys, spikestep.io as io; io.spike_trains({'senders': [1], 'times': [2.0]}); print('h5py' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "False"
