"""Containers: a home and a temporary folder that cannot be written are in no verb's way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from systems import linux_only, mounted

# All verbs that read or write files, one after another, in a process that has the environment from its start on.
PROGRAM = """
import json, sys, tempfile
from pathlib import Path
from cli_program import tsshape

if "--no-temporary-folder" in sys.argv:
    tempfile._candidate_tempdir_list = lambda: ["/proc/none"]

folder = Path(sys.argv[1])
(folder / "export.csv").write_text("id,day1,day2\\na,1,4\\nb,2,3\\n")

def run(*words):
    ended = tsshape(*words, folder=folder, check=False)
    print(json.dumps([words[0], ended.returncode, ended.stderr, ended.stdout]), flush=True)

run("simulate", "data", "--n", "60")
run("describe", "data")
run("import", "export.csv", "--out", "imported")
# Learning from text imports skrub, which imports pyplot.

import pandas
posts = pandas.read_parquet(folder / "data" / "features.parquet").iloc[:, :3]
posts.assign(title=[f"{i % 7} words about {i}" for i in range(60)]).to_csv(folder / "posts.csv")
run("fit", "data", "posts.csv", "--k", "2", "--no-in-flight", "--no-intervals", "--out", "model")
run("predict", "model", "posts.csv", "--out", "forecast")
run("explain", "model", "posts.csv", "--figure", "why.png")
run("report", "forecast", "--out", "report.html")
run("doctor", "--json")
if "--all" in sys.argv:
    run("cluster", "data", "--metric", "dtw", "--k", "2", "--out", "clusters")
    run("select-k", "data", "--k", "1:3", "--criteria", "inertia", "--out", "choice")
    run("bench", "smoke", "--n-train", "40", "--runs", "1", "--jobs", "2", "--out", "run")
    run("compare", "run")
    run("rank", "data")
    run("metrics")
"""


def verbs(folder, *options, prefix=(), **variables):
    """How the verbs end, by name: exit code, errors and output; files are in the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "MPL"))}
    paths = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2])])
    command = [*prefix, sys.executable, "-W", "error", "-c", PROGRAM, folder, *options]
    ended = subprocess.run(
        command, env={**kept, "PYTHONPATH": paths, **variables}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return {name: rest for name, *rest in map(json.loads, ended.stdout.splitlines())}


def assert_all_worked(found):
    assert {name: code for name, (code, *_) in found.items()} == dict.fromkeys(found, 0), found
    assert not any("folder" in errors or "director" in errors for _, errors, _ in found.values())


@linux_only
def test_a_home_and_a_temporary_folder_that_are_not_there_are_in_no_verbs_way(tmp_path):
    # Kernels are kept where they are, so that they need not be compiled here: `tests/kernels` shows that they could.
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    found = verbs(tmp_path, HOME="/proc/none", TMPDIR="/dev/null", XDG_CACHE_HOME=str(cache))
    assert_all_worked(found)
    assert {path.name for path in tmp_path.iterdir()} >= {"imported", "model", "forecast", "why.png", "report.html"}


@linux_only
@pytest.mark.slow
@pytest.mark.parametrize("home", ["missing", "a file", "empty", "read-only", "full"])
def test_every_verb_works_whatever_home_and_temporary_folder_are(tmp_path, home):
    place, folder, prefix = tmp_path / "home", tmp_path / "folder", ()
    folder.mkdir()
    if home == "a file":
        place.touch()
    elif home != "missing":
        place.mkdir()
    if home == "missing":
        place = Path("/proc/none")
    elif home == "read-only":
        prefix = mounted(place, "ro")
    elif home == "full":
        prefix = mounted(place, "size=64k", then=f"dd if=/dev/zero of={place}/file 2>/dev/null || true")
    assert_all_worked(verbs(folder, "--all", prefix=prefix, HOME=str(place), TMPDIR=str(place)))
    if home == "empty":
        assert {path.name for path in place.iterdir()} <= {".cache", ".config"}


@linux_only
@pytest.mark.slow
def test_where_nothing_can_be_written_a_verb_says_so_in_one_line(tmp_path):
    found = verbs(tmp_path, "--all", "--no-temporary-folder", HOME="/proc/none")
    for verb, (code, errors, _) in found.items():
        lines = [line for line in errors.splitlines() if line.startswith("tsshape: error: ")]
        if verb in {"fit", "explain", "cluster", "select-k", "bench"}:
            assert code == 1
            assert "/proc/none" in lines[0]
        else:
            assert len(lines) == (code != 0)
    folders = json.loads(found["doctor"][2])["folders"]
    assert all(text.startswith("none: ") and "/proc/none" in text for text in folders.values())
