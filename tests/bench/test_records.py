"""A run folder is read as it was written, however it ended, and nothing is written through it to other places."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from cli_program import tsshape as command
from peak_memory import all_measured, tsshape_measured
from special_files import SPECIAL_FILES
from systems import linux_only, posix_only

import tsshape
from tsshape import DataError, bench
from tsshape.bench import Suite, _measure
from tsshape.bench._lock import LOCK_FILE
from tsshape.report import write_report

POSTS = tsshape.simulate_spid(60, n_times=2, random_state=0)
# Every character that ends a line for `str.splitlines`, but for the line feed, and others that are not what they seem.
ODD = "a\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\ufeff\u202e\x1b[2J é"
SUITE = Suite.model_validate({"name": ODD, "variants": [], "direct": [{"name": f"direct{ODD}"}], "n_runs": 2})


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run whose names have odd characters; one of its cells failed with such an error."""
    out, original = tmp_path_factory.mktemp("records") / "run", _measure._measure_variant
    calls = []

    def fail_last(*arguments):
        calls.append(arguments)
        if len(calls) == 6:
            raise ValueError(f"no\n{ODD}\udc80")
        return original(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_measure, "_measure_variant", fail_last)
        bench.run(SUITE, POSTS, out)
    return out


def test_every_name_and_error_that_can_be_written_can_be_read(finished, tmp_path):
    *_, failed = records = bench.read_run(finished).records
    assert [record["variant"] for record in records[2::3]] == [f"direct{ODD}"] * 2
    assert failed["error"] == f"ValueError: no\n{ODD}?"
    for line in (finished / "records.jsonl").read_bytes().split(b"\n")[:-1]:
        json.loads(line)
    assert len(bench.compare([finished]).xs("trmse", level="score")) == 2
    assert command("compare", finished).stdout.count("tRMSE") == 2
    write_report(finished, tmp_path / "report.html")
    again = shutil.copytree(finished, tmp_path / "again")
    assert "error" not in bench.run(SUITE, POSTS, again, resume=True)[-1]


def test_a_run_that_was_copied_with_other_line_ends_is_read(finished, tmp_path):
    copy = shutil.copytree(finished, tmp_path / "copy")
    for path in copy.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert bench.read_run(copy) == bench.read_run(finished)


def test_a_last_line_without_an_end_is_not_yet_a_record(finished, tmp_path):
    copy = shutil.copytree(finished, tmp_path / "copy")
    path, content = copy / "records.jsonl", (finished / "records.jsonl").read_bytes()
    first = content.index(b"\n") + 1
    end = content.index(b"\n", first)
    within_a_character = content.index("é".encode(), content.index(b"direct")) + 1
    for cut in (first, first + 1, first + 40, end):
        path.write_bytes(content[:cut])
        assert bench.read_run(copy).records == bench.read_run(finished).records[:1]
        with pytest.raises(DataError, match="there is nothing to compare it with"):
            bench.compare([copy])
    path.write_bytes(content[:within_a_character])
    assert len(bench.read_run(copy).records) == 2
    assert bench.compare([copy])["runs"].to_list() == [1, 1, 0]
    write_report(copy, tmp_path / "report.html")
    bench.run(SUITE, POSTS, copy, resume=True)
    assert path.read_bytes().startswith(content[: end + 1])
    assert path.read_bytes().count(b"\n") == 6


@pytest.mark.parametrize(("score", "value"), [("trmse", float("inf")), ("med", float("nan")), ("rho", -7.0)])
def test_scores_that_could_not_be_read_again_fail_their_cell(tmp_path, monkeypatch, score, value):
    original = _measure._measure_variant
    monkeypatch.setattr(_measure, "_measure_variant", lambda *arguments: original(*arguments) | {score: value})
    records = bench.run(Suite(name="short", variants=(), n_runs=1), POSTS, tmp_path / "run")
    assert [record["error"].partition(": input")[0] for record in records] == [
        f"DataError: scores out of range: {score}"
    ] * 2
    assert bench.read_run(tmp_path / "run").records == records


def test_a_cell_under_the_key_of_another_is_not_resumed_from(tmp_path):
    suite = Suite(name="short", variants=(), n_runs=1)
    first, second = bench.run(suite, POSTS, tmp_path / "run")
    path = tmp_path / "run" / "records.jsonl"
    swapped = [first | {"key": second["key"]}, second | {"key": first["key"]}]
    path.write_text("".join(json.dumps(record) + "\n" for record in swapped))
    assert len(bench.read_run(tmp_path / "run").records) == 2
    with pytest.raises(DataError, match=r"records\.jsonl: .* is not the key of its cell"):
        bench.run(suite, POSTS, tmp_path / "run", resume=True)


def test_an_environment_that_does_not_fit_is_refused_with_its_size(finished, monkeypatch):
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "100KB")
    with pytest.raises(DataError, match=r"environment\.json would take about"):
        bench.read_run(finished)


@linux_only
@pytest.mark.parametrize("parts", [500, 1])
def test_records_are_refused_in_little_memory(finished, tmp_path, parts):
    """By their size, or for all the faults of one."""
    copy = shutil.copytree(finished, tmp_path / "run")
    with (copy / "records.jsonl").open("w") as file:
        file.write('{"intervals": {')
        file.writelines([",".join(f'"{each}":{{}}' for each in range(50_000))] * parts)
        file.write("}}\n")
    ended = tsshape_measured("compare", "run", folder=tmp_path)
    assert ended.returncode == 2, ended.stderr
    assert ("would take about" if parts > 1 else "line 1: 250,005 fields are missing") in ended.stderr
    assert ended.peak_bytes < 600e6


@linux_only
def test_environments_are_refused_in_little_memory(finished, tmp_path):
    """By their size, and for all the faults of one that is as large as it may be."""
    for run, n_versions in (("large", 2_000_000), ("faulty", 40_000)):
        copy = shutil.copytree(finished, tmp_path / run)
        versions = ",".join(f'"{each}":{each}' for each in range(n_versions))
        (copy / "environment.json").write_text(f'{{"versions": {{{versions}}}}}')
    ended = all_measured([("compare", "large"), ("compare", "faulty")], folder=tmp_path)
    large, faulty = ended.stderr.splitlines()
    assert "environment.json would take about" in large
    assert "environment.json: 40,011 fields are missing, unknown or not of their type" in faulty
    assert ended.returncode == 2
    assert ended.peak_bytes < 600e6


def put_link(path, target):
    """A link in place of a file."""
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def put_hard_link(path, target):
    """A second name of the target in place of a file."""
    path.unlink(missing_ok=True)
    path.hardlink_to(target)


def put_pipe(path, _):
    """A pipe in place of a file."""
    path.unlink(missing_ok=True)
    SPECIAL_FILES["pipe"](path)


def put_folder_link(path, target):
    """A link to the folder of the target."""
    path.symlink_to(target.parent)


class Link(NamedTuple):
    """What stands in the place of which file, whether the run is resumed, and whether there is a file of the user."""

    put: Callable[[Path, Path], None]
    name: str
    resume: bool = False
    notes: bool = False


LINKS = [
    *(Link(put, LOCK_FILE, notes=notes) for put in (put_link, put_hard_link, put_pipe) for notes in (False, True)),
    Link(put_hard_link, LOCK_FILE, resume=True),
    *(Link(put, "records.jsonl", resume=True) for put in (put_link, put_hard_link, put_pipe)),
    *(Link(put_link, name, resume=True) for name in ("suite.toml", "environment.json", "benchmark.png")),
    Link(put_folder_link, "errors", resume=True),
    Link(put_folder_link, ".suite.toml.tsshape-0"),
]


@posix_only
@pytest.mark.parametrize("link", LINKS, ids=lambda link: f"{link.put.__name__}-{link.name}-{link.resume}-{link.notes}")
def test_nothing_is_written_through_a_run_folder(finished, tmp_path, link):
    """Also where the folder is refused for another reason."""
    out, target = tmp_path / "run", tmp_path / "elsewhere" / "precious"
    if link.resume and link.name not in {"suite.toml", "environment.json"}:
        shutil.copytree(finished, out)
    target.parent.mkdir()
    out.mkdir(exist_ok=True)
    target.write_text("my work, without an end")
    if link.notes:
        (out / "notes.txt").write_text("")
    link.put(out / link.name, target)
    before = {path.name for path in out.iterdir()}
    with pytest.raises(DataError, match=r"is a link|hard link|no regular file|not an empty folder"):
        bench.run(SUITE, POSTS, out, resume=link.resume)
    assert target.read_text() == "my work, without an end"
    assert {path.name for path in out.iterdir()} == before
    assert [*target.parent.iterdir()] == [target]


def test_a_run_folder_may_itself_be_a_link(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "disk")
    suite = Suite(name="short", variants=(), n_runs=1)
    bench.run(suite, POSTS, tmp_path / "run")
    assert len(bench.run(suite, POSTS, tmp_path / "run", resume=True)) == 2
    assert (tmp_path / "disk" / "records.jsonl").exists()
    (tmp_path / "nowhere").symlink_to(tmp_path / "nothing")
    with pytest.raises(DataError, match="nowhere is not a folder"):
        bench.run(suite, POSTS, tmp_path / "nowhere")
