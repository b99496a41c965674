"""The knee of the inertia over the number of clusters, if it has one."""

import numpy as np

from tsshape._typing import FloatArray, IntArray

# At a knee the slope before, on logarithmic axes, is at least this many times the slope after …
STEEPER = 3.0
# … and greater by at least this: the quotient of two slopes near 0 says nothing.
DROP = 0.25
# Slopes span at least this ratio of numbers of clusters, so that one lucky start does not count.
SPAN = 1.25


def find_knee(n_clusters: IntArray, inertia: FloatArray) -> int | None:
    """Return the number of clusters at which the inertia stops falling fast, or None.

    Without structure the inertia falls as a power of k: a straight line on logarithmic axes, without a knee, although
    the curve bends on linear axes. At a knee the slope on logarithmic axes just before is at least 3 times the slope
    after, up to twice as many clusters; of several knees the one with the greatest quotient is returned.

    Parameters
    ----------
    n_clusters : array of shape (n,), int
        Ascending, at least 1.
    inertia : array of shape (n,)
        Values that are 0 or not finite are skipped.

    Returns
    -------
    int or None

    Examples
    --------
    >>> k = np.arange(1, 21)
    >>> find_knee(k, 100.0 / k) is None
    True
    >>> find_knee(k, np.where(k < 4, 100.0 / k, 3.0 / k))
    4
    """
    usable = np.isfinite(inertia) & (inertia > 0)
    numbers = n_clusters[usable]
    k, fallen = np.log(numbers), -np.log(np.minimum.accumulate(inertia[usable]))
    best, knee = STEEPER, None
    for here in range(1, len(k) - 1):
        before = _slope(k, fallen, _last_below(k, k[here] - np.log(SPAN), here - 1), here)
        ends = {_first_above(k, k[here] + np.log(ratio), here + 1) for ratio in (SPAN, 2.0)}
        after = max(_slope(k, fallen, here, end) for end in ends)
        if before >= best * after and before >= after + DROP:
            best, knee = before / after if after > 0 else np.inf, int(numbers[here])
    return knee


def _slope(k: FloatArray, fallen: FloatArray, start: int, end: int) -> float:
    """Return how steeply the inertia falls between two positions, as a power of k."""
    return float((fallen[end] - fallen[start]) / (k[end] - k[start]))


def _last_below(k: FloatArray, limit: float, at_most: int) -> int:
    """Return the last position whose k is within the limit, clipped to 0 and `at_most`."""
    return max(0, min(int(np.searchsorted(k, limit + 1e-9, side="right")) - 1, at_most))


def _first_above(k: FloatArray, limit: float, at_least: int) -> int:
    """Return the first position whose k reaches the limit, clipped to `at_least` and the last position."""
    return min(max(int(np.searchsorted(k, limit - 1e-9)), at_least), len(k) - 1)
