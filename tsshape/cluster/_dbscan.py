"""DBSCAN on shapes, under any symmetric metric."""

from collections.abc import Mapping
from time import perf_counter
from typing import Any, ClassVar, Self, cast

import numpy as np
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted

from tsshape._errors import DataError
from tsshape._memory import VARIABLE, memory_limit, spell_bytes
from tsshape._threads import count_threads
from tsshape._typing import Floats, IntArray
from tsshape._validation import Constraints, Number
from tsshape.cluster._by_block import by_block
from tsshape.cluster._density import BLOCK_CELLS, NOISE, check_density_metric, warn_of_noise
from tsshape.cluster._equal_distances import warn_of_equal_distances
from tsshape.cluster._precomputed import ask_matrix, fit_matrix, is_precomputed
from tsshape.cluster._prototypes import COUNT, METRIC_CONSTRAINTS, PrototypeMixin, average_clusters, log_fit
from tsshape.cluster._validation import check_shapes
from tsshape.metrics import Metric, MetricLike, compute_distances

# Of each pair of neighbours: the distance and the column, in the graph and in the copies that scikit-learn makes of it.
BYTES_A_PAIR = 48


class ShapeDBSCAN(PrototypeMixin, BaseEstimator):
    """DBSCAN clustering of shapes: clusters are where curves lie densely; the others are noise, with the label -1.

    A curve with at least `min_samples` curves within `eps` of it, itself included, is a core curve. Core curves within
    `eps` of each other are in one cluster, and so are the curves within `eps` of these.

    Parameters
    ----------
    eps : float, default=0.5
        Greatest distance between neighbours, in the unit of the metric.
    min_samples : int, default=5
        Number of neighbours, itself included, that make a curve a core curve.
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
    core_sample_indices_ : array of shape (n_core,), int64
        Rows of the core curves in `X`.
    components_ : array of shape (n_core, n_times)
        The core curves.
    prototypes_ : array of shape (n_clusters, n_times) or (n_clusters, n_channels, n_times)
        The metric's barycenter of each cluster, without noise; `cluster_centers_` is the same array. NaN stands behind
        the end of one that is shorter than the longest curve. Empty if all curves are noise.

    Warns
    -----
    UserWarning
        If all curves are noise; or if all distances between curves that differ are equal, by a sample: then the
        clusters mean nothing.

    Notes
    -----
    `predict` gives the cluster of the nearest core curve if it is within `eps`, else -1. Of the curves that were
    clustered, one near two clusters may get the label of the other.

    The clusters are those of scikit-learn's `DBSCAN`. All distances are computed, block by block, but only those of
    neighbours are held in memory.

    References
    ----------
    M. Ester, H.-P. Kriegel, J. Sander, X. Xu, "A density-based algorithm for discovering clusters in large spatial
    databases with noise", KDD 1996.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.1, 1.0], [0.2, 1.0], [0.5, 1.0], [0.8, 1.0], [0.9, 1.0]])
    >>> model = ShapeDBSCAN(0.15, min_samples=2).fit(shapes)
    >>> model.labels_.tolist(), model.cluster_centers_[:, 0].round(2).tolist()
    ([0, 0, -1, 1, 1], [0.15, 0.85])
    >>> model.predict([[0.3, 1.0], [0.7, 1.0]]).tolist(), model.transform(shapes[:1]).shape
    ([0, 1], (1, 2))
    """

    _constraints: ClassVar[Constraints] = {
        "eps": Number(positive=True),
        "min_samples": COUNT,
        **METRIC_CONSTRAINTS,
    }

    _takes_distances = True

    def __init__(
        self,
        eps: float = 0.5,
        *,
        min_samples: int = 5,
        metric: MetricLike = "euclidean",
        metric_params: Mapping[str, Any] | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.eps = eps
        self.min_samples = min_samples
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
            If a value is missing or infinite (the row is named), or there are so many neighbours that they take more
            than the memory limit.
        ValueError
            If the metric is asymmetric or no distance, or a parameter is unknown or out of range.
        """
        del y
        if is_precomputed(self.metric):
            return fit_matrix(self, X)
        start = perf_counter()
        metric, parameters = self._check_parameters()
        shapes = check_shapes(self, X, reset=True)
        check_density_metric(metric, parameters, shapes)
        from sklearn.cluster import DBSCAN  # noqa: PLC0415 - it takes a tenth of a second

        graph = link_neighbours(shapes, metric, parameters, self.eps, count_threads(self.n_jobs))
        found = DBSCAN(self.eps, min_samples=self.min_samples, metric="precomputed").fit(graph)
        self.labels_ = found.labels_.astype(np.int64)
        self.core_sample_indices_: IntArray = found.core_sample_indices_.astype(np.int64)
        self.components_ = shapes[self.core_sample_indices_]
        self.prototypes_ = average_clusters(shapes, self.labels_, metric, parameters, self.n_jobs)
        if not warn_of_equal_distances(shapes, metric, parameters):
            warn_of_noise(self.labels_, "give a larger eps or a smaller min_samples")
        log_fit(self, len(shapes), start)
        return self

    @by_block
    def predict(self, X: Any) -> IntArray:
        """Cluster of each row of `X`, int64: that of the nearest core curve, -1 if it is farther than `eps`."""
        if is_precomputed(self.metric):
            return cast("IntArray", ask_matrix(self, X, "predict"))
        check_is_fitted(self, "components_")
        shapes = check_shapes(self, X)
        if not len(self.components_):
            return np.full(len(shapes), NOISE, dtype=np.int64)
        rows, distances = self._assign(shapes, self.components_)
        return np.where(distances <= self.eps, self.labels_[self.core_sample_indices_][rows], NOISE)


def link_neighbours(
    shapes: Floats, metric: Metric, parameters: dict[str, Any], eps: float, n_threads: int
) -> csr_array:
    """Return the distances up to `eps` of a symmetric metric, shape (n_curves, n_curves)."""
    n_curves, limit = len(shapes), memory_limit()
    pairs: list[tuple[IntArray, IntArray, Floats]] = []
    n_pairs = 0
    for batch in gen_batches(n_curves, max(1, BLOCK_CELLS // n_curves)):
        # What lies below the diagonal is above it elsewhere.
        block = compute_distances(metric, shapes[batch], shapes[batch.start :], parameters, n_threads)
        rows, columns = np.nonzero(np.triu(block <= eps))
        pairs.append((rows + batch.start, columns + batch.start, block[rows, columns].astype(np.float64)))
        n_pairs += 2 * len(rows)
        if n_pairs * BYTES_A_PAIR > limit:
            raise DataError(
                f"eps {eps} gives so many neighbours that they take more than the limit of {spell_bytes(limit)}: give "
                f"a smaller eps, cluster a sample, or raise {VARIABLE}"
            )
    rows, columns, distances = (np.concatenate(each) for each in zip(*pairs, strict=True))
    apart = rows != columns
    both = np.concatenate((rows, columns[apart])), np.concatenate((columns, rows[apart]))
    return csr_array((np.concatenate((distances, distances[apart])), both), shape=(n_curves, n_curves))
