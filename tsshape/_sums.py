"""Weighted sums of rows, the same bits for any number of threads."""

import numpy as np

from tsshape._typing import FloatArray, Floats


def weighted_sum(weights: FloatArray, rows: Floats) -> FloatArray:
    """Compute the weighted sum of the rows of an (n, m) or (n, n_channels, m) array, in float64.

    A matrix product would not do: BLAS divides a long sum among its threads, so that rounding depends on their number.
    """
    total: FloatArray = np.einsum("i,i...->...", weights, rows, dtype=np.float64, optimize=False)
    return total
