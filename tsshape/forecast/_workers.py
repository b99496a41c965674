"""Threads that train models side by side and ask them for forecasts.

Each model is trained by one thread, and the rows of a forecast do not depend on one another: results are the same bits
for any number of threads.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType
from typing import Any, Self, TypeVar

from tsshape._threads import count_threads

Result = TypeVar("Result")


class Workers:
    """A pool of threads, to be used in a `with` statement; one thread is none but the caller's.

    Work that was submitted must not submit work itself: it would wait for threads that wait for it.

    Parameters
    ----------
    n_jobs : int or None
        Number of threads, by joblib's rules.
    """

    def __init__(self, n_jobs: int | None) -> None:
        n_threads = count_threads(n_jobs)
        self._pool = ThreadPoolExecutor(n_threads) if n_threads > 1 else None
        self.n_threads = n_threads

    def submit(self, function: Callable[..., Result], *arguments: Any) -> "Future[Result]":
        """Start a call and return its future; with one thread the call is made at once."""
        # Settings of numpy and the progress of the fit are those of the caller.
        if self._pool is not None:
            return self._pool.submit(copy_context().run, function, *arguments)
        future: Future[Result] = Future()
        future.set_result(function(*arguments))
        return future

    def map(self, function: Callable[..., Result], *arguments: Iterable[Any]) -> list[Result]:
        """Return what the function returns for each of the arguments, in their order."""
        futures = [self.submit(function, *each) for each in zip(*arguments, strict=True)]
        return [future.result() for future in futures]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, error_class: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._pool is not None:
            # After an error what has not begun is left out.
            self._pool.shutdown(cancel_futures=error is not None)
