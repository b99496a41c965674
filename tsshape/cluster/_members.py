"""What the members of clusters look like: the band that holds most of them, and those nearest to the prototype."""

from typing import NamedTuple

import numpy as np

from tsshape._typing import FloatArray, IntArray

# The band holds the members between these quantiles on each day.
BAND = (0.1, 0.9)
N_EXAMPLES = 3


class Members(NamedTuple):
    """The members of a cluster: the ends of their band, each like a curve, and rows of typical ones."""

    lower: FloatArray
    upper: FloatArray
    examples: list[int]


def describe_members(shapes: FloatArray, labels: IntArray, prototypes: FloatArray) -> list[Members]:
    """Return the members of each cluster; without any, the band is 0. Shapes may have several channels."""
    found = []
    for number, prototype in enumerate(prototypes):
        rows = np.flatnonzero(labels == number)
        lower, upper = np.quantile(shapes[rows], BAND, axis=0) if len(rows) else np.zeros((2, *prototype.shape))
        distance = np.square(shapes[rows] - prototype).sum(axis=tuple(range(1, shapes.ndim)))
        nearest = rows[np.argsort(distance, kind="stable")[:N_EXAMPLES]]
        found.append(Members(lower, upper, nearest.tolist()))
    return found
