"""Barycenters of clusters begun anew, as those that Lloyd's steps reach depend on the curves that were the seeds."""

from typing import Any

import numpy as np

from tsshape import _kernels
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.metrics._averages import DBA_STEPS
from tsshape.metrics._dba import Clusters, DbaSteps, dba_barycenter, sort_by_cluster

# Larger clusters begin with evenly spaced curves: so many in all clusters together, and no fewer of one. These took
# less than a third of the time of DBA k-means of 20,000 curves.
SAMPLE, LEAST = 4096, 128


def restart_centers(
    X: Floats,
    labels: IntArray,
    weights: FloatArray,
    centers: Floats,
    *,
    max_iter: int,
    parameters: dict[str, Any],
    n_threads: int,
) -> Floats:
    """Compute barycenters of all clusters, or of a sample of each, from their mean and medoid; only for DBA.

    They may cost more than the centres did. A cluster without curves keeps its centre.
    """
    clusters = sort_by_cluster(X, labels, weights, len(centers))
    return _restart(clusters, centers, parameters, max_iter=max_iter, n_threads=n_threads)


def better_centers(
    X: Floats,
    labels: IntArray,
    weights: FloatArray,
    centers: Floats,
    *,
    max_iter: int,
    parameters: dict[str, Any],
    n_threads: int,
) -> Floats:
    """Return the barycenter that was begun anew for each cluster that costs less with it, else the centre; for DBA."""
    clusters = sort_by_cluster(X, labels, weights, len(centers))
    steps = DbaSteps(clusters, parameters, n_threads)
    found = _restart(clusters, centers, parameters, max_iter=max_iter, n_threads=n_threads)
    # What is left to gain after a sample has been averaged.
    for _ in range(DBA_STEPS):
        found = steps.step(found)
    *_, before = steps.align(centers)
    *_, after = steps.align(found)
    better = centers.copy()
    better[after < before] = found[after < before]
    return better


def _restart(
    clusters: Clusters, centers: Floats, parameters: dict[str, Any], *, max_iter: int, n_threads: int
) -> Floats:
    """Average each cluster on one thread."""
    found, most = centers.copy(), max(SAMPLE // len(centers), LEAST)

    def average(cluster: tuple[int, IntArray]) -> None:
        center, rows = cluster
        sample = rows[np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(np.int64)]
        share = clusters.weights[sample] / clusters.weights[sample].max()
        found[center] = dba_barycenter(
            clusters.X[sample], share, parameters, start=None, max_iter=max_iter, n_threads=1
        )

    _kernels.run_chunks(average, list(clusters.occupied()), n_threads)
    return found
