"""One process at a time writes to a run folder."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from filelock import lock_descriptor

from tsshape._errors import DataError
from tsshape._files import open_in_place

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
    file = _lock(path)
    try:
        # The blank is the byte that is locked on Windows, where nobody else can read it.
        file.truncate()
        file.write(f" {os.getpid()}".encode())
        file.flush()
        yield
    finally:
        # Removed before it is unlocked, so that nobody locks a file that is then removed. Windows removes no file that
        # is open, not even another's: there it is removed afterwards.
        with suppress(PermissionError):
            path.unlink(missing_ok=True)
        file.close()
        if sys.platform == "win32":
            with suppress(PermissionError):
                path.unlink(missing_ok=True)


def _lock(path: Path) -> BinaryIO:
    """Return the lock file of a folder, locked by this process."""
    while True:
        file = open_in_place(path)
        if not lock_descriptor(file.fileno(), blocking=False):
            with file:
                raise DataError(f"{path.parent} is being written by another run, process {_read_process(file)}")
        # The run that held the lock may have removed the file since it was opened.
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()


def _read_process(file: BinaryIO) -> str:
    """Return the number of the process that holds a lock file."""
    file.seek(1)
    return file.read(20).decode(errors="replace") or "unknown"
