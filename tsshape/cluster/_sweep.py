"""K-means for many numbers of clusters and seeds, with what can be said of each clustering by itself."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import adjusted_rand_score

from tsshape._kernels import run_chunks
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.cluster._lloyd import Clustering, Lloyd
from tsshape.cluster._validation import MAX_SEED, count_distinct
from tsshape.metrics import Metric, pairwise

# A start of a sweep ends as one of `ShapeKMeans` does.
MAX_ITER, TOL = 100, 1e-4
# Up to this power of two squares can be added up in any number.
LARGE_EXPONENT = 300


class Fit(NamedTuple):
    """One clustering of a sweep; its labels in as few bytes as they need, as those of all are kept."""

    labels: Any
    prototypes: Floats
    inertia: float
    davies_bouldin: float


Fits = dict[int, list[Fit]]


def sweep(
    lloyd: Lloyd, k_values: Sequence[int], seeds: Sequence[int], n_threads: int, on_fit: Callable[[], object]
) -> Fits:
    """One start of k-means for each number of clusters and seed; the same whatever the number of threads."""
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

    lloyd.ready()
    # The largest first, so that the threads end together.
    run_chunks(fit, [(k, n) for k in sorted(k_values, reverse=True) for n in range(len(seeds))], n_threads)
    return fits


def davies_bouldin(found: Clustering, lloyd: Lloyd) -> float:
    """Mean over the clusters of their likeness to the most alike other: spreads added, by the centres' distance.

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
        # Two centres at distance 0 without spread are no clusters apart, but no worse than others.
        likeness = np.nan_to_num((spreads[:, None] + spreads) / apart, nan=0.0, posinf=np.inf)
    return float(likeness.max(axis=1).mean())


def calinski_harabasz(inertia: FloatArray, n_clusters: IntArray, *, total: float, n_curves: int) -> FloatArray:
    """Dispersion between the clusters by that within, each by its degrees of freedom; NaN for one cluster.

    T. Caliński, J. Harabasz, "A dendrite method for cluster analysis", Communications in Statistics 3, 1974. `total` is
    the inertia of one cluster.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        index: FloatArray = ((total - inertia) / (n_clusters - 1)) / (inertia / (n_curves - n_clusters))
    return np.where((n_clusters > 1) & (n_clusters < n_curves), index, np.nan)


def reference_inertia(
    X: Floats,
    metric: Metric,
    parameters: dict[str, Any],
    k_values: Sequence[int],
    seeds: Sequence[int],
    *,
    n_threads: int,
    on_fit: Callable[[], object],
) -> FloatArray:
    """Inertia of curves without clusters, shape (n_references, n_k): uniform in the box around the principal axes.

    R. Tibshirani, G. Walther, T. Hastie, "Estimating the number of clusters in a data set via the gap statistic",
    Journal of the Royal Statistical Society B 63, 2001.
    """
    if len(X) == 1:
        return np.full((len(seeds), len(k_values)), np.nan)
    # Large curves are brought down by a power of two, which is exact, so that no square leaves the range of floats.
    unit = np.ldexp(1.0, max(0, np.frexp(float(np.abs(X).max()))[1] - LARGE_EXPONENT))
    curves = X / unit
    mean = curves.mean(axis=0, dtype=np.float64)
    axes = np.linalg.eigh(np.cov(curves - mean, rowvar=False).reshape(X.shape[1], X.shape[1]))[1]
    scores = (curves - mean) @ axes
    low, high = scores.min(axis=0), scores.max(axis=0)
    inertia = np.empty((len(seeds), len(k_values)))
    for number, seed in enumerate(seeds):
        rng = np.random.RandomState(seed)
        drawn = unit * (rng.uniform(low, high, size=X.shape) @ axes.T + mean)
        reference = np.ascontiguousarray(drawn, dtype=X.dtype)
        lloyd = Lloyd(reference, np.ones(len(X)), metric, parameters, n_threads)
        fits = sweep(lloyd, k_values, [int(rng.randint(MAX_SEED))], n_threads, on_fit)
        inertia[number] = [fits[k][0].inertia for k in k_values]
    return inertia


def bootstrap_agreement(
    lloyd: Lloyd, k_values: Sequence[int], seeds: Sequence[int], *, n_threads: int, on_fit: Callable[[], object]
) -> FloatArray:
    """Adjusted Rand index of every two of the clusterings of bootstrap samples, shape (n_k, n_pairs).

    Each sample has a seed of its own, and each clustering labels all curves. NaN for one cluster, and where a sample
    has fewer distinct curves than clusters.
    """
    n_curves = len(lloyd.X)
    labels: dict[int, list[Any]] = {k: [] for k in k_values}
    for seed in seeds:
        rng = np.random.RandomState(seed)
        drawn, start_seed = rng.randint(n_curves, size=n_curves), int(rng.randint(MAX_SEED))
        weights = np.bincount(drawn, minlength=n_curves).astype(np.float64)
        distinct = count_distinct(lloyd.X[weights > 0], max(k_values))
        possible = [k for k in k_values if k <= distinct]
        fits = sweep(replace(lloyd, weights=weights), possible, [start_seed], n_threads, on_fit)
        for k in k_values:
            labels[k].append(fits[k][0].labels if k in fits else None)
    agreement = np.full((len(k_values), len(seeds) * (len(seeds) - 1) // 2), np.nan)

    def compare(position: int) -> None:
        known = labels[k_values[position]]
        pairs = [(a, b) for a in range(len(known)) for b in range(a)]
        for pair, (a, b) in enumerate(pairs):
            if k_values[position] > 1 and known[a] is not None and known[b] is not None:
                agreement[position, pair] = adjusted_rand_score(known[a], known[b])

    run_chunks(compare, range(len(k_values)), n_threads)
    return agreement
