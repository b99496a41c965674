"""K-means on shapes."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, ClusterMixin, TransformerMixin
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances_argmin
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted
from threadpoolctl import threadpool_limits

from tsshape._errors import DataError
from tsshape._typing import FloatArray, IntArray, RandomState
from tsshape._validation import check_choice
from tsshape.cluster._validation import check_shapes

MAX_SEED = np.iinfo(np.int32).max


class ShapeKMeans(TransformerMixin, ClusterMixin, BaseEstimator):
    """K-means clustering of shapes.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, at least 1 and at most the number of distinct curves.
    metric : {"euclidean"}, default="euclidean"
        The distance; its barycenter is the mean.
    metric_params : mapping, optional
        Parameters of the metric; the Euclidean distance has none.
    n_init : int, default=4
        Number of starts, each seeded by k-means++; the one with the least inertia is kept.
    max_iter : int, default=100
        Most iterations of one start.
    tol : float, default=1e-4
        A start ends when its centres move less than this share of the mean variance of the days.
    n_jobs : int, optional
        Threads, among which the starts are divided. The result is the same bits for any number.
    random_state : int, RandomState or None
        Seed of the starts.

    Attributes
    ----------
    prototypes_ : array of shape (n_clusters, n_times)
        Mean of each cluster; `cluster_centers_` is the same array.
    labels_ : array of shape (n_curves,), int64
        Cluster of each curve, from 0.
    inertia_ : float
        Weighted sum of squared distances to the prototypes.
    n_iter_ : int
        Iterations of the start that was kept.

    Notes
    -----
    Each start is scikit-learn's `KMeans` on one thread, whose sums do not depend on how the work was divided.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.1, 1.0], [0.2, 1.0], [0.8, 1.0], [0.9, 1.0]])
    >>> ShapeKMeans(2, random_state=0).fit(shapes).prototypes_[:, 0].round(2).tolist()
    [0.15, 0.85]
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        metric: str = "euclidean",
        metric_params: Mapping[str, Any] | None = None,
        n_init: int = 4,
        max_iter: int = 100,
        tol: float = 1e-4,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.n_clusters = n_clusters
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
        X : DataFrame or array of shape (n_curves, n_times)
            Shapes, complete and finite.
        y : ignored
        sample_weight : array of shape (n_curves,), optional
            Weight of each curve.

        Raises
        ------
        DataError
            If a value is missing or infinite (the row is named), or there are fewer distinct curves than clusters.
        ValueError
            If a parameter is out of range.
        """
        del y
        shapes = check_shapes(self, X, reset=True)
        self._check_parameters(shapes)
        weight = _check_sample_weight(sample_weight, shapes)
        seeds = check_random_state(self.random_state).randint(MAX_SEED, size=self.n_init)
        starts = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(self._start)(shapes, weight, int(seed)) for seed in seeds
        )
        best = min(starts, key=lambda start: start.inertia_)
        self.prototypes_: FloatArray = best.cluster_centers_
        self.labels_: IntArray = best.labels_.astype(np.int64)
        self.inertia_ = float(best.inertia_)
        self.n_iter_ = int(best.n_iter_)
        return self

    def predict(self, X: Any) -> IntArray:
        """Cluster of each row of `X`, int64: the one with the nearest prototype."""
        check_is_fitted(self)
        labels: IntArray = pairwise_distances_argmin(check_shapes(self, X), self.prototypes_).astype(np.int64)
        return labels

    def transform(self, X: Any) -> FloatArray:
        """Distance of each row of `X` to each prototype, shape (n_curves, n_clusters)."""
        check_is_fitted(self)
        distances: FloatArray = euclidean_distances(check_shapes(self, X), self.prototypes_)
        return distances

    @property
    def cluster_centers_(self) -> FloatArray:
        """The prototypes, by the name that scikit-learn gives them."""
        return self.prototypes_

    def _check_parameters(self, shapes: FloatArray) -> None:
        """Refuse parameters that are out of range, for these shapes too."""
        check_choice("metric", self.metric, ("euclidean",))
        if self.metric_params:
            raise ValueError(f"the metric 'euclidean' has no parameters; got {dict(self.metric_params)}")
        if self.n_init < 1:
            raise ValueError(f"n_init must be at least 1; got {self.n_init}")
        distinct = len(np.unique(shapes, axis=0))
        if not 1 <= self.n_clusters <= distinct:
            raise DataError(f"n_clusters must be between 1 and the {distinct} distinct curves; got {self.n_clusters}")

    def _start(self, shapes: FloatArray, weight: FloatArray, seed: int) -> KMeans:
        """One start of k-means, on one thread."""
        # The limit is set here because OpenMP keeps it by thread.
        with threadpool_limits(1, user_api="openmp"):
            kmeans = KMeans(self.n_clusters, n_init=1, max_iter=self.max_iter, tol=self.tol, random_state=seed)
            return kmeans.fit(shapes, sample_weight=weight)
