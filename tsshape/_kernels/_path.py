"""The best warping path of two curves, from the same recurrences as their distance."""

import functools
from collections.abc import Iterator
from string import Template
from typing import Any

import numpy as np

from tsshape._kernels._bounded_text import FIRST, LAST
from tsshape._kernels._cache import load_kernel
from tsshape._kernels._channel_text import GAP_SQUARES, gap_of_value
from tsshape._kernels._generate import block_of, call, module_lines, parameter_lines, wanted_names
from tsshape._kernels._multichannel import find_recurrence
from tsshape._kernels._packing import Array, own_numbers, pack_constants, pack_weights, scale_of_squares
from tsshape._kernels._recurrences import Recurrence
from tsshape._kernels._tile import tile_module
from tsshape._typing import IntArray

# For any recurrence, the step into a cell comes from the neighbour that, taken as the only one, gives the value nearest
# to the cell's own. Ties go to the diagonal, then to above. Only diagonal steps match a pair of points where others
# leave one out; there the rows and columns before the first are cells of the path, too.
MODULE = Template('''

@njit(**JIT_OPTIONS)
def set_border(X, Y, constants, cells):
$parameters
$border
    cells[0, 0] = 0.0


@njit(**JIT_OPTIONS)
def value_at(X, Y, i, j, above, left, diagonal, constants, by_lag):
$parameters
$values
$derived
    return $cell


@njit(**JIT_OPTIONS)
def trace(X, Y, window, constants, by_lag, path, cost):
    """Write the path from its end and the value of the last cell, and return the length of the path."""
    T, U = len(X) // N_CHANNELS, len(Y) // N_CHANNELS
    cells = np.full((T + 1, U + 1), OUTSIDE)
    set_border(X, Y, constants, cells)
    for i in range(T):
        for j in range($columns):
            cells[i + 1, j + 1] = value_at(X, Y, i, j, cells[i, j + 1], cells[i + 1, j], cells[i, j], constants, by_lag)
    cost[0] = cells[T, U]
    i, j, length = T - 1, U - 1, 0
    while $unfinished:
        row_step, column_step, least = 0, 1, np.inf
        if i > START and j > START:
            row_step, column_step = 1, 1
            value = value_at(X, Y, i, j, OUTSIDE, OUTSIDE, cells[i, j], constants, by_lag)
            least = abs(value - cells[i + 1, j + 1])
        if i > START and j - i < window:
            value = value_at(X, Y, i, j, cells[i, j + 1], OUTSIDE, OUTSIDE, constants, by_lag)
            difference = abs(value - cells[i + 1, j + 1])
            if difference < least or j == START:
                row_step, column_step, least = 1, 0, difference
        if j > START and i - j < window:
            value = value_at(X, Y, i, j, OUTSIDE, cells[i + 1, j], OUTSIDE, constants, by_lag)
            if abs(value - cells[i + 1, j + 1]) < least or i == START:
                row_step, column_step = 0, 1
        if $listed:
            path[length, 0], path[length, 1] = i, j
            length += 1
        i, j = i - row_step, j - column_step
$start
    return length
''')
KERNEL = """

@njit(**JIT_OPTIONS)
def kernel(X, Y, window, constants, by_lag, path):
    return trace(X, Y, window, constants, by_lag, path, np.empty(1))
"""
EQUAL_BORDER = """
cells[0, 1:] = BORDER
cells[1:, 0] = BORDER
"""
# The two values of a cell, and those one step before.
VALUES = """
x, y = X[i], Y[j]
x_previous = X[i - 1] if i else 0.0
y_previous = Y[j - 1] if j else 0.0
"""
# Of curves with several channels a cell asks for squared distances of two steps; the one before the first is 0.
SQUARES = {
    "squares": "squared_distance(X, i, Y, j)",
    "squares_above": "squared_distance(X, i - 1, Y, j)",
    "squares_left": "squared_distance(X, i, Y, j - 1)",
    "squares_diagonal": "squared_distance(X, i - 1, Y, j - 1)",
    "x_squares": "squared_distance(X, i, X, i - 1)",
    "y_squares": "squared_distance(Y, j, Y, j - 1)",
    "x_gap_squares": gap_of_value("X", "i * N_CHANNELS"),
    "y_gap_squares": gap_of_value("Y", "j * N_CHANNELS"),
}
SQUARED_DISTANCE = """
@njit(**JIT_OPTIONS)
def squared_distance(X, i, Y, j):
    total = 0.0
    for channel in range(N_CHANNELS):
        x = X[i * N_CHANNELS + channel] if i >= 0 else 0.0
        y = Y[j * N_CHANNELS + channel] if j >= 0 else 0.0
        total += (x - y) * (x - y)
    return total
"""
SUMMED_BORDER = Template("""
above, left = 0.0, 0.0
for j in range(len(Y) // N_CHANNELS):
    above += $y
    cells[0, j + 1] = above
for i in range(len(X) // N_CHANNELS):
    left += $x
    cells[i + 1, 0] = left
""")
# A path of steps begins at the first points; one that leaves points out ends where a curve has none left.
STEPS = {
    "unfinished": "i > START or j > START",
    "listed": "True",
    "start": block_of(4, "path[length, 0], path[length, 1] = 0, 0", "length += 1"),
}
PAIRS = {"unfinished": "i > START and j > START", "listed": "row_step + column_step == 2", "start": ""}
# Inside a window of 0 a common subsequence passes over points that differ by diagonal steps, too.
COMMON = PAIRS | {"listed": f"{PAIRS['listed']} and cells[i + 1, j + 1] > cells[i, j]"}


def warping_path(name: str, x: Array, y: Array, params: tuple[float, ...]) -> IntArray:
    """Return the cells of a best path from the first values of two curves to their last.

    Of a recurrence with `gaps` only the pairs of points that are matched are returned; the others are left out. Where
    several paths are best, the diagonal step is taken first, then the one that stays in a column of `y`. Soft-DTW has
    no single path: the likeliest step of each cell is followed.

    Parameters
    ----------
    name : str
        A key of `ELASTIC`; with channels, of `MULTICHANNEL`.
    x : array of shape (T,) or (n_channels, T), float32 or float64
    y : array of shape (U,) or (n_channels, U)
    params : tuple of float
        As for `elastic`.

    Returns
    -------
    array of shape (length, 2), int64
        Index pairs (i, j) in the order of time, without gaps from (0, 0) to (T - 1, U - 1); length is at most
        T + U - 1. Memory O(T U).
    """
    is_diagonal, n_channels = params[-1] == 0, x.shape[0] if x.ndim > 1 else 1
    recurrence, _ = find_recurrence(name, n_channels, is_diagonal=is_diagonal)
    n_rows, n_columns = x.shape[-1], y.shape[-1]
    # The values of a step follow one another.
    x, y = (np.ascontiguousarray(curve.T, np.float64).ravel() for curve in (x, y))
    scale = scale_of_squares(recurrence, params, x, y, n_terms=x.size + y.size)
    constants = pack_constants(recurrence, params, n_rows, n_columns, 1 / scale, np.dtype(np.float64))
    constants = np.append(constants, _of_pair(recurrence, x, y, params, n_channels))
    weights = pack_weights(recurrence, params, n_rows, n_columns, np.dtype(np.float64))
    path = np.empty((n_rows + n_columns - 1, 2), np.int64)
    kernel = _kernel(name, n_channels, is_diagonal=is_diagonal)
    length = kernel(x * scale, y * scale, int(params[-1]), constants, weights, path)
    return path[:length][::-1].copy()


@functools.cache
def _kernel(name: str, n_channels: int, *, is_diagonal: bool) -> Any:
    """Compile the path kernel of a recurrence."""
    text, vector = path_module(name, n_channels, KERNEL, is_diagonal=is_diagonal), "float64[::1]"
    return load_kernel(f"{name}-path", text, f"intp({vector}, {vector}, intp, {vector}, {vector}, int64[:, ::1])")


def path_module(name: str, n_channels: int, driver: str, *, is_diagonal: bool) -> str:
    """Return the module of a recurrence: `trace`, which finds the path of two curves, and a driver that calls it."""
    recurrence, origin = find_recurrence(name, n_channels, is_diagonal=is_diagonal)
    squared = SQUARED_DISTANCE + GAP_SQUARES if n_channels > 1 else ""
    lines = (f"N_CHANNELS = {n_channels}", *module_lines(recurrence, origin), squared, _functions(recurrence), driver)
    return tile_module(f"{name}: warping paths", "\n".join(lines), "float64", n_rows=1, n_vectors=1)


def _functions(recurrence: Recurrence) -> str:
    """Return the functions that fill the table of cells and trace the path back through it."""
    border, border_text = recurrence.border, EQUAL_BORDER
    if callable(border):
        of_x = {"x": "X[i]", "x_gap_squares": SQUARES["x_gap_squares"]}
        of_y = {"x": "Y[j]", "x_gap_squares": SQUARES["y_gap_squares"]}
        calls = {name: call("border_cost", border, **of) for name, of in (("x", of_x), ("y", of_y))}
        border_text = SUMMED_BORDER.substitute(calls)
    wanted = wanted_names(recurrence)
    values = [f"{name} = {value}" for name, value in SQUARES.items() if name in wanted] or [VALUES]
    derived = [] if recurrence.by_lag is None else ["weight = by_lag[i - j + len(Y) // N_CHANNELS - 1]"]
    for kind, functions in (("row", recurrence.per_row), ("column", recurrence.per_column)):
        derived += [f"{name} = {call(f'{kind}_{name}', function)}" for name, function in functions.items()]
    columns = "max(0, i - window), min(U, i + window + 1)"
    if recurrence.bounds is not None:
        columns = f"{FIRST.format(row='i')}, {LAST.format(row='i')} + 1"
    steps = STEPS if not recurrence.gaps else COMMON if recurrence.outside < 0 else PAIRS
    return f"START = {-1 if recurrence.gaps else 0}\n" + MODULE.substitute(
        steps,
        parameters=block_of(4, *parameter_lines(recurrence), *_pair_lines(recurrence)),
        border=block_of(4, border_text),
        values=block_of(4, *values),
        derived=block_of(4, *derived),
        cell=call("cell", recurrence.cell),
        columns=columns,
    )


def _of_pair(recurrence: Recurrence, x: Array, y: Array, params: tuple[float, ...], n_channels: int) -> list[float]:
    """Return what all cells of a pair share."""
    own = {f"{of}_own": own_numbers(recurrence, curve[None], params, n_channels) for of, curve in (("x", x), ("y", y))}
    known = {name: float(numbers[0]) for name, numbers in own.items() if numbers is not None}
    return [function(**known) for function in recurrence.per_pair.values()]


def _pair_lines(recurrence: Recurrence) -> Iterator[str]:
    """Yield the lines that unpack what all cells of the pair share, which stands behind the constants."""
    for position, name in enumerate(recurrence.per_pair, -len(recurrence.per_pair)):
        yield f"{name} = constants[{position}]"
