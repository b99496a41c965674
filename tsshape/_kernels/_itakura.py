"""Itakura's parallelogram: which steps of two curves may be matched if a path has a greatest slope.

F. Itakura, "Minimum prediction residual principle applied to speech recognition", IEEE Transactions on Acoustics,
Speech, and Signal Processing 23, 1975, 67-72. Kernels take it as the first and last column of each row.
"""

import numpy as np

from tsshape._typing import FloatArray, IntArray

# What lies outside by rounding only, as a share of the length, is inside.
ROUNDING = 1e-9


def itakura_bounds(n_rows: int, n_columns: int, max_slope: float) -> tuple[IntArray, IntArray]:
    """Return the first and the last column of each row, int64.

    With u and v, the shares of both curves that lie before a cell, v <= max_slope * u, u <= max_slope * v, and the same
    for the shares behind it. Where the lengths differ that may leave no path; each step of the longer curve may be
    matched with the nearest one of the shorter in any case, of two that are as near with the earlier. Neither bound
    falls from row to row, and the bounds for exchanged lengths are those of the same cells.

    Examples
    --------
    >>> first, last = itakura_bounds(6, 6, 3.0)
    >>> first.tolist(), last.tolist()
    ([0, 1, 1, 1, 2, 5], [0, 3, 4, 4, 4, 5])
    """
    height, width = n_rows - 1, n_columns - 1
    rows = np.arange(n_rows)
    if height == 0 or width == 0:
        return np.zeros(n_rows, np.int64), np.full(n_rows, width)
    before = rows / height
    least, most = _reach(before, width, max_slope)
    # The parallelogram is the same seen from its end.
    least_behind, most_behind = _reach(before[::-1], width, max_slope)
    first, last = np.maximum(least, width - most_behind), np.minimum(most, width - least_behind)
    if width >= height:
        nearest = ((2 * rows - 1) * width // (2 * height) + 1, (2 * rows + 1) * width // (2 * height))
    else:
        nearest = (-((height - 2 * rows * width) // (2 * height)),) * 2
    return np.minimum(first, np.maximum(nearest[0], 0)), np.maximum(last, np.minimum(nearest[1], width))


def _reach(shares: FloatArray, width: int, max_slope: float) -> tuple[IntArray, IntArray]:
    """Return the least and the greatest number of columns that a path may have passed after these shares of rows."""
    least = np.ceil((shares - ROUNDING) * width / max_slope)
    most = np.floor((shares * max_slope + ROUNDING) * width)
    return np.maximum(least, 0).astype(np.int64), np.minimum(most, width).astype(np.int64)
