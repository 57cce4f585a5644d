"""Cost at equal error in other programs, and what this toolkit's adaptive solver takes for the same.

The four problems of `benches/cost_at_equal_error.rs`: RS, IB, CH and FS neurons under a constant input of 10 mV/ms, 1000 ms,
spike times compared with the reference solutions in `tests/reference/truth`.

    pip install -r benches/peers/requirements.txt
    cargo bench --bench cost_at_equal_error > ours.csv
    python benches/peers/cost_at_equal_error.py ours.csv > results/cost_at_equal_error/peers.csv

* heyoka (Biscani & Izzo 2021): adaptive Taylor series with a terminal event at the peak, tolerances 1 to 1e-15, scalar; and in
  batches (four neurons in the lanes of a vector; the time is per neuron), where the installed version has batch mode.
* SciPy: DOP853 and RK45 with a terminal event, started anew after each spike.
* Brian2, C++ standalone: rk4 over its step, spikes on the grid; it needs a C++ compiler.

What is not installed is skipped with a message. Columns of peers.csv: program, cell, tolerance (the step in ms for Brian2), largest
error in ms (nan where spikes are lost or added), fastest time in microseconds, the program's version, the machine. With ours.csv
the ratio of heyoka's time, interpolated to the tolerance in the logarithm of its error, to ours follows on the error output; there
an asterisk marks a tolerance that our run did not keep. ours.csv may be left out.
"""

import csv
import importlib
import importlib.metadata
import math
import shutil
import sys

import brian2_neuron
import heyoka_neuron
from problem import CELLS, DURATION, INPUT, PEAK, fastest, largest_error, machine, truth


def heyoka_scalar(hy, cell):
    for exponent in range(0, 16):
        ta, spikes, restart = heyoka_neuron.neuron(hy, CELLS[cell], 10.0**-exponent)

        def run():
            restart()
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
    for exponent in range(3, 14):
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

        microseconds = fastest(run, 3)
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


def installed(module, also=True, needs=""):
    """The module, or nothing and a message."""
    try:
        if not also:
            raise ImportError
        return importlib.import_module(module)
    except ImportError:
        print(f"{module}: skipped, not installed{needs} (pip install -r benches/peers/requirements.txt)", file=sys.stderr)
        return None


def main():
    rows = []
    computer = machine()

    def measure(program, results, cell):
        version = importlib.metadata.version(program.split("-")[0])
        for tolerance, error, microseconds in results:
            rows.append((program, cell, tolerance, error, microseconds))
            print(f"{program},{cell},{tolerance},{error:.3e},{microseconds:.1f},{version},{computer}", flush=True)

    print("program,cell,tolerance,error_ms,us,version,machine")
    hy = installed("heyoka")
    if hy:
        for cell in CELLS:
            measure("heyoka", heyoka_scalar(hy, cell), cell)
        for cell in CELLS:
            try:
                measure("heyoka-batch", heyoka_batch(hy, cell), cell)
            except (AttributeError, TypeError) as problem:
                print(f"heyoka's batch mode: skipped ({problem})", file=sys.stderr)
                break
    integrate = installed("scipy.integrate")
    if integrate:
        for method in ("DOP853", "RK45"):
            for cell in CELLS:
                measure(f"scipy-{method}", scipy_events(integrate.solve_ivp, method, cell), cell)
    compiler = any(map(shutil.which, ("g++", "clang++", "c++")))
    b2 = installed("brian2", compiler, " or without a C++ compiler")
    if b2:
        for cell, dt, error, microseconds in brian2_neuron.rk4(b2, 5):
            measure("brian2-cpp", [(dt, error, microseconds)], cell)

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
