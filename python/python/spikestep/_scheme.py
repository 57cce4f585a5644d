"""Schemes of one's own."""

from __future__ import annotations

import copyreg
import importlib
from collections.abc import Callable
from functools import reduce
from typing import Any, TypeAlias

from ._neuron import Neuron
from ._spikestep import Scheme

#: One step: the state (v, u) after h ms, from neuron, v, u, the input at the start and at the end of the step, and h.
Step: TypeAlias = Callable[[Neuron, Any, Any, Any, Any, Any], tuple[Any, Any]]

#: Floating-point operations of a stage unless they are given: 10 of the field, and a product and a sum each for v and u.
_FLOPS = 14


def scheme(
    *,
    order: int,
    version: int,
    name: str | None = None,
    vectorized: bool = False,
    evaluations: int | None = None,
    flops: int | None = None,
) -> Callable[[Step], Scheme]:
    """Makes a scheme of a function that takes one step of the smooth equations; resets are the toolkit's business.

    The function is called as `step(n, v, u, i0, i1, h)`: the `Neuron`, v [mV], u [mV/ms], the input [mV/ms] at the start and at the end of
    the step, its length [ms]. It returns (v, u). The scheme has its spikes at the ends of steps, and, as `NAME+located` or `.located()`,
    inside them. It takes part in `solve`, `compare` and `recommend` as any other. What the function raises arrives unchanged.

    Parameters
    ----------
    order
        Its order on smooth stretches, in powers of h.
    version
        A number to be raised when the scheme gives other results.
    name
        What tables call it; the function's own name unless it is given.
    vectorized
        Whether the function takes arrays too. A list of problems is then solved in one call a step for all of them.
    evaluations, flops
        Evaluations of the right-hand side, and floating-point operations, of a step, for its cost: `order` evaluations, and 14 operations
        for each, unless they are given.

    Examples
    --------
    >>> import spikestep as ss
    >>> @ss.scheme(order=1, version=1, vectorized=True)
    ... def mine(n, v, u, i0, i1, h):
    ...     return v + h * n.dv(v, u, i0), u + h * n.du(v, u)
    >>> problem = ss.Problem("RS", 10.0)
    >>> bool((ss.solve(problem, mine, dt=0.5).spikes == ss.solve(problem, "euler", dt=0.5).spikes).all())
    True
    >>> ss.compare(problem, ["bindsnet", mine], dt=0.5).rank(within=50)[0].scheme
    'mine'
    """

    def made(step: Step) -> Scheme:
        stages = max(order, 1) if evaluations is None else evaluations
        operations = _FLOPS * stages if flops is None else flops
        summary = (step.__doc__ or "a scheme in Python").strip().splitlines()[0]
        if vectorized:
            step.vectorized = True  # type: ignore[attr-defined]
        return Scheme._own(name or step.__name__, order, version, summary, step, Neuron, stages, operations)

    return made


def _reduced(given: Scheme) -> tuple[Any, ...]:
    """A scheme as a pickle has it: a name, or where its function stands."""
    if given.function is None:
        return Scheme, (given.name,)
    return _restored, (given.function.__module__, given.function.__qualname__, given.is_located)


def _restored(module: str, name: str, located: bool) -> Scheme:
    found = reduce(getattr, name.split("."), importlib.import_module(module))
    if not isinstance(found, Scheme):
        raise TypeError(f"{module}.{name} is no scheme of spikestep")
    return found.located() if located else found


copyreg.pickle(Scheme, _reduced)
