"""Only regular files are opened and replaced: links, pipes, sockets, devices and folders are refused."""

import errno
import os
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest
from special_files import SPECIAL_FILES
from systems import posix_only

from tsshape import DataError
from tsshape._files import atomic_folder, check_no_link, find_target, open_in_place, open_regular, write_text


@posix_only
def test_no_pipe_or_device_is_opened(tmp_path):
    SPECIAL_FILES["pipe"](tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/null"):
        with pytest.raises(DataError, match="no regular file"):
            open_regular(path)


@posix_only
@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda path, target: path.symlink_to(target), "ours is a link, through which nothing is written"),
        (lambda path, target: path.symlink_to(target.with_name("nothing")), "ours is a link"),
        (lambda path, _: SPECIAL_FILES["pipe"](path), "ours is no regular file"),
        (lambda path, _: SPECIAL_FILES["socket"](path), "ours is no regular file"),
        (lambda path, _: SPECIAL_FILES["folder"](path), "ours is a folder"),
        (lambda path, target: path.hardlink_to(target), "ours is a hard link, a file with 2 names"),
    ],
    ids=["link", "link to nothing", "pipe", "socket", "folder", "hard link"],
)
def test_nothing_is_changed_through_a_link_a_pipe_or_a_socket(tmp_path, make, fault):
    target, path = tmp_path / "precious", tmp_path / "ours"
    target.write_text("old")
    make(path, target)
    with pytest.raises(DataError, match=fault):
        open_in_place(path)
    # A folder stays, and a file with two names is replaced under one of them.
    with nullcontext() if path.is_dir() or "hard" in fault else pytest.raises(DataError, match=fault):
        check_no_link(path)
    assert target.read_text() == "old"
    assert {each.name for each in tmp_path.iterdir()} == {"precious", "ours"}


def test_a_file_is_changed_in_place_and_made_if_there_is_none(tmp_path):
    for expected in (b"a", b"aa"):
        with open_in_place(tmp_path / "file") as file:
            file.seek(0, os.SEEK_END)
            file.write(b"a")
        assert (tmp_path / "file").read_bytes() == expected


def test_only_regular_files_are_opened(tmp_path):
    for path, says in ((tmp_path / "none", "no such file"), (tmp_path, "a folder")):
        with pytest.raises(DataError, match=says):
            open_regular(path)
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    with open_regular(tmp_path / "link") as file:
        assert file.read() == b"x"


def special(folder, kind):
    """A path in the folder that is anything but a regular file, and how a message calls it."""
    if kind == "device":
        return Path("/dev/null"), "no regular file"
    path = folder / "x.csv"
    SPECIAL_FILES[kind](path)
    return path, "a folder" if kind == "folder" else "no regular file"


@posix_only
@pytest.mark.parametrize("kind", ["pipe", "device", "socket", "folder"])
def test_only_a_regular_file_is_replaced(tmp_path, kind):
    path, words = special(tmp_path, kind)
    before = path.lstat()
    (tmp_path / "link.csv").symlink_to(path)
    for refuse in (find_target, partial(write_text, text="new")):
        with pytest.raises(DataError, match=words):
            refuse(path)
    with pytest.raises(DataError, match=words):
        find_target(tmp_path / "link.csv")
    assert path.lstat().st_ino == before.st_ino
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.csv").symlink_to(path)
    with pytest.raises(DataError, match=r"x\.csv is a link"), atomic_folder(tmp_path / "out") as folder:
        [write_text(folder / name, "new") for name in ("a.csv", "x.csv")]
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["x.csv"]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_written_where_it_leads_if_a_user_names_it_and_refused_otherwise(tmp_path, there):
    (tmp_path / "else").mkdir()
    target = tmp_path / "else" / "x.csv"
    if there:
        target.write_text("old")
    (tmp_path / "second.csv").symlink_to(Path("else", "x.csv"))
    (tmp_path / "first.csv").symlink_to("second.csv")
    with pytest.raises(DataError, match=r"first\.csv is a link"):
        write_text(tmp_path / "first.csv", "new")
    assert target.exists() == there
    write_text(find_target(tmp_path / "first.csv"), "new")
    assert target.read_text() == (tmp_path / "first.csv").read_text() == "new"
    assert [(tmp_path / f"{each}.csv").is_symlink() for each in ("first", "second")] == [True, True]
    (tmp_path / "first.parquet").symlink_to("first.csv")
    with pytest.raises(DataError, match=r"a link to .*x\.csv, whose name ends otherwise"):
        find_target(tmp_path / "first.parquet")


@posix_only
def test_a_link_that_leads_to_itself_is_refused_by_name(tmp_path):
    (tmp_path / "x.csv").symlink_to("x.csv")
    with pytest.raises(OSError, match=r"x\.csv") as refusal:
        find_target(tmp_path / "x.csv")
    assert refusal.value.errno == errno.ELOOP


@posix_only
@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_a_lock_that_leads_elsewhere_is_left_alone(tmp_path, link):
    (tmp_path / "other").write_text("other")
    stray = tmp_path / ".x.txt.tsshape-stray"
    stray.mkdir()
    link(stray / "lock", tmp_path / "other")
    (tmp_path / "none").mkdir()
    (tmp_path / ".x.txt.tsshape-none").mkdir()
    (tmp_path / ".x.txt.tsshape-none" / "lock").symlink_to(tmp_path / "none" / "made")
    write_text(tmp_path / "x.txt", "new")
    assert (tmp_path / "other").read_text() == "other"
    assert not any((tmp_path / "none").iterdir())
    assert (stray / "lock").exists()
