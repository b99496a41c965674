"""The sample of curves that the criteria with all distances are computed from."""

from typing import Any, NamedTuple

import numpy as np

from tsshape._blocks import as_blocks, draw_rows
from tsshape._typing import Floats

# Curves in blocks that are clustered with each number of clusters: a sample, since each takes many passes.
CURVES_OF_BLOCKS = 100_000


class SelectionSample(NamedTuple):
    """The sample that some criteria of a `ClusterSelection` are computed from, and its error.

    Attributes
    ----------
    criteria : tuple of str
        These criteria: `silhouette`, `dunn` or both.
    n_curves, n_all : int
        Number of curves in the sample, and of all curves.
    silhouette_error : float or None
        Greatest standard error of a mean silhouette, over the numbers of clusters; None without silhouettes.
    n_clustered : int or None
        Number of curves that were clustered, if these are themselves a sample of curves in blocks.

    Examples
    --------
    >>> print(SelectionSample(("dunn",), 20_000, 100_000, None).words)
    dunn is computed from a sample of 20,000 of the 100,000 curves; the Dunn index of a sample is an upper bound
    """

    criteria: tuple[str, ...]
    n_curves: int
    n_all: int
    silhouette_error: float | None
    n_clustered: int | None = None

    @property
    def words(self) -> str:
        """One sentence on the sample and its error."""
        names, verb = " and ".join(self.criteria), "are" if len(self.criteria) > 1 else "is"
        parts = []
        if self.n_clustered is not None:
            parts.append(f"a sample of {self.n_clustered:,} of the {self.n_all:,} curves is clustered")
        if self.criteria:
            of = f"the {self.n_all:,} curves" if self.n_clustered is None else "these"
            parts.append(f"{names} {verb} computed from a sample of {self.n_curves:,} of {of}")
        if self.silhouette_error is not None:
            parts.append(f"the standard error of a mean silhouette is at most {self.silhouette_error:.2g}")
        if "dunn" in self.criteria:
            parts.append("the Dunn index of a sample is an upper bound")
        return "; ".join(parts)


def draw_curves(X: Any, classes: Any, rng: np.random.RandomState) -> tuple[int, Floats]:
    """Return the number of curves in blocks, and a sample that has its share of each block."""
    if classes is not None:
        raise ValueError("classes of curves in blocks are not compared: leave them out, or take a sample in memory")
    blocks = as_blocks(X)
    return blocks.shape[0], blocks.take(draw_rows(blocks.shape[0], CURVES_OF_BLOCKS, rng))
