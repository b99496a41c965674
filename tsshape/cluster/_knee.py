"""The knee of an inertia curve, if it has one."""

import numpy as np

from tsshape._typing import FloatArray, IntArray

# At a knee the inertia falls by at least so many times the power of k of its fall afterwards …
STEEPER = 3.0
# … and by so much more: of two slopes near 0 the quotient says nothing.
DROP = 0.25
# Slopes are taken over at least this ratio of numbers of clusters, so that luck with one start does not count.
SPAN = 1.25


def find_knee(n_clusters: IntArray, inertia: FloatArray) -> int | None:
    """The number of clusters at which the inertia stops falling fast, or None.

    Without structure the inertia falls as a power of k: a straight line on logarithmic axes, and no knee, however much
    the curve seems to bend on linear ones. At a knee the slope on logarithmic axes just before is at least 3 times that
    of what follows, up to twice as many clusters; of several the one with the greatest quotient is taken.

    Parameters
    ----------
    n_clusters : array of shape (n,), int
        Ascending, at least 1.
    inertia : array of shape (n,)
        Values that are 0 or not finite are passed over.

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
    """How steeply the inertia falls between two positions, as a power of k."""
    return float((fallen[end] - fallen[start]) / (k[end] - k[start]))


def _last_below(k: FloatArray, limit: float, at_most: int) -> int:
    """The last position whose k does not exceed the limit, but `at_most` where that would be later, and at least 0."""
    return max(0, min(int(np.searchsorted(k, limit + 1e-9, side="right")) - 1, at_most))


def _first_above(k: FloatArray, limit: float, at_least: int) -> int:
    """The first position whose k reaches the limit, but not before `at_least`; the last one where none does."""
    return min(max(int(np.searchsorted(k, limit - 1e-9)), at_least), len(k) - 1)
