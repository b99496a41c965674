"""Measure cells in worker processes, none of which outlives this one."""

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
from tsshape.bench._cell import Record
from tsshape.bench._components import Baseline, Direct, Variant
from tsshape.bench._measure import failure, measure
from tsshape.bench._splits import Split
from tsshape.data import EngagementDataset
from tsshape.metrics import load_plugin

# One split and the variants that are still to be measured on it.
Task: TypeAlias = tuple[Split, tuple[Variant | Direct | Baseline, ...]]


def measure_all(dataset: EngagementDataset, tasks: Sequence[Task], n_jobs: int) -> Iterator[Record]:
    """Yield the scores of all cells as they are finished, in any order.

    A process that dies, by a crash in a library or for lack of memory, fails the cell that it was measuring; the other
    cells of its split go to a new process.

    Raises
    ------
    RuntimeError
        If a process ends before its first cell.
    """
    context, waiting = multiprocessing.get_context("spawn"), deque(tasks)
    workers = [_Worker(context, dataset) for _ in range(min(n_jobs, len(tasks)))]
    try:
        while waiting or any(worker.variants for worker in workers):
            for worker in workers:
                if waiting and not worker.variants:
                    worker.send(waiting.popleft())
            for worker in _ready(workers):
                record = worker.next_record()
                if worker.is_dead:
                    if worker.variants:
                        waiting.append((worker.split, tuple(worker.variants)))
                    workers[workers.index(worker)] = _Worker(context, dataset)
                if record is not None:
                    yield record
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.join()


class _Worker:
    """A process, the connection to it, and the cells that it still has to measure."""

    def __init__(self, context: SpawnContext, dataset: EngagementDataset) -> None:
        self.connection, other_end = context.Pipe()
        self.process = context.Process(target=_work, args=(dataset, loaded_files(), other_end), daemon=True)
        self.process.start()
        # With the other end open in the process only, reading ends when the process does.
        other_end.close()
        self.is_ready = self.is_dead = False
        self.split: Split
        self.variants: deque[Variant | Direct | Baseline] = deque()

    def send(self, task: Task) -> None:
        """Send a split to the process."""
        self.split, self.variants = task[0], deque(task[1])
        try:
            self.connection.send(task)
        except BrokenPipeError:
            # The process died while it waited, which the next read notices.
            return

    def next_record(self) -> Record | None:
        """Return the next finished or failed cell; None if the process only said that it is ready."""
        try:
            record: Record | None = self.connection.recv()
        except (EOFError, ConnectionResetError) as error:
            self.is_dead = True
            self.process.join()
            if not self.is_ready:
                raise RuntimeError(f"a process of the benchmark {self._end()} before its first cell") from error
            if not self.variants:
                return None
            dead = RuntimeError(f"its process {self._end()}")
            return failure(self.split, self.variants.popleft(), dead)
        if record is None:
            self.is_ready = True
        else:
            self.variants.popleft()
        return record

    def _end(self) -> str:
        """Say how the process ended."""
        code = self.process.exitcode or 0
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def _ready(workers: Sequence[_Worker]) -> list[_Worker]:
    """Wait for processes that have sent something, and return them."""
    connections = wait([worker.connection for worker in workers])
    return [worker for worker in workers if worker.connection in connections]


def _work(dataset: EngagementDataset, plugins: Sequence[str], connection: Connection) -> None:
    """Measure one split after another, with one thread, until this process is ended."""
    # Ctrl-C reaches every process of a terminal; only the parent answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for path in plugins:
        load_plugin(path)
    with threadpool_limits(1):
        connection.send(None)
        while True:
            for record in measure(dataset, *connection.recv()):
                connection.send(record)


def _end_with_parent() -> None:
    """End this process when its parent has ended, however it did: nobody would read the results."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
