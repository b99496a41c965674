"""Number of threads for a parameter `n_jobs`."""

from joblib import effective_n_jobs


def count_threads(n_jobs: int | None) -> int:
    """Return the number of threads for `n_jobs`, by joblib's rules (None is 1, -1 all cores)."""
    return int(effective_n_jobs(n_jobs))
