"""Curves that metrics look at in place of the curves: derivatives, areas."""

import numpy as np

from tsshape._errors import DataError
from tsshape._typing import Floats

# The derivative looks at a value and at both its neighbours.
NEIGHBOURHOOD = 3


def keogh_pazzani(X: Floats) -> Floats:
    """Derivatives of the curves, shape (n_curves, n_times - 2): the mean of the slope to the left and that across.

    References
    ----------
    E. Keogh, M. Pazzani, "Derivative dynamic time warping", SIAM Data Mining 2001; eq. 1, without the repeated ends.
    """
    if X.shape[1] < NEIGHBOURHOOD:
        raise DataError(f"the metric 'ddtw' needs curves of at least 3 time steps; got {X.shape[1]}")
    # By quarters, which are exact: then nothing is subtracted from infinity where a slope leaves the range of floats.
    values = X.astype(np.float64, copy=False) / 4
    with np.errstate(over="ignore"):
        slopes = 2 * (values[:, 1:-1] - values[:, :-2]) + (values[:, 2:] - values[:, :-2])
        return slopes.astype(X.dtype, copy=False)


def running_areas(X: Floats) -> Floats:
    """Area under each curve up to each time step by the trapezoid rule, shape of X, float64; 0 at the first."""
    # Two areas may be close to each other and far from 0: in float32 their difference would be rounding errors.
    values = X.astype(np.float64, copy=False)
    areas = np.zeros_like(values)
    with np.errstate(over="ignore", invalid="ignore"):
        np.cumsum((values[:, 1:] + values[:, :-1]) / 2, axis=1, out=areas[:, 1:])
    return areas


def total_area(X: Floats) -> Floats:
    """Area under each curve by the trapezoid rule, shape (n_curves, 1), float64."""
    return running_areas(X)[:, -1:]
