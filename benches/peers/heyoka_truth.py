"""Times heyoka on the problems of `benches/truth.rs`: one simulated second of four cell types, input 10 mV/ms.

heyoka (Biscani & Izzo 2021, https://github.com/bluescarni/heyoka.py) is an adaptive Taylor integrator with event
detection. Tolerance 1e-15, terminal event v - peak crossed upwards, reset in its callback.

    pip install heyoka==7.13.2
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

DURATION, INPUT, PEAK, REPEATS = 1000.0, 10.0, 30.0, 51
# a, b, c, d of Izhikevich (2003), figure 2.
CELLS = {
    "RS": (0.02, 0.2, -65.0, 8.0),
    "IB": (0.02, 0.2, -55.0, 4.0),
    "CH": (0.02, 0.2, -50.0, 2.0),
    "FS": (0.1, 0.2, -65.0, 2.0),
}


def integrator(a, b, c, d, spikes):
    v, u = hy.make_vars("v", "u")

    def reset(ta, d_sgn):
        spikes.append(ta.time)
        ta.state[0] = c
        ta.state[1] += d
        return True

    event = hy.t_event(v - PEAK, callback=reset, direction=hy.event_direction.positive, cooldown=0.0)
    field = [(v, 0.04 * v * v + 5.0 * v + 140.0 - u + INPUT), (u, a * (b * v - u))]
    return hy.taylor_adaptive(field, [-65.0, -65.0 * b], tol=1e-15, t_events=[event])


def main():
    print("cell,spikes,last_spike_ms,median_us,fastest_us")
    for name, (a, b, c, d) in CELLS.items():
        spikes = []
        ta = integrator(a, b, c, d, spikes)
        times = []
        for _ in range(REPEATS):
            spikes.clear()
            ta.time = 0.0
            ta.state[:] = [-65.0, -65.0 * b]
            ta.reset_cooldowns()
            start = time.perf_counter()
            ta.propagate_until(DURATION)
            times.append(1e6 * (time.perf_counter() - start))
        print(f"{name},{len(spikes)},{spikes[-1]!r},{statistics.median(times):.1f},{min(times):.1f}")


if __name__ == "__main__":
    main()
