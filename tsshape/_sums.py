"""Weighted sums of rows, the same bits for any number of threads."""

import numpy as np

from tsshape._typing import FloatArray, Floats


def weighted_sum(weights: FloatArray, rows: Floats) -> FloatArray:
    """The sum of the rows of (n, m), each times its weight, in float64.

    Not by a matrix product: BLAS divides a long sum among its threads, however many, and rounds accordingly.
    """
    total: FloatArray = np.einsum("i,ij->j", weights, rows, dtype=np.float64, optimize=False)
    return total
