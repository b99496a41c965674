"""`import` and `fetch` that are killed at random moments, or meet another one on the same folder."""

import os
import random
import shutil
import subprocess
import time
from functools import partial

import numpy as np
import pytest
from cli_program import PROGRAM
from cli_program import tsshape as run_here
from youku_layout import git_hash, layout, listing, served

N_KILLS = 20


@pytest.fixture(scope="module")
def export():
    """An export of 20,000 posts, which takes a second or two."""
    counts = np.random.default_rng(0).integers(0, 50, (20_000, 30)).cumsum(axis=1)
    header = ",".join(["id", "likes", *(f"day{day}" for day in range(1, 31))])
    return header + "\n" + "".join(f"p{row},{row % 7},{','.join(map(str, each))}\n" for row, each in enumerate(counts))


def content(folder):
    """The bytes of every file below a folder, by path."""
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def killed(seconds, *arguments, folder):
    """Run the program, and kill it after some seconds; whether it had ended before."""
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(folder),
    )
    time.sleep(seconds)
    ended = process.poll() is not None
    process.kill()
    process.wait()
    return ended


def environment(folder):
    """The environment of a process whose cache is in a folder, and that asks no proxy."""
    return os.environ | {"XDG_CACHE_HOME": str(folder / "cache"), "NO_PROXY": "*"}


def visible(folder):
    """What a folder shows."""
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def survives_kills(command, folder, *, before, seconds):
    """Kill a command that writes `out` at random moments: there is all of it or nothing, and then it does its work."""
    draw = random.Random(0)  # noqa: S311
    out = folder / "out"
    subprocess.run([*PROGRAM, *command], cwd=folder, check=True, capture_output=True, env=environment(folder))
    whole = content(out)
    n_early = 0
    shutil.rmtree(out)
    for _ in range(N_KILLS):
        n_early += not killed(draw.uniform(0.3, seconds), *command, folder=folder)
        assert visible(folder) <= before | {"out"}
        if out.exists():
            assert content(out) == whole
            shutil.rmtree(out)
    assert n_early > N_KILLS // 4
    subprocess.run([*PROGRAM, *command], cwd=folder, check=True, capture_output=True, env=environment(folder))
    assert content(out) == whole
    assert {path.name for path in folder.iterdir()} == before | {"out"}


@pytest.mark.slow
def test_twenty_kills_of_an_import_leave_all_or_nothing(export, tmp_path):
    (tmp_path / "export.csv").write_text(export)
    survives_kills(("import", "export.csv", "--out", "out"), tmp_path, before={"export.csv"}, seconds=2.5)


@pytest.mark.slow
def test_twenty_kills_of_a_fetch_leave_all_or_nothing_and_a_cache_of_whole_files(tmp_path):
    files = layout(["2015-12-16"])
    files |= {"files.tsv": listing(files)}
    cache = tmp_path / "cache" / "tsshape" / "downloads"
    with served(files, pause=0.1) as (address, _):
        command = ("fetch", "youku30", "--from", address, "--out", "out")
        survives_kills(command, tmp_path, before={"cache"}, seconds=2.5)
    known = {git_hash(content) for content in files.values()}
    assert {path.name for path in cache.iterdir()} < known


@pytest.mark.slow
def test_kills_of_an_import_into_a_folder_that_is_there_leave_whole_files(export, tmp_path):
    """Its files come one by one, each whole; the next import says that the folder is not empty, or does its work."""
    (tmp_path / "export.csv").write_text(export)
    command = ("import", "export.csv", "--out", "out")
    run_here(*command, folder=tmp_path)
    whole = content(tmp_path / "out")
    draw = random.Random(1)  # noqa: S311
    for _ in range(N_KILLS // 2):
        shutil.rmtree(tmp_path / "out")
        (tmp_path / "out").mkdir()
        killed(draw.uniform(0.5, 2.5), *command, folder=tmp_path)
        found = {path: bytes_ for path, bytes_ in content(tmp_path / "out").items() if ".tsshape-" not in str(path)}
        assert found.items() <= whole.items()
        ended = run_here(*command, folder=tmp_path, check=False)
        if found:
            assert ended.returncode == 2
            assert "out is not an empty folder" in ended.stderr
        else:
            assert content(tmp_path / "out") == whole


@pytest.mark.parametrize("verb", ["import", "fetch"])
def test_two_at_once_into_one_folder_are_one_whole_folder_and_one_message(verb, tmp_path, monkeypatch):
    """The second begins when the first one has nearly ended, and is the faster one."""
    (tmp_path / "export.csv").write_text("id,day1,day2\na,1,4\nb,2,3\n")
    for path, text in layout(["2015-12-16"]).items():
        (tmp_path / "youku" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "youku" / path).write_bytes(text)
    command = {"import": ("import", "export.csv"), "fetch": ("fetch", "youku30", "--from", "youku")}[verb]
    module = {"import": "tsshape.data._export._write", "fetch": "tsshape.data._fetch._fetch"}[verb]
    run_here(*command, "--out", "alone", folder=tmp_path)
    met = []

    def write_text(*arguments, original):
        if not met:
            met.append(True)
            run_here(*command, "--out", "out", folder=tmp_path)
        original(*arguments)

    import tsshape._files  # noqa: PLC0415

    monkeypatch.setattr(f"{module}.write_text", partial(write_text, original=tsshape._files.write_text))
    ended = run_here(*command, "--out", "out", folder=tmp_path, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("tsshape: error: ")
    assert "out" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert content(tmp_path / "out") == content(tmp_path / "alone")
    assert {path.name for path in tmp_path.iterdir()} == {"export.csv", "youku", "alone", "out"}
