"""Lloyd's algorithm on curves in blocks: each step adds what the blocks contribute to the next centres.

The steps are those of `Lloyd.iterate` on the same curves in memory, but for the order in which sums are added.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from tsshape import _kernels
from tsshape._blocks import Blocks, Kept
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.cluster._cost import within_range
from tsshape.cluster._median_in_blocks import weighted_medians
from tsshape.metrics import DBA_STEPS, Metric, align_clusters, averages_along_paths, cluster_sums, nearest

# Averages that are sums over the curves, or can be counted out.
BY_SUMS = ("mean", "dba", "elastic", "median")
# The weights of the curves of a block, None for ones.
Weights: TypeAlias = FloatArray | None


@dataclass(frozen=True, eq=False)
class Centers:
    """Centres, and the metric under which curves are near to them."""

    values: Floats
    metric: Metric
    parameters: dict[str, Any]

    def nearest(self, X: Floats) -> tuple[IntArray, Floats]:
        """Return the nearest centre of each curve, and the distance to it."""
        return nearest(X, self.values, self.metric, **self.parameters)


class Costly(NamedTuple):
    """The curves of a block that cost most: their rows in the block, labels and costs, the greatest first."""

    rows: IntArray
    labels: IntArray
    costs: FloatArray


@dataclass(frozen=True, eq=False)
class BlockLloyd:
    """Lloyd's algorithm on curves in blocks, with a weight for each curve.

    `unequal` says whether lengths differ. `middle` is the curve that others are centred at, as those in memory are.
    """

    blocks: Blocks
    weights: Kept
    unequal: bool = False
    middle: Floats | None = None

    def iterate(self, centers: Centers, *, max_iter: int, tol: float) -> tuple[Floats, int]:
        """Step until the squared moves of the centres sum to `tol`, or `max_iter`; return centres and steps."""
        n_iter = 0
        for n_iter in range(1, max_iter + 1):  # noqa: B007 - returned
            moved = self._step(centers)
            with np.errstate(over="ignore"):
                shift = float(np.nansum(np.square(moved - centers.values, dtype=np.float64)))
            centers = replace(centers, values=moved)
            if shift <= tol:
                break
        return centers.values, n_iter

    def measure(self, centers: Centers, *, power: int) -> tuple[float, FloatArray]:
        """Return the weighted sum of a power of the distances, and the weight of the curves of each cluster."""
        cost, totals = self.blocks.sum(total_by_cluster, centers, power, along=[self.weights])
        return within_range(float(cost)), totals

    def _step(self, centers: Centers) -> Floats:
        """Return the next centres."""
        if centers.metric.kernel == "euclidean":
            sums, totals = self.blocks.sum(mean_sums, centers, self.middle, along=[self.weights])
            if totals.all():
                return _divide(sums, totals.reshape(-1, *[1] * (sums.ndim - 1)), centers.values)
        labels = self._fill_empty(self.blocks.keep(assign, centers), centers)
        if centers.metric.average == "median":
            return weighted_medians(self.blocks, labels, self.weights, centers.values)
        is_dba = centers.metric.average == "dba"
        if (is_dba and self.unequal) or averages_along_paths(centers.metric, centers.values, centers.parameters):
            return self._elastic_step(labels, centers)
        for _ in range(DBA_STEPS if is_dba else 1):
            sums, totals = self.blocks.sum(sums_by_cluster, centers, along=[labels, self.weights])
            centers = replace(centers, values=_divide(sums, totals, centers.values))
        return centers.values

    def _elastic_step(self, labels: Kept, centers: Centers) -> Floats:
        """Return the means of the values matched with each centre where they cost less than the centre."""
        sums, counts, before = self.blocks.sum(aligned_sums, centers, along=[labels, self.weights])
        moved = _divide(sums, counts, centers.values)
        after = self.blocks.sum(aligned_sums, replace(centers, values=moved), along=[labels, self.weights])[2]
        lower = (after < before).reshape(-1, *[1] * (moved.ndim - 1))
        better: Floats = np.where(lower, moved, centers.values)
        return better

    def _fill_empty(self, labels: Kept, centers: Centers) -> Kept:
        """Return labels in which each empty cluster has the curve that costs most in its own, as in memory."""
        n_clusters = len(centers.values)
        (sizes,) = self.blocks.sum(count_labels, n_clusters, along=[labels, self.weights], curves=False)
        empty = np.flatnonzero(sizes == 0).tolist()
        if not empty:
            return labels
        # A curve that is alone in its cluster stays there; of such there are fewer than clusters.
        most = len(empty) + n_clusters
        found: list[Costly] = self.blocks.map(costliest, centers, most, along=[labels, self.weights])
        block_of = np.repeat(np.arange(len(found)), [len(each.rows) for each in found])
        rows, owners, costs = (np.concatenate(each) for each in zip(*found, strict=True))
        changes: list[dict[int, int]] = [{} for _ in found]
        for each in np.lexsort((rows, block_of, -costs)):
            if not empty:
                break
            if sizes[owners[each]] > 1:
                sizes[owners[each]] -= 1
                changes[block_of[each]][int(rows[each])] = empty.pop(0)
        return self.blocks.keep(relabel, along=[labels, changes], curves=False)


def _divide(sums: FloatArray, totals: FloatArray, centers: Floats) -> Floats:
    """Return the means; a value without any weight keeps that of its centre."""
    wide = np.broadcast_to(totals, centers.shape)
    means = np.divide(sums, wide, out=centers.astype(np.float64), where=wide > 0)
    return means.astype(centers.dtype)


def weights_of(X: Floats, weights: Weights) -> FloatArray:
    """Return the weights of the curves of a block, 1 where none are given."""
    return np.ones(len(X)) if weights is None else weights


# What follows is called with the curves of one block.


def assign(X: Floats, centers: Centers) -> IntArray:
    """Return the nearest centre of each curve, in as few bytes as hold its number: labels stay in memory."""
    return centers.nearest(X)[0].astype(np.min_scalar_type(len(centers.values) - 1))


def relabel(_: None, labels: IntArray, changes: dict[int, int]) -> IntArray:
    """Return labels with some changed, by row."""
    changed = labels.copy()
    changed[list(changes)] = list(changes.values())
    return changed


def count_labels(_: None, n_clusters: int, labels: IntArray, weights: Weights) -> tuple[IntArray]:
    """Count the curves with a weight in each cluster."""
    return (np.bincount(labels if weights is None else labels[weights > 0], minlength=n_clusters),)


def costliest(X: Floats, centers: Centers, most: int, labels: IntArray, weights: Weights) -> Costly:
    """Return the curves that cost most at their centres."""
    share, distances = weights_of(X, weights), centers.nearest(X)[1]
    with np.errstate(over="ignore", invalid="ignore"):
        costs = distances.astype(np.float64) ** centers.metric.power * share
    weighty = np.flatnonzero(share > 0)
    rows = weighty[np.argsort(-costs[weighty], kind="stable")[:most]]
    return Costly(rows, labels[rows].astype(np.int64), costs[rows])


def mean_sums(X: Floats, centers: Centers, middle: Floats, weights: Weights) -> tuple[FloatArray, FloatArray]:
    """Assign the curves under the Euclidean distance; return the weighted sums and the weights of the clusters."""
    flat = centers.values.reshape(len(centers.values), -1)
    sums, totals = _kernels.lloyd_sums(X.reshape(len(X), -1), flat, weights_of(X, weights), middle.ravel())
    return sums.reshape(centers.values.shape), totals


def sums_by_cluster(X: Floats, centers: Centers, labels: IntArray, weights: Weights) -> tuple[FloatArray, FloatArray]:
    """Return the weighted sums of the values that fall on each step of each centre, and the sums of their weights."""
    share = weights_of(X, weights)
    if not share.any():
        return np.zeros(centers.values.shape), np.zeros(centers.values.shape)
    return cluster_sums(
        centers.metric, X, labels.astype(np.int64), share, centers.values, parameters=centers.parameters, n_threads=1
    )


def aligned_sums(X: Floats, centers: Centers, labels: IntArray, weights: Weights) -> tuple[FloatArray, ...]:
    """Return the sums along the paths, those of their weights, and the cost of each cluster."""
    share = weights_of(X, weights)
    return align_clusters(
        centers.metric, X, labels.astype(np.int64), share, centers.values, parameters=centers.parameters, n_threads=1
    )


def total_by_cluster(X: Floats, centers: Centers, power: int, weights: Weights) -> tuple[float, FloatArray]:
    """Return the weighted cost of the curves at their nearest centres, and the weight of each cluster."""
    share, (labels, distances) = weights_of(X, weights), centers.nearest(X)
    with np.errstate(over="ignore"):
        costs = np.where(share > 0, share * distances.astype(np.float64) ** power, 0.0)
    totals: Any = np.bincount(labels, weights=share, minlength=len(centers.values))
    return float(costs.sum()), totals
