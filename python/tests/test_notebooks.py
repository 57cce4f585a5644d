"""The notebooks run, and say what they said when they were committed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"


def texts(cell: Any) -> str:
    """What a code cell has printed or returned."""
    printed = [output["text"] for output in cell.get("outputs", []) if output["output_type"] == "stream" and output["name"] == "stdout"]
    plain = [output["data"].get("text/plain", "") for output in cell.get("outputs", []) if output["output_type"] == "execute_result"]
    return "".join(printed + plain)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    if path.stem.startswith("1"):
        pytest.importorskip("brian2")
    if path.stem.startswith("4"):
        pytest.importorskip("distributed")
    book = nbformat.read(path, as_version=4)
    said = [texts(cell) for cell in book.cells]
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}).execute()
    assert said == [texts(cell) for cell in book.cells]
    # Every figure that is drawn was committed.
    assert any(said)
