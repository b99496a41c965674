"""k-shape: clustering by the form of curves, whenever it begins."""

from time import perf_counter
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state, gen_batches
from sklearn.utils.validation import check_is_fitted

from tsshape._errors import DataError
from tsshape._typing import BoolArray, FloatArray, Floats, IntArray, RandomState
from tsshape._validation import Constraints, Number, check_parameters
from tsshape.cluster._blas import one_blas_thread
from tsshape.cluster._by_block import by_block
from tsshape.cluster._prototypes import COUNT, log_fit
from tsshape.cluster._validation import check_n_clusters, check_shapes
from tsshape.metrics import nearest

# Curves whose Fourier transforms are held at once.
BLOCK_ROWS = 4096
# Starts that are tried where some leave a cluster empty.
N_ATTEMPTS = 10


class ShapeKShape(ClusterMixin, BaseEstimator):
    """k-shape clustering: curves of the same form, whenever it begins.

    Curves are z-normalised and compared by the shape-based distance, 1 minus the greatest cross-correlation over all
    shifts. The centroid of a cluster maximises the squared correlation with its curves, each shifted to fit best.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, at least 1 and at most the number of distinct curves that are not constant.
    n_init : int, default=1
        Number of starts; the one with the least inertia is kept. A start that leaves a cluster empty is repeated, up to
        10 starts in all.
    max_iter : int, default=100
        Most iterations of one start.
    tol : float, default=1e-6
        A start ends when the mean squared distance to the centroids falls by less.
    random_state : int, RandomState or None
        Seed of the starts, each of which begins at curves drawn at random.

    Attributes
    ----------
    prototypes_ : array of shape (n_clusters, n_times)
        The mean of the curves of each cluster, in their unit and precision, constant ones left out;
        `cluster_centers_` is the same array.
    centroids_ : array of shape (n_clusters, n_times), float64
        The z-normalised centroids, to the nearest of which a curve is assigned.
    labels_ : array of shape (n_curves,), int64
        Cluster of each curve, from 0: that of the nearest centroid.
    inertia_ : float
        Sum of the squared shape-based distances to the centroids, over the curves that are not constant.
    n_iter_ : int
        Iterations of the start that was kept.

    Notes
    -----
    A constant curve has no form: it is equally far from all centroids. It takes no part in the fit and is assigned to
    the prototype that is nearest in the Euclidean distance.

    References
    ----------
    J. Paparrizos, L. Gravano, "k-Shape: efficient and accurate clustering of time series", SIGMOD 2015.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.0, 0.1, 1.0, 1.0], [0.0, 0.2, 1.0, 1.0], [0.3, 0.5, 0.8, 1.0], [0.2, 0.5, 0.7, 1.0]])
    >>> model = ShapeKShape(2, random_state=0).fit(shapes)
    >>> first, second = model.labels_[[0, 2]]
    >>> model.predict(shapes).tolist() == [first, first, second, second]
    True
    >>> model.cluster_centers_[[first, second]].round(2).tolist()
    [[0.0, 0.15, 1.0, 1.0], [0.25, 0.5, 0.75, 1.0]]
    """

    _constraints: ClassVar[Constraints] = {
        "n_clusters": COUNT,
        "n_init": COUNT,
        "max_iter": COUNT,
        "tol": Number(0),
    }

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        n_init: int = 1,
        max_iter: int = 100,
        tol: float = 1e-6,
        random_state: RandomState = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: Any, y: None = None) -> Self:
        """Cluster the rows of `X`.

        Parameters
        ----------
        X : DataFrame or array of shape (n_curves, n_times)
            Shapes, complete and finite. The work is done in float64 whatever their precision.
        y : ignored

        Raises
        ------
        DataError
            If a value is missing or infinite (the row is named), all curves are constant, there are fewer distinct ones
            than clusters, or every start left a cluster empty.
        ValueError
            If a parameter is out of range.
        """
        del y
        start = perf_counter()
        check_parameters(self.get_params(deep=False), self._constraints)
        shapes = check_shapes(self, X, reset=True)
        varied = _vary(shapes)
        if not varied.any():
            raise DataError(
                f"k-shape compares curves after z-normalisation, and all {len(shapes)} curves are constant "
                f"(n_samples = {shapes.shape[0]}, n_features = {shapes.shape[1]}): there is no form to cluster"
            )
        check_n_clusters(self.n_clusters, shapes[varied])
        with one_blas_thread():
            best = self._find_best(_z_normalize(shapes[varied]))
        members = [shapes[varied][best.labels == label] for label in range(self.n_clusters)]
        prototypes = np.stack([each.mean(axis=0, dtype=np.float64) for each in members])
        self.prototypes_: Floats = prototypes.astype(shapes.dtype)
        self.centroids_, self.n_iter_ = best.centroids, best.n_iter
        self.inertia_ = float((best.distances**2).sum())
        self.labels_: IntArray = self._label(shapes)
        log_fit(self, len(shapes), start)
        return self

    @by_block
    def predict(self, X: Any) -> IntArray:
        """Cluster of each row of `X`, int64: the nearest centroid; for a constant curve, the nearest prototype."""
        check_is_fitted(self, "centroids_")
        return self._label(check_shapes(self, X))

    @property
    def cluster_centers_(self) -> Floats:
        """The prototypes, by the name that scikit-learn gives them."""
        return self.prototypes_

    def _find_best(self, normalized: FloatArray) -> "_Clustering":
        """Return the best of `n_init` clusterings without an empty cluster."""
        rng = check_random_state(self.random_state)
        found: list[_Clustering] = []
        for _ in range(max(self.n_init, N_ATTEMPTS)):
            seeds = normalized[rng.choice(len(normalized), self.n_clusters, replace=False)]
            start = _refine(normalized, seeds, max_iter=self.max_iter, tol=self.tol)
            found += [] if start is None else [start]
            if len(found) == self.n_init:
                break
        if not found:
            raise DataError(
                f"every start of k-shape left one of the {self.n_clusters} clusters empty: ask for fewer clusters, "
                f"drop curves that are multiples of others, or try another random_state"
            )
        return min(found, key=lambda each: each.cost)

    def _label(self, shapes: Floats) -> IntArray:
        """Return the nearest centroid of each curve, or the nearest prototype of a constant one."""
        varied = _vary(shapes)
        labels = np.empty(len(shapes), dtype=np.int64)
        if varied.any():
            labels[varied] = _assign(_z_normalize(shapes[varied]), self.centroids_).labels
        if not varied.all():
            labels[~varied] = nearest(shapes[~varied], self.prototypes_, "euclidean")[0]
        return labels


class _Clustering(NamedTuple):
    """Curves assigned to centroids, and the iterations that led to these."""

    centroids: FloatArray
    labels: IntArray
    distances: Floats
    n_iter: int = 0

    @property
    def cost(self) -> float:
        """Mean squared distance to the centroids."""
        return float((self.distances**2).sum() / len(self.distances))

    @property
    def has_empty(self) -> bool:
        """Whether a cluster is empty."""
        return len(np.unique(self.labels)) < len(self.centroids)


def _refine(normalized: FloatArray, seeds: FloatArray, *, max_iter: int, tol: float) -> _Clustering | None:
    """Move the centroids until the cost falls by less than `tol`; None once a cluster is empty."""
    current, cost = _assign(normalized, seeds), np.inf
    for n_iter in range(1, max_iter + 1):
        if current.has_empty:
            return None
        members = [normalized[current.labels == label] for label in range(len(seeds))]
        moved = _assign(normalized, _z_normalize(np.stack([*map(_extract_shape, current.centroids, members)])))
        if cost - moved.cost < tol and not moved.has_empty:
            return current._replace(n_iter=n_iter)
        current, cost = moved._replace(n_iter=n_iter), moved.cost
    return None if current.has_empty else current


def _assign(normalized: FloatArray, centroids: FloatArray) -> _Clustering:
    """Assign each curve to the centroid of the least shape-based distance."""
    return _Clustering(centroids, *nearest(normalized, centroids, "sbd", standardize=False))


def _extract_shape(centroid: FloatArray, members: FloatArray) -> FloatArray:
    """Return the curve of greatest squared correlation with those of a cluster, each shifted to fit the centroid."""
    aligned = np.vstack([_shift(centroid, members[rows]) for rows in gen_batches(len(members), BLOCK_ROWS)])
    # The shift has changed their means.
    centered = aligned - aligned.mean(axis=1, keepdims=True)
    shape: FloatArray = np.linalg.eigh(centered.T @ centered)[1][:, -1]
    # The sign of an eigenvector is arbitrary.
    away, near = (np.linalg.norm(aligned - sign * shape, axis=1).sum() for sign in (-1, 1))
    return -shape if away < near else shape


def _shift(centroid: FloatArray, curves: FloatArray) -> FloatArray:
    """Shift each curve to its greatest cross-correlation with the centroid, filled up with 0."""
    n_times = len(centroid)
    size = 2 ** (1 + int(np.log2(2 * n_times - 1)))
    transformed = np.fft.fft(centroid, size) * np.conj(np.fft.fft(curves, size, axis=1))
    correlation = np.fft.ifft(transformed, axis=1).real
    # Ordered from the shift by n_times - 1 to the left to that to the right; the transform has negative ones last.
    ordered = np.hstack([correlation[:, size - (n_times - 1) :], correlation[:, :n_times]])
    shifts = ordered.argmax(axis=1) - (n_times - 1)
    sources = np.arange(n_times) - shifts[:, None]
    inside = (sources >= 0) & (sources < n_times)
    return np.where(inside, np.take_along_axis(curves, np.where(inside, sources, 0), axis=1), 0.0)


def _vary(shapes: Floats) -> BoolArray:
    """Return a mask of the curves that are not constant."""
    varied: BoolArray = shapes.min(axis=1) < shapes.max(axis=1)
    return varied


def _z_normalize(shapes: Floats) -> FloatArray:
    """Scale curves that are not constant to mean 0 and standard deviation 1 over time, in float64."""
    # A power of two is taken out first, which is exact, so that no square leaves the range of floats.
    exponents = np.frexp(np.abs(shapes).max(axis=1, keepdims=True))[1]
    scaled = np.ldexp(shapes.astype(np.float64), -exponents)
    centered = scaled - scaled.mean(axis=1, keepdims=True)
    normalized: FloatArray = centered / centered.std(axis=1, keepdims=True)
    return normalized
