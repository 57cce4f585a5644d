"""Many neurons at one step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _spikestep
from ._neuron import Neuron
from ._problem import Problem
from ._spikestep import SpikestepError
from ._units import Quantity, milliseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from ._units import Array


@dataclass(frozen=True, eq=False)
class PopulationRun:
    """What a call of `Population.run` saw."""

    #: Spike times [ms] and their neurons, both of shape (spikes,), those of one neuron in the order of time.
    t: Array
    neuron: npt.NDArray[np.uint32]
    #: v [mV] and u [mV/ms] after every recorded step, of shape (records, neurons), and the times of those [ms].
    v: Array
    u: Array
    times: Array

    def train(self, neuron: int) -> Array:
        """The spikes of one neuron [ms], of shape (spikes,)."""
        of: Array = self.t[self.neuron == neuron]
        return of


class Population:
    """Many uncoupled neurons that are stepped together, several in a register of the processor, on all cores.

    Neurons with spikes on the grid have the numbers of `solve` to the bit; "+fused" forms are equal to rounding and twice as fast.

    Parameters
    ----------
    neurons
        A `Neuron` of arrays of shape (n,) or numbers, or a list of neurons or problems (of which the neuron and the start are taken).
    scheme
        A rule such as "euler", "half-step", "rk4", "bindsnet", "rk4+located", "projective-8", or "euler+fused".
    v0, u0
        Where they start [mV, mV/ms], of shape (n,) or one number for all. None: v = -65 and u = b v.
    single
        Whether they are computed in single precision.

    Examples
    --------
    >>> import numpy as np
    >>> cells = Population(Neuron(0.02, 0.2, -65.0, np.array([2.0, 4.0, 8.0])), "half-step")
    >>> run = cells.run(10.0, dt=0.5, duration=1000.0)
    >>> len(cells), cells.time, run.train(2).shape
    (3, 1000.0, (22,))
    >>> import spikestep as ss
    >>> bool((run.train(2) == ss.solve(ss.Problem("RS", 10.0), "half-step", dt=0.5).spikes).all())
    True
    """

    __slots__ = ("_stepped",)

    def __init__(
        self,
        neurons: Neuron | Sequence[Neuron | Problem],
        scheme: str,
        *,
        v0: Any = None,
        u0: Any = None,
        single: bool = False,
    ) -> None:
        if isinstance(neurons, Neuron):
            columns = columns_of(neurons)
        else:
            listed = list(neurons)
            starts = [one for one in listed if isinstance(one, Problem)]
            if starts and len(starts) == len(listed):
                v0 = [start.v0 for start in starts] if v0 is None else v0
                u0 = [start.u0 for start in starts] if u0 is None else u0
            columns = columns_of([one.parameters if isinstance(one, Problem) else one for one in listed])
        shape = columns[0].shape
        v = spread(-65.0 if v0 is None else v0, shape)
        u = spread(columns[1] * v if u0 is None else u0, shape)
        self._stepped = _spikestep.Population(scheme, columns, v, u, single)

    def run(self, input: Any, dt: Quantity, duration: Quantity = None, *, record_every: int = 0) -> PopulationRun:
        """Steps all neurons; the next call goes on where this one ends. Ctrl-C ends it at a step, soon.

        Parameters
        ----------
        input
            The input [mV/ms]: a number, or one a neuron, of shape (n,), with `duration`; or one a step and neuron, of shape (steps, n).
        dt
            The step [ms].
        duration
            How long [ms], rounded to whole steps.
        record_every
            After how many steps v and u are recorded; 0: never.

        Examples
        --------
        >>> cells = Population([Neuron(0.02, 0.2, -65.0, 8.0), Neuron(0.1, 0.2, -65.0, 2.0)], "rk4+located")
        >>> run = cells.run([10.0, 12.0], dt=0.5, duration=100.0, record_every=10)
        >>> run.v.shape, run.times[:2], bool((run.v[-1] == cells.v).all())
        ((20, 2), array([ 5., 10.]), True)
        """
        import numpy as np

        step, neurons = milliseconds("dt", dt), len(self)
        values = np.asarray(input, dtype=np.float64)
        if values.ndim == 2:
            rows, each = np.ascontiguousarray(values), 1
        elif duration is None or not step > 0.0:
            raise SpikestepError("the duration is not given; allowed: a time in ms, or an input of shape (steps, n). Give duration=100.")
        else:
            rows, each = spread(values, (neurons,)).reshape(1, neurons), round(milliseconds("duration", duration) / step)
        first = self.time
        t, neuron, v, u = self._stepped.advance(rows, step, each, record_every)
        records = len(v) // neurons
        times = first + step * record_every * np.arange(1, records + 1)
        return PopulationRun(t, neuron, v.reshape(records, neurons), u.reshape(records, neurons), times)

    @property
    def v(self) -> Array:
        """v of every neuron now [mV], of shape (n,)."""
        return self._stepped.states()[0]

    @property
    def u(self) -> Array:
        """u of every neuron now [mV/ms], of shape (n,)."""
        return self._stepped.states()[1]

    @property
    def diverged_at(self) -> Array:
        """When each neuron left the finite numbers [ms], of shape (n,); NaN where it has not."""
        return self._stepped.diverged_at()

    @property
    def time(self) -> float:
        """The time reached [ms]."""
        return self._stepped.time

    def __len__(self) -> int:
        return len(self._stepped)

    def __repr__(self) -> str:
        return f"<{len(self)} neurons at {self.time:g} ms>"


def columns_of(neurons: Neuron | Sequence[Neuron]) -> list[Array]:
    """The parameters of neurons, each of shape (n,)."""
    import numpy as np

    if isinstance(neurons, Neuron):
        columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(column, dtype=np.float64)) for column in neurons))
    else:
        if len(neurons) == 0:
            raise SpikestepError("the population has no neuron; allowed: one or more. Give a list of neurons.")
        columns = [np.array(column, dtype=np.float64) for column in zip(*neurons)]
    return [np.ascontiguousarray(column) for column in columns]


def spread(values: Any, shape: tuple[int, ...], *, copy: bool = True) -> Array:
    """Numbers of that shape, from one number or fewer of them."""
    import numpy as np

    given = np.asarray(values, dtype=np.float64)
    try:
        spread = np.broadcast_to(given, shape)
    except ValueError:
        allowed = f"one number, or {' x '.join(map(str, shape))}"
        raise SpikestepError(f"an array has the shape {given.shape}; allowed: {allowed}. Give one a neuron.") from None
    return np.ascontiguousarray(spread) if copy else spread
