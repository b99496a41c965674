"""A sample of clustered curves in blocks that has its share of each cluster."""

from typing import Any, NamedTuple

import numpy as np

from tsshape._blocks import as_blocks, draw_rows, rows_by_block
from tsshape._errors import DataError
from tsshape._typing import Floats, IntArray

# Fewer curves of a small cluster would say little of how far the others are from it.
LEAST_OF_CLUSTER = 10


class Stratified(NamedTuple):
    """A sample with its share of each cluster, and at least ten curves of each that has as many.

    Attributes
    ----------
    curves : array of shape (n_drawn, n_times) or (n_drawn, n_channels, n_times)
    labels : array of shape (n_drawn,), int64
    rows : array of shape (n_drawn,), int64
        The rows of the curves among all, ascending.
    sizes : array of shape (n_clusters,), int64
        Number of all curves in each cluster, from 0 on.
    """

    curves: Floats
    labels: IntArray
    rows: IntArray
    sizes: IntArray


def draw_stratified(X: Any, labels: Any, size: int, rng: np.random.RandomState) -> Stratified:
    """Draw a sample of curves in blocks, with labels from 0 on, as long as the curves.

    Examples
    --------
    >>> import dask.array as da
    >>> X = da.from_array(np.arange(40.0).reshape(20, 2), chunks=(8, 2))
    >>> drawn = draw_stratified(X, np.repeat([0, 1], [15, 5]), 4, np.random.RandomState(0))
    >>> np.bincount(drawn.labels).tolist(), drawn.sizes.tolist(), bool((X[drawn.rows].compute() == drawn.curves).all())
    ([10, 5], [15, 5], True)
    """
    blocks = as_blocks(X)
    of_block = blocks.split(labels, "labels")
    counts = blocks.map(_count, along=[of_block], curves=False)
    n_clusters = max(map(len, counts))
    by_block = np.stack([np.pad(each, (0, n_clusters - len(each))) for each in counts])
    sizes = by_block.sum(axis=0)
    share = np.maximum(np.floor(sizes * (size / sizes.sum())).astype(np.int64), np.minimum(sizes, LEAST_OF_CLUSTER))
    # Which members of each cluster, counted over all blocks and then within each.
    members = [
        rows_by_block(by_block[:, each].tolist(), draw_rows(sizes[each], share[each], rng))
        for each in range(n_clusters)
    ]
    chosen = [[of_cluster[at] for of_cluster in members] for at in range(len(blocks.n_rows))]
    found = blocks.map(_pick, along=[of_block, chosen])
    starts = np.cumsum([0, *blocks.n_rows[:-1]])
    rows = np.concatenate([start + each[2] for start, each in zip(starts, found, strict=True)])
    curves, names = (np.concatenate([each[item] for each in found]) for item in (0, 1))
    return Stratified(curves, names, rows, sizes)


def _count(_: None, labels: IntArray) -> IntArray:
    """Count the curves of each cluster in a block."""
    if labels.min(initial=0) < 0:
        raise DataError("labels of curves in blocks count from 0: leave out noise, which has -1")
    return np.bincount(labels)


def _pick(X: Floats, labels: IntArray, members: list[IntArray]) -> tuple[Floats, IntArray, IntArray]:
    """Return the curves, labels and rows of some members of each cluster in a block, by ascending row."""
    rows = [np.flatnonzero(labels == cluster)[some] for cluster, some in enumerate(members) if len(some)]
    chosen = np.sort(np.concatenate([np.empty(0, np.int64), *rows]))
    return X[chosen], labels[chosen].astype(np.int64), chosen
