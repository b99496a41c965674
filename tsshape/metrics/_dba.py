"""DTW barycenter averaging."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tsshape import _kernels
from tsshape._panels import CHANNELS
from tsshape._sums import weighted_sum
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.metrics._builtin import BUILT_IN
from tsshape.metrics._input import window_steps
from tsshape.metrics._medoid import find_medoid
from tsshape.metrics._metric import WINDOW

# The initial medoid is that of so many evenly spaced curves: all N x N distances would cost more than the iterations.
SAMPLE = 64
# Iterations end when one lowers the cost by less than this share.
STOP = 1e-6
# Between these limits squares of values stay in the range of float32, too.
SAFE = (1e-9, 1e9)
# Curves whose largest value takes about a millisecond to find.
BLOCK = 2**15


@dataclass(frozen=True)
class Clusters:
    """Curves by cluster, but where they are: those of cluster c are the rows `order[bounds[c]:bounds[c + 1]]`."""

    X: Floats
    weights: FloatArray
    order: IntArray
    bounds: Sequence[int]

    def occupied(self) -> Iterator[tuple[int, IntArray]]:
        """Number and rows of each cluster that has curves."""
        for center, (start, stop) in enumerate(itertools.pairwise(self.bounds)):
            if start < stop:
                yield center, self.order[start:stop]

    def rows(self) -> list[IntArray]:
        """Rows of every cluster."""
        return [self.order[start:stop] for start, stop in itertools.pairwise(self.bounds)]


def sort_by_cluster(X: Floats, labels: IntArray, weights: FloatArray, n_clusters: int) -> Clusters:
    """Sort the rows by cluster; curves of weight 0 are left out."""
    counted = weights > 0
    rows = None if counted.all() else np.flatnonzero(counted)
    if rows is not None:
        labels = labels[rows]
    # 16 bits are sorted in one pass, without comparisons.
    order = np.argsort(labels.astype(np.uint16 if n_clusters <= np.iinfo(np.uint16).max else np.int64), kind="stable")
    bounds = np.concatenate([[0], np.cumsum(np.bincount(labels, minlength=n_clusters))]).tolist()
    return Clusters(X, weights, order if rows is None else rows[order], bounds)


class DbaSteps:
    """Steps of DTW barycenter averaging for the same clusters of curves, of any scale."""

    def __init__(self, clusters: Clusters, parameters: dict[str, Any], n_threads: int) -> None:
        X = clusters.X
        self._clusters, self._parameters, self._n_threads = clusters, parameters, n_threads
        self._unit = None if SAFE[0] < largest(X, n_threads) < SAFE[1] else _unit(X)
        self._X = X if self._unit is None else X / self._unit
        self._heaviest = clusters.weights.max()
        self._shares = np.ascontiguousarray(clusters.weights / self._heaviest, X.dtype)

    def align(self, centers: Floats) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Compute sums and weights of the values matched with each time step of each centre.

        Third comes the cost of each cluster, in a unit that is the same for all centres.
        """
        window = window_steps(self._parameters[WINDOW], self._X.shape[-1], centers.shape[-1])
        scaled = centers if self._unit is None else centers / self._unit
        sums, counts, costs = _kernels.dba_updates(
            self._X, self._clusters.order, self._clusters.bounds, scaled, self._shares, window, self._n_threads
        )
        unit = 1.0 if self._unit is None else np.float64(self._unit)
        counts = np.broadcast_to(counts if centers.ndim < CHANNELS else counts[:, None], centers.shape)
        return sums * (self._heaviest * unit), counts * self._heaviest, costs

    def step(self, centers: Floats) -> Floats:
        """Return the next centres; a cluster without curves keeps its centre."""
        sums, counts, _ = self.align(centers)
        moved: Floats = np.divide(sums, counts, out=centers.astype(np.float64), where=counts > 0)
        return moved.astype(self._X.dtype)


def largest(X: Floats, n_threads: int) -> float:
    """Return the largest absolute value."""
    starts = range(0, len(X), BLOCK)
    found = np.zeros(len(starts))

    def measure(number: int) -> None:
        block = X[starts[number] : starts[number] + BLOCK]
        found[number] = max(block.max(), -block.min())

    _kernels.run_chunks(measure, range(len(starts)), n_threads)
    return float(found.max())


def dba_barycenter(
    X: Floats, weights: FloatArray, parameters: dict[str, Any], *, start: Floats | None, max_iter: int, n_threads: int
) -> Floats:
    """Iterate until the weighted sum of squared DTW distances to the centre no longer falls; return the centre.

    Each iteration aligns all curves with the centre and sets each of its values to the weighted mean of the values
    matched with it; except for rounding the cost never rises. Without a start, the medoid of a sample and the mean of
    all are both tried to the end, as neither leads to the lower cost always.
    """
    unit = _unit(X)
    curves = X / unit
    starts = _starts(curves, weights, parameters, n_threads) if start is None else (start / unit,)
    window = window_steps(parameters[WINDOW], X.shape[-1], starts[0].shape[-1])
    found = [_descend(curves, weights, each, window, max_iter=max_iter, n_threads=n_threads) for each in starts]
    averaged: Floats = min(found, key=lambda each: each[1])[0] * unit
    return averaged


def _descend(
    X: Floats, weights: FloatArray, center: Floats, window: int, *, max_iter: int, n_threads: int
) -> tuple[Floats, float]:
    """Return the centre at the end of the iterations, and its cost."""
    sums, counts, cost = _kernels.dba_update(X, center, weights, window, n_threads)
    for _ in range(max_iter):
        moved = np.asarray(sums / counts, dtype=X.dtype)
        sums, counts, new_cost = _kernels.dba_update(X, moved, weights, window, n_threads)
        if not new_cost < cost:
            break
        center, small, cost = moved, new_cost > (1 - STOP) * cost, new_cost
        if small:
            break
    return center, cost


def _unit(X: Floats) -> Any:
    """Return a power of two, for exact division, that brings the largest value near 1."""
    return np.ldexp(X.dtype.type(1), min(np.finfo(X.dtype).maxexp - 24, np.frexp(np.abs(X).max())[1]))


def _starts(X: Floats, weights: FloatArray, parameters: dict[str, Any], n_threads: int) -> tuple[Floats, ...]:
    """Return the medoid of a sample, and the mean of all."""
    sample = np.unique(np.linspace(0, len(X) - 1, min(SAMPLE, len(X))).astype(np.int64))
    curves = np.ascontiguousarray(X[sample])
    medoid = curves[find_medoid(BUILT_IN["dtw"], curves, weights[sample], parameters, n_threads)]
    mean: Floats = weighted_sum(weights / weights.sum(), X).astype(X.dtype)
    return medoid, mean
