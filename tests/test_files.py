import errno
import os
import re
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import count
from threading import Event, Thread, current_thread

import filelock
import pytest
from filelock import lock_descriptor
from systems import posix_only

from tsshape._files import (
    atomic_folder,
    atomic_path,
    check_writable,
    is_empty_folder,
    scratch_folder,
    write_text,
)

STRACE = shutil.which("strace")
# Writes "new" over what it is given; the question after a file that does not exist marks the beginning in the trace.
WRITER = """
import sys
from pathlib import Path
import filelock
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


class Meeting:
    """Two writers of one path: the second starts before a call of the first, and stands still before one of its own.

    Calls are those that change or look at files. The first goes on until it has ended; then the second goes on.
    """

    def __init__(self, monkeypatch, path):
        self.path, self.errors, self.n_calls = path, [], {}
        for module, names in (
            (os, ("mkdir", "open", "close", "scandir", "unlink", "rmdir", "replace", "fsync")),
            (filelock, ("lock_descriptor",)),
        ):
            for name in names:
                monkeypatch.setattr(module, name, partial(self.call, getattr(module, name)))

    def call(self, function, *arguments, **options):
        name = current_thread().name
        if name in self.n_calls:
            self.n_calls[name] += 1
            if name == "first" and self.n_calls[name] == self.start:
                self.second.start()
                self.still.wait()
            elif name == "second" and self.n_calls[name] == self.stop:
                self.still.set()
                self.go_on.wait()
        return function(*arguments, **options)

    def write(self):
        try:
            write_text(self.path, current_thread().name)
        except Exception as error:  # noqa: BLE001
            self.errors.append(error)
        finally:
            (self.still if current_thread().name == "second" else self.go_on).set()

    def meet(self, start, stop):
        """Whether the first writer has made so many calls, and so has the second."""
        self.start, self.stop, self.n_calls = start, stop, {"first": 0, "second": 0}
        self.still, self.go_on = Event(), Event()
        first, self.second = (Thread(target=self.write, name=name) for name in ("first", "second"))
        first.start()
        first.join()
        if self.second.ident is not None:
            self.second.join()
        return self.n_calls["first"] >= start, self.n_calls["second"] >= stop


@posix_only
@pytest.mark.parametrize("stops", [[1000], pytest.param(range(1, 1000), marks=pytest.mark.slow)], ids=["once", "twice"])
def test_two_writers_may_meet_at_any_calls_of_theirs(tmp_path, monkeypatch, stops):
    meeting, meetings = Meeting(monkeypatch, tmp_path / "x.txt"), 0
    for start in count(1):
        leftover(tmp_path / ".x.txt.tsshape-dead")
        for stop in stops:
            started, stopped = meeting.meet(start, stop)
            assert meeting.errors == []
            assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]
            meetings += started
            if not stopped:
                break
        if not started:
            break
    assert meetings > 20


def test_writers_of_one_path_do_not_disturb_each_other(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        written = [*pool.map(lambda number: write_text(tmp_path / "x.txt", str(number)), range(200))]
    assert written == [None] * 200
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]


@pytest.mark.slow
def test_two_processes_write_one_path_2000_times(tmp_path):
    program = f"{WRITER}\nfor _ in range(2000):\n    write_text(target, 'new')"
    command = [sys.executable, "-c", program, tmp_path / "x.txt"]
    ended = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate()[1] for process in ended] == ["", ""]
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]


def test_a_folder_with_nothing_but_strays_counts_as_empty(tmp_path):
    (tmp_path / ".out.tsshape-abc").mkdir()
    assert is_empty_folder(tmp_path)
    (tmp_path / ".hidden").touch()
    assert not is_empty_folder(tmp_path)
    assert is_empty_folder(tmp_path, besides={tmp_path / ".hidden"})


@posix_only
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o604, 0o444, 0o666])
def test_who_may_read_the_old_file_may_read_the_new_one_and_nobody_else_at_any_time(tmp_path, mode):
    path = tmp_path / "x.csv"
    path.write_text("old")
    path.chmod(mode)
    with atomic_path(path) as temporary:
        assert stat.S_IMODE(temporary.stat().st_mode) == mode | 0o600
        temporary.write_text("new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", mode)


@posix_only
def test_owner_and_group_stay_and_a_group_that_cannot_stay_reads_nothing(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text("old")
    path.chmod(0o664)
    if os.geteuid() == 0:
        os.chown(path, 1234, 5678)
    owned = path.stat()
    write_text(path, "new")
    assert (path.stat().st_uid, path.stat().st_gid) == (owned.st_uid, owned.st_gid)

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "fchown", refuse)
    write_text(path, "newer")
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


@posix_only
@pytest.mark.parametrize("name", ["a" * 251 + ".csv", "ä" * 125 + "a.csv"])
def test_a_name_may_be_as_long_as_the_system_allows(tmp_path, name):
    for write in (lambda path: write_text(path, "new"), check_writable):
        with suppress(OSError), atomic_path(tmp_path / name) as temporary:
            stray = tmp_path / temporary.relative_to(tmp_path).parts[0]
            shutil.copytree(stray, tmp_path / f"{stray.name}-killed")
            raise OSError
        write(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with atomic_folder(tmp_path / name[::-1]) as folder:
        write_text(folder / name, "new")


@posix_only
@pytest.mark.parametrize("path", ["a" * 256, "ä" * 128, "file/out", "a" * 256 + "/out", "new/" + "a" * 256])
def test_what_cannot_be_written_is_found_at_once_and_named(tmp_path, path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=re.escape(path)) as refusal:
        check_writable(tmp_path / path)
    assert refusal.value.errno in {errno.ENAMETOOLONG, errno.ENOTDIR}
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


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
