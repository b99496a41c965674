"""The best warping path of two curves, from the same recurrences as their distance."""

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numba import types

from tsshape._kernels._cache import load_kernel
from tsshape._kernels._generate import HEADER, arguments, function_lines, parameter_lines
from tsshape._kernels._pairwise import Array, pack_constants, pack_weights, scale_of
from tsshape._kernels._recurrences import ELASTIC, Recurrence
from tsshape._typing import IntArray

# The step into a cell came from the neighbour that, were it the only one, would give the cell the value nearest to its
# own: that holds for any recurrence. Ties go to the diagonal, then to above.
TRACE = '''

@njit(**JIT_OPTIONS)
def kernel(X, Y, window, constants, by_lag, path):
    """Writes the path from its end, and returns its length."""
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
'''


def warping_path(name: str, x: Array, y: Array, params: tuple[float, ...]) -> IntArray:
    """The cells of a best path from the first values of two curves to their last.

    Where several paths are best, the diagonal step is taken first, then the one that stays in a column of `y`. Soft-DTW
    has no single path: every cell's likeliest step is followed.

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
    """The compiled path kernel of a recurrence."""
    vector, cells = types.Array(types.float64, 1, "C"), types.Array(types.int64, 2, "C")
    signature = types.intp(vector, vector, types.intp, vector, vector, cells)
    return load_kernel(f"{name}-path", path_source(name), signature)


def path_source(name: str) -> str:
    """Text of the module that finds paths of a recurrence."""
    recurrence = ELASTIC[name]
    values = (recurrence.outside, 0.0 if callable(recurrence.border) else recurrence.border)
    outside, border = (f"np.{value}" if np.isinf(value) else repr(value) for value in values)
    header = HEADER.format(title=f"{name}: paths", lanes=1, dtype="float64", outside=outside, border=border)
    functions = (*function_lines(recurrence, f"ELASTIC[{name!r}]"), "", "")
    lines = (*functions, *_border_lines(recurrence), "", "", *_value_lines(recurrence))
    return header + "\n".join(lines) + "\n" + TRACE


def _border_lines(recurrence: Recurrence) -> Iterator[str]:
    """The function that fills the cells before the first row and column."""
    yield "@njit(**JIT_OPTIONS)"
    yield "def set_border(X, Y, constants, cells):"
    yield from parameter_lines(recurrence)
    if callable(recurrence.border):
        others = "".join(f", {name}" for name in arguments(recurrence.border)[1:])
        yield "    above, left = 0.0, 0.0"
        yield "    for y in Y:"
        yield f"        above += border_cost(y{others})"
        yield "    for x in X:"
        yield f"        left += border_cost(x{others})"
    else:
        yield "    above, left = BORDER, BORDER"
    yield "    cells[0, 1:] = above"
    yield "    cells[1:, 0] = left"
    yield "    cells[0, 0] = 0.0"


def _value_lines(recurrence: Recurrence) -> Iterator[str]:
    """The function that evaluates one cell from its neighbours."""
    yield "@njit(**JIT_OPTIONS)"
    yield "def value_at(X, Y, i, j, above, left, diagonal, constants, by_lag):"
    yield from parameter_lines(recurrence)
    yield "    x, y = X[i], Y[j]"
    yield "    x_previous = X[i - 1] if i else 0.0"
    yield "    y_previous = Y[j - 1] if j else 0.0"
    if recurrence.by_lag is not None:
        yield "    weight = by_lag[i - j + len(Y) - 1]"
    for kind, functions in (("row", recurrence.per_row), ("column", recurrence.per_column)):
        for name, function in functions.items():
            yield f"    {name} = {kind}_{name}({', '.join(arguments(function))})"
    yield f"    return cell({', '.join(arguments(recurrence.cell))})"
