"""Networks under schemes against their truth, solved event by event."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _spikestep
from ._neuron import Neuron
from ._problem import neuron_text
from ._progress import Progress, shown
from ._spikestep import Scheme
from ._table import table, to_pandas, toml

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from pandas import DataFrame

    from ._units import Array


class Curve(NamedTuple):
    """A spectrum or a distribution, as the mean over runs and their standard deviation, each of shape (places,)."""

    #: Frequencies [Hz] or intervals [ms].
    x: Array
    y: Array
    sd: Array


class Statistic(NamedTuple):
    """A statistic of a scheme against the truth's."""

    #: The means over the runs and over the truths, and half the interval of 95 % of their difference.
    mean: float
    truth: float
    interval: float
    #: Whether it has moved beyond what chaos explains, and by 1 % at the least.
    beyond_chaos: bool


@dataclass(frozen=True, eq=False)
class NetworkTruth:
    """The solution of a network. Its errors are estimates, and no bounds."""

    #: Spike times [ms], their neurons (numbered through all populations) and their errors [ms], each of shape (spikes,), by time.
    t: Array
    neuron: npt.NDArray[np.uint32]
    error: Array
    duration: float
    #: What every neuron is solved to [ms].
    tolerance: float
    #: When all that follows is lost [ms]; None where nothing is.
    lost_at: float | None
    #: What comes so near that its order is in doubt, when [ms], and at which neuron: the first of each kind.
    doubts: list[tuple[str, float, int]]
    #: The neuron that could not be solved further, which ends the run, and when that was [ms].
    cut: tuple[int, float | None] | None
    arrivals: int
    steps: int

    def known_until(self, bound: float) -> float:
        """The time [ms] until which every spike is known to `bound` [ms], as estimated, and none is lost or added."""
        beyond = self.t[self.error > bound][:1].tolist()
        cut = None if self.cut is None else self.cut[1]
        return float(min([self.duration, *beyond, *(end for end in (self.lost_at, cut) if end is not None)]))


@dataclass(frozen=True, eq=False)
class NetworkRun:
    """A network under one scheme at one step."""

    scheme: str
    dt: float
    #: Spike times [ms] and their neurons, each of shape (spikes,), step by step.
    t: Array
    neuron: npt.NDArray[np.uint32]
    #: When a neuron left the finite numbers [ms]; None where none has.
    diverged_at: float | None
    #: Until when every spike is right [ms], and until when those of half of the neurons are; None: to the end.
    follows_until: float | None
    half_right_until: float | None
    #: When each neuron parts from the truth [ms], rising, infinite where it does not, of shape (neurons,).
    partings: Array
    #: By population and name; those of the truth are in the comparison.
    statistics: dict[tuple[str, str], Statistic]
    curves: dict[tuple[str, str], Curve]
    #: Until when it is right, and what the step does beyond chaos, in a sentence.
    verdict: str

    @property
    def beyond_chaos(self) -> dict[tuple[str, str], Statistic]:
        """The statistics that have moved beyond chaos."""
        return {key: moved for key, moved in self.statistics.items() if moved.beyond_chaos}


@dataclass(frozen=True, eq=False)
class NetworkComparison:
    """A network under schemes and steps, beside its truth. Printed, it says what the command says in sentences."""

    title: str
    question: str
    #: The numbers of the first neuron of each population, and of the first one after it.
    populations: dict[str, tuple[int, int]]
    edges: int
    #: A spike within so many ms of the truth's is right.
    within: float
    #: Of how many truths and runs statistics are taken.
    ensemble: int
    truth: NetworkTruth
    #: Mean and standard deviation over the truths, by population and name; empty without schemes.
    statistics: dict[tuple[str, str], tuple[float, float]]
    curves: dict[tuple[str, str], Curve]
    #: In the order of the file.
    runs: list[NetworkRun]
    #: What the network is, and until when its truth is known, in sentences.
    known: str = field(repr=False)

    @property
    def columns(self) -> npt.NDArray[np.void]:
        """Every statistic of every run, as a structured array with the names of `statistics.csv`."""
        names = ("scheme", "dt_ms", "population", "statistic", "mean", "truth", "truth_sd", "interval", "beyond_chaos")
        rows = [
            (run.scheme, run.dt, *key, moved.mean, moved.truth, self.statistics[key][1], moved.interval, moved.beyond_chaos)
            for run in self.runs
            for key, moved in run.statistics.items()
        ]
        return table(dict(zip(names, zip(*rows) if rows else [[]] * len(names))), ["beyond_chaos"])

    def to_pandas(self) -> DataFrame:
        """`columns` as a `pandas.DataFrame`."""
        return to_pandas(self.columns, ["beyond_chaos"])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draws the part of the neurons that are right so far against time, a line for each scheme and step, by matplotlib."""
        import numpy as np

        from ._plot import axes_of, finished, line

        ax = axes_of(ax)
        for number, run in enumerate(self.runs):
            parted = run.partings[np.isfinite(run.partings)]
            right = 1.0 - np.arange(len(parted) + 1) / len(run.partings)
            times = np.concatenate([[0.0], parted, [self.truth.duration]])
            ax.step(times, np.append(right, right[-1]), where="post", label=f"{run.scheme}, {run.dt:g} ms", **line(number))
        ax.set(xlabel="time t [ms]", ylabel="neurons right so far", ylim=(0.0, 1.02))
        return finished(ax)

    def __str__(self) -> str:
        return "\n".join([self.known, *(run.verdict for run in self.runs)])


def network(
    network: str | os.PathLike[str] | Mapping[str, Any],
    *,
    schemes: Sequence[Scheme] = (),
    truth: bool = False,
    progress: Progress = False,
) -> NetworkComparison:
    """Compares schemes and steps with the truth of a network, solved event by event: what `compare network` does, to the bit.

    Parameters
    ----------
    network
        A file of the kind "network", or what its table `[network]` has, as a mapping: docs/networks.md has the keys. In a mapping a neuron
        may be a `Neuron`, and `edges` of a projection four arrays (pre, post, weight [mV], delay [ms]), neurons numbered in their populations.
    schemes
        Schemes of your own that it may name; in a mapping they stand among its `schemes` as they are.
    truth
        Whether the truth is all that is wanted.
    progress
        True for a bar, or a function that is called with how many runs of how many are done.

    Raises
    ------
    SpikestepError
        What is wrong with the network, with line and column.
    FileNotFoundError
        Where there is no such file; and what else reading raises.

    Examples
    --------
    >>> pair = {
    ...     "duration": 60, "synapse": "charge", "schemes": ["half-step", "rk4+located"], "dt": [0.1], "ensemble": 3,
    ...     "populations": [{"name": "a", "n": 2, "neuron": "RS", "input": 10}, {"name": "b", "neuron": "FS", "input": 4}],
    ...     "projections": [{"from": "a", "to": "b", "rule": "all-to-all", "weight": 5, "delay_ms": 1.5}],
    ... }
    >>> found = network(pair)
    >>> found.truth.known_until(1e-6), found.truth.t.shape
    (60.0, (6,))
    >>> print(found)
    3 neurons, 2 edges, 60 ms: 6 spikes and 4 arrivals. ...
    half-step at 0.1 ms: ...
    rk4+located at 0.1 ms: every spike right; ...
    """
    with _source(network) as (text, path, own), shown(progress, "runs") as tell:
        made = _spikestep.network(text, path, [*schemes, *own], truth, tell)
    solution = NetworkTruth(
        *(made[key] for key in ("t", "neuron", "error", "duration", "tolerance", "lost_at", "doubts", "cut", "arrivals", "steps"))
    )
    return NetworkComparison(
        title=made["title"],
        question=made["question"],
        populations=dict(made["populations"]),
        edges=made["edges"],
        within=made["within"],
        ensemble=made["ensemble"],
        truth=solution,
        statistics=dict(made["statistics"]),
        curves=_curves(made["curves"]),
        runs=[_run(run) for run in made["runs"]],
        known=made["known"],
    )


def _curves(made: list[tuple[tuple[str, str], list[Any]]]) -> dict[tuple[str, str], Curve]:
    return {key: Curve(*arrays) for key, arrays in made}


def _run(made: dict[str, Any]) -> NetworkRun:
    moved = {key: Statistic(*numbers) for key, numbers in made["statistics"]}
    return NetworkRun(**{**made, "statistics": moved, "curves": _curves(made["curves"])})


@contextmanager
def _source(network: str | os.PathLike[str] | Mapping[str, Any]) -> Iterator[tuple[str, Path, list[Scheme]]]:
    """The text of a file, where it stands, and the schemes in Python that it names."""
    if isinstance(network, (str, os.PathLike)):
        file = Path(network)
        yield file.read_text(encoding="utf-8"), file, []
        return
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        given = dict(network)
        head = [f"{key} = {toml(given.pop(key))}" for key in ("title", "question") if key in given]
        named = given.get("schemes")
        listed: list[Any] = [] if named is None else [named] if isinstance(named, (str, Scheme)) else list(named)
        if named is not None:
            given["schemes"] = [scheme if isinstance(scheme, str) else scheme.name for scheme in listed]
        given["populations"] = [_population(one) for one in given.get("populations", [])]
        edges = [_projection(one, Path(folder, f"edges{i}.npz")) for i, one in enumerate(given.get("projections", []))]
        given["projections"] = edges
        lines = [*head, 'kind = "network"', "", "[network]", *(f"{key} = {toml(value)}" for key, value in given.items())]
        own = [scheme for scheme in listed if not isinstance(scheme, str)]
        yield "\n".join(lines) + "\n", Path(folder, "network.toml"), own


def _population(given: Mapping[str, Any]) -> dict[str, Any]:
    neuron = given.get("neuron")
    return {**given, "neuron": neuron_text(neuron)} if isinstance(neuron, (Neuron, Mapping)) else dict(given)


def _projection(given: Mapping[str, Any], place: Path) -> dict[str, Any]:
    """A projection whose edges are in a file."""
    import numpy as np

    edges = given.get("edges")
    if edges is None or isinstance(edges, (str, os.PathLike)):
        # A path in code leads from where the program runs, and not from the folder of a text that nobody sees.
        return {**given, "edges": str(Path(edges).absolute())} if edges is not None else dict(given)
    pre, post, weight, delay = edges
    columns = {
        "pre": np.asarray(pre, dtype=np.int64),
        "post": np.asarray(post, dtype=np.int64),
        "weight": np.broadcast_to(np.asarray(weight, dtype=np.float64), np.shape(pre)),
        "delay_ms": np.broadcast_to(np.asarray(delay, dtype=np.float64), np.shape(pre)),
    }
    np.savez(place, **columns)
    return {**given, "edges": str(place)}
