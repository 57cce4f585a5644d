"""How far two spike trains are apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import _spikestep
from ._units import Quantity, array, in_unit, milliseconds


@dataclass(frozen=True)
class Distances:
    """How far a spike train is from a reference, by the names of `compare distance --json`."""

    #: Spikes paired by their order, in the reference only, and in the other only.
    matched: int
    missed: int
    extra: int
    #: Victor and Purpura's distance, and van Rossum's; 0 for equal trains.
    victor_purpura: float
    van_rossum: float
    #: ISI-distance, SPIKE-distance (0 for equal trains, to 1), and the share of spikes that coincide.
    isi: float
    spike: float
    spike_sync: float
    #: Coincidence factor: 1 where all coincide, 0 where as many as by chance do; None where the windows fill the interval.
    gamma: float | None
    #: The largest error of a paired spike [ms]; None without pairs.
    max_spike_time_error_ms: float | None


def distances(
    reference: Any,
    other: Any,
    duration: Quantity = None,
    *,
    cost: float = 0.1,
    tau: float = 10.0,
    window: float = 2.0,
) -> Distances:
    """The distances of a spike train from a reference.

    Parameters
    ----------
    reference, other
        Spike times [ms] that do not decrease, of shape (n,) and (m,), or quantities of time such as a `neo.SpikeTrain`.
    duration
        The interval from 0 that is compared [ms]; spikes after it are left out. None: up to the latest spike.
    cost, tau, window
        Of the distances of Victor and Purpura [1/ms], of van Rossum [ms], and of the coincidence factor [ms].

    Examples
    --------
    >>> distances([10, 20, 30], [10, 21])
    Distances(matched=2, missed=1, extra=0, victor_purpura=1.1, ..., max_spike_time_error_ms=1.0)
    """
    end = None if duration is None else milliseconds("duration", duration)
    a, b = (array(in_unit(train, ("ms",))[0]) for train in (reference, other))
    return Distances(**_spikestep.distances(a, b, end, cost, tau, window))
