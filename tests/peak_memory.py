"""The program in a process of its own, and the most memory that this process had at once; Linux only."""

import json
import os
import subprocess
import sys
from typing import NamedTuple

# What getrusage tells begins with the memory of the process that started it; this does not.
PROGRAM = """
import json, re, sys
from pathlib import Path
from tsshape.cli import main

codes = []
for words in json.loads(sys.argv[1]):
    sys.argv = ["tsshape", *words]
    try:
        main()
    except SystemExit as end:
        codes.append(end.code or 0)
sys.stdout.flush()
print()
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
sys.exit(max(codes, default=0))
"""


class Ended(NamedTuple):
    """How a process ended: its exit code, its errors as text, and its largest resident memory in bytes."""

    returncode: int
    stderr: str
    peak_bytes: int


def tsshape_measured(*arguments, folder=".", limit="256MB", seconds=60):
    """Run `tsshape` with a limit of memory: how it ended, and the most memory that it had."""
    return all_measured([arguments], folder=folder, limit=limit, seconds=seconds)


def all_measured(commands, *, folder=".", limit="256MB", seconds=60):
    """Run command lines one after the other in one process: the largest exit code, and the most memory that it had."""
    environment = os.environ | {"TSSHAPE_MEMORY_LIMIT": limit}
    command = [sys.executable, "-c", PROGRAM, json.dumps([[*map(str, words)] for words in commands])]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=seconds
    )
    return Ended(done.returncode, done.stderr, int(done.stdout.split()[-1]) * 2**10)
