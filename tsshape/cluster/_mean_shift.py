"""Mean shift with a flat window."""

import warnings
from collections.abc import Mapping
from functools import partial
from time import perf_counter
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import Tags, check_random_state, gen_batches
from sklearn.utils.validation import check_is_fitted

from tsshape import _kernels
from tsshape._errors import DataError
from tsshape._threads import count_threads
from tsshape._typing import FloatArray, Floats, IntArray, RandomState
from tsshape._validation import Constraints, Number
from tsshape.cluster._blas import one_blas_thread
from tsshape.cluster._equal_distances import warn_of_equal_distances
from tsshape.cluster._prototypes import METRIC_CONSTRAINTS, PrototypeMixin, log_fit
from tsshape.cluster._validation import check_shapes
from tsshape.metrics import BUILT_IN, MetricLike, embed_curves, get_metric, nearest, pairwise

# Distances that one thread holds at once, 8 MB: enough for efficient matrix products, and about what a cache holds.
BLOCK_CELLS = 2**20
# A seed has converged when it moves less than this share of the bandwidth; scikit-learn uses the same.
STOP = 1e-3
# Squared distances are differences of squared lengths: below this share of the longest they are rounding errors.
NARROWEST = 1e-6
# Of so few distinct curves, one or two groups say nothing.
MOST_UNGROUPED = 3


class ShapeMeanShift(PrototypeMixin, BaseEstimator):
    """Mean shift clustering of shapes: the modes of their density under a flat window.

    Every curve is a seed. A seed moves to the mean of the curves within `bandwidth` of it until it converges to a mode;
    of modes within the bandwidth of each other the one with the most curves is kept.

    Parameters
    ----------
    bandwidth : float, optional
        Radius of the window, in the unit of the metric. By default scikit-learn's `estimate_bandwidth` on at most
        1,000 curves.
    metric : str, Metric or callable, default="euclidean"
        One with the route `embed`: `euclidean`, `auc`, `cumulative_area`, or such a plug-in. Seeds move among the
        vectors that embed the curves.
    metric_params : mapping, optional
        Parameters of the metric.
    max_iter : int, default=300
        Most moves of one seed.
    n_jobs : int, optional
        Threads that share the seeds. The result is the same bits for any number.
    random_state : int, RandomState or None
        Seed of the draw of the curves from which the bandwidth is estimated.

    Attributes
    ----------
    prototypes_ : array of shape (n_clusters, n_times)
        The mean of the curves in the last window of each mode, in the precision of the curves; under `euclidean` it is
        the mode. Modes with more curves come first. `cluster_centers_` is the same array.
    modes_ : array of shape (n_clusters, n_dimensions), float64
        The modes of the vectors that embed the curves.
    labels_ : array of shape (n_curves,), int64
        Cluster of each curve: the nearest mode.
    bandwidth_ : float
        The bandwidth, given or estimated.
    n_iter_ : int
        Most moves that a seed made.

    Warns
    -----
    UserWarning
        If the bandwidth leaves one cluster of distinct curves, or every distinct curve a cluster of its own; or if all
        distances between curves that differ are equal, by a sample: then the clusters mean nothing.

    Notes
    -----
    The definition is that of scikit-learn's `MeanShift`. Equal curves move as one weighted seed, and so do seeds that
    have met. All seeds move at once, by matrix products, until each has converged. The order of the curves does not
    matter.

    References
    ----------
    D. Comaniciu, P. Meer, "Mean shift: a robust approach toward feature space analysis", IEEE TPAMI 24, 2002.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.1, 1.0], [0.2, 1.0], [0.8, 1.0], [0.9, 1.0], [1.0, 1.0]])
    >>> model = ShapeMeanShift(0.3).fit(shapes)
    >>> model.cluster_centers_[:, 0].round(2).tolist()
    [0.9, 0.15]
    >>> model.predict([[0.3, 1.0]]), model.transform([[0.3, 1.0]]).round(2).tolist()
    (array([1]), [[0.6, 0.15]])
    """

    _constraints: ClassVar[Constraints] = {
        "bandwidth": Number(positive=True, optional=True),
        **METRIC_CONSTRAINTS,
        "max_iter": Number(0, integer=True),
    }

    def __init__(
        self,
        bandwidth: float | None = None,
        *,
        metric: MetricLike = "euclidean",
        metric_params: Mapping[str, Any] | None = None,
        max_iter: int = 300,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.bandwidth = bandwidth
        self.metric = metric
        self.metric_params = metric_params
        self.max_iter = max_iter
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: Any, y: None = None) -> Self:
        """Find the modes of the rows of `X`.

        Parameters
        ----------
        X : DataFrame or array of shape (n_curves, n_times)
            Shapes, complete and finite. The work is done in float64 whatever their precision.
        y : ignored

        Raises
        ------
        DataError
            If a value is missing or infinite (the row is named), or so many curves are equal that no bandwidth can be
            estimated.
        ValueError
            If the metric has no vectors, or a parameter is out of range.
        """
        del y
        start = perf_counter()
        metric, parameters = self._check_parameters()
        if metric.embed is None:
            able = ", ".join(repr(name) for name, each in BUILT_IN.items() if each.embed is not None)
            raise ValueError(
                f"mean shift needs a metric with the route 'embed', and {metric.name!r} has none; take one of {able}, "
                f"a plug-in that embeds, or another clustering, such as ShapeKMedoids"
            )
        shapes = check_shapes(self, X, reset=True)
        # Sorted, so that sums do not depend on the order of the rows.
        distinct, where, counts = np.unique(shapes, axis=0, return_inverse=True, return_counts=True)
        curves = distinct.astype(np.float64)
        vectors = self._embed(curves)
        where = where.ravel()
        self.bandwidth_ = self._choose_bandwidth(vectors, where)
        points, point_of = np.unique(vectors, axis=0, return_inverse=True)
        density = _center(points, np.bincount(point_of.ravel(), counts).astype(np.float64), self.bandwidth_)
        with one_blas_thread():
            peaks, self.n_iter_ = _shift(density, self.max_iter, count_threads(self.n_jobs))
            peaks = _merge(peaks, self.bandwidth_)
            self.modes_: FloatArray = peaks.modes + density.center
            prototypes = self.modes_
            if not np.array_equal(vectors, curves):
                totals = np.zeros((len(points), curves.shape[1]))
                np.add.at(totals, point_of.ravel(), counts[:, None] * curves)
                prototypes = _mean_curves(density, totals, peaks.windows)
        self.prototypes_ = prototypes.astype(shapes.dtype)
        self.labels_ = self._nearest(vectors)[where]
        if not warn_of_equal_distances(curves, metric, parameters):
            _warn_of_bandwidth(len(prototypes), len(points), self.bandwidth_, metric.name)
        log_fit(self, shapes, start)
        return self

    def predict(self, X: Any) -> IntArray:
        """Cluster of each row of `X`, int64: the one with the nearest mode."""
        check_is_fitted(self, "modes_")
        return self._nearest(self._embed(check_shapes(self, X).astype(np.float64)))

    def transform(self, X: Any) -> Floats:
        """Distance of each row of `X` to each mode, shape (n_curves, n_clusters), float64."""
        check_is_fitted(self, "modes_")
        vectors = self._embed(check_shapes(self, X).astype(np.float64))
        return pairwise(vectors, self.modes_, "euclidean", n_jobs=self.n_jobs)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64"]
        return tags

    def _embed(self, curves: FloatArray) -> FloatArray:
        """Return the vectors that embed the curves, in float64."""
        metric = get_metric(self.metric)
        vectors = embed_curves(metric, curves, metric.bind(self.metric_params or {}))
        return vectors.astype(np.float64, copy=False)

    def _nearest(self, vectors: FloatArray) -> IntArray:
        """Return the nearest mode of each vector, the first of ties."""
        return nearest(vectors, self.modes_, "euclidean", n_jobs=self.n_jobs)[0]

    def _choose_bandwidth(self, vectors: FloatArray, where: IntArray) -> float:
        """Return the bandwidth, estimated from the vectors of all rows, `vectors[where]`, if it is None."""
        if self.bandwidth is not None:
            return float(self.bandwidth)
        from sklearn.cluster import estimate_bandwidth  # noqa: PLC0415 - it takes a tenth of a second

        rng = check_random_state(self.random_state)
        bandwidth = float(estimate_bandwidth(vectors[where], n_samples=min(1000, len(where)), random_state=rng))
        if bandwidth == 0 and (vectors != vectors[0]).any():
            raise DataError("the estimated bandwidth is 0, since most curves are equal: give a bandwidth")
        return bandwidth


class _Density(NamedTuple):
    """Distinct points about their mean `center`, their squared lengths, and points times counts beside the counts."""

    points: FloatArray
    center: FloatArray
    lengths: FloatArray
    weighted: FloatArray
    bandwidth: float


class _Peaks(NamedTuple):
    """Where seeds have converged, the number of curves in their last windows, and the middles of these windows."""

    modes: FloatArray
    counts: FloatArray
    windows: FloatArray


def _center(points: FloatArray, counts: FloatArray, bandwidth: float) -> _Density:
    """Center the points, and compute what does not change while seeds move."""
    center = points.mean(axis=0)
    # Far from 0, the differences of squared lengths would lose their digits.
    centered = points - center
    lengths = np.einsum("ij,ij->i", centered, centered)
    # A squared distance is up to four times the greatest squared length.
    if not lengths.max() < np.finfo(np.float64).max / 8:
        raise DataError("the squares of the curves' values are too large for a float: rescale the curves")
    narrowest = NARROWEST * float(np.sqrt(lengths.max()))
    if bandwidth < narrowest:
        raise ValueError(f"bandwidth must be at least {narrowest:.3g} for curves this far apart; got {bandwidth:.3g}")
    return _Density(centered, center, lengths, np.column_stack((centered * counts[:, None], counts)), bandwidth)


def _shift(density: _Density, max_iter: int, n_threads: int) -> tuple[_Peaks, int]:
    """Move a seed from each point until all have converged; return the peaks and the most moves of one seed."""
    seeds, arrived, n_moves = density.points, [], 0
    block = max(1, BLOCK_CELLS // len(density.points))
    with _kernels.shared_threads(n_threads):
        while len(seeds):
            sums = np.empty((len(seeds), density.weighted.shape[1]))
            _kernels.run_chunks(partial(_sum_block, density, seeds, sums), [*gen_batches(len(seeds), block)], n_threads)
            means = sums[:, :-1] / sums[:, -1:]
            moved = np.linalg.norm(means - seeds, axis=1) > STOP * density.bandwidth
            stays = ~moved | (n_moves == max_iter)
            arrived.append(_Peaks(means[stays], sums[stays, -1], seeds[stays]))
            # Seeds that have met go on as one.
            seeds = np.unique(means[~stays], axis=0)
            n_moves += bool(len(seeds))
    return _Peaks(*(np.concatenate(arrays) for arrays in zip(*arrived, strict=True))), n_moves


def _sum_block(density: _Density, seeds: FloatArray, sums: FloatArray, rows: slice) -> None:
    """Fill in the sums of a block of seeds."""
    sums[rows] = _sum_inside(density, density.weighted, seeds[rows])


def _sum_inside(density: _Density, values: FloatArray, middles: FloatArray) -> FloatArray:
    """Sum the rows of `values` over the points in the window about each middle."""
    inside = (-2 * middles) @ density.points.T
    inside += density.lengths
    limits = density.bandwidth**2 - np.einsum("ij,ij->i", middles, middles)
    np.less_equal(inside, limits[:, None], out=inside)
    sums: FloatArray = inside @ values
    return sums


def _mean_curves(density: _Density, totals: FloatArray, middles: FloatArray) -> FloatArray:
    """Average the curves in the window about each middle; `totals` are the sums of the curves at each point."""
    values = np.column_stack((totals, density.weighted[:, -1]))
    block = max(1, BLOCK_CELLS // len(density.points))
    sums = [_sum_inside(density, values, middles[rows]) for rows in gen_batches(len(middles), block)]
    whole = np.concatenate(sums)
    means: FloatArray = whole[:, :-1] / whole[:, -1:]
    return means


def _merge(peaks: _Peaks, bandwidth: float) -> _Peaks:
    """Keep the peaks with the most curves, each instead of all others within the bandwidth."""
    left = np.lexsort((*peaks.modes.T[::-1], peaks.counts))[::-1]
    kept = []
    while len(left):
        kept.append(left[0])
        left = left[np.linalg.norm(peaks.modes[left] - peaks.modes[left[0]], axis=1) > bandwidth]
    return _Peaks(*(array[kept] for array in peaks))


def _warn_of_bandwidth(n_clusters: int, n_distinct: int, bandwidth: float, metric: str) -> None:
    """Warn if there is one cluster, or one for each distinct curve."""
    if n_distinct == 1 or 1 < n_clusters < n_distinct:
        return
    if n_distinct <= MOST_UNGROUPED:
        message = f"only {n_distinct} curves differ under {metric!r}: too few for mean shift to find groups among them"
        warnings.warn(message, stacklevel=3)
        return
    found = "one cluster" if n_clusters == 1 else f"{n_clusters} clusters, one for each distinct curve"
    remedy = "smaller" if n_clusters == 1 else "larger"
    warnings.warn(f"the bandwidth {bandwidth:.4g} gives {found}: give a {remedy} one", stacklevel=3)
