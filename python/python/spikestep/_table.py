"""Columns as arrays and data frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    import numpy.typing as npt
    from pandas import DataFrame


def table(values: Mapping[str, Sequence[Any]], counts: Iterable[str] = ()) -> npt.NDArray[np.void]:
    """Columns as a structured array: texts, int64 for `counts`, and float64, NaN for None, for all others."""
    import numpy as np

    whole = set(counts)

    def column(name: str, of: Sequence[Any]) -> npt.NDArray[Any]:
        if any(isinstance(value, str) for value in of):
            return np.array(["" if value is None else value for value in of])
        if name in whole:
            return np.array(of, dtype=np.int64)
        return np.array([np.nan if value is None else value for value in of], dtype=np.float64)

    columns = {name: column(name, of) for name, of in values.items()}
    length = max((len(of) for of in columns.values()), default=0)
    made = np.empty(length, dtype=[(name, of.dtype) for name, of in columns.items()])
    for name, of in columns.items():
        made[name] = of
    return made


def to_pandas(columns: npt.NDArray[np.void], flags: Iterable[str] = ()) -> DataFrame:
    """A structured array as a data frame, `flags` of the nullable type "boolean"."""
    import pandas as pd

    frame = pd.DataFrame({name: columns[name] for name in columns.dtype.names or ()})
    for name in flags:
        frame[name] = frame[name].astype("boolean")
    return frame


def toml(value: Any) -> str:
    """A text, a number, or a list or mapping of them, on one line as TOML has it."""
    import json

    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "items"):
        return "{ " + ", ".join(f"{key} = {toml(of)}" for key, of in value.items() if of is not None) + " }"
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return repr(value)
