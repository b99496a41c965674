"""A loss for forecasts that are scored by a trimmed mean of their errors.

The interquartile mean of errors leaves out the quarter of the posts with the smallest errors and the quarter with the
largest. The loss that fits it is flat for small errors and flat again for large ones: where a post with very many views
cannot be forecast well anyway, a low forecast costs nothing and may fit more of the small posts. The loss is of the
counts themselves, while the trees add up to their logarithm.
"""

from typing import Any, NamedTuple

import numpy as np
from lightgbm import Dataset

from tsshape._typing import FloatArray, IntArray
from tsshape.forecast._lightgbm import Objective

# The weight of an error fades beyond this multiple of the upper quartile of the errors; chosen on training data.
_FADING = 0.5
# The smallest lower bound, half a view.
_MIN_LOW = 0.5
# The largest gradient and Hessian whose sums LightGBM holds in single precision.
_MAX_GRADIENT = 1e30
# Counts are scaled so that their squares are finite floats: the smallest bound, the largest binary exponent, and by how
# much (as a logarithm) a forecast may exceed the largest count.
_MIN_SCALED_LOW, _MAX_EXPONENT, _MAX_EXCESS = 1e-150, 450, 25.0


class Bounds(NamedTuple):
    """The quartiles of the absolute errors in the unit of the counts; errors outside them do not count.

    Both of shape (n_rows,) or, where each group of rows has its own, (n_groups,).
    """

    low: FloatArray
    high: FloatArray


def error_bounds(errors: FloatArray) -> tuple[float, float]:
    """Return the quartiles of absolute errors, the lower at least half a view, the upper at least twice the lower."""
    low, high = map(float, np.quantile(errors, [0.25, 0.75]))
    low = max(low, _MIN_LOW)
    return low, max(high, 2 * low)


def bounds_by_group(errors: FloatArray, group: IntArray, n_groups: int) -> Bounds:
    """Return the error bounds of each group, and those of all errors for a group without any."""
    groups = [errors[group == number] for number in range(n_groups)]
    bounds = np.array([error_bounds(each if len(each) else errors) for each in groups])
    return Bounds(bounds[:, 0], bounds[:, 1])


def bounded_loss(base: FloatArray, bounds: Bounds, y: FloatArray, start: float) -> Objective:
    """Return the objective: gradient and Hessian of an error in counts, by the log growth.

    With the forecast a = base exp(start + score) and the error e = a - base exp(y), the weight of a row is
    w = 1 / (sqrt(e² + low²) (1 + (e / fading)²)): absolute loss between the bounds, squared loss below, none above. The
    gradient is w e a; the Hessian is taken as w a², that of a squared error with the weights of this round.
    Neither depends on the unit of the counts, and both are clipped to what single precision holds.
    """
    base, true, bounds = _rescale(base, y, bounds)
    fading, highest = _FADING * bounds.high, _max_growth(base, true, float(y.max()))

    def objective(score: Any, _: Dataset) -> tuple[FloatArray, FloatArray]:
        forecast = base * np.exp(np.clip(start + score, -1.0, highest))
        error = forecast - true
        with np.errstate(over="ignore"):
            weight = 1 / (np.sqrt(error**2 + bounds.low**2) * (1 + (error / fading) ** 2) * fading)
            gradient, hessian = weight * error * forecast, weight * forecast**2 + 1e-3
        return np.clip(gradient, -_MAX_GRADIENT, _MAX_GRADIENT), np.minimum(hessian, _MAX_GRADIENT)

    return objective


def clipped_error(base: FloatArray, bounds: Bounds, y: FloatArray, start: float) -> Any:
    """Return the validation error for early stopping: the mean absolute error, clipped to the bounds."""
    base, true, bounds = _rescale(base, y, bounds)
    highest = np.maximum(_max_growth(base, true, float(y.max())), 60.0)

    def error(score: Any, _: Dataset) -> tuple[str, float, bool]:
        errors = np.abs(base * np.exp(np.minimum(start + score, highest)) - true)
        return "clipped", float((np.clip(errors, bounds.low, bounds.high) / bounds.high).mean()), False

    return error


def _rescale(base: FloatArray, y: FloatArray, bounds: Bounds) -> tuple[FloatArray, FloatArray, Bounds]:
    """Return base, true counts and bounds divided by a power of two (which is exact), so that squares are finite."""
    true = base * np.exp(y)
    unit = np.ldexp(1.0, max(0, int(np.frexp(true.max())[1]) - _MAX_EXPONENT))
    low = np.maximum(bounds.low / unit, _MIN_SCALED_LOW)
    return base / unit, true / unit, Bounds(low, np.maximum(bounds.high / unit, 2 * low))


def _max_growth(base: FloatArray, true: FloatArray, growth: float) -> FloatArray:
    """Return the largest growth to try in each row, so that no forecast is far beyond the largest count."""
    highest: FloatArray = np.minimum(growth, np.log(true.max()) + _MAX_EXCESS - np.log(base)) + 1.0
    return highest
