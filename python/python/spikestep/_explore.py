"""A page on which a problem moves under the hand."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import Any

from ._problem import Problem
from ._spikestep import page


class Explorer:
    """What `explore` gives: Jupyter and marimo show it, and `save` writes it as a file.

    Where `anywidget` is installed it is a widget, and `problem`, `dt` and `schemes` follow the hand; else they stay what it began with.
    """

    _page: str
    _shown: dict[str, Any]
    height: int

    def __init__(self, page: str, height: int, shown: dict[str, Any]) -> None:
        self._page, self.height, self._shown = page, height, shown

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the page to a file of HTML, which needs nothing but a browser."""
        Path(path).write_text(self._page, encoding="utf-8")

    @property
    def dt(self) -> float:
        """The step that the page shows [ms]."""
        return float(self._shown["dt"])

    @property
    def schemes(self) -> list[str]:
        """Names of the schemes that the page shows."""
        return list(self._shown["schemes"])

    @property
    def problem(self) -> Problem:
        """The problem that the page shows."""
        shown = self._shown
        samples = shown.get("drawn") or shown.get("recorded")
        start: dict[str, Any] = {name: float(shown[name]) for name in ("duration", "v0", "u0", "peak") if shown.get(name) is not None}
        if samples is None:
            return Problem(shown["neuron"], input=shown.get("input") or None, **start)
        return Problem(shown["neuron"], (samples["times"], samples["values"]), hold=not samples.get("linear", False), **start)

    def _repr_html_(self) -> str:
        # In a frame of its own, so that neither the page nor the notebook touches the other's styles.
        return (
            f'<iframe title="What a time step does to an Izhikevich neuron" srcdoc="{html.escape(self._page)}" '
            f'style="width: 100%; height: {self.height}px; border: 0"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<Explorer, a page of {len(self._page)} characters: a notebook shows it, save(path) writes it>"


def explore(
    problem: Problem,
    schemes: Sequence[str] = ("euler", "bindsnet", "rk4", "rk4+located"),
    dt: float = 0.5,
    *,
    height: int = 900,
) -> Explorer:
    """A page on which the problem moves under the hand: the page of `compare explore`, beginning with this problem.

    It holds the library as WebAssembly, so that what moves asks neither Python nor a network. With `anywidget` (the extra `notebook`) what
    it shows can be read back: its `problem`, `dt` and `schemes`.

    Parameters
    ----------
    problem
        What the page begins with.
    schemes
        Names of the schemes that it begins with.
    dt
        The step that it begins with [ms].
    height
        Height of the page in a notebook [px].

    Examples
    --------
    >>> page = explore(Problem("FS", input=12.0), ["rk4", "rk4+located"], dt=0.25)
    >>> page.save("fs.html")  # doctest: +SKIP
    """
    neuron, typed, times, values, hold, duration, v0, u0, peak = problem._arguments()
    start: dict[str, Any] = {"neuron": neuron, "dt": float(dt), "schemes": list(schemes), "duration": problem.duration}
    if times is not None and values is not None:
        samples = {"times": times.tolist(), "values": values.tolist(), "linear": not hold}
        start |= {"input": "csv:input.csv:" + ("hold" if hold else "linear"), "recorded": samples}
    else:
        # Without a word the page asks for the neuron's own input, which is step:10 for those that have none.
        start["input"] = typed if typed is not None else ""
    start |= {name: value for name, value in (("v0", v0), ("u0", u0), ("peak", peak)) if value is not None}
    made: type[Explorer] = Explorer
    with suppress(ImportError):
        from ._widget import Widget as made
    return made(page(json.dumps(start)), height, start)
