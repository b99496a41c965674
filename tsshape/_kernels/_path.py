"""The best warping path of two curves, from the same recurrences as their distance."""

import functools
from string import Template
from typing import Any

import numpy as np

from tsshape._kernels._cache import load_kernel
from tsshape._kernels._generate import block_of, call, module_lines, parameter_lines
from tsshape._kernels._pairwise import Array, pack_constants, pack_weights, scale_of
from tsshape._kernels._recurrences import ELASTIC, Recurrence
from tsshape._kernels._tile import tile_module
from tsshape._typing import IntArray

# For any recurrence, the step into a cell comes from the neighbour that, taken as the only one, gives the value nearest
# to the cell's own. Ties go to the diagonal, then to above.
MODULE = Template('''

@njit(**JIT_OPTIONS)
def set_border(X, Y, constants, cells):
$parameters
$border
    cells[0, 1:] = above
    cells[1:, 0] = left
    cells[0, 0] = 0.0


@njit(**JIT_OPTIONS)
def value_at(X, Y, i, j, above, left, diagonal, constants, by_lag):
$parameters
    x, y = X[i], Y[j]
    x_previous = X[i - 1] if i else 0.0
    y_previous = Y[j - 1] if j else 0.0
$derived
    return $cell


@njit(**JIT_OPTIONS)
def kernel(X, Y, window, constants, by_lag, path):
    """Write the path from its end, and return its length."""
    T, U = len(X), len(Y)
    cells = np.full((T + 1, U + 1), OUTSIDE)
    set_border(X, Y, constants, cells)
    for i in range(T):
        for j in range(max(0, i - window), min(U, i + window + 1)):
            cells[i + 1, j + 1] = value_at(X, Y, i, j, cells[i, j + 1], cells[i + 1, j], cells[i, j], constants, by_lag)
    i, j, length = T - 1, U - 1, 0
    while i > 0 or j > 0:
        path[length, 0], path[length, 1] = i, j
        length += 1
        row_step, column_step, least = 0, 1, np.inf
        if i > 0 and j > 0:
            row_step, column_step = 1, 1
            value = value_at(X, Y, i, j, OUTSIDE, OUTSIDE, cells[i, j], constants, by_lag)
            least = abs(value - cells[i + 1, j + 1])
        if i > 0 and j - i < window:
            value = value_at(X, Y, i, j, cells[i, j + 1], OUTSIDE, OUTSIDE, constants, by_lag)
            difference = abs(value - cells[i + 1, j + 1])
            if difference < least or j == 0:
                row_step, column_step, least = 1, 0, difference
        if j > 0 and i - j < window:
            value = value_at(X, Y, i, j, OUTSIDE, cells[i + 1, j], OUTSIDE, constants, by_lag)
            if abs(value - cells[i + 1, j + 1]) < least or i == 0:
                row_step, column_step = 0, 1
        i, j = i - row_step, j - column_step
    path[length, 0], path[length, 1] = 0, 0
    return length + 1
''')
SUMMED_BORDER = Template("""
    above, left = 0.0, 0.0
    for y in Y:
        above += $y
    for x in X:
        left += $x
""")


def warping_path(name: str, x: Array, y: Array, params: tuple[float, ...]) -> IntArray:
    """Return the cells of a best path from the first values of two curves to their last.

    Where several paths are best, the diagonal step is taken first, then the one that stays in a column of `y`. Soft-DTW
    has no single path: the likeliest step of each cell is followed.

    Parameters
    ----------
    name : str
        A key of `ELASTIC`.
    x : array of shape (T,), float32 or float64
    y : array of shape (U,)
    params : tuple of float
        As for `elastic`.

    Returns
    -------
    array of shape (length, 2), int64
        Index pairs (i, j) from (0, 0) to (T - 1, U - 1); length is at most T + U - 1. Memory O(T U).
    """
    recurrence, n_rows, n_columns = ELASTIC[name], len(x), len(y)
    x, y = (np.ascontiguousarray(curve, np.float64) for curve in (x, y))
    scale = scale_of(x, y, n_terms=n_rows + n_columns) if recurrence.squares else 1.0
    constants = pack_constants(recurrence, params, n_rows, n_columns, 1 / scale, np.dtype(np.float64))
    weights = pack_weights(recurrence, params, n_rows, n_columns, np.dtype(np.float64))
    path = np.empty((n_rows + n_columns - 1, 2), np.int64)
    length = _kernel(name)(x * scale, y * scale, int(params[-1]), constants, weights, path)
    return path[:length][::-1].copy()


@functools.cache
def _kernel(name: str) -> Any:
    """Compile the path kernel of a recurrence."""
    recurrence = ELASTIC[name]
    text = "\n".join((*module_lines(recurrence, f"ELASTIC[{name!r}]"), _functions(recurrence)))
    text = tile_module(f"{name}: warping paths", text, "float64", n_rows=1, n_vectors=1)
    vector = "float64[::1]"
    return load_kernel(f"{name}-path", text, f"intp({vector}, {vector}, intp, {vector}, {vector}, int64[:, ::1])")


def _functions(recurrence: Recurrence) -> str:
    """Return the functions that fill the table of cells and trace the path back through it."""
    border, border_text = recurrence.border, "    above, left = BORDER, BORDER"
    if callable(border):
        border_text = SUMMED_BORDER.substitute({of: call("border_cost", border, x=of) for of in "xy"})
    derived = [] if recurrence.by_lag is None else ["weight = by_lag[i - j + len(Y) - 1]"]
    for kind, functions in (("row", recurrence.per_row), ("column", recurrence.per_column)):
        derived += [f"{name} = {call(f'{kind}_{name}', function)}" for name, function in functions.items()]
    return MODULE.substitute(
        parameters=block_of(4, *parameter_lines(recurrence)),
        border=border_text,
        derived=block_of(4, *derived),
        cell=call("cell", recurrence.cell),
    )
