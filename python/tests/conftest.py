"""What the tests share: the command, which the numbers are held to."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def program() -> str:
    """The command: the program in COMPARE, or one that cargo has built."""
    built = [ROOT / "target" / profile / "compare" for profile in ("debug", "release")]
    program = os.environ.get("COMPARE") or next((str(path) for path in built if path.exists()), None)
    if program is None:
        pytest.skip("no command: cargo build --bin compare makes one")
    return program


@pytest.fixture(scope="session")
def command(program: str) -> Callable[..., Any]:
    """Runs the command with some arguments and gives its JSON."""

    def run(*arguments: str) -> Any:
        done = subprocess.run([program, *arguments, "--json"], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return run
