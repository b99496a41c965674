"""K-means for many numbers of clusters and seeds, and what the criteria need of these clusterings and of others."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import adjusted_rand_score

from tsshape import _kernels
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.cluster._blas import one_blas_thread
from tsshape.cluster._lloyd import Clustering, Lloyd
from tsshape.cluster._validation import MAX_SEED, count_distinct
from tsshape.metrics import pairwise

# The defaults of `ShapeKMeans`.
MAX_ITER, TOL = 100, 1e-4
# The squares of numbers up to this power of two can be summed without overflow.
LARGE_EXPONENT = 300


class Fit(NamedTuple):
    """One clustering of a sweep; its labels are in the smallest type that holds them, as those of all are kept."""

    labels: Any
    prototypes: Floats
    inertia: float
    davies_bouldin: float


Fits = dict[int, list[Fit]]


def sweep(lloyd: Lloyd, k_values: Sequence[int], seeds: Sequence[int], on_fit: Callable[[], object]) -> Fits:
    """Run one start of k-means for each number of clusters and seed; the same bits for any number of threads."""
    fits: Fits = {k: [Fit(None, np.empty(0), np.nan, np.nan)] * len(seeds) for k in k_values}
    lock = threading.Lock()

    def fit(task: tuple[int, int]) -> None:
        k, number = task
        rng = np.random.RandomState(seeds[number])
        found = lloyd.start(k, rng=rng, max_iter=MAX_ITER, tol=TOL, n_threads=1)
        index = davies_bouldin(found, lloyd)
        labels = found.labels.astype(np.min_scalar_type(k - 1))
        fits[k][number] = Fit(labels, found.centers, found.inertia, index)
        with lock:
            on_fit()

    lloyd.prepare()
    # The largest first, so that the threads end together.
    _kernels.run_chunks(
        fit, [(k, n) for k in sorted(k_values, reverse=True) for n in range(len(seeds))], lloyd.n_threads
    )
    return fits


def davies_bouldin(found: Clustering, lloyd: Lloyd) -> float:
    """Average, over the clusters, the similarity to the most similar other: summed spreads over the centres' distance.

    D. Davies, D. Bouldin, "A cluster separation measure", IEEE TPAMI 1, 1979. NaN for one cluster.
    """
    n_clusters = len(found.centers)
    if n_clusters == 1 or not lloyd.metric.zero_self:
        return np.nan
    sizes = np.bincount(found.labels, minlength=n_clusters)
    totals = np.bincount(found.labels, weights=found.distances, minlength=n_clusters)
    spreads = totals / np.maximum(sizes, 1)
    apart = pairwise(found.centers, metric=lloyd.metric, **lloyd.parameters).astype(np.float64)
    np.fill_diagonal(apart, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Equal centres without spread are not separated, but no worse than others.
        similarity = np.nan_to_num((spreads[:, None] + spreads) / apart, nan=0.0, posinf=np.inf)
    return float(similarity.max(axis=1).mean())


def calinski_harabasz(inertia: FloatArray, n_clusters: IntArray, *, total: float, n_curves: int) -> FloatArray:
    """Divide the dispersion between clusters by that within, each per degree of freedom; NaN for one cluster.

    T. Caliński, J. Harabasz, "A dendrite method for cluster analysis", Communications in Statistics 3, 1974. `total` is
    the inertia of one cluster.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        index: FloatArray = ((total - inertia) / (n_clusters - 1)) / (inertia / (n_curves - n_clusters))
    return np.where((n_clusters > 1) & (n_clusters < n_curves), index, np.nan)


def reference_inertia(
    lloyd: Lloyd, k_values: Sequence[int], seeds: Sequence[int], on_fit: Callable[[], object]
) -> FloatArray:
    """Compute the inertia of reference curves, uniform in the box around the principal axes; (n_references, n_k).

    R. Tibshirani, G. Walther, T. Hastie, "Estimating the number of clusters in a data set via the gap statistic",
    Journal of the Royal Statistical Society B 63, 2001.
    """
    X = lloyd.X.reshape(len(lloyd.X), -1)
    if len(X) == 1:
        return np.full((len(seeds), len(k_values)), np.nan)
    # Large curves are divided by a power of two, which is exact, so that no square leaves the range of floats.
    unit = np.ldexp(1.0, max(0, np.frexp(float(np.abs(X).max()))[1] - LARGE_EXPONENT))
    curves = X / unit
    mean = curves.mean(axis=0, dtype=np.float64)
    with one_blas_thread():
        axes = np.linalg.eigh(np.cov(curves - mean, rowvar=False).reshape(X.shape[1], X.shape[1]))[1]
        scores = (curves - mean) @ axes
    low, high = scores.min(axis=0), scores.max(axis=0)
    inertia = np.empty((len(seeds), len(k_values)))
    for number, seed in enumerate(seeds):
        rng = np.random.RandomState(seed)
        with one_blas_thread():
            drawn = unit * (rng.uniform(low, high, size=X.shape) @ axes.T + mean)
        reference = replace(lloyd, X=np.ascontiguousarray(drawn, dtype=X.dtype).reshape(lloyd.X.shape))
        fits = sweep(reference, k_values, [int(rng.randint(MAX_SEED))], on_fit)
        inertia[number] = [fits[k][0].inertia for k in k_values]
    return inertia


def bootstrap_agreement(
    lloyd: Lloyd, k_values: Sequence[int], seeds: Sequence[int], on_fit: Callable[[], object]
) -> FloatArray:
    """Compute the adjusted Rand index of each pair of clusterings of bootstrap samples, shape (n_k, n_pairs).

    Each sample has its own seed, and each clustering labels all curves. NaN for one cluster, and if a sample has fewer
    distinct curves than clusters.
    """
    n_curves = len(lloyd.X)
    labels: dict[int, list[Any]] = {k: [] for k in k_values}
    for seed in seeds:
        rng = np.random.RandomState(seed)
        drawn, start_seed = rng.randint(n_curves, size=n_curves), int(rng.randint(MAX_SEED))
        weights = np.bincount(drawn, minlength=n_curves).astype(np.float64)
        distinct = count_distinct(lloyd.X[weights > 0], max(k_values))
        possible = [k for k in k_values if k <= distinct]
        fits = sweep(replace(lloyd, weights=weights), possible, [start_seed], on_fit)
        for k in k_values:
            labels[k].append(fits[k][0].labels if k in fits else None)
    agreement = np.full((len(k_values), len(seeds) * (len(seeds) - 1) // 2), np.nan)

    def compare(position: int) -> None:
        known = labels[k_values[position]]
        pairs = [(a, b) for a in range(len(known)) for b in range(a)]
        for pair, (a, b) in enumerate(pairs):
            if k_values[position] > 1 and known[a] is not None and known[b] is not None:
                agreement[position, pair] = adjusted_rand_score(known[a], known[b])

    _kernels.run_chunks(compare, range(len(k_values)), lloyd.n_threads)
    return agreement
