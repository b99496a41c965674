"""`tsshape fetch`, run as a user runs it, and the other verbs on the folder that it writes; the posts are invented."""

import json

import pytest
from cli_program import tsshape
from youku_layout import layout, listing, write

from tsshape.data import PUBLIC_SETS


@pytest.fixture
def source(tmp_path):
    """A folder with the files of one day."""
    write(layout(["2015-12-16"]), tmp_path / "source")
    return tmp_path


def test_without_a_name_all_that_there_is_is_listed():
    lines = tsshape("fetch").stdout.splitlines()
    assert [line.split()[0] for line in lines[:2]] == [*PUBLIC_SETS]
    assert "20,488 posts x 30 days     5 files, 8 MB" in lines[0]
    assert [(row["name"], row["n_files"]) for row in json.loads(tsshape("fetch", "--json").stdout)] == [
        ("youku30", 5),
        ("youku_twostage", 43),
    ]


def test_fetch_writes_the_folder_of_its_name_and_prints_licence_and_citation(source):
    done = tsshape("fetch", "youku30", "--from", "source", folder=source)
    titles = [line.split()[0] for line in done.stdout.splitlines()]
    assert titles == ["posts", "files", "content", "licence", "citation", "written"]
    for words in (
        "24 x 30 days",
        "0 of 5 files",
        "state no licence",
        "IEEE Access",
        "youku30: SOURCE.txt, curves.parquet",
    ):
        assert words in done.stdout
    assert done.stderr.startswith("tsshape: warning: 5 of 5 files")
    assert '"n_curves": 24' in tsshape("describe", "youku30", "--json", folder=source).stdout


def test_json_is_what_the_folder_keeps(source):
    printed = tsshape("fetch", "youku_twostage", "--from", "source", "--out", "posts", "--json", folder=source).stdout
    assert printed == (source / "posts" / "fetch.json").read_text()


def test_what_is_wrong_is_one_message_and_exit_2(source):
    (source / "source" / "files.tsv").write_bytes(listing(layout(["2015-12-17"])))
    done = tsshape("fetch", "youku30", "--from", "source", folder=source, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "tsshape: error: source has no curves of youku30: there is no file 'data/view count clean/2015-12-16'\n"
    )
    assert not (source / "youku30").exists()
