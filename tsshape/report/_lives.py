"""Prototypes as kinds of life: their shares of the posts, and when their views come."""

from typing import NamedTuple

import numpy as np

from tsshape._columns import format_percent
from tsshape._typing import FloatArray


class Life(NamedTuple):
    """A prototype and its cluster.

    Attributes
    ----------
    number : int
        Number of the cluster, from 0.
    size : int
        Number of posts in the cluster.
    share : float
        Share of all posts, between 0 and 1.
    first_day : float
        Share of the views on the first day.
    half_day : int
        The first day, 1…T, with at least half of the views.
    shape : list of float
        The prototype, one value per day.
    """

    number: int
    size: int
    share: float
    first_day: float
    half_day: int
    shape: list[float]

    def __str__(self) -> str:
        """Return the life as a part of a sentence."""
        first_day = format_percent(self.first_day, 0)
        return f"{first_day} of the views on the first day and half of them by day {self.half_day}"


def lives(prototypes: FloatArray, sizes: list[int]) -> list[Life]:
    """Return prototypes of shape (n_clusters, n_times) with the sizes of their clusters, the largest first."""
    total = max(sum(sizes), 1)
    found = []
    for number, (shape, size) in enumerate(zip(prototypes, sizes, strict=True)):
        height = max(float(shape.max()), np.finfo(float).tiny)
        half = int(np.argmax(shape >= height / 2)) + 1
        found.append(Life(number, size, size / total, float(shape[0]) / height, half, shape.tolist()))
    return sorted(found, key=lambda life: (-life.size, life.number))
