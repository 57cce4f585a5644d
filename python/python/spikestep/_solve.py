"""One scheme on one problem, or on many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from ._problem import Problem
from ._spikestep import Scheme, Solution
from ._spikestep import solve as _solve
from ._units import Quantity, milliseconds


@overload
def solve(
    problem: Problem,
    scheme: str | Scheme,
    dt: Quantity = None,
    *,
    tolerance: float | None = None,
    trace: bool = False,
) -> Solution: ...


@overload
def solve(
    problem: Sequence[Problem],
    scheme: str | Scheme,
    dt: Quantity = None,
    *,
    tolerance: float | None = None,
    trace: bool = False,
) -> list[Solution]: ...


def solve(
    problem: Problem | Sequence[Problem],
    scheme: str | Scheme,
    dt: Quantity = None,
    *,
    tolerance: float | None = None,
    trace: bool = False,
) -> Solution | list[Solution]:
    """Solves a problem by a scheme.

    Parameters
    ----------
    problem
        What is solved; a list of problems gives a list of solutions. A vectorised scheme of your own steps them all in one call, and they
        must then be of one duration.
    scheme
        A name such as "rk4", "rk4+located" or "bindsnet" (`schemes` has them), or a scheme of your own.
    dt
        The step [ms] of a fixed-step scheme.
    tolerance
        The tolerance of an adaptive scheme: for "projective" the largest error of a spike time [ms].
    trace
        Whether t, v and u after every step are kept.

    Returns
    -------
    Solution
        `spikes` [ms], an array of shape (spikes,); with a trace `t` [ms], `v` [mV] and `u` [mV/ms], of shape (steps,), else None.
        A solution that leaves the finite numbers is a result, with `diverged_at` [ms].

    Raises
    ------
    SpikestepError
        What the library refuses, with its message.

    Examples
    --------
    >>> problem = Problem("RS", input=10.0, duration=200.0)
    >>> solve(problem, "rk4+located", dt=0.5)
    <rk4+located, dt=0.5 ms: 5 spikes>
    >>> solve(problem, "projective", tolerance=1e-6).spikes.round(3)
    array([  3.127,  26.226,  71.057, 115.87 , 160.682])
    >>> solve(problem, "euler", dt=0.5, trace=True).v.shape
    (400,)
    """
    step = dt if dt is None or type(dt) is float else milliseconds("dt", dt)
    if isinstance(problem, Problem):
        return _solve(problem, scheme, step, tolerance, trace)
    if _is_vectorized(scheme) and step is not None and tolerance is None:
        from ._lanes import solve_lanes

        assert isinstance(scheme, Scheme)
        return solve_lanes(list(problem), scheme, step, trace)
    return [_solve(one, scheme, step, tolerance, trace) for one in problem]


def _is_vectorized(scheme: Any) -> bool:
    """Whether it steps many neurons in one call, with its spikes at the ends of steps."""
    return isinstance(scheme, Scheme) and not scheme.is_located and getattr(scheme.function, "vectorized", False)
