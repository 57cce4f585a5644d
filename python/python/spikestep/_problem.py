"""What is solved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _spikestep
from ._neuron import Neuron
from ._spikestep import SpikestepError
from ._units import Quantity, array, in_unit, milliseconds, text

if TYPE_CHECKING:
    from ._units import Array

#: Units of amplitudes: of the cells of 2007, and of all others.
AMPLITUDES = ("pA", "mV/ms")


class Problem(_spikestep.Problem):
    """A neuron, its input, where it starts and how long it runs. It does not change once it is made, and it pickles.

    Parameters
    ----------
    neuron
        A cell type of 2003 ("RS", "IB", "CH", "FS", "LTS", "TC", "RZ"), a firing pattern of 2004 ("A" to "T"), a cell of 2007
        ("RS2007", ...), parameters as a text ("a=0.02,b=0.2,c=-65,d=8", also after a name: "RS,d=4"), as a mapping, or a `Neuron`.
    input
        A number: a constant input [mV/ms; pA for a cell of 2007]. A text as the command takes it: "step:10@100", "ramp:0:20",
        "pulse:5:2@10,30", "sine:5:3:40", "noise:10:3". A pair of arrays (t, i): times [ms] of shape (n,) that increase, and values of
        the same shape; zero before the first, constant after the last, and straight lines between them. An object with `times` and
        `rescale`, such as a `neo.AnalogSignal`. None: the pattern's own, else 10.
    duration
        How long it runs [ms], or a text or quantity with its unit. None: the pattern's own, else 1000.
    v0, u0
        Where it starts [mV; mV/ms, or pA for a cell of 2007]. None: v = -65 and u = b v, a pattern as published, a cell of 2007 at rest.
    peak
        Where v is reset [mV], for the truth and all schemes. None: the neuron's; `bindsnet` then uses its own.
    hold
        Whether an input from arrays keeps each value until the next one.

    Raises
    ------
    SpikestepError
        What the library refuses, with its message.

    Examples
    --------
    >>> Problem("RS", input=10.0, duration=500)
    Problem('RS', input='10.0', duration=500.0)
    >>> ramp = Problem({"a": 0.02, "b": 0.2, "c": -65, "d": 6}, input=([0, 100], [0, 20]), duration=200)
    >>> ramp.input_at([50, 150])
    array([10., 20.])
    >>> Problem("SR")
    Traceback (most recent call last):
    ...
    spikestep.UnknownNameError: unknown neuron 'SR', did you mean 'RS'?; ...
    """

    __slots__ = ()

    def __new__(
        cls,
        neuron: str | Mapping[str, float] | Neuron,
        input: Any = None,
        duration: Quantity = None,
        *,
        v0: Quantity = None,
        u0: Quantity = None,
        peak: float | None = None,
        hold: bool = False,
    ) -> Problem:
        typed, samples, unit = _input(input)
        times, values = samples or (None, None)
        self = super().__new__(
            cls,
            neuron_text(neuron),
            typed,
            times,
            values,
            hold,
            None if duration is None else milliseconds("duration", duration),
            None if v0 is None else text(v0, ("mV",)),
            None if u0 is None else text(u0, AMPLITUDES),
            None if peak is None else float(peak),
        )
        if unit is not None and unit != self.input_unit:
            raise SpikestepError(
                f"the input is in {unit} for the neuron {self.neuron_name}; allowed: {self.input_unit}. "
                "Give it in that unit, or as arrays of numbers."
            )
        return self

    @property
    def parameters(self) -> Neuron:
        """The parameters of the neuron in the quadratic form [ms, mV, mV/ms].

        >>> Problem("FS").parameters.a
        0.1
        """
        return Neuron(*self._parameters())

    def input_at(self, t: Any) -> Array:
        """I(t) [mV/ms] at times t [ms], of one shape; at a jump the value after it.

        >>> Problem("RS", input="step:10@100").input_at([99, 100])
        array([ 0., 10.])
        """
        return self._input_at(array(t))

    def __repr__(self) -> str:
        return f"Problem({self.neuron_name!r}, input={self.input_name!r}, duration={self.duration})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, self._arguments()


def _restored(*arguments: Any) -> Problem:
    return _spikestep.Problem.__new__(Problem, *arguments)


def neuron_text(neuron: str | Mapping[str, float] | Neuron) -> str:
    """A neuron as the text that the library reads."""
    if isinstance(neuron, str):
        return neuron
    parameters = neuron._asdict() if isinstance(neuron, Neuron) else dict(neuron)
    return ",".join(f"{name}={float(value)!r}" for name, value in parameters.items())


def _input(given: Any) -> tuple[str | None, tuple[Array, Array] | None, str | None]:
    """An input as a text, or as times and values, and the unit of those values where they have one."""
    if type(given) is float:
        return repr(given), None, None
    if given is None:
        return None, None, None
    if isinstance(given, (str, int, float)):
        return text(given, ()), None, None
    if hasattr(given, "times") and hasattr(given, "rescale"):
        given = (given.times, given)
    if isinstance(given, tuple):
        if len(given) != 2:
            raise SpikestepError(f"input is a tuple of {len(given)}; allowed: a pair (t, i). Give times and values.")
        values, unit = in_unit(given[1], AMPLITUDES)
        return None, (array(in_unit(given[0], ("ms",))[0]), array(values)), unit
    return text(given, AMPLITUDES), None, None
