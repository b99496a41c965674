"""Matrix products whose bits do not depend on the number of threads that BLAS may use."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

_LOCK = threading.Lock()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit BLAS to one thread inside the block."""
    # The limit is the whole process's: two blocks at once would restore each other's.
    with _LOCK, threadpool_limits(1, user_api="blas"):
        yield
