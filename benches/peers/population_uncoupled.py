"""Uncoupled populations in other programs: neuron-steps a second on one core.

1,000 to 1,000,000 Izhikevich neurons, dt = 0.5 ms, peak 30 mV, constant inputs evenly spread over 5..15 mV/ms, from v = -65 mV and
u = b v; parameters of RS, IB, CH and FS in turn, an array of each, unless they are `shared`.

    pip install torch bindsnet brian2 nest-simulator 'numpy<2.4'    (Brian2 also needs a C++ compiler)
    python benches/peers/population_uncoupled.py > results/population/peers.csv

Numbers among the arguments are the sizes wanted, `brian2`, `bindsnet` and `nest` the programs; without any, all of each.

* Brian2, C++ standalone, OpenMP off, -O3 -ffast-math -march=native: `euler` and `rk4`, in f64. `shared`: all neurons are RS, and
  its four parameters constants of the program, which spares Brian2 reading them; only the input differs.
* NEST `izhikevich`, f64: `half-step` is `consistent_integration` false (as published), `euler` true. Its loop goes through the neurons
  once a shortest delay, and without connections that is a step; `20 steps at once` sets it to 10 ms, which uncoupled neurons allow.
* BindsNET `IzhikevichNodes` in f32 (its default) and f64, on torch with one thread; its lateral weights, n x n, are replaced by one row of
  zeros, so that `forward` is run as it is.

The time is processor time of the steps alone, the least of several runs of at least 100 ms of the model; building, starting and writing
are left out. (Brian2's program measures its own loop with `std::clock`.) Spikes are counted in the time measured, states not recorded.
What is not installed, or fails, is skipped with a message. Columns: program, scheme, precision, parameters, neurons, million
neuron-steps a second, spikes of a neuron a second (do all do the same work?), version, machine, and the load of the machine (mean number of
running processes in the last minute), since what else runs slows memory and cache.
The committed table is the faster of two such runs, row by row, on two cores at loads of 2.5 to 18; those of Brian2 were made in turns
with those of this crate in `results/population/ours.csv` (`population_pairs.sh`).
"""

import importlib.metadata
import math
import os
import sys
import tempfile
import time

from population import bindsnet_nodes
from problem import CELLS, PEAK, START, machine

SIZES = (1_000, 10_000, 100_000, 1_000_000)
DT = 0.5
LEAST_STEPS, REPEATS = 200, 5


def steps(n, neuron_steps):
    """Steps of a run: of about so many neuron-steps, but long enough that neurons spike and not all at once."""
    return max(LEAST_STEPS, neuron_steps // n)


def population(n):
    """Input, a, b, c and d of all neurons."""
    import numpy as np

    cells = np.array(list(CELLS.values()))
    return np.linspace(5.0, 15.0, n), *cells[np.arange(n) % len(cells)].T


def brian2(sizes):
    import brian2 as b2

    b2.prefs["codegen.cpp.extra_compile_args_gcc"] = ["-w", "-O3", "-ffast-math", "-march=native", "-std=c++11"]
    b2.prefs["devices.cpp_standalone.openmp_threads"] = 0
    equations = """dv/dt = (0.04*v**2 + 5*v + 140 - u + drive)/ms : 1
                   du/dt = a*(b*v - u)/ms : 1
                   drive : 1 (constant)"""
    # One folder: what does not depend on scheme and size is compiled once.
    with tempfile.TemporaryDirectory() as folder:
        for n in sizes:
            count = steps(n, 40_000_000)
            inputs, *each = population(n)
            for shared in (False, True):
                for method in ("euler", "rk4"):
                    b2.device.reinit()
                    b2.set_device("cpp_standalone", directory=folder, build_on_run=False)
                    b2.defaultclock.dt = DT * b2.ms
                    constants = {"peak": PEAK, "start": START}
                    if shared:
                        constants.update(zip("abcd", CELLS["RS"]))
                    group = b2.NeuronGroup(
                        n,
                        equations + ("" if shared else "".join(f"\n{name} : 1 (constant)" for name in "abcd")),
                        threshold="v >= peak",
                        reset="v = c; u += d",
                        method=method,
                        namespace=constants,
                        name="cells",
                    )
                    if not shared:
                        for name, values in zip("abcd", each):
                            setattr(group, name, values)
                    group.drive, group.v, group.u = inputs, "start", "b*start"
                    spikes = b2.SpikeMonitor(group, record=False, name="spikes")
                    b2.Network(group, spikes, name="net").run(count * DT * b2.ms)
                    b2.device.build(directory=folder, run=False, with_output=False)
                    best = math.inf
                    for _ in range(REPEATS):
                        b2.device.run(directory=folder, with_output=False)
                        best = min(best, b2.device._last_run_time)
                    parameters = "shared" if shared else "each"
                    yield f"{method},f64,{parameters}", n, count, best, spikes.num_spikes


def bindsnet(sizes):
    import torch

    nodes = bindsnet_nodes()
    torch.set_num_threads(1)
    for dtype in (torch.float32, torch.float64):
        torch.set_default_dtype(dtype)
        for n in sizes:
            count = steps(n, 4_000_000)
            # Made small, for its constructor draws n x n weights; then every neuron is given its parameters.
            layer = nodes.IzhikevichNodes(n=1, excitatory=1, thresh=PEAK, rest=START)
            layer.n, layer.shape = n, [n]
            drive, *each = (torch.from_numpy(x).to(dtype) for x in population(n))
            layer.a, layer.b, layer.c, layer.d = each
            layer.S = torch.zeros(1, n)
            layer.compute_decays(DT)
            inputs = drive[None]
            best, spikes = math.inf, 0
            for _ in range(REPEATS if n < 1_000_000 else 3):
                layer.set_batch_size(1)
                fired = 0
                start = time.process_time()
                with torch.no_grad():
                    for _ in range(count):
                        # The zeros of the lateral input are added to the input in place, which leaves it as it is.
                        layer.forward(inputs)
                        fired += torch.count_nonzero(layer.s)
                best, spikes = min(best, time.process_time() - start), int(fired)
            yield f"half-step,{'f32' if dtype == torch.float32 else 'f64'},each", n, count, best, spikes


def nest(sizes):
    import nest as ns

    ns.set_verbosity("M_ERROR")
    for n in sizes:
        count = steps(n, 4_000_000)
        inputs = population(n)[0]
        for scheme, consistent, at_once in (("half-step", False, 1), ("half-step", False, 20), ("euler", True, 20)):
            ns.ResetKernel()
            ns.SetKernelStatus({"resolution": DT, "local_num_threads": 1})
            ns.SetKernelStatus({"min_delay": at_once * DT, "max_delay": at_once * DT})
            # One type of cell after the other, with the inputs that they have elsewhere: arrays of parameters take NEST long to set.
            for k, cell in enumerate(CELLS.values()):
                values = dict(zip("abcd", cell), V_m=START, U_m=START * cell[1], V_th=PEAK, consistent_integration=consistent)
                ns.Create("izhikevich", len(inputs[k :: len(CELLS)]), params=values | {"I_e": inputs[k :: len(CELLS)]})
            ns.Prepare()
            best, spikes = math.inf, 0
            # The first run, from the common start, is the one whose spikes are compared; the later ones go on from it.
            for repeat in range(REPEATS if n < 1_000_000 else 2):
                start = time.process_time()
                ns.Run(count * DT)
                best = min(best, time.process_time() - start)
                if repeat == 0:
                    spikes = ns.GetKernelStatus("local_spike_counter")
            ns.Cleanup()
            name = scheme if at_once == 1 else f"{scheme} {at_once} steps at once"
            yield f"{name},f64,each", n, count, best, spikes


def main():
    programs = {brian2: "brian2", bindsnet: "bindsnet", nest: "nest-simulator"}
    sizes = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    wanted = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    known = [program.__name__ for program in programs]
    if 0 in sizes or not set(wanted) <= set(known):
        sys.exit(f"arguments are {', '.join(known)} and sizes above 0; given was: {' '.join(sys.argv[1:])}")
    computer = machine()
    # NEST greets on the standard output: that is for the table alone.
    table = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    print("program,scheme,precision,parameters,n,m_neuron_steps_per_s,spikes_per_s,version,machine,load", file=table, flush=True)
    for program, package in programs.items():
        if wanted and program.__name__ not in wanted:
            continue
        try:
            version = importlib.metadata.version(package)
            if program is bindsnet:
                version += f" (torch {importlib.metadata.version('torch').split('+')[0]})"
            for setting, n, count, seconds, spikes in program(sizes or SIZES):
                speed, rate = 1e-6 * n * count / seconds, spikes / (n * count * DT * 1e-3)
                load = os.getloadavg()[0]
                print(f"{program.__name__},{setting},{n},{speed:.4g},{rate:.3g},{version},{computer},{load:.1f}", file=table, flush=True)
        except Exception as error:  # What is missing or broken in one program is not to stop the others.
            print(f"{program.__name__} is skipped: {type(error).__name__}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
