"""Cost at equal error in other programs, and what this toolkit's adaptive solver takes for the same.

The four problems of `benches/cost_at_equal_error.rs`: RS, IB, CH and FS neurons under a constant input of 10 mV/ms, 1000 ms,
spike times compared with the reference solutions in `tests/reference/truth`.

    pip install heyoka==7.13.0 scipy==1.16.0
    cargo bench --bench cost_at_equal_error > ours.csv
    python benches/peers/cost_at_equal_error.py ours.csv > peers.csv

* heyoka (Biscani & Izzo 2021): adaptive Taylor series with a terminal event at the peak, tolerances 1 to 1e-15, scalar; and in
  batches (four neurons in the lanes of a vector; the time is per neuron), where the installed version has batch mode.
* SciPy: DOP853 and RK45 with a terminal event.

What is not installed is skipped with a message. Columns of peers.csv: program, cell, tolerance, largest error in ms, fastest time
in microseconds. With ours.csv the ratio of heyoka's time, interpolated to the tolerance in the logarithm of its error, to ours
follows on the error output; there an asterisk marks a tolerance that our run did not keep.
"""

import csv
import math
import pathlib
import sys
import time

DURATION, INPUT, PEAK = 1000.0, 10.0, 30.0
# a, b, c, d of Izhikevich (2003), figure 2.
CELLS = {
    "RS": (0.02, 0.2, -65.0, 8.0),
    "IB": (0.02, 0.2, -55.0, 4.0),
    "CH": (0.02, 0.2, -50.0, 2.0),
    "FS": (0.1, 0.2, -65.0, 2.0),
}
REFERENCE = pathlib.Path(__file__).resolve().parents[2] / "tests" / "reference" / "truth"


def truth(cell):
    with open(REFERENCE / f"{cell}_step_10.spikes.csv") as file:
        return [float(row["t_ms"] if "t_ms" in row else list(row.values())[1]) for row in csv.DictReader(file)]


def largest_error(spikes, exact):
    """The largest error in ms; not a number where spikes are lost or added."""
    if len(spikes) != len(exact):
        return math.nan
    return max(abs(a - b) for a, b in zip(spikes, exact))


def fastest(run, repeats):
    best = math.inf
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        best = min(best, 1e6 * (time.perf_counter() - start))
    return best


def heyoka_scalar(hy, cell):
    a, b, c, d = CELLS[cell]
    v, u = hy.make_vars("v", "u")
    for exponent in range(0, 16):
        spikes = []

        def reset(ta, sign):
            spikes.append(ta.time)
            ta.state[0] = c
            ta.state[1] += d
            return True

        event = hy.t_event(v - PEAK, callback=reset, direction=hy.event_direction.positive, cooldown=0.0)
        field = [(v, 0.04 * v * v + 5.0 * v + 140.0 - u + INPUT), (u, a * (b * v - u))]
        ta = hy.taylor_adaptive(field, [-65.0, -65.0 * b], tol=10.0**-exponent, t_events=[event])

        def run():
            spikes.clear()
            ta.time = 0.0
            ta.state[:] = [-65.0, -65.0 * b]
            ta.reset_cooldowns()
            ta.propagate_until(DURATION)

        microseconds = fastest(run, 31)
        yield f"1e-{exponent}", largest_error(spikes, truth(cell)), microseconds


def heyoka_batch(hy, cell, size=4):
    a, b, c, d = CELLS[cell]
    v, u = hy.make_vars("v", "u")
    for exponent in range(0, 16, 3):
        spikes = [[] for _ in range(size)]

        def reset(ta, sign, lane):
            spikes[lane].append(ta.time[lane])
            ta.state[0, lane] = c
            ta.state[1, lane] += d
            return True

        event = hy.t_event_batch(v - PEAK, callback=reset, direction=hy.event_direction.positive, cooldown=0.0)
        field = [(v, 0.04 * v * v + 5.0 * v + 140.0 - u + INPUT), (u, a * (b * v - u))]
        start = [[-65.0] * size, [-65.0 * b] * size]
        ta = hy.taylor_adaptive_batch(field, start, tol=10.0**-exponent, t_events=[event])

        def run():
            for lane in spikes:
                lane.clear()
            ta.set_time(0.0)
            ta.state[:] = start
            ta.reset_cooldowns()
            ta.propagate_until([DURATION] * size)

        microseconds = fastest(run, 11) / size
        yield f"1e-{exponent}", largest_error(spikes[0], truth(cell)), microseconds


def scipy_events(solve_ivp, method, cell):
    a, b, c, d = CELLS[cell]

    def field(t, y):
        return [0.04 * y[0] * y[0] + 5.0 * y[0] + 140.0 - y[1] + INPUT, a * (b * y[0] - y[1])]

    def peak(t, y):
        return y[0] - PEAK

    peak.terminal, peak.direction = True, 1.0
    for exponent in (3, 6, 9, 12):
        spikes = []

        def run():
            spikes.clear()
            t, y = 0.0, [-65.0, -65.0 * b]
            while t < DURATION:
                piece = solve_ivp(field, (t, DURATION), y, method, rtol=10.0**-exponent, atol=10.0**-exponent, events=peak)
                t = piece.t[-1]
                if piece.status == 1:
                    spikes.append(t)
                    y = [c, piece.y[1, -1] + d]

        microseconds = fastest(run, 1)
        yield f"1e-{exponent}", largest_error(spikes, truth(cell)), microseconds


def at_error(points, target):
    """The time at an error, linear in its logarithm between the nearest measured ones."""
    points = sorted((math.log(error), t) for error, t in points if error > 0.0)
    x = math.log(target)
    if x <= points[0][0]:
        return points[0][1]
    for (x0, t0), (x1, t1) in zip(points, points[1:]):
        if x0 <= x <= x1:
            return t0 + (t1 - t0) * (x - x0) / (x1 - x0)
    return points[-1][1]


def main():
    rows = []

    def measure(program, results, cell):
        for tolerance, error, microseconds in results:
            rows.append((program, cell, tolerance, error, microseconds))
            print(f"{program},{cell},{tolerance},{error:.3e},{microseconds:.1f}", flush=True)

    print("program,cell,tolerance,error_ms,us")
    try:
        import heyoka as hy
    except ImportError:
        print("heyoka is not installed: skipped (pip install heyoka)", file=sys.stderr)
    else:
        for cell in CELLS:
            measure("heyoka", heyoka_scalar(hy, cell), cell)
        for cell in CELLS:
            try:
                measure("heyoka-batch", heyoka_batch(hy, cell), cell)
            except (AttributeError, TypeError) as problem:
                print(f"heyoka's batch mode: skipped ({problem})", file=sys.stderr)
                break
    try:
        from scipy.integrate import solve_ivp
    except ImportError:
        print("scipy is not installed: skipped (pip install scipy)", file=sys.stderr)
    else:
        for method in ("DOP853", "RK45"):
            for cell in CELLS:
                measure(f"scipy-{method}", scipy_events(solve_ivp, method, cell), cell)

    if len(sys.argv) > 1 and any(row[0] == "heyoka" for row in rows):
        with open(sys.argv[1]) as file:
            ours = [row for row in csv.DictReader(file) if row["case"].endswith("_step_10")]
        for row in ours:
            cell, tolerance = row["case"].split("_")[0], float(row["tolerance_ms"])
            points = [(e, t) for program, c, _, e, t in rows if program == "heyoka" and c == cell]
            ratio = at_error(points, tolerance) / float(row["us"])
            kept = "" if float(row["error_ms"]) <= tolerance else " *"
            which = f"firing map {row['firing_map']}"
            print(f"{cell} {tolerance:.0e} ms, {which}: heyoka takes {ratio:.1f} times as long{kept}", file=sys.stderr)


if __name__ == "__main__":
    main()
