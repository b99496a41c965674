"""Elastic barycenter averaging: DTW barycenter averaging along the paths of any elastic metric."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tsshape import _kernels
from tsshape._panels import CHANNELS, is_unequal, lengths_of
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.metrics._builtin import BUILT_IN
from tsshape.metrics._input import kernel_call
from tsshape.metrics._medoid import find_medoid
from tsshape.metrics._metric import SLOPE, Metric

# The initial medoid is that of so many evenly spaced curves: all distances would cost more than the iterations.
SAMPLE = 256
# Iterations end when one lowers the cost by less than this share.
STOP = 1e-6


class Aligned(NamedTuple):
    """What the curves of some centres add up to along their paths.

    Attributes
    ----------
    sums, counts : arrays of the shape of the centres
        Weighted sums of the values that are matched with each value of a centre, and the sums of their weights.
    costs : array of shape (n_centers,)
        Weighted sums of the distances; of their squares under dtw.
    """

    sums: FloatArray
    counts: FloatArray
    costs: FloatArray

    def moved(self, centers: Floats) -> Floats:
        """Return the means of the matched values; a value of a centre that none is matched with stays."""
        means = np.divide(self.sums, self.counts, out=centers.astype(np.float64), where=self.counts > 0)
        return means.astype(centers.dtype)


def averages_along_paths(metric: Metric, X: Floats, parameters: dict[str, Any]) -> bool:
    """Whether averages of these curves are those of this module: under DTW those that `_dba` has no kernel for."""
    if metric.average != "dba":
        return metric.average == "elastic"
    return is_unequal(X) or parameters.get(SLOPE) is not None


def align(
    metric: Metric,
    X: Floats,
    clusters: Sequence[IntArray],
    centers: Floats,
    weights: FloatArray,
    *,
    parameters: dict[str, Any],
    n_threads: int,
) -> Aligned:
    """Align curves, of several channels and unequal lengths if need be, to centres; `clusters` has the rows of each."""
    sums, counts, costs = np.zeros(centers.shape), np.zeros(centers.shape), np.zeros(len(centers))
    ends, middles = lengths_of(X), lengths_of(centers)
    for n_center in np.unique(middles):
        chosen = np.flatnonzero(middles == n_center).tolist()
        for n_times in np.unique(ends):
            rows = [clusters[center][ends[clusters[center]] == n_times] for center in chosen]
            # A metric averaged by DBA need not be dtw.
            aligned = BUILT_IN["dtw"] if metric.average == "dba" else metric
            kernel, packed = kernel_call(aligned, parameters, int(n_center), int(n_times))
            found = _kernels.aligned_sums(
                kernel,
                X if n_times == X.shape[-1] else X[..., :n_times],
                np.concatenate(rows),
                np.concatenate([[0], np.cumsum([len(each) for each in rows])]).tolist(),
                centers[chosen, ..., :n_center],
                weights,
                packed,
                n_threads,
            )
            sums[chosen, ..., :n_center] += found[0]
            matched = found[1][:, None] if X.ndim == CHANNELS else found[1]
            counts[chosen, ..., :n_center] += matched
            costs[chosen] += found[2]
    return Aligned(sums, counts, costs)


def elastic_step(
    metric: Metric,
    X: Floats,
    clusters: Sequence[IntArray],
    centers: Floats,
    weights: FloatArray,
    *,
    parameters: dict[str, Any],
    n_threads: int,
) -> Floats:
    """Return the means of the values matched with each centre if its curves cost less there, else the centre."""
    before = align(metric, X, clusters, centers, weights, parameters=parameters, n_threads=n_threads)
    moved = before.moved(centers)
    after = align(metric, X, clusters, moved, weights, parameters=parameters, n_threads=n_threads)
    lower = (after.costs < before.costs).reshape(-1, *[1] * (centers.ndim - 1))
    better: Floats = np.where(lower, moved, centers)
    return better


def elastic_barycenter(
    metric: Metric,
    X: Floats,
    weights: FloatArray,
    parameters: dict[str, Any],
    *,
    start: Floats | None,
    max_iter: int,
    n_threads: int,
) -> Floats:
    """Iterate until the weighted sum of the distances to the centre no longer falls; return the centre.

    Each iteration aligns all curves with the centre and sets each of its values to the weighted mean of the values
    matched with it. The start is a medoid by default, so that the result costs no more than that.
    """
    center = sample_medoid(metric, X, weights, parameters, n_threads) if start is None else start

    def align_all(center: Floats) -> Aligned:
        return align(metric, X, [np.arange(len(X))], center[None], weights, parameters=parameters, n_threads=n_threads)

    found = align_all(center)
    for _ in range(max_iter):
        moved = found.moved(center[None])[0]
        following = align_all(moved)
        if not following.costs[0] < found.costs[0]:
            break
        small = following.costs[0] > (1 - STOP) * found.costs[0]
        center, found = moved, following
        if small:
            break
    return center


def sample_medoid(metric: Metric, X: Floats, weights: FloatArray, parameters: dict[str, Any], n_threads: int) -> Floats:
    """Return the medoid of evenly spaced curves, without what is absent behind its end."""
    rows = np.unique(np.linspace(0, len(X) - 1, min(SAMPLE, len(X))).astype(np.int64))
    row = rows[find_medoid(metric, np.ascontiguousarray(X[rows]), weights[rows], parameters, n_threads)]
    medoid: Floats = X[row, ..., : lengths_of(X[[row]])[0]]
    return medoid
