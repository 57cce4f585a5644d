"""Layers, and networks of them, at one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from . import _spikestep
from ._neuron import Neuron
from ._population import columns_of, spread
from ._spikestep import SpikestepError
from ._units import Quantity, milliseconds

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ._units import Array

#: Weights w[pre][post]: an array of shape (pre, post), (pre, post, w) as three arrays of shape (edges,), or a sparse matrix of SciPy.
Weights: TypeAlias = Any


class Traces(NamedTuple):
    """Spike traces, by which weights learn: x decays as e^(-t/tc), and a spike sets it to `scale`, or adds that."""

    #: Time constant of the decay [ms], and what a spike leaves or adds.
    tc: float = 20.0
    scale: float = 1.0
    additive: bool = False


@dataclass(frozen=True, eq=False)
class Layer:
    """What a layer of a `Network` is: BindsNET's `IzhikevichNodes`, under any scheme. Nothing that is not given has another value there.

    >>> import numpy as np
    >>> layer = Layer(Neuron(0.02, 0.2, -65.0, np.linspace(2, 8, 50), peak=45.0), "half-step", traces=Traces())
    >>> len(layer)
    50
    """

    #: A `Neuron` of arrays of shape (n,) or numbers, or a list of neurons. Their peak counts under every scheme; BindsNET's is 45 mV.
    neurons: Neuron | Sequence[Neuron]
    #: A scheme of populations, such as "bindsnet", "half-step", "rk4+located", "projective-8".
    scheme: str = "bindsnet"
    #: Weights among the neurons [mV/ms], w[pre][post] (the transpose of BindsNET's S), which act one step late, and how they reach a neuron.
    lateral: Weights | None = None
    synapse: str = "weight"
    #: v at the start [mV], and the lower bound of v at the end of a step [mV].
    rest: float = -65.0
    lower_bound: float | None = None
    #: Spike traces, which learning needs.
    traces: Traces | None = None
    #: Whether the input is summed over the steps, for the variable `summed`.
    sum_input: bool = False

    def __len__(self) -> int:
        return len(columns_of(self.neurons)[0])

    @classmethod
    def random(cls, n: int, excitatory: float = 0.8, *, probability: float | None = 1.0, seed: int = 1, **others: Any) -> Layer:
        """A layer with BindsNET's distributions of the neurons and of the lateral weights, the excitatory neurons first.

        Parameters
        ----------
        n
            The number of neurons.
        excitatory
            The part of them that is excitatory.
        probability
            That of a weight from one neuron to another; 1: all weights, as BindsNET has; None: none.
        seed
            The numbers depend on it alone.
        others
            Further fields of the layer, such as `scheme`.

        Examples
        --------
        >>> layer = Layer.random(100, 0.8, probability=0.1, seed=3, scheme="rk4")
        >>> len(layer), layer.scheme, len(layer.lateral)
        (100, 'rk4', 3)
        """
        (a, b, c, d, peak), _, kept = _spikestep.random_layer(n, excitatory, None if probability is None else float(probability), seed)
        lateral = None if kept is None else _weights(kept)
        return cls(Neuron(a, b, c, d, peak=peak), lateral=lateral, **others)


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


class Connection:
    """Weights between two layers of a network; `Network.connect` makes it."""

    __slots__ = ("_number", "_stepped", "delay_steps", "source", "synapse", "target")

    def __init__(self, stepped: _spikestep.Network, number: int, source: str, target: str, delay_steps: int, synapse: str) -> None:
        self._stepped, self._number = stepped, number
        self.source, self.target, self.delay_steps, self.synapse = source, target, delay_steps, synapse

    @property
    def weights(self) -> Any:
        """The weights now [mV/ms, or mV where the synapse keeps the charge]: an array of shape (pre, post), or where they are sparse
        (pre, post, w), three arrays of shape (edges,) in the order of the neurons. It can be set."""
        return _weights(self._stepped.weights(self._number))

    @weights.setter
    def weights(self, weights: Weights) -> None:
        shape = self._stepped.weights(self._number)[:2]
        self._stepped.set_weights(self._number, _given(weights, shape))

    def learn(
        self,
        rule: str = "PostPre",
        nu: tuple[float, float] = (0.0, 0.0),
        *,
        wmin: float = float("-inf"),
        wmax: float = float("inf"),
        norm: float | None = None,
        reduction: str = "sum",
    ) -> None:
        """Lets the weights change with the spikes of both ends, which must keep traces, and brings them inside their bounds.

        Parameters
        ----------
        rule
            "PostPre", "WeightDependentPostPre", or "none" for bounds and norm alone: BindsNET's.
        nu
            What a spike of the source takes, and one of the target adds, times the other's trace [mV/ms].
        wmin, wmax
            Bounds of the weights [mV/ms].
        norm
            The sum of |w| onto each neuron that `Network.normalize` makes.
        reduction
            Whether rows of a batch add up ("sum") or share ("mean").
        """
        learning = {"rule": rule, "nu": [float(rate) for rate in nu], "wmin": wmin, "wmax": wmax, "norm": norm, "reduction": reduction}
        self._stepped.learn(self._number, learning)

    def __repr__(self) -> str:
        return f"<connection from {self.source!r} to {self.target!r}, {self.synapse}, {self.delay_steps} steps late>"


class LayerView:
    """A layer of a network as it stands; `network["Y"]` gives it. Every array is of shape (batch, n), in the network's precision."""

    __slots__ = ("_stepped", "name")

    def __init__(self, stepped: _spikestep.Network, name: str) -> None:
        self._stepped, self.name = stepped, name

    def __getitem__(self, variable: str) -> npt.NDArray[np.floating[Any]]:
        """A variable, by its name as for `Monitor`."""
        values: npt.NDArray[np.floating[Any]] = self._stepped.values(self.name, variable)
        return values.reshape(self._stepped.batch, -1)

    @property
    def v(self) -> npt.NDArray[np.floating[Any]]:
        """v [mV]."""
        return self["v"]

    @property
    def u(self) -> npt.NDArray[np.floating[Any]]:
        """u [mV/ms]."""
        return self["u"]

    @property
    def spike(self) -> npt.NDArray[np.bool_]:
        """Who spiked in the last step."""
        fired: npt.NDArray[np.bool_] = self["spike"] > 0
        return fired

    @property
    def trace(self) -> npt.NDArray[np.floating[Any]]:
        """The spike traces; 0 where none are kept."""
        return self["trace"]

    @property
    def diverged_at(self) -> Array:
        """When each neuron left the finite numbers [ms]; NaN where it has not."""
        return self._stepped.diverged_at(self.name).reshape(self._stepped.batch, -1)

    def set_state(self, v: Any, u: Any) -> None:
        """Puts the neurons at v [mV] and u [mV/ms], numbers or arrays that broadcast to (batch, n)."""
        shape = self.v.shape
        for row, (own_v, own_u) in enumerate(zip(spread(v, shape), spread(u, shape))):
            self._stepped.set_state(self.name, row, own_v, own_u)

    def __repr__(self) -> str:
        return f"<layer {self.name!r} of {' x '.join(map(str, self.v.shape))}>"


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
            "lateral": None if layer.lateral is None else _given(layer.lateral, (n, n)),
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
        number = self._stepped.connect(source, target, _given(weights, shape), delay_steps, synapse)
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


def _given(weights: Weights, shape: tuple[int, int]) -> Any:
    """Weights as the library takes them."""
    import numpy as np

    if hasattr(weights, "tocoo"):
        matrix = weights.tocoo()
        if tuple(matrix.shape) != shape:
            raise SpikestepError(f"the weights have the shape {matrix.shape}; allowed: {shape}. Give w[source][target].")
        weights = (matrix.row, matrix.col, matrix.data)
    if isinstance(weights, tuple):
        if len(weights) != 3:
            raise SpikestepError(f"the weights are {len(weights)} arrays; allowed: three. Give (pre, post, w).")
        pre, post = (np.ascontiguousarray(places, dtype=np.int64) for places in weights[:2])
        w = np.ascontiguousarray(weights[2], dtype=np.float64)
        if not pre.shape == post.shape == w.shape or w.ndim != 1:
            shapes = f"{pre.shape}, {post.shape} and {w.shape}"
            raise SpikestepError(f"the weights have the shapes {shapes}; allowed: one of all three. Give (pre, post, w).")
        return (*shape, pre, post, w)
    dense = np.ascontiguousarray(weights, dtype=np.float64)
    if dense.shape != shape:
        raise SpikestepError(f"the weights have the shape {dense.shape}; allowed: {shape}. Give w[source][target].")
    return dense


def _weights(kept: tuple[int, int, bool, Any, Any, Any]) -> Any:
    pre, post, dense, rows, columns, values = kept
    return values.reshape(pre, post) if dense else (rows, columns, values)
