"""One process at a time writes to a run folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from tsshape._errors import DataError

# Named like what a killed process leaves, so that a folder with nothing else in it counts as empty.
LOCK_FILE = ".run.tsshape-lock"


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Lock a folder while the block runs; the system unlocks it however the process ends.

    Raises
    ------
    DataError
        If another process has locked it (the message names the process), or if the lock file is a link.
    """
    path = folder / LOCK_FILE
    lock = FileLock(path, timeout=0, on_acquired=_write_process)
    try:
        lock.acquire()
    except Timeout as error:
        raise DataError(f"{folder} is being written by another run, process {_read_process(path)}") from error
    except OSError as error:
        if path.is_symlink():
            raise DataError(f"{path} is a link, through which nothing is written: remove it") from error
        raise
    try:
        yield
    finally:
        # Removed before it is unlocked, so that nobody locks a file that is then removed. Windows removes no file that
        # is open: there the lock itself removes it afterwards.
        with suppress(PermissionError):
            path.unlink(missing_ok=True)
        lock.release()


def _write_process(handle: int) -> None:
    """Write the number of this process into its lock file."""
    os.ftruncate(handle, 0)
    # The blank is the byte that is locked on Windows, where nobody else can read it.
    os.write(handle, f" {os.getpid()}".encode())


def _read_process(path: Path) -> str:
    """Return the number of the process that holds a lock file."""
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(1)
            return file.read(20).decode(errors="replace")
    except OSError:  # it has just ended
        return "unknown"
