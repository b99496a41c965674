"""Averages of clusters: one step towards the barycenter of each, from its present centre."""

from typing import Any

import numpy as np

from tsshape._panels import lengths_of
from tsshape._sums import weighted_sum
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.metrics._barycenter import weighted_mean, weighted_median
from tsshape.metrics._dba import DbaSteps, sort_by_cluster
from tsshape.metrics._elastic_barycenter import Aligned, align, averages_along_paths, elastic_step
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

    That is the mean or the median; the centre after two steps of DTW barycenter averaging, one along the paths of
    another elastic metric, or a few towards the soft-DTW barycenter; or the medoid. A cluster without curves keeps its
    centre.
    """
    clusters = sort_by_cluster(X, labels, weights, len(centers))
    if averages_along_paths(metric, X, parameters):
        return elastic_step(
            metric, X, clusters.rows(), centers, weights / weights.max(), parameters=parameters, n_threads=n_threads
        )
    if metric.average == "dba":
        steps = DbaSteps(clusters, parameters, n_threads)
        for _ in range(DBA_STEPS):
            centers = steps.step(centers)
        return centers
    moved = centers.copy()
    for center, rows in clusters.occupied():
        members, share = X[rows], weights[rows]
        if metric.average == "mean":
            moved[center] = weighted_mean(members, share)
        elif metric.average == "median":
            moved[center] = weighted_median(members, share)
        elif metric.average == "soft_dtw":
            before = centers[center, ..., : lengths_of(centers[[center]])[0]]
            moved[center, ..., : before.shape[-1]] = soft_dtw_barycenter(
                members, share, parameters, start=before, max_iter=SOFT_MOVES, n_threads=n_threads
            )
        else:
            moved[center] = _medoid(metric, members, share, parameters, n_threads, before=centers[center])
    return moved


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
    clusters = sort_by_cluster(X, labels, weights, len(centers))
    if averages_along_paths(metric, X, parameters):
        sums, totals, _ = align(
            metric, X, clusters.rows(), centers, weights, parameters=parameters, n_threads=n_threads
        )
        return sums, totals
    if metric.average == "dba":
        sums, totals, _ = DbaSteps(clusters, parameters, n_threads).align(centers)
        return sums, totals
    sums, totals = np.zeros(centers.shape), np.zeros(centers.shape)
    for center, rows in clusters.occupied():
        sums[center], totals[center] = weighted_sum(weights[rows], X[rows]), weights[rows].sum()
    return sums, totals


def align_clusters(
    metric: Metric,
    X: Floats,
    labels: IntArray,
    weights: FloatArray,
    centers: Floats,
    *,
    parameters: dict[str, Any],
    n_threads: int,
) -> Aligned:
    """Compute what the curves of each cluster add up to along their paths to its centre, and their cost."""
    rows = sort_by_cluster(X, labels, weights, len(centers)).rows()
    return align(metric, X, rows, centers, weights, parameters=parameters, n_threads=n_threads)


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
