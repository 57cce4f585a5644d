"""Layers of a network, their states, and the weights between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from . import _spikestep
from ._neuron import Neuron
from ._population import columns_of, spread
from ._spikestep import SpikestepError

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
        self._stepped.set_weights(self._number, given_weights(weights, shape))

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


def given_weights(weights: Weights, shape: tuple[int, int]) -> Any:
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
