"""HDBSCAN on shapes, under any symmetric metric."""

from collections.abc import Mapping
from time import perf_counter
from typing import Any, ClassVar, Literal, Self, TypeAlias, cast, get_args

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from tsshape._errors import DataError
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape._validation import Choice, Constraints, Number
from tsshape.cluster._by_block import by_block
from tsshape.cluster._density import NOISE, check_density_metric, reach_of_clusters, warn_of_noise
from tsshape.cluster._equal_distances import warn_of_equal_distances
from tsshape.cluster._precomputed import ask_matrix, fit_matrix, is_precomputed
from tsshape.cluster._prototypes import METRIC_CONSTRAINTS, PrototypeMixin, average_clusters, log_fit
from tsshape.cluster._validation import check_shapes
from tsshape.metrics import MetricLike, pairwise

Selection: TypeAlias = Literal["eom", "leaf"]


class ShapeHDBSCAN(PrototypeMixin, BaseEstimator):
    """HDBSCAN clustering of shapes: clusters of any density, without a radius; the others are noise, with label -1.

    The clusters are chosen from the tree of all clusterings that DBSCAN gives as its radius shrinks: those that last
    longest.

    Parameters
    ----------
    min_cluster_size : int, default=5
        Least number of curves in a cluster, at least 2.
    min_samples : int, optional
        The density at a curve is measured by the distance to this neighbour, itself included; more of them make more
        noise. By default `min_cluster_size`.
    cluster_selection_epsilon : float, default=0.0
        Clusters nearer to each other than this, in the unit of the metric, are one.
    cluster_selection_method : {"eom", "leaf"}, default="eom"
        The clusters that last longest ("excess of mass"), or the smallest ones, which are more alike in size.
    allow_single_cluster : bool, default=False
        Whether there may be one cluster only.
    metric : str, Metric, callable or "precomputed", default="euclidean"
        Any symmetric metric of `tsshape.metrics.pairwise` that is 0 between a curve and itself and never negative.
        With "precomputed", `X` holds distances: of `fit` those between all curves, of `predict` and `transform` those
        from new curves to them; `medoid_indices_` stands for the prototypes.
    metric_params : mapping, optional
        Parameters of the metric, such as `{"window": 3}`.
    n_jobs : int, optional
        Threads for the distances and the prototypes. The result is the same bits for any number.

    Attributes
    ----------
    labels_ : array of shape (n_curves,), int64
        Cluster of each curve, from 0; -1 for noise.
    probabilities_ : array of shape (n_curves,), float64
        How firmly each curve belongs to its cluster, from 0 for noise to 1.
    prototypes_ : array of shape (n_clusters, n_times) or (n_clusters, n_channels, n_times)
        The metric's barycenter of each cluster, without noise; `cluster_centers_` is the same array. NaN stands behind
        the end of one that is shorter than the longest curve. Empty if all curves are noise.
    curves_ : array of shape (n_curves, n_times)
        The curves that were clustered, from which `predict` takes the nearest.
    reach_ : array of shape (n_clusters,), float64
        The greatest distance from a curve of each cluster to the nearest other curve of it.

    Warns
    -----
    UserWarning
        If all curves are noise; or if all distances between curves that differ are equal, by a sample: then the
        clusters mean nothing.

    Notes
    -----
    `predict` gives the cluster of the nearest curve that was clustered if it is within the reach of that cluster, else
    -1. So the curves that were clustered get their own labels.

    The clusters are those of scikit-learn's `HDBSCAN`. The matrix of all distances is held in memory, and scikit-learn
    takes three times as much for a while: 3.2 GB and 11 GB for 20,000 curves.

    References
    ----------
    R. Campello, D. Moulavi, J. Sander, "Density-based clustering based on hierarchical density estimates", PAKDD 2013.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.1, 1.0], [0.12, 1.0], [0.15, 1.0], [0.3, 1.0], [0.33, 1.0], [0.35, 1.0], [0.9, 1.0]])
    >>> model = ShapeHDBSCAN(3, min_samples=1).fit(shapes)
    >>> model.labels_.tolist()
    [0, 0, 0, 1, 1, 1, -1]
    >>> model.predict([[0.13, 1.0], [0.6, 1.0]]).tolist(), model.transform(shapes[:1]).shape
    ([0, -1], (1, 2))
    """

    _constraints: ClassVar[Constraints] = {
        "min_cluster_size": Number(2, integer=True),
        "min_samples": Number(1, integer=True, optional=True),
        "cluster_selection_epsilon": Number(0),
        "cluster_selection_method": Choice(get_args(Selection)),
        "allow_single_cluster": Choice((True, False)),
        **METRIC_CONSTRAINTS,
    }

    _takes_distances = True

    def __init__(
        self,
        min_cluster_size: int = 5,
        *,
        min_samples: int | None = None,
        cluster_selection_epsilon: float = 0.0,
        cluster_selection_method: Selection = "eom",
        allow_single_cluster: bool = False,
        metric: MetricLike = "euclidean",
        metric_params: Mapping[str, Any] | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.min_cluster_size = min_cluster_size
        self.min_samples = min_samples
        self.cluster_selection_epsilon = cluster_selection_epsilon
        self.cluster_selection_method = cluster_selection_method
        self.allow_single_cluster = allow_single_cluster
        self.metric = metric
        self.metric_params = metric_params
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: None = None) -> Self:
        """Cluster the rows of `X`.

        Parameters
        ----------
        X : DataFrame, array of shape (n_curves, n_times) or (n_curves, n_channels, n_times), or list of arrays
            Shapes, as `tsshape.metrics.pairwise` takes them, of unequal lengths if the metric is elastic. float32 is
            computed in float32, everything else in float64.
            With `metric="precomputed"`, the distances between all curves, shape (n_curves, n_curves): symmetric, not
            negative, and 0 on the diagonal.
        y : ignored

        Raises
        ------
        DataError
            If a value is missing or infinite (the row is named), there are fewer curves than `min_samples`, or the
            matrix of distances takes more than the memory limit (its size is quoted).
        ValueError
            If the metric is asymmetric or no distance, or a parameter is unknown or out of range.
        """
        del y
        if is_precomputed(self.metric):
            return fit_matrix(self, X)
        start = perf_counter()
        metric, parameters = self._check_parameters()
        shapes = check_shapes(self, X, reset=True)
        self._check_enough(len(shapes))
        check_density_metric(metric, parameters, shapes)
        distances = pairwise(shapes, metric=metric, n_jobs=self.n_jobs, **parameters)
        self.labels_, self.probabilities_ = self._find(distances)
        self.curves_ = shapes
        self.reach_ = reach_of_clusters(distances, self.labels_)
        self.prototypes_ = average_clusters(shapes, self.labels_, metric, parameters, self.n_jobs)
        if not warn_of_equal_distances(shapes, metric, parameters):
            warn_of_noise(self.labels_, "give a smaller min_cluster_size or min_samples, or allow_single_cluster")
        log_fit(self, len(shapes), start)
        return self

    @by_block
    def predict(self, X: Any) -> IntArray:
        """Cluster of each row of `X`, int64: that of the nearest clustered curve, -1 beyond its reach."""
        if is_precomputed(self.metric):
            return cast("IntArray", ask_matrix(self, X, "predict"))
        check_is_fitted(self, "curves_")
        rows, distances = self._assign(check_shapes(self, X), self.curves_)
        labels = self.labels_[rows]
        # The last reach stands for noise, which has none.
        return np.where(distances <= np.append(self.reach_, -np.inf)[labels], labels, NOISE)

    def _check_enough(self, n_curves: int) -> None:
        """Refuse fewer curves than neighbours."""
        needed = self.min_cluster_size if self.min_samples is None else self.min_samples
        if n_curves < max(needed, 2):
            raise DataError(
                f"min_samples, by default min_cluster_size, must be at most the number of curves, and these at least "
                f"2; got min_samples = {needed} for n_samples = {n_curves}"
            )

    def _find(self, distances: Floats) -> tuple[IntArray, FloatArray]:
        """Return the label and the probability of each curve."""
        from sklearn.cluster import HDBSCAN  # noqa: PLC0415 - it takes a tenth of a second

        found = HDBSCAN(
            min_cluster_size=self.min_cluster_size,
            min_samples=self.min_samples,
            cluster_selection_epsilon=float(self.cluster_selection_epsilon),
            cluster_selection_method=self.cluster_selection_method,
            allow_single_cluster=self.allow_single_cluster,
            metric="precomputed",
            copy=True,
        ).fit(distances)
        return found.labels_.astype(np.int64), found.probabilities_
