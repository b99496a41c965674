"""Lloyd's algorithm under any metric: assign curves to the nearest centre, move centres to the average of theirs."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tsshape import _kernels
from tsshape._panels import is_unequal, lengths_of
from tsshape._sums import weighted_sum
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.cluster._cost import total_cost
from tsshape.cluster._restarts import OPENING_PASSES, close_centers, open_centers
from tsshape.cluster._seeding import choose_seeds
from tsshape.metrics import Metric, averages_along_paths, nearest, update_centers

if TYPE_CHECKING:
    from tsshape._kernels import LloydPoints

# Averages that depend on their curves alone: once no curve changes its cluster, the algorithm has converged.
CONVERGED_BY_LABELS = ("mean", "median", "medoid")
# Averages whose minimum depends much on where it is sought from.
RESTARTED = ("dba",)
# Curves from which the variance is estimated.
VARIANCE_CURVES = 2**16
# Curves whose largest value lies outside these limits, or whose spread is a smaller share of it, are too close together
# for single precision.
SINGLE_LIMITS, SINGLE_SPREAD = (1e-12, 1e12), 1e-2


@dataclass(frozen=True, eq=False)
class Clustering:
    """The result of one start."""

    centers: Floats
    labels: IntArray
    distances: Floats
    inertia: float
    n_iter: int


@dataclass(frozen=True, eq=False)
class Lloyd:
    """Lloyd's algorithm on weighted curves: `start` seeds the centres, `run` starts from given ones.

    Each step lowers the inertia, the weighted sum of the distances to the metric's power, if the metric's average
    minimises it. Curves in double precision are first clustered in single precision, in half the time; the steps in
    double precision that follow remove the rounding errors and decide.
    """

    X: Floats
    weights: FloatArray
    metric: Metric
    parameters: dict[str, Any]
    n_threads: int = 1

    def prepare(self) -> Self:
        """Compute what all runs share, before several threads need it at once."""
        for each in (self.single, self):
            if each is not None:
                _ = each.points, each.variance
        return self

    def start(
        self, n_clusters: int, *, rng: np.random.RandomState, max_iter: int, tol: float, n_threads: int
    ) -> Clustering:
        """Cluster from centres seeded by k-means++; `tol` is a share of the mean variance of the days."""
        for coarse in (self.single, None):
            seeded = coarse or self
            seeds = choose_seeds(
                seeded.X, self.weights, self.metric, self.parameters, n_clusters, rng=rng, n_threads=n_threads,
                points=seeded.points,
            )  # fmt: skip
            found = self.run(
                self.X[seeds], max_iter=max_iter, tol=tol * self.variance, n_threads=n_threads, coarse=coarse,
                restarts=self._restarts,
            )  # fmt: skip
            # Differences below the resolution of single precision had no part in the seeding: repeat it in double.
            if coarse is None or abs(found.inertia) > self._single_resolution:
                break
        return found

    def run(
        self,
        centers: Floats,
        *,
        max_iter: int,
        tol: float,
        n_threads: int,
        coarse: "Lloyd | None" = None,
        restarts: bool = False,
    ) -> Clustering:
        """Step until no curve changes its cluster, the squared moves of the centres sum to `tol`, or `max_iter`.

        Steps on `coarse`, the same curves in single precision, come first; at least one step is left for double. With
        `restarts`, barycenters are begun anew before and after the first of the two; passes before count as steps.
        """
        n_coarse = 0
        if coarse is not None and max_iter > 1:
            begin = centers.astype(np.float32)
            moved, n_coarse = coarse.search(
                begin, max_iter=max_iter - 1, tol=tol, n_threads=n_threads, restarts=restarts
            )
            centers, restarts = moved.astype(np.float64), False
        centers, n_iter = self.search(
            centers, max_iter=max_iter - n_coarse, tol=tol, n_threads=n_threads, restarts=restarts
        )
        # The kernel of a step takes shortcuts; these distances are computed directly.
        labels, distances = nearest(self.X, centers, self.metric, n_jobs=n_threads, **self.parameters)
        inertia = total_cost(self.weights, distances, self.metric.power)
        return Clustering(centers, labels, distances, inertia, n_coarse + n_iter)

    @property
    def _restarts(self) -> bool:
        """Whether barycenters are begun anew: those of curves of one length under DTW."""
        along_paths = averages_along_paths(self.metric, self.X, self.parameters)
        return self.metric.average in RESTARTED and not along_paths

    def search(
        self, centers: Floats, *, max_iter: int, tol: float, n_threads: int, restarts: bool
    ) -> tuple[Floats, int]:
        """Return what `iterate` does, with barycenters begun anew before and after its steps if that is asked for.

        With few steps there are fewer passes before them; passes after them need that they have converged.
        """
        if not restarts:
            return self.iterate(centers, max_iter=max_iter, tol=tol, n_threads=n_threads)
        n_opening = min(OPENING_PASSES, (max_iter + 2) // 4, max_iter - 1)
        centers = open_centers(self, centers, n_passes=n_opening, n_threads=n_threads)
        centers, n_iter = self.iterate(centers, max_iter=max_iter - n_opening, tol=tol, n_threads=n_threads)
        if n_opening + n_iter < max_iter:
            centers = close_centers(self, centers, tol=tol, n_threads=n_threads)
        return centers, n_opening + n_iter

    def iterate(self, centers: Floats, *, max_iter: int, tol: float, n_threads: int) -> tuple[Floats, int]:
        """Return the centres after the steps of `run`, in the precision of the curves, and the number of steps."""
        labels, n_iter = np.full(len(self.X), -1), 0
        for n_iter in range(1, max_iter + 1):  # noqa: B007 - returned
            before = labels
            labels, moved = self._step(centers, n_threads)
            converged = self.metric.average in CONVERGED_BY_LABELS and np.array_equal(labels, before)
            with np.errstate(over="ignore"):
                shift = float(np.nansum(np.square(moved - centers, dtype=np.float64)))
            centers = moved
            if converged or shift <= tol:
                break
        return centers, n_iter

    @cached_property
    def variance(self) -> float:
        """The mean variance of the days, estimated from evenly spaced curves, as it only sets a tolerance."""
        counted = np.flatnonzero(self.weights > 0)
        rows = counted[:: -(-len(counted) // VARIANCE_CURVES)]
        curves, shares = self.X[rows].astype(np.float64), self.weights[rows] / self.weights[rows].sum()
        if is_unequal(curves):
            # Of the days that the shortest curve has.
            curves = curves[..., : lengths_of(curves).min()]
        with np.errstate(over="ignore", invalid="ignore"):
            variance = float(weighted_sum(shares, np.square(curves - weighted_sum(shares, curves))).mean())
        return variance if np.isfinite(variance) else 0.0

    @property
    def _single_resolution(self) -> float:
        """The inertia below which distances in single precision are rounding errors."""
        rounding = 4 * float(np.finfo(np.float32).eps) * self._largest
        return float(self.weights.sum() * self.X[0].size * rounding**self.metric.power)

    @property
    def _largest(self) -> float:
        """The largest absolute value."""
        return max(float(np.fmax.reduce(self.X, axis=None)), -float(np.fmin.reduce(self.X, axis=None)))

    @cached_property
    def single(self) -> "Lloyd | None":
        """The same curves in single precision, if they can be distinguished in it."""
        if self.X.dtype != np.float64 or self.metric.routes[0] != "kernel":
            return None
        largest = self._largest
        if not SINGLE_LIMITS[0] < largest < SINGLE_LIMITS[1] or np.sqrt(self.variance) < SINGLE_SPREAD * largest:
            return None
        return Lloyd(self.X.astype(np.float32), self.weights, self.metric, self.parameters, self.n_threads)

    @cached_property
    def points(self) -> "LloydPoints | None":
        """The curves in the layout of the kernel that computes a whole step, if the metric has one."""
        if self.metric.kernel != "euclidean":
            return None
        # The Euclidean distance takes channels as one long curve.
        return _kernels.lloyd_points(self.X.reshape(len(self.X), -1), self.n_threads)

    def _step(self, centers: Floats, n_threads: int) -> tuple[IntArray, Floats]:
        """Return the labels under the centres, without empty clusters, and the next centres."""
        if self.points is not None:
            flat = centers.reshape(len(centers), -1)
            labels, sums, totals = _kernels.lloyd_step(self.points, flat, self.weights, n_threads)
            if totals.all():
                return labels, (sums / totals[:, None]).astype(self.X.dtype).reshape(centers.shape)
        labels, distances = nearest(self.X, centers, self.metric, n_jobs=n_threads, **self.parameters)
        labels = self._fill_empty(labels, distances, len(centers))
        moved = update_centers(
            self.metric, self.X, labels, self.weights, centers, parameters=self.parameters, n_threads=n_threads
        )
        return labels, moved

    def _fill_empty(self, labels: IntArray, distances: Floats, n_clusters: int) -> IntArray:
        """Return labels in which each empty cluster receives the curve that costs most in its own."""
        sizes = np.bincount(labels[self.weights > 0], minlength=n_clusters)
        empty = np.flatnonzero(sizes == 0)
        if not len(empty):
            return labels
        filled = labels.copy()
        with np.errstate(over="ignore", invalid="ignore"):
            costs = distances.astype(np.float64) ** self.metric.power * self.weights
        weighty = np.flatnonzero(self.weights > 0)
        for curve in weighty[np.argsort(-costs[weighty], kind="stable")]:
            if not len(empty):
                break
            if sizes[filled[curve]] > 1:
                sizes[filled[curve]] -= 1
                filled[curve], empty = empty[0], empty[1:]
        return filled
