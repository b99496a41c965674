"""What a clustering costs: the weighted sum of its distances, which must be a number to compare by."""

import numpy as np

from tsshape._errors import DataError
from tsshape._typing import FloatArray, Floats


def within_range(cost: float) -> float:
    """The cost; refused where it is too large for a float."""
    if not np.isfinite(cost):
        raise DataError("the sum of the distances is too large for a float: rescale the curves, or their weights")
    return cost


def total_cost(weights: FloatArray, distances: Floats, power: int = 1) -> float:
    """The weighted sum of a power of the distances; refused if it is too large for a float."""
    with np.errstate(over="ignore"):
        costs = np.where(weights > 0, distances.astype(np.float64) ** power, 0.0)
        # Not by a product of vectors, whose last bits depend on the number of BLAS threads.
        return within_range(float((weights * costs).sum()))


def near_one(weights: FloatArray) -> tuple[FloatArray, float]:
    """Weights divided by a power of two, which is exact, so that the largest is from 1 to 2; and that power."""
    exponent = int(np.frexp(weights.max())[1]) - 1
    return np.ldexp(weights, -exponent), float(np.ldexp(1.0, exponent))
