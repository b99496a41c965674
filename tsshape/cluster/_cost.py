"""The cost of a clustering: a weighted sum of distances, which must be finite to be compared."""

import numpy as np

from tsshape._errors import DataError
from tsshape._typing import FloatArray, Floats


def within_range(cost: float) -> float:
    """Return the cost; refuse one that is too large for a float."""
    if not np.isfinite(cost):
        raise DataError("the sum of the distances is too large for a float: rescale the curves, or their weights")
    return cost


def total_cost(weights: FloatArray, distances: Floats, power: int = 1) -> float:
    """Return the weighted sum of a power of the distances; refuse one that is too large for a float."""
    with np.errstate(over="ignore"):
        costs = np.where(weights > 0, distances.astype(np.float64) ** power, 0.0)
        # The last bits of a product of vectors would depend on the number of BLAS threads.
        return within_range(float((weights * costs).sum()))


def near_one(weights: FloatArray) -> tuple[FloatArray, float]:
    """Divide weights by a power of two, which is exact, to a largest weight between 1 and 2; return the power too."""
    exponent = int(np.frexp(weights.max())[1]) - 1
    return np.ldexp(weights, -exponent), float(np.ldexp(1.0, exponent))
