"""Prototypes as kinds of life: their names, their shares of the posts, and when their views come."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple

import numpy as np

from tsshape._columns import format_percent
from tsshape._typing import FloatArray
from tsshape.cluster import describe_lives


class Life(NamedTuple):
    """A prototype and its cluster.

    Attributes
    ----------
    number : int
        Number of the cluster, from 0.
    name : str
        The kind of life in words, by `describe_lives`.
    size : int
        Number of posts in the cluster.
    share : float
        Share of all posts, between 0 and 1.
    first_day : float
        Share of the views on the first day; NaN without views.
    half_day : float
        When half of the views have come, in days since the post; NaN without views.
    shape : list of float
        The prototype, one value per day.
    band : (list of float, list of float) or None
        Lower and upper end of the band of the cluster's members, one value per day.
    examples : tuple of str
        Ids of posts that are near the prototype.
    """

    number: int
    name: str
    size: int
    share: float
    first_day: float
    half_day: float
    shape: list[float]
    band: tuple[list[float], list[float]] | None = None
    examples: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Return the name with the number beside it."""
        return f"{self.name} ({self.number})"

    @property
    def pace(self) -> str:
        """Return when the views come, as a part of a sentence."""
        if np.isnan(self.half_day):
            return "no views"
        # The day within which half is reached, in spite of rounding errors.
        half = max(1, ceil(self.half_day - 1e-9))
        return f"{format_percent(self.first_day, 0)} of the views on the first day and half of them by day {half}"


def lives(
    prototypes: FloatArray,
    sizes: Sequence[int],
    *,
    bands: Mapping[int, tuple[list[float], list[float]]] | None = None,
    examples: Mapping[int, Sequence[str]] | None = None,
) -> list[Life]:
    """Return prototypes of shape (n_clusters, n_times) with the sizes of their clusters, the quickest first."""
    total = max(sum(sizes), 1)
    return [
        Life(
            number=number,
            name=str(row["name"]),
            size=sizes[number],
            share=sizes[number] / total,
            first_day=float(row["first_day"]),
            half_day=float(row["half_day"]),
            shape=prototypes[number].tolist(),
            band=(bands or {}).get(number) if sizes[number] else None,
            examples=tuple((examples or {}).get(number, ())),
        )
        for number, row in zip(*_described(prototypes), strict=True)
    ]


def _described(prototypes: FloatArray) -> tuple[list[int], list[dict[str, float]]]:
    """Return the numbers and the descriptions of prototypes, the quickest first."""
    table = describe_lives(prototypes)
    return [int(number) for number in table.index], table.to_dict("records")
