"""The cheapest scheme that keeps a bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from . import _spikestep
from ._problem import Problem
from ._progress import Progress, shown
from ._spikestep import Scheme
from ._units import Quantity, milliseconds

if TYPE_CHECKING:
    from ._compare import Schemes


class Choice(NamedTuple):
    """A scheme and the largest step at which it and every smaller step tried keeps the bound."""

    #: The scheme's name.
    scheme: str
    #: The step [ms], None for an adaptive scheme, and its tolerance.
    dt: float | None
    tolerance: float | None
    #: Its cost [us per simulated s]: operations counted, weighed by what they take in each scheme.
    cost: float
    #: The error there [ms, or the unit of the metric]; None where there is none.
    error: float | None
    #: The bound over that error; None where there is no error.
    margin: float | None


class SimulatorNeed(NamedTuple):
    """What the rule of a simulator, as it comes, needs to keep the bound."""

    #: The scheme's name.
    scheme: str
    #: The step that the simulator takes unless told otherwise [ms].
    default_dt: float
    #: The step that keeps the bound [ms]; None where none that was tried does.
    dt: float | None
    #: The error at the simulator's own step [ms]; None without one.
    error_at_default: float | None


@dataclass(frozen=True, eq=False)
class Recommendation:
    """What a search over schemes and steps found."""

    #: What was asked for.
    problem: Problem
    within: float
    #: The candidates that keep the bound, the cheapest first.
    ranked: list[Choice]
    #: The candidates that do not at any step that was tried.
    without: list[str]
    #: What the rules of simulators need.
    simulators: list[SimulatorNeed]
    #: The smallest step that was tried [ms].
    finest: float

    @property
    def best(self) -> Choice | None:
        """The cheapest; None where no candidate keeps the bound."""
        return self.ranked[0] if self.ranked else None

    @property
    def fixed_step(self) -> Choice | None:
        """The cheapest with a fixed step, which a coupled network can take."""
        return next((choice for choice in self.ranked if choice.dt is not None), None)


def recommend(
    problem: Problem,
    within: Quantity = 0.1,
    *,
    schemes: Schemes | None = None,
    finest: Quantity = None,
    metric: str = "max_spike_time_error_ms",
    progress: Progress = False,
) -> Recommendation:
    """Searches for the cheapest scheme, and its largest step, that keeps every spike within a bound, none lost or added.

    Parameters
    ----------
    problem
        What is solved.
    within
        The bound [ms].
    schemes
        Who competes, as for `compare`; None: all but the rules of simulators, which are searched beside them.
    finest
        The smallest step to try [ms]; None: a millionth of the duration.
    metric
        The metric that is bounded.
    progress
        True for a bar, or a function that is called with how many schemes of how many are done.

    Examples
    --------
    >>> found = recommend(Problem("RS", 10.0, 200.0), 0.1, schemes=["rk4", "rk4+located", "projective-8"], finest=0.05)
    >>> found.best.scheme, found.best.error <= 0.1, found.without
    ('projective-8', True, ['rk4'])
    """
    bound = milliseconds("within", within)
    smallest = None if finest is None else milliseconds("finest", finest)
    listed = None if schemes is None else [schemes] if isinstance(schemes, (str, Scheme)) else list(schemes)
    with shown(progress, "schemes") as tell:
        made = _spikestep.recommend(problem, listed, bound, smallest, metric, tell)
    choices = [Choice(*row) for row in made["ranked"]]
    needs = [SimulatorNeed(*row) for row in made["simulators"]]
    return Recommendation(problem, bound, choices, made["without"], needs, made["finest"])
