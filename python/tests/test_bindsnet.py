"""Networks of BindsNET, written, replayed by the command and held against BindsNET's own spikes; where it and torch are installed."""

from __future__ import annotations

import csv
import importlib.util
import os
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from spikestep.bindsnet import export

ROOT = Path(__file__).resolve().parents[2]
INPUTS, N, STEPS = 40, 30, 120


@pytest.fixture(scope="module")
def parts() -> Any:
    """What a network is made of. The package's own ``__init__`` is passed over: it imports data sets and games that need not be there."""
    torch = pytest.importorskip("torch")
    package = importlib.util.find_spec("bindsnet")
    if package is None or package.origin is None:
        pytest.skip("no BindsNET: pip install torch bindsnet")
    bare = types.ModuleType("bindsnet")
    bare.__path__ = [str(Path(package.origin).parent)]
    sys.modules["bindsnet"] = bare
    from bindsnet.network import Network  # first: the package's modules import each other in a circle
    from bindsnet.learning import PostPre
    from bindsnet.network.monitors import Monitor
    from bindsnet.network.nodes import Input, IzhikevichNodes
    from bindsnet.network.topology import Connection

    # Torch and a replay add in different orders: in single precision a spike parts after some two hundred steps of learning, in double
    # precision none does in so short a run. BindsNET asks for single precision by name in places.
    torch.set_default_dtype(torch.float64)
    torch.Tensor.float = torch.Tensor.double
    return types.SimpleNamespace(**locals())


def build(parts: Any, dt: float = 1.0, **of_neurons: Any) -> Any:
    parts.torch.manual_seed(3)
    network = parts.Network(dt=dt)
    source = parts.Input(n=INPUTS, traces=True)
    target = parts.IzhikevichNodes(n=N, excitatory=0.8, traces=True, lbound=-90.0, **of_neurons)
    connection = parts.Connection(
        source,
        target,
        w=6.0 * parts.torch.rand(INPUTS, N),
        update_rule=parts.PostPre,
        nu=(0.01, 0.1),
        wmin=0.0,
        wmax=12.0,
        norm=120.0,
        w_dtype=parts.torch.get_default_dtype(),
    )
    network.add_layer(source, "X")
    network.add_layer(target, "Y")
    network.add_connection(connection, "X", "Y")
    for layer in ("X", "Y"):
        network.add_monitor(parts.Monitor(network.layers[layer], ["s"], time=STEPS), layer)
    return network


def show(network: Any, image: Any) -> set[tuple[int, int]]:
    """The steps and neurons that spike for an image."""
    network.run(inputs={"X": image}, time=STEPS * network.dt)
    spikes = network.monitors["Y"].get("s").reshape(STEPS, N).nonzero().tolist()
    network.reset_state_variables()
    return {(step, neuron) for step, neuron in spikes}


def replay(path: Path, *options: str) -> str:
    built = [ROOT / "target" / profile / "compare" for profile in ("debug", "release")]
    program = os.environ.get("COMPARE") or next((str(path) for path in built if path.exists()), None)
    if program is None:
        pytest.skip("no command: cargo build --bin compare makes one")
    files = ["--config", f"{path}.json", "--input", f"{path}.input.csv", "--out", f"{path}.out"]
    return subprocess.run([program, "replay", *files, *options], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("dt", [1.0, 0.5])
def test_a_network_that_bindsnet_trains_is_replayed_spike_for_spike(parts: Any, tmp_path: Path, dt: float) -> None:
    network = build(parts, dt)
    images = [parts.torch.rand(STEPS, 1, INPUTS) < 0.1 for _ in range(5)]
    # It has learned something before it is exported, and goes on learning.
    for image in images[:2]:
        show(network, image)
    path = tmp_path / "mine"
    export(network, images[2:], path, labels=[0, 1, 0])
    own = [show(network, image) for image in images[2:]]
    assert sum(map(len, own)) > 50
    replay(path)
    with Path(f"{path}.out", "state.csv").open() as file:
        rows = list(csv.DictReader(file))
    ours: list[set[tuple[int, int]]] = [set() for _ in own]
    for row in rows:
        if float(row["spike"]) > 0:
            ours[int(row["presentation"])].add((int(row["step"]), int(row["neuron"])))
    assert ours == own
    with Path(f"{path}.out", "weights.csv").open() as file:
        last = [float(row["w"]) for row in csv.DictReader(file) if row["step"] == "normalised"][-INPUTS * N :]
    # Three presentations of 120 changes and a normalisation of 40 weights, each rounded at the size of a weight.
    theirs = network.connections["X", "Y"].w.reshape(-1).tolist()
    assert max(abs(a - b) for a, b in zip(last, theirs)) < 1e-11

    # Under its own scheme and step nothing differs; under others the table says what does.
    told = replay(path, "--scheme", "bindsnet,projective-6", "--dt", f"{dt},{dt / 2}")
    with Path(f"{path}.out", "comparison.csv").open() as file:
        table = list(csv.DictReader(file))
    assert [(row["scheme"], float(row["dt_ms"])) for row in table] == [
        (scheme, step) for scheme in ("bindsnet", "projective-6") for step in (dt, dt / 2)
    ]
    assert table[0]["first_ms"] == "" and table[0]["labels_changed"] == "0" and int(table[0]["spikes"]) == sum(map(len, own))
    assert all(row["first_ms"] for row in table[1:]) and "none" in told


def test_the_inputs_of_a_monitor_are_inputs(parts: Any, tmp_path: Path) -> None:
    image = parts.torch.rand(STEPS, 1, INPUTS) < 0.1
    network = build(parts)
    network.run(inputs={"X": image}, time=STEPS)
    export(build(parts), [network.monitors["X"].get("s")], tmp_path / "monitored")
    export(build(parts), [image], tmp_path / "given")
    assert (tmp_path / "monitored.input.csv").read_text() == (tmp_path / "given.input.csv").read_text()
    assert (tmp_path / "monitored.json").read_text() == (tmp_path / "given.json").read_text()


def test_what_a_replay_cannot_say_is_refused(parts: Any, tmp_path: Path) -> None:
    image = parts.torch.rand(STEPS, 1, INPUTS) < 0.1
    with pytest.raises(ValueError, match="spikes of shape"):
        export(build(parts), [image[:, :, 1:]], tmp_path / "a")
    with pytest.raises(ValueError, match="2 labels; allowed: 1"):
        export(build(parts), [image], tmp_path / "b", labels=[0, 1])
    with pytest.raises(ValueError, match="no presentation"):
        export(build(parts), [], tmp_path / "c")
    with pytest.raises(ValueError, match="tc_trace is 20.0 of the inputs and 30.0 of the neurons"):
        export(build(parts, tc_trace=30.0), [image], tmp_path / "d")
    two = build(parts)
    two.add_layer(parts.Input(n=3, traces=True), "Z")
    with pytest.raises(ValueError, match="one Input and one IzhikevichNodes"):
        export(two, [image], tmp_path / "e")
    assert list(tmp_path.iterdir()) == []
