"""Recorded layers and networks under other schemes and steps."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import _spikestep
from ._progress import Progress, shown
from ._table import table, to_pandas
from ._units import Quantity, many

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from pandas import DataFrame


class Difference(NamedTuple):
    """The first spike that only one of two runs has, or the earlier of two that are apart."""

    presentation: int
    #: The row of the batch, the neuron, and the time in the presentation [ms].
    row: int
    neuron: int
    t: float


@dataclass(frozen=True, eq=False)
class Rerun:
    """A recording under one scheme at one step."""

    scheme: str
    dt: float
    #: The mean rate of a neuron [Hz], all spikes, and those of them that the equations do not have.
    rate: float
    spikes: int
    spurious: int
    #: Where it first differs from the recording; None where it does not.
    first: Difference | None
    #: How many labels are answered otherwise; None where the recording has none.
    labels_changed: int | None


@dataclass(frozen=True, eq=False)
class Replay:
    """A recording under schemes and steps."""

    #: What the recording is, and the step it was recorded with [ms].
    summary: str
    dt: float
    runs: list[Rerun] = field(repr=False)

    @property
    def columns(self) -> npt.NDArray[np.void]:
        """One row a run, as a structured array with the names of `comparison.csv`."""
        names = "scheme,dt_ms,spikes,rate_Hz,spurious,first_presentation,first_row,first_neuron,first_ms,labels_changed".split(",")
        rows = [
            (run.scheme, run.dt, run.spikes, run.rate, run.spurious, *(run.first or [None] * 4), run.labels_changed) for run in self.runs
        ]
        return table(dict(zip(names, zip(*rows))), ["spikes", "spurious"])

    def to_pandas(self) -> DataFrame:
        """`columns` as a `pandas.DataFrame`."""
        return to_pandas(self.columns)


def replay(
    config: str | os.PathLike[str],
    input: str | os.PathLike[str],
    schemes: str | Sequence[str] = "bindsnet",
    dt: Quantity | Sequence[Quantity] = None,
    *,
    progress: Progress = False,
) -> Replay:
    """Runs a recorded layer or network again under schemes and steps, as `compare replay` does, and says what they change.

    Parameters
    ----------
    config, input
        Its description NAME.json and its input NAME.input.csv, as `spikestep.bindsnet.export` writes them.
    schemes
        Schemes of populations.
    dt
        Steps [ms], each that of the recording or a whole part of it; None: that of the recording.
    progress
        True for a bar, or a function that is called with how many runs of how many are done.

    Raises
    ------
    SpikestepError
        Files that are no such recording, a step that is none of its parts.
    """
    listed = [schemes] if isinstance(schemes, str) else list(schemes)
    with shown(progress, "runs") as tell:
        made = _spikestep.replay(Path(config), Path(input), listed, None if dt is None else many("dt", dt), tell)
    summary, own, rows = made
    runs = [Rerun(*row[:5], None if row[5] is None else Difference(*row[5]), row[6]) for row in rows]
    return Replay(summary, own, runs)
