"""The cells of a benchmark as tasks."""

import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, NamedTuple

import dask
from distributed import KilledWorker, as_completed, get_worker
from distributed.comm import CommClosedError
from threadpoolctl import threadpool_limits

from tsshape._errors import DataError
from tsshape.adapters.dask._compute import client_in_force
from tsshape.bench import Record, Shared, Split, Task, failure, measure
from tsshape.data import EngagementDataset


def measure_cells(
    dataset: EngagementDataset, tasks: Sequence[Task], client: Any = None
) -> Generator[Record, None, None]:
    """Yield the scores of all cells as they are finished, in any order: the `measure_cells` of `tsshape.bench.run`.

    Each cell is a task. The cells of a split follow each other on one worker, where they share the encoded posts and
    the fitted components; as many splits as the workers have threads are measured at a time. When a worker dies, the
    cells that it was measuring are measured again by another. A cell in which worker after worker dies is measured once
    more when no other is; if they die again, it fails.

    Parameters
    ----------
    dataset : EngagementDataset
        The posts, which each worker gets once.
    tasks : sequence of (split, variants)
        What to measure, as `run` divides it.
    client : distributed.Client, optional
        Where it is measured; by default the one in force, such as that of `open_scheduler`.

    Raises
    ------
    DataError
        If there is no client.
    MemoryError
        If worker after worker dies while it receives the dataset.

    Examples
    --------
    >>> from tsshape.adapters.dask import open_scheduler
    >>> from tsshape.bench import run
    >>> with open_scheduler("tcp://10.0.0.1:8786"):  # doctest: +SKIP
    ...     records = run("paper", posts, "paper-run", measure_cells=measure_cells)
    """
    client = client or client_in_force()
    if client is None:
        raise DataError("there is no Dask client: measure cells within tsshape.adapters.dask.open_scheduler(…)")
    posts = _send(client, _keep, dataset)
    suspects: list[Task] = []
    for split, variant, outcome in _measure(client, posts, tasks):
        if isinstance(outcome, KilledWorker):
            # Perhaps another cell killed the workers: those that ran, or waited, beside it are blamed like it.
            suspects.append((split, (variant,)))
        else:
            yield outcome
    for split, variant, outcome in _measure(client, posts, suspects, n_at_once=1):
        if isinstance(outcome, KilledWorker):
            n_died = 2 * (outcome.allowed_failures + 1)
            yield failure(split, variant, RuntimeError(f"each of the {n_died} workers that it was given to died"))
        else:
            yield outcome


class _Outcome(NamedTuple):
    """A cell, and its record or the error of the workers that died in it."""

    split: Split
    variant: Any
    record: Any


class _Chain:
    """The cells of a split that are still to be measured, one after another on the same worker."""

    def __init__(self, client: Any, posts: Any, task: Task) -> None:
        self.split, variants = task
        self.variants = deque(variants)
        self._client, self._posts = client, posts
        self._on_worker = _send(client, _SplitOnWorker, self.split)
        self._worker: str | None = None

    def submit(self) -> Any:
        """Return the future of the next cell."""
        where = {} if self._worker is None else {"workers": [self._worker], "allow_other_workers": True}
        return self._client.submit(_measure_cell, self._posts, self._on_worker, self.variants[0], **where, pure=False)

    def finish(self, future: Any) -> _Outcome:
        """Return what became of the cell that was submitted."""
        variant = self.variants.popleft()
        try:
            self._worker, record = future.result()
        except KilledWorker as error:
            if error.task == self._posts.key:
                raise MemoryError("worker after worker died while it received the posts") from error
            return _Outcome(self.split, variant, error)
        return _Outcome(self.split, variant, record)


def _measure(client: Any, posts: Any, tasks: Sequence[Task], n_at_once: int | None = None) -> Iterator[_Outcome]:
    """Yield what becomes of each cell, of some splits at a time; by default of as many as there are threads."""
    waiting, running, finished = deque(tasks), {}, as_completed(loop=client.loop)

    def submit(chain: _Chain) -> None:
        future = chain.submit()
        running[future] = chain
        finished.add(future)

    try:
        while waiting or running:
            # Counted anew each time, since workers come and go.
            while waiting and len(running) < (n_at_once or _count_threads(client)):
                submit(_Chain(client, posts, waiting.popleft()))
            future = next(finished)
            chain = running.pop(future)
            outcome = chain.finish(future)
            if chain.variants:
                submit(chain)
            yield outcome
    finally:
        for future in running:
            future.release()


def _send(client: Any, function: Callable[[Any], Any], value: Any) -> Any:
    """Return the future of a function of a large value, which workers get again where it is lost."""
    # The client warns of large values in tasks: they should be sent once, as these are.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": sys.maxsize}):
        return client.submit(function, value, pure=False)


def _count_threads(client: Any) -> int:
    """Return the number of threads of all workers, at least 1, for whom to wait."""
    try:
        return max(1, int(sum(client.nthreads().values())))
    except OSError as error:
        raise CommClosedError from error


class _SplitOnWorker:
    """A split on a worker, and what its cells share while they are measured there."""

    def __init__(self, split: Split) -> None:
        self.split, self.shared = split, Shared()

    def __reduce__(self) -> tuple[Any, ...]:
        # What is shared is made anew elsewhere, which takes less than to send it.
        return _SplitOnWorker, (self.split,)


def _keep(dataset: EngagementDataset) -> EngagementDataset:
    """Return a dataset: unlike scattered data, the result of a task is made again where it is lost."""
    return dataset


def _measure_cell(dataset: EngagementDataset, on_worker: _SplitOnWorker, variant: Any) -> tuple[str, Record]:
    """Return the address of this worker and the record of a cell, measured with one thread."""
    with threadpool_limits(1):
        (record,) = measure(dataset, on_worker.split, (variant,), on_worker.shared)
    return get_worker().address, record
