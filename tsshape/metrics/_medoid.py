"""The curve with the least sum of distances to the others."""

from typing import Any

import numpy as np

from tsshape._sums import weighted_sum
from tsshape._typing import FloatArray, Floats
from tsshape.metrics._memory import block_rows
from tsshape.metrics._metric import Metric
from tsshape.metrics._routes import compute_distances


def find_medoid(metric: Metric, X: Floats, weights: FloatArray, parameters: dict[str, Any], n_threads: int) -> int:
    """Return the row of the medoid, the first of those that tie; a large matrix is computed in blocks.

    Under an asymmetric metric these are the distances from the curves to the medoid.
    """
    # Division by a power of two is exact, and keeps sums of the distances in the range of floats.
    weights = np.ldexp(weights, -np.frexp(weights.sum())[1])
    step = block_rows(len(X))
    if len(X) <= step:
        matrix = compute_distances(metric, X, None, parameters, n_threads)
        return int(weighted_sum(weights, matrix).argmin())
    sums = np.zeros(len(X))
    for start in range(0, len(X), step):
        rows = slice(start, start + step)
        sums += weighted_sum(weights[rows], compute_distances(metric, X[rows], X, parameters, n_threads))
    return int(sums.argmin())
