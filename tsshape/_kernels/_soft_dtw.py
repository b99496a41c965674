"""Value and gradient of soft-DTW with respect to a centre."""

import functools
from pathlib import Path
from typing import Any

import numpy as np

from tsshape._kernels import _soft_dtw_lanes, _soft_dtw_series
from tsshape._kernels._cache import load_kernel
from tsshape._kernels._packing import Array
from tsshape._kernels._threads import run_chunks
from tsshape._typing import FloatArray

# Enough curves for a millisecond of work.
CHUNK_CURVES = 1024


def soft_dtw_gradient(
    X: Array, center: Array, gamma: float, weights: Array, n_threads: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Compute soft-DTW from a centre to every curve, and the gradient of the weighted sum with respect to the centre.

    Cuturi & Blondel (2017), Soft-DTW: a differentiable loss function for time-series, ICML; the cost of two values is
    their squared difference. Computed in float64 whatever the dtype: sums over all paths would leave float32's range.

    Parameters
    ----------
    X : array of shape (n_curves, n_times) or (n_curves, n_channels, n_times), float32 or float64
        Finite.
    center : array of shape (n_center,) or (n_channels, n_center)
    gamma : float
        Smoothing, in the unit of a squared difference; greater than 0.
    weights : array of shape (n_curves,)
    n_threads : int
        At most as many threads are used; the result is the same bits for any number.

    Returns
    -------
    values : array of shape (n_curves,), float64
        Soft-DTW of each curve, which may be negative.
    gradient : array of the shape of `center`, float64
        Of `weights @ values`.
    visits : array of shape (n_center,), float64
        Weighted number of values that fall on each step of the centre, each path counting by its share.
    """
    X, center, weights = (np.ascontiguousarray(array, np.float64) for array in (X, center, weights))
    kernel = _kernel() if X.ndim == 2 else _kernel_of_channels()  # noqa: PLR2004
    values = np.empty(len(X))
    starts = range(0, len(X), CHUNK_CURVES)
    gradients, visits = np.zeros((len(starts), *center.shape)), np.zeros((len(starts), center.shape[-1]))

    def differentiate(start: int) -> None:
        stop, chunk = min(len(X), start + CHUNK_CURVES), start // CHUNK_CURVES
        kernel(center, X, weights, float(gamma), start, stop, values, gradients[chunk], visits[chunk])

    run_chunks(differentiate, starts, n_threads)
    return values, gradients.sum(axis=0), visits.sum(axis=0)


@functools.cache
def _kernel() -> Any:
    """Compile the text of `_soft_dtw_lanes`."""
    text, vector = Path(_soft_dtw_lanes.__file__).read_text(encoding="utf-8"), "float64[::1]"
    signature = f"void({vector}, float64[:, ::1], {vector}, float64, intp, intp, {vector}, {vector}, {vector})"
    return load_kernel("soft_dtw-gradient", text, signature)


@functools.cache
def _kernel_of_channels() -> Any:
    """Compile the text of `_soft_dtw_series`."""
    text, vector = Path(_soft_dtw_series.__file__).read_text(encoding="utf-8"), "float64[::1]"
    curves = f"float64[:, ::1], float64[:, :, ::1], {vector}, float64, intp, intp"
    return load_kernel("soft_dtw-gradient-channels", text, f"void({curves}, {vector}, float64[:, ::1], {vector})")
