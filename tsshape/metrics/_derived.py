"""Curves and vectors that metrics compare in place of the curves: derivatives, areas."""

import numpy as np

from tsshape._errors import DataError
from tsshape._typing import Floats

# The derivative of a value needs both its neighbours.
NEIGHBOURHOOD = 3


def keogh_pazzani(X: Floats) -> Floats:
    """Compute derivatives, of the shape of the curves: the mean of the slope to the left and that across both sides.

    The first and the last value have one neighbour only: they have the derivative of the next one.

    References
    ----------
    E. Keogh, M. Pazzani, "Derivative dynamic time warping", SIAM Data Mining 2001; eq. 1.
    """
    if X.shape[1] < NEIGHBOURHOOD:
        raise DataError(f"derivatives need curves of at least 3 time steps; got {X.shape[1]}")
    # Quarters are exact, and their slopes stay in the range of float64: no infinity is subtracted from another.
    values = X.astype(np.float64, copy=False) / 4
    with np.errstate(over="ignore"):
        slopes = 2 * (values[:, 1:-1] - values[:, :-2]) + (values[:, 2:] - values[:, :-2])
        return np.pad(slopes.astype(X.dtype, copy=False), ((0, 0), (1, 1)), mode="edge")


def neighbourhoods(X: Floats, *, reach: float) -> Floats:
    """Return the values around each step, up to `reach` steps before and behind it, (n, 2 * reach + 1, n_times).

    Before the first and behind the last value, these are repeated.
    """
    steps = int(reach)
    if steps != reach:
        raise ValueError(f"reach of metric 'shape_dtw' must be a whole number of steps; got {reach!r}")
    padded = np.pad(X, ((0, 0), (steps, steps)), mode="edge")
    return np.stack([padded[:, start : start + X.shape[1]] for start in range(2 * steps + 1)], axis=1)


def running_areas(X: Floats) -> Floats:
    """Compute the area under each curve up to each time step by the trapezoid rule, float64; 0 at the first step."""
    # Two large areas may differ little: in float32 the difference would be rounding error.
    values = X.astype(np.float64, copy=False)
    areas = np.zeros_like(values)
    with np.errstate(over="ignore", invalid="ignore"):
        np.cumsum((values[:, 1:] + values[:, :-1]) / 2, axis=1, out=areas[:, 1:])
    return areas


def total_area(X: Floats) -> Floats:
    """Compute the area under each curve by the trapezoid rule, shape (n_curves, 1), float64."""
    return running_areas(X)[:, -1:]
