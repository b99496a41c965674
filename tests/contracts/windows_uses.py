"""What the package does with files, locks, memory and signals, one function each; run by `like_windows`."""

import os
import signal
from contextlib import suppress

import pandas as pd
from filelock import lock_descriptor

from tsshape._errors import DataError, Stopped
from tsshape._files import atomic_folder, atomic_path, open_regular, write_text
from tsshape._memory import memory_limit
from tsshape.bench._lock import only_writer
from tsshape.cli._signals import stop_on_signals
from tsshape.data import read_curves, write_table


def refused(error, action):
    """The message with which an action is refused."""
    try:
        action()
    except error as refusal:
        return str(refusal)
    raise AssertionError(f"{action} was not refused")


def contents(folder):
    """All files below a folder and what they hold."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def use_files(folder):
    for text in ("old\n", "new\n"):
        write_text(folder / "a.txt", text)
    with suppress(UnicodeEncodeError), atomic_path(folder / "a.txt") as temporary:
        temporary.write_text("half\ud800", encoding="utf-8")
    with open_regular(folder / "a.txt") as file:
        assert file.read() == b"new\n"
        assert refused(PermissionError, lambda: write_text(folder / "a.txt", "newer"))
    assert refused(DataError, lambda: open_regular(folder)) == f"{folder} is a folder"
    assert contents(folder) == {"a.txt": b"new\n"}


def use_folders(folder):
    (folder / "there").mkdir()
    for name in ("there", "new"):
        with atomic_folder(folder / name) as temporary:
            write_text(temporary / "a.txt", name)
    assert contents(folder) == {"there/a.txt": b"there", "new/a.txt": b"new"}


def use_leftovers(folder):
    for name in ("dead", "alive"):
        write_text(make(folder / f".a.txt.tsshape-{name}" / "content") / "a.txt", "half")
        write_text(folder / f".a.txt.tsshape-{name}" / "lock", "")
    with (folder / ".a.txt.tsshape-alive" / "lock").open("r+") as file:
        assert lock_descriptor(file.fileno(), blocking=False)
        write_text(folder / "a.txt", "new")
        assert {path.name for path in folder.iterdir()} == {"a.txt", ".a.txt.tsshape-alive"}


def make(folder):
    """A folder, made."""
    folder.mkdir(parents=True)
    return folder


def use_lock(folder):
    def enter():
        with only_writer(folder):
            pass

    with only_writer(folder):
        assert refused(DataError, enter).endswith(f"process {os.getpid()}")
    enter()


def use_memory_limit(_folder):
    assert memory_limit() == 2**32


def use_tables(folder):
    table = pd.DataFrame({"day01": [3.0], "day02": [4.0]}, index=pd.Index(["a"], name="id"))
    write_table(table, folder / "curves.csv")
    assert contents(folder) == {"curves.csv": b"id,day01,day02\na,3.0,4.0\n"}
    assert read_curves(folder / "curves.csv").loc["a"].tolist() == [3, 4]


def use_signals(_folder):
    def stop():
        with stop_on_signals():
            signal.raise_signal(signal.SIGTERM)

    assert refused(Stopped, stop) == "stopped by SIGTERM"
