"""Forecasts by a random walk with drift, for series of which nothing else was learned."""

from typing import NamedTuple

import numpy as np

from tsshape._typing import FloatArray, IntArray

# How many of the last changes are used. For days that is a week, in which each day of the week counts once.
N_CHANGES = 7


class Walk(NamedTuple):
    """Forecasts, their standard errors, and the degrees of freedom of these errors in Student's distribution."""

    middle: FloatArray
    error: FloatArray
    freedom: int


def walk_on(values: FloatArray, steps: IntArray) -> Walk:
    """Forecast a series at the given numbers of steps after its end.

    The drift is the mean of the last changes, at most `N_CHANGES`. The standard error grows as in R. Hyndman and
    G. Athanasopoulos, "Forecasting: principles and practice", 3rd edition, section 5.2, with the standard deviation of
    these changes; with one change its size is used instead, and with one value the size of that.
    """
    changes = np.diff(values[-(N_CHANGES + 1) :])
    n = len(changes)
    drift = changes.mean() if n else 0.0
    spread = changes.std(ddof=1) if n > 1 else np.abs(changes[0] if n else values[-1])
    ahead = steps.astype(np.float64)
    return Walk(values[-1] + drift * ahead, spread * np.sqrt(ahead * (1 + ahead / max(n, 1))), max(n - 1, 1))
