"""The network of `benches/recognition.rs` in BindsNET: milliseconds an image, one thread.

64 Poisson inputs (8 x 8 digits), 100 Izhikevich neurons, a dense connection, 100 steps of 1 ms an image, state reset after each image;
training with `PostPre` and the norm of the weights, testing with learning off. Nothing is recorded by monitors but the spikes of the neurons.

    pip install torch bindsnet numpy
    python benches/peers/recognition.py [images] [digits.csv.gz]

The package's own `__init__` is passed over (it imports data sets and games that need not be there); what runs is its `Network`.
"""

import csv
import gzip
import importlib.util
import pathlib
import sys
import time
import types

N_IN, N, STEPS, REPEATS = 64, 100, 100, 3


def bindsnet_version():
    package = importlib.util.find_spec("bindsnet")
    if package is None:
        raise SystemExit("bindsnet is not installed: pip install torch bindsnet")
    bare = types.ModuleType("bindsnet")
    bare.__path__ = [str(pathlib.Path(package.origin).parent)]
    sys.modules["bindsnet"] = bare
    from importlib.metadata import version

    return version("bindsnet")


def main():
    images = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    digits = sys.argv[2] if len(sys.argv) > 2 else "src/recognition/data/digits.csv.gz"
    version = bindsnet_version()
    import torch
    from bindsnet.network import Network  # first: the package's modules import each other in a circle
    from bindsnet.learning import PostPre
    from bindsnet.network.monitors import Monitor
    from bindsnet.network.nodes import Input, IzhikevichNodes
    from bindsnet.network.topology import Connection

    torch.set_num_threads(1)
    torch.manual_seed(1)
    with gzip.open(digits, "rt") as file:
        rows = [[float(x) for x in row] for row in csv.reader(file) if row and row[0].replace(".", "").isdigit()]
    pixels = torch.tensor(rows[:images])[:, :N_IN] / 16.0
    # 128 Hz for a full pixel, in steps of 1 ms.
    spikes = torch.rand(images, STEPS, 1, N_IN) < (0.128 * pixels)[:, None, None, :]

    network = Network(dt=1.0)
    source = Input(n=N_IN, traces=True)
    target = IzhikevichNodes(n=N, excitatory=1.0, traces=True)
    # Without lateral weights of its own: the connection is what is compared.
    target.S.zero_()
    connection = Connection(
        source, target, w=30.0 * torch.rand(N_IN, N) / 8.0, update_rule=PostPre, nu=(1e-4, 1e-2), wmin=0.0, wmax=30.0, norm=120.0
    )
    network.add_layer(source, "X")
    network.add_layer(target, "Y")
    network.add_connection(connection, "X", "Y")
    network.add_monitor(Monitor(target, ["s"], time=STEPS), "s")

    print("program,version,mode,ms_per_image,spikes_per_image")
    for mode, learning in (("testing", False), ("training", True)):
        network.train(learning)
        best, fired = float("inf"), 0.0
        for _ in range(REPEATS):
            fired = 0.0
            start = time.perf_counter()
            for image in spikes:
                network.run(inputs={"X": image}, time=STEPS)
                fired += network.monitors["s"].get("s").sum().item()
                network.reset_state_variables()
            best = min(best, (time.perf_counter() - start) / images)
        print(f"bindsnet,{version},{mode},{1e3 * best:.3f},{fired / images:.1f}", flush=True)


if __name__ == "__main__":
    main()
