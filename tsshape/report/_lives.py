"""Prototypes as kinds of life: their names, their shares of the posts, and when their views come."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any, NamedTuple

import numpy as np

from tsshape._columns import format_percent
from tsshape._typing import FloatArray
from tsshape.cluster import describe_lives
from tsshape.report._page import count_of


class Channel(NamedTuple):
    """The prototype of a further channel, and the band of the cluster's members, one value per day each."""

    name: str
    shape: list[float]
    band: tuple[list[float], list[float]] | None


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
    of_posts : bool
        Whether it is a kind of life of posts; else it is a cluster of other series, and its name is "cluster".
    counts : str
        What the name, the prototype and the band are of: the views, or another channel.
    others : tuple of Channel
        The other channels by which posts were clustered.
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
    of_posts: bool = True
    counts: str = "views"
    others: tuple[Channel, ...] = ()

    @property
    def title(self) -> str:
        """Return the name with the number beside it."""
        return f"{self.name} ({self.number})" if self.of_posts else f"{self.name} {self.number}"

    @property
    def members(self) -> str:
        """Return the number of its posts or series, with the noun."""
        return count_of(self.size, "post") if self.of_posts else f"{self.size:,} series"

    @property
    def pace(self) -> str:
        """Return when the views come, as a part of a sentence; nothing of series that have none."""
        if not self.of_posts:
            return ""
        if np.isnan(self.half_day):
            return f"no {self.counts}"
        # The day within which half is reached, in spite of rounding errors.
        half = max(1, ceil(self.half_day - 1e-9))
        first = f"{format_percent(self.first_day, 0)} of the {self.counts} on the first day"
        return f"{first} and half of them by day {half}"


def lives(
    prototypes: FloatArray,
    sizes: Sequence[int],
    *,
    n_noise: int = 0,
    bands: Mapping[int, tuple[list[float], list[float]]] | None = None,
    examples: Mapping[int, Sequence[str]] | None = None,
    of_posts: bool = True,
    counts: str = "views",
    others: Mapping[int, tuple[Channel, ...]] | None = None,
) -> list[Life]:
    """Return prototypes of shape (n_clusters, n_times) with the sizes of their clusters.

    The quickest is first; of series that are no posts, the largest. Noise counts in the shares.
    """
    described = _described(prototypes) if of_posts else _numbered(sizes)
    total = max(sum(sizes) + n_noise, 1)
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
            of_posts=of_posts,
            counts=counts,
            others=(others or {}).get(number, ()),
        )
        for number, row in zip(*described, strict=True)
    ]


def _described(prototypes: FloatArray) -> tuple[list[int], list[dict[str, Any]]]:
    """Return the numbers and the descriptions of prototypes, the quickest first."""
    table = describe_lives(prototypes)
    return [int(number) for number in table.index], table.to_dict("records")


def _numbered(sizes: Sequence[int]) -> tuple[list[int], list[dict[str, Any]]]:
    """Return the numbers of clusters, the largest first, and that nothing else is known of them."""
    numbers = sorted(range(len(sizes)), key=lambda number: -sizes[number])
    return numbers, [{"name": "cluster", "first_day": np.nan, "half_day": np.nan} for _ in numbers]
