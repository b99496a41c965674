"""Any of our clusterers as a clusterer of sktime."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import clone
from sktime.clustering.base import BaseClusterer

from tsshape._errors import DataError
from tsshape._panels import check_series
from tsshape._typing import BoolArray, FloatArray, Floats, IntArray, RandomState
from tsshape.adapters.sktime._distance import Series, as_arrays
from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeDBSCAN,
    ShapeHDBSCAN,
    ShapeKMeans,
    ShapeKMedoids,
    make_clusterer,
)
from tsshape.metrics import MetricLike, get_metric

# The methods that take series of several variables, or of different lengths, if their metric does.
OF_PANELS = {
    "kmeans": ShapeKMeans,
    "kmedoids": ShapeKMedoids,
    "agglomerative": ShapeAgglomerative,
    "dbscan": ShapeDBSCAN,
    "hdbscan": ShapeHDBSCAN,
}


class ShapeClusterer(BaseClusterer):
    """Cluster shapes by any method of `tsshape.cluster`.

    Series of several variables are taken by k-means, k-medoids, agglomerative clustering and the clusterings by density
    under a metric that compares them; series of different lengths, if that metric is elastic.

    Parameters
    ----------
    clusterer : str or estimator, default="kmeans"
        A name in `tsshape.cluster.clustering_methods()` (`kmeans`, `kmedoids`, `meanshift`, `agglomerative`, `kshape`,
        `dbscan`, `hdbscan`, or a plug-in's), or an estimator such as `ShapeKMeans(5)`, which brings its own parameters.
    n_clusters, metric, metric_params : optional
        As in the method, whose defaults are used where they are None.
    method_params : mapping, optional
        Further parameters of the method, such as `{"n_init": 10}`, or `{"bandwidth": 0.3}` for mean shift.
    split : bool, default=True
        Whether to divide each series by its largest absolute value, so that shapes are clustered; for counts that is
        `tsshape.split_scale_shape`. Each variable is divided by its own. If False, series are clustered as they are.
    n_jobs : int, optional
        Threads, by joblib's rules, where the method has this parameter.
    random_state : int, RandomState or None
        Seed, where the method has this parameter.

    Attributes
    ----------
    labels_ : array of shape (n_instances,), int64
        Cluster of each series, from 0; -1 for noise and, with `split`, for a series that is 0 throughout in
        some variable, which has no shape.
    prototypes_ : array of shape (n_clusters, n_times) or (n_clusters, n_variables, n_times)
        The prototype of each cluster, with NaN behind the end of a shorter one; `cluster_centers_` is the same array.
    clusterer_ : estimator
        The fitted method.

    Examples
    --------
    >>> import numpy as np
    >>> from tsshape.adapters.sktime import ShapeClusterer
    >>> panel = np.array([[[1.0, 10.0]], [[20.0, 100.0]], [[8.0, 10.0]], [[9.0, 10.0]]])
    >>> model = ShapeClusterer("kmeans", n_clusters=2, random_state=0).fit(panel)
    >>> sorted(model.prototypes_[:, 0].round(2).tolist())
    [0.15, 0.85]
    >>> model.cluster_centers_ is model.prototypes_
    True
    """

    _X_metadata: Any
    _tags: ClassVar[dict[str, Any]] = {
        "authors": "tsshape developers",
        "maintainers": "tsshape developers",
        "python_dependencies": "numba",
        "X_inner_mtype": "df-list",
        "capability:multivariate": True,
        "capability:unequal_length": True,
        "capability:missing_values": False,
        "capability:multithreading": True,
        "capability:out_of_sample": True,
        "capability:predict": True,
        "capability:predict_proba": True,
        "capability:random_state": True,
        "property:randomness": "derandomized",
    }

    def __init__(
        self,
        clusterer: Any = "kmeans",
        *,
        n_clusters: int | None = None,
        metric: MetricLike | None = None,
        metric_params: Mapping[str, Any] | None = None,
        method_params: Mapping[str, Any] | None = None,
        split: bool = True,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.clusterer = clusterer
        self.n_clusters = n_clusters
        self.metric = metric
        self.metric_params = metric_params
        self.method_params = method_params
        self.split = split
        self.n_jobs = n_jobs
        self.random_state = random_state
        super().__init__()
        own: Any = metric or getattr(clusterer, "metric", "euclidean")
        kind = OF_PANELS.get(clusterer) if isinstance(clusterer, str) else type(clusterer)
        takes = kind in OF_PANELS.values()
        self.set_tags(
            **{
                "capability:multivariate": takes and get_metric(own).multichannel,
                "capability:unequal_length": takes and get_metric(own).elastic,
            }
        )

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:
        """Parameters for sktime's checks."""
        del parameter_set
        return [
            {"n_clusters": 2, "random_state": 0},
            {"clusterer": "kmedoids", "n_clusters": 3, "metric": "dtw", "split": False, "random_state": 0},
            {"clusterer": ShapeKMeans(2, n_init=1, random_state=0)},
        ]

    def _fit(self, X: Series, y: None = None) -> Self:
        """Cluster a list of series."""
        del y
        self._fit_metadata = self._X_metadata
        shapes, alive = self._shapes(X)
        if not alive.any():
            raise DataError(f"all {len(alive)} series are 0 throughout: there is no shape to cluster")
        self.clusterer_ = self._build().fit(shapes[alive])
        self.prototypes_: Floats = self.clusterer_.cluster_centers_
        self.labels_: IntArray = np.full(len(alive), -1, dtype=np.int64)
        self.labels_[alive] = self.clusterer_.labels_
        return self

    def _predict(self, X: Series, y: None = None) -> IntArray:
        """Return the cluster of each series, -1 for noise and for one without a shape."""
        del y
        shapes, alive = self._shapes(X)
        labels = np.full(len(alive), -1, dtype=np.int64)
        if alive.any():
            labels[alive] = self.clusterer_.predict(shapes[alive])
        return labels

    def _predict_proba(self, X: Series) -> FloatArray:
        """Return 1 for the cluster of each series, else 0, and so 0 for noise; shape (n_instances, n_clusters)."""
        return np.asarray(self._predict(X)[:, None] == np.arange(len(self.prototypes_)), dtype=np.float64)

    def _score(self, X: Series, y: None = None) -> float:
        """Return the score of the method."""
        del y
        if not hasattr(self.clusterer_, "score"):
            raise NotImplementedError(f"{type(self.clusterer_).__name__} has no score; ShapeKMeans has")
        shapes, alive = self._shapes(X)
        return float(self.clusterer_.score(shapes[alive]))

    @property
    def cluster_centers_(self) -> Floats:
        """The prototypes, by the name that scikit-learn gives them."""
        return self.prototypes_

    def _shapes(self, X: Series) -> tuple[Floats, BoolArray]:
        """Return what is clustered, and a mask of the series that have a shape."""
        # The base class notes what the last panel is like, also that of a predict, which must change nothing.
        self._X_metadata = self._fit_metadata
        values = check_series(as_arrays(X, name="X"), unequal=True)
        if not self.split:
            return values, np.ones(len(values), dtype=np.bool_)
        scale = np.nanmax(np.abs(values), axis=-1, keepdims=True)
        alive: BoolArray = (scale > 0).reshape(len(values), -1).all(axis=1)
        return values / np.where(scale > 0, scale, 1.0), alive

    def _build(self) -> Any:
        """Return the method, not fitted; a parameter that it does not have is refused."""
        own = {name: getattr(self, name) for name in ("n_clusters", "metric", "metric_params")}
        explicit = {name: value for name, value in own.items() if value is not None} | dict(self.method_params or {})
        if isinstance(self.clusterer, str):
            return make_clusterer(self.clusterer, explicit, {"n_jobs": self.n_jobs, "random_state": self.random_state})
        if explicit:
            raise ValueError(f"{', '.join(explicit)}: set these in the estimator that is given as clusterer")
        return clone(self.clusterer)
