"""Brian2's C++ standalone mode (Stimberg, Brette & Goodman 2019) on one Izhikevich neuron with its rk4 updater.

One program a step is built; the parameters of the neuron are given to it anew at each run. The time is that of its loop over the
steps, as the program itself measures it: neither building nor starting it nor writing its results counts.
"""

import math
import tempfile

from problem import CELLS, DURATION, INPUT, PEAK, START, largest_error, truth

STEPS = (0.5, 0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0025, 0.001)
MODEL = """
dv/dt = (0.04*v**2 + 5*v + 140 - u + current)/ms : 1
du/dt = a*(b*v - u)/ms : 1
a : 1
b : 1
c : 1
d : 1
"""


def rk4(b2, repeats):
    """Yields cell, step in ms, largest error in ms and fastest time in microseconds."""
    for dt in STEPS:
        b2.device.reinit()
        b2.set_device("cpp_standalone", build_on_run=False)
        b2.defaultclock.dt = dt * b2.ms
        inputs = {"current": INPUT, "peak": PEAK}
        group = b2.NeuronGroup(
            1, MODEL, threshold="v >= peak", reset="v = c; u += d", method="rk4", namespace=inputs
        )
        monitor = b2.SpikeMonitor(group)
        network = b2.Network(group, monitor)
        network.run(DURATION * b2.ms)
        with tempfile.TemporaryDirectory() as directory:
            b2.device.build(directory=directory, compile=True, run=False, with_output=False)
            for cell, parameters in CELLS.items():
                values = dict(zip("abcd", parameters), v=START, u=START * parameters[1])
                settings = [f"{group.name}.{name}={value!r}" for name, value in values.items()]
                best = math.inf
                for _ in range(repeats):
                    b2.device.run(directory=directory, with_output=False, run_args=settings)
                    best = min(best, 1e6 * b2.device._last_run_time)
                # Brian2 gives a spike the start of its step; on the grid it belongs to the end, where v is seen above the peak.
                spikes = [t + dt for t in monitor.t / b2.ms]
                yield cell, dt, largest_error(spikes, truth(cell)), best
