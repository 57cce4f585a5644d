"""How calls behave: what they refuse, what they return, and what goes on beside them."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import spikestep as ss


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: ss.Problem("LST"), ss.UnknownNameError, "did you mean 'LTS'?"),
        (lambda: ss.Problem("RS", "stp:10"), ss.UnknownNameError, "did you mean 'step'?"),
        (lambda: ss.Problem("RS", duration=-1), ss.SpikestepError, "a positive, finite number"),
        (lambda: ss.Problem("RS", duration="1 mV"), ss.SpikestepError, "duration is '1 mV'"),
        (lambda: ss.Problem("RS", ([0, 1], [1, 2, 3])), ss.SpikestepError, "2 times and 3 values"),
        (lambda: ss.Problem("RS", ([1, 0], [1, 2])), ss.SpikestepError, "strictly increasing"),
        (lambda: ss.Problem("RS", ([0, 1], [1, np.nan])), ss.SpikestepError, "a finite number"),
        (lambda: ss.Problem("RS", ([], [])), ss.SpikestepError, "0 samples"),
        (lambda: ss.Problem({"a": 0.02, "e": 1.0}), ss.SpikestepError, "'e'"),
        (lambda: ss.Problem("RS", v0=31), ss.SpikestepError, "below the peak"),
        (lambda: ss.solve(ss.Problem("RS"), "rk5", 0.5), ss.UnknownNameError, "spikestep.schemes() has"),
        (lambda: ss.solve(ss.Problem("RS"), "rk4"), ss.SpikestepError, "neither dt nor a tolerance"),
        (lambda: ss.solve(ss.Problem("RS"), "rk4", 0.1, tolerance=1.0), ss.SpikestepError, "dt and a tolerance"),
        (lambda: ss.solve(ss.Problem("RS"), "rk4", tolerance=1.0), ss.SpikestepError, "a step in ms"),
        (lambda: ss.solve(ss.Problem("RS"), "rk4", 0.0), ss.SpikestepError, "step dt is 0"),
        (lambda: ss.solve(ss.Problem("RS"), "rk4", 1e-6), ss.SpikestepError, "steps"),
        (lambda: ss.solve(ss.Problem("RS,refractory=2"), "projective", tolerance=1.0), ss.SpikestepError, "refractory"),
        (lambda: ss.compare(ss.Problem("RS"), "rk4", dt=[-1]), ss.SpikestepError, "positive"),
        (lambda: ss.compare(ss.Problem("RS"), "rk4", tolerance=1), ss.SpikestepError, "without an adaptive scheme"),
        (lambda: ss.compare(ss.Problem("RS"), "rk4", within=-1), ss.SpikestepError, "timing error"),
        (lambda: ss.recommend(ss.Problem("RS"), 1e-13), ss.SpikestepError, "truth's own error bound"),
        (lambda: ss.recommend(ss.Problem("RS"), metric="maximum"), ss.UnknownNameError, "metric"),
        (lambda: ss.check("RS", [0.1, 0.5]), ss.SpikestepError, "2 steps"),
        (lambda: ss.check("RS", 0.5, schemes="adaptive"), ss.SpikestepError, "without a fixed-step scheme"),
        (lambda: ss.distances([2, 1], [1]), ss.SpikestepError, "do not decrease"),
    ],
)
def test_what_is_refused_says_so(call, kind, words) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(kind) as refused:
        call()
    assert words in str(refused.value)
    assert isinstance(refused.value, ValueError)


def test_a_step_is_fine_or_not() -> None:
    fine = ss.check("RS", "0.5ms", schemes=["rk4+located", "projective-8"])
    assert fine and fine.fine is True and "is fine for RS" in str(fine)
    both = ss.check("RS", 0.5, schemes=["rk4+located", "euler"])
    assert not both and "euler is 27.7 ms off" in str(both) and "rk4+located" in str(both)
    silent = ss.check(ss.Problem("RS", 1.0), 0.5)
    assert silent.fine is None and "does not fire" in silent.text


def test_columns_are_the_runs() -> None:
    pd = pytest.importorskip("pandas")
    compared = ss.compare(ss.Problem("RS", 10.0, 200.0), ["euler", "projective"], dt=[0.1, 0.5], tolerance=[1e-3, 1e-6])
    columns, table = compared.columns, compared.to_pandas()
    assert columns.shape == (4,) and list(columns["scheme"]) == ["euler", "euler", "projective", "projective"]
    assert columns["dt_ms"].tolist()[:2] == [0.1, 0.5] and np.isnan(columns["dt_ms"][2:]).all()
    assert columns["spike_count"].dtype == np.int64 and columns["max_spike_time_error_ms"].dtype == np.float64
    assert columns["max_spike_time_error_ms"].tolist() == [run.error for run in compared.runs]
    # An adaptive run has no answer to what a start a little higher would do.
    assert np.isnan(columns["rounding_sensitive"][2:]).all() and table["rounding_sensitive"].isna().tolist()[2:] == [True] * 2
    assert isinstance(table, pd.DataFrame) and list(table.columns) == list(columns.dtype.names or ())
    assert compared.rank(within=1e-5)[0].scheme == "projective"


def test_a_plot_has_a_line_for_each_scheme() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    compared = ss.compare(ss.Problem("RS"), ["euler", "rk4+located", "projective"], dt=[0.1, 0.2, 0.5, 1.0])
    axes = compared.plot()
    legend = axes.get_legend()
    assert legend is not None
    names = [text.get_text() for text in legend.get_texts()]
    orders = compared.observed_orders
    said = {name: "not asymptotic" if name in compared._unsettled else f"order {order:.1f}" for name, order in orders.items()}
    assert names[:2] == [f"{name} ({said[name]})" if name in said else name for name in ("euler", "rk4+located")] and said
    assert names[2:] == ["projective, tolerance 1e-06", "hollow: spikes lost or added"]
    assert axes.get_xscale() == axes.get_yscale() == "log"
    # Euler loses a spike at 1 ms: that marker is hollow.
    hollow = [line for line in axes.get_lines() if line.get_markerfacecolor() == "white"]
    assert [np.asarray(line.get_xdata()).tolist() for line in hollow] == [[1.0], []]
    assert compared.plot(axes) is axes


def test_a_data_set_has_the_runs_by_scheme_and_step() -> None:
    pytest.importorskip("xarray")
    compared = ss.compare(ss.Problem("RS"), ["euler", "rk4+located", "projective"], dt=[0.5, 0.1], tolerance=[1e-3, 1e-6])
    fixed, adaptive = compared.to_xarray(), compared.to_xarray(adaptive=True)
    assert fixed["dt_ms"].values.tolist() == [0.1, 0.5] and fixed["scheme"].values.tolist() == ["euler", "rk4+located"]
    assert adaptive["tolerance"].values.tolist() == [1e-6, 1e-3] and adaptive.sizes["scheme"] == 1
    for run in compared.runs:
        place = {"scheme": run.scheme, **({"dt_ms": run.dt} if run.dt else {"tolerance": run.tolerance})}
        cell = (fixed if run.dt else adaptive).sel(place)
        assert float(cell["max_spike_time_error_ms"]) == run.error
    assert fixed["rate_error_Hz"].attrs == {"units": "Hz"} and fixed["gamma"].attrs == {}


def test_problems_and_results_pickle() -> None:
    t = np.linspace(0, 100, 11)
    for problem in [ss.Problem("FS", 12, 100, v0=-70, u0=-14, peak=35), ss.Problem("RS2007", (t, 40 * t), 100.0, hold=True)]:
        again = pickle.loads(pickle.dumps(problem))
        assert type(again) is ss.Problem and repr(again) == repr(problem)
        assert (again.v0, again.u0, again.parameters) == (problem.v0, problem.u0, problem.parameters)
        assert (again.input_at(t) == problem.input_at(t)).all()
        for name, size in [("rk4+located", {"dt": 0.5}), ("projective", {"tolerance": 1e-6})]:
            run = ss.solve(problem, name, trace=True, **size)
            copy = pickle.loads(pickle.dumps(run))
            assert repr(copy) == repr(run) and copy.steps == run.steps and copy.flops == run.flops
            assert all((getattr(copy, part) == getattr(run, part)).all() for part in ("spikes", "t", "v", "u"))
    compared = ss.compare(problem, ["rk4", "bindsnet"], dt=[0.1, 0.5])
    copy = pickle.loads(pickle.dumps(compared))
    assert repr(copy.runs) == repr(compared.runs) and (copy.truth.spikes == compared.truth.spikes).all()
    assert copy.columns.tobytes() == compared.columns.tobytes()
    assert pickle.loads(pickle.dumps(ss.Scheme("rk4+located"))).name == "rk4+located"
    with pytest.raises(ss.UnknownNameError) as refused:
        ss.Scheme("rk5")
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def spikes_of_a_child(_: int) -> list[list[float]]:
    problem = ss.Problem("RS", 10.0, 200.0)
    compared = ss.compare(problem, "rk4", dt=0.5)
    return [ss.truth(problem).spikes.tolist(), compared.truth.spikes.tolist()]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_fork_after_use_does_not_hang() -> None:
    here = spikes_of_a_child(0)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        # A child that hangs hangs for ever; one that works takes some 20 ms.
        there = pool.map_async(spikes_of_a_child, range(4)).get(timeout=60)
    assert there == [here] * 4


#: Calls of seconds each, as long as they may be.
LONG = {
    "truth": "ss.truth(ss.Problem('FS', 'noise:10:3', 600_000))",
    "solve": "ss.solve(ss.Problem('RS', 10.0, 1_000_000), 'rk4+located', 0.1)",
    "compare": "ss.compare(ss.Problem('RS', 10.0, 100_000), dt=[0.01, 0.02, 0.05])",
    "recommend": "ss.recommend(ss.Problem('FS', 10.0, 200_000), 1e-4)",
    "own": "ss.compare(ss.Problem('RS', 10.0, 100_000), [mine], dt=0.01)",
    "network": "net.run(10_000_000.0, inputs={'Y': 10.0})",
    "training": "ss.recognition.Recogniser.train(ss.recognition.Images.digits(), method='teacher', neurons=400, dt=0.1)",
}

INTERRUPTED = """
import faulthandler, os, signal, threading
import spikestep as ss

# A call that does not hear the interrupt ends by this, and leaves a trace of where it was.
faulthandler.dump_traceback_later(100, exit=True)

@ss.scheme(order=1, version=1)
def mine(n, v, u, i0, i1, h):
    return v + h * n.dv(v, u, i0), u + h * n.du(v, u)

net = ss.Network(0.5)
net.add_layer("Y", ss.Layer([ss.Neuron(0.02, 0.2, -65.0, 8.0)] * 100, "rk4+located"))
try:
    # It is sent from beside the call, which takes much longer.
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    CALL
except KeyboardInterrupt:
    print("interrupted")
# What was interrupted does not keep the next call.
assert len(ss.truth(ss.Problem("RS", 10.0, 100.0)).spikes) == 3
os._exit(0)
"""


@pytest.mark.skipif(os.name == "nt", reason="a signal cannot be sent to oneself there")
@pytest.mark.parametrize("name", LONG)
def test_an_interrupt_ends_a_long_call(name: str) -> None:
    program = INTERRUPTED.replace("CALL", LONG[name])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "interrupted\n"), done.stderr


def test_the_interpreter_is_free_meanwhile() -> None:
    problem = ss.Problem("FS", "noise:10:3", 2000.0)
    thread = threading.Thread(target=ss.truth, args=[problem])
    thread.start()
    turns = 0
    while thread.is_alive():
        turns += 1
        time.sleep(0.001)
    # A call that held the interpreter would let this thread have one turn or two.
    assert turns > 10


def test_threads_may_call_at_once() -> None:
    problem = ss.Problem("RS", "noise:10:3", 300.0)
    expected = ss.compare(problem, "rk4,bindsnet", dt=0.1).columns.tobytes()
    found: list[bytes] = []
    work = lambda: found.append(ss.compare(problem, "rk4,bindsnet", dt=0.1).columns.tobytes())  # noqa: E731
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_progress_is_told_and_its_exceptions_arrive() -> None:
    problem = ss.Problem("RS", 10.0, 20_000.0)
    told: list[tuple[int, int]] = []
    ss.compare(problem, "rk4,euler,half-step", dt=[0.01, 0.02], progress=lambda done, all: told.append((done, all)))
    assert told == sorted(set(told)) and all(done <= 6 and all_ == 6 for done, all_ in told)

    class Enough(Exception):
        pass

    def enough(done: int, all: int) -> None:
        raise Enough(done)

    with pytest.raises(Enough):
        ss.compare(problem, "rk4,euler,half-step", dt=[0.01, 0.02, 0.03, 0.04], progress=enough)


def test_nothing_heavy_is_imported_unasked() -> None:
    program = "import sys, spikestep; print([name for name in ('numpy', 'pandas', 'matplotlib', 'tqdm') if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "[]"
