"""The averages of clusters: one step of the barycenter of each, from where its centre stands."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tsshape import _kernels
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.metrics._barycenter import weighted_mean, weighted_median
from tsshape.metrics._input import window_steps
from tsshape.metrics._medoid import find_medoid
from tsshape.metrics._metric import WINDOW, Metric
from tsshape.metrics._soft_barycenter import soft_dtw_barycenter

# Steps of a barycenter at a time, before its cluster changes: with two of DTW barycenter averaging the inertia was
# lower after the same work than with one, three or five.
DBA_STEPS, SOFT_MOVES = 2, 5
# Curves of a cluster among which its medoid is sought, evenly spaced, beyond which all would cost too much.
MEDOID_CANDIDATES = 2048


def cluster_averages(
    metric: Metric,
    X: Floats,
    labels: IntArray,
    weights: FloatArray,
    centers: Floats,
    *,
    parameters: dict[str, Any],
    n_threads: int,
) -> Floats:
    """The next centre of every cluster: where its curves cost no more than they did.

    The mean and the median at once; two steps of DTW barycenter averaging; a few towards the soft-DTW barycenter; or
    the medoid. A cluster without curves keeps its centre.
    """
    ordered, shares, bounds = by_cluster(X, labels, weights, len(centers))
    if metric.average == "dba":
        window = window_steps(parameters[WINDOW], X.shape[1], centers.shape[1])
        for _ in range(DBA_STEPS):
            sums, counts, _ = _kernels.dba_updates(ordered, bounds, centers, shares, window, n_threads)
            centers = np.divide(sums, counts, out=centers.astype(np.float64), where=counts > 0).astype(X.dtype)
        return centers
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
            moved[center] = _medoid(metric, members, share, parameters, n_threads)
    return moved


def by_cluster(
    X: Floats, labels: IntArray, weights: FloatArray, n_clusters: int
) -> tuple[Floats, FloatArray, list[int]]:
    """Curves and weights, cluster after cluster, and where each begins; curves without weight are left out."""
    counted = weights > 0
    if not counted.all():
        X, labels, weights = X[counted], labels[counted], weights[counted]
    # 16 bits are sorted in one pass, without comparisons.
    order = np.argsort(labels.astype(np.uint16 if n_clusters <= np.iinfo(np.uint16).max else np.int64), kind="stable")
    bounds = np.concatenate([[0], np.cumsum(np.bincount(labels, minlength=n_clusters))])
    return X[order], weights[order], bounds.tolist()


def _occupied(bounds: list[int]) -> Iterator[tuple[int, slice]]:
    """The clusters that have curves, and their rows."""
    for center in range(len(bounds) - 1):
        if bounds[center] < bounds[center + 1]:
            yield center, slice(bounds[center], bounds[center + 1])


def _medoid(metric: Metric, X: Floats, weights: FloatArray, parameters: dict[str, Any], n_threads: int) -> Floats:
    """The medoid, of a large cluster that of its evenly spaced curves."""
    if len(X) > MEDOID_CANDIDATES:
        chosen = np.linspace(0, len(X) - 1, MEDOID_CANDIDATES).astype(np.int64)
        X, weights = np.ascontiguousarray(X[chosen]), weights[chosen]
    medoid: Floats = X[find_medoid(metric, X, weights, parameters, n_threads)]
    return medoid
