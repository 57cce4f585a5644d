"""How far a call is, shown."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

#: True for a bar, or a function that is called with how many of how many are done.
Progress: TypeAlias = bool | Callable[[int, int], object]


@contextmanager
def shown(progress: Progress, what: str) -> Iterator[Callable[[int, int], object] | None]:
    """A function to be told: a bar of tqdm where that is there, else a line on the standard error."""
    if progress is False:
        yield None
        return
    if progress is not True:
        yield progress
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        try:
            yield lambda done, all: print(f"\r{done} of {all} {what}", end="", file=sys.stderr, flush=True)
        finally:
            print(file=sys.stderr)
        return
    with tqdm(unit=what) as bar:

        def tell(done: int, all: int) -> None:
            bar.total = all
            bar.update(done - bar.n)

        yield tell
