"""Chunks of work on threads."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

Chunk = TypeVar("Chunk")
# What one thread knows: the threads of `shared_threads`, if it entered that block, since a chunk that itself has chunks
# to run must not wait for threads that wait for it; and whether the chunk that it runs is still wanted.
_shared = threading.local()


def run_chunks(function: Callable[[Chunk], object], chunks: Sequence[Chunk], n_threads: int) -> None:
    """Call `function` on every chunk, on at most `n_threads` threads, or on those that `shared_threads` has started.

    The function must release the GIL and write where no other chunk writes: then the result does not depend on the
    number of threads. The threads end with the call, so that a fork afterwards finds none; starting them takes about
    0.5 ms, hence work of less than about a millisecond is best handed over as one chunk, which runs on the caller's.
    """
    unwanted: threading.Event | None = getattr(_shared, "unwanted", None)
    if unwanted is not None and unwanted.is_set():
        raise CancelledError
    n_threads = min(n_threads, len(chunks))
    if n_threads <= 1:
        for chunk in chunks:
            function(chunk)
        return
    shared: ThreadPoolExecutor | None = getattr(_shared, "pool", None)
    if shared is not None:
        _drain(shared, function, chunks)
        return
    with ThreadPoolExecutor(n_threads) as pool:
        _drain(pool, function, chunks)


@contextmanager
def shared_threads(n_threads: int) -> Iterator[None]:
    """Within the block, every `run_chunks` of this thread uses the same threads; they end with the block."""
    if n_threads <= 1 or getattr(_shared, "pool", None) is not None:
        yield
        return
    with ThreadPoolExecutor(n_threads) as pool:
        _shared.pool = pool
        try:
            yield
        finally:
            _shared.pool = None


def _drain(pool: ThreadPoolExecutor, function: Callable[[Chunk], object], chunks: Sequence[Chunk]) -> None:
    """Run all chunks; the first error is raised once all have ended.

    After a signal those that wait are left out, and those that run end with the next chunks that they have to run.
    """
    unwanted = threading.Event()

    def call(chunk: Chunk) -> None:
        _shared.unwanted = unwanted
        function(chunk)

    futures: list[Future[None]] = []
    try:
        futures.extend(pool.submit(call, chunk) for chunk in chunks)
        wait(futures)
    finally:
        unwanted.set()
        for future in futures:
            future.cancel()
    for future in futures:
        future.result()
