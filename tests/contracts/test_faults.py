"""Machines that die: full disks, kills, interrupts, runs that meet, too little memory."""

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cli_program import PROGRAM
from cli_program import tsshape as run_here
from fork_server import ForkServer
from networks import classifier, draw
from systems import linux_only
from youku_layout import layout

import tsshape
from tsshape import DataError, bench
from tsshape.bench import Suite
from tsshape.report import write_report

resource = pytest.importorskip("resource", reason="Windows has no limits and no such signals")

# Three short runs; kills that come at random hit the start, the measuring or the tables.
SUITE = """
name = "short"
n_runs = 6
[[variants]]
name = "K-means 3"
clusterer = { kind = "kmeans", n_clusters = 3 }
classifier = { kind = "lightgbm" }
regressor = { kind = "median" }
"""
GIB = 2**30


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
    for path, text in layout().items():
        (folder / "youku" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "youku" / path).write_bytes(text)
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


@contextmanager
def started(folder, *arguments):
    """The program in a folder, in a process group of its own that ends with the block; its processes are marked."""
    # Where the tests run in the background of a shell, Ctrl-C is ignored, and the program would ignore it too.
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TSSHAPE_TEST_FOLDER": str(folder)},
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, earlier)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def survivors(folder):
    """The processes that were started for a folder and live, once they had the time to end; only Linux shows them."""
    mark = f"TSSHAPE_TEST_FOLDER={folder}".encode()
    for _ in range(100):
        alive = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in path.read_bytes().split(b"\0"):
                    alive.append(path.parent.name)
            except OSError:
                continue
        if not alive:
            return []
        time.sleep(0.1)
    return alive


def content(folder):
    """Every file below a folder by its path, with its bytes."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


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
    script = f"mount -t tmpfs -o size=4k tmpfs {disk} && echo old > {disk}/old.csv"
    command = ["unshare", "-m", "sh", "-c", script]
    if shutil.which("unshare") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a disk is not permitted here")
    with ForkServer(prefix=("unshare", "-m", "sh", "-c", f'{script} && exec "$0" "$@"')) as server:
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


@pytest.mark.parametrize("n_kills", [3, pytest.param(20, marks=pytest.mark.slow)])
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


@pytest.fixture(scope="module")
def large(tmp_path_factory, files):
    """As `files`, of so many posts that the folders take a while."""
    folder = tmp_path_factory.mktemp("large")
    shutil.copy(files / "model", folder)
    shutil.copytree(files / "youku", folder / "youku")
    features = pd.read_parquet(files / FEATURES)
    posts = pd.concat([features] * 500, ignore_index=True).rename_axis("id")
    posts.set_axis(posts.index.map("p{}".format)).to_csv(folder / "posts.csv")
    curves = pd.DataFrame(np.arange(1, 31).cumsum() * np.ones((20_000, 1)), columns=range(1, 31)).add_prefix("day")
    curves.rename_axis("id").to_csv(folder / "export.csv")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["predict a folder", "import", "fetch"])
def test_a_folder_is_whole_or_not_there_whenever_its_writer_is_killed(large, verb):
    words = [word if word != FEATURES else "posts.csv" for word in VERBS[verb]]
    start = time.monotonic()
    with started(large, *words) as process:
        process.communicate()
    seconds, out = time.monotonic() - start, large / "out"
    whole, beside = content(out), {path.name for path in large.iterdir()}
    assert whole
    draw, n_left = random.Random(verb), 0  # noqa: S311
    for kill in range(20):
        shutil.rmtree(out, ignore_errors=True)
        with started(large, *words) as process:
            # Half of the kills come at any time from the start on, half once something is written.
            while kill % 2 and process.poll() is None and not [*large.glob(".out.tsshape-*/content/*")]:
                time.sleep(0.001)
            time.sleep(draw.uniform(0, seconds / 4 if kill % 2 else seconds))
            process.kill()
            process.communicate()
        assert content(out) == (whole if out.exists() else {})
        n_left += any(large.glob(".out.tsshape-*"))
    assert n_left
    shutil.rmtree(out, ignore_errors=True)
    run_here(*words, folder=large)
    assert content(out) == whole
    assert {path.name for path in large.iterdir()} == beside
    shutil.rmtree(out)


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


def under_memory(code, limit):
    """Run Python code that may take so much memory."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_AS, (limit, limit)),
    )


@linux_only
def test_a_square_of_60000_curves_is_refused_with_its_size_under_4_gib():
    code = """
import numpy as np
from tsshape.metrics import pairwise
pairwise(np.random.default_rng(0).random((60_000, 30)))
"""
    ended = under_memory(code, 4 * GIB)
    assert "DataError: the 60,000 x 60,000 matrix of distances takes 26.82 GiB, more than the limit of 2 GiB" in (
        ended.stderr
    )


@linux_only
@pytest.mark.slow
def test_60000_curves_are_clustered_and_scored_in_blocks_under_4_gib():
    code = """
import numpy as np
from tsshape.cluster import ShapeKMedoids, silhouette
X = np.random.default_rng(0).random((60_000, 30), dtype=np.float32)
labels = ShapeKMedoids(3, n_init=1, random_state=0).fit(X).labels_
print(silhouette(X, labels))
"""
    ended = under_memory(code, 4 * GIB)
    assert ended.returncode == 0, ended.stderr
    assert -1 < float(ended.stdout) < 1
