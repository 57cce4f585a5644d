"""The neuron as schemes written in Python see it."""

from __future__ import annotations

from typing import Any, NamedTuple


class Neuron(NamedTuple):
    """The parameters of a neuron, and its vector field.

    ::

        v' = k2 v^2 + k1 v + k0 - u + i        [mV/ms]
        u' = a (b v + b0 - leak u)             [mV/ms^2]
        v >= peak:  v <- c,  u <- u + d

    Every parameter is a number, or an array with one value a lane where a vectorised scheme steps many neurons at once.

    >>> rs = Neuron(a=0.02, b=0.2, c=-65.0, d=8.0)
    >>> rs.dv(-65.0, -13.0, 10.0), rs.du(-65.0, -13.0)
    (7.0, 0.0)
    """

    a: Any
    b: Any
    c: Any
    d: Any
    k2: Any = 0.04
    k1: Any = 5.0
    k0: Any = 140.0
    b0: Any = 0.0
    leak: Any = 1.0
    peak: Any = 30.0

    def dv(self, v: Any, u: Any, i: Any) -> Any:
        """v' [mV/ms] at v [mV] and u [mV/ms] under the input i [mV/ms]; numbers or arrays."""
        return self.k2 * v * v + self.k1 * v + self.k0 - u + i

    def du(self, v: Any, u: Any) -> Any:
        """u' [mV/ms^2] at v [mV] and u [mV/ms]; numbers or arrays."""
        return self.a * (self.b * v + self.b0 - self.leak * u)
