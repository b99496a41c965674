"""Initial centres by greedy k-means++ under any metric."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tsshape import _kernels
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.cluster._cost import within_range
from tsshape.metrics import Metric, pairwise

if TYPE_CHECKING:
    from tsshape._kernels import LloydPoints


class MetricCosts:
    """The cost of each curve at its nearest centre, its distance to the metric's power.

    It works under any metric, with the interface of the kernel `LaneCosts`, which is Euclidean.
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
        """Add the candidate, a row of (n, n_times), that lowers the sum of the potentials most; return its row."""
        lowered = np.minimum(self._costs, self._at(candidates))
        with np.errstate(over="ignore", invalid="ignore"):
            # The last bits of a product with a vector would depend on the number of BLAS threads.
            totals = (lowered * self._weights).sum(axis=1)
        best = int(np.argmin(totals))
        within_range(float(totals[best]))
        self._costs = lowered[best]
        return best

    def _at(self, centers: Floats) -> FloatArray:
        """Return the cost of each curve at each centre, shape (n_centers, n_curves), at least 0."""
        if self._metric.symmetric:
            distances = pairwise(centers, self._X, self._metric, n_jobs=self._n_threads, **self._parameters)
        else:
            distances = pairwise(self._X, centers, self._metric, n_jobs=self._n_threads, **self._parameters).T
        if not self._metric.zero_self:
            # The least distance, which may be negative, is that of the centre itself.
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
    points: "LloydPoints | None" = None,
) -> IntArray:
    """Draw the rows of the initial centres in proportion to their cost so far; of a few draws each the best is kept.

    `points` are the curves in the layout of the Euclidean kernel, if that is the metric.

    References
    ----------
    D. Arthur, S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
    """
    costs = (
        MetricCosts(X, weights, metric, parameters, n_threads)
        if points is None
        else _kernels.LaneCosts(points, weights, n_threads)
    )
    if points is not None:
        X = X.reshape(len(X), -1)
    n_draws = 2 + int(math.log(n_clusters))
    chosen = _draw(weights, 1, rng)
    costs.add_best(X[chosen])
    while len(chosen) < n_clusters:
        draws = _draw(costs.potentials, n_draws, rng)
        chosen = np.append(chosen, draws[costs.add_best(X[draws])])
    seeds: IntArray = chosen
    return seeds


def _draw(potentials: FloatArray, size: int, rng: np.random.RandomState) -> Any:
    """Draw positions in proportion to their potentials; any, if all are 0."""
    cumulative = np.cumsum(potentials)
    if not cumulative[-1] > 0:
        return rng.randint(len(potentials), size=size)
    drawn = np.searchsorted(cumulative, rng.random_sample(size) * cumulative[-1], side="right")
    if drawn.max() == len(potentials) or not potentials[drawn].all():
        # Rounding may lead past the last curve that can be drawn.
        return np.minimum(drawn, np.flatnonzero(potentials)[-1])
    return drawn
