"""Machines that die: full disks, killed runs, interrupts, runs that meet."""

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cli_program import PROGRAM
from cli_program import tsshape as run_here
from fork_server import ForkServer
from networks import classifier, draw
from processes import content, started, survivors
from systems import linux_only, mounted
from youku_layout import layout, write

import tsshape
from tsshape import DataError, bench
from tsshape.bench import Suite
from tsshape.report import write_report

pytest.importorskip("resource", reason="Windows has no limits and no such signals")

# Six short runs of a variant and two baselines; kills that come at random hit the start, the measuring or the tables.
SUITE = """
name = "short"
n_runs = 6
[[variants]]
name = "K-means 3"
clusterer = { kind = "kmeans", n_clusters = 3 }
classifier = { kind = "lightgbm" }
regressor = { kind = "median" }
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A data set, a suite and what each verb that writes has written before."""
    folder = tmp_path_factory.mktemp("faults")
    posts = tsshape.simulate_spid(60, n_times=5, random_state=0)
    posts.save(folder / "data")
    (folder / "suite.toml").write_text(SUITE)
    (folder / "net.onnx").write_bytes(classifier())
    (folder / "pictures").mkdir()
    draw(folder / "pictures" / "a.png")
    (folder / "export.csv").write_text("id,day1,day2\na,1,4\nb,2,3\n")
    write(layout(), folder / "youku")
    for verb in ("fit", "predict", "embed", "cluster", "select-k", "explain"):
        run_here(*VERBS[verb], folder=folder)
        shutil.rmtree(folder / "out", ignore_errors=True)
    run_here("predict", "model", FEATURES, "--out", "forecast", folder=folder)
    run_here(*VERBS["report"], folder=folder)
    return folder


CURVES, FEATURES = "data/curves.parquet", "data/features.parquet"
# What is written comes last. "out" is a new folder, all else is there before.
VERBS = {
    "simulate": ("simulate", "--n", "50", "out"),
    "import": ("import", "export.csv", "--out", "out"),
    "fetch": ("fetch", "youku30", "--from", "youku", "--out", "out"),
    "cluster": ("cluster", CURVES, "--k", "2", "--out", "out"),
    "select-k": ("select-k", CURVES, "--k", "1:3", "--criteria", "inertia", "--out", "out"),
    "fit": ("fit", CURVES, FEATURES, "--k", "2", "--out", "model"),
    "predict": ("predict", "model", FEATURES, "--out", "forecast.csv"),
    "predict a folder": ("predict", "model", FEATURES, "--out", "out"),
    "report": ("report", "forecast", "--out", "report.html"),
    "embed": ("embed", "pictures", "--model", "net.onnx", "--cache", "cache", "--out", "visual.parquet"),
    "explain": ("explain", "model", FEATURES, "--figure", "why.png"),
    "bench": ("bench", "suite.toml", "--data", "data", "--jobs", "2", "--out", "out"),
}


def assert_one_message(ended, code, *words):
    assert ended.returncode == code, ended.stderr
    *_, message = ended.stderr.strip().splitlines()
    assert message.startswith("tsshape: error: ")
    assert ended.stderr.count("tsshape: error: ") == 1
    assert "Traceback" not in ended.stderr
    for word in words:
        assert word in message


def wait_for_cells(folder, process, n_cells):
    """Wait until a run has so many records, or has ended."""
    records = folder / "out" / "records.jsonl"
    while process.poll() is None and (not records.exists() or records.read_bytes().count(b"\n") < n_cells):
        time.sleep(0.01)


@pytest.fixture(scope="module")
def forks():
    """Forks that may have limits."""
    with ForkServer() as server:
        yield server


@pytest.mark.parametrize("verb", VERBS)
def test_a_file_that_grows_too_large_leaves_the_old_files_and_one_message(files, forks, verb):
    before = content(files)
    assert_one_message(forks.run(*VERBS[verb], folder=files, largest_file=200), 1, "File too large")
    if verb in {"simulate", "bench"}:
        # Of a folder with several files, those that were whole may be there.
        shutil.rmtree(files / "out")
    assert content(files) == before


@pytest.fixture(scope="module")
def full_disk(tmp_path_factory):
    """A full disk as a folder, forks that see it, and the same folder as this process sees it."""
    disk = tmp_path_factory.mktemp("disk")
    with ForkServer(prefix=mounted(disk, "size=4k", then=f"echo old > {disk}/old.csv")) as server:
        yield disk, server, Path(f"/proc/{server.process.pid}/root{disk}")


@pytest.mark.parametrize("verb", ["import", "predict", "predict a folder", "report", "explain"])
def test_a_full_disk_leaves_the_old_files_and_one_message(files, full_disk, verb):
    disk, forks, seen = full_disk
    *words, out = VERBS[verb]
    out = disk / ("old.csv" if verb == "predict" else out)
    assert_one_message(forks.run(*words, out, folder=files), 1, "No space left on device")
    assert [path.name for path in seen.iterdir()] == ["old.csv"]
    assert (seen / "old.csv").read_text() == "old\n"


@linux_only
@pytest.mark.parametrize("verb", VERBS)
def test_a_folder_that_cannot_be_written_ends_with_code_1_and_one_message(files, verb):
    *words, out = VERBS[verb]
    before = content(files)
    # Nothing can be made in this part of the system's own files, not even by root.
    assert_one_message(run_here(*words, f"/sys/kernel/{out}", folder=files, check=False), 1, f"/sys/kernel/{out}")
    assert content(files) == before


@linux_only
def test_an_output_that_cannot_be_written_ends_with_code_1_and_one_message(files):
    with Path("/dev/full").open("w") as full:
        command = [*PROGRAM, "describe", CURVES]
        ended = subprocess.run(command, cwd=files, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert_one_message(ended, 1, "No space left on device")


@pytest.fixture(scope="module")
def finished(files):
    """The tables of a run that nothing disturbed."""
    tables = json.loads(run_here(*VERBS["bench"], "--jobs", "1", "--json", folder=files).stdout)
    shutil.rmtree(files / "out")
    return tables


def resumed(files):
    """The tables of the run in `out`, once it was resumed to its end."""
    tables = json.loads(run_here(*VERBS["bench"], "--jobs", "1", "--resume", "--json", folder=files).stdout)
    assert {path.name for path in (files / "out").iterdir()} == {
        "suite.toml",
        "environment.json",
        "records.jsonl",
        "benchmark.png",
    }
    shutil.rmtree(files / "out")
    return tables


@pytest.mark.parametrize("n_kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_a_run_that_is_killed_again_and_again_gives_the_tables_of_one_that_is_not(files, finished, n_kills):
    draw = random.Random(n_kills)  # noqa: S311
    for kill in range(n_kills):
        with started(files, *VERBS["bench"], "--resume") as process:
            # Half of the kills come at any time from the start on, half once cells were measured.
            wait_for_cells(files, process, draw.randrange(3 * kill + 1) if kill % 2 else 0)
            time.sleep(draw.uniform(0, 0.5 if kill % 2 else 4))
            process.kill()
            process.communicate()
        assert survivors(files) == []
        assert_readable(files / "out", files / "report.html")
    assert resumed(files) == finished


def assert_readable(folder, report):
    """What a killed run has left is read before it goes on, or it is said that there is nothing yet."""
    records, cells = folder / "records.jsonl", []
    if records.exists():
        cells = [json.loads(line) for line in records.read_bytes().split(b"\n")[:-1]]
        assert bench.read_run(folder).records == cells
    nothing = pytest.raises(DataError, match=r"not a run folder|not a folder of|no finished cell|nothing to compare")
    for ask in (lambda: bench.compare([folder]), lambda: write_report(folder, report)):
        with nullcontext() if len({cell["variant"] for cell in cells}) > 1 else nothing:
            ask()
    report.unlink(missing_ok=True)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_and_its_processes_and_the_run_can_go_on(files, finished, number, code):
    with started(files, *VERBS["bench"]) as process:
        wait_for_cells(files, process, 2)
        # Ctrl-C on a terminal reaches every process of the group.
        os.killpg(process.pid, number) if number is signal.SIGINT else process.send_signal(number)
        _, printed = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in printed
    assert printed.strip().endswith(f"tsshape: error: stopped by {signal.Signals(number).name}")
    assert survivors(files) == []
    assert 2 <= (files / "out" / "records.jsonl").read_bytes().count(b"\n") < 18
    assert resumed(files) == finished


def test_a_signal_ends_a_clustering_and_leaves_nothing(tmp_path):
    curves = pd.DataFrame(np.random.default_rng(0).random((6000, 60)).cumsum(axis=1), columns=range(1, 61))
    curves.set_axis([f"p{i}" for i in range(6000)]).rename_axis("id").rename(columns=str).to_parquet(
        tmp_path / "c.parquet"
    )
    command = ("cluster", "c.parquet", "--metric", "dtw", "--n-init", "50", "--out", "out")
    with started(tmp_path, *command) as process:
        time.sleep(6)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert [path.name for path in tmp_path.iterdir()] == ["c.parquet"]


def test_a_second_run_on_a_folder_is_refused_and_names_the_first(files, finished):
    refused = []

    def meet(done, _total):
        if done == 1:
            others = (VERBS["bench"], (*VERBS["bench"], "--resume"))
            refused.extend(run_here(*words, folder=files, check=False) for words in others)

    posts, suite = tsshape.load_dataset(files / "data"), bench.load_suite(files / "suite.toml")
    records = bench.run(suite, posts, files / "out", on_cell=meet)
    assert len(refused) == 2
    for ended in refused:
        assert_one_message(ended, 2, f"process {os.getpid()}")
    assert len(records) == 18
    assert resumed(files) == finished


def test_a_process_that_is_killed_fails_its_cell_and_the_rest_goes_on(tmp_path):
    posts = tsshape.simulate_spid(60, n_times=5, random_state=0)
    suite = Suite.model_validate({"name": "short", "n_runs": 4, "variants": []})
    whole = bench.run(suite, posts, tmp_path / "whole")

    def kill_one(done, _total):
        if done == 1:
            multiprocessing.active_children()[0].kill()

    records = bench.run(suite, posts, tmp_path / "run", n_jobs=2, on_cell=kill_one)
    assert [(record["run"], record["variant"]) for record in records] == [
        (record["run"], record["variant"]) for record in whole
    ]
    assert [record["error"] for record in records if "error" in record] == [
        "RuntimeError: its process was killed by SIGKILL"
    ]
    for record, other in zip(records, whole, strict=True):
        assert "error" in record or {**record, "seconds": 0} == {**other, "seconds": 0}
    assert multiprocessing.active_children() == []
