"""Elastic distances between curves of unequal lengths.

The curves are sorted by their lengths, so that those of a block of lanes are about as long. A strip runs to the end of
the longest of them and keeps its last row: no cell depends on later columns, so that the distance to a shorter curve is
found where that curve ends. Lanes whose bands differ are computed one band after the other.
"""

import functools
import math
from typing import Any, NamedTuple

import numpy as np

from tsshape._kernels import _host
from tsshape._kernels._cache import load_kernel
from tsshape._kernels._generate import call, strip_module
from tsshape._kernels._packing import (
    CHUNK_ROWS,
    ROOM,
    Array,
    by_steps,
    own_numbers,
    pack_constants,
    pack_lanes,
    pack_rows,
    scale_of_squares,
)
from tsshape._kernels._pairwise import find_program, pair_tasks, strip_shape
from tsshape._kernels._recurrences import Recurrence
from tsshape._kernels._threads import run_chunks
from tsshape._typing import IntArray

# Steps by which the product of a share and a length may exceed a whole number and still be it, as in `window_steps`.
ROUNDING = 1e-9
DRIVER = """
CHUNK, N_CHANNELS = {chunk_rows}, {n_channels}


@njit(**JIT_OPTIONS)
def radius(T, U, steps, share, full):
    longer = max(T, U)
    window = max(steps, max(np.int64(np.ceil(share * longer - {rounding})), abs(T - U)))
    return window if window < longer - 1 else full


@njit(**JIT_OPTIONS)
def distance(value, shorter, longer, unscale):
    return {final}


@njit(**JIT_OPTIONS)
def kernel(
    x, x_stride, x_lengths, x_rows, y, n_columns, y_lengths, y_rows, steps, share, full, constants, by_lag, lag_rows,
    out, symmetric, transposed, first, last,
):
    n, m, unscale = len(x_lengths), len(y_lengths), constants[-1]
    top, ends = np.empty(n_columns * WIDTH, x.dtype), np.empty(n_columns * WIDTH, x.dtype)
    n_chunks = (n + CHUNK - 1) // CHUNK
    for number in range(first, last):
        for half in range(2):
            chunk = n_chunks - 1 - number if half else number
            if half and chunk == number:
                continue
            start, stop = chunk * CHUNK, min(n, chunk * CHUNK + CHUNK)
            for b in range(start // WIDTH if symmetric else 0, (m + WIDTH - 1) // WIDTH):
                left, right = b * WIDTH, min(m, b * WIDTH + WIDTH)
                yo = (b * (n_columns + 1) + 1) * N_CHANNELS * WIDTH
                for i in range(start, stop):
                    T, begin = x_lengths[i], max(left, i) if symmetric else left
                    while begin < right:
                        window = radius(T, y_lengths[begin], steps, share, full)
                        lag_row, end = lag_rows[max(T, y_lengths[begin])], begin + 1
                        while (
                            end < right
                            and radius(T, y_lengths[end], steps, share, full) == window
                            and lag_rows[max(T, y_lengths[end])] == lag_row
                        ):
                            end += 1
                        U = y_lengths[end - 1]
                        block(
                            x, i * x_stride + N_CHANNELS, x_stride, T, y, yo, U, window, constants,
                            by_lag[lag_row, n_columns - U :], top, ends, 0,
                        )
                        for j in range(begin, end):
                            U = y_lengths[j]
                            value = distance(ends[(U - 1) * WIDTH + j - left], min(T, U), max(T, U), unscale)
                            if symmetric or not transposed:
                                out[x_rows[i], y_rows[j]] = value
                            if symmetric or transposed:
                                out[y_rows[j], x_rows[i]] = value
                        begin = end
"""


class _Sorted(NamedTuple):
    """Curves by steps, sorted by their lengths, 0 behind their ends; `rows` are their rows before."""

    curves: Array
    lengths: IntArray
    rows: IntArray


def elastic_unequal(
    name: str, X: Array, Y: Array | None, params: tuple[float, ...], window: float | None, n_threads: int
) -> Array:
    """Compute elastic distances between curves of unequal lengths; otherwise as `elastic`.

    Parameters
    ----------
    name : str
        A key of `ELASTIC`.
    X : array of shape (n, T) or (n, n_channels, T), float32 or float64
        C-contiguous; behind the last value of a curve that is shorter than the longest, NaN.
    Y : array of shape (m, U) or (m, n_channels, U) of the same dtype, or None
    params : tuple of float
        In the order of `ELASTIC[name].params` without the window.
    window : int, float or None
        The window's radius in steps, as a share of the longer of two curves, or None for all cells; not 0. It is at
        least the difference of the lengths.
    n_threads : int
        At most as many threads are used; the result is the same bits for any number.

    Returns
    -------
    array of shape (n, m), of the dtype of `X`
    """
    n_channels = X.shape[1] if X.ndim > 2 else 1  # noqa: PLR2004
    program = find_program(name, n_channels, is_diagonal=False)
    recurrence, dtype = program.recurrence, X.dtype
    # The longer panel goes into the lanes: every built-in recurrence is symmetric.
    transposed = Y is not None and len(Y) < len(X)
    rows = _sort(Y if Y is not None and transposed else X)
    columns = rows if Y is None else _sort(X if transposed else Y)
    T, U = (int(panel.lengths[-1]) for panel in (rows, columns))
    full = T + U + ROOM
    steps, share = (0, window) if isinstance(window, float) else (full if window is None else int(window), 0.0)
    shortest = min(int(panel.lengths[0]) for panel in (rows, columns))
    kernel, width = _kernel(
        name, n_channels, dtype.name, *strip_shape(recurrence, max(steps, math.ceil(share * shortest - ROUNDING)))
    )
    scale = scale_of_squares(recurrence, (*params, 0), rows.curves, columns.curves, n_terms=(T + U) * n_channels)
    constants = pack_constants(recurrence, (*params, 0), T, U, 1 / scale, dtype)
    by_lag, lag_rows = _weights(recurrence, params, T, U, rows.lengths, columns.lengths, dtype=dtype)
    own = [_own_numbers(recurrence, panel, params, n_channels) for panel in (rows, columns)]
    x, x_stride = pack_rows(rows.curves, scale, own[0], n_channels)
    y = pack_lanes(columns.curves, width, scale, own[1], n_channels)
    out = np.empty((len(X), len(X if Y is None else Y)), dtype)

    def run(task: tuple[int, int]) -> None:
        kernel(
            x, x_stride, rows.lengths, rows.rows, y, U, columns.lengths, columns.rows, steps, share, full, constants,
            by_lag, lag_rows, out, Y is None, transposed, *task,
        )  # fmt: skip

    n_cells = int(rows.lengths.sum()) * min(int(columns.lengths.sum()), len(columns.lengths) * (2 * steps + 1))
    run_chunks(run, pair_tasks(len(rows.rows), n_cells * n_channels // (1 + (Y is None)), n_threads), n_threads)
    return out


def _sort(X: Array) -> _Sorted:
    """Sort curves by their lengths."""
    missing = np.isnan(X if X.ndim == 2 else X[:, 0])  # noqa: PLR2004
    lengths = X.shape[-1] - missing.sum(axis=1, dtype=np.int64)
    rows = np.argsort(lengths, kind="stable")
    curves = np.nan_to_num(X[rows, ..., : lengths.max()], copy=False)
    return _Sorted(curves if X.ndim == 2 else by_steps(curves), lengths[rows], rows)  # noqa: PLR2004


def _own_numbers(recurrence: Recurrence, panel: _Sorted, params: tuple[float, ...], n_channels: int) -> Array | None:
    """Return `own_numbers` of curves of unequal lengths."""
    if recurrence.per_curve is None:
        return None
    numbers = np.empty(len(panel.rows))
    for length in np.unique(panel.lengths):
        same = panel.lengths == length
        numbers[same] = own_numbers(recurrence, panel.curves[same, : length * n_channels], (*params, 0), n_channels)
    return numbers


def _weights(
    recurrence: Recurrence, params: tuple[float, ...], T: int, U: int, *lengths: IntArray, dtype: Any
) -> tuple[Array, IntArray]:
    """Return the weights of the lags, one row for each length of the longer curve, and the row of each length."""
    lag_rows = np.zeros(max(T, U) + 1, np.int64)
    if recurrence.by_lag is None:
        return np.empty((1, U + 1), dtype), lag_rows
    longest = np.unique(np.concatenate(lengths))
    lags = np.abs(np.arange(1 - U, T + ROOM)).astype(np.float64)
    table = np.array([recurrence.by_lag(lags, int(longer), *params) for longer in longest], dtype)
    if (table == table[0]).all():
        return table[:1], lag_rows
    lag_rows[longest] = np.arange(len(longest))
    return table, lag_rows


@functools.lru_cache(maxsize=256)
def _kernel(name: str, n_channels: int, dtype: str, n_rows: int, n_vectors: int) -> tuple[Any, int]:
    """Return the lane kernel of a recurrence, and the number of curves in its blocks."""
    program = find_program(name, n_channels, is_diagonal=False)
    final = program.recurrence.final
    driver = DRIVER.format(
        chunk_rows=CHUNK_ROWS,
        n_channels=n_channels,
        rounding=ROUNDING,
        final="value" if final is None else call("final", final),
    )
    text = strip_module(
        program.name, program.recurrence, dtype, program.origin, n_rows=n_rows, n_vectors=n_vectors, driver=driver,
        keeps_last_row=True,
    )  # fmt: skip
    flat, ints, matrix = f"{dtype}[::1]", "int64[::1]", f"{dtype}[:, ::1]"
    panel = f"{flat}, intp, {ints}, {ints}"
    signature = (
        f"void({panel}, {panel}, intp, float64, intp, {flat}, {matrix}, {ints}, {matrix}, boolean, boolean, intp, intp)"
    )
    return load_kernel(f"{program.name}-unequal-{dtype}", text, signature), _host.lanes(dtype) * n_vectors
