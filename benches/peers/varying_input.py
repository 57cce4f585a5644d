"""heyoka under inputs that vary, beside this toolkit's adaptive solver in the same sitting: ratios at equal error.

    pip install -r benches/peers/requirements.txt
    cargo bench --bench projective_inputs -- peers sine:10:5:10 noise:10:3:5 noise:10:3:1 > ours.csv
    python benches/peers/varying_input.py ours.csv

A sinusoid stands in heyoka's expression. Input that jumps is a parameter, set at each jump in a loop; `loop_us` of the time is that
loop alone, measured with calls that go nowhere. Columns: input, cell, tolerance of ours in ms, our time and heyoka's at that error in
microseconds, the part of heyoka's that is the loop, and the ratio without and with it.
"""

import collections
import csv
import math
import sys

import heyoka as hy
import heyoka_neuron
from cost_at_equal_error import at_error
from problem import CELLS, DURATION, fastest, largest_error

REPEATS = 15


def sinusoid(name):
    mean, amplitude, frequency = map(float, name.split(":")[1:])
    return lambda hy: mean + amplitude * hy.sin(2.0 * math.pi * frequency / 1000.0 * hy.time)


def measure(name, levels, parameters, tolerance):
    """Spikes, time and that of the loop, in microseconds."""
    jumps = name.startswith("noise")
    ta, spikes, restart = heyoka_neuron.neuron(
        hy, parameters, tolerance, (lambda hy: hy.par[0]) if jumps else sinusoid(name)
    )
    ends = [start for start, _ in levels[1:]] + [DURATION]
    values = [value for _, value in levels]
    pars, propagate = ta.pars, ta.propagate_until

    def run():
        restart()
        if not jumps:
            return propagate(DURATION)
        for end, value in zip(ends, values):
            pars[0] = value
            propagate(end)

    def loop():
        for end, value in zip(ends, values):
            pars[0] = value
            propagate(DURATION)

    time = fastest(run, REPEATS)
    return list(spikes), time, fastest(loop, REPEATS) if jumps else 0.0


def main():
    ours, spikes, levels = {}, collections.defaultdict(list), collections.defaultdict(list)
    with open(sys.argv[1]) as file:
        for row in csv.DictReader(file):
            if row["kind"] == "time":
                ours[row["input"], row["cell"], float(row["x"])] = float(row["y"])
            elif row["kind"] == "spike":
                spikes[row["input"], row["cell"]].append(float(row["x"]))
            else:
                levels[row["input"]].append((float(row["x"]), float(row["y"])))
    print("input,cell,tolerance_ms,ours_us,heyoka_us,loop_us,ratio_without_loop,ratio")
    for (name, cell), exact in spikes.items():
        points = []
        for exponent in range(2, 16):
            found, time, loop = measure(name, levels[name], CELLS[cell], 10.0**-exponent)
            error = largest_error(found, exact)
            if error > 0.0:
                points.append((error, time, loop))
        for (_, _, tolerance), us in ((key, us) for key, us in ours.items() if key[:2] == (name, cell)):
            whole = at_error([(error, time) for error, time, _ in points], tolerance)
            loop = min(loop for *_, loop in points)
            print(f"{name},{cell},{tolerance:g},{us:.1f},{whole:.1f},{loop:.1f},{(whole - loop) / us:.1f},{whole / us:.1f}", flush=True)


if __name__ == "__main__":
    main()
