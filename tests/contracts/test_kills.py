"""Verbs that are killed at random moments, or meet another one on the same folder: their output is whole, or not there.

Benchmarks, which can go on, are killed in `test_faults.py`.
"""

import random
import shutil
import time
from functools import partial

import numpy as np
import pandas as pd
import pytest
from cli_program import tsshape as run_here
from processes import content, started
from systems import posix_only
from youku_layout import git_hash, layout, listing, served, write

import tsshape

N_KILLS = 20
IMPORT = ("import", "export.csv", "--out", "out")
VERBS = {
    "predict a folder": ("predict", "model", "posts.csv", "--out", "out"),
    "import": IMPORT,
    "fetch": ("fetch", "youku30", "--from", "youku", "--out", "out"),
}


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A model, and so many posts that folders take a while to write."""
    folder = tmp_path_factory.mktemp("large")
    tsshape.simulate_spid(60, n_times=5, random_state=0).save(folder / "data")
    run_here("fit", "data/curves.parquet", "data/features.parquet", "--k", "2", "--out", "model", folder=folder)
    posts = pd.concat([pd.read_parquet(folder / "data" / "features.parquet")] * 500, ignore_index=True)
    posts.set_axis(posts.index.map("p{}".format)).rename_axis("id").to_csv(folder / "posts.csv")
    curves = pd.DataFrame(np.random.default_rng(0).integers(0, 50, (20_000, 30)).cumsum(axis=1), columns=range(1, 31))
    export = curves.add_prefix("day").assign(likes=curves.index % 7).set_axis(curves.index.map("p{}".format))
    export.rename_axis("id").to_csv(folder / "export.csv")
    write(layout(), folder / "youku")
    return folder


def killed(folder, *words, seconds, writing=False):
    """Kill a command after some seconds, which may begin when its first file is there; whether it had not yet ended."""
    with started(folder, *words) as process:
        while writing and process.poll() is None and not [*folder.glob(".out.tsshape-*/content/*")]:
            time.sleep(0.001)
        time.sleep(seconds)
        early = process.poll() is None
        process.kill()
        process.communicate()
    return early


def kills(folder, *words):
    """Kill a command that writes `out` at random moments: there is all of it or nothing, and then it does its work.

    After each kill it yields whether the command had not yet ended.
    """
    start = time.monotonic()
    with started(folder, *words) as process:
        _, printed = process.communicate()
    seconds, out = time.monotonic() - start, folder / "out"
    whole, beside = content(out), {path.name for path in folder.iterdir()}
    assert whole, printed
    draw = random.Random(words[0])  # noqa: S311
    for kill in range(N_KILLS):
        shutil.rmtree(out, ignore_errors=True)
        # Half of the kills come at any time from the start on, half once something is written, some of these at once.
        late = kill % 2 == 1
        latest = 0 if kill % 4 == 1 else seconds / 4 if late else seconds
        early = killed(folder, *words, seconds=draw.uniform(0, latest), writing=late)
        assert content(out) == (whole if out.exists() else {})
        assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} <= beside
        yield early
    shutil.rmtree(out, ignore_errors=True)
    run_here(*words, folder=folder)
    assert content(out) == whole
    assert {path.name for path in folder.iterdir()} == beside
    shutil.rmtree(out)


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
def test_a_folder_is_whole_or_not_there_whenever_its_writer_is_killed(large, verb):
    left = [any(large.glob(".out.tsshape-*")) for _ in kills(large, *VERBS[verb])]
    assert any(left)


@pytest.mark.slow
def test_kills_of_a_fetch_from_a_server_leave_all_or_nothing_and_a_cache_of_whole_files(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "*")
    files = layout(["2015-12-16"])
    files |= {"files.tsv": listing(files)}
    known, cache = {git_hash(each) for each in files.values()}, tmp_path / "cache" / "tsshape" / "downloads"
    with served(files, pause=0.1) as (address, _):
        early = []
        for each in kills(tmp_path, "fetch", "youku30", "--from", address, "--out", "out"):
            early.append(each)
            assert {path.name for path in cache.iterdir() if not path.name.startswith(".")} <= known
            if len(early) % 4 == 2:
                # The next ones download again.
                shutil.rmtree(cache)
                cache.mkdir()
    assert sum(early) > N_KILLS // 4
    assert {path.name for path in cache.iterdir()} < known


@pytest.mark.slow
def test_kills_of_an_import_into_a_folder_that_is_there_leave_whole_files(large):
    """Its files come one by one, each whole; the next import says that the folder is not empty, or does its work."""
    out = large / "out"
    run_here(*IMPORT, folder=large)
    whole = content(out)
    draw = random.Random(1)  # noqa: S311
    for _ in range(N_KILLS // 2):
        shutil.rmtree(out)
        out.mkdir()
        killed(large, *IMPORT, seconds=draw.uniform(0.5, 2.5))
        found = {path: bytes_ for path, bytes_ in content(out).items() if ".tsshape-" not in str(path)}
        assert found.items() <= whole.items()
        ended = run_here(*IMPORT, folder=large, check=False)
        if found:
            assert ended.returncode == 2
            assert "out is not an empty folder" in ended.stderr
        else:
            assert content(out) == whole
    shutil.rmtree(out)


@pytest.mark.parametrize("verb", ["import", "fetch"])
def test_two_at_once_into_one_folder_are_one_whole_folder_and_one_message(verb, tmp_path, monkeypatch):
    """The second begins when the first one has nearly ended, and is the faster one."""
    (tmp_path / "export.csv").write_text("id,day1,day2\na,1,4\nb,2,3\n")
    write(layout(["2015-12-16"]), tmp_path / "youku")
    command = {"import": ("import", "export.csv"), "fetch": ("fetch", "youku30", "--from", "youku")}[verb]
    module = {"import": "tsshape.data._export._write", "fetch": "tsshape.data._fetch._fetch"}[verb]
    run_here(*command, "--out", "alone", folder=tmp_path)
    met = []

    def write_json(*arguments, original):
        if not met:
            met.append(True)
            run_here(*command, "--out", "out", folder=tmp_path)
        original(*arguments)

    import tsshape._files  # noqa: PLC0415

    monkeypatch.setattr(f"{module}.write_json", partial(write_json, original=tsshape._files.write_json))
    ended = run_here(*command, "--out", "out", folder=tmp_path, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("tsshape: error: ")
    assert "out" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert content(tmp_path / "out") == content(tmp_path / "alone")
    assert {path.name for path in tmp_path.iterdir()} == {"export.csv", "youku", "alone", "out"}
