"""The page on which a problem moves."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spikestep as ss


def start(page: ss.Explorer, tmp_path: Path) -> dict[str, Any]:
    """What the page begins with."""
    page.save(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    found = re.search(r'id="start">(.*?)</script>', text)
    assert found is not None
    made: dict[str, Any] = json.loads(found[1])
    return made


def test_a_page_begins_with_the_problem(tmp_path: Path) -> None:
    problem = ss.Problem("FS,d=1.5", input="sine:12:4:7", duration=400, peak=35, v0=-70)
    expected = {
        "neuron": "FS,d=1.5",
        "dt": 0.25,
        "schemes": ["rk4"],
        "duration": 400.0,
        "input": "sine:12:4:7",
        "v0": "-70.0",
        "peak": 35.0,
    }
    assert start(ss.explore(problem, ["rk4"], dt=0.25), tmp_path) == expected


def test_an_input_from_arrays_goes_into_the_page(tmp_path: Path) -> None:
    problem = ss.Problem("RS", input=(np.array([0.0, 50.0]), np.array([0.0, 20.0])), duration=100)
    made = start(ss.explore(problem), tmp_path)
    assert made["recorded"] == {"times": [0.0, 50.0], "values": [0.0, 20.0], "linear": True}


def test_a_notebook_shows_it_in_a_frame() -> None:
    shown = ss.explore(ss.Problem("RS"))._repr_html_()
    assert shown.startswith("<iframe") and shown.count('"') == 6 and "<script" not in shown


def test_without_anywidget_it_is_a_page_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "spikestep._widget", raising=False)
    page = ss.explore(ss.Problem("FS", input="sine:12:4:7", duration=400), ["rk4"], dt=0.25)
    assert type(page) is ss.Explorer
    assert (page.dt, page.schemes, repr(page.problem)) == (0.25, ["rk4"], repr(ss.Problem("FS", input="sine:12:4:7", duration=400)))


def test_with_anywidget_what_is_shown_comes_back() -> None:
    anywidget = pytest.importorskip("anywidget")
    page: Any = ss.explore(ss.Problem("RS", input=([0.0, 50.0], [0.0, 20.0]), duration=100))
    assert {ss.Explorer, anywidget.AnyWidget} < set(type(page).__mro__)
    assert page.problem.input_at([25.0, 99.0]).tolist() == [10.0, 20.0]
    heard: list[float] = []
    page.observe(lambda _: heard.append(page.dt), names="_shown")
    # As a frontend sends it.
    told = {"neuron": "FS,d=3", "dt": 0.125, "schemes": ["rk4"], "duration": 300, "v0": "-70", "drawn": {"times": [0, 150], "values": [0, 8]}}
    page.set_state({"_shown": told})
    assert heard == [0.125] and page.schemes == ["rk4"]
    assert page.problem.duration == 300 and page.problem.input_at([149.0, 150.0]).tolist() == [0.0, 8.0]
    sent = page.get_state()
    assert sent["_page"].startswith("<!doctype html>") and sent["height"] == 900 and "srcdoc" in sent["_esm"]
