"""Agglomerative clustering of shapes, under any symmetric metric."""

from collections.abc import Mapping
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.cluster import AgglomerativeClustering
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from tsshape._typing import Floats, IntArray
from tsshape._validation import check_choice
from tsshape.cluster._validation import check_n_clusters, check_shapes
from tsshape.metrics import Metric, barycenter, get_metric, nearest, pairwise

LINKAGES = ("average", "complete", "single")


class ShapeAgglomerative(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):
    """Agglomerative clustering of shapes: the two clusters next to each other are joined until `n_clusters` are left.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, at least 1 and at most the number of distinct curves.
    metric : str or Metric, default="euclidean"
        Any symmetric metric of `tsshape.metrics.pairwise`.
    metric_params : mapping, optional
        Parameters of the metric, such as `{"window": 3}`.
    linkage : {"average", "complete", "single"}, default="average"
        The distance of two clusters: the mean, the greatest or the least distance between their curves.
    n_jobs : int, optional
        Threads for the distances and the prototypes. The result is the same bits for any number.

    Attributes
    ----------
    prototypes_ : array of shape (n_clusters, n_times)
        The metric's barycenter of each cluster; `cluster_centers_` is the same array.
    labels_ : array of shape (n_curves,), int64
        Cluster of each curve, from 0, as the joining left it: not always that of the nearest prototype.

    Notes
    -----
    The distances of all pairs are held at once, and scikit-learn's `AgglomerativeClustering`, which joins, brings the
    need to three times as much for a while: of 20,000 curves, 3.2 GB and 10 GB.

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

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        metric: str | Metric = "euclidean",
        metric_params: Mapping[str, Any] | None = None,
        linkage: Literal["average", "complete", "single"] = "average",
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
        X : DataFrame or array of shape (n_curves, n_times)
            Shapes, complete and finite; float32 is computed in float32, everything else in float64.
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
        self._check_parameters()
        shapes = check_shapes(self, X, reset=True)
        check_n_clusters(self.n_clusters, shapes)
        self.labels_: IntArray = self._join(shapes)
        self.prototypes_: Floats = np.stack(
            [
                barycenter(shapes[self.labels_ == label], self.metric, n_jobs=self.n_jobs, **(self.metric_params or {}))
                for label in range(self.n_clusters)
            ]
        )
        return self

    def predict(self, X: Any) -> IntArray:
        """Cluster of each row of `X`, int64: the one with the nearest prototype, whatever the linkage."""
        check_is_fitted(self, "prototypes_")
        shapes = check_shapes(self, X)
        return nearest(shapes, self.prototypes_, self.metric, n_jobs=self.n_jobs, **(self.metric_params or {}))[0]

    def transform(self, X: Any) -> Floats:
        """Distance of each row of `X` to each prototype, shape (n_curves, n_clusters)."""
        check_is_fitted(self, "prototypes_")
        shapes = check_shapes(self, X)
        prototypes = self.prototypes_.astype(shapes.dtype, copy=False)
        return pairwise(shapes, prototypes, self.metric, n_jobs=self.n_jobs, **(self.metric_params or {}))

    @property
    def cluster_centers_(self) -> Floats:
        """The prototypes, by the name that scikit-learn gives them."""
        return self.prototypes_

    @property
    def _n_features_out(self) -> int:
        """Columns of what `transform` gives."""
        return len(self.prototypes_)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def _check_parameters(self) -> None:
        """Refuse an asymmetric metric and parameters out of range."""
        metric = get_metric(self.metric)
        metric.bind(self.metric_params or {})
        if not metric.symmetric:
            raise ValueError(
                f"agglomerative clustering needs a symmetric metric, and {metric.name!r} is not; ShapeKMedoids takes it"
            )
        check_choice("linkage", self.linkage, LINKAGES)

    def _join(self, shapes: Floats) -> IntArray:
        """Labels by scikit-learn."""
        # There is nothing to join, which scikit-learn refuses.
        if len(shapes) == 1:
            return np.zeros(1, dtype=np.int64)
        distances = pairwise(shapes, metric=self.metric, n_jobs=self.n_jobs, **(self.metric_params or {}))
        joined = AgglomerativeClustering(self.n_clusters, metric="precomputed", linkage=self.linkage).fit(distances)
        labels: IntArray = joined.labels_.astype(np.int64)
        return labels
