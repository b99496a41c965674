"""How many threads a parameter `n_jobs` stands for."""

from joblib import effective_n_jobs


def count_threads(n_jobs: int | None) -> int:
    """Threads that `n_jobs` stands for, by joblib's rules (None is 1, -1 all cores)."""
    return int(effective_n_jobs(n_jobs))
