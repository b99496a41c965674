"""Averages along best paths, under any elastic distance that has one: the values matched with each step of a centre."""

import functools
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from tsshape._kernels._cache import load_kernel
from tsshape._kernels._multichannel import find_recurrence
from tsshape._kernels._packing import Array, by_steps, pack_constants, pack_weights, scale_of_squares
from tsshape._kernels._path import path_module
from tsshape._kernels._recurrences import root
from tsshape._kernels._threads import run_chunks
from tsshape._typing import FloatArray, IntArray

# Curves of a task: a millisecond of work or more, and sums that are added in the order of the tasks.
CHUNK_CURVES = 64
DRIVER = """

@njit(**JIT_OPTIONS)
def kernel(center, X, order, weights, scale, unit, window, constants, by_lag, start, stop, out):
    n_center, n_times = len(center) // N_CHANNELS, X.shape[1] // N_CHANNELS
    path, cost = np.empty((n_center + n_times - 1, 2), np.int64), np.empty(1, np.float64)
    scaled, curve = center * scale, np.empty(X.shape[1], np.float64)
    for number in range(start, stop):
        row = order[number]
        for at in range(X.shape[1]):
            curve[at] = X[row, at] * scale
        length = trace(scaled, curve, window, constants, by_lag, path, cost)
        for step in range(length):
            i, j = path[step, 0], path[step, 1]
            out[i, N_CHANNELS] += weights[row]
            for channel in range(N_CHANNELS):
                out[i, channel] += weights[row] * X[row, j * N_CHANNELS + channel]
        # Twice, because the square of the unit may vanish.
        out[n_center, 0] += weights[row] * (cost[0] * unit * unit)
"""


def aligned_sums(
    name: str,
    X: Array,
    order: IntArray,
    bounds: Sequence[int],
    centers: Array,
    weights: FloatArray,
    params: tuple[float, ...],
    n_threads: int,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sum the values that the best path to a centre matches with each of its steps, for curves of one length.

    Steps of a centre that a path leaves out, as those of erp and edr may, have no part in the sums.

    Parameters
    ----------
    name : str
        A key of `ELASTIC`, not soft_dtw.
    X : array of shape (n, T) or (n, n_channels, T)
    order : array of int64
        Rows of curves, those of each centre together.
    bounds : sequence of int, of length n_centers + 1
        The rows of the curves of centre c are those of `order` from `bounds[c]` to `bounds[c + 1]`.
    centers : array of shape (n_centers, U) or (n_centers, n_channels, U)
    weights : array of shape (n,)
    params : tuple of float
        As for `elastic`, of centres and curves.
    n_threads : int
        At most as many threads are used; the result is the same bits for any number.

    Returns
    -------
    sums : array of the shape of `centers`, float64
        Weighted sums of the values.
    counts : array of shape (n_centers, U), float64
        Sums of their weights.
    costs : array of shape (n_centers,), float64
        Weighted sums of the distances before their last step, such as a root: of the squares under dtw.
    """
    n_channels = X.shape[1] if X.ndim > 2 else 1  # noqa: PLR2004
    is_diagonal = params[-1] == 0
    recurrence, _ = find_recurrence(name, n_channels, is_diagonal=is_diagonal)
    kernel = _kernel(name, n_channels, is_diagonal=is_diagonal)
    n_center, n_times = centers.shape[-1], X.shape[-1]
    curves, middles = (np.ascontiguousarray(Z if n_channels == 1 else by_steps(Z), np.float64) for Z in (X, centers))
    scale = scale_of_squares(recurrence, params, curves, middles, n_terms=curves.shape[1] + middles.shape[1])
    # The squares that dtw adds up are those of the scaled curves.
    unit = 1 / scale if recurrence.final is root else 1.0
    double = np.dtype(np.float64)
    constants = pack_constants(recurrence, params, n_center, n_times, 1 / scale, double)
    by_lag = pack_weights(recurrence, params, n_center, n_times, double)
    tasks = [
        (center, first, min(stop, first + CHUNK_CURVES))
        for center, (start, stop) in enumerate(itertools.pairwise(bounds))
        for first in range(start, stop, CHUNK_CURVES)
    ]
    parts = np.zeros((len(tasks), n_center + 1, n_channels + 1))

    def align(number: int) -> None:
        center, start, stop = tasks[number]
        kernel(
            middles[center], curves, order, weights, scale, unit, int(params[-1]), constants, by_lag, start, stop,
            parts[number],
        )  # fmt: skip

    run_chunks(align, range(len(tasks)), n_threads)
    totals = np.zeros((len(centers), n_center + 1, n_channels + 1))
    # In the order of the tasks, whichever thread was first.
    np.add.at(totals, [center for center, _, _ in tasks], parts)
    sums = totals[:, :n_center, :n_channels].transpose(0, 2, 1).reshape(centers.shape)
    return sums, totals[:, :n_center, n_channels], totals[:, n_center, 0]


@functools.cache
def _kernel(name: str, n_channels: int, *, is_diagonal: bool) -> Any:
    """Compile the sums along the paths of a recurrence."""
    text = path_module(name, n_channels, DRIVER, is_diagonal=is_diagonal)
    vector, matrix = "float64[::1]", "float64[:, ::1]"
    curves, parameters = f"{vector}, {matrix}, int64[::1], {vector}", f"float64, float64, intp, {vector}, {vector}"
    signature = f"void({curves}, {parameters}, intp, intp, {matrix})"
    return load_kernel(f"{name}-aligned", text, signature)
