"""Barycenters of clusters begun anew, as those that Lloyd's steps reach depend on the curves that were the seeds."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tsshape import _kernels
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.metrics._averages import sort_by_cluster, step_by_dba
from tsshape.metrics._dba import dba_barycenter, dba_step

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
    ordered, shares, bounds = sort_by_cluster(X, labels, weights, len(centers))
    return _restart(ordered, shares, bounds, centers, parameters, max_iter=max_iter, n_threads=n_threads)


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
    ordered, shares, bounds = sort_by_cluster(X, labels, weights, len(centers))
    found = _restart(ordered, shares, bounds, centers, parameters, max_iter=max_iter, n_threads=n_threads)
    # What is left to gain after a sample has been averaged.
    found = step_by_dba(ordered, bounds, found, shares, parameters=parameters, n_threads=n_threads)
    *_, before = dba_step(ordered, bounds, centers, shares, parameters=parameters, n_threads=n_threads)
    *_, after = dba_step(ordered, bounds, found, shares, parameters=parameters, n_threads=n_threads)
    better: Floats = np.where((after < before)[:, None], found, centers)
    return better


def _restart(
    X: Floats,
    weights: FloatArray,
    bounds: Sequence[int],
    centers: Floats,
    parameters: dict[str, Any],
    *,
    max_iter: int,
    n_threads: int,
) -> Floats:
    """Average each cluster on one thread."""
    found, most = centers.copy(), max(SAMPLE // len(centers), LEAST)

    def average(center: int) -> None:
        first, last = bounds[center], bounds[center + 1] - 1
        rows = np.linspace(first, last, min(most, last + 1 - first)).astype(np.int64)
        share = weights[rows] / weights[rows].max()
        found[center] = dba_barycenter(X[rows], share, parameters, start=None, max_iter=max_iter, n_threads=1)

    occupied = [center for center in range(len(centers)) if bounds[center] < bounds[center + 1]]
    _kernels.run_chunks(average, occupied, n_threads)
    return found
