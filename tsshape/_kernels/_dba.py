"""One iteration of DTW barycenter averaging."""

import functools
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tsshape._kernels import _dba_lanes
from tsshape._kernels._cache import load_kernel
from tsshape._kernels._packing import Array
from tsshape._kernels._threads import run_chunks
from tsshape._typing import FloatArray, IntArray

# Enough curves for a millisecond of work, and few enough that float32 sums of a lane keep their digits.
CHUNK_CURVES = 1024
# Cells of the alignments that take a few milliseconds on one thread.
CELLS_WORTH_A_THREAD = 5_000_000


def dba_update(
    X: Array, center: Array, weights: Array, window: int, n_threads: int
) -> tuple[FloatArray, FloatArray, float]:
    """Align every curve to a centre by DTW and sum the values that are matched with each time step of the centre.

    `sums / counts` is the next centre of DTW barycenter averaging (Petitjean, Ketterlin & Gançarski 2011, Pattern
    Recognition 44, 678-693), `cost` is the cost of the present one. Every path visits every time step of the centre, so
    that no count is 0 unless all weights are.

    Parameters
    ----------
    X : array of shape (n_curves, n_times) or (n_curves, n_channels, n_times), float32 or float64
        C-contiguous, finite. All channels are warped together.
    center : array of shape (n_center,) or (n_channels, n_center) of the same dtype
    weights : array of shape (n_curves,)
        Not negative.
    window : int
        The band's radius in steps, at least |n_center - n_times|.
    n_threads : int
        At most as many threads are used; the result is the same bits for any number.

    Returns
    -------
    sums : array of the shape of `center`, float64
        Weighted sum of the aligned values.
    counts : array of shape (n_center,), float64
        The sum of their weights.
    cost : float
        Weighted sum of the squared DTW distances.
    """
    rows = np.arange(len(X))
    sums, counts, costs = dba_updates(X, rows, (0, len(X)), center[None], weights, window, n_threads)
    return sums[0], counts[0], float(costs[0])


def dba_updates(
    X: Array, order: IntArray, bounds: Sequence[int], centers: Array, weights: Array, window: int, n_threads: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Compute `dba_update` for many centres at once, each with its own curves, which stay where they are.

    Parameters
    ----------
    X, weights, window, n_threads
        As for `dba_update`.
    order : array of int64
        Rows of curves, those of each centre together.
    bounds : sequence of int, of length n_centers + 1
        The rows of the curves of centre c are those of `order` from `bounds[c]` to `bounds[c + 1]`.
    centers : array of shape (n_centers, n_center) or (n_centers, n_channels, n_center), C-contiguous

    Returns
    -------
    sums : array of the shape of `centers`, float64
    counts : array of shape (n_centers, n_center), float64
    costs : array of shape (n_centers,), float64
    """
    curves, starts = (array.reshape(len(array), -1, array.shape[-1]) for array in (X, centers))
    _, n_channels, n_center = starts.shape
    kernel, n_sums = _kernel(X.dtype.name, n_channels), n_channels * n_center
    weights = np.ascontiguousarray(weights, X.dtype)
    tasks = [
        (center, start, min(stop, start + CHUNK_CURVES))
        for center, (start, stop) in enumerate(itertools.pairwise(bounds))
        for start in range(start, stop, CHUNK_CURVES)
    ]
    parts = np.zeros((len(tasks), n_sums + n_center + 1))

    def align(number: int) -> None:
        center, start, stop = tasks[number]
        kernel(starts[center], curves, order, weights, window, start, stop, parts[number])

    worth_it = len(order) * X[0].size * n_center > CELLS_WORTH_A_THREAD
    run_chunks(align, range(len(tasks)), n_threads if worth_it else 1)
    totals = np.zeros((len(centers), n_sums + n_center + 1))
    # In the order of the tasks, whichever thread was first.
    np.add.at(totals, [center for center, _, _ in tasks], parts)
    return totals[:, :n_sums].reshape(centers.shape), totals[:, n_sums:-1], totals[:, -1]


@functools.cache
def _kernel(dtype: str, n_channels: int) -> Any:
    """Compile the text of `_dba_lanes` for a number of channels."""
    text = Path(_dba_lanes.__file__).read_text(encoding="utf-8")
    text = text.replace("\nCHANNELS = 1\n", f"\nCHANNELS = {n_channels}\n")
    signature = f"void({dtype}[:, ::1], {dtype}[:, :, ::1], int64[::1], {dtype}[::1], intp, intp, intp, float64[::1])"
    return load_kernel(f"dba-{dtype}-{n_channels}", text, signature)
