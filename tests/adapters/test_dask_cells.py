"""The cells of a benchmark as tasks of two worker processes, some of which are killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from threading import Thread

import dask
import pytest
from cli_program import PROGRAM, tsshape
from distributed import LocalCluster

from tsshape import DataError, bench
from tsshape.adapters.dask import measure_cells, open_scheduler
from tsshape.metrics import load_plugin

LARGE = "distributed.admin.large-graph-warning-threshold"
PLUGIN = """
import os
import signal

from sklearn.cluster import KMeans
from tsshape.cluster import register_clusterer
from tsshape.metrics import register_metric


@register_metric("half")
def half(x, y, params):
    total = 0.0
    for day in range(len(x) // 2):
        total += abs(x[day] - y[day])
    return total


@register_clusterer("deadly")
class Deadly(KMeans):
    \"\"\"Kills its process.\"\"\"

    def fit(self, X, y=None, sample_weight=None):
        os.kill(os.getpid(), signal.SIGKILL)
"""
VARIANT = """
[[variants]]
name = "{name}"
clusterer = {{ kind = {kind}, n_clusters = {n_clusters} }}
classifier = {{ kind = "majority" }}
regressor = {{ kind = "lightgbm" }}
"""
KINDS = {
    "two": ('"kmeans"', 2),
    "too many": ('"kmeans"', 500),
    "half": ('"agglomerative", metric = "half"', 2),
    "deadly": ('"deadly"', 2),
}


def write_suite(path, *names, n_runs=2):
    variants = "".join(VARIANT.format(name=name, kind=KINDS[name][0], n_clusters=KINDS[name][1]) for name in names)
    path.write_text(f'name = "{path.stem}"\nn_runs = {n_runs}\n[simulation]\nn_posts = 60\n{variants}')
    return path


def read(out):
    """The records of a folder without what differs from one run to the next, by what they measure."""
    return {
        (record["run"], record["variant"]): repr(
            {name: value for name, value in sorted(record.items()) if name not in {"seconds", "traceback", "key"}}
        )
        for record in bench.read_run(out).records
    }


@pytest.fixture(scope="module")
def cluster():
    """Two workers; a task is given up when the second one has died in it. Much less than usual is a large graph."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1, LARGE: "10kB"}),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster,
    ):
        yield cluster


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a plug-in and a suite."""
    folder = tmp_path_factory.mktemp("cells")
    (folder / "mine.py").write_text(PLUGIN)
    write_suite(folder / "suite.toml", "two", "too many", "half")
    return folder


@pytest.fixture(scope="module")
def alone(folder):
    """The records of a run in one process."""
    tsshape(
        "bench",
        folder / "suite.toml",
        "--jobs",
        1,
        "--plugin",
        folder / "mine.py",
        "--out",
        folder / "alone",
        check=False,
    )
    records = bench.read_run(folder / "alone").records
    assert {record["variant"] for record in records if bench.is_failed(record)} == {"too many"}
    return read(folder / "alone")


def wait_for_cells(out, n_cells):
    """Wait until so many cells are in a run folder."""
    records = out / "records.jsonl"
    while not (records.exists() and len(records.read_text().splitlines()) >= n_cells):
        time.sleep(0.02)


def test_cells_on_workers_have_the_bits_of_one_process_though_a_worker_is_killed(cluster, folder, alone, tmp_path):
    out, pid = tmp_path / "run", cluster.workers[0].pid

    def kill():
        wait_for_cells(out, 3)
        os.kill(pid, signal.SIGKILL)

    Thread(target=kill, daemon=True).start()
    options = ("--scheduler", cluster.scheduler_address, "--plugin", folder / "mine.py", "--out", out)
    done = tsshape("bench", folder / "suite.toml", *options, check=False)
    assert read(out) == alone
    assert cluster.workers[0].pid != pid
    assert done.returncode == 1
    assert "10/10 cells" in done.stderr
    assert "tsshape: error: 2 of 10 cells failed; --resume tries them again" in done.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("clean_registry")
def test_a_cell_that_kills_its_workers_fails_and_the_others_go_on(cluster, folder, alone, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    load_plugin(folder / "mine.py")
    suite = write_suite(tmp_path / "deadly.toml", "half", "deadly", "two", n_runs=1)
    with open_scheduler(cluster.scheduler_address):
        records = bench.run(suite, None, tmp_path / "run", measure_cells=measure_cells)
    assert [(record["variant"], record["error"]) for record in records if bench.is_failed(record)] == [
        ("deadly", "RuntimeError: each of the 2 workers that it was given to died")
    ]
    found = read(tmp_path / "run")
    del found[0, "deadly"]
    assert found == {key: alone[key] for key in found}
    assert len(found) == 4


def test_cells_without_a_client_are_refused(tmp_path):
    suite = write_suite(tmp_path / "plain.toml", "two")
    with pytest.raises(DataError, match="no Dask client"):
        bench.run(suite, None, tmp_path / "run", measure_cells=measure_cells)


@pytest.mark.slow
def test_a_lost_scheduler_is_one_message_and_the_run_is_resumed(folder, alone, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    host, port = address.split(":")
    plain = ("--no-dashboard",)
    commands = [
        ("dask_scheduler", "--host", host, "--port", port, *plain),
        *[("dask_worker", address, "--nthreads", "1", "--local-directory", tmp_path, *plain)] * 2,
    ]
    out = tmp_path / "run"
    verb = ["bench", folder / "suite.toml", "--plugin", folder / "mine.py", "--out", out]
    cluster = [
        subprocess.Popen([sys.executable, "-m", f"distributed.cli.{name}", *words], stderr=subprocess.DEVNULL)
        for name, *words in commands
    ]
    try:
        program = subprocess.Popen(
            [*PROGRAM, *verb, "--scheduler", f"tcp://{address}"], stderr=subprocess.PIPE, text=True
        )
        wait_for_cells(out, 3)
        cluster[0].kill()
        _, printed = program.communicate()
    finally:
        for process in cluster:
            process.terminate()
            process.wait()
    assert program.returncode == 1
    assert [line for line in printed.splitlines() if "error" in line or "Traceback" in line] == [
        f"tsshape: error: tcp://{address}: the connection to the Dask scheduler was lost"
    ]
    assert 3 <= len(read(out)) < 10
    tsshape(*verb, "--resume", "--jobs", 1, check=False)
    assert read(out) == alone
