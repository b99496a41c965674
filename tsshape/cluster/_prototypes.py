"""What clusterers with a metric share: checked parameters, and `predict` and `transform` by their prototypes."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, ClassVar, cast

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from tsshape._logging import LOGGER
from tsshape._typing import Floats, IntArray
from tsshape._validation import Constraints, Instance, Number, check_parameters
from tsshape.cluster._by_block import by_block
from tsshape.cluster._precomputed import ask_matrix, is_precomputed, lookup
from tsshape.cluster._validation import check_shapes
from tsshape.metrics import Metric, MetricLike, barycenter, get_metric, nearest, pairwise

COUNT = Number(1, integer=True)
METRIC_CONSTRAINTS: Constraints = {
    "metric_params": Instance(Mapping, "a mapping"),
    "n_jobs": Number(integer=True, optional=True),
}


def log_fit(clusterer: Any, n_curves: int, start: float) -> None:
    """Log that a clusterer was fitted, since a time of `perf_counter`."""
    name, n_clusters, seconds = type(clusterer).__name__, len(clusterer.prototypes_), perf_counter() - start
    LOGGER.info("fitted %s on %d curves: %d clusters in %.1f s", name, n_curves, n_clusters, seconds)


def average_clusters(
    shapes: Floats, labels: IntArray, metric: Metric, parameters: dict[str, Any], n_jobs: int | None
) -> Floats:
    """Return the metric's barycenter of each cluster, an array like the shapes with n_clusters rows.

    Curves labelled -1 are in none. Behind the end of a barycenter that is shorter than the longest curve stands NaN.
    """
    n_clusters = int(labels.max()) + 1
    prototypes = np.full((n_clusters, *shapes.shape[1:]), np.nan, shapes.dtype)
    for label in range(n_clusters):
        average = barycenter(shapes[labels == label], metric, n_jobs=n_jobs, **parameters)
        prototypes[label, ..., : average.shape[-1]] = average
    return prototypes


class PrototypeMixin(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin):
    """Assign curves to the nearest of the `prototypes_` under the estimator's metric."""

    get_params: Callable[..., dict[str, Any]]
    metric: MetricLike
    metric_params: Mapping[str, Any] | None
    n_jobs: int | None
    prototypes_: Floats
    labels_: IntArray
    medoid_indices_: IntArray
    _constraints: ClassVar[Constraints]
    # Whether distances may be given instead of curves.
    _takes_distances: ClassVar[bool] = False

    @by_block
    def predict(self, X: Any) -> IntArray:
        """Cluster of each row of `X`, int64: the one with the nearest prototype."""
        if is_precomputed(self.metric):
            return cast("IntArray", ask_matrix(self, X, "predict"))
        check_is_fitted(self, "prototypes_")
        return self._assign(check_shapes(self, X), self.prototypes_)[0]

    @by_block
    def transform(self, X: Any) -> Floats:
        """Distance of each row of `X` to each prototype, shape (n_curves, n_clusters)."""
        if is_precomputed(self.metric):
            return cast("Floats", ask_matrix(self, X, "transform"))
        check_is_fitted(self, "prototypes_")
        shapes = check_shapes(self, X)
        prototypes = self.prototypes_.astype(shapes.dtype, copy=False)
        if not len(prototypes):
            return np.empty((len(shapes), 0), shapes.dtype)
        return pairwise(shapes, prototypes, self.metric, n_jobs=self.n_jobs, **(self.metric_params or {}))

    @property
    def cluster_centers_(self) -> Floats:
        """The prototypes, by the name that scikit-learn gives them."""
        return self.prototypes_

    @property
    def _n_features_out(self) -> int:
        """Number of columns that `transform` returns."""
        return len(self.medoid_indices_ if is_precomputed(self.metric) else self.prototypes_)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        tags.input_tags.pairwise = is_precomputed(self.metric)
        # Curves of several channels, if the metric compares such.
        tags.input_tags.three_d_array = not tags.input_tags.pairwise
        return tags

    def _check_parameters(self) -> tuple[Metric, dict[str, Any]]:
        """Check all parameters; return the metric and its parameters, defaults filled in."""
        check_parameters(self.get_params(deep=False), self._constraints)
        given = self._takes_distances and is_precomputed(self.metric)
        metric = lookup(np.empty((0, 0))) if given else get_metric(self.metric)
        return metric, metric.bind(self.metric_params or {})

    def _assign(self, shapes: Floats, centers: Floats) -> tuple[IntArray, Floats]:
        """Return the nearest center of each curve, and the distance to it."""
        return nearest(shapes, centers, self.metric, n_jobs=self.n_jobs, **(self.metric_params or {}))
