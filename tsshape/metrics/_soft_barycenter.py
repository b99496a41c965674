"""The soft-DTW barycenter."""

from typing import Any

import numpy as np
from scipy.optimize import minimize

from tsshape import _kernels
from tsshape._errors import DataError
from tsshape._sums import weighted_sum
from tsshape._typing import FloatArray, Floats
from tsshape.metrics._metric import WINDOW


def soft_dtw_barycenter(
    X: Floats, weights: FloatArray, parameters: dict[str, Any], *, start: Floats | None, max_iter: int, n_threads: int
) -> Floats:
    """Minimise the weighted mean of soft-DTW values by L-BFGS, and return the centre."""
    if parameters[WINDOW] is not None:
        raise ValueError("the barycenter of 'soft_dtw' takes no window: its alignment is spread over all paths")
    curves = X.astype(np.float64, copy=False)
    shares = weights / weights.sum()

    def value_and_gradient(center: FloatArray) -> tuple[float, FloatArray]:
        values, gradient = _kernels.soft_dtw_gradient(curves, center, parameters["gamma"], shares, n_threads)
        return float((shares * values).sum()), gradient

    begin = weighted_sum(shares, curves) if start is None else start.astype(np.float64)
    found = minimize(value_and_gradient, begin, jac=True, method="L-BFGS-B", options={"maxiter": max_iter})
    if not np.isfinite(found.fun):
        raise DataError("the squares of the curves' values are too large for a soft-DTW barycenter: rescale the curves")
    return np.asarray(found.x, dtype=X.dtype)
