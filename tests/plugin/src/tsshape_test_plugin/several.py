"""A metric with several routes, as a record."""

import numpy as np

from tsshape.metrics import Metric


def half_life(X):
    """Number of steps with less than half of the views."""
    return (X - X[:, -1:] / 2 < 0).sum(axis=1, keepdims=True).astype(X.dtype)


def half_life_of_pair(x, y, params):  # noqa: ARG001
    """The same for one pair."""
    first = 0
    second = 0
    for value in x:
        first += 2 * value < x[-1]
    for value in y:
        second += 2 * value < y[-1]
    return float(abs(first - second))


def half_life_of_batch(X, Y):
    """The same for all pairs."""
    return np.abs(half_life(X) - half_life(Y).T)


HALF_LIFE = Metric(
    "half_life", pair=half_life_of_pair, batch=half_life_of_batch, embed=half_life, average="medoid", elastic=True
)
