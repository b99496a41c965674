"""Prototypes as kinds of life: their shares of the posts, and when their views come."""

from math import ceil
from typing import NamedTuple

from tsshape._columns import format_percent
from tsshape._typing import FloatArray
from tsshape.cluster import describe_lives

_ROUNDING = 1e-9


class Life(NamedTuple):
    """A prototype and its cluster.

    Attributes
    ----------
    name : str
        Name of the life, such as "slow burn", with the number of its cluster.
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

    name: str
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
    """Return prototypes of shape (n_clusters, n_times) with the sizes of their clusters, the quickest first."""
    total = max(sum(sizes), 1)
    found = []
    # A prototype without views has no day of half.
    for row in describe_lives(prototypes).fillna({"first_day": 0.0, "half_day": 1.0}).itertuples():
        number, half = row.Index, ceil(row.half_day - _ROUNDING)
        name, size, shape = f"{row.name} ({number})", sizes[number], prototypes[number].tolist()
        found.append(Life(name, number, size, size / total, row.first_day, half, shape))
    return found
