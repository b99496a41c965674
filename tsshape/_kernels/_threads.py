"""Chunks of work on threads."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Chunk = TypeVar("Chunk")


def run_chunks(function: Callable[[Chunk], object], chunks: Sequence[Chunk], n_threads: int) -> None:
    """Call `function` on every chunk, on at most `n_threads` threads.

    The function must release the GIL and write where no other chunk writes: then the result does not depend on the
    number of threads. The threads end with the call, so that a fork afterwards finds none; starting them takes about
    0.1 ms, hence work of less than about a millisecond is best handed over as one chunk, which runs on the caller's.
    """
    n_threads = min(n_threads, len(chunks))
    if n_threads <= 1:
        for chunk in chunks:
            function(chunk)
        return
    with ThreadPoolExecutor(n_threads) as pool:
        for _ in pool.map(function, chunks):
            pass
