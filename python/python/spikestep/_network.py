"""Networks of layers at one step, and what is recorded of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import _spikestep
from ._layer import Connection, Layer, LayerView, Traces, Weights, given_weights
from ._population import columns_of, spread
from ._spikestep import SpikestepError
from ._units import Quantity, milliseconds

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ._units import Array


@dataclass(frozen=True)
class Monitor:
    """What of a layer a run records, where more is to be said of it than the variables' names.

    The variables are "v" [mV], "u" [mV/ms], "spike" (1 in a step with a spike), "trace", "summed" and "input" [mV/ms].
    """

    variables: Sequence[str] = ()
    #: Of these neurons alone; None: of all.
    neurons: Sequence[int] | None = None
    #: After so many steps, the first of a run being recorded where it is the network's first.
    every: int = 1


@dataclass(frozen=True, eq=False)
class Record:
    """What was seen of a layer in a run: its spikes, and the variables that were asked for."""

    #: Spike times [ms], and their neurons and rows of the batch, each of shape (spikes,), step by step.
    t: Array
    neuron: npt.NDArray[np.uint32]
    row: npt.NDArray[np.uint32]
    #: The ends of the recorded steps [ms], of shape (records,), and the recorded neurons.
    times: Array
    neurons: npt.NDArray[np.uint32]
    #: Each variable, of shape (records, batch, neurons): the numbers of the library themselves, not a copy.
    values: dict[str, Array] = field(repr=False)

    def __getitem__(self, variable: str) -> Array:
        """A recorded variable, of shape (records, batch, neurons)."""
        return self.values[variable]

    @property
    def v(self) -> Array:
        """v [mV], of shape (records, batch, neurons)."""
        return self.values["v"]

    @property
    def u(self) -> Array:
        """u [mV/ms], of shape (records, batch, neurons)."""
        return self.values["u"]

    def train(self, neuron: int, row: int = 0) -> Array:
        """The spikes of one neuron [ms], of shape (spikes,)."""
        of: Array = self.t[(self.neuron == neuron) & (self.row == row)]
        return of


class Network:
    """Layers and inputs joined by weights, stepped together: as BindsNET does it, under any scheme, and with charges that are kept over dt.

    A spike of step n reaches its targets in step n + `delay_steps`; the order of layers means nothing. A layer alone is a network of one.
    Numbers do not depend on the number of threads, and are those of the command `replay` for the same network.

    Parameters
    ----------
    dt
        The step [ms].
    batch
        Rows that have nothing to do with each other, except in learning.
    single
        Whether it is computed in single precision, as BindsNET does.

    Examples
    --------
    >>> import numpy as np
    >>> from spikestep import Neuron
    >>> network = Network(dt=0.5)
    >>> network.add_input("X", 2)
    >>> network.add_layer("Y", Layer([Neuron(0.02, 0.2, -65.0, 8.0)], "rk4+located"))
    >>> connection = network.connect("X", "Y", np.array([[40.0], [60.0]]), delay_steps=3)
    >>> run = network.run(50.0, spikes={"X": ([0.0, 10.0], [1, 0])}, inputs={"Y": 5.0}, record={"Y": "v"})
    >>> run["Y"].v.shape, run["Y"].train(0).round(3)
    ((100, 1, 1), array([2.359]))
    >>> network["Y"].v.shape, network.time
    ((1, 1), 50.0)
    """

    __slots__ = ("_layers", "_stepped", "dt")

    #: The step [ms].
    dt: float

    def __init__(self, dt: Quantity, batch: int = 1, *, single: bool = False) -> None:
        self.dt = milliseconds("dt", dt)
        self._stepped = _spikestep.Network(self.dt, batch, single)
        #: The number of neurons of each layer, and inputs as a negative number.
        self._layers: dict[str, int] = {}

    def add_input(self, name: str, n: int, traces: Traces | None = None) -> None:
        """Adds `n` inputs, which spike when they are told to."""
        self._stepped.add_input(name, n, None if traces is None else (traces.tc, traces.scale, traces.additive))
        self._layers[name] = -n

    def add_layer(self, name: str, layer: Layer) -> None:
        """Adds a layer at rest."""
        n = len(layer)
        given = {
            "columns": columns_of(layer.neurons),
            "scheme": layer.scheme,
            "lateral": None if layer.lateral is None else given_weights(layer.lateral, (n, n)),
            "synapse": layer.synapse,
            "rest": float(layer.rest),
            "lower_bound": layer.lower_bound,
            "traces": None if layer.traces is None else tuple(layer.traces),
            "sum_input": layer.sum_input,
        }
        self._stepped.add_layer(name, given)
        self._layers[name] = n

    def connect(self, source: str, target: str, weights: Weights, *, delay_steps: int = 1, synapse: str = "weight") -> Connection:
        """Connects two layers.

        Parameters
        ----------
        source, target
            Their names.
        weights
            w[pre][post]: an array of shape (pre, post), three arrays (pre, post, w) of shape (edges,), or a sparse matrix of SciPy; [mV/ms] as
            input of one step, or charges [mV] where the synapse keeps the charge.
        delay_steps
            By how many steps a spike is late, at least 1.
        synapse
            "weight" (BindsNET's), "charge", or "exponential:5" (a current of 5 ms), and "+after" where it acts after the update.

        Raises
        ------
        SpikestepError
            Weights of another shape, an unknown layer, a delay of 0, a target that is an input.
        """
        shape = (abs(self._size(source)), abs(self._size(target)))
        number = self._stepped.connect(source, target, given_weights(weights, shape), delay_steps, synapse)
        return Connection(self._stepped, number, source, target, delay_steps, synapse)

    def run(
        self,
        duration: Quantity,
        *,
        spikes: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
        clamp: Mapping[str, Any] | None = None,
        unclamp: Mapping[str, Any] | None = None,
        record: Mapping[str, str | Sequence[str] | Monitor] | None = None,
    ) -> dict[str, Record]:
        """Steps the network; the next call goes on where this one ends. Ctrl-C ends it at a step, soon.

        Parameters
        ----------
        duration
            How long [ms], rounded to whole steps.
        spikes
            Of inputs, when they spike: numbers of spikes of shape (steps, n), the same in every row, or (steps, batch, n); or (t, i), times
            from the start of the call [ms] and inputs, each in the step that begins at or before t. A step can have several of one input.
        inputs
            Of layers, the external input [mV/ms]: a number, or an array that broadcasts to (n,), (steps, n) or (steps, batch, n). 0 where
            there is none.
        clamp, unclamp
            Of layers, who spikes whatever its v, and who does not: as `spikes`.
        record
            Of layers and inputs what is recorded beside their spikes: a variable, a list of them, or a `Monitor`.

        Returns
        -------
        dict
            A `Record` for every layer and input in `record`.

        Raises
        ------
        SpikestepError
            An unknown layer or variable, arrays of another shape, numbers that are not finite.
        """
        import numpy as np

        time = milliseconds("duration", duration)
        steps = round(time / self.dt)
        if steps < 0:
            raise SpikestepError(f"the duration is {time:g} ms; allowed: 0 or more. Give duration=100.")
        currents = [(name, self._current(name, values, steps)) for name, values in (inputs or {}).items()]
        told = {"spike": spikes, "clamp": clamp, "unclamp": unclamp}
        events = [
            (name, kind, *self._events(name, values, steps)) for kind, given in told.items() for name, values in (given or {}).items()
        ]
        watched = {name: _monitor(of) for name, of in (record or {}).items()}
        watches = []
        for name, of in watched.items():
            neurons = None if of.neurons is None else [int(neuron) for neuron in of.neurons]
            watches += [(name, [], neurons, of.every), (name, list(of.variables), neurons, of.every)]
        seen = self._stepped.run(steps, currents, events, watches)
        records = {}
        for name, own, states in zip(watched, seen[::2], seen[1::2]):
            at, _, places, values, *_ = states
            shape = (len(at) if watched[name].variables else 0, self.batch, len(places))
            named = {variable: column.reshape(shape) for variable, column in zip(watched[name].variables, values)}
            times = np.asarray(self.dt * (at[: shape[0]].astype(np.float64) + 1.0))
            records[name] = Record(*own[4:], times, own[2], named)
        return records

    def _size(self, name: str) -> int:
        if name not in self._layers:
            self._stepped.values(name, "v")
        return self._layers[name]

    def _current(self, name: str, values: Any, steps: int) -> Array:
        """One row for all steps, or one a step, without copying what is the same."""
        import numpy as np

        given = np.asarray(values, dtype=np.float64)
        if given.ndim == 2:
            given = given[:, None, :]
        each = given.shape[0] if given.ndim == 3 else 1
        if each not in (1, steps):
            raise SpikestepError(f"the input of {name!r} has {each} steps; allowed: {steps}, as the run has. Give one row a step.")
        return spread(given, (each, self.batch, abs(self._size(name))), copy=False)

    def _events(self, name: str, values: Any, steps: int) -> tuple[Any, Any, Any]:
        """Steps, rows and neurons, the steps ascending."""
        import numpy as np

        n = abs(self._size(name))
        if isinstance(values, tuple):
            if len(values) != 2:
                raise SpikestepError(f"the spikes of {name!r} are {len(values)} arrays; allowed: times and numbers. Give (t, i).")
            t, i = np.asarray(values[0], dtype=np.float64), np.asarray(values[1])
            if t.shape != i.shape or t.ndim != 1:
                raise SpikestepError(f"the spikes of {name!r} have the shapes {t.shape} and {i.shape}; allowed: one of both. Give (t, i).")
            # A time that was meant to be a multiple of the step is one, whatever its last bits.
            at = np.floor(t / self.dt + 1e-9).astype(np.int64)
            if not ((at >= 0) & (at < steps)).all():
                raise SpikestepError(f"a spike of {name!r} is outside the run; allowed: 0 to {steps * self.dt:g} ms. Count from its start.")
            order = np.argsort(at, kind="stable")
            rows = np.arange(self.batch)
            places, numbers = np.repeat(at[order], self.batch), np.repeat(i[order].astype(np.int64), self.batch)
            return places, np.tile(rows, len(at)), numbers
        counts = np.asarray(values)
        if counts.ndim == 2:
            counts = counts[:, None, :]
        if counts.ndim != 3 or counts.shape[0] != steps or (counts < 0).any():
            allowed = f"0 or more in an array of shape ({steps}, {n}) or ({steps}, {self.batch}, {n})"
            raise SpikestepError(f"the spikes of {name!r} have the shape {np.shape(values)}; allowed: {allowed}. Or give (t, i).")
        whole = spread(counts, (steps, self.batch, n), copy=False)
        found = np.nonzero(whole)
        times = whole[found].astype(np.int64)
        at, row, neuron = (np.repeat(place.astype(np.int64), times) for place in found)
        return at, row, neuron

    def normalize(self) -> None:
        """Scales weights onto each neuron to the `norm` of their learning, where they have one: BindsNET's, after a presentation."""
        self._stepped.normalize()

    def reset(self) -> None:
        """All layers back to rest and the time to 0; weights stay."""
        self._stepped.reset()

    def set_learning(self, on: bool) -> None:
        """Switches the learning of all connections off and on; at first it is on."""
        self._stepped.set_learning(on)

    @property
    def batch(self) -> int:
        """The number of rows; setting it puts all layers to rest."""
        return self._stepped.batch

    @batch.setter
    def batch(self, rows: int) -> None:
        self._stepped.set_batch(rows)

    @property
    def steps(self) -> int:
        """Steps taken since the start or the last reset."""
        return self._stepped.steps

    @property
    def time(self) -> float:
        """The time reached [ms]."""
        return self._stepped.time

    def __getitem__(self, name: str) -> LayerView:
        self._size(name)
        return LayerView(self._stepped, name)

    def __repr__(self) -> str:
        layers = ", ".join(f"{name}: {n}" if n > 0 else f"{name}: {-n} inputs" for name, n in self._layers.items())
        return f"<network of {layers or 'nothing'} at {self.time:g} ms>"


def _monitor(of: str | Sequence[str] | Monitor) -> Monitor:
    if isinstance(of, Monitor):
        return of
    return Monitor([of] if isinstance(of, str) else list(of))
