"""The classifier of the archive and of the bake-off: the class of the nearest training curve."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from sets import UcrSet

from tsshape.metrics import nearest, pairwise


def error(data: UcrSet, metric: str, **params: Any) -> float:
    """Share of the test curves whose nearest training curve is of another class; of those that tie, the first."""
    rows, _ = nearest(data.test, data.train, metric, **params)
    return float(np.mean(data.train_classes[rows] != data.test_classes))


def tune(data: UcrSet, metric: str, name: str, grid: Iterable[float]) -> list[float]:
    """Return the values of a parameter with the least leave-one-out error on the training part, in their order."""
    errors = {}
    for value in grid:
        distances = pairwise(data.train, metric=metric, **{name: float(value)})
        np.fill_diagonal(distances, np.inf)
        errors[float(value)] = np.mean(data.train_classes[distances.argmin(axis=1)] != data.train_classes)
    return [value for value, wrong in errors.items() if wrong == min(errors.values())]
