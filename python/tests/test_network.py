"""Layers and networks: the numbers of the command's replay, to the bit."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spikestep as ss

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "tests" / "reference" / "simulators" / "bindsnet"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def layer(of: dict[str, Any], scheme: str) -> ss.Layer:
    """The layer of a recording of BindsNET."""
    a, b, c, d = (np.array(of[name]) for name in "abcd")
    return ss.Layer(
        ss.Neuron(a, b, c, d, peak=of["thresh"]),
        scheme,
        lateral=np.array(of["S"]).T,
        rest=of["rest"],
        lower_bound=of["lbound"],
        traces=ss.Traces(of["tc_trace"], of["trace_scale"]),
    )


@pytest.mark.parametrize("scheme", ["bindsnet", "rk4+located"])
def test_a_network_that_learns_is_that_of_the_command(program: str, tmp_path: Path, scheme: str) -> None:
    path = RECORDED / "network_stdp_dt1.0_batch2"
    files = ["--config", f"{path}.json", "--input", f"{path}.input.csv", "--scheme", scheme, "--out", str(tmp_path), "--quiet"]
    subprocess.run([program, "replay", *files], check=True)
    of = json.loads(path.with_name(path.name + ".json").read_text())
    steps, batch, n = of["steps"], of["batch"], of["n"]
    spikes = np.zeros((of["presentations"], steps, batch, of["n_input"]), dtype=np.int64)
    for row in rows(path.with_name(path.name + ".input.csv")):
        for i in row["spiking_inputs"].split():
            spikes[int(row["presentation"]), int(row["step"]), int(row["batch"]), int(i)] = 1

    network = ss.Network(of["dt"], batch)
    network.add_input("X", of["n_input"], ss.Traces(of["tc_trace"], of["trace_scale"]))
    network.add_layer("Y", layer(of, scheme))
    connection = network.connect("X", "Y", np.array(of["w0"]))
    connection.learn("PostPre", of["nu"], wmin=of["wmin"], wmax=of["wmax"], norm=of["norm"])
    state, weights = rows(tmp_path / "state.csv"), rows(tmp_path / "weights.csv")
    for presentation, image in enumerate(spikes):
        run = network.run(steps * of["dt"], spikes={"X": image}, record={"Y": ["v", "u", "spike", "trace"], "X": "spike"})
        mine, theirs = run["Y"], [row for row in state if int(row["presentation"]) == presentation]
        for variable, column in [("v", "v_mV"), ("u", "u"), ("spike", "spike"), ("trace", "trace")]:
            assert mine[variable].shape == (steps, batch, n)
            assert mine[variable].ravel().tolist() == [float(row[column]) for row in theirs], variable
        assert mine["spike"].sum() > 20 and run["X"]["spike"].astype(int).tolist() == image.tolist()
        # Times of spikes on the grid are the ends of their steps.
        if scheme == "bindsnet":
            at, of_row, neuron = np.nonzero(mine["spike"])
            assert (mine.t.tolist(), mine.row.tolist(), mine.neuron.tolist()) == ((at + 1.0).tolist(), of_row.tolist(), neuron.tolist())
        assert (network["Y"].v == mine.v[-1]).all() and (network["Y"].trace == mine["trace"][-1]).all()
        network.normalize()
        network.reset()
        after = [row for row in weights if int(row["presentation"]) == presentation and row["step"] == "normalised"]
        assert connection.weights.ravel().tolist() == [float(row["w"]) for row in after]


@pytest.mark.parametrize("pieces", [1, 5])
def test_a_layer_under_currents_is_that_of_the_command(program: str, tmp_path: Path, pieces: int) -> None:
    path = RECORDED / "population_n20_dt0.5_batch1"
    files = ["--config", f"{path}.json", "--input", f"{path}.input.csv", "--out", str(tmp_path), "--quiet"]
    subprocess.run([program, "replay", *files], check=True)
    of = json.loads(Path(f"{path}.json").read_text())
    currents = np.array([float(row["input"]) for row in rows(Path(f"{path}.input.csv"))]).reshape(of["steps"], of["batch"], of["n"])
    network = ss.Network(of["dt"], of["batch"])
    network.add_layer("Y", layer(of, "bindsnet"))
    runs = [
        network.run(len(part) * of["dt"], inputs={"Y": part}, record={"Y": ["v", "u"]})["Y"] for part in np.split(currents, pieces)
    ]
    theirs = rows(tmp_path / "state.csv")
    assert np.concatenate([run.v for run in runs]).ravel().tolist() == [float(row["v_mV"]) for row in theirs]
    assert np.concatenate([run.times for run in runs]).tolist() == [0.5 * (step + 1) for step in range(of["steps"])]


def test_a_recording_under_other_schemes_is_the_table_of_the_command(program: str, tmp_path: Path) -> None:
    path = RECORDED / "network_stdp_dt1.0_batch1"
    options = ["--scheme", "bindsnet,projective-6", "--dt", "1,0.5", "--quiet", "--out", str(tmp_path)]
    subprocess.run([program, "replay", "--config", f"{path}.json", "--input", f"{path}.input.csv", *options], check=True)
    found = ss.replay(f"{path}.json", f"{path}.input.csv", ["bindsnet", "projective-6"], [1.0, 0.5])
    theirs, mine = rows(tmp_path / "comparison.csv"), found.columns
    assert list(mine.dtype.names or ()) == list(theirs[0])
    for row, wanted in zip(mine, theirs):
        for name, text in wanted.items():
            value = row[name]
            assert str(value) == text if name == "scheme" else (np.isnan(value) if text == "" else float(value) == float(text)), name
    assert found.dt == 1.0 and found.runs[0].first is None and found.runs[3].first is not None


def test_forms_of_one_input_are_one() -> None:
    def of(**given: Any) -> list[float]:
        network = ss.Network(0.5, batch=2)
        network.add_input("X", 3)
        network.add_layer("Y", ss.Layer(ss.Neuron(0.02, 0.2, -65.0, np.array([2.0, 8.0])), "half-step"))
        network.connect("X", "Y", (np.array([0, 2]), np.array([1, 0]), np.array([30.0, 40.0])), synapse="charge")
        network.run(50.0, inputs={"Y": given.pop("current", 0.0)}, **given)
        values: list[float] = network["Y"].v.ravel().tolist()
        return values

    counts = np.zeros((100, 3), dtype=int)
    counts[10, 2], counts[10, 0], counts[40, 0] = 1, 2, 1
    each = np.repeat(counts[:, None, :], 2, axis=1)
    # 20.2 ms is in the step from 20 ms on; 5 ms is the start of the tenth, whatever the last bits of 0.1 * 50.
    pair = ([20.2, 0.1 * 50, 5.0, 5.3], [0, 0, 2, 0])
    assert of(spikes={"X": counts}) == of(spikes={"X": each}) == of(spikes={"X": pair}) != of(spikes={"X": np.zeros((100, 3))})
    step = np.full(100, 4.0)
    assert of(current=4.0) == of(current=[4.0, 4.0]) == of(current=step[:, None]) == of(current=np.full((1, 2, 2), 4.0))


def test_weights_are_given_and_read_in_their_form() -> None:
    network = ss.Network(1.0)
    network.add_input("X", 2, ss.Traces())
    network.add_layer("Y", ss.Layer.random(3, 1.0, probability=None, seed=2, traces=ss.Traces()))
    dense = network.connect("X", "Y", [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    sparse = network.connect("X", "Y", ([1, 0], [2, 1], [7.0, 8.0]), delay_steps=2, synapse="exponential:5")
    assert dense.weights.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert [part.tolist() for part in sparse.weights] == [[0, 1], [1, 2], [8.0, 7.0]]
    dense.weights = 2 * dense.weights
    dense.learn(norm=10.0)
    network.normalize()
    assert np.abs(dense.weights).sum(0).round(12).tolist() == [10.0] * 3
    scipy = pytest.importorskip("scipy.sparse")
    matrix = network.connect("X", "Y", scipy.csr_array(np.array([[0.0, 2.0, 0.0], [0.0, 0.0, 1.5]])))
    assert [part.tolist() for part in matrix.weights] == [[0, 1], [1, 2], [2.0, 1.5]]


def test_neurons_are_clamped_and_put_somewhere() -> None:
    network = ss.Network(0.5, single=True)
    network.add_layer("Y", ss.Layer([ss.Neuron(0.02, 0.2, -65.0, 8.0)] * 2))
    run = network.run(10.0, clamp={"Y": ([2.0], [1])}, record={"Y": ss.Monitor("v", neurons=[1], every=4)})["Y"]
    assert run.train(1).tolist() == [2.5] and run.train(0).size == 0
    assert run.v.shape == (5, 1, 1) and run.times.tolist() == [0.5, 2.5, 4.5, 6.5, 8.5] and run.neurons.tolist() == [1]
    network["Y"].set_state(-50.0, [[-10.0, -11.0]])
    assert network["Y"].v.dtype == np.float32 and network["Y"].u.tolist() == [[-10.0, -11.0]]
    network.batch = 3
    assert network["Y"].v.shape == (3, 2) and network.time == 0.0 and np.isnan(network["Y"].diverged_at).all()


def test_recorded_numbers_are_not_copied() -> None:
    network = ss.Network(1.0)
    network.add_layer("Y", ss.Layer.random(10, seed=1))
    run = network.run(5.0, inputs={"Y": 10.0}, record={"Y": ["v", "u"]})["Y"]
    # A view of the array that the library's own memory became.
    assert run.v.base is not None and run.v.base.shape == (50,) and not run.v.base.flags.owndata


def test_what_is_refused_says_so() -> None:
    network = ss.Network(1.0)
    network.add_input("X", 2)
    network.add_layer("Y", ss.Layer([ss.Neuron(0.02, 0.2, -65.0, 8.0)] * 3))
    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: ss.Network(0.0), "step"),
        (lambda: network.add_layer("Y", ss.Layer([ss.Neuron(0.02, 0.2, -65.0, 8.0)])), "'Y'"),
        (lambda: network.add_layer("Z", ss.Layer([ss.Neuron(0.02, 0.2, -65.0, 8.0)], "taylor")), "scheme"),
        (lambda: network.connect("X", "Z", np.zeros((2, 3))), "layer 'Z'"),
        (lambda: network.connect("X", "Y", np.zeros((3, 2))), "Give w\\[source\\]\\[target\\]"),
        (lambda: network.connect("X", "Y", ([5], [0], [1.0])), "pairs below"),
        (lambda: network.connect("X", "Y", ([-1], [0], [1.0])), "pairs below"),
        (lambda: network.connect("X", "Y", np.zeros((2, 3)), delay_steps=0), "delay"),
        (lambda: network.connect("X", "Y", np.zeros((2, 3)), synapse="charged"), "synapse"),
        (lambda: network.connect("X", "Y", np.zeros((2, 3))).learn("PostPre"), "without traces"),
        (lambda: network.connect("X", "Y", np.zeros((2, 3))).learn("PostPer"), "did you mean 'PostPre'"),
        (lambda: network.run(10.0, inputs={"Y": np.zeros((3, 3))}), "has 3 steps"),
        (lambda: network.run(10.0, inputs={"Y": [1.0, 2.0]}), "shape"),
        (lambda: network.run(10.0, inputs={"X": 1.0}), "'X'"),
        (lambda: network.run(10.0, inputs={"Y": np.nan}), "input"),
        (lambda: network.run(10.0, spikes={"X": ([12.0], [0])}), "outside the run"),
        (lambda: network.run(10.0, spikes={"X": ([1.0], [2])}), "input 2"),
        (lambda: network.run(10.0, spikes={"X": -np.ones((10, 2))}), "0 or more"),
        (lambda: network.run(10.0, spikes={"Y": ([1.0], [2])}), "set their current"),
        (lambda: network.run(10.0, record={"Y": "w"}), "variable"),
        (lambda: network.run(-1.0), "0 or more"),
    ]
    for call, words in calls:
        with pytest.raises(ss.SpikestepError, match=words):
            call()


BURSTING: dict[str, Any] = {
    "duration": 120,
    "synapse": {"exponential_ms": 5},
    "schemes": ["half-step", "rk4+located"],
    "dt": [0.25, 1.0],
    "ensemble": 3,
    "populations": [
        {"name": "e", "n": 12, "neuron": "RS..CH:square", "input": "noise:6:4", "seed": 3},
        {"name": "i", "n": 3, "neuron": "FS", "input": 4, "v0": "uniform:-70:-55"},
    ],
    "projections": [
        {"from": "e", "to": "i", "rule": "all-to-all", "weight": 4.0, "delay_ms": 1.0},
        {"from": "i", "to": "e", "rule": "probability:0.5", "weight": "uniform:-8:-2", "delay_ms": "uniform:1:3"},
    ],
}


def test_a_network_against_its_truth_is_that_of_the_command(command: Callable[..., Any], tmp_path: Path) -> None:
    from spikestep._coupled import _source

    with _source(BURSTING) as (text, _, _):
        (tmp_path / "bursting.toml").write_text(text)
    wanted = command("network", str(tmp_path / "bursting.toml"))
    told: list[tuple[int, int]] = []
    for given in (tmp_path / "bursting.toml", BURSTING):
        found = ss.network(given, progress=lambda done, all: told.append((done, all)))
        truth, theirs = found.truth, wanted["truth"]
        place = {neuron: (name, neuron - first) for name, (first, end) in found.populations.items() for neuron in range(first, end)}
        spikes = [(*place[neuron], t, error) for neuron, t, error in zip(truth.neuron.tolist(), truth.t.tolist(), truth.error.tolist())]
        assert len(spikes) > 20
        assert spikes == [(spike["population"], spike["neuron"], spike["t_ms"], spike["error_ms"]) for spike in theirs["spikes"]]
        assert (truth.known_until(1e-6), truth.known_until(1e-3)) == (theirs["known_until_ms"], theirs["known_to_1e-3_until_ms"])
        assert (truth.lost_at, truth.tolerance, truth.arrivals, truth.steps) == tuple(
            theirs[key] for key in ("lost_at_ms", "tolerance_ms", "arrivals", "steps")
        )
        assert [(*key, *numbers) for key, numbers in found.statistics.items()] == [tuple(of.values()) for of in theirs["statistics"]]
        assert found.edges == wanted["edges"] and len(found.runs) == len(wanted["runs"]) == 4
        for run, of in zip(found.runs, wanted["runs"]):
            assert (run.scheme, run.dt, len(run.t), run.diverged_at) == (of["scheme"], of["dt_ms"], of["spikes"], of["diverged_at_ms"])
            assert (run.follows_until, run.half_right_until) == (of["follows_until_ms"], of["half_right_until_ms"])
            assert [(*key, *moved) for key, moved in run.statistics.items()] == [tuple(moved.values()) for moved in of["statistics"]]
            assert run.verdict == of["verdict"] and str(found).endswith(found.runs[-1].verdict)
        assert found.columns.shape == (4 * len(found.statistics),)
    assert told[-1] == (15, 15)


def test_edges_may_be_arrays_and_the_truth_alone_asked_for() -> None:
    pre, post = np.array([0, 1, 2]), np.array([1, 2, 0])
    ring = {
        "duration": 100,
        "synapse": "charge",
        "populations": [{"name": "a", "n": 3, "neuron": ss.Neuron(0.02, 0.2, -65.0, 8.0), "input": 10}],
        "projections": [{"from": "a", "to": "a", "edges": (pre, post, 2.5, [1.0, 1.5, 2.0])}],
    }
    found = ss.network(ring, truth=True)
    assert found.edges == 3 and found.runs == [] and found.truth.arrivals > 3 and found.columns.shape == (0,)
    with pytest.raises(ss.SpikestepError, match="did you mean 'synapse'"):
        ss.network({**ring, "synaps": "charge"})
    with pytest.raises(FileNotFoundError):
        ss.network("no/such/file.toml")


def test_a_scheme_in_python_is_compared_in_a_network() -> None:
    @ss.scheme(order=1, version=1)
    def mine(n, v, u, i0, i1, h):  # type: ignore[no-untyped-def]
        return v + h * n.dv(v, u, i0), u + h * n.du(v, u)

    small = {**BURSTING, "schemes": ["euler", mine], "dt": 0.5, "duration": 60}
    euler, own = ss.network(small).runs
    assert own.scheme == "mine" and own.t.tolist() == euler.t.tolist() and own.neuron.tolist() == euler.neuron.tolist()


def test_a_network_is_drawn() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    found = ss.network({**BURSTING, "duration": 60})
    axes = found.plot()
    assert [line.get_label() for line in axes.get_lines()] == [f"{run.scheme}, {run.dt:g} ms" for run in found.runs]
    for line in axes.get_lines():
        right = np.asarray(line.get_ydata())
        assert right[0] == 1.0 and (np.diff(right) <= 0).all()
