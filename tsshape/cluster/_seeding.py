"""Centres to start from: greedy k-means++ under any metric."""

import math
from typing import Any

import numpy as np

from tsshape._kernels import LaneCosts, LloydPoints
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.cluster._cost import within_range
from tsshape.metrics import Metric, pairwise


class MetricCosts:
    """What each curve costs at the nearest of the centres so far; the same for any metric as `LaneCosts` for one.

    A curve costs the metric's power of its distance.
    """

    def __init__(
        self, X: Floats, weights: FloatArray, metric: Metric, parameters: dict[str, Any], n_threads: int
    ) -> None:
        self._X, self._weights, self._metric = X, weights, metric
        self._parameters, self._n_threads = parameters, n_threads
        self._costs = np.full(len(X), np.inf)

    @property
    def potentials(self) -> FloatArray:
        """The weighted cost of each curve, shape (n_curves,)."""
        return self._costs * self._weights

    def add_best(self, candidates: Floats) -> int:
        """Take the candidate, of (n, n_times), that lowers the sum of the potentials most as one more centre."""
        lowered = np.minimum(self._costs, self._at(candidates))
        with np.errstate(over="ignore", invalid="ignore"):
            # Not by a product with a vector, whose last bits depend on the number of BLAS threads.
            totals = (lowered * self._weights).sum(axis=1)
        best = int(np.argmin(totals))
        within_range(float(totals[best]))
        self._costs = lowered[best]
        return best

    def _at(self, centers: Floats) -> FloatArray:
        """What each curve costs at each centre, shape (n_centers, n_curves), at least 0."""
        if self._metric.symmetric:
            distances = pairwise(centers, self._X, self._metric, n_jobs=self._n_threads, **self._parameters)
        else:
            distances = pairwise(self._X, centers, self._metric, n_jobs=self._n_threads, **self._parameters).T
        if not self._metric.zero_self:
            # The centre itself is at the least distance, which may be below 0.
            distances = distances - distances.min(axis=1, keepdims=True)
        with np.errstate(over="ignore"):
            costs: FloatArray = distances.astype(np.float64, copy=False) ** self._metric.power
        return costs


def choose_seeds(
    X: Floats,
    weights: FloatArray,
    metric: Metric,
    parameters: dict[str, Any],
    n_clusters: int,
    *,
    rng: np.random.RandomState,
    n_threads: int,
    points: LloydPoints | None = None,
) -> IntArray:
    """Rows of curves spread over the others, each drawn in proportion to what it costs so far and its weight.

    Of a few draws the one that lowers the cost most is taken.

    Parameters
    ----------
    X : array of shape (n_curves, n_times)
    weights : array of shape (n_curves,), float64
    metric, parameters
        What measures the cost.
    n_clusters : int
        At most `n_curves`.
    points : LloydPoints, optional
        The curves made ready, where the metric is the Euclidean distance.

    Returns
    -------
    array of shape (n_clusters,), int64

    References
    ----------
    D. Arthur, S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
    """
    costs = (
        MetricCosts(X, weights, metric, parameters, n_threads)
        if points is None
        else LaneCosts(points, weights, n_threads)
    )
    n_draws = 2 + int(math.log(n_clusters))
    chosen = _draw(weights, 1, rng)
    costs.add_best(X[chosen])
    while len(chosen) < n_clusters:
        draws = _draw(costs.potentials, n_draws, rng)
        chosen = np.append(chosen, draws[costs.add_best(X[draws])])
    seeds: IntArray = chosen
    return seeds


def _draw(potentials: FloatArray, size: int, rng: np.random.RandomState) -> Any:
    """Positions drawn in proportion to their potentials; any, where all are 0."""
    cumulative = np.cumsum(potentials)
    if not cumulative[-1] > 0:
        return rng.randint(len(potentials), size=size)
    drawn = np.searchsorted(cumulative, rng.random_sample(size) * cumulative[-1], side="right")
    if drawn.max() == len(potentials) or not potentials[drawn].all():
        # Rounding led past the last curve that can be drawn.
        return np.minimum(drawn, np.flatnonzero(potentials)[-1])
    return drawn
