"""Steps before and after those of Lloyd's algorithm, under averages with many local minima, which is DBA.

The barycenter that single steps reach from a curve, a seed, keeps much of that curve, and the clusters form around it.
Those begun from the mean or the medoid of a cluster are smoother: so the first clusters are formed around these, and
after the last step each cluster takes the one of these that costs less than its centre, if any does.
"""

from typing import TYPE_CHECKING

import numpy as np

from tsshape.cluster._cost import total_cost
from tsshape.metrics import better_centers, nearest, restart_centers

if TYPE_CHECKING:
    from tsshape._typing import Floats, IntArray
    from tsshape.cluster._lloyd import Lloyd

# With three opening passes of ten steps, one start in ten of the set Coffee ended in a poor minimum instead of two.
OPENING_PASSES, OPENING_STEPS = 3, 10
# Each closing pass ends with a few iterations of Lloyd's; the next one follows if the inertia fell by this share.
CLOSING_PASSES, CLOSING_STEPS, CLOSING_ITERATIONS, CLOSING_FALL = 10, 30, 5, 1e-4


def open_centers(lloyd: "Lloyd", centers: "Floats", *, n_passes: int, n_threads: int) -> "Floats":
    """Assign the curves and average the clusters anew, some times."""
    for _ in range(n_passes):
        labels, _ = _assign(lloyd, centers, n_threads)
        centers = restart_centers(
            lloyd.X, labels, lloyd.weights, centers, max_iter=OPENING_STEPS, parameters=lloyd.parameters,
            n_threads=n_threads,
        )  # fmt: skip
    return centers


def close_centers(lloyd: "Lloyd", centers: "Floats", *, tol: float, n_threads: int) -> "Floats":
    """Return centres of an inertia that is no higher."""
    labels, inertia = _assign(lloyd, centers, n_threads)
    for _ in range(CLOSING_PASSES):
        better = better_centers(
            lloyd.X, labels, lloyd.weights, centers, max_iter=CLOSING_STEPS, parameters=lloyd.parameters,
            n_threads=n_threads,
        )  # fmt: skip
        if np.array_equal(better, centers):
            break
        moved, _ = lloyd.iterate(better, max_iter=CLOSING_ITERATIONS, tol=tol, n_threads=n_threads)
        labels, lower = _assign(lloyd, moved, n_threads)
        if lower < inertia:
            centers = moved
        if not lower < (1 - CLOSING_FALL) * inertia:
            break
        inertia = lower
    return centers


def _assign(lloyd: "Lloyd", centers: "Floats", n_threads: int) -> tuple["IntArray", float]:
    """Return the labels and the inertia."""
    labels, distances = nearest(lloyd.X, centers, lloyd.metric, n_jobs=n_threads, **lloyd.parameters)
    return labels, total_cost(lloyd.weights, distances, lloyd.metric.power)
