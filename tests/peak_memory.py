"""The program in a process of its own, and the most memory that this process had at once; Linux only."""

import os
import subprocess
import sys
from typing import NamedTuple

# What getrusage tells begins with the memory of the process that started it; this does not.
PROGRAM = """
import atexit, re, sys
from pathlib import Path
from tsshape.cli import main

atexit.register(lambda: print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]))
sys.argv[0] = "tsshape"
main()
"""


class Ended(NamedTuple):
    """How a process ended: its exit code, its errors as text, and its largest resident memory in bytes."""

    returncode: int
    stderr: str
    peak_bytes: int


def tsshape_measured(*arguments, folder=".", limit="256MB", seconds=60):
    """Run `tsshape` with a limit of memory: how it ended, and the most memory that it had."""
    environment = os.environ | {"TSSHAPE_MEMORY_LIMIT": limit}
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=seconds
    )
    return Ended(done.returncode, done.stderr, int(done.stdout.split()[-1]) * 2**10)
