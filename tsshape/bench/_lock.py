"""One process at a time writes to a run folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tsshape._errors import DataError

# Named like what a killed process leaves, so that a folder with nothing else in it counts as empty.
LOCK_FILE = ".run.tsshape-lock"


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold a folder while the block runs; the system lets go of it however the process ends.

    Raises
    ------
    DataError
        If another process holds it; the message names the process.
    """
    path = folder / LOCK_FILE
    handle = _lock(path)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _lock(path: Path) -> int:
    """A handle to the locked file."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            process = os.read(handle, 20).decode(errors="replace")
            os.close(handle)
            raise DataError(f"{path.parent} is being written by another run, process {process}") from error
        if os.fstat(handle).st_nlink:
            return handle
        # Its holder removed it between the opening and the locking.
        os.close(handle)
