"""Agglomerative clustering of shapes under any symmetric metric."""

from collections.abc import Mapping
from time import perf_counter
from typing import Any, ClassVar, Literal, Self, TypeAlias, get_args

import numpy as np
from sklearn.base import BaseEstimator

from tsshape._validation import Choice, Constraints
from tsshape.cluster._equal_distances import warn_of_equal_distances
from tsshape.cluster._precomputed import fit_matrix, is_precomputed
from tsshape.cluster._prototypes import COUNT, METRIC_CONSTRAINTS, PrototypeMixin, average_clusters, log_fit
from tsshape.cluster._validation import check_n_clusters, check_shapes
from tsshape.metrics import MetricLike, pairwise

Linkage: TypeAlias = Literal["average", "complete", "single"]


class ShapeAgglomerative(PrototypeMixin, BaseEstimator):
    """Agglomerative clustering of shapes: the two nearest clusters are merged until `n_clusters` are left.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, at least 1 and at most the number of distinct curves.
    metric : str, Metric, callable or "precomputed", default="euclidean"
        Any symmetric metric of `tsshape.metrics.pairwise`.
        With "precomputed", `X` holds distances: of `fit` those between all curves, of `predict` and `transform` those
        from new curves to them; `medoid_indices_` stands for the prototypes.
    metric_params : mapping, optional
        Parameters of the metric, such as `{"window": 3}`.
    linkage : {"average", "complete", "single"}, default="average"
        The distance of two clusters is the mean, the greatest or the least distance between their curves.
    n_jobs : int, optional
        Threads for the distances and the prototypes. The result is the same bits for any number.

    Attributes
    ----------
    prototypes_ : array of shape (n_clusters, n_times) or (n_clusters, n_channels, n_times)
        The metric's barycenter of each cluster; `cluster_centers_` is the same array. NaN
        stands behind the end of one that is shorter than the longest curve.
    labels_ : array of shape (n_curves,), int64
        Cluster of each curve, from 0, as merging left it; another prototype may be nearer.

    Warns
    -----
    UserWarning
        If all distances between curves that differ are equal, by a sample: then the clusters mean nothing.

    Notes
    -----
    The matrix of all distances is held in memory, and scikit-learn's `AgglomerativeClustering`, which merges, takes
    three times as much for a while: 3.2 GB and 10 GB for 20,000 curves.

    References
    ----------
    D. Müllner, "Modern hierarchical, agglomerative clustering algorithms", arXiv:1109.2378, 2011.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.1, 1.0], [0.2, 1.0], [0.8, 1.0], [0.9, 1.0]])
    >>> model = ShapeAgglomerative(2, metric="area").fit(shapes)
    >>> sorted(model.cluster_centers_[:, 0].round(2).tolist())
    [0.15, 0.85]
    >>> bool((model.predict(shapes) == model.labels_).all()), model.transform(shapes[:1]).shape
    (True, (1, 2))
    """

    _constraints: ClassVar[Constraints] = {
        "n_clusters": COUNT,
        **METRIC_CONSTRAINTS,
        "linkage": Choice(get_args(Linkage)),
    }

    _takes_distances = True

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        metric: MetricLike = "euclidean",
        metric_params: Mapping[str, Any] | None = None,
        linkage: Linkage = "average",
        n_jobs: int | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.metric = metric
        self.metric_params = metric_params
        self.linkage = linkage
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
            If a value is missing or infinite (the row is named), there are fewer distinct curves than clusters, or the
            matrix of distances takes more than the memory limit (its size is quoted).
        ValueError
            If the metric is asymmetric, or a parameter is unknown or out of range.
        """
        del y
        if is_precomputed(self.metric):
            return fit_matrix(self, X)
        start = perf_counter()
        metric, parameters = self._check_parameters()
        if not metric.symmetric:
            raise ValueError(
                f"agglomerative clustering needs a symmetric metric, and {metric.name!r} is not; ShapeKMedoids takes it"
            )
        shapes = check_shapes(self, X, reset=True)
        check_n_clusters(self.n_clusters, shapes)
        from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415 - it takes a tenth of a second

        # scikit-learn refuses a single curve.
        self.labels_ = np.zeros(1, dtype=np.int64)
        if len(shapes) > 1:
            distances = pairwise(shapes, metric=metric, n_jobs=self.n_jobs, **parameters)
            joined = AgglomerativeClustering(self.n_clusters, metric="precomputed", linkage=self.linkage).fit(distances)
            self.labels_ = joined.labels_.astype(np.int64)
        self.prototypes_ = average_clusters(shapes, self.labels_, metric, parameters, self.n_jobs)
        if self.n_clusters > 1:
            warn_of_equal_distances(shapes, metric, parameters)
        log_fit(self, len(shapes), start)
        return self
