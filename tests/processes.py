"""The program in a process of its own that a test may stop at any time, and what it leaves."""

import os
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from cli_program import PROGRAM


@contextmanager
def started(folder, *arguments):
    """The program in a folder, in a process group of its own that ends with the block; its processes are marked."""
    # Where the tests run in the background of a shell, Ctrl-C is ignored, and the program would ignore it too.
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TSSHAPE_TEST_FOLDER": str(folder)},
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, earlier)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def survivors(folder):
    """The processes that were started for a folder and live, once they had the time to end; only Linux shows them."""
    mark = f"TSSHAPE_TEST_FOLDER={folder}".encode()
    for _ in range(100):
        alive = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in path.read_bytes().split(b"\0"):
                    alive.append(path.parent.name)
            except OSError:
                continue
        if not alive:
            return []
        time.sleep(0.1)
    return alive


def content(folder):
    """Every file below a folder by its path, with its bytes."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
