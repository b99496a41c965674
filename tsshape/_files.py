"""Opening regular files only, and writing so that a reader sees the old content or the new one, never half."""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import BinaryIO

from tsshape._errors import DataError

# In the names of temporary files and folders, which begin with a dot; nothing that a user names looks like this.
_MARK = ".tsshape-"


def open_regular(path: Path) -> BinaryIO:
    """A regular file, opened for reading; anything else is refused without waiting for it.

    Raises
    ------
    DataError
        If there is no such file, it may not be read, or it is a folder, a pipe or a device.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise DataError(f"{path}: there is no such file") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise DataError(f"{path} is {'a folder' if stat.S_ISDIR(mode) else 'no regular file'}")
    return open(descriptor, "rb")  # noqa: PTH123


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`; when the block ends without an error it replaces `path` durably.

    The temporary file is removed if the block raises. What a killed process has left of it goes with the next writing
    of the same path.
    """
    _sweep(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}{_MARK}", suffix=path.suffix, dir=path.parent)
    temporary = Path(name)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield temporary
        # mkstemp makes the file private; a result is as readable as any file the user creates.
        temporary.chmod(0o666 & ~_umask())
        os.fsync(handle)
        temporary.replace(path)
        _fsync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
        os.close(handle)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """A temporary folder for the files of `path`, which are there when the block ends without an error.

    A folder that does not exist appears whole; into an empty one, which may be a mount or somebody's working folder,
    each file is moved whole. The temporary folder is removed if the block raises.
    """
    beside = path if path.exists() else path.parent
    beside.mkdir(parents=True, exist_ok=True)
    _sweep(beside / path.name)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}{_MARK}", dir=beside))
    handle = os.open(temporary, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        if beside == path:
            for file in sorted(temporary.iterdir()):
                file.replace(path / file.name)
        else:
            temporary.rename(path)
        _fsync(beside)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        os.close(handle)


def is_empty_folder(path: Path, *, besides: Collection[Path] = ()) -> bool:
    """Whether a folder holds nothing but some known paths, and what a killed process has left."""
    return path.is_dir() and all(
        each in besides or (_MARK in each.name and each.name.startswith(".")) for each in path.iterdir()
    )


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` as UTF-8, whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def _sweep(path: Path) -> None:
    """Remove the temporary files and folders of `path` whose writers are gone: nobody holds their lock."""
    for stray in path.parent.glob(f".{escape(path.name)}{_MARK}*"):
        # One that is being written, or that is another user's, stays; neither is in the way.
        with suppress(OSError):
            handle = os.open(stray, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(stray) if stray.is_dir() else stray.unlink()
            finally:
                os.close(handle)


def _umask() -> int:
    """The process's file mode mask; the system offers no way to read it without setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _fsync(path: Path) -> None:
    """Force a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
