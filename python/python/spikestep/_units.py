"""What people give, as the plain numbers and texts that the compiled part takes.

Objects with units are known by what they can do, and nothing is imported for them: `quantities` and Neo by `rescale`, pint by `to`, Brian2
by its dimension, with its values in SI units.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from ._spikestep import SpikestepError, times

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[np.float64]

#: A number in the unit that is documented, a text with a unit such as "0.5ms", or an object with a unit of its own.
Quantity: TypeAlias = Any

#: Of a Brian2 dimension the unit that is used here, and its value in SI units.
_SI = {"s": ("ms", 1e3), "A": ("pA", 1e12)}


def in_unit(value: Any, units: tuple[str, ...]) -> tuple[Any, str | None]:
    """The magnitude of a value in the first of some units that it can be given in, and that unit; `None` where it has none."""
    if isinstance(value, (int, float, str)):
        return value, None
    convert = getattr(value, "rescale", None) or getattr(value, "to", None)
    if callable(convert) and hasattr(value, "magnitude"):
        for unit in units:
            try:
                return convert(unit).magnitude, unit
            except ValueError:
                continue
        raise SpikestepError(f"a quantity is {value}; allowed: one in {' or '.join(units)}. Give another unit, or a number.")
    dimension = getattr(value, "dim", None)
    if dimension is not None:
        own, factor = _SI.get(str(dimension), ("", 1.0))
        if own not in units:
            raise SpikestepError(f"a quantity is {value}; allowed: one in {' or '.join(units)}. Give another unit, or a number.")
        return _decimal(value, factor), own
    return value, None


def _decimal(value: Any, factor: float) -> Any:
    """A value in SI units times a power of ten, as the decimal number that was typed: 0.1 ms is 0.0001 s."""
    import numpy as np

    scaled = np.asarray(value, dtype=np.float64) * factor
    nearest = [float(f"{x:.15g}") for x in scaled.ravel()]
    return np.array(nearest).reshape(scaled.shape)


def milliseconds(what: str, value: Quantity) -> float:
    """A time in ms."""
    if type(value) is float:
        return value
    if isinstance(value, str):
        read = times(what, value, False)
        if len(read) != 1:
            raise SpikestepError(f"{what} is '{value}'; allowed: one time. Give one such as 0.5ms.")
        return read[0]
    return float(in_unit(value, ("ms",))[0])


def many(what: str, values: Any, tolerances: bool = False) -> list[float]:
    """A list of times in ms, or of tolerances, from one of them, a list, an array, or a text such as "0.01..1:log:9"."""
    if values is None:
        return []
    if isinstance(values, str):
        return times(what, values, tolerances)
    if not tolerances:
        values = in_unit(values, ("ms",))[0]
    if isinstance(values, Iterable) and getattr(values, "ndim", 1) > 0:
        return [float(value) if tolerances else milliseconds(what, value) for value in values]
    return [float(values)]


def text(value: Quantity, units: tuple[str, ...]) -> str:
    """A number as the text that the library reads, all its digits and its unit with it."""
    if isinstance(value, str):
        return value
    number, unit = in_unit(value, units)
    return f"{float(number)!r}{unit or ''}"


def array(values: Any) -> Array:
    """A flat array of float64, copied where it is another."""
    import numpy as np

    return np.ascontiguousarray(np.asarray(values, dtype=np.float64).ravel())
