from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, final

import numpy as np
import numpy.typing as npt
from typing_extensions import Self, disjoint_base

_Array: TypeAlias = npt.NDArray[np.float64]
_Progress: TypeAlias = Callable[[int, int], object] | None

__all__ = [
    "compare",
    "distances",
    "SpikestepError",
    "UnknownNameError",
    "Problem",
    "step_inputs",
    "times",
    "recommend",
    "Scheme",
    "schemes",
    "Solution",
    "solve",
    "truth",
    "__version__",
]

__version__: str

class SpikestepError(ValueError): ...
class UnknownNameError(SpikestepError): ...

@disjoint_base
class Problem:
    def __new__(
        cls,
        neuron: str,
        input: str | None,
        times: _Array | None,
        values: _Array | None,
        hold: bool,
        duration: float | None,
        v0: str | None,
        u0: str | None,
        peak: float | None,
        /,
    ) -> Self: ...
    @property
    def neuron_name(self) -> str: ...
    @property
    def input_name(self) -> str: ...
    @property
    def input_unit(self) -> str: ...
    @property
    def duration(self) -> float: ...
    @property
    def v0(self) -> float: ...
    @property
    def u0(self) -> float: ...
    def _arguments(self) -> tuple[Any, ...]: ...
    def _parameters(self) -> list[float]: ...
    def _steps(self, dt: float) -> int: ...
    def _input_at(self, t: _Array) -> _Array: ...

@final
class Scheme:
    def __new__(cls, name: str) -> Scheme: ...
    @property
    def name(self) -> str: ...
    @property
    def order(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def summary(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def is_adaptive(self) -> bool: ...
    @property
    def is_located(self) -> bool: ...
    @property
    def function(self) -> Callable[..., Any] | None: ...
    def located(self) -> Scheme: ...
    @staticmethod
    def _own(
        name: str,
        order: int,
        version: int,
        summary: str,
        function: Callable[..., Any],
        neuron: type[Any],
        evaluations: int,
        flops: int,
    ) -> Scheme: ...
    def _cost(self) -> tuple[int, int] | None: ...

@final
class Solution:
    @property
    def scheme(self) -> str: ...
    @property
    def dt(self) -> float | None: ...
    @property
    def tolerance(self) -> float | None: ...
    @property
    def spikes(self) -> _Array: ...
    @property
    def diverged_at(self) -> float | None: ...
    @property
    def error_estimate(self) -> float | None: ...
    @property
    def steps(self) -> int: ...
    @property
    def rhs_evaluations(self) -> int: ...
    @property
    def flops(self) -> int: ...
    @property
    def t(self) -> _Array | None: ...
    @property
    def v(self) -> _Array | None: ...
    @property
    def u(self) -> _Array | None: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    @staticmethod
    def _restored(parts: tuple[Any, ...]) -> Solution: ...

def solve(
    problem: Problem,
    scheme: str | Scheme,
    dt: float | None,
    tolerance: float | None,
    trace: bool,
    /,
) -> Solution: ...
def truth(problem: Problem, at: _Array | None, /) -> dict[str, Any]: ...
def compare(
    problem: Problem,
    schemes: Sequence[str | Scheme],
    dts: list[float],
    tolerances: list[float],
    within: float,
    distances: tuple[float, float, float],
    lower_bound: float | None,
    trace: bool,
    progress: _Progress,
    /,
) -> dict[str, Any]: ...
def recommend(
    problem: Problem,
    schemes: Sequence[str | Scheme] | None,
    within: float,
    finest: float | None,
    metric: str,
    progress: _Progress,
    /,
) -> dict[str, Any]: ...
def distances(
    a: _Array, b: _Array, duration: float | None, cost: float, tau: float, window: float, /
) -> dict[str, Any]: ...
def page(start: str, /) -> str: ...
def schemes(names: str | None = None) -> list[Scheme]: ...
def step_inputs(problem: Problem, scheme: str | Scheme, dt: float) -> tuple[_Array, _Array]: ...
def times(name: str, text: str, tolerances: bool) -> list[float]: ...
