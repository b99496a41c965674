"""Chunks of work on threads."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

Chunk = TypeVar("Chunk")
# Of each thread: `pool`, the threads of `shared_threads` if it is inside that block (a chunk that runs chunks has none,
# as they may be waiting for it), and `unwanted`, which is set if the chunk that it runs should end.
_shared = threading.local()


def run_chunks(function: Callable[[Chunk], object], chunks: Sequence[Chunk], n_threads: int) -> None:
    """Call `function` on every chunk, on at most `n_threads` threads, or on those that `shared_threads` has started.

    The function must release the GIL and write where no other chunk writes: then the result does not depend on the
    number of threads. The threads end with the call, so that no fork afterwards copies them; starting them takes about
    0.5 ms, hence work of less than about a millisecond should be one chunk, which runs on the calling thread.
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
    """Let every `run_chunks` of this thread use the same threads within the block; they end with it."""
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
    """Run all chunks; the first error is raised when all have ended.

    After a signal, waiting chunks are cancelled, and running ones end when they next call `run_chunks`.
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
