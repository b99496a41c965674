"""Number of threads for a parameter `n_jobs`."""

from multiprocessing import current_process

from joblib import effective_n_jobs


def count_threads(n_jobs: int | None) -> int:
    """Return the number of threads for `n_jobs`, by joblib's rules (None is 1, -1 all cores)."""
    # A worker of Dask is such a process: joblib would warn there each time that it takes one thread.
    if n_jobs and current_process().daemon:
        return 1
    return int(effective_n_jobs(n_jobs))
