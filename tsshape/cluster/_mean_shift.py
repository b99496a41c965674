"""Mean shift with a flat window."""

import warnings
from collections.abc import Mapping
from time import perf_counter
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted

from tsshape._blocks import is_in_blocks
from tsshape._errors import DataError
from tsshape._threads import count_threads
from tsshape._typing import FloatArray, Floats, IntArray, RandomState
from tsshape._validation import Choice, Constraints, Number
from tsshape.cluster._blas import one_blas_thread
from tsshape.cluster._by_block import by_block
from tsshape.cluster._equal_distances import warn_of_equal_distances
from tsshape.cluster._in_blocks import fit_mean_shift
from tsshape.cluster._modes import center_points, cover, mean_curves, merge, shift, warn_of_time
from tsshape.cluster._prototypes import METRIC_CONSTRAINTS, PrototypeMixin, log_fit
from tsshape.cluster._validation import check_shapes
from tsshape.metrics import BUILT_IN, MetricLike, embed_curves, get_metric, nearest, pairwise

# Of so few distinct curves, one or two groups say nothing.
MOST_UNGROUPED = 3


class ShapeMeanShift(PrototypeMixin, BaseEstimator):
    """Mean shift clustering of shapes: the modes of their density under a flat window.

    Every curve is a seed, or with `bin_seeding` some that lie near all curves. A seed moves to the mean of the curves
    within `bandwidth` of it until it converges to a mode; of modes within the bandwidth of each other the one with the
    most curves is kept.

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
    bin_seeding : bool, default=False
        Start from some of the curves only, such that every curve is within half a bandwidth of one of them. This is
        much faster for many curves, and may miss a mode of few curves or find a mode slightly elsewhere.
    max_iter : int, default=300
        Most moves of one seed.
    n_jobs : int, optional
        Threads that share the seeds. The result is the same bits for any number.
    random_state : int, RandomState or None
        Seed of the draw of the curves from which the bandwidth is estimated.

    Attributes
    ----------
    prototypes_ : array of shape (n_clusters, n_times) or (n_clusters, n_channels, n_times)
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
        If the seeds are likely to take more than a minute, with an estimate of the time; if the bandwidth leaves one
        cluster of distinct curves, or every distinct curve a cluster of its own; or if all distances between curves
        that differ are equal, by a sample: then the clusters mean nothing.

    Notes
    -----
    The definition is that of scikit-learn's `MeanShift`, but for the seeds of `bin_seeding`: scikit-learn takes the
    corners of a grid, which are far from all curves if these have many steps. Without it the time is quadratic in the
    number of distinct curves. Equal curves move as one weighted seed, and so do seeds that have met. All seeds move at
    once, by matrix products, until each has converged. The order of the curves does not matter.

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
        "bin_seeding": Choice((True, False)),
        "max_iter": Number(0, integer=True),
    }

    def __init__(
        self,
        bandwidth: float | None = None,
        *,
        metric: MetricLike = "euclidean",
        metric_params: Mapping[str, Any] | None = None,
        bin_seeding: bool = False,
        max_iter: int = 300,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.bandwidth = bandwidth
        self.metric = metric
        self.metric_params = metric_params
        self.bin_seeding = bin_seeding
        self.max_iter = max_iter
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: Any, y: None = None) -> Self:
        """Find the modes of the rows of `X`.

        Parameters
        ----------
        X : DataFrame, or array of shape (n_curves, n_times) or (n_curves, n_channels, n_times)
            Shapes, complete and finite. The work is done in float64 whatever their precision. Of a `dask.array`, the
            modes are those of a sample of 20,000 curves (`sample_size_`), and `labels_` is lazy.
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
        if is_in_blocks(X):
            fit_mean_shift(self, X)
            return self
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
        density = center_points(points, np.bincount(point_of.ravel(), counts).astype(np.float64), self.bandwidth_)
        with one_blas_thread():
            n_threads = count_threads(self.n_jobs)
            seeds = cover(density, n_threads) if self.bin_seeding else density.points
            warn_of_time(density, len(seeds), n_threads, bin_seeding=self.bin_seeding)
            peaks, self.n_iter_ = shift(density, seeds, self.max_iter, n_threads)
            peaks = merge(peaks, self.bandwidth_)
            self.modes_: FloatArray = peaks.modes + density.center
            prototypes = self.modes_
            # Channels stand behind each other, as in the vectors.
            flat = curves.reshape(len(curves), -1)
            if not np.array_equal(vectors, flat):
                totals = np.zeros((len(points), flat.shape[1]))
                np.add.at(totals, point_of.ravel(), counts[:, None] * flat)
                prototypes = mean_curves(density, totals, peaks.windows)
        self.prototypes_ = prototypes.reshape(-1, *shapes.shape[1:]).astype(shapes.dtype)
        self.labels_ = self._nearest(vectors)[where]
        if not warn_of_equal_distances(curves, metric, parameters):
            _warn_of_bandwidth(len(prototypes), len(points), self.bandwidth_, metric.name)
        log_fit(self, len(shapes), start)
        return self

    @by_block
    def predict(self, X: Any) -> IntArray:
        """Cluster of each row of `X`, int64: the one with the nearest mode."""
        check_is_fitted(self, "modes_")
        return self._nearest(self._embed(check_shapes(self, X).astype(np.float64)))

    @by_block
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
