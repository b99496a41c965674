"""Averages of clusters: one step towards the barycenter of each, from its present centre."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tsshape._sums import weighted_sum
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.metrics._barycenter import refuse_panels, weighted_mean, weighted_median
from tsshape.metrics._dba import dba_step
from tsshape.metrics._medoid import find_medoid
from tsshape.metrics._metric import Metric
from tsshape.metrics._routes import compute_distances
from tsshape.metrics._soft_barycenter import soft_dtw_barycenter

# Steps towards a barycenter before the clusters change: with two of DTW barycenter averaging the inertia after the same
# work was lower than with one, three or five; with eight moves of L-BFGS it took less work to the end than with five.
DBA_STEPS, SOFT_MOVES = 2, 8
# Larger clusters take their medoid from so many evenly spaced curves: all distances would cost too much.
MEDOID_CANDIDATES = 2048


def update_centers(
    metric: Metric,
    X: Floats,
    labels: IntArray,
    weights: FloatArray,
    centers: Floats,
    *,
    parameters: dict[str, Any],
    n_threads: int,
) -> Floats:
    """Compute the next centre of every cluster, at which its curves cost no more than they did.

    That is the mean or the median; the centre after two steps of DTW barycenter averaging, or after a few towards the
    soft-DTW barycenter; or the medoid. A cluster without curves keeps its centre.
    """
    refuse_panels(metric, X)
    ordered, shares, bounds = sort_by_cluster(X, labels, weights, len(centers))
    if metric.average == "dba":
        return step_by_dba(ordered, bounds, centers, shares, parameters=parameters, n_threads=n_threads)
    moved = centers.copy()
    for center, rows in _occupied(bounds):
        members, share = ordered[rows], shares[rows]
        if metric.average == "mean":
            moved[center] = weighted_mean(members, share)
        elif metric.average == "median":
            moved[center] = weighted_median(members, share)
        elif metric.average == "soft_dtw":
            moved[center] = soft_dtw_barycenter(
                members, share, parameters, start=centers[center], max_iter=SOFT_MOVES, n_threads=n_threads
            )
        else:
            moved[center] = _medoid(metric, members, share, parameters, n_threads, before=centers[center])
    return moved


def step_by_dba(
    X: Floats,
    bounds: Sequence[int],
    centers: Floats,
    weights: FloatArray,
    *,
    parameters: dict[str, Any],
    n_threads: int,
) -> Floats:
    """Take two steps of DTW barycenter averaging, for curves that stand by cluster."""
    for _ in range(DBA_STEPS):
        sums, counts, _ = dba_step(X, bounds, centers, weights, parameters=parameters, n_threads=n_threads)
        centers = np.divide(sums, counts, out=centers.astype(np.float64), where=counts > 0).astype(X.dtype)
    return centers


def cluster_sums(
    metric: Metric,
    X: Floats,
    labels: IntArray,
    weights: FloatArray,
    centers: Floats,
    *,
    parameters: dict[str, Any],
    n_threads: int,
) -> tuple[FloatArray, FloatArray]:
    """Compute the weighted sum and the total weight of the values that fall on each time step of each centre.

    Only for the averages "mean" (step i on step i) and "dba" (along the best warping path). Both arrays are float64, of
    the shape of `centers`.
    """
    ordered, shares, bounds = sort_by_cluster(X, labels, weights, len(centers))
    if metric.average == "dba":
        sums, totals, _ = dba_step(ordered, bounds, centers, shares, parameters=parameters, n_threads=n_threads)
        return sums, totals
    sums, totals = np.zeros(centers.shape), np.zeros(centers.shape)
    for center, rows in _occupied(bounds):
        sums[center], totals[center] = weighted_sum(shares[rows], ordered[rows]), shares[rows].sum()
    return sums, totals


def sort_by_cluster(
    X: Floats, labels: IntArray, weights: FloatArray, n_clusters: int
) -> tuple[Floats, FloatArray, list[int]]:
    """Return curves and weights sorted by cluster, and the row where each cluster begins; weight 0 is left out."""
    counted = weights > 0
    if not counted.all():
        X, labels, weights = X[counted], labels[counted], weights[counted]
    # 16 bits are sorted in one pass, without comparisons.
    order = np.argsort(labels.astype(np.uint16 if n_clusters <= np.iinfo(np.uint16).max else np.int64), kind="stable")
    bounds = np.concatenate([[0], np.cumsum(np.bincount(labels, minlength=n_clusters))])
    return X[order], weights[order], bounds.tolist()


def _occupied(bounds: list[int]) -> Iterator[tuple[int, slice]]:
    """Number and rows of each cluster that has curves."""
    for center in range(len(bounds) - 1):
        if bounds[center] < bounds[center + 1]:
            yield center, slice(bounds[center], bounds[center + 1])


def _medoid(
    metric: Metric, X: Floats, weights: FloatArray, parameters: dict[str, Any], n_threads: int, *, before: Floats
) -> Floats:
    """Return the medoid; of a large cluster that of evenly spaced curves, if it costs less than the centre before."""
    if len(X) <= MEDOID_CANDIDATES:
        medoid: Floats = X[find_medoid(metric, X, weights, parameters, n_threads)]
        return medoid
    chosen = np.linspace(0, len(X) - 1, MEDOID_CANDIDATES).astype(np.int64)
    sample = np.ascontiguousarray(X[chosen])
    found = sample[find_medoid(metric, sample, weights[chosen], parameters, n_threads)]
    costs = weighted_sum(weights, compute_distances(metric, X, np.stack([before, found]), parameters, n_threads))
    return found if costs[1] < costs[0] else before
