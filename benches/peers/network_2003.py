"""Time of Brian2 for the network of experiments/networks/network_2003.toml: 1,000 neurons, all to all, a simulated second at 0.1 ms.

Run: pip install brian2; python benches/peers/network_2003.py. C++ standalone on one thread, the build apart; Euler as Brian2 steps it, the
charge of a spike added to v after 1 ms. The weights and the noise are drawn alike, not the same numbers.
"""
import tempfile
import time

import numpy as np
from brian2 import (Network, NeuronGroup, SpikeMonitor, Synapses, TimedArray, defaultclock, device, ms, prefs, second,
                    set_device)

set_device("cpp_standalone", build_on_run=False)
prefs.codegen.cpp.extra_compile_args_gcc = ["-O3", "-ffast-math", "-march=native"]
defaultclock.dt = 0.1 * ms
rng = np.random.default_rng(1)
r = rng.random(1000)
exc = np.arange(1000) < 800
noise = TimedArray(rng.standard_normal((1000, 1000)) * np.where(exc, 5, 2), dt=1 * ms)
neurons = NeuronGroup(1000, """
    dv/dt = (0.04*v**2 + 5*v + 140 - u + noise(t, i)) / ms : 1
    du/dt = a*(b*v - u) / ms : 1
    a : 1 (constant)
    b : 1 (constant)
    c : 1 (constant)
    d : 1 (constant)""", threshold="v >= 30", reset="v = c; u += d", method="euler", namespace={"noise": noise})
neurons.a = np.where(exc, 0.02, 0.02 + 0.08 * r)
neurons.b = np.where(exc, 0.2, 0.25 - 0.05 * r)
neurons.c = np.where(exc, -65 + 15 * r**2, -65)
neurons.d = np.where(exc, 8 - 6 * r**2, 2)
neurons.v = -65
neurons.u = -65 * np.asarray(neurons.b)
synapses = Synapses(neurons, neurons, "w : 1", on_pre="v_post += w", delay=1 * ms)
synapses.connect()
pre = np.repeat(np.arange(1000), 1000)
synapses.w = np.where(exc[pre], 0.5, -1.0) * rng.random(1_000_000)
spikes = SpikeMonitor(neurons)
network = Network(neurons, synapses, spikes)
network.run(1 * second)
device.build(directory=tempfile.mkdtemp(), run=False, with_output=False)
for _ in range(3):
    begin = time.perf_counter()
    device.run(with_output=False)
    print(f"brian2,0.1,{time.perf_counter() - begin:.3f} s whole,{device._last_run_time:.3f} s run,{spikes.num_spikes} spikes")
