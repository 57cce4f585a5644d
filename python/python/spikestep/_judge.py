"""What made a recording."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _spikestep, io
from ._neuron import Neuron
from ._problem import Problem
from ._spikestep import SpikestepError
from ._units import Quantity, array, milliseconds

if TYPE_CHECKING:
    from ._units import Array


class Rule(NamedTuple):
    """A rule at a step, and how well it maps every row of a recording to the next."""

    #: The scheme's name.
    scheme: str
    #: Its step [ms].
    dt: float
    #: By how many steps it sees the input early; late where negative.
    input_lag: int
    #: What is otherwise in it, in words; "" where nothing is.
    change: str
    #: Rows, or spikes, that were judged, and how many of them are off by more than their precision.
    rows: int
    rows_off: int
    #: The largest residual of a row [mV or mV/ms].
    largest_residual: float


class Advice(NamedTuple):
    """The largest steps that keep every spike within 0.1 ms; None where no step that was tried does."""

    #: Of the recording's own rule [ms].
    own_dt: float | None
    #: A rule that is right, and its step [ms].
    scheme: str
    dt: float | None


@dataclass(frozen=True, eq=False)
class Judgement:
    """What made a recording, and how wrong it is."""

    #: "exact", "class", "rule right, parameter wrong", "time axis wrong", "changed" or "none fits".
    verdict: str
    #: The rule that fits best, others that fit as well, and the next ones.
    rule: Rule
    equivalent: list[str]
    rivals: list[Rule]
    #: The arithmetic in which it fits best: "f64" or "f32".
    precision: str
    #: The neuron with which it was judged, and its constant input [mV/ms], None for another one.
    neuron: Neuron
    input: float | None
    #: Parameters that were fitted: value, and within what it is known.
    fitted: dict[str, tuple[float, float]]
    #: What differs from the rule or from what was told.
    changed: list[str]
    #: Its spikes [ms], of shape (spikes,), and their errors against the truth [ms], of the spikes that were paired.
    spikes: Array
    errors: Array
    #: Its metrics against the truth up to `until` [ms], by the names of the command's JSON.
    metrics: dict[str, float | int | bool | None]
    #: How far the errors are from the line of their drift at most [ms].
    jitter: float | None
    until: float
    #: What to do; None where no rule was found.
    advice: Advice | None
    #: What had to be assumed, in sentences.
    notes: list[str] = field(repr=False)

    def __bool__(self) -> bool:
        """Whether a rule of the library made it, as it was told."""
        return self.verdict in ("exact", "class")

    def __str__(self) -> str:
        rule = self.rule
        if self.verdict == "none fits":
            return f"none fits: the nearest is {rule.scheme} at {rule.dt:g} ms, {rule.rows_off} of {rule.rows} rows are off."
        text = f"{self.verdict}: {rule.scheme} at {rule.dt:g} ms"
        if self.equivalent:
            text += f" (as well: {', '.join(self.equivalent)})"
        if self.changed:
            text += "; " + "; ".join(self.changed)
        error = self.metrics.get("max_spike_time_error_ms")
        wrong = "" if error is None else f" Its spikes are up to {error:.3g} ms off the truth."
        if self.advice is not None:
            own = self.advice.own_dt
            keeps = "no step that was tried keeps" if own is None else f"dt = {own:g} ms keeps"
            wrong += f" With this rule {keeps} every spike within 0.1 ms."
        return f"{text}.{wrong}"


def judge(
    recording: Any,
    problem: Problem | None = None,
    *,
    dt: Quantity = None,
    neuron: int = 0,
    claim: tuple[str, Quantity] | None = None,
    unit: str | None = None,
    columns: str | None = None,
) -> Judgement:
    """Says which rule made a recording, at which step, with which parameters, and how wrong its spikes are.

    Every rule is tried at the spacing of the rows divided by 1 to 10, with the input up to three steps early or late; what is not told of the
    neuron is fitted to the rows. It knows Izhikevich's model alone: for others the way of asking carries over, and no number.

    Parameters
    ----------
    recording
        Of one neuron: what `io.trace` takes (a `StateMonitor` of Brian2, events of NEST, signals of Neo, a `Solution`, a mapping with "t", "v",
        "u"), an array of v [mV] with `dt`, a train of spikes alone as `io.spike_trains` takes it, or a path as for `compare judge`.
    problem
        The neuron and its input, where they are known; its start counts where v0 or u0 were given. Spikes alone need one.
    dt
        The time from row to row [ms] of an array of v.
    neuron
        Which neuron of a recording of several, by its place.
    claim
        A scheme's name and its step: nothing else is tried, and the verdict says whether it holds.
    unit
        "ms", "s", "us", or "step": of times that have no unit of their own.
    columns
        Of a file, which column is what: "t=time,v=V_m".

    Raises
    ------
    SpikestepError
        A recording that is none, or of which it cannot be told what is what.

    Examples
    --------
    >>> import spikestep as ss
    >>> problem = ss.Problem("RS", 10.0, 200.0)
    >>> run = ss.solve(problem, "half-step", dt=0.5, trace=True)
    >>> found = judge(run, problem)
    >>> found.verdict, found.rule.scheme, found.rule.dt
    ('exact', 'half-step', 0.5)
    >>> bool(judge(run, problem, claim=("euler", 0.5)))
    False
    """
    claimed = None if claim is None else (claim[0], milliseconds("the step of the claim", claim[1]))
    if isinstance(recording, (str, os.PathLike)):
        return _judged(_spikestep.judge(Path(recording), problem, claimed, unit, columns))
    import tempfile

    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        # The reader of files is the one that knows what rows are and how precise they are.
        rows = _rows(recording, dt, neuron, unit)
        path = Path(folder, "recording.npz")
        np.savez(path, **rows)
        return _judged(_spikestep.judge(path, problem, claimed, unit, columns))


def _rows(recording: Any, dt: Quantity, neuron: int, unit: str | None) -> dict[str, Any]:
    """A recording as columns of a file."""
    import numpy as np

    if isinstance(recording, _spikestep.Solution):
        return {"spike_times_ms": recording.spikes} if recording.t is None else io.trace(recording)
    if dt is not None:
        step = milliseconds("dt", dt)
        if isinstance(recording, dict):
            columns = {name: np.asarray(values) for name, values in recording.items()}
        else:
            columns = {"v": np.asarray(recording)}
        rows = len(next(iter(columns.values())))
        return {"t_ms": array(step * np.arange(rows)), **columns}
    if io.has_trace(recording):
        return io.trace(recording, neuron=neuron, unit=unit)
    trains = list(io.spike_trains(recording, unit=unit).values())
    if not neuron < len(trains):
        raise SpikestepError(f"the recording has {len(trains)} trains; allowed: a neuron among them. Record v, or give neuron=0.")
    return {"spike_times_ms": trains[neuron]}


def _judged(made: dict[str, Any]) -> Judgement:
    advice = made["advice"]
    return Judgement(
        verdict=made["verdict"],
        rule=Rule(*made["rule"]),
        equivalent=made["equivalent"],
        rivals=[Rule(*rival) for rival in made["rivals"]],
        precision=made["precision"],
        neuron=Neuron(*made["neuron"]),
        input=made["input"],
        fitted=dict(made["fitted"]),
        changed=made["changed"],
        spikes=made["spikes"],
        errors=made["errors"],
        metrics=made["metrics"],
        jitter=made["jitter"],
        until=made["until"],
        advice=None if advice is None else Advice(*advice),
        notes=made["reading"] + made["notes"],
    )
