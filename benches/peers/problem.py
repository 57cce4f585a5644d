"""The problems of `benches/peers`, their true spikes, and how time and error are taken.

RS, IB, CH and FS neurons of Izhikevich (2003), constant input of 10 mV/ms, 1000 ms, from v = -65 mV and u = b v.
"""

import csv
import math
import pathlib
import platform
import time

DURATION, INPUT, PEAK, START = 1000.0, 10.0, 30.0, -65.0
# a, b, c, d of Izhikevich (2003), figure 2.
CELLS = {
    "RS": (0.02, 0.2, -65.0, 8.0),
    "IB": (0.02, 0.2, -55.0, 4.0),
    "CH": (0.02, 0.2, -50.0, 2.0),
    "FS": (0.1, 0.2, -65.0, 2.0),
}
REFERENCE = pathlib.Path(__file__).resolve().parents[2] / "tests" / "reference" / "truth"


def truth(cell):
    """The spike times in ms, good to 1e-16 of themselves."""
    with open(REFERENCE / f"{cell}_step_10.spikes.csv") as file:
        return [float(row["t_ms"]) for row in csv.DictReader(file)]


def largest_error(spikes, exact):
    """The largest error in ms; not a number where spikes are lost or added."""
    if len(spikes) != len(exact):
        return math.nan
    return max(abs(a - b) for a, b in zip(spikes, exact))


def fastest(run, repeats):
    """The fastest of some calls in microseconds: whatever else the machine does only adds."""
    best = math.inf
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        best = min(best, 1e6 * (time.perf_counter() - start))
    return best


def machine():
    """The processor's name."""
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
