"""`tsshape cluster --scheduler` when something ends in the middle: one message, and nothing half-written."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from cli_program import PROGRAM
from cli_program import tsshape as program
from systems import posix_only

import tsshape
from tsshape.data import write_table

pytestmark = [pytest.mark.slow, posix_only]

# A distance that is computed on a worker does what a test wants; `reached` tells the test that it is.
PLUGIN = """
import os, signal, sys, time
from pathlib import Path
import numpy as np
from tsshape.metrics import register_metric

@register_metric("half", route="batch")
def half(X, Y):
    if "distributed.worker" in sys.modules and is_worker():
        Path({reached!r}).touch()
        {action}
    return np.abs(X[:, None] - Y[None]).sum(axis=2) / 2

def is_worker():
    from distributed import get_worker
    try:
        get_worker()
    except ValueError:
        return False
    return True
"""
# Holds a scheduler and two workers.
HOLDER = """
import sys, time
from distributed import LocalCluster
if __name__ == "__main__":
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50)
    print(cluster.scheduler_address, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with `posts` in two parts."""
    curves = tsshape.simulate_spid(60, n_times=6, random_state=0).curves.rename_axis("id")
    (tmp_path / "posts").mkdir()
    for number, rows in enumerate(np.array_split(np.arange(len(curves)), 2)):
        write_table(curves.iloc[rows], tmp_path / "posts" / f"part-{number:05d}.parquet")
    return tmp_path


@pytest.fixture
def cluster(tmp_path):
    """The process of a scheduler with its workers, and the address."""
    holder = tmp_path / "holder.py"
    holder.write_text(HOLDER)
    process = subprocess.Popen([sys.executable, holder], stdout=subprocess.PIPE, text=True, start_new_session=True)
    yield process, process.stdout.readline().strip()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def options(folder, address, action="time.sleep(20)"):
    """The options of a verb whose metric acts so on the workers."""
    plugin = folder / "half.py"
    plugin.write_text(PLUGIN.format(reached=str(folder / "reached"), action=action))
    return ["--scheduler", address, "--jobs", "2", "--plugin", str(plugin), "--metric", "half", "--k", "2"]


def start(folder, address):
    """Start the program, and wait until a worker computes a distance."""
    command = [*PROGRAM, "cluster", "posts", *options(folder, address), "--out", "out"]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not (folder / "reached").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    return process


def left_over(folder):
    """What a run has left beside what there was before."""
    return [path.name for path in folder.iterdir() if "out" in path.name]


def test_a_lost_scheduler_ends_the_run_with_one_message(folder, cluster):
    holder, address = cluster
    process = start(folder, address)
    assert len(left_over(folder)) == 2
    os.kill(holder.pid, signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.splitlines()[-1] == f"tsshape: error: {address}: the connection to the Dask scheduler was lost"
    assert "Traceback" not in said
    assert left_over(folder) == []


@pytest.mark.parametrize("where", ["local", "cluster"])
def test_ctrl_c_ends_the_run_with_one_message(folder, where, request):
    address = "local" if where == "local" else request.getfixturevalue("cluster")[1]
    process = start(folder, address)
    # As a terminal does: to all processes of the program.
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.splitlines()[-1] == "tsshape: error: stopped by SIGINT"
    assert "Traceback" not in said
    assert left_over(folder) == []


def test_what_a_killed_run_has_left_is_removed_by_the_next(folder, cluster):
    process = start(folder, cluster[1])
    process.kill()
    process.communicate()
    assert len(left_over(folder)) == 2
    program("cluster", "posts", "--k", 2, "--scheduler", "local", "--jobs", 1, "--out", "out", folder=folder)
    assert left_over(folder) == ["out"]


def test_workers_that_die_again_and_again_are_told_of_with_a_size_of_blocks(folder):
    arguments = options(folder, "local", action="os.kill(os.getpid(), signal.SIGKILL)")
    ended = program("cluster", "posts", *arguments, "--block-rows", 20, "--out", "out", folder=folder, check=False)
    assert ended.returncode == 1
    said = ended.stderr.splitlines()[-1]
    assert said.startswith("tsshape: error: there is not enough memory: 4 workers died in the same task")
    assert "take blocks of 8 rows instead of 15 (--block-rows" in said
    assert left_over(folder) == []
