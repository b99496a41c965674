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
    """
    true, fading = base * np.exp(y), _FADING * limits.high
    highest = float(y.max()) + 1.0

    def objective(score: Any, _: Dataset) -> tuple[FloatArray, FloatArray]:
        forecast = base * np.exp(np.clip(start + score, -1.0, highest))
        error = forecast - true
        weight = 1 / (np.sqrt(error**2 + limits.low**2) * (1 + (error / fading) ** 2) * fading)
        return weight * error * forecast, weight * forecast**2 + 1e-3

    return objective


def clipped_error(base: FloatArray, limits: Bounds, y: FloatArray, start: float) -> Any:
    """The error by which such a model is stopped: the mean of the absolute errors clipped to their bounds."""
    true = base * np.exp(y)

    def error(score: Any, _: Dataset) -> tuple[str, float, bool]:
        errors = np.abs(base * np.exp(np.minimum(start + score, 60.0)) - true)
        return "clipped", float((np.clip(errors, limits.low, limits.high) / limits.high).mean()), False

    return error
