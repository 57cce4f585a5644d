"""Schemes at steps against the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import _spikestep
from ._problem import Problem
from ._progress import Progress, shown
from ._spikestep import Scheme, SpikestepError
from ._table import table, to_pandas
from ._truth import Truth
from ._units import Quantity, many

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from pandas import DataFrame
    from xarray import Dataset

    from ._units import Array

    Schemes: TypeAlias = str | Scheme | Sequence[str | Scheme]


#: Units by the ends of the names of metrics.
_ENDS = {"_per_ms": "1/ms", "_ms": "ms", "_mV": "mV", "_Hz": "Hz"}


@dataclass(frozen=True, eq=False)
class Run:
    """A scheme at one step or tolerance, measured against the truth."""

    #: The scheme's name.
    scheme: str
    #: Its step [ms], or None for an adaptive scheme, and its tolerance.
    dt: float | None
    tolerance: float | None
    #: Its spikes [ms], of shape (spikes,).
    spikes: Array
    #: Its metrics by the names of the command's JSON, units in the names; None where one is not defined.
    metrics: dict[str, float | int | bool | None]
    #: Its cost [ns per simulated ms]: operations counted, weighed by what they take in each scheme.
    cost: float
    #: With a trace the ends of its steps [ms], v [mV] and u [mV/ms] there, of shape (steps,); else empty.
    t: Array
    v: Array
    u: Array

    @property
    def error(self) -> float | None:
        """The largest error of a spike time [ms]; None without spikes."""
        return self.metrics["max_spike_time_error_ms"]

    @property
    def has_all_spikes(self) -> bool:
        """Whether it has every spike and no other."""
        return not self.metrics["missed"] and not self.metrics["extra"]

    def keeps(self, within: float) -> bool:
        """Whether it has every spike and no other, each within so many ms."""
        return self.metrics["diverged_at_ms"] is None and self.has_all_spikes and (self.error or 0.0) <= within

    def __repr__(self) -> str:
        size = f"dt={self.dt} ms" if self.dt is not None else f"tolerance={self.tolerance:g}"
        error = "no error" if self.error is None else f"largest error {self.error:.3g} ms"
        return f"<{self.scheme}, {size}: {len(self.spikes)} spikes, {error}>"


@dataclass(frozen=True, eq=False)
class Comparison:
    """What came out of a comparison: the truth, and a run for every scheme and step."""

    #: The problem.
    problem: Problem
    #: The true solution.
    truth: Truth
    #: The runs, schemes in the order given.
    runs: list[Run]
    #: The timing error [ms] that is asked for.
    within: float
    #: The order of each scheme's largest error in dt, where its runs are in line.
    observed_orders: dict[str, float]
    #: The run nearest to the truth at a fixed step, the cheapest that keeps every spike within `within`, and the cheapest of those with a
    #: fixed step; None where there is none.
    nearest: Run | None
    cheapest_within: Run | None
    cheapest_fixed_step_within: Run | None
    #: What is wrong with the truth, in a sentence; None where nothing is.
    warning: str | None
    #: Schemes of groups that do not step this neuron.
    left_out: list[str]
    _kinds: dict[str, str] = field(repr=False)
    _fine: dict[str, Any] | None = field(repr=False)
    _unsettled: frozenset[str] = field(repr=False)

    def rank(self, within: float | None = None) -> list[Run]:
        """The runs that keep every spike within so many ms (`self.within` unless given), the cheapest first.

        >>> compared = compare(Problem("RS", 10.0), "located", dt=0.5, within=0.2)
        >>> compared.rank()[0].scheme
        'rk4+located'
        """
        bound = self.within if within is None else within
        return sorted((run for run in self.runs if run.keeps(bound)), key=lambda run: (run.cost, run.error or 0.0))

    @property
    def columns(self) -> npt.NDArray[np.void]:
        """All runs as a structured array of shape (runs,), its fields the columns of the command's metrics.csv.

        Numbers are float64, counts int64; what is not defined is NaN, as are flags where there is no answer, which are 1.0 or 0.0.

        >>> columns = compare(Problem("RS", 10.0), "rk4", dt=[0.25, 0.5]).columns
        >>> columns.dtype["spike_count"], columns["dt_ms"]
        (dtype('int64'), array([0.25, 0.5 ]))
        """
        values: dict[str, list[Any]] = {
            "scheme": [run.scheme for run in self.runs],
            "dt_ms": [run.dt for run in self.runs],
            "tolerance_ms": [run.tolerance for run in self.runs],
            **{name: [run.metrics[name] for run in self.runs] for name in self._kinds},
        }
        return table(values, (name for name, kind in self._kinds.items() if kind == "count"))

    def to_pandas(self) -> DataFrame:
        """All runs as a `pandas.DataFrame`, the columns those of `columns`; flags are of the nullable type "boolean"."""
        return to_pandas(self.columns, (name for name, kind in self._kinds.items() if kind == "flag"))

    def to_xarray(self, adaptive: bool = False) -> Dataset:
        """The runs as an `xarray.Dataset` over scheme and dt_ms; of adaptive schemes, where they are asked for, over scheme and tolerance.

        Every metric is a variable of float64, NaN where it is not defined, with its unit as an attribute where its name ends in one.

        >>> errors = compare(Problem("RS", 10.0), ["euler", "rk4+located"], dt=[0.1, 0.5]).to_xarray()["max_spike_time_error_ms"]
        >>> errors.dims, errors.shape, errors.attrs["units"]
        (('scheme', 'dt_ms'), (2, 2), 'ms')
        """
        import numpy as np
        import xarray as xr

        runs = [run for run in self.runs if (run.dt is None) == adaptive]
        size = "tolerance" if adaptive else "dt_ms"
        sizes = [run.tolerance if adaptive else run.dt for run in runs]
        schemes, steps = list(dict.fromkeys(run.scheme for run in runs)), sorted({step for step in sizes if step is not None})
        variables = {}
        for name in self._kinds:
            values = np.full((len(schemes), len(steps)), np.nan)
            for run, step in zip(runs, sizes):
                value = run.metrics[name]
                if step is not None and value is not None:
                    values[schemes.index(run.scheme), steps.index(step)] = value
            unit = next((word for end, word in _ENDS.items() if name.endswith(end)), None)
            variables[name] = (("scheme", size), values, {} if unit is None else {"units": unit})
        return xr.Dataset(variables, coords={"scheme": schemes, size: steps})

    def plot(self, ax: Axes | None = None) -> Axes:
        """The largest error of each scheme against the step, both logarithmic, as the command draws it.

        Runs that lost or added spikes are hollow, and dotted guides have the slopes 1, 2 and 4. It draws into `ax`, or a new figure, and returns
        the axes. matplotlib is imported here and nowhere else.
        """
        from ._plot import error_vs_dt

        return error_vs_dt(self, ax)


def compare(
    problem: Problem,
    schemes: Schemes = "default",
    dt: Quantity = None,
    *,
    tolerance: Any = None,
    within: float = 1.0,
    cost: float = 0.1,
    tau: float = 10.0,
    window: float = 2.0,
    lower_bound: float | None = None,
    trace: bool = False,
    progress: Progress = False,
) -> Comparison:
    """Compares schemes at steps against the truth: the numbers of `compare --json`, to the bit.

    It runs on all cores, leaves the interpreter free, and ends within 0.1 s of Ctrl-C.

    Parameters
    ----------
    problem
        What is solved.
    schemes
        Names, groups ("default", "grid", "located", "simulators", "adaptive") and schemes of your own, in a list, or a text with commas.
    dt
        Steps [ms] of the fixed-step schemes: a number, a list or array, or a text such as "0.01..1:log:9". None: 0.5, or with tolerances
        adaptive schemes alone.
    tolerance
        Tolerances of the adaptive schemes. None: 1e-6.
    within
        The timing error [ms] that `rank` and the verdicts ask for.
    cost, tau, window
        Of the distances of Victor and Purpura [1/ms], of van Rossum [ms], and of the coincidence factor [ms].
    lower_bound
        Where the rules that have one keep v [mV].
    trace
        Whether every run keeps t, v and u after every step.
    progress
        True for a bar, or a function that is called with how many runs of how many are done.

    Examples
    --------
    >>> compared = compare(Problem("RS", 10.0), ["euler", "rk4+located"], dt=[0.1, 0.5])
    >>> compared.runs[-1]
    <rk4+located, dt=0.5 ms: 23 spikes, largest error 0.109 ms>
    >>> compared.runs[0].metrics["spike_count"], compared.runs[0].metrics["missed"]
    (23, 0)
    >>> compare(Problem("RS", 10.0), "rk4,eulr")
    Traceback (most recent call last):
    ...
    spikestep.UnknownNameError: unknown scheme 'eulr', did you mean 'euler'?; ...
    """
    listed = [schemes] if isinstance(schemes, (str, Scheme)) else list(schemes)
    steps, tolerances = many("dt", dt), many("tolerance", tolerance, tolerances=True)
    with shown(progress, "runs") as tell:
        made = _spikestep.compare(
            problem, listed, steps, tolerances, within, (cost, tau, window), lower_bound, trace, tell
        )
    return _comparison(problem, within, made)


def _comparison(problem: Problem, within: float, made: dict[str, Any]) -> Comparison:
    columns, kinds = made["columns"], made["kinds"]
    read = {"count": int, "flag": bool, "number": float}

    def metric(name: str, row: int) -> Any:
        value = columns[name][row]
        return None if value is None else read[kinds[name]](value)

    runs = [
        Run(
            scheme=name,
            dt=columns["dt_ms"][row],
            tolerance=columns["tolerance_ms"][row],
            spikes=made["spikes"][row],
            metrics={metric_name: metric(metric_name, row) for metric_name in kinds},
            cost=made["costs"][row],
            t=made["t"][row],
            v=made["v"][row],
            u=made["u"][row],
        )
        for row, name in enumerate(columns["scheme"])
    ]

    def chosen(name: str) -> Run | None:
        return None if made[name] is None else runs[made[name]]

    return Comparison(
        problem=problem,
        truth=Truth(**made["truth"]),
        runs=runs,
        within=within,
        observed_orders={name: order for name, (order, _) in made["observed_orders"]},
        nearest=chosen("nearest"),
        cheapest_within=chosen("cheapest_within"),
        cheapest_fixed_step_within=chosen("cheapest_fixed_step_within"),
        warning=made["warning"],
        left_out=made["left_out"],
        _kinds=kinds,
        _fine=made["fine"],
        _unsettled=frozenset(name for name, (_, settled) in made["observed_orders"] if not settled),
    )


@dataclass(frozen=True, eq=False)
class Check:
    """Whether a step is fine: true or false where a truth value is asked for, a sentence where a text is."""

    #: Whether every scheme that was run keeps every spike; None where the neuron does not fire.
    fine: bool | None
    #: Why, in a sentence.
    text: str
    #: What it rests on.
    comparison: Comparison = field(repr=False)

    def __bool__(self) -> bool:
        return bool(self.fine)

    def __str__(self) -> str:
        return self.text


def check(
    neuron: Any,
    dt: Quantity,
    *,
    schemes: Schemes = "simulators",
    within: float = 1.0,
) -> Check:
    """Says whether a step is fine for a neuron, and why: whether every spike of a run stays within so many ms.

    It speaks of this neuron (or `Problem`) alone. For models of another kind the way of asking carries over, and no number.

    Parameters
    ----------
    neuron
        A `Problem`, or the neuron of one: with its own input, or 10, over a second or its own duration.
    dt
        The step [ms].
    schemes
        The schemes in question: the rules of BindsNET, NEST, Nengo and Brian2 unless others are named.
    within
        The timing error [ms] that can be afforded.

    Examples
    --------
    >>> print(check("RS", dt=0.5, schemes="bindsnet"))
    dt = 0.5 ms is not fine for RS: bindsnet loses 1 of 23 spikes (wanted: every spike within 1 ms).
    >>> bool(check("RS", dt=0.5, schemes="rk4+located"))
    True
    """
    steps = many("dt", dt)
    if len(steps) != 1:
        raise SpikestepError(f"dt is {len(steps)} steps; allowed: one. Take compare for several.")
    problem = neuron if isinstance(neuron, _spikestep.Problem) else Problem(neuron)
    assert isinstance(problem, Problem)
    compared = compare(problem, schemes, steps, within=within)
    fine, step = compared._fine, f"dt = {steps[0]:g} ms"
    if fine is None:
        raise SpikestepError(f"no scheme of {schemes!r} has a fixed step; allowed: fixed-step schemes. Name one such as rk4.")
    if fine["known_until_ms"] is not None:
        until = f"the truth is known until {fine['known_until_ms']:.6g} ms only"
        return Check(None, f"Whether {step} is fine for {problem.neuron_name} cannot be told: {until}.", compared)
    if fine["silent"]:
        text = f"{step}: {problem.neuron_name} does not fire under this input, which tells nothing about spike times."
        return Check(None, text, compared)
    names = [name for _, names in fine["good"] for name in names]
    wanted = f"every spike within {within:g} ms"
    if fine["nearest"] is None:
        return Check(True, f"{step} is fine for {problem.neuron_name}: {', '.join(names)} keeps {wanted}.", compared)
    name, missed, extra, error = fine["nearest"]
    off = f"is {error:.3g} ms off"
    if missed or extra:
        off = f"loses {missed} of {fine['true_spikes']} spikes" + (f" and adds {extra}" if extra else "")
    nearest = f"the nearest of {len(fine['bad'])}, {name}," if len(fine["bad"]) > 1 else name
    kept = f"; {', '.join(names)} keep them" if names else ""
    text = f"{step} is not fine for {problem.neuron_name}: {nearest} {off} (wanted: {wanted}{kept})."
    return Check(False, text, compared)
