"""Studies: the bytes of the command, on threads, pools and clusters, whatever happens to a process."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spikestep as ss

FILE = """title = "Steps"
question = "Which?"
kind = "study"

[study]
neurons = ["RS", "FS,d=3", "RS2007"]
inputs = ["step:10@20", "noise:10:3"]
seeds = "1..3"
duration = 80
schemes = ["euler", "rk4+located", "projective"]
dt = [0.1, 0.5]
tolerance = 1e-6
metrics = ["spike_count", "max_spike_time_error_ms"]
"""

MODULE = """
import spikestep as ss

@ss.scheme(order=1, version={version})
def elsewhere(n, v, u, i0, i1, h):
    return v + h * n.dv(v, u, i0), u + h * n.du(v, u)

@ss.scheme(order=1, version=1)
def broken(n, v, u, i0, i1, h):
    if v > 0:
        raise RuntimeError("above zero")
    return v + h * n.dv(v, u, i0), u + h * n.du(v, u)
"""


def cells(out: Path) -> list[str]:
    """The keys of the cells in the journal, one a line."""
    lines = (out / "journal" / "all.log").read_text().splitlines()
    return [line.split()[2] for line in lines if line.split()[1] == "c"]


@pytest.fixture
def study(tmp_path: Path) -> ss.Study:
    path = tmp_path / "steps.toml"
    path.write_text(FILE)
    return ss.Study.from_toml(path)


@pytest.mark.parametrize("pool", [None, ThreadPoolExecutor, ProcessPoolExecutor])
def test_the_bytes_are_those_of_the_command(
    program: str, study: ss.Study, tmp_path: Path, pool: Callable[[int], Executor] | None
) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    subprocess.run([program, "run", str(study.path), "--out", str(there), "--quiet"], check=True)
    if pool is None:
        results = study.run(here)
    else:
        with pool(2) as executor:
            results = study.run(here, executor=executor)
    assert (results.run, results.kept, len(results)) == (study.cells, 0, 60)
    assert (here / "results.csv").read_bytes() == (there / "results.csv").read_bytes()
    assert len(cells(here)) == len(set(cells(here))) == 60
    # The command finds all of it done, and draws what it has to draw.
    told = subprocess.run([program, "run", str(study.path), "--out", str(here)], check=True, capture_output=True, text=True)
    assert "60 cells: 0 run now, 60 kept from before" in told.stdout
    assert (here / "summary.txt").read_bytes() == (there / "summary.txt").read_bytes()
    # And the other way round, the shares of a cluster too.
    share = tmp_path / "share"
    subprocess.run([program, "run", str(study.path), "--out", str(share), "--shard", "1/2", "--quiet"], check=True)
    rest = study.run(share)
    assert rest.kept > 0 and rest.run == 60 - rest.kept
    assert (share / "results.csv").read_bytes() == (there / "results.csv").read_bytes()


def test_results_are_columns(study: ss.Study) -> None:
    results = study.run()
    assert results.out is None and results.columns.shape == (60,)
    table = results.columns
    euler = (table["scheme"] == "euler") & (table["dt_ms"] == 0.5)
    located = (table["scheme"] == "rk4+located") & (table["dt_ms"] == 0.5)
    known = ~np.isnan(table["max_spike_time_error_ms"])
    errors = [table["max_spike_time_error_ms"][mask & known].max() for mask in (euler, located)]
    assert errors[0] > 10 * errors[1] > 0
    assert np.isnan(table["seed"][table["input"] == "step:10@20"]).all()
    pytest.importorskip("pandas")
    assert list(results.to_pandas()["neuron"].unique()) == ["RS", "FS,d=3", "RS2007"]


def test_a_study_from_code_is_a_file(program: str, tmp_path: Path) -> None:
    study = ss.Study(
        ["RS", {"a": 0.1, "b": 0.2, "c": -65, "d": 2}, ss.Neuron(0.02, 0.25, -65, 0.05)],
        schemes=["euler", "bindsnet"],
        dt=np.array([0.1, 0.5]),
        inputs=[10, "noise:10:3"],
        seeds=[1, 2],
        duration="0.1s",
        v0=-70,
        peaks=[30, 35],
        lower_bound=-90.0,
        distances={"tau": 5.0},
    )
    assert study.cells == 3 * 3 * 2 * 4 and study.problems == 18
    again = pickle.loads(pickle.dumps(study))
    assert (again.source, again.cells) == (study.source, study.cells)
    path = tmp_path / "study.toml"
    path.write_text(study.source)
    subprocess.run([program, "run", str(path), "--out", str(tmp_path / "there"), "--quiet"], check=True)
    study.run(tmp_path / "here")
    assert (tmp_path / "here" / "results.csv").read_bytes() == (tmp_path / "there" / "results.csv").read_bytes()


NETWORKS = Path(__file__).resolve().parents[2] / "experiments" / "networks"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ss.Study(["RS"], schemes="eulr", dt=0.1), "unknown scheme 'eulr', did you mean 'euler'?"),
        (lambda: ss.Study(["RS"], schemes="euler", dt=-1), "dt"),
        (lambda: ss.Study(["RS"], schemes="euler", dt=0.1, inputs=[([0, 1], [1, 2])]), "'csv:FILE'"),
        (lambda: ss.Study(["RS"], schemes="euler", dt=0.1).run(executor=3), "anything with submit"),
        (lambda: ss.Study._of('title = "a"\nquestion = "b"\nkind = "recognition"\n', Path("n.toml"), ()), "kind of study"),
        (lambda: ss.Study.from_toml(NETWORKS / "bursting.toml"), "kind of study"),
        (lambda: ss.Study._of("title = 3", Path("n.toml"), ()), "n.toml"),
    ],
)
def test_what_is_refused_says_so(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ss.SpikestepError) as refused:
        make()
    assert words in str(refused.value)


def module(folder: Path, version: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module with schemes, which workers import by its name."""
    (folder / "schemes_elsewhere.py").write_text(MODULE.format(version=version))
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    sys.modules.pop("schemes_elsewhere", None)
    return __import__("schemes_elsewhere")


def test_own_schemes_have_their_version_in_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []
    for version in (1, 1, 2):
        mine = module(tmp_path, version, monkeypatch).elsewhere
        study = ss.Study(["RS", "FS"], schemes=["euler", mine, mine.located()], dt=[0.1, 0.5], duration=60)
        with ProcessPoolExecutor(2) as pool:
            results = study.run(tmp_path / "out", executor=pool)
        runs.append((results.run, results.kept))
        table = results.columns
        errors = {name: table["max_spike_time_error_ms"][table["scheme"] == name] for name in ("euler", "elsewhere")}
        assert np.allclose(errors["euler"], errors["elsewhere"], rtol=1e-9)
    # The version of the located variant is that of the scheme.
    assert runs == [(12, 0), (0, 12), (8, 4)]


def test_an_exception_of_a_scheme_keeps_what_is_done_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = module(tmp_path, 1, monkeypatch).broken
    study = ss.Study(["RS"], schemes=["euler", broken], dt=[0.1, 0.5], duration=60)
    with pytest.raises(RuntimeError, match="above zero"):
        study.run(tmp_path / "out")
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match="above zero"):
        study.run(tmp_path / "out", executor=pool)
    kept = ss.Study(["RS"], schemes=["euler"], dt=[0.1, 0.5], duration=60).run(tmp_path / "out")
    assert kept.kept == len(cells(tmp_path / "out")) - kept.run <= 2


INTERRUPTED = """
import os, pathlib, signal, sys, threading, time
import spikestep as ss

journal = pathlib.Path(sys.argv[1], "journal", "all.log")

def send():
    while not journal.exists() or len(journal.read_text().splitlines()) < 100:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)

study = ss.Study(["RS"], schemes=["euler", "rk4+located"], dt=0.1, inputs=["noise:10:3"], seeds="1..2000", duration=300)
threading.Thread(target=send).start()
try:
    study.run(sys.argv[1])
except KeyboardInterrupt:
    print("interrupted")
# The journal is free again.
print(ss.Study(["RS"], schemes="euler", dt=0.1, inputs=["noise:10:3"], seeds="1..5", duration=300).run(sys.argv[1]).kept)
"""


def test_an_interrupt_keeps_what_is_done(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED, str(tmp_path / "out")], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["interrupted", "5"]
    # It ended before its 4000 cells were done.
    assert 100 <= len(cells(tmp_path / "out")) == len(set(cells(tmp_path / "out"))) < 4000


def test_results_are_drawn_as_medians() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    study = ss.Study(["RS", "FS"], schemes=["euler", "rk4+located"], dt=[0.5, 0.1], inputs=["noise:10:3"], seeds="1..3", duration=100)
    results = study.run()
    axes = results.plot(where={"neuron": "FS"})
    assert [line.get_label() for line in axes.get_lines()] == ["euler", "rk4+located"]
    table = results.to_pandas()
    for line in axes.get_lines():
        rows = table[(table["neuron"] == "FS") & (table["scheme"] == line.get_label())]
        wanted = rows.groupby("dt_ms")["max_spike_time_error_ms"].median()
        assert np.asarray(line.get_xdata()).tolist() == wanted.index.tolist() == [0.1, 0.5]
        assert np.asarray(line.get_ydata()).tolist() == wanted.tolist()
    assert results.plot("dt_ms", "spike_count", series="neuron", ax=axes) is axes
    with pytest.raises(ss.SpikestepError, match="a column is 'error'"):
        results.plot(y="error")


def test_progress_counts_cells(study: ss.Study) -> None:
    told: list[tuple[int, int]] = []
    with ThreadPoolExecutor(2) as pool:
        study.run(executor=pool, progress=lambda done, all: told.append((done, all)))
    assert told and told[-1] == (60, 60) and told == sorted(told)


KILLED = """
import multiprocessing, os, signal, sys
from concurrent.futures import ProcessPoolExecutor
import spikestep as ss

study = ss.Study(["RS"], inputs=["noise:10:3"], seeds="1..60", schemes=["euler", "rk4"], dt="0.05..1:log:6", duration=100)

def told(done, all):
    if done > 100:
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        study.run(sys.argv[1], executor=pool, progress=told)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_workers_that_outlive_a_killed_client_do_not_keep_its_journal(tmp_path: Path) -> None:
    out = tmp_path / "out"
    client = subprocess.Popen([sys.executable, "-c", KILLED, str(out)], stdout=subprocess.PIPE, text=True)
    assert client.stdout is not None
    workers = [int(word) for word in client.stdout.readline().split()]
    assert client.wait(timeout=120) == -signal.SIGKILL and len(workers) == 2
    try:
        study = ss.Study(["RS"], inputs=["noise:10:3"], seeds="1..60", schemes=["euler", "rk4"], dt="0.05..1:log:6", duration=100)
        results = study.run(out)
        assert results.kept > 100 and results.run + results.kept == 720 and len(cells(out)) == 720
    finally:
        for worker in workers:
            os.kill(worker, signal.SIGKILL)


#: 200 problems of 40 cells: 8000 cells, some ten seconds of one core.
MANY = """
import sys
from dask.distributed import Client
import spikestep as ss

study = ss.Study(
    ["RS"], inputs=["noise:10:3"], seeds="1..200", duration=200,
    schemes=["euler", "half-step", "rk4", "rk4+located"], dt="0.05..1:log:10",
)

def told(done, all):
    if done > {stop}:
        import os, signal
        os.kill(os.getpid(), signal.SIGKILL)

with Client(sys.argv[1]) as client:
    results = study.run(sys.argv[2], executor=client, progress=told)
print(results.run, results.kept)
"""


def test_a_cluster_loses_a_worker_and_its_client(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    environment = {**os.environ, "DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "false"}
    processes: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, text=True)
        processes.append(process)
        return process

    scheduler = tmp_path / "scheduler.json"

    def worker() -> subprocess.Popen[str]:
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path)]
        return start("distributed.cli.dask_worker", "--scheduler-file", str(scheduler), *options)

    try:
        start("distributed.cli.dask_scheduler", "--scheduler-file", str(scheduler), "--port", "0", "--no-dashboard")
        victim, _ = worker(), worker()
        with distributed.Client(scheduler_file=str(scheduler), timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
            address = client.scheduler.address
        out = tmp_path / "out"

        def client_process(stop: int) -> subprocess.Popen[str]:
            program = [sys.executable, "-c", MANY.format(stop=stop), address, str(out)]
            return subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=environment)

        first = client_process(3000)
        # Once some cells are there a worker is killed, and later the client kills itself.
        while not (out / "journal" / "all.log").exists() or len(cells(out)) < 800:
            assert first.poll() is None, "the client ended before it had done anything"
            time.sleep(0.05)
        victim.send_signal(signal.SIGKILL)
        worker()
        assert first.wait(timeout=120) == -signal.SIGKILL
        kept = len(cells(out))
        assert 800 < kept < 8000
        second = client_process(10**9)
        output, _ = second.communicate(timeout=120)
        assert second.returncode == 0
        assert [int(word) for word in output.split()] == [8000 - kept, kept]
        assert len(cells(out)) == len(set(cells(out))) == 8000
    finally:
        for process in processes:
            process.kill()
            process.wait()
