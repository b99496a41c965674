"""Text of a strip of cells inside bounds of each row, which are packed behind the weights of the lags."""

from string import Template
from typing import Any

import numpy as np
import numpy.typing as npt

from tsshape._typing import IntArray

# The bounds of a row, counted from the end of `by_lag`.
FIRST, LAST = "int(by_lag[len(by_lag) - 2 * ({row}) - 2])", "int(by_lag[len(by_lag) - 2 * ({row}) - 1])"
# Inside bounds of each row, the columns that all rows of a strip have are computed as those of a full matrix. Beside
# them, cells outside the bounds of their row are computed, too, and overwritten.
BOUNDED_STRIP = Template("""
@njit(**JIT_OPTIONS)
def block(x, xo, x_stride, T, y, yo, U, window, constants, by_lag, top, out, oo):
$parameters
    outside = broadcast(OUTSIDE, LANES)
    corner = broadcast(ZERO, LANES)
    for j in range(U):
        for v in VECTORS:
            store(top, j * WIDTH + {v} * LANES, outside)
    last = (T - 1) % N_ROWS
    start_above = 0
    for s in range(0, T, N_ROWS):
$rows
        for r in ROWS:
            first{r}, last{r} = $first, $last
            for v in VECTORS:
                l{r}_{v} = outside
        for v in VECTORS:
            g{v} = corner
        if first0 > start_above:
            for v in VECTORS:
                g{v} = load(top, (first0 - 1) * WIDTH + {v} * LANES, LANES)
        start_above = first0
        for r in BOTTOM:
            first_of_all, stop = first{r}, last{r} + 1
        for j in range(first0, min(first_of_all, stop)):
$outer_columns
        for j in range(first_of_all, last0 + 1):
$columns
        for j in range(max(first_of_all, last0 + 1), stop):
$outer_columns
        corner = outside
$result
""")


def pack_bounds(weights: npt.NDArray[Any], bounds: tuple[IntArray, IntArray], room: int) -> npt.NDArray[Any]:
    """Return the weights and, behind them, the bounds; a strip may have `room` rows behind the last one."""
    rows = np.pad(bounds, ((0, 0), (0, room)), mode="edge")
    return np.append(weights, rows.T[::-1]).astype(weights.dtype)
