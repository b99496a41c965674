"""Opening regular files only, and writing so that a reader sees the old content or the new one, never half.

What is being written lies in a temporary folder beside its place, whose lock file is locked by the writer. The system
unlocks it however the writer ends, so that the next writer of the same path can see what was left behind.
"""

import hashlib
import json
import os
import shutil
import stat
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from secrets import token_hex
from typing import Any, BinaryIO

from tsshape._errors import DataError

# In the names of temporary folders, which begin with a dot; nothing that a user names looks like this.
_MARK = ".tsshape-"
_LOCK = "lock"
# Longer names are replaced by their hash in the names of temporary folders: those add about 20 bytes, and file systems
# allow 255.
_MOST_BYTES = 200
# Windows has no such flag.
_NOT_THROUGH_A_LINK = getattr(os, "O_NOFOLLOW", 0)
# How often a folder is removed at most, and seconds between.
_REMOVALS, _PAUSE = 20, 0.1


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading; refuse anything else without waiting for it.

    Raises
    ------
    DataError
        If there is no such file, it may not be read, or it is a folder, a pipe or a device.
    """
    try:
        # Opening a pipe waits for its writer on POSIX systems, unless told not to.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError as error:
        raise DataError(f"{path}: there is no such file") from error
    except OSError as error:
        # Windows does not open folders, POSIX systems do.
        fault = "is a folder" if os.path.isdir(path) else f"cannot be read: {error.strerror}"  # noqa: PTH112
        raise DataError(f"{path} {fault}") from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise DataError(f"{path} is {'a folder' if stat.S_ISDIR(mode) else 'no regular file'}")
    return open(descriptor, "rb")  # noqa: PTH123


def check_no_link(path: Path) -> None:
    """Refuse a path through which something else would be written: a link, a pipe or a device.

    Raises
    ------
    DataError
        If there is one at the path. A missing path, a regular file and a folder are accepted.
    """
    with suppress(FileNotFoundError):
        mode = path.lstat().st_mode
        if _is_link(path):
            raise DataError(f"{path} is a link, through which nothing is written: remove it")
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise DataError(f"{path} is no regular file: remove it")


def open_in_place(path: Path) -> BinaryIO:
    """Open a file to change it where it is, made if there is none; of one with two names, both would change.

    Raises
    ------
    DataError
        If there is a link, also a hard one, a folder, a pipe or a device.
    """
    check_no_link(path)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _NOT_THROUGH_A_LINK, 0o666)
    except OSError as error:
        if path.is_dir():
            raise DataError(f"{path} is a folder: remove it") from error
        raise
    n_names = os.fstat(descriptor).st_nlink
    if n_names > 1:
        os.close(descriptor)
        raise DataError(f"{path} is a hard link, a file with {n_names} names: put a copy in its place")
    return open(descriptor, "r+b")  # noqa: PTH123


def find_target(path: Path) -> Path:
    """Return the file that is written where a user names `path`: the path, or where a link leads, if there or not.

    Raises
    ------
    DataError
        If it is a folder, a pipe, a device or a socket; or a link to a file with another ending, which tells formats
        apart.
    """
    # It may be a link that leads through others, whose end alone is looked at.
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    _status_of_regular(path)
    if path.suffix and target.suffix != path.suffix:
        raise DataError(f"{path} is a link to {target}, whose name ends otherwise: name that file")
    return target


def check_writable(path: Path) -> None:
    """Write an empty file in place of `path`, or in it if it is a folder, and remove it: what fails then fails early.

    Folders above that do not exist are such as `atomic_folder` makes.

    Raises
    ------
    OSError
        That names `path`: if nothing can be written there, or the name is too long.
    """
    try:
        place = path.absolute() / "trial" if path.is_dir() else path.absolute()
        beside = next(each for each in place.parents if each.exists())
        with _temporary_folder(beside, path.name) as temporary:
            trial = temporary / place.relative_to(beside)
            trial.parent.mkdir(parents=True, exist_ok=True)
            trial.touch()
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give a path to write to; when the block ends without an error, that file replaces `path` durably.

    A file that is replaced keeps its mode and, where this process may set them, its owner and group; other names of it
    (hard links) keep the old content. What was written is removed if the block raises. What a killed process has left
    of it is removed by the next writer of the same path.

    Raises
    ------
    DataError
        If there is anything but a regular file at `path`: a link, too, of which `find_target` knows where it leads.
    """
    check_no_link(path)
    old = _status_of_regular(path)
    with _temporary_folder(path.parent, path.name) as folder:
        temporary = folder / path.name
        mode = _make_like(temporary, old)
        yield temporary
        with temporary.open("rb+") as file:
            temporary.chmod(mode)
            os.fsync(file.fileno())
        temporary.replace(path)
        _fsync_folder(path.parent)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Give a folder to write to; when the block ends without an error, its files are in the folder `path`.

    A folder that does not exist appears whole. If it exists, as a mount or somebody's working folder may, each file is
    moved into it whole. What was written is removed if the block raises.
    """
    beside = path if path.exists() else path.parent
    beside.mkdir(parents=True, exist_ok=True)
    with _temporary_folder(beside, path.name) as folder:
        yield folder
        if beside == path:
            files = sorted(folder.iterdir())
            for file in files:
                check_no_link(path / file.name)
                _status_of_regular(path / file.name)
            for file in files:
                file.replace(path / file.name)
        else:
            folder.replace(path)
        _fsync_folder(beside)


@contextmanager
def scratch_folder(path: Path) -> Iterator[Path]:
    """Give a folder for files that are needed until `path` is written, in it or beside it, removed when the block ends.

    What a killed process has left of it is removed by the next one for the same path.
    """
    beside = path if path.is_dir() else path.parent
    beside.mkdir(parents=True, exist_ok=True)
    with _temporary_folder(beside, f"{path.name}-scratch") as folder:
        yield folder


def is_empty_folder(path: Path, *, besides: Collection[Path] = ()) -> bool:
    """Whether a folder holds nothing but some known paths, and what a killed process has left."""
    return path.is_dir() and all(
        each in besides or (_MARK in each.name and each.name.startswith(".")) for each in path.iterdir()
    )


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` as UTF-8, whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write `value` to `path` as JSON for people, whole or not at all; what UTF-8 cannot encode is a question mark."""
    write_text(path, to_json(value, indent=2) + "\n")


def to_json(value: Any, *, indent: int | None = None) -> str:
    """Return JSON; what UTF-8 cannot encode, as in the name of a file, is a question mark."""
    return json.dumps(value, indent=indent, ensure_ascii=False).encode(errors="replace").decode()


def _is_link(path: Path) -> bool:
    """Return whether a path is a link; Windows has links of folders that look like folders."""
    real = os.path.join(os.path.realpath(path.parent), path.name)  # noqa: PTH118
    return path.is_symlink() or os.path.realpath(path) != real


def _status_of_regular(path: Path) -> os.stat_result | None:
    """Return the status of a regular file, None if there is nothing; refuse all else."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISREG(status.st_mode):
        raise DataError(f"{path} is {'a folder' if stat.S_ISDIR(status.st_mode) else 'no regular file'}: name a file")
    return status


def _make_like(path: Path, old: os.stat_result | None) -> int:
    """Make an empty file that nobody can read who may not read the old one; return the mode that it has in the end."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if old is None else 0o600)
    try:
        if old is None or sys.platform == "win32":
            return stat.S_IMODE(os.fstat(handle).st_mode)
        mode = old.st_mode & 0o777
        for owner in (old.st_uid, -1):
            with suppress(OSError):
                os.fchown(handle, owner, old.st_gid)
                break
        else:
            # It has another group than the old one.
            mode &= ~stat.S_IRWXG
        os.fchmod(handle, mode | 0o600)
        return mode
    finally:
        os.close(handle)


@contextmanager
def _temporary_folder(beside: Path, name: str) -> Iterator[Path]:
    """Make a folder in `beside` for the content of `name`, removed when the block ends."""
    if len(os.fsencode(name)) > _MOST_BYTES:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    for stray in beside.glob(f".{escape(name)}{_MARK}*"):
        _sweep(stray)
    while True:
        temporary = beside / f".{name}{_MARK}{token_hex(4)}"
        temporary.mkdir()
        try:
            with _locked(temporary) as held:
                # Another writer may have swept it before it was locked.
                if held:
                    content = temporary / "content"
                    content.mkdir()
                    yield content
                    return
        finally:
            _remove(temporary)


def _remove(folder: Path) -> None:
    """Remove a folder, to which another process may still be writing: again until it is gone, for some seconds."""
    for _ in range(_REMOVALS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(_PAUSE)


@contextmanager
def _locked(temporary: Path) -> Iterator[bool]:
    """Whether this process holds the lock of a temporary folder during the block, and the folder was not removed."""
    from filelock import lock_descriptor  # noqa: PLC0415 - it takes a tenth of the time of `tsshape --help`

    try:
        # A folder of that name may be somebody else's, with a link or a pipe as its lock.
        handle = os.open(temporary / _LOCK, os.O_RDWR | os.O_CREAT | _NOT_THROUGH_A_LINK, 0o600)
    except FileNotFoundError:
        yield False
        return
    try:
        status = os.fstat(handle)
        is_file = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
        yield is_file and lock_descriptor(handle, blocking=False) and os.fstat(handle).st_nlink > 0
    finally:
        os.close(handle)


def _sweep(stray: Path) -> None:
    """Remove a temporary folder whose writer is gone, so that nobody holds its lock."""
    # Nothing is removed through a link. What cannot be removed, as another user's, is in nobody's way.
    with suppress(OSError):
        if not _is_link(stray):
            with _locked(stray) as held:
                if held:
                    shutil.rmtree(stray, ignore_errors=True)
            if held and sys.platform == "win32":
                # The lock is left, since Windows removes no file that is open. Elsewhere it would be another writer's.
                (stray / _LOCK).unlink(missing_ok=True)
                stray.rmdir()


def _fsync_folder(path: Path) -> None:
    """Force the names in a folder to the disk, where the system offers that; Windows does not."""
    if sys.platform != "win32":
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
