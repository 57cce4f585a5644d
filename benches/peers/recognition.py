"""The network of `benches/network.rs` (64 inputs and 100 neurons unless told otherwise) in BindsNET: milliseconds an image, one thread.

Inputs that spike by chance in one of ten steps, a dense connection with `PostPre` (mean input 15 mV/ms) onto BindsNET's random
Izhikevich neurons (80 % excitatory, lateral weights, lbound -90 mV, traces); an image is 100 steps of 1 ms, then the reset (and in training
the normalisation, which BindsNET's `run` does at its end). No monitors. The least time of three passes over the images.

    pip install torch bindsnet numpy
    python benches/peers/recognition.py [images [inputs neurons]]

The package's own `__init__` is passed over (it imports data sets and games that need not be there); what runs is its `Network`.
"""

import importlib.util
import pathlib
import sys
import time
import types

STEPS, REPEATS = 100, 3


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
    given = [int(argument) for argument in sys.argv[1:]]
    images, inputs, n = given + [20, 64, 100][len(given) :]
    mean = 15.0 / (0.1 * inputs)
    version = bindsnet_version()
    import torch
    from bindsnet.network import Network  # first: the package's modules import each other in a circle
    from bindsnet.learning import PostPre
    from bindsnet.network.nodes import Input, IzhikevichNodes
    from bindsnet.network.topology import Connection

    torch.set_num_threads(1)
    torch.manual_seed(1)
    spikes = torch.rand(images, STEPS, 1, inputs) < 0.1

    network = Network(dt=1.0)
    source = Input(n=inputs, traces=True)
    target = IzhikevichNodes(n=n, excitatory=0.8, traces=True, lbound=-90.0)
    connection = Connection(
        source,
        target,
        w=2.0 * mean * torch.rand(inputs, n),
        update_rule=PostPre,
        nu=(0.001 * mean, 0.01 * mean),
        wmin=0.0,
        wmax=3.0 * mean,
        norm=mean * inputs,
    )
    network.add_layer(source, "X")
    network.add_layer(target, "Y")
    network.add_connection(connection, "X", "Y")

    print("program,version,inputs,neurons,mode,ms_per_image")
    for mode, learning in (("testing", False), ("training", True)):
        network.train(learning)
        best = float("inf")
        for _ in range(REPEATS):
            start = time.perf_counter()
            for image in spikes:
                network.run(inputs={"X": image}, time=STEPS)
                network.reset_state_variables()
            best = min(best, (time.perf_counter() - start) / images)
        print(f"bindsnet,{version},{inputs},{n},{mode},{1e3 * best:.3f}", flush=True)


if __name__ == "__main__":
    main()
