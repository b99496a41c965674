"""Hostile files: every case is refused with one error or answered in numbers, or it is reported and kept.

    python tests/fuzz/run.py [--bundles N] [--tables N] [--sources N] [--exports N] [--runs N]
        [--seed 0] [--jobs 2] [--keep fuzz]
    python tests/fuzz/run.py --again folder/file ...

A type of case is a module beside this file with `cases(seed, n)`, which gives names and contents, and
`check(name, content, folder)`, which raises AssertionError where the claim does not hold, and otherwise says what
became of the case: "refused" or "answered". Cases are checked in worker processes: one that dies or does not come to an
end is a failure of that case, and another worker takes its place.
"""

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import suppress
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path
from urllib.parse import quote, unquote

KINDS = ("bundles", "tables", "sources", "exports", "runs")
BAD = ("failure", "signal", "hang")
# Seconds for a case, as a model may take ten on a free core; and for a worker's first, which builds what others use.
LIMIT, FIRST_LIMIT = 30, 120
# Address space of a worker on Linux: no case may bring the machine down.
MOST_BYTES = 2**34


class Worker:
    """A process that checks the cases of one kind, one after another."""

    def __init__(self, kind, folder):
        context = get_context("spawn")
        self.pipe, end = context.Pipe()
        # The caller removes the folder: a worker is killed in the end.
        self.process = context.Process(target=work, args=(kind, end, tempfile.mkdtemp(dir=folder)), daemon=True)
        self.process.start()
        end.close()
        self.case, self.deadline, self.limit = None, None, FIRST_LIMIT

    def take(self, case):
        """Begin with a case: its name and content."""
        self.case, self.deadline = case, time.monotonic() + self.limit
        with suppress(BrokenPipeError):
            self.pipe.send(case)

    def outcome(self):
        """What became of the case and what is to be said of it, None while it goes on; a dead worker stays dead."""
        if self.pipe.poll():
            try:
                self.limit = LIMIT
                return self.pipe.recv()
            except (EOFError, ConnectionResetError):
                self.process.join()
                return "signal", f"the worker ended with {self.process.exitcode}"
        if time.monotonic() > self.deadline:
            self.stop()
            return "hang", f"more than {self.limit} seconds"
        return None

    def stop(self):
        """End the process."""
        self.process.kill()
        self.process.join()


def work(kind, pipe, folder):
    """Check cases until the process is ended."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - other systems lack it, or its limit

        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    module = import_module(kind)
    while True:
        case = pipe.recv()
        try:
            pipe.send((module.check(*case, Path(folder)), ""))
        except AssertionError:
            pipe.send(("failure", traceback.format_exc()))


def run(kind, n, seed, jobs, keep):
    """Check `n` cases of a type; how many had which outcome. Those that fail are kept as files."""
    counts, started = Counter(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for case, outcome, report in outcomes(kind, import_module(kind).cases(seed, n), jobs, folder):
            counts[outcome] += 1
            if outcome in BAD:
                keep_case(f"{kind} {sum(counts.values())}", case, outcome, report, keep)
            progress(kind, counts, n, started)
    return counts


def outcomes(kind, waiting, jobs, folder):
    """Each case, what became of it, and what is to be said of that; workers take cases as they become free."""
    workers = []
    while True:
        while len(workers) < jobs and (case := next(waiting, None)) is not None:
            workers.append(Worker(kind, folder))
            workers[-1].take(case)
        if not workers:
            return
        wait([worker.pipe for worker in workers], timeout=0.5)
        for worker in list(workers):
            found = worker.outcome()
            if found is None:
                continue
            yield worker.case, *found
            case = next(waiting, None) if worker.process.is_alive() else None
            if case is None:
                worker.stop()
                workers.remove(worker)
            else:
                worker.take(case)


def keep_case(number, case, outcome, report, keep):
    """Write a case that failed to a file whose name says how to check it again."""
    name, content = case
    keep.mkdir(parents=True, exist_ok=True)
    file = keep / f"{number} {quote(name, safe=' ,:=')}"[:200]
    file.write_bytes(content)
    print(f"\n{outcome}: {file}\n{report}", file=sys.stderr)


def progress(kind, counts, n, started):
    """One line that is written over, where somebody looks on."""
    if sys.stderr.isatty():
        seconds = time.monotonic() - started
        bad = sum(counts[outcome] for outcome in BAD)
        print(f"\r{kind}: {sum(counts.values())} of {n}, {bad} bad, {seconds:.0f} s", end="", file=sys.stderr)


def summary(kind, counts):
    """The counts of a kind in one line."""
    names = {"failure": "failures", "signal": "signals", "hang": "hangs"}
    spelled = [f"{counts[outcome]} {names.get(outcome, outcome)}" for outcome in ("refused", "answered", *BAD)]
    return f"{kind}: {sum(counts.values())} cases, {', '.join(spelled)}"


def again(files):
    """Check kept cases in this process, where a debugger can look."""
    for file in files:
        kind, _, name = unquote(file.name).split(" ", 2)
        with tempfile.TemporaryDirectory() as folder:
            print(file.name, import_module(kind).check(name, file.read_bytes(), Path(folder)), sep=": ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for kind in KINDS:
        parser.add_argument(f"--{kind}", type=int, metavar="N", help="how many cases (5000 if no type is named)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="worker processes (default: 2)")
    parser.add_argument("--keep", type=Path, default=Path("fuzz"), help="where failing cases go (default: fuzz)")
    parser.add_argument("--again", type=Path, nargs="+", metavar="FILE", help="check kept cases, and nothing else")
    options = parser.parse_args()
    if options.again:
        again(options.again)
        return 0
    wanted = {kind: getattr(options, kind) for kind in KINDS}
    if not any(wanted.values()):
        wanted = dict.fromkeys(KINDS, 5000)
    bad = 0
    for kind, n in wanted.items():
        if n:
            counts = run(kind, n, options.seed, options.jobs, options.keep)
            print(summary(kind, counts), flush=True)
            bad += sum(counts[outcome] for outcome in BAD)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
