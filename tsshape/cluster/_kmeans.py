"""K-means on shapes, under any metric."""

import warnings
from collections.abc import Mapping
from time import perf_counter
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from tsshape import _kernels
from tsshape._blocks import is_in_blocks
from tsshape._threads import count_threads
from tsshape._typing import FloatArray, Floats, RandomState
from tsshape._validation import Constraints, Number
from tsshape.cluster._cost import near_one, total_cost, within_range
from tsshape.cluster._equal_distances import warn_of_equal_distances
from tsshape.cluster._in_blocks import fit_batches, fit_kmeans, score_blocks
from tsshape.cluster._init import check_centers, is_drawn
from tsshape.cluster._lloyd import Clustering, Lloyd
from tsshape.cluster._minibatch import RUNNING, add_batch
from tsshape.cluster._prototypes import COUNT, METRIC_CONSTRAINTS, PrototypeMixin, log_fit
from tsshape.cluster._seeding import choose_seeds
from tsshape.cluster._validation import MAX_SEED, check_n_clusters, check_sample_weight, check_shapes
from tsshape.metrics import Metric, MetricLike, get_metric, nearest

# The way to draw initial centres.
DRAWN = "k-means++"


def _has_running_average(model: "ShapeKMeans") -> bool:
    """Whether the average of the model's metric can be updated batch by batch."""
    average = get_metric(model.metric).average
    if average not in RUNNING:
        raise AttributeError(f"partial_fit needs a metric averaged by a mean or DBA; {model.metric!r} has {average!r}")
    return True


class ShapeKMeans(PrototypeMixin, BaseEstimator):
    """K-means clustering of shapes; the metric decides how the curves of a cluster are averaged.

    With `euclidean` this is k-means, with `dtw` DBA k-means, with `soft_dtw` soft-DTW k-means, with `area` and
    `manhattan` k-medians. Under `msm`, `twe`, `erp`, `wdtw` and `adtw` curves are averaged along their paths. Under a
    metric without an average of its own the centres are medoids.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, at least 1 and at most the number of distinct curves.
    metric : str, Metric or callable, default="euclidean"
        As in `tsshape.metrics.pairwise`.
    metric_params : mapping, optional
        Parameters of the metric, such as `{"window": 3}`.
    init : {"k-means++"} or array of the shape of the prototypes, default="k-means++"
        Initial centres: drawn by k-means++ under the metric, or these; then there is one start.
    n_init : int, default=4
        Number of starts; the one with the least inertia is kept.
    max_iter : int, default=100
        Most iterations of one start.
    tol : float, default=1e-4
        A start ends when its centres move less than this share of the mean variance of the days.
    n_jobs : int, optional
        Threads, by joblib's rules. The result is the same bits for any number.
    random_state : int, RandomState or None
        Seed of the starts.

    Attributes
    ----------
    prototypes_ : array of shape (n_clusters, n_times) or (n_clusters, n_channels, n_times)
        Average of each cluster, in the precision of the curves; `cluster_centers_` is the same array. NaN
        stands behind the end of one that is shorter than the longest curve.
    labels_ : array of shape (n_curves,), int64
        Cluster of each curve, from 0: the nearest prototype.
    inertia_ : float
        Weighted sum over the curves of the distance to the prototype, squared where the average is the mean or DBA.
    n_iter_ : int
        Iterations of the start that was kept, at most `max_iter`.
    counts_ : array of the shape of the prototypes
        The weight behind each value of the prototypes, which `partial_fit` adds to: that of the curves of the cluster
        or, after batches under `dtw`, of the values matched with it.
    sample_size_ : int
        Only after a fit on a `dask.array`: number of curves that the first centres come from, 0 if they were given.

    Warns
    -----
    UserWarning
        If all distances between curves that differ are equal, by a sample: then the clusters mean nothing.

    Notes
    -----
    Under `dtw` and `soft_dtw` each iteration takes one step, or a few, towards the barycenters: finding the exact
    barycenters would be wasted on clusters that change in the next iteration. What a step reaches depends on its start:
    under `dtw`, unless `init` is given, the first three iterations (fewer if `max_iter` is small) average the clusters
    anew, from their mean and medoid (of a sample, if large). Once a start has converged, each cluster takes such an
    average where it costs less, followed by a few more iterations, while the inertia falls, ten times at most.
    `n_iter_` does not count these last ones. Curves of unequal lengths are averaged without this.

    A `dask.array`, chunked by rows, is clustered by passes over its blocks. Their sums are added in an order that
    depends on the number of blocks alone: for the same chunks the result is the same bits on any workers. The first
    centres are the prototypes of 32,768 curves, which have their share of each block; so many or fewer are clustered as
    in memory. Only means, medians (of `area` and `manhattan`) and averages along paths are computed by passes; under
    other metrics the prototypes are those of the sample. `labels_` is lazy.

    References
    ----------
    S. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28, 1982. F. Petitjean,
    A. Ketterlin, P. Gançarski, "A global averaging method for dynamic time warping", Pattern Recognition 44, 2011.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.1, 1.0], [0.2, 1.0], [0.8, 1.0], [0.9, 1.0]])
    >>> model = ShapeKMeans(2, random_state=0).fit(shapes)
    >>> sorted(model.prototypes_[:, 0].round(2).tolist())
    [0.15, 0.85]
    >>> model.cluster_centers_ is model.prototypes_, bool((model.predict(shapes) == model.labels_).all())
    (True, True)
    >>> model.transform(shapes[:1]).shape, round(model.score(shapes), 3)
    ((1, 2), -0.01)
    """

    _constraints: ClassVar[Constraints] = {
        "n_clusters": COUNT,
        **METRIC_CONSTRAINTS,
        "n_init": COUNT,
        "max_iter": COUNT,
        "tol": Number(0),
    }

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: Any = "k-means++",
        metric: MetricLike = "euclidean",
        metric_params: Mapping[str, Any] | None = None,
        n_init: int = 4,
        max_iter: int = 100,
        tol: float = 1e-4,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.metric = metric
        self.metric_params = metric_params
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: Any, y: None = None, sample_weight: Any = None) -> Self:
        """Cluster the rows of `X`.

        Parameters
        ----------
        X : DataFrame, array of shape (n_curves, n_times) or (n_curves, n_channels, n_times), list of arrays, dask.array
            Shapes, as `tsshape.metrics.pairwise` takes them, of unequal lengths if the metric is elastic. float32 is
            clustered in float32, everything else in float64.
        y : ignored
        sample_weight : array of shape (n_curves,), optional
            Weight of each curve, at least 0.

        Raises
        ------
        DataError
            If a value is missing or infinite (the row is named), or there are fewer distinct curves than clusters.
        ValueError
            If a parameter is unknown or out of range.
        """
        del y
        if is_in_blocks(X):
            fit_kmeans(self, X, sample_weight)
            return self
        began = perf_counter()
        metric, parameters = self._check_parameters()
        shapes = check_shapes(self, X, reset=True)
        weights = check_sample_weight(sample_weight, shapes)
        check_n_clusters(self.n_clusters, shapes[weights > 0])
        given = self._given_centers(shapes)
        n_init = self.n_init if given is None else 1
        seeds = check_random_state(self.random_state).randint(MAX_SEED, size=n_init)
        n_threads = count_threads(self.n_jobs)
        inner = max(1, n_threads // n_init)
        starts: list[Clustering | None] = [None] * n_init

        def start(number: int) -> None:
            if given is not None:
                tol = self.tol * lloyd.variance
                starts[number] = lloyd.run(given, max_iter=self.max_iter, tol=tol, n_threads=inner)
                return
            rng = np.random.RandomState(seeds[number])
            starts[number] = lloyd.start(
                self.n_clusters, rng=rng, max_iter=self.max_iter, tol=self.tol, n_threads=inner
            )

        with _kernels.shared_threads(n_threads):
            # Divided by the largest: the scale of the weights must not decide what single precision can hold.
            lloyd = Lloyd(shapes, weights / weights.max(), metric, parameters, n_threads).prepare()
            _kernels.run_chunks(start, range(n_init), n_threads)
        self._keep(min((each for each in starts if each is not None), key=lambda each: each.inertia), weights)
        if self.n_clusters == 1 or not warn_of_equal_distances(shapes, metric, parameters):
            self._warn_of_empty()
        log_fit(self, len(shapes), began)
        return self

    @available_if(_has_running_average)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: None = None, sample_weight: Any = None) -> Self:
        """Update the clusters by one more batch of curves, after `fit` or other batches.

        The first batch of an unfitted model seeds the clusters, so that it needs as many distinct curves. The method
        exists for metrics whose average is a mean (`euclidean`, `auc`, `cumulative_area`, other embeddings) and for
        `dtw`.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`. `labels_`, `inertia_` and `n_iter_` are those of the batch. Each block of a `dask.array` is one
            batch, in their order; then `labels_` and `inertia_` are those of all blocks at the end.

        Raises
        ------
        DataError, ValueError
            As in `fit`.
        """
        del y
        if is_in_blocks(X):
            fit_batches(self, X, sample_weight)
            return self
        metric, parameters = self._check_parameters()
        first = not hasattr(self, "counts_")
        shapes = check_shapes(self, X, reset=first)
        weights = check_sample_weight(sample_weight, shapes)
        n_threads = count_threads(self.n_jobs)
        if first:
            check_n_clusters(self.n_clusters, shapes[weights > 0])
            given = self._first_centers(shapes, weights, metric, parameters)
            self.prototypes_ = given
            self.counts_ = np.zeros(self.prototypes_.shape)
        centers, self.counts_ = add_batch(
            shapes,
            weights,
            self.prototypes_.astype(shapes.dtype, copy=False),
            self.counts_,
            metric=metric,
            parameters=parameters,
            n_threads=n_threads,
        )
        labels, distances = nearest(shapes, centers, metric, n_jobs=n_threads, **parameters)
        inertia = total_cost(weights, distances, metric.power)
        self.prototypes_, self.labels_, self.inertia_, self.n_iter_ = centers, labels, inertia, 1
        return self

    def score(self, X: Any, y: None = None, sample_weight: Any = None) -> float:
        """Minus the inertia of `X` under the prototypes: the higher, the better.

        It is in the unit of the metric and grows with the number of clusters. Compare clusterings under different
        metrics, or with different numbers of clusters, by `tsshape.cluster.silhouette` or by the forecasts they lead
        to.
        """
        del y
        check_is_fitted(self, "prototypes_")
        if is_in_blocks(X):
            return score_blocks(self, X, sample_weight)
        _, distances = self._assign(check_shapes(self, X), self.prototypes_)
        return -total_cost(check_sample_weight(sample_weight, distances), distances, get_metric(self.metric).power)

    def _check_parameters(self) -> tuple[Metric, dict[str, Any]]:
        """Check all parameters; return the metric and its parameters, defaults filled in."""
        is_drawn(self.init, DRAWN, "an array of shape (n_clusters, n_times)")
        return super()._check_parameters()

    def _given_centers(self, shapes: Floats) -> Floats | None:
        """Return the initial centres that were given, None if they are to be drawn."""
        return None if isinstance(self.init, str) else check_centers(self.init, self.n_clusters, shapes)

    def _first_centers(self, shapes: Floats, weights: FloatArray, metric: Metric, parameters: dict[str, Any]) -> Floats:
        """Return the initial centres of batches: those given, or ones drawn among some curves."""
        given = self._given_centers(shapes)
        if given is not None:
            return given
        rng, (shares, _) = check_random_state(self.random_state), near_one(weights)
        n_threads = count_threads(self.n_jobs)
        seeds = choose_seeds(shapes, shares, metric, parameters, self.n_clusters, rng=rng, n_threads=n_threads)
        drawn: Floats = shapes[seeds]
        return drawn

    def _keep(self, best: Clustering, weights: FloatArray) -> None:
        """Copy the fitted attributes of the best start."""
        self.inertia_ = within_range(best.inertia * float(weights.max()))
        self.prototypes_, self.labels_, self.n_iter_ = best.centers, best.labels, best.n_iter
        totals: Any = np.bincount(best.labels, weights=weights, minlength=self.n_clusters)
        self.counts_ = np.broadcast_to(totals.reshape(-1, *[1] * (best.centers.ndim - 1)), best.centers.shape).copy()

    def _warn_of_empty(self) -> None:
        """Warn if a cluster has no curve."""
        found = len(np.unique(self.labels_))
        if found < self.n_clusters:
            message = f"only {found} of {self.n_clusters} clusters have curves: ask for fewer, or raise max_iter"
            warnings.warn(message, ConvergenceWarning, stacklevel=3)
