"""Studies on a real Slurm on this machine, which `apt-get install munge slurmctld slurmd slurm-client` and `pip install dask-jobqueue` bring.

It needs root, and is run by hand: `SPIKESTEP_SLURM=1 pytest tests/test_slurm.py`.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import spikestep as ss

ROOT = Path(__file__).resolve().parents[2]

CONFIGURATION = """
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,bf_interval=1
MinJobAge=300
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=4000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def slurm() -> Iterator[Path]:
    """munged, slurmctld and slurmd on this machine, with their files in a folder of their own."""
    missing = [program for program in ("munged", "slurmctld", "slurmd", "sbatch") if shutil.which(program) is None]
    if not os.environ.get("SPIKESTEP_SLURM") or missing:
        pytest.skip(f"run by hand: SPIKESTEP_SLURM=1 pytest {Path(__file__).name} (missing: {missing})")
    # Paths of sockets are short, and munge wants folders that nobody else writes.
    folder = Path("/var/tmp") / f"spikestep-slurm-{os.getpid()}"
    for name in ("state", "spool"):
        (folder / name).mkdir(parents=True)
    folder.chmod(0o755)
    key = folder / "munge.key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o600)
    configuration = folder / "slurm.conf"
    configuration.write_text(CONFIGURATION.format(host=socket.gethostname(), folder=folder, ports=(_port(), _port())))
    before = os.environ.get("SLURM_CONF")
    os.environ["SLURM_CONF"] = str(configuration)
    options = [f"--{name}={folder}/munge.{name}" for name in ("socket", "pid-file", "log-file", "seed-file")]
    processes = [subprocess.Popen(["munged", "--foreground", "--force", f"--key-file={key}", *options])]
    try:
        _until(lambda: (folder / "munge.socket").exists())
        processes += [subprocess.Popen([program, "-D"], stderr=subprocess.DEVNULL) for program in ("slurmctld", "slurmd")]
        _until(lambda: "idle" in subprocess.run(["sinfo", "-h", "-o", "%t"], capture_output=True, text=True).stdout)
        yield folder
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)
        if before is None:
            del os.environ["SLURM_CONF"]


def _until(holds: object, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "Slurm does not come up"
        time.sleep(0.3)


def _study(folder: Path, seeds: str) -> ss.Study:
    study = ss.Study(
        ["RS"], inputs=["noise:10:3"], seeds=seeds, duration=200, schemes=["euler", "rk4+located"], dt="0.05..1:log:5"
    )
    path = folder / "study.toml"
    path.write_text(study.source)
    return ss.Study.from_toml(path)


def test_a_job_array_is_stopped_requeued_and_merged(slurm: Path, program: str, tmp_path: Path) -> None:
    study, out = _study(tmp_path, "1..800"), tmp_path / "out"
    recipe = ROOT / "experiments/studies/recipes/slurm_array.sh"
    environment = {"STUDY": str(study.path), "OUT": str(out), "SPIKESTEP": program}
    options = ["--array=1-2", "--cpus-per-task=1", "--mem-per-cpu=500", "--wait", f"--output={tmp_path}/%A_%a.log", "--open-mode=append"]
    exported = ",".join(["ALL", *(f"{name}={value}" for name, value in environment.items())])
    waiting = subprocess.Popen(["sbatch", *options, f"--export={exported}", str(recipe)], stdout=subprocess.PIPE, text=True)
    # One task is asked to stop in the middle, as at the end of its time; the recipe puts it into the queue again.
    journal = out / "journal" / "1-of-2.log"
    _until(lambda: journal.exists() and journal.read_text().count("\n") > 100)
    assert waiting.stdout is not None
    job = waiting.stdout.readline().split()[-1]
    subprocess.run(["scancel", "--batch", "--signal=TERM", f"{job}_1"], check=True)
    assert waiting.wait(timeout=300) == 0, "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert journal.read_text().count(" r {") == 2, "the first task was not stopped before its end"
    subprocess.run([program, "merge", str(study.path), "--out", str(out), "--quiet"], check=True)
    alone = study.run(tmp_path / "alone")
    assert alone.run == 8000
    assert (out / "results.csv").read_bytes() == (tmp_path / "alone" / "results.csv").read_bytes()


def test_dask_on_slurm(slurm: Path, tmp_path: Path) -> None:
    jobqueue = pytest.importorskip("dask_jobqueue")
    distributed = pytest.importorskip("distributed")
    study = _study(tmp_path, "1..200")
    options = {"cores": 1, "processes": 1, "memory": "500MB", "walltime": "00:10:00", "python": sys.executable}
    with jobqueue.SLURMCluster(**options, log_directory=str(tmp_path), local_directory=str(tmp_path)) as cluster:
        cluster.scale(jobs=2)
        with distributed.Client(cluster) as client:
            client.wait_for_workers(2, timeout=120)
            results = study.run(tmp_path / "out", executor=client)
    assert results.run == 2000
    study.run(tmp_path / "alone")
    assert (tmp_path / "out" / "results.csv").read_bytes() == (tmp_path / "alone" / "results.csv").read_bytes()
