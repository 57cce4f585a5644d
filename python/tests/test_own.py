"""Schemes written in Python."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import spikestep as ss


@ss.scheme(order=1, version=1, vectorized=True)
def own_euler(n: ss.Neuron, v: Any, u: Any, i0: Any, i1: Any, h: Any) -> tuple[Any, Any]:
    """Forward Euler, in Python."""
    return v + h * n.dv(v, u, i0), u + h * n.du(v, u)


@ss.scheme(order=2, version=3, name="own-heun", evaluations=2, flops=30)
def own_heun(n: ss.Neuron, v: float, u: float, i0: float, i1: float, h: float) -> tuple[float, float]:
    dv, du = n.dv(v, u, i0), n.du(v, u)
    ve, ue = v + h * dv, u + h * du
    return v + h / 2 * (dv + n.dv(ve, ue, i1)), u + h / 2 * (du + n.du(ve, ue))


@ss.scheme(order=1, version=1, vectorized=True)
def fragile(n: ss.Neuron, v: Any, u: Any, i0: Any, i1: Any, h: Any) -> tuple[Any, Any]:
    """Euler's rule, which leaves the finite numbers under a strong input."""
    return np.where(i0 > 100, np.nan, v + h * n.dv(v, u, i0)), u + h * n.du(v, u)


PROBLEMS = [ss.Problem("RS", 10.0, 300.0), ss.Problem("CH", "noise:10:3", 300.0), ss.Problem("T", "step:8@50", 300.0)]


@pytest.mark.parametrize("problem", PROBLEMS, ids=repr)
def test_eulers_rule_is_eulers_rule(problem: ss.Problem) -> None:
    for mine, known in [(own_euler, "euler"), (own_euler.located(), "euler+located")]:
        for dt in (0.1, 0.5):
            ours, theirs = ss.solve(problem, mine, dt, trace=True), ss.solve(problem, known, dt, trace=True)
            # The same formula; the library forms h a beforehand, which may differ in the last bit, and does in u.
            assert len(ours.spikes) == len(theirs.spikes)
            assert np.abs(ours.spikes - theirs.spikes).max() < 1e-9 and ours.steps == theirs.steps


def test_a_scheme_is_ranked_beside_the_others() -> None:
    compared = ss.compare(PROBLEMS[0], ["euler", own_heun, "own-heun+located", "heun+located"], dt=[0.05, 0.1, 0.2], within=0.1)
    assert [run.scheme for run in compared.runs[3:9:3]] == ["own-heun", "own-heun+located"]
    # Located it keeps its order, as Heun's rule in the library does; on the grid it is of order 1.
    assert abs(compared.observed_orders["own-heun+located"] - compared.observed_orders["heun+located"]) < 1e-3
    kept = [run.scheme for run in compared.rank()]
    assert "own-heun+located" in kept and "euler" not in kept
    # 30 operations a step of 0.2 ms.
    assert compared.runs[5].metrics["flops_per_ms"] == 150.0

    found = ss.recommend(PROBLEMS[0], 0.5, schemes=[own_heun, own_heun.located(), "euler"], finest=0.05)
    assert found.best is not None and found.best.scheme == "own-heun+located"
    assert (own_heun.order, own_heun.version, own_heun.name, own_euler.summary) == (2, 3, "own-heun", "Forward Euler, in Python.")


def test_lanes_give_what_each_gives_alone() -> None:
    # Neurons of different parameters, starts and inputs, one of which diverges.
    problems = [ss.Problem({"a": 0.02, "b": 0.2, "c": -65, "d": 4 + k}, f"noise:10:3:1:{k}", 200.0, v0=-60 - k) for k in range(1, 6)]
    problems.append(ss.Problem("RS", "pulse:200:2@50", 200.0))
    together = ss.solve(problems, fragile, 0.25, trace=True)
    for problem, lane in zip(problems, together):
        alone = ss.solve(problem, fragile, 0.25, trace=True)
        assert lane.spikes.tolist() == alone.spikes.tolist() and lane.diverged_at == alone.diverged_at
        assert (lane.steps, lane.flops, lane.rhs_evaluations) == (alone.steps, alone.flops, alone.rhs_evaluations)
        for part in ("t", "v", "u"):
            assert np.array_equal(getattr(lane, part), getattr(alone, part)), part
    assert together[-1].diverged_at == 50.25
    # A list is solved by any scheme.
    assert [run.spikes.tolist() for run in ss.solve(problems[:2], "euler", 0.25)] == [
        ss.solve(problem, "euler", 0.25).spikes.tolist() for problem in problems[:2]
    ]
    with pytest.raises(ss.SpikestepError, match="one for all lanes"):
        ss.solve([problems[0], PROBLEMS[0]], own_euler, 0.25)
    assert ss.solve([], own_euler, 0.25) == []


class Broken(Exception):
    pass


@ss.scheme(order=1, version=1)
def broken(n: ss.Neuron, v: float, u: float, i0: float, i1: float, h: float) -> tuple[float, float]:
    if v > 0:
        raise Broken("above zero", v)
    return v + h * n.dv(v, u, i0), u + h * n.du(v, u)


@ss.scheme(order=1, version=1)
def single(n: ss.Neuron, v: float, u: float, i0: float, i1: float, h: float) -> Any:
    return v


@pytest.mark.filterwarnings("error")
def test_exceptions_arrive_unchanged() -> None:
    for call in (
        lambda: ss.solve(PROBLEMS[0], broken, 0.1),
        lambda: ss.compare(PROBLEMS[0], ["rk4", broken], dt=0.1),
        lambda: ss.recommend(PROBLEMS[0], schemes=[broken]),
    ):
        with pytest.raises(Broken) as raised:
            call()
        assert raised.value.args[0] == "above zero" and raised.traceback[-1].name == "broken"
    with pytest.raises(TypeError, match="single returned -65.0; allowed: a pair"):
        ss.solve(PROBLEMS[0], single, 0.1)


def test_names_that_cannot_be_are_refused() -> None:
    for name in ("rk4", "default", "mine+located", "my scheme", ""):
        with pytest.raises(ss.SpikestepError, match="name of a scheme"):
            ss.scheme(order=1, version=1, name=name or "a,b")(lambda n, v, u, i0, i1, h: (v, u))
    with pytest.raises(ss.SpikestepError, match="refractory"):
        ss.solve(ss.Problem("RS,refractory=2"), own_euler, 0.5)


def test_schemes_pickle_by_their_place() -> None:
    assert pickle.loads(pickle.dumps(own_euler)) is own_euler
    assert pickle.loads(pickle.dumps(own_heun.located())).name == "own-heun+located"
