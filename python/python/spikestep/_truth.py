"""The solution that every error is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _spikestep
from ._problem import Problem
from ._units import array

if TYPE_CHECKING:
    from ._units import Array


@dataclass(frozen=True, eq=False)
class Truth:
    """The true solution of a problem, with what is known of its error."""

    #: Spike times [ms], of shape (spikes,).
    spikes: Array
    #: Of each spike time the largest error it can have [ms]; NaN where that is not known.
    bounds: Array
    #: The largest of them, and the statement that the number of spikes is right; None where one is not known.
    bound: float | None
    #: At least the largest error [ms], proven by interval arithmetic; None where the proof does not reach the end.
    proven: float | None
    #: The solver it is of, and the one that checked it.
    solver: str
    checked_by: str
    #: Whether both agree within their bounds; None where one has none.
    agrees: bool | None
    #: Their largest difference [ms].
    difference: float
    #: Where it ends [ms]: the duration, or before it where the equations cannot be followed further.
    end: float
    #: The times asked for [ms] with v [mV] and u [mV/ms] there, of one shape; None where no times were.
    t: Array | None = None
    v: Array | None = None
    u: Array | None = None

    def __repr__(self) -> str:
        bound = "no bound" if self.bound is None else f"bound {self.bound:.1e} ms"
        return f"<truth by {self.solver}: {len(self.spikes)} spikes, {bound}>"


def truth(problem: Problem, at: Any = None) -> Truth:
    """The true solution of a problem: two solvers that check each other, an error bound for every spike, and a proof.

    It takes some 6 ms for a second of RS, runs on all cores, leaves the interpreter free, and ends within 0.1 s of Ctrl-C.

    Parameters
    ----------
    problem
        What is solved.
    at
        Times [ms] at which v and u are wanted, of shape (n,).

    Examples
    --------
    >>> found = truth(Problem("RS", input=10.0, duration=100.0), at=[0.0, 50.0])
    >>> found.spikes.round(9)
    array([ 3.1270553 , 26.22602463, 71.05709733])
    >>> found.bound < 1e-11, found.proven < 1e-11, float(found.v[0])
    (True, True, -65.0)
    """
    return Truth(**_spikestep.truth(problem, None if at is None else array(at)))
