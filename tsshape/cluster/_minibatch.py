"""Mini-batch k-means: each centre is the running average of the curves assigned to it."""

from typing import Any

import numpy as np

from tsshape._typing import FloatArray, Floats
from tsshape.metrics import Metric, cluster_sums, nearest

# Averages that can be updated batch by batch.
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
    """Return the centres and their counts updated by a batch.

    `counts`, of the shape of `centers`, is the weight of the values behind each value of a centre.

    References
    ----------
    D. Sculley, "Web-scale k-means clustering", WWW 2010.
    """
    labels, _ = nearest(X, centers, metric, n_jobs=n_threads, **parameters)
    # Divided by a power of two, which is exact, so that no sum of weights leaves the range of floats.
    unit = np.ldexp(1.0, np.frexp(max(counts.max(), weights.sum()))[1])
    sums, added = cluster_sums(metric, X, labels, weights / unit, centers, parameters=parameters, n_threads=n_threads)
    known = counts / unit
    total = known + added
    moved = np.divide(known * centers + sums, total, out=centers.astype(np.float64), where=total > 0)
    return moved.astype(X.dtype), total * unit
