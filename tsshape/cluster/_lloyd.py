"""Lloyd's algorithm under any metric: curves go to their nearest centre, centres to the average of their curves."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tsshape._errors import DataError
from tsshape._kernels import LloydPoints, lloyd_points, lloyd_step
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.cluster._seeding import seed_centers
from tsshape.metrics import Metric, nearest
from tsshape.metrics._averages import cluster_averages

# Averages that depend on their curves alone: once no curve changes its cluster, nothing will.
SETTLED_BY_LABELS = ("mean", "median", "medoid")


@dataclass(frozen=True, eq=False)
class Clustering:
    """What one start found."""

    centers: Floats
    labels: IntArray
    distances: Floats
    inertia: float
    n_iter: int


@dataclass(frozen=True, eq=False)
class Lloyd:
    """Curves to be clustered under a metric; `run` goes from centres to a clustering.

    Each step lowers the inertia, the weighted sum of the metric's power of the distances, as long as the metric's
    average is what it claims to be.
    """

    X: Floats
    weights: FloatArray
    metric: Metric
    parameters: dict[str, Any]
    points: LloydPoints | None

    def start(
        self, n_clusters: int, *, rng: np.random.RandomState, max_iter: int, tol: float, n_threads: int
    ) -> Clustering:
        """One start: centres by k-means++, then steps.

        `tol` is a share of the mean variance of the days, summed over the centres.
        """
        centers = seed_centers(
            self.X, self.weights, self.metric, self.parameters, n_clusters, rng=rng, n_threads=n_threads,
            points=self.points,
        )  # fmt: skip
        return self.run(centers, max_iter=max_iter, tol=tol * self.variance, n_threads=n_threads)

    @cached_property
    def variance(self) -> float:
        """The mean variance of the days."""
        with np.errstate(over="ignore"):
            return float(self.X.var(axis=0).mean())

    def run(self, centers: Floats, *, max_iter: int, tol: float, n_threads: int) -> Clustering:
        """Steps until no curve changes its cluster, the centres move by at most `tol` (squared, in all), or no more."""
        labels, n_iter = np.full(len(self.X), -1), 0
        for n_iter in range(1, max_iter + 1):  # noqa: B007 - told to the caller
            before = labels
            labels, moved = self._step(centers, n_threads)
            settled = self.metric.average in SETTLED_BY_LABELS and np.array_equal(labels, before)
            with np.errstate(over="ignore"):
                shift = float(np.square(moved - centers, dtype=np.float64).sum())
            centers = moved
            if settled or shift <= tol:
                break
        return self._finish(centers, n_iter, n_threads)

    def _step(self, centers: Floats, n_threads: int) -> tuple[IntArray, Floats]:
        """Labels under the centres, none of which stays without a curve, and the next centres."""
        if self.points is not None:
            labels, sums, totals = lloyd_step(self.points, centers, self.weights, n_threads)
            if totals.all():
                return labels, (sums / totals[:, None]).astype(self.X.dtype)
        labels, distances = nearest(self.X, centers, self.metric, n_jobs=n_threads, **self.parameters)
        labels = self._fill_empty(labels, distances, len(centers))
        moved = cluster_averages(
            self.metric, self.X, labels, self.weights, centers, parameters=self.parameters, n_threads=n_threads
        )
        return labels, moved

    def _fill_empty(self, labels: IntArray, distances: Floats, n_clusters: int) -> IntArray:
        """Labels in which each empty cluster has got the curve that costs most where it is."""
        sizes = np.bincount(labels[self.weights > 0], minlength=n_clusters)
        empty = np.flatnonzero(sizes == 0)
        if not len(empty):
            return labels
        filled = labels.copy()
        costs = distances.astype(np.float64) ** self.metric.power * self.weights
        for curve in np.argsort(-costs, kind="stable"):
            if not len(empty):
                break
            if sizes[filled[curve]] > 1:
                sizes[filled[curve]] -= 1
                filled[curve], empty = empty[0], empty[1:]
        return filled

    def _finish(self, centers: Floats, n_iter: int, n_threads: int) -> Clustering:
        """The clustering that belongs to the last centres, its distances by direct differences."""
        labels, distances = nearest(self.X, centers, self.metric, n_jobs=n_threads, **self.parameters)
        with np.errstate(over="ignore"):
            inertia = float(self.weights @ distances.astype(np.float64) ** self.metric.power)
        if not np.isfinite(inertia):
            raise DataError("the sum of the distances is too large for a float: rescale the curves")
        return Clustering(centers, labels, distances, inertia, n_iter)


def make_lloyd(X: Floats, weights: FloatArray, metric: Metric, parameters: dict[str, Any]) -> Lloyd:
    """The curves made ready for many runs."""
    points = lloyd_points(X) if metric.kernel == "euclidean" else None
    return Lloyd(X, weights, metric, parameters, points)
