"""A loss for forecasts that are scored by the mean of their squared relative errors.

The score is that of published benchmarks of popularity: ((forecast - true) / true)². It punishes a forecast that is far
too high and hardly one that is too low, so that its minimiser lies below the median.
"""

from typing import Any

import numpy as np
from lightgbm import Dataset

from tsshape._typing import FloatArray
from tsshape.forecast._lightgbm import Objective

# The largest relative error that has a gradient of its own; a forecast so far above decreases as fast as it can.
_MAX_LOG_RATIO = 3.0


def relative_loss(base: FloatArray, growth: FloatArray, start: float) -> Objective:
    """Return the objective: gradient and Hessian of the squared relative error, by the log growth.

    With the forecast a = base exp(start + score) - 1 and the true count y it is ((a - y) / y)² / 2. A true count of 0
    has no relative error and adds nothing. The Hessian is that of Gauss and Newton, which is never negative.
    """
    counted = _weights(base, growth)

    def objective(score: Any, _: Dataset) -> tuple[FloatArray, FloatArray]:
        ratio = np.exp(np.minimum(start + score - growth, _MAX_LOG_RATIO))
        return counted * ratio * (ratio - 1), counted * ratio**2 + 1e-6

    return objective


def relative_error(base: FloatArray, growth: FloatArray, start: float) -> Any:
    """Return the validation error for early stopping: the mean squared relative error."""
    counted = _weights(base, growth)

    def error(score: Any, _: Dataset) -> tuple[str, float, bool]:
        ratio = np.exp(np.minimum(start + score - growth, _MAX_LOG_RATIO))
        return "relative", float((counted * (ratio - 1) ** 2).mean()), False

    return error


def start_of_relative(base: FloatArray, growth: FloatArray) -> float:
    """Return the log growth that minimises the loss if it is one for all rows."""
    inverse, counted = np.exp(growth.min() - growth), _weights(base, growth)
    total = float((counted * inverse**2).sum())
    return float(growth.min() + np.log((counted * inverse).sum() / total)) if total > 0 else float(growth.min())


def _weights(base: FloatArray, growth: FloatArray) -> FloatArray:
    """Return ((1 + y) / y)² for a true count y, 0 where that is 0: errors of 1 + y, relative to y."""
    log_true = np.log(base) + growth
    # 1 + y is at most 2 below a count of 1: there the weight would grow without bound.
    counted: FloatArray = np.where(log_true > 0, 1 / np.maximum(-np.expm1(-log_true), 0.5) ** 2, 0.0)
    return counted
