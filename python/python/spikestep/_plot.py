"""Figures by matplotlib that look like the command's: its palette (Okabe and Ito, 2008), dashes, markers and wording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ._compare import Comparison

_PALETTE = ("#0072b2", "#d55e00", "#009e73", "#e69f00", "#000000", "#cc79a7", "#56b4e9")
_DASHES = ("-", (0, (5, 3)), (0, (1.5, 2.5)), (0, (8, 2.5, 1.5, 2.5)), (0, (10, 3)))
_MARKERS = "os^Dvp><"
_GRID, _GUIDE = "#e6e6e6", "#646464"


def error_vs_dt(compared: Comparison, ax: Axes | None) -> Axes:
    """The largest error of each scheme against the step."""
    import numpy as np

    ax = axes_of(ax)
    names = list(dict.fromkeys(run.scheme for run in compared.runs))
    hollow = False
    for number, name in enumerate(names):
        runs = [run for run in compared.runs if run.scheme == name]
        look = line(number)
        colour, marker = look["color"], _MARKERS[number % 8]
        points = sorted((run.dt, run.error, run.has_all_spikes) for run in runs if run.dt is not None and run.error)
        order = compared.observed_orders.get(name)
        said = "not asymptotic" if name in compared._unsettled else f"order {order:.1f}" if order is not None else ""
        label = f"{name} ({said})" if said else name
        if points:
            ax.plot([dt for dt, _, _ in points], [error for _, error, _ in points], marker=marker, markersize=5, label=label, **look)
        for dt, error, _ in (point for point in points if not point[2]):
            hollow = True
            ax.plot([dt], [error], marker, markersize=5, color=colour, markerfacecolor="white")
        for run in runs:
            if run.dt is None and run.error:
                ax.axhline(run.error, label=f"{name}, tolerance {run.tolerance:g}", **look)
    ax.set(xscale="log", yscale="log", xlabel="time step dt [ms]", ylabel="largest spike-time error [ms]")
    steps = [run.dt for run in compared.runs if run.dt is not None]
    errors = [run.error for run in compared.runs if run.dt is not None and run.error]
    if errors and min(steps) < max(steps):
        # Guides through the upper right corner.
        limits, ends = ax.get_ylim(), np.array([min(steps), max(steps)])
        for slope in (1, 2, 4):
            ax.plot(ends, max(errors) * (ends / ends[1]) ** slope, color=_GUIDE, linewidth=0.8, linestyle=":", zorder=0)
            ax.annotate(f"{slope}", (ends[0], max(errors) * (ends[0] / ends[1]) ** slope), color=_GUIDE, fontsize=8, ha="right")
        ax.set_ylim(limits)
    if hollow:
        ax.plot([], [], "o", color=_GUIDE, markerfacecolor="white", markersize=5, label="hollow: spikes lost or added")
    return finished(ax)


def medians(values: dict[str, list[Any]], x: str, y: str, series: str, ax: Axes | None) -> Axes:
    """The median of y over the rows that share x and series, a line for each series."""
    import numpy as np

    ax = axes_of(ax)
    rows = [row for row in zip(values[series], values[x], values[y]) if None not in row]
    every = []
    for number, name in enumerate(dict.fromkeys(row[0] for row in rows)):
        places = sorted({row[1] for row in rows if row[0] == name})
        middles = [float(np.median([row[2] for row in rows if row[:2] == (name, place)])) for place in places]
        ax.plot(places, middles, marker=_MARKERS[number % 8], markersize=5, label=str(name), **line(number))
        every += [*places, *middles]
    if every and all(value > 0 for value in every):
        ax.set(xscale="log", yscale="log")
    ax.set(xlabel=x, ylabel=f"{y}, median")
    return finished(ax)


def axes_of(ax: Axes | None) -> Axes:
    """Axes to draw into."""
    import matplotlib.pyplot as plt

    made: Axes = plt.subplots(figsize=(7.5, 4.2), layout="constrained")[1] if ax is None else ax
    return made


def line(number: int) -> dict[str, Any]:
    """The look of a line by its place."""
    return {"color": _PALETTE[number % 7], "linestyle": _DASHES[number % 5], "linewidth": 1.4}


def finished(ax: Axes) -> Axes:
    """Axes with the command's grid, and a legend beside them."""
    ax.grid(color=_GRID)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False, fontsize=8)
    return ax
