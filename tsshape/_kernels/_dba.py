"""One iteration of DTW barycenter averaging."""

import functools
from pathlib import Path
from typing import Any

import numpy as np
from numba import types

from tsshape._kernels import _dba_lanes
from tsshape._kernels._cache import load_kernel
from tsshape._kernels._pairwise import Array
from tsshape._kernels._threads import run_chunks
from tsshape._typing import FloatArray

# Enough curves for a millisecond of work, and few enough that float32 sums of a lane keep their digits.
CHUNK_CURVES = 1024


def dba_update(
    X: Array, center: Array, weights: Array, window: int, n_threads: int
) -> tuple[FloatArray, FloatArray, float]:
    """Align every curve to a centre by DTW and collect the values that fall on each of its times.

    `sums / counts` is the next centre of DTW barycenter averaging (Petitjean, Ketterlin & Gançarski 2011, Pattern
    Recognition 44, 678-693), and `cost` what the present one costs. Every path visits every time of the centre, so that
    no count is 0 unless all weights are.

    Parameters
    ----------
    X : array of shape (n_curves, n_times), float32 or float64
        C-contiguous, finite.
    center : array of shape (n_center,) of the same dtype
    weights : array of shape (n_curves,)
        Not negative.
    window : int
        The band's radius in steps, at least |n_center - n_times|.
    n_threads : int
        At most as many threads are used; the result is the same bits for any number.

    Returns
    -------
    sums, counts : arrays of shape (n_center,), float64
        Weighted sum of the aligned values, and the sum of their weights.
    cost : float
        Weighted sum of the squared DTW distances.
    """
    n_center = len(center)
    kernel = _kernel(X.dtype.name)
    weights = np.ascontiguousarray(weights, X.dtype)
    starts = range(0, len(X), CHUNK_CURVES)
    parts = np.zeros((len(starts), 2 * n_center + 1))

    def align(start: int) -> None:
        stop = min(len(X), start + CHUNK_CURVES)
        kernel(center, X, weights, window, start, stop, parts[start // CHUNK_CURVES])

    run_chunks(align, starts, n_threads)
    totals = parts.sum(axis=0)
    return totals[:n_center], totals[n_center:-1], float(totals[-1])


@functools.cache
def _kernel(dtype: str) -> Any:
    """The compiled text of `_dba_lanes`."""
    element = getattr(types, dtype)
    vector, matrix = types.Array(element, 1, "C"), types.Array(element, 2, "C")
    signature = types.void(
        vector, matrix, vector, types.intp, types.intp, types.intp, types.Array(types.float64, 1, "C")
    )
    return load_kernel(f"dba-{dtype}", Path(_dba_lanes.__file__).read_text(encoding="utf-8"), signature)
