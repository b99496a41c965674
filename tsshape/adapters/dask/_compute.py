"""Computing tasks on the scheduler in force, or on the one of a client."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from threading import Lock
from typing import Any

import dask

# Called with the number of finished tasks and of all.
Show = Callable[[int, int], object]

_show: ContextVar[Show | None] = ContextVar("_show", default=None)


@contextmanager
def watch_tasks(show: Show) -> Iterator[None]:
    """Have `show(done, total)` called as tasks are finished that are computed within the block, on a client.

    Each computation, such as one pass over the data, begins again at 0. It may be called by another thread.

    Examples
    --------
    >>> import dask.array as da
    >>> from tsshape.adapters.dask import open_scheduler
    >>> from tsshape.cluster import ShapeKMeans
    >>> with open_scheduler("local", n_workers=1), watch_tasks(print):  # doctest: +SKIP
    ...     model = ShapeKMeans(2).fit(da.random.random((100, 3), chunks=(50, 3)))
    0 2
    1 2
    2 2
    """
    token = _show.set(show)
    try:
        yield
    finally:
        _show.reset(token)


def compute(
    tasks: Sequence[Any], client: Any = None, *, block_rows: int | None = None, watched: Sequence[Any] = ()
) -> list[Any]:
    """Return the results of delayed tasks, in their order; progress is that of the `watched` ones, which they need.

    Raises
    ------
    MemoryError
        If workers die again and again in the same task; a message names half of `block_rows`, the rows of its block.
    """
    client = client or client_in_force()
    if client is None:
        return list(dask.compute(*tasks))
    from distributed import KilledWorker  # noqa: PLC0415 - imported already, since there is a client

    futures = client.compute([*tasks, *watched])
    finish = _watch(futures[len(tasks) :] or futures)
    try:
        results: list[Any] = client.gather(futures[: len(tasks)])
        finish()
    except KilledWorker as error:
        raise MemoryError(_spell_killed(error, block_rows)) from error
    finally:
        # Not cancelled: the scheduler may fail where tasks that need one another are cancelled at once.
        for future in futures:
            future.release()
    return results


def persist(tasks: Sequence[Any], client: Any = None) -> list[Any]:
    """Compute delayed tasks and leave the results where they are; return them as delayed values."""
    client = client or client_in_force()
    if client is None:
        return list(dask.persist(*tasks))
    from distributed import wait  # noqa: PLC0415 - imported already

    kept = list(client.persist(list(tasks)))
    # Else the next computation would begin beside this one, and blocks wait in memory for both.
    with as_current(client):
        wait(kept)
    return kept


def as_current(client: Any) -> AbstractContextManager[Any]:
    """Have a client in force within a block; None changes nothing."""
    return nullcontext() if client is None else client.as_current()


def client_in_force() -> Any:
    """Return the client that Dask would use, None if another scheduler is in force."""
    # A client can only exist where its library has been imported.
    if "distributed" not in sys.modules or dask.config.get("scheduler", None) not in {None, "dask.distributed"}:
        return None
    from distributed.client import _get_global_client  # noqa: PLC0415

    return _get_global_client()


def _spell_killed(error: Any, block_rows: int | None) -> str:
    """Say how often workers died in a task, and what to try."""
    smaller = (
        "smaller blocks" if block_rows is None else f"blocks of {-(-block_rows // 2):,} rows instead of {block_rows:,}"
    )
    return (
        f"{error.allowed_failures + 1} workers died in the same task, as they do when their memory is full: take "
        f"{smaller} (--block-rows; X.rechunk in Python), or workers with more memory"
    )


def _watch(futures: Sequence[Any]) -> Callable[[], None]:
    """Tell who watches about each finished future; return a function to call when all results are here."""
    show, lock, n_done, is_over = _show.get(), Lock(), 0, False
    if show is None:
        return lambda: None
    show(0, len(futures))

    def count(future: Any) -> None:
        nonlocal n_done
        # Also called of futures that are cancelled, all at once, when the scheduler is lost.
        if future.status != "finished":
            return
        with lock:
            n_done += 1
            if not is_over:
                show(n_done, len(futures))

    def finish() -> None:
        # Some calls may still be to come, in another thread, when the results are here.
        nonlocal is_over
        with lock:
            is_over = True
            show(len(futures), len(futures))

    for future in futures:
        future.add_done_callback(count)
    return finish
