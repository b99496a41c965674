"""One batch of curves into the centres of k-means: each centre is the running average of what it has been given."""

from typing import Any

import numpy as np

from tsshape._typing import FloatArray, Floats
from tsshape.metrics import Metric, cluster_sums, nearest

# Averages that can take curves in one after the other.
RUNNING = ("mean", "dba")


def add_batch(
    X: Floats,
    weights: FloatArray,
    centers: Floats,
    counts: FloatArray,
    *,
    metric: Metric,
    parameters: dict[str, Any],
    n_threads: int,
) -> tuple[Floats, FloatArray]:
    """The centres and their counts after one batch more.

    Parameters
    ----------
    X : array of shape (n_curves, n_times)
        The batch.
    weights : array of shape (n_curves,)
    centers : array of shape (n_clusters, n_times), of the dtype of `X`
    counts : array of shape (n_clusters, n_times), float64
        Weight of the values that each value of a centre is the mean of.

    Returns
    -------
    centers, counts : as they were given, the batch among them

    References
    ----------
    D. Sculley, "Web-scale k-means clustering", WWW 2010.
    """
    labels, _ = nearest(X, centers, metric, n_jobs=n_threads, **parameters)
    # In a unit in which neither old nor new weights leave the range of floats; a power of two, which is exact.
    unit = np.ldexp(1.0, np.frexp(max(counts.max(), weights.sum()))[1])
    sums, added = cluster_sums(metric, X, labels, weights / unit, centers, parameters=parameters, n_threads=n_threads)
    known = counts / unit
    total = known + added
    moved = np.divide(known * centers + sums, total, out=centers.astype(np.float64), where=total > 0)
    return moved.astype(X.dtype), total * unit
