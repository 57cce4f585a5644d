"""Many neurons by one call of a Python function a step."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._neuron import Neuron
from ._problem import Problem
from ._spikestep import Scheme, Solution, SpikestepError, step_inputs

#: What a run covers beyond its duration: the rounding of n dt, as in the library.
_END = 1.0 + 4.0 * np.finfo(np.float64).eps


def solve_lanes(problems: list[Problem], scheme: Scheme, dt: float, trace: bool) -> list[Solution]:
    """The solution of every problem, one lane each: the same numbers as one by one, if the function computes each lane alike."""
    if not problems:
        return []
    durations = {problem.duration for problem in problems}
    if len(durations) > 1:
        given = f"{min(durations)} to {max(durations)} ms"
        raise SpikestepError(f"the duration is {given}; allowed: one for all lanes. Solve problems of each duration on their own.")
    latest = durations.pop() * _END
    inputs = [step_inputs(problem, scheme, dt) for problem in problems]
    starts, ends = (np.stack(np.broadcast_arrays(*column), axis=1) for column in zip(*inputs))
    columns = (np.array(column) for column in zip(*(problem.parameters for problem in problems)))
    neuron = Neuron(*columns)
    v, u = np.array([problem.v0 for problem in problems]), np.array([problem.u0 for problem in problems])
    spikes: list[list[float]] = [[] for _ in problems]
    diverged: list[float | None] = [None for _ in problems]
    taken = [0 for _ in problems]
    running = np.ones(len(problems), dtype=bool)
    rows: list[tuple[float, Any, Any]] = []
    steps = problems[0]._steps(dt)
    function, cost = scheme.function, scheme._cost()
    assert function is not None and cost is not None, "only a scheme in Python is vectorised"
    for n in range(steps):
        row = min(n, len(starts) - 1)
        v, u = function(neuron, v, u, starts[row], ends[row], dt)
        end = (n + 1) * dt
        spiked = running & (v >= neuron.peak)
        for lane in np.flatnonzero(spiked):
            spikes[lane].append(end)
        v, u = np.where(spiked, neuron.c, v), np.where(spiked, u + neuron.d, u)
        for lane in np.flatnonzero(running & ~(np.isfinite(v) & np.isfinite(u))):
            running[lane], diverged[lane], taken[lane] = False, end, n + 1
        if trace:
            rows.append((end, v, u))
        if not running.any():
            break
    taken = [count or steps for count in taken]
    evaluations, flops = cost

    def solution(lane: int) -> Solution:
        times = [t for t in spikes[lane] if t <= latest]
        kept = taken[lane] - (diverged[lane] is not None)
        column = (
            np.array([t for t, _, _ in rows[:kept]]),
            np.array([v[lane] for _, v, _ in rows[:kept]]),
            np.array([u[lane] for _, _, u in rows[:kept]]),
        )
        first = (scheme.name, dt, None, times, diverged[lane])
        second = (None, taken[lane], evaluations * taken[lane], flops * taken[lane], column if trace else None)
        return Solution._restored((first, second))

    return [solution(lane) for lane in range(len(problems))]
