"""Measuring in processes of their own, none of which outlives this one."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext
from typing import TypeAlias

from threadpoolctl import threadpool_limits

from tsshape._plugin_files import loaded_files
from tsshape.bench._components import Direct, Variant
from tsshape.bench._in_flight import Figures
from tsshape.bench._measure import failure, measure
from tsshape.bench._splits import Split
from tsshape.data import EngagementDataset
from tsshape.metrics import load_plugin

# One split and the variants that are still to be measured on it.
Task: TypeAlias = tuple[Split, tuple[Variant | Direct, ...]]


def measure_all(dataset: EngagementDataset, tasks: Sequence[Task], n_jobs: int) -> Iterator[Figures]:
    """The figures of all cells as they are finished, in whichever order.

    A process that dies, of a crash in a library or for want of memory, fails the cell that it was at; the other cells
    of its split go to a new one.

    Raises
    ------
    RuntimeError
        If a process ends before it can begin.
    """
    context, waiting = multiprocessing.get_context("spawn"), deque(tasks)
    workers = [_Worker(context, dataset) for _ in range(min(n_jobs, len(tasks)))]
    try:
        while waiting or any(worker.variants for worker in workers):
            for worker in workers:
                if waiting and not worker.variants:
                    worker.give(waiting.popleft())
            for worker in _ready(workers):
                figures = worker.next_figures()
                if worker.is_dead:
                    if worker.variants:
                        waiting.append((worker.split, tuple(worker.variants)))
                    workers[workers.index(worker)] = _Worker(context, dataset)
                if figures is not None:
                    yield figures
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.join()


class _Worker:
    """A process, the connection to it, and the cells that it has still to measure."""

    def __init__(self, context: SpawnContext, dataset: EngagementDataset) -> None:
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(dataset, loaded_files(), theirs), daemon=True)
        self.process.start()
        # Its end is closed here, so that reading ends when the process does.
        theirs.close()
        self.begun = self.is_dead = False
        self.split: Split
        self.variants: deque[Variant | Direct] = deque()

    def give(self, task: Task) -> None:
        """Hand over a split."""
        self.split, self.variants = task[0], deque(task[1])
        try:
            self.connection.send(task)
        except BrokenPipeError:
            # It died while it waited; reading from it tells so.
            return

    def next_figures(self) -> Figures | None:
        """The next finished or failed cell; None for the word that the process has begun."""
        try:
            figures: Figures | None = self.connection.recv()
        except (EOFError, ConnectionResetError) as error:
            self.is_dead = True
            self.process.join()
            if not self.begun:
                raise RuntimeError(f"a process of the benchmark {self._end()} before it could begin") from error
            if not self.variants:
                return None
            dead = RuntimeError(f"its process {self._end()}")
            return failure(self.split, self.variants.popleft(), dead)
        if figures is None:
            self.begun = True
        else:
            self.variants.popleft()
        return figures

    def _end(self) -> str:
        """How the process ended, in words."""
        code = self.process.exitcode or 0
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def _ready(workers: Sequence[_Worker]) -> list[_Worker]:
    """The processes that have something to say, waited for."""
    connections = wait([worker.connection for worker in workers])
    return [worker for worker in workers if worker.connection in connections]


def _work(dataset: EngagementDataset, plugins: Sequence[str], connection: Connection) -> None:
    """Measure one split after another, with one thread, until this process is ended."""
    # Ctrl-C reaches every process of a terminal; the parent alone answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for path in plugins:
        load_plugin(path)
    with threadpool_limits(1):
        connection.send(None)
        while True:
            for figures in measure(dataset, *connection.recv()):
                connection.send(figures)


def _end_with_parent() -> None:
    """Leave when the parent process is gone, however it went: nobody would read the results."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
