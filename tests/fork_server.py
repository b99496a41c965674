"""`tsshape` in forks of one process that has imported what the verbs need: each run may have limits of its own.

A line of standard input is a command as JSON: words, folder, and the size in bytes of the largest file that may be
written. A line of standard output is its answer: the exit code, and what was printed as output and as errors.
"""

import json
import os
import subprocess
import sys
import traceback
from importlib import import_module
from pathlib import Path

from tsshape.cli import main

NEEDED = ("bench", "bundle", "cluster", "data", "features", "forecast", "plots", "report")


class ForkServer:
    """The process, and what it answers."""

    def __init__(self, prefix=()):
        command = [*prefix, sys.executable, __file__]
        path = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = {**os.environ, "PYTHONPATH": path}
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate()

    def run(self, *words, folder, largest_file=None):
        """How the program ends."""
        self.process.stdin.write(json.dumps([list(map(str, words)), str(folder), largest_file]) + "\n")
        self.process.stdin.flush()
        return subprocess.CompletedProcess(words, *json.loads(self.process.stdout.readline()))


def serve():
    """Answer until there are no more commands."""
    for name in NEEDED:
        package = import_module(f"tsshape.{name}")
        for public in package.__all__:
            getattr(package, public)
    import_module("matplotlib.pyplot")
    for line in sys.stdin:
        print(json.dumps(run_fork(*json.loads(line))), flush=True)  # noqa: T201


def run_fork(words, folder, largest_file):
    """Run the program in a fork: its exit code, its output and its errors."""
    pipes = os.pipe(), os.pipe()
    child = os.fork()
    if child:
        printed = []
        # One after the other: errors are so short that they wait in their pipe.
        for reading, writing in pipes:
            os.close(writing)
            with open(reading) as file:  # noqa: PTH123
                printed.append(file.read())
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), *printed
    for number, (reading, writing) in enumerate(pipes, start=1):
        os.dup2(writing, number)
        os.close(writing)
        os.close(reading)
    # The earlier ones know of files that could be sought in.
    sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
    os.chdir(folder)
    sys.argv = ["tsshape", *words]
    if largest_file is not None:
        import resource  # noqa: PLC0415 - Windows, where tests that need it are skipped, lacks it

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    # Without the end of Python, which takes most of a second after so many imports.
    os._exit(run_main())


def run_main():
    """Run the program in this process: its exit code, once all is printed."""
    code = 1
    try:
        main()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    serve()
