"""Many neurons at equal error: heyoka's batch mode, and what `solve_many` takes for the same neurons.

RS, IB, CH and FS neurons in equal parts, inputs spread over 5 to 15 mV/ms, 1000 ms; the neurons of `benches/population/adaptive.rs`.

    pip install heyoka==7.13.2
    cargo bench --bench population -- adaptive > ours.txt
    python benches/peers/batch_at_equal_error.py

What is done in heyoka's favour: a batch holds neurons of one type, whose lanes want similar steps (a batch ends with its slowest
lane); numbers of lanes of 1, 4 and 8 and fast_math on and off are all tried, and the fastest way to each error counts; compiling is
not timed. Its terminal event calls Python at each spike, about 2 us. The call is measured (the same callback on a state alone, without
the integrator) and taken off in a column of its own, as if it were free.

The error is the largest of any spike time against heyoka's own scalar solution at a tolerance of 1e-15; a run that loses or adds
a spike is left out. Columns: lanes, fast_math, tolerance, error in ms, us a neuron, the same without callbacks.
"""

import math
import time

import heyoka as hy

DURATION, PEAK = 1000.0, 30.0
# a, c, d of Izhikevich (2003), figure 2; b = 0.2.
CELLS = [(0.02, -65.0, 8.0), (0.02, -55.0, 4.0), (0.02, -50.0, 2.0), (0.1, -65.0, 2.0)]
EACH = 8
ERRORS = [1e-1, 1e-2, 1e-3, 1e-4, 1e-6]


def neurons(cell):
    """Input [mV/ms] of the neurons of a type: every fourth of the golden-ratio sequence."""
    return [5.0 + 10.0 * math.fmod(0.618034 * (4 * i + cell), 1.0) for i in range(EACH)]


def batch(cell, inputs, tolerance, fast_math):
    """A function that runs a batch and returns its spikes, and one that makes as many calls as it made."""
    a, c, d = CELLS[cell]
    size = len(inputs)
    v, u = hy.make_vars("v", "u")
    field = [(v, 0.04 * v * v + 5.0 * v + 140.0 - u + hy.par[0]), (u, a * (0.2 * v - u))]
    spikes = [[] for _ in range(size)]
    settings = {"tol": tolerance, "fast_math": fast_math}
    if size == 1:
        train = spikes[0]

        def reset(ta, sign):
            train.append(ta.time)
            state = ta.state
            state[0] = c
            state[1] += d
            return True

        event = hy.t_event(v - PEAK, callback=reset, direction=hy.event_direction.positive, cooldown=0.0)
        ta = hy.taylor_adaptive(field, [-65.0, -13.0], t_events=[event], pars=inputs, **settings)
        start, begin, end = [-65.0, -13.0], 0.0, DURATION
    else:

        def reset(ta, sign, lane):
            spikes[lane].append(ta.time[lane])
            state = ta.state
            state[0, lane] = c
            state[1, lane] += d
            return True

        event = hy.t_event_batch(v - PEAK, callback=reset, direction=hy.event_direction.positive, cooldown=0.0)
        start, begin, end = [[-65.0] * size, [-13.0] * size], [0.0] * size, [DURATION] * size
        ta = hy.taylor_adaptive_batch(field, start, t_events=[event], pars=[inputs], **settings)

    def run():
        for train in spikes:
            train.clear()
        if size == 1:
            ta.time = begin
        else:
            ta.set_time(begin)
        ta.state[:] = start
        ta.reset_cooldowns()
        ta.propagate_until(end)
        return [list(train) for train in spikes]

    def calls(count):
        for _ in range(count):
            reset(ta, 1) if size == 1 else reset(ta, 1, 0)

    return run, calls


def fastest(run, repeats):
    best = math.inf
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return 1e6 * best


def main():
    truth = [[batch(cell, [x], 1e-15, False)[0]()[0] for x in neurons(cell)] for cell in range(4)]
    rows = []
    print("lanes,fast_math,tolerance,error_ms,us,us_without_callbacks")
    for size in (1, 4, 8):
        for fast_math in (False, True):
            for exponent in range(0, 13, 2):
                error, us, call_us = 0.0, 0.0, 0.0
                for cell in range(4):
                    inputs = neurons(cell)
                    for first in range(0, EACH, size):
                        run, calls = batch(cell, inputs[first : first + size], 10.0**-exponent, fast_math)
                        for train, exact in zip(run(), truth[cell][first : first + size]):
                            same = len(train) == len(exact)
                            error = max([error] + [abs(a - b) for a, b in zip(train, exact)]) if same else math.inf
                        us += fastest(run, 5)
                        call_us += fastest(lambda: calls(sum(map(len, truth[cell][first : first + size]))), 5)
                us, without = us / (4 * EACH), (us - call_us) / (4 * EACH)
                rows.append((size, error, us, without))
                print(f"{size},{fast_math},1e-{exponent},{error:.2e},{us:.1f},{without:.1f}", flush=True)
    print()
    print("error_ms,batch_us,batch_us_without_callbacks")
    for asked in ERRORS:
        kept = [(us, without) for size, error, us, without in rows if size > 1 and error <= asked]
        if kept:
            print(f"{asked:.0e},{min(us for us, _ in kept):.1f},{min(without for _, without in kept):.1f}")


if __name__ == "__main__":
    main()
