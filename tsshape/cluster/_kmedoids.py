"""K-medoids on shapes, under any metric."""

import math
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from tsshape import _kernels
from tsshape._blocks import is_in_blocks
from tsshape._memory import memory_limit as machine_limit
from tsshape._threads import count_threads
from tsshape._typing import FloatArray, Floats, IntArray, RandomState
from tsshape._validation import Constraints, Number
from tsshape.cluster._cost import near_one, total_cost, within_range
from tsshape.cluster._equal_distances import warn_of_equal_distances
from tsshape.cluster._in_blocks import fit_kmedoids
from tsshape.cluster._init import check_rows, is_drawn
from tsshape.cluster._precomputed import fit_matrix, is_precomputed
from tsshape.cluster._prototypes import COUNT, METRIC_CONSTRAINTS, PrototypeMixin, log_fit
from tsshape.cluster._validation import check_n_clusters, check_sample_weight, check_shapes
from tsshape.metrics import Metric, MetricLike, get_metric, pairwise

DEFAULT_LIMIT = 2**31
# CLARA: Kaufman and Rousseeuw take 5 samples of 40 + 2k; swaps are cheap enough today for larger ones.
N_SAMPLES = 5
LARGEST_SAMPLE = 4000


class ShapeKMedoids(PrototypeMixin, BaseEstimator):
    """K-medoids clustering of shapes: every prototype is one of the curves.

    The medoids minimise the sum of the distances from each curve to the nearest medoid. Each start is seeded as in
    k-means++, by draws in proportion to that distance, or begins at given medoids; it is improved by FasterPAM until no
    swap of one medoid lowers the sum.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, at least 1 and at most the number of distinct curves.
    metric : str, Metric, callable or "precomputed", default="euclidean"
        Any metric of `tsshape.metrics.pairwise`; an asymmetric one measures from the curve to the medoid.
        With "precomputed", `X` holds distances: of `fit` those between all curves, of `predict` and `transform` those
        from new curves to them; `medoid_indices_` stands for the prototypes.
    metric_params : mapping, optional
        Parameters of the metric, such as `{"window": 3}`.
    init : {"k-medoids++"} or array of shape (n_clusters,), default="k-medoids++"
        Initial medoids: drawn in proportion to the distances, or the curves in these rows; then there is one start.
    n_init : int, default=1
        Number of starts; the one with the least inertia is kept.
    max_iter : int, default=100
        Most passes over all curves in one start.
    memory_limit : int, optional
        Most bytes for the matrix of all distances; by default 2 GiB or, if less, what `pairwise` may take. For larger
        matrices the medoids are sought in samples, see Notes.
    n_jobs : int, optional
        Threads. The result is the same bits for any number.
    random_state : int, RandomState or None
        Seed of the starts and of the samples.

    Attributes
    ----------
    prototypes_ : array of shape (n_clusters, n_times) or (n_clusters, n_channels, n_times)
        The medoids; `cluster_centers_` is the same array. NaN stands behind the end of one that is shorter than the
        longest curve.
    medoid_indices_ : array of shape (n_clusters,), int64
        Their rows in `X`.
    labels_ : array of shape (n_curves,), int64
        Cluster of each curve, from 0: the first of the nearest medoids. A cluster is empty only if its medoid is at
        distance 0 from another, or nearer to another than to itself (under `soft_dtw`).
    inertia_ : float
        Weighted sum of the distances to the nearest medoids, in the unit of the metric.
    n_iter_ : int
        Passes of the start that was kept.

    Warns
    -----
    UserWarning
        If all distances between curves that differ are equal, by a sample: then the clusters mean nothing.

    Notes
    -----
    Above the memory limit the search is CLARA (Kaufman and Rousseeuw 1990): five samples, each with the best medoids so
    far, are clustered, and the medoids that are best for all curves are kept. A sample has as many curves as the limit
    allows, but at least 40 + 2 `n_clusters` and at most 4,000.

    References
    ----------
    E. Schubert, P. J. Rousseeuw, "Fast and eager k-medoids clustering: O(k) runtime improvement of the PAM, CLARA, and
    CLARANS algorithms", Information Systems 101, 2021.

    L. Kaufman, P. J. Rousseeuw, "Finding groups in data", chapters 2 and 3, Wiley 1990.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.1, 1.0], [0.2, 1.0], [0.4, 1.0], [0.8, 1.0], [0.9, 1.0], [0.9, 1.0]])
    >>> model = ShapeKMedoids(2, metric="area", random_state=0).fit(shapes)
    >>> sorted(model.prototypes_[:, 0].tolist()), round(model.inertia_, 2)
    ([0.2, 0.9], 0.2)
    >>> model.cluster_centers_ is model.prototypes_, bool((model.predict(shapes) == model.labels_).all())
    (True, True)
    >>> model.transform(shapes[:1]).shape
    (1, 2)
    """

    _constraints: ClassVar[Constraints] = {
        "n_clusters": COUNT,
        **METRIC_CONSTRAINTS,
        "n_init": COUNT,
        "max_iter": COUNT,
        "memory_limit": Number(1, integer=True, optional=True),
    }

    _takes_distances = True

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: Any = "k-medoids++",
        metric: MetricLike = "euclidean",
        metric_params: Mapping[str, Any] | None = None,
        n_init: int = 1,
        max_iter: int = 100,
        memory_limit: int | None = None,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.metric = metric
        self.metric_params = metric_params
        self.n_init = n_init
        self.max_iter = max_iter
        self.memory_limit = memory_limit
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: Any, y: None = None, sample_weight: Any = None) -> Self:
        """Cluster the rows of `X`.

        Parameters
        ----------
        X : DataFrame, array of shape (n_curves, n_times) or (n_curves, n_channels, n_times), list of arrays, dask.array
            Shapes, as `tsshape.metrics.pairwise` takes them, of unequal lengths if the metric is elastic. float32 is
            computed in float32, everything else in float64. Of a `dask.array`, the medoids are those of a sample of
            131,072 curves (`sample_size_`), `inertia_` is that of all, and `labels_` is lazy.
            With `metric="precomputed"`, the distances from each row's curve to each column's, shape (n_curves,
            n_curves): not negative, and 0 on the diagonal.
        y : ignored
        sample_weight : array of shape (n_curves,), optional
            Weight of each curve, not negative. One of weight 0 may still become a medoid.

        Raises
        ------
        DataError
            If a value is missing or infinite (the row is named), or there are fewer distinct curves than clusters.
        ValueError
            If the metric is unknown, or a parameter or a weight is out of range.
        """
        del y
        if is_in_blocks(X):
            fit_kmedoids(self, X, sample_weight)
            return self
        if is_precomputed(self.metric):
            return fit_matrix(self, X, symmetric=False, sample_weight=sample_weight)
        start = perf_counter()
        metric, parameters = self._check_parameters()
        shapes = check_shapes(self, X, reset=True)
        check_n_clusters(self.n_clusters, shapes)
        weight, unit = near_one(check_sample_weight(sample_weight, shapes))
        rng = check_random_state(self.random_state)
        given = None if isinstance(self.init, str) else check_rows(self.init, self.n_clusters, len(shapes))
        size = self._sample_size(shapes)
        if size < len(shapes):
            medoids, self.n_iter_ = self._search_samples(shapes, weight, size, rng, given)
        else:
            medoids, self.n_iter_ = self._search(shapes, weight, rng, given)
        self.medoid_indices_: IntArray = medoids
        self.prototypes_ = shapes[medoids]
        self.labels_, inertia = self._evaluate(shapes, weight, medoids)
        self.inertia_ = within_range(inertia * unit)
        if self.n_clusters > 1:
            warn_of_equal_distances(shapes, metric, parameters)
        log_fit(self, len(shapes), start)
        return self

    def _check_parameters(self) -> tuple[Metric, dict[str, Any]]:
        """Check all parameters; return the metric and its parameters, defaults filled in."""
        is_drawn(self.init, "k-medoids++", "an array of shape (n_clusters,)")
        return super()._check_parameters()

    def _sample_size(self, shapes: Floats) -> int:
        """Return the number of curves if their distances are within the limit, else the size of a sample."""
        limit = min(DEFAULT_LIMIT, machine_limit()) if self.memory_limit is None else self.memory_limit
        # An asymmetric matrix is transposed, which takes two at once.
        n_matrices = 1 if get_metric(self.metric).symmetric else 2
        most = math.isqrt(limit // (shapes.dtype.itemsize * n_matrices))
        if len(shapes) <= most:
            return len(shapes)
        return min(len(shapes), max(40 + 2 * self.n_clusters, min(most, LARGEST_SAMPLE)))

    def _search(
        self, shapes: Floats, weight: FloatArray, rng: np.random.RandomState, given: IntArray | None
    ) -> tuple[IntArray, int]:
        """Return the rows of the best medoids by the matrix of all distances, and the number of passes.

        The search starts from the rows that are given, or else from ones that are drawn.
        """
        params = self.metric_params or {}
        n_bytes = len(shapes) ** 2 * shapes.dtype.itemsize
        to_medoid = pairwise(shapes, metric=self.metric, n_jobs=self.n_jobs, memory_limit=n_bytes, **params)
        if not get_metric(self.metric).symmetric:
            to_medoid = np.ascontiguousarray(to_medoid.T)
        starts = (
            [_seed(to_medoid.__getitem__, weight, self.n_clusters, rng) for _ in range(self.n_init)]
            if given is None
            else [given]
        )
        n_threads = count_threads(self.n_jobs)
        medoids, totals, n_passes = _kernels.fasterpam(to_medoid, np.array(starts), weight, self.max_iter, n_threads)
        best = int(totals.argmin())
        return medoids[best], int(n_passes[best])

    def _search_samples(
        self, shapes: Floats, weight: FloatArray, size: int, rng: np.random.RandomState, given: IntArray | None
    ) -> tuple[IntArray, int]:
        """Return the rows of the best medoids found in samples, and the number of passes."""
        # Seeds drawn from all curves are distinct, so that every sample holds enough distinct curves.
        best = given
        if best is None:
            best = _seed(lambda row: self._assign(shapes, shapes[[row]])[1], weight, self.n_clusters, rng)
        least, n_passes = np.inf, 0
        for _ in range(N_SAMPLES):
            rows = _draw_sample(best, weight, size, rng)
            start = None if given is None else rows.searchsorted(best)
            found, passes = self._search(shapes[rows], weight[rows], rng, start)
            inertia = self._evaluate(shapes, weight, rows[found])[1]
            if inertia < least:
                best, least, n_passes = rows[found], inertia, passes
        return best, n_passes

    def _evaluate(self, shapes: Floats, weight: FloatArray, medoids: IntArray) -> tuple[IntArray, float]:
        """Return the labels and the inertia of all curves."""
        labels, distances = self._assign(shapes, shapes[medoids])
        return labels, total_cost(weight, distances)


def _seed(
    distances_to: Callable[[int], Floats], weight: FloatArray, n_clusters: int, rng: np.random.RandomState
) -> IntArray:
    """Draw rows in proportion to their distance to the nearest drawn before; `distances_to(row)` is that of all."""
    chosen = [_draw(weight, [], rng)]
    least = distances_to(chosen[0]).astype(np.float64)
    while len(chosen) < n_clusters:
        # Distances may be negative: only their excess over the least counts.
        excess = least - least.min()
        weighted = weight * excess
        chosen.append(_draw(weighted if weighted.any() else excess, chosen, rng))
        np.minimum(least, distances_to(chosen[-1]), out=least)
    return np.array(chosen, dtype=np.int64)


def _draw(potential: FloatArray, chosen: list[int], rng: np.random.RandomState) -> int:
    """Draw a row that is not yet chosen, in proportion to its potential; the first if all potentials are 0."""
    others = np.delete(np.arange(len(potential)), chosen)
    candidates = others[potential[others] > 0]
    if not len(candidates):
        return int(others[0])
    sums = potential[candidates].cumsum()
    # Rounding may bring the product up to the last sum.
    place = min(int(sums.searchsorted(rng.random_sample() * sums[-1], side="right")), len(candidates) - 1)
    return int(candidates[place])


def _draw_sample(medoids: IntArray, weight: FloatArray, size: int, rng: np.random.RandomState) -> IntArray:
    """Draw the rows of a sample: the medoids and random others, those with a weight first; in ascending order."""
    others = np.delete(np.arange(len(weight)), medoids)
    rng.shuffle(others)
    others = others[np.argsort(weight[others] == 0, kind="stable")]
    return np.sort(np.concatenate((medoids, others[: size - len(medoids)])))
