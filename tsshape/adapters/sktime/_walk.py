"""A random walk with drift: how any series goes on of which nothing else was learned."""

from typing import NamedTuple

import numpy as np

from tsshape._typing import FloatArray, IntArray

# So many last changes are looked at: of days a week, in which each day of the week counts once.
LAST = 7


class Walk(NamedTuple):
    """Forecasts, their standard errors, and the degrees of freedom of these errors in Student's distribution."""

    middle: FloatArray
    error: FloatArray
    freedom: int


def walk_on(values: FloatArray, steps: IntArray) -> Walk:
    """The forecasts of a series so many steps after its end.

    The drift is the mean of the last changes, at most `LAST`. The error grows as R. Hyndman and G. Athanasopoulos,
    "Forecasting: principles and practice", 3rd edition, section 5.2, say, with the standard deviation of these changes;
    of one change there is none, and its size is taken instead, or that of the value where there is only one.
    """
    changes = np.diff(values[-(LAST + 1) :])
    n = len(changes)
    drift = changes.mean() if n else 0.0
    spread = changes.std(ddof=1) if n > 1 else np.abs(changes[0] if n else values[-1])
    ahead = steps.astype(np.float64)
    return Walk(values[-1] + drift * ahead, spread * np.sqrt(ahead * (1 + ahead / max(n, 1))), max(n - 1, 1))
