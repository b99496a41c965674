"""Silhouettes and Dunn indices of a sample, and their error."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tsshape import _kernels
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.cluster._cost import within_range
from tsshape.cluster._strata import LEAST_OF_CLUSTER, draw_stratified

# A sample is divided into so many parts, whose silhouettes tell its error.
N_PARTS = 8


class Separations(NamedTuple):
    """How well clusterings separate `n_curves` curves, of which all are, or a sample.

    Attributes
    ----------
    silhouettes : array of shape (n_labelings,), float64
        Mean silhouettes.
    errors : array of shape (n_labelings,), float64
        Their standard errors with what a sample shifts them by, 0 without a sample; NaN if its parts do not tell.
    dunns : array of shape (n_labelings,), float64, or None
    n_curves : int
    """

    silhouettes: FloatArray
    errors: FloatArray
    dunns: FloatArray | None
    n_curves: int


class Compared(NamedTuple):
    """What a metric compares of curves, its distances from a block to some rows, and whether one half is enough."""

    curves: Floats
    distances: Callable[[Floats, Floats], Floats]
    mirror: bool


class Sample(NamedTuple):
    """Some curves, their clusters, (n_labelings, n_drawn), and of each clustering the number of all in each cluster."""

    curves: Floats
    clusters: IntArray
    sizes: list[IntArray]


def draw_rows_of(clusters: IntArray, sample_size: int, rng: np.random.RandomState) -> IntArray:
    """Draw rows, and the first drawn of each cluster with fewer than `LEAST_OF_CLUSTER` among them; ascending."""
    order = rng.permutation(clusters.shape[1])
    chosen = np.zeros(len(order), bool)
    chosen[order[:sample_size]] = True
    for labels in clusters:
        wanted = np.minimum(np.bincount(labels), LEAST_OF_CLUSTER)
        for cluster in np.flatnonzero(np.bincount(labels[order[:sample_size]], minlength=len(wanted)) < wanted):
            chosen[order[np.flatnonzero(labels[order] == cluster)[: wanted[cluster]]]] = True
    return np.flatnonzero(chosen)


def draw_sample(X: Any, labels: Any, size: int, rng: np.random.RandomState) -> Sample:
    """Draw curves in blocks, which have one clustering, numbered from 0."""
    drawn = draw_stratified(X, labels, size, rng)
    n_clusters = np.count_nonzero(drawn.sizes)
    if not 1 < n_clusters < drawn.sizes.sum():
        raise ValueError(f"the number of clusters must be from 2 to n_curves - 1; got {n_clusters}")
    return Sample(drawn.curves, drawn.labels[None], [drawn.sizes])


def estimate(
    sample: Sample, compared: Compared, rng: np.random.RandomState, n_threads: int, *, dunn: bool
) -> Separations:
    """Estimate silhouettes and Dunn indices from a sample."""
    n_drawn, n_all = len(sample.curves), int(sample.sizes[0].sum())
    prepared, distances, mirror = compared

    def measure(rows: IntArray, *, dunn: bool) -> tuple[FloatArray, FloatArray | None]:
        found, weights = _weigh(sample.clusters[:, rows], sample.sizes)
        chosen = np.ascontiguousarray(prepared[rows])
        return _kernels.separations(distances, chosen, found, n_threads, dunn=dunn, mirror=mirror, weights=weights)

    silhouettes, dunns = measure(np.arange(n_drawn), dunn=dunn)
    within_range(float(silhouettes.sum()))
    if n_drawn == n_all:
        return Separations(silhouettes, np.zeros(len(silhouettes)), dunns, n_all)
    order = rng.permutation(n_drawn)
    # NaN where all curves of a part are in one cluster, which pandas leaves out.
    parts = pd.DataFrame([measure(np.sort(order[part::N_PARTS]), dunn=False)[0] for part in range(N_PARTS)])
    bias = (parts.mean().to_numpy() - silhouettes) / (N_PARTS - 1)
    variance = parts.var().to_numpy() / N_PARTS * (1 - n_drawn / n_all)
    return Separations(silhouettes, np.sqrt(variance + bias**2), dunns, n_drawn)


def _weigh(clusters: IntArray, sizes: list[IntArray]) -> tuple[IntArray, FloatArray]:
    """Return the clusters of some curves, counted from 0, and for how many curves one of each cluster stands."""
    found, weights = np.empty(clusters.shape, np.int64), []
    for number, labels in enumerate(clusters):
        names, found[number], counts = np.unique(labels, return_inverse=True, return_counts=True)
        weights.append(sizes[number][names] / counts)
    return found, np.concatenate(weights)
