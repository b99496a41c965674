"""The curve with the least sum of distances to the others."""

from typing import Any

import numpy as np

from tsshape._typing import FloatArray, Floats
from tsshape.metrics._memory import block_rows
from tsshape.metrics._metric import Metric
from tsshape.metrics._routes import compute


def find_medoid(metric: Metric, X: Floats, weights: FloatArray, parameters: dict[str, Any], n_threads: int) -> int:
    """Row of the medoid, the first of those that tie; the matrix is made in blocks and never kept."""
    step = block_rows(len(X))
    if len(X) <= step:
        sums = compute(metric, X, None, parameters, n_threads) @ weights
        return int(sums.argmin())
    blocks = (compute(metric, X[i : i + step], X, parameters, n_threads) for i in range(0, len(X), step))
    return int(np.concatenate([block @ weights for block in blocks]).argmin())
