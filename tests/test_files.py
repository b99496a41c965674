import errno
import os
import re
import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext

import pytest
from filelock import lock_descriptor
from systems import posix_only

from tsshape import DataError, _files
from tsshape._files import (
    atomic_folder,
    atomic_path,
    check_no_link,
    is_empty_folder,
    open_in_place,
    open_regular,
    scratch_folder,
    write_text,
)

STRACE = shutil.which("strace")
# Writes "new" over what it is given; the question after a file that does not exist marks the beginning in the trace.
WRITER = """
import sys
import filelock
from pathlib import Path
from tsshape._files import write_text
target = Path(sys.argv[1])
Path(sys.argv[1] + ".begin").exists()
write_text(target, "new" * 10_000)
"""
NEW = "new" * 10_000
# A kill at one of these finds what the call before it has left.
READING = {"newfstatat", "getdents64", "getrandom", "ioctl", "lseek", "fcntl"}


def test_a_block_that_raises_leaves_the_old_file_and_no_other(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError), atomic_path(target) as temporary:
        temporary.write_text("half\ud800", encoding="utf-8")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_block_that_ends_replaces_the_file(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old")
    write_text(target, "näw\n")
    assert target.read_bytes() == "näw\n".encode()
    assert list(tmp_path.iterdir()) == [target]


def test_a_result_is_as_readable_as_any_new_file(tmp_path):
    plain, atomic = tmp_path / "plain", tmp_path / "atomic"
    plain.write_text("")
    write_text(atomic, "")
    assert atomic.stat().st_mode == plain.stat().st_mode
    plain_folder, atomic_one = tmp_path / "folder", tmp_path / "atomic folder"
    plain_folder.mkdir()
    with atomic_folder(atomic_one):
        pass
    assert atomic_one.stat().st_mode == plain_folder.stat().st_mode


@pytest.mark.parametrize("exists", [False, True])
def test_a_folder_is_filled_when_its_block_ends(tmp_path, exists):
    target = tmp_path / "parent" / "out"
    if exists:
        target.mkdir(parents=True)
    with atomic_folder(target) as folder:
        write_text(folder / "a.txt", "a")
        assert not (target / "a.txt").exists()
    assert [path.name for path in target.iterdir()] == ["a.txt"]
    assert list(tmp_path.rglob("*tsshape*")) == []


@pytest.mark.parametrize("exists", [False, True])
def test_a_scratch_folder_is_gone_when_its_block_ends_with_what_a_killed_process_has_left(tmp_path, exists):
    target = tmp_path / "out"
    if exists:
        target.mkdir()
    beside = target if exists else tmp_path
    (beside / ".out-scratch.tsshape-0").mkdir()
    with scratch_folder(target) as folder:
        write_text(folder / "block.txt", "a")
        assert len(list(beside.glob(".out-scratch.tsshape-*"))) == 1
        assert is_empty_folder(beside, besides=[target])
    with pytest.raises(KeyError), scratch_folder(target) as folder:
        raise KeyError
    assert list(tmp_path.rglob("*tsshape*")) == []


@pytest.mark.parametrize("exists", [False, True])
def test_a_folder_whose_block_raises_is_left_as_it_was(tmp_path, exists):
    target = tmp_path / "out"
    if exists:
        target.mkdir()
    with pytest.raises(UnicodeEncodeError), atomic_folder(target) as folder:
        (folder / "a.txt").write_text("half\ud800", encoding="utf-8")
    assert [*tmp_path.rglob("*")] == ([target] if exists else [])


def leftover(folder, *, content="half"):
    """A temporary folder as a killed writer leaves it: with a lock that nobody holds."""
    (folder / "content").mkdir(parents=True)
    (folder / "content" / "x.txt").write_text(content)
    (folder / "lock").touch()
    return folder


def test_what_a_killed_writer_left_is_swept_and_what_is_being_written_stays(tmp_path):
    leftover(tmp_path / ".x.txt.tsshape-dead")
    (tmp_path / ".x.txt.tsshape-killed before it was locked").mkdir()
    kept = {leftover(tmp_path / f".{name}") for name in ("x.txt.tsshape-alive", "y.txt.tsshape-of another file")}
    with (tmp_path / ".x.txt.tsshape-alive" / "lock").open("r+") as file:
        assert lock_descriptor(file.fileno(), blocking=False)
        write_text(tmp_path / "x.txt", "new")
    assert {*tmp_path.iterdir()} == {tmp_path / "x.txt", *kept}


def test_nothing_is_swept_through_a_link(tmp_path):
    elsewhere = leftover(tmp_path / "elsewhere")
    (tmp_path / ".x.txt.tsshape-link").symlink_to(elsewhere, target_is_directory=True)
    write_text(tmp_path / "x.txt", "new")
    assert (elsewhere / "content" / "x.txt").read_text() == "half"


def test_a_writer_whose_folder_is_swept_before_it_is_locked_makes_another(tmp_path, monkeypatch):
    locked, swept = _files._locked, []

    @contextmanager
    def sweep_first(temporary):
        if not swept:
            swept.append(temporary)
            _files._sweep(temporary)
        with locked(temporary) as lock:
            yield lock

    monkeypatch.setattr(_files, "_locked", sweep_first)
    write_text(tmp_path / "x.txt", "new")
    assert swept
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]


def test_writers_of_one_path_do_not_disturb_each_other(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        written = [*pool.map(lambda number: write_text(tmp_path / "x.txt", str(number)), range(200))]
    assert written == [None] * 200
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]


def test_a_folder_with_nothing_but_strays_counts_as_empty(tmp_path):
    (tmp_path / ".out.tsshape-abc").mkdir()
    assert is_empty_folder(tmp_path)
    (tmp_path / ".hidden").touch()
    assert not is_empty_folder(tmp_path)
    assert is_empty_folder(tmp_path, besides={tmp_path / ".hidden"})


@posix_only
def test_no_pipe_or_device_is_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/null"):
        with pytest.raises(DataError, match="no regular file"):
            open_regular(path)


def bind(path, _):
    """Make a socket."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


@posix_only
@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda path, target: path.symlink_to(target), "ours is a link, through which nothing is written"),
        (lambda path, target: path.symlink_to(target.with_name("nothing")), "ours is a link"),
        (lambda path, _: os.mkfifo(path), "ours is no regular file"),
        (bind, "ours is no regular file"),
        (lambda path, _: path.mkdir(), "ours is a folder"),
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


def writer(target, *inject):
    """What the writer changes, as a list of (system call, how many of its kind came before), and how it ended."""
    log = target.with_name("trace")
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [STRACE, "-o", log, *inject, sys.executable, "-c", WRITER, target]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    calls, seen, started = [], {}, False
    for name, rest in re.findall(r"^(\w+)\((.*)$", log.read_text(), flags=re.MULTILINE):
        seen[name] = seen.get(name, 0) + 1
        if started and name not in READING:
            calls.append((name, seen[name]))
        started = started or f"{target.name}.begin" in rest
    log.unlink()
    return calls, ended


@pytest.fixture
def traced(tmp_path):
    """A file with old content, and every system call of replacing it."""
    target = tmp_path / "table.txt"
    target.write_text("old")
    if STRACE is None:
        pytest.skip("strace is not installed")
    calls, ended = writer(target)
    if "PTRACE" in ended.stderr:
        pytest.skip("tracing is not permitted here")
    assert target.read_text() == NEW
    last = max(at for at, (name, _) in enumerate(calls) if name == "rmdir")
    return target, calls[: last + 1]


def test_a_kill_at_any_system_call_leaves_the_old_file_or_the_new_one(traced):
    target, calls = traced
    assert {"openat", "mkdir", "flock", "write", "fsync", "rename", "close", "rmdir"} <= {name for name, _ in calls}
    outcomes = []
    for name, number in calls:
        target.write_text("old")
        _, ended = writer(target, "-e", f"inject={name}:signal=KILL:when={number}")
        assert ended.returncode == -9
        outcomes.append(target.read_text())
        write_text(target, "again")
        assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert set(outcomes) == {"old", NEW}
    assert outcomes == sorted(outcomes, key="old".__ne__)


def test_an_error_of_any_system_call_is_raised_and_leaves_no_half_file(traced):
    target, calls = traced
    for name, number in calls:
        if name in {"write", "fsync", "mkdir", "rename", "flock"}:
            target.write_text("old")
            _, ended = writer(target, "-e", f"inject={name}:error=ENOSPC:when={number}")
            assert os.strerror(errno.ENOSPC) in ended.stderr
            assert target.read_text() in {"old", NEW}
            assert [path.name for path in target.parent.iterdir()] == [target.name]
