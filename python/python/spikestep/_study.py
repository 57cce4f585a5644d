"""Grids of neurons, inputs, schemes and steps: hours of work that is kept as it is done."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _spikestep
from ._files import write
from ._problem import AMPLITUDES, neuron_text
from ._progress import Progress, shown
from ._spikestep import Scheme, Session, SpikestepError
from ._table import table, to_pandas, toml
from ._units import Quantity, in_unit, text

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from pandas import DataFrame

    from ._compare import Schemes
    from ._neuron import Neuron

if hasattr(os, "register_at_fork"):
    # Workers of a process pool may outlive the process that has the journal.
    os.register_at_fork(after_in_child=_spikestep.leave_journals)

#: Cells that are expected to take so long are one task of an executor [s]: its overhead is some ms a task.
_CHUNK = 1.0


@dataclass(frozen=True, eq=False)
class StudyResults:
    """What a study gave: one row a cell, in the order of the cells, whoever did them."""

    #: The axes, then what came out, as lists by the names of results.csv; None where something is not defined.
    values: dict[str, list[Any]] = field(repr=False)
    #: How many cells were run now, and how many were kept from before.
    run: int
    kept: int
    #: The directory with `results.csv` and the journal; None where the study was run in memory.
    out: Path | None

    def __len__(self) -> int:
        return len(self.values["scheme"])

    @property
    def columns(self) -> npt.NDArray[np.void]:
        """All rows as a structured array of shape (cells,): texts, and numbers as float64, NaN where one is not defined.

        >>> study = Study(["RS", "FS"], schemes=["euler", "rk4+located"], dt=[0.1, 0.5], duration=100)
        >>> columns = study.run().columns
        >>> columns.shape, columns["scheme"][1], float(columns["dt_ms"][1])
        ((8,), 'euler', 0.5)
        """
        return table(self.values)

    def to_pandas(self) -> DataFrame:
        """All rows as a `pandas.DataFrame`, the columns those of `columns`."""
        return to_pandas(self.columns)

    def plot(
        self,
        x: str = "dt_ms",
        y: str = "max_spike_time_error_ms",
        *,
        series: str = "scheme",
        where: Mapping[str, Any] | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Draws a column against another by matplotlib, as a figure in the file of a study does: medians over the rows that share both axes.

        Parameters
        ----------
        x, y
            The columns. Both axes are logarithmic where all numbers are above 0.
        series
            The column whose values are the lines.
        where
            Values of columns that rows must have, such as {"neuron": "RS"}.
        ax
            Axes to draw into; None: new ones.

        Raises
        ------
        SpikestepError
            A column that the results do not have.

        Examples
        --------
        >>> results = Study(["RS", "FS"], schemes=["euler", "rk4+located"], dt=[0.1, 0.5], duration=100).run()
        >>> axes = results.plot(where={"neuron": "FS"})  # doctest: +SKIP
        """
        from ._plot import medians

        only = dict(where or {})
        for column in (x, y, series, *only):
            if column not in self.values:
                known = ", ".join(self.values)
                raise SpikestepError(f"a column is '{column}'; allowed: {known}. Name one of these.")
        rows = [row for row in range(len(self)) if all(self.values[column][row] == value for column, value in only.items())]
        kept = {column: [self.values[column][row] for row in rows] for column in {x, y, series}}
        return medians(kept, x, y, series, ax)


class Study:
    """A grid of neurons, inputs, schemes and steps, every combination of which is held to its truth. It pickles.

    It is the text of a file for `compare run`, whose kind is `study`: `source` has it. What is run here goes on there, and the other way
    round, and gives the same bytes.

    Parameters
    ----------
    neurons
        The neurons, each as for `Problem`.
    schemes
        Names, groups, and schemes of your own, as for `compare`. An own scheme's name and version are in the key of a kept cell: raise the
        version, and its cells are run again.
    dt, tolerance
        Steps [ms] and tolerances: numbers, texts such as "0.01..1:log:9", or a list of them.
    inputs
        Numbers or texts as for `Problem`; "csv:FILE" for samples. None: a pattern's own, else 10.
    seeds
        Of the inputs that are noise: numbers in a list, or a text such as "1..100".
    peaks, v0, u0, duration, lower_bound
        As for `Problem` and `compare`, `peaks` a list.
    distances
        Of "cost" [1/ms], "tau" [ms] and "window" [ms] those that are not the usual ones.
    metrics
        Columns that `results.csv` has beside the axes; empty: all.
    title, question
        What the record of the study says.

    Examples
    --------
    >>> study = Study(["RS", "FS"], schemes=["euler", "rk4+located"], dt=[0.1, 0.5], duration=100, seeds=[1, 2], inputs=["noise:10:3"])
    >>> study
    <study: 16 cells on 4 problems>
    >>> print(study.source.splitlines()[4])
    [study]
    >>> Study(["RS"], schemes="eulr", dt=0.1)
    Traceback (most recent call last):
    ...
    spikestep.SpikestepError: study.toml:7:12: unknown scheme 'eulr', did you mean 'euler'?; ...
    """

    __slots__ = ("source", "path", "schemes", "title", "question", "cells", "problems", "_on_each")

    #: The text of its file, and where that stands: its own paths lead from there.
    source: str
    path: Path
    #: The schemes in Python that it may name.
    schemes: tuple[Scheme, ...]
    title: str
    question: str
    #: How many cells it has, and how many problems, which have a truth each.
    cells: int
    problems: int
    _on_each: int

    def __init__(
        self,
        neurons: Sequence[str | Mapping[str, float] | Neuron],
        *,
        schemes: Schemes,
        dt: Any = None,
        tolerance: Any = None,
        inputs: Sequence[Any] | None = None,
        seeds: Sequence[int] | str | None = None,
        peaks: Sequence[float] = (),
        duration: Quantity = None,
        v0: Quantity = None,
        u0: Quantity = None,
        lower_bound: float | None = None,
        distances: Mapping[str, float] | None = None,
        metrics: Sequence[str] = (),
        title: str = "A study",
        question: str = "What does the step do?",
    ) -> None:
        listed = [schemes] if isinstance(schemes, (str, Scheme)) else list(schemes)
        keys: dict[str, Any] = {
            "neurons": [neuron_text(neuron) for neuron in ([neurons] if isinstance(neurons, str) else neurons)],
            "inputs": None if inputs is None else [_input_text(one) for one in inputs],
            "seeds": seeds if seeds is None or isinstance(seeds, str) else [int(seed) for seed in seeds],
            "peaks": [float(peak) for peak in peaks] or None,
            "duration": _typed(duration, ("ms",)),
            "v0": _typed(v0, ("mV",)),
            "u0": _typed(u0, AMPLITUDES),
            "schemes": [scheme if isinstance(scheme, str) else scheme.name for scheme in listed],
            "dt": _sizes(dt, ("ms",)),
            "tolerance": _sizes(tolerance, ()),
            "lbound": lower_bound,
            "metrics": list(metrics) or None,
        }
        lines = [f"title = {toml(title)}", f"question = {toml(question)}", 'kind = "study"', "", "[study]"]
        lines += [f"{key} = {toml(value)}" for key, value in keys.items() if value is not None]
        if distances is not None:
            named = {"cost": "victor_purpura_cost", "tau": "van_rossum_tau", "window": "gamma_window"}
            given = (f"{named.get(key, key)} = {float(value)!r}" for key, value in distances.items())
            lines.append(f"distances = {{ {', '.join(given)} }}")
        own = tuple(scheme for scheme in listed if not isinstance(scheme, str))
        self._set("\n".join(lines) + "\n", Path("study.toml"), own)

    @classmethod
    def from_toml(cls, path: str | os.PathLike[str], schemes: Sequence[Scheme] = ()) -> Study:
        """The study in a file of the kind `study`, which may name schemes of your own.

        Parameters
        ----------
        path
            The file. Paths in it lead from its folder.
        schemes
            Schemes of your own that it may name.

        Raises
        ------
        SpikestepError
            What is wrong with the file, with line and column.
        FileNotFoundError
            Where there is none; and what else reading raises.
        """
        file = Path(path)
        return cls._of(file.read_text(encoding="utf-8"), file, tuple(schemes))

    @classmethod
    def _of(cls, source: str, path: Path, schemes: tuple[Scheme, ...]) -> Study:
        study = cls.__new__(cls)
        study._set(source, path, schemes)
        return study

    def _set(self, source: str, path: Path, schemes: tuple[Scheme, ...]) -> None:
        self.source, self.path, self.schemes = source, path, schemes
        made = _spikestep.study(source, path, schemes)
        self.title, self.question, self.cells, self.problems, self._on_each = made

    def __reduce__(self) -> tuple[Any, ...]:
        return Study._of, (self.source, self.path, self.schemes)

    def __repr__(self) -> str:
        return f"<study: {self.cells} cells on {self.problems} problems>"

    def run(
        self,
        out: str | os.PathLike[str] | None = None,
        *,
        executor: Any = None,
        fresh: bool = False,
        progress: Progress = False,
    ) -> StudyResults:
        """Runs the cells that are not done.

        Every cell is kept as soon as it is done, in the journal in `out`: after Ctrl-C, an exception or a kill the same call goes on where it
        was. Ctrl-C ends it within 0.1 s.

        Parameters
        ----------
        out
            The directory of the journal and of `results.csv`, the bytes of which are those of `compare run FILE --out DIR`; that command
            then draws the figures, and runs nothing again. None: in memory.
        executor
            None: the threads of this process. Else anything with the `submit` of `concurrent.futures`: a process pool, the executor of
            `mpi4py.futures`, or a client of `dask.distributed`, whose lost tasks are run again. A task is whole problems, about a second of
            work on one thread; this process alone writes the journal. A script that makes a process pool keeps its work below
            `if __name__ == "__main__":`. Schemes of your own go to workers by name: their module must be found there.
        fresh
            Whether what is kept is forgotten.
        progress
            True for a bar, or a function that is called with how many cells of how many are done.

        Raises
        ------
        SpikestepError
            Among others where another process runs the same study there, or a worker has the package from other sources.

        Examples
        --------
        >>> study = Study(["RS"], schemes=["euler", "rk4"], dt=[0.1, 0.5], duration=100)
        >>> from concurrent.futures import ThreadPoolExecutor
        >>> with ThreadPoolExecutor(2) as pool:
        ...     results = study.run(executor=pool)
        >>> results.run, results.columns["spike_count"].astype(int)
        (4, array([3, 3, 3, 3]))
        """
        with _place(out) as folder:
            session = Session(self.source, self.path, self.schemes, folder, fresh)
            try:
                missing = session.missing()
                with shown(progress, "cells") as tell:
                    if executor is None:
                        session.run(tell)
                    else:
                        self._distribute(session, _futures(executor), missing, tell)
                values, csv = session.results()
                if out is not None:
                    write(folder / "results.csv", csv)
            finally:
                session.close()
        place = None if out is None else folder
        return StudyResults(values, missing, len(values["scheme"]) - missing, place)

    def _distribute(
        self,
        session: Session,
        executor: Any,
        missing: int,
        tell: Callable[[int, int], object] | None,
    ) -> None:
        from concurrent.futures import as_completed

        chunks = session.plan(_CHUNK)
        given = (self.source, str(self.path.absolute()), self.schemes, self._on_each)
        futures = set()
        done = missing - sum(stop - start for spans in chunks for start, stop in spans)
        try:
            for spans in chunks:
                futures.add(executor.submit(_spikestep.chunk, *given, spans))
            for future in as_completed(futures):
                rows = future.result()
                futures.discard(future)
                session.keep(rows)
                done += len(rows)
                if tell is not None:
                    tell(done, missing)
        except BaseException:
            for future in futures:
                # What is done is kept; what has begun elsewhere cannot be stopped.
                if not future.cancel() and future.done() and future.exception() is None:
                    session.keep(future.result())
            raise


def _futures(executor: Any) -> Any:
    """An executor whose futures are those of `concurrent.futures`: of a client of Dask its own."""
    if hasattr(executor, "get_executor"):
        return executor.get_executor(pure=False, retries=3)
    if not hasattr(executor, "submit"):
        raise SpikestepError(f"executor is {executor!r}; allowed: anything with submit. Give a process pool or a client of Dask.")
    return executor


@contextmanager
def _place(out: str | os.PathLike[str] | None) -> Iterator[Path]:
    if out is not None:
        yield Path(out)
        return
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _typed(value: Quantity, units: tuple[str, ...]) -> str | float | None:
    """A number, or a text with its unit."""
    if value is None or isinstance(value, str):
        return value
    number, unit = in_unit(value, units)
    return float(number) if unit is None else f"{float(number)!r}{unit}"


def _sizes(values: Any, units: tuple[str, ...]) -> Any:
    if values is None or isinstance(values, str):
        return values
    if units:
        values = in_unit(values, units)[0]
    if getattr(values, "ndim", 1) == 0 or isinstance(values, (int, float)):
        return float(values)
    return [value if isinstance(value, str) else float(in_unit(value, units)[0] if units else value) for value in values]


def _input_text(value: Any) -> str:
    if isinstance(value, (tuple, list)) or getattr(value, "ndim", 0) > 0:
        raise SpikestepError(
            "an input of a study is an array; allowed: a number or a text. "
            "Write its times and values to a file with the head t_ms,input, and give 'csv:FILE'."
        )
    return text(value, AMPLITUDES)
