"""Many neurons at one step: the numbers of each alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import spikestep as ss

CELLS = [ss.Problem(name, 10.0, 200.0) for name in ("RS", "FS", "CH", "LTS")]


@pytest.mark.parametrize("scheme", ["euler", "half-step", "rk4", "bindsnet"])
def test_a_population_has_the_numbers_of_each_alone(scheme: str) -> None:
    cells = ss.Population(CELLS, scheme)
    run = cells.run(10.0, 0.5, 200.0, record_every=1)
    assert run.v.shape == run.u.shape == (400, 4) and run.times[-1] == cells.time == 200.0
    for place, problem in enumerate(CELLS):
        alone = ss.solve(problem, scheme, 0.5, trace=True)
        assert run.train(place).tolist() == alone.spikes.tolist()
        assert alone.v is not None and run.v[:, place].tolist() == alone.v.tolist()
    assert (cells.v == run.v[-1]).all() and (cells.u == run.u[-1]).all() and np.isnan(cells.diverged_at).all()


def test_inputs_and_pieces_are_one_run() -> None:
    inputs = 10.0 + 5.0 * np.sin(np.arange(200)[:, None] / 20 + np.arange(4))
    whole, pieces = ss.Population(CELLS, "rk4+located"), ss.Population(CELLS, "rk4+located")
    run = whole.run(inputs, 0.5)
    parts = [pieces.run(part, 0.5) for part in np.split(inputs, 4)]
    assert np.concatenate([part.t for part in parts]).size == run.t.size > 0
    assert (whole.v == pieces.v).all() and whole.time == pieces.time == 100.0
    held = ss.Population(CELLS, "rk4+located").run([10.0, 11.0, 12.0, 13.0], "0.5ms", "0.1s", record_every=50)
    assert held.v.shape == (4, 4) and held.times.tolist() == [25.0, 50.0, 75.0, 100.0]


def test_forms_of_a_scheme_agree() -> None:
    neuron = ss.Neuron(0.02, 0.2, -65.0, np.linspace(2, 8, 50))
    runs = [ss.Population(neuron, "euler" + form, v0=-70.0, u0=-14.0, single=single).run(10.0, 0.5, 100.0) for form, single in [("", False), ("+fused", False), ("", True)]]
    assert len({run.t.size for run in runs[:2]}) == 1 and abs(runs[2].t.size - runs[0].t.size) <= 5


def test_what_is_refused_says_so() -> None:
    cells = ss.Population(CELLS, "euler")
    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: ss.Population(CELLS, "taylor"), "scheme"),
        (lambda: ss.Population([], "euler"), "no neuron"),
        (lambda: ss.Population(CELLS, "euler", v0=[1.0, 2.0]), "Give one a neuron"),
        (lambda: cells.run(10.0, 0.5), "Give duration=100"),
        (lambda: cells.run([1.0, 2.0], 0.5, 10.0), "Give one a neuron"),
        (lambda: cells.run(np.nan, 0.5, 10.0), "input of neuron"),
        (lambda: cells.run(np.zeros((3, 2)), 0.5), "4"),
        (lambda: cells.run(1.0, -0.5, 10.0), "duration"),
    ]
    for call, words in calls:
        with pytest.raises(ss.SpikestepError, match=words):
            call()
    assert cells.time == 0.0
