"""The command line in a process of its own."""

import subprocess
import sys


def tsshape(*arguments, check=True):
    """Run `tsshape` with some arguments."""
    command = [sys.executable, "-m", "tsshape", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=check)
