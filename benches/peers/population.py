"""The network of `benches/layer.rs` in other programs: neuron-steps a second, one thread, double precision unless said otherwise.

1000 Izhikevich neurons with BindsNET's random parameters (800 excitatory), dense lateral weights, dt = 1 ms, each step an input of
its own for every neuron (normal, of standard deviation 5 and 2 mV/ms).

    pip install torch bindsnet brian2 nest-simulator 'numpy<2.3'    (Brian2 2.9 does not run with a later NumPy)
    python benches/peers/population.py

* BindsNET `IzhikevichNodes`, in f32 (its default) and f64, on torch with one thread: the same rule as `bindsnet` here. Only
  its file of nodes is read; a file of another version may be given: `python benches/peers/population.py bindsnet/network/nodes.py`.
* Brian2, C++ standalone: `euler` (Brian2 has no half-step of v alone), weights arriving one step later, noise drawn by Brian2.
* NEST `izhikevich`, `consistent_integration` false (the published half-steps), weights with a delay of one step, `noise_generator`s.

What is not installed, or fails, is skipped with a message. Columns: program, neuron-steps a second, spikes of a neuron a second.
The noise of Brian2 and NEST is drawn within the time measured, that of BindsNET and of `benches/layer.rs` before it.
"""

import importlib.util
import pathlib
import sys
import tempfile
import time

N, EXCITATORY, STEPS, DRAWN, REPEATS = 1000, 800, 500, 256, 5


def bindsnet_nodes(path=None):
    """BindsNET's nodes, from a file of them, or from the package without the rest of it (its other imports need not be there)."""
    if path is None:
        package = importlib.util.find_spec("bindsnet")
        if package is None:
            raise ImportError("bindsnet is not installed")
        path = pathlib.Path(package.origin).parent / "network" / "nodes.py"
    spec = importlib.util.spec_from_file_location("nodes", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def bindsnet():
    import torch

    nodes = bindsnet_nodes(*sys.argv[1:2])
    torch.set_num_threads(1)
    for dtype in (torch.float32, torch.float64):
        torch.set_default_dtype(dtype)
        torch.manual_seed(1)
        layer = nodes.IzhikevichNodes(n=N, excitatory=EXCITATORY / N)
        layer.compute_decays(1.0)
        scale = torch.where(torch.arange(N) < EXCITATORY, 5.0, 2.0).to(dtype)
        noise = torch.randn(DRAWN, 1, N) * scale
        best, spikes = float("inf"), 0
        for _ in range(REPEATS):
            layer.set_batch_size(1)
            fired = torch.zeros(())
            start = time.perf_counter()
            with torch.no_grad():
                for step in range(STEPS):
                    # A copy: the layer adds the lateral input to what it is given.
                    layer.forward(noise[step % DRAWN].clone())
                    fired += layer.s.sum()
            best = min(best, time.perf_counter() - start)
            spikes = float(fired)
        yield f"bindsnet {str(dtype).removeprefix('torch.')}", best, spikes


def parameters():
    import numpy as np

    rng = np.random.default_rng(1)
    r = rng.random(N)
    exc = np.arange(N) < EXCITATORY
    a = np.where(exc, 0.02, 0.02 + 0.08 * r)
    b = np.where(exc, 0.2, 0.25 - 0.05 * r)
    c = np.where(exc, -65 + 15 * r**2, -65.0)
    d = np.where(exc, 8 - 6 * r**2, 2.0)
    # w[pre, post].
    w = np.where(exc[:, None], 0.5 * rng.random((N, N)), -rng.random((N, N)))
    return a, b, c, d, w, np.where(exc, 5.0, 2.0)


def brian2():
    import brian2 as b2

    a, b, c, d, w, scale = parameters()
    folder = tempfile.mkdtemp()
    b2.set_device("cpp_standalone", directory=folder, build_on_run=False)
    b2.defaultclock.dt = 1 * b2.ms
    group = b2.NeuronGroup(
        N,
        """dv/dt = (0.04*v**2 + 5*v + 140 - u + I + lateral)/ms : 1
           du/dt = a*(b*v - u)/ms : 1
           I : 1
           lateral : 1
           scale : 1 (constant)
           a : 1 (constant)
           b : 1 (constant)
           c : 1 (constant)
           d : 1 (constant)""",
        threshold="v >= 45",
        reset="v = c; u += d",
        method="euler",
        namespace={},
    )
    group.v, group.u = -65, -65 * b
    for name, values in (("a", a), ("b", b), ("c", c), ("d", d), ("scale", scale)):
        setattr(group, name, values)
    group.run_regularly("I = scale*randn()", when="start")
    # A spike's weight is there for the step after it.
    group.run_regularly("lateral = 0", when="before_synapses")
    synapses = b2.Synapses(group, group, "weight : 1", on_pre="lateral_post += weight", namespace={})
    synapses.connect()
    synapses.weight = w.ravel()
    monitor = b2.SpikeMonitor(group, record=False)
    b2.run(STEPS * b2.ms)
    b2.device.build(directory=folder, run=False, with_output=False)
    best = float("inf")
    for _ in range(REPEATS):
        b2.device.run(directory=folder, with_output=False)
        # The time of the simulation alone, without that of connecting.
        best = min(best, b2.device._last_run_time)
    yield "brian2 cpp_standalone", best, float(monitor.num_spikes)


def nest():
    import nest as ns

    a, b, c, d, w, scale = parameters()
    best, spikes = float("inf"), 0
    for _ in range(REPEATS):
        ns.ResetKernel()
        ns.set_verbosity("M_ERROR")
        ns.SetKernelStatus({"resolution": 1.0, "local_num_threads": 1})
        common = {"consistent_integration": False, "V_th": 45.0, "V_m": -65.0}
        cells = ns.Create("izhikevich", N, params=common)
        ns.SetStatus(
            cells, [{"a": a[i], "b": b[i], "c": c[i], "d": d[i], "U_m": -65.0 * b[i]} for i in range(N)]
        )
        ns.Connect(cells, cells, "all_to_all", {"weight": w.T, "delay": 1.0})
        noises = [ns.Create("noise_generator", params={"mean": 0.0, "std": s, "dt": 1.0}) for s in (5.0, 2.0)]
        ns.Connect(noises[0], cells[:EXCITATORY])
        ns.Connect(noises[1], cells[EXCITATORY:])
        recorder = ns.Create("spike_recorder")
        ns.Connect(cells, recorder)
        ns.Prepare()
        start = time.perf_counter()
        ns.Run(float(STEPS))
        best = min(best, time.perf_counter() - start)
        ns.Cleanup()
        spikes = float(recorder.n_events)
    yield "nest izhikevich", best, spikes


def main():
    print("program,neuron_steps_per_s,spikes_per_s")
    for program in (bindsnet, brian2, nest):
        try:
            for name, seconds, spikes in program():
                print(f"{name},{N * STEPS / seconds:.4g},{spikes / (N * STEPS * 1e-3):.3g}", flush=True)
        except Exception as error:  # What is missing or broken in one program is not to stop the others.
            print(f"{program.__name__} is skipped: {type(error).__name__}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
