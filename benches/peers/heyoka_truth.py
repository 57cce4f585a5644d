"""Times heyoka on the problems of `benches/truth.rs`: one simulated second of four cell types, input 10 mV/ms.

heyoka (Biscani & Izzo 2021, https://github.com/bluescarni/heyoka.py) is an adaptive Taylor integrator with event
detection. Tolerance 1e-15, terminal event v - peak crossed upwards, reset in its callback.

    pip install -r benches/peers/requirements.txt
    python benches/peers/heyoka_truth.py > heyoka.csv

Columns: cell type, spikes, time of the last spike in ms, median and fastest time of 51 runs in microseconds. The time
covers the integration alone; building and compiling the integrator does not count.
"""

import statistics
import sys
import time

try:
    import heyoka as hy
except ImportError:
    sys.exit("heyoka is not installed: pip install heyoka (nothing measured)")

import heyoka_neuron
from problem import CELLS, DURATION

REPEATS = 51


def main():
    print("cell,spikes,last_spike_ms,median_us,fastest_us")
    for name, parameters in CELLS.items():
        ta, spikes, restart = heyoka_neuron.neuron(hy, parameters, 1e-15)
        times = []
        for _ in range(REPEATS):
            restart()
            start = time.perf_counter()
            ta.propagate_until(DURATION)
            times.append(1e6 * (time.perf_counter() - start))
        print(f"{name},{len(spikes)},{spikes[-1]!r},{statistics.median(times):.1f},{min(times):.1f}")


if __name__ == "__main__":
    main()
