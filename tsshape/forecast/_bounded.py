"""A loss for forecasts that are scored by a trimmed mean of their errors.

The interquartile mean of errors counts neither the quarter of the posts that are forecast best nor the quarter that are
forecast worst. What it rewards is a loss that is flat for small errors and flat again for large ones: a great post
that cannot be hit anyway is better forecast low, if that hits more of the small ones. Such a loss is boosted here on
the counts themselves, while the trees add up on their logarithm.
"""

from typing import Any, NamedTuple

import numpy as np
from lightgbm import Dataset

from tsshape._typing import FloatArray
from tsshape.forecast._lightgbm import Objective

# From the upper quartile of the errors on the pull of an error fades; where exactly was chosen on training parts.
_FADING = 0.5
# Half a view: errors below it are none.
_FLOOR = 0.5
# What LightGBM, in single precision, can add up.
_STEEPEST = 1e30
# Counts between this and this power of two have squares, even where a forecast is too large by this logarithm.
_LEAST, _LARGE_EXPONENT, _FAR = 1e-150, 450, 25.0


class Bounds(NamedTuple):
    """The quartiles of the absolute errors, in the unit of the counts: below `low` and above `high` they do not count.

    One a row.
    """

    low: FloatArray
    high: FloatArray


def quartiles(errors: FloatArray) -> tuple[float, float]:
    """The bounds that errors give."""
    low, high = map(float, np.quantile(errors, [0.25, 0.75]))
    low = max(low, _FLOOR)
    return low, max(high, 2 * low)


def bounded_loss(base: FloatArray, limits: Bounds, y: FloatArray, start: float) -> Objective:
    """The objective: gradient and curvature, by the log growth, of an error in counts that fades beyond its bounds.

    With a = base exp(start + score), the forecast, and e = a - base exp(y), the weight of a row is
    w = 1 / (sqrt(e² + low²) (1 + (e / fading)²)): absolute loss between the bounds, squared loss below, none above. The
    gradient is w e a and the curvature is taken as w a², that of the squared error weighted anew in each round.
    Neither depends on the unit of the counts, nor goes beyond what single precision holds.
    """
    base, true, limits = _brought_down(base, y, limits)
    fading, highest = _FADING * limits.high, _highest(base, true, float(y.max()))

    def objective(score: Any, _: Dataset) -> tuple[FloatArray, FloatArray]:
        forecast = base * np.exp(np.clip(start + score, -1.0, highest))
        error = forecast - true
        with np.errstate(over="ignore"):
            weight = 1 / (np.sqrt(error**2 + limits.low**2) * (1 + (error / fading) ** 2) * fading)
            gradient, curvature = weight * error * forecast, weight * forecast**2 + 1e-3
        return np.clip(gradient, -_STEEPEST, _STEEPEST), np.minimum(curvature, _STEEPEST)

    return objective


def clipped_error(base: FloatArray, limits: Bounds, y: FloatArray, start: float) -> Any:
    """The error by which such a model is stopped: the mean of the absolute errors clipped to their bounds."""
    base, true, limits = _brought_down(base, y, limits)
    highest = np.maximum(_highest(base, true, float(y.max())), 60.0)

    def error(score: Any, _: Dataset) -> tuple[str, float, bool]:
        errors = np.abs(base * np.exp(np.minimum(start + score, highest)) - true)
        return "clipped", float((np.clip(errors, limits.low, limits.high) / limits.high).mean()), False

    return error


def _brought_down(base: FloatArray, y: FloatArray, limits: Bounds) -> tuple[FloatArray, FloatArray, Bounds]:
    """Base, true counts and bounds, by a power of two, which is exact, so small that squares stay floats."""
    true = base * np.exp(y)
    unit = np.ldexp(1.0, max(0, int(np.frexp(true.max())[1]) - _LARGE_EXPONENT))
    low = np.maximum(limits.low / unit, _LEAST)
    return base / unit, true / unit, Bounds(low, np.maximum(limits.high / unit, 2 * low))


def _highest(base: FloatArray, true: FloatArray, growth: float) -> FloatArray:
    """The highest growth that is tried in each row: none whose count would be far beyond the largest."""
    highest: FloatArray = np.minimum(growth, np.log(true.max()) + _FAR - np.log(base)) + 1.0
    return highest
