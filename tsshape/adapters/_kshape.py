"""k-shape, by tslearn."""

import warnings
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from tsshape._errors import DataError
from tsshape._typing import BoolArray, FloatArray, Floats, IntArray, RandomState
from tsshape.cluster._validation import check_n_clusters, check_shapes
from tsshape.metrics import nearest, pairwise

with warnings.catch_warnings():
    # h5py saves models, which nothing here does.
    warnings.filterwarnings("ignore", message="h5py not installed")
    from tslearn.clustering import KShape


# Curves whose Fourier transforms are held at once.
BLOCK_ROWS = 4096


class ShapeKShape(ClusterMixin, BaseEstimator):
    """k-shape clustering: curves of the same form, wherever in time it begins.

    k-shape compares z-normalised curves by the shape-based distance, 1 minus the greatest cross-correlation over all
    shifts. The fit is tslearn's `KShape`.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, at least 1 and at most the number of distinct curves that are not constant.
    n_init : int, default=1
        Number of starts; the one with the least inertia is kept. A start that leaves a cluster empty is made again, as
        long as there have been fewer than 10.
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
        What k-shape assigns by: z-normalised, and shifted as the extraction of shapes left them.
    labels_ : array of shape (n_curves,), int64
        Cluster of each curve, from 0: that of the nearest centroid.
    inertia_ : float
        Sum of the squared shape-based distances to the centroids, of the curves that are not constant.
    n_iter_ : int
        Iterations of the start that was kept.

    Notes
    -----
    A constant curve has no form: k-shape finds it equally far from all centroids. It takes no part in the fit and
    belongs to the prototype that is nearest in the Euclidean sense.

    References
    ----------
    J. Paparrizos, L. Gravano, "k-Shape: efficient and accurate clustering of time series", SIGMOD 2015.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.0, 0.1, 1.0, 1.0], [0.0, 0.2, 1.0, 1.0], [0.3, 0.5, 0.8, 1.0], [0.2, 0.5, 0.7, 1.0]])
    >>> labels = ShapeKShape(2, random_state=0).fit(shapes).labels_
    >>> bool(labels[0] == labels[1] != labels[2] == labels[3])
    True
    """

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
        self._check_parameters()
        shapes = check_shapes(self, X, reset=True)
        varied = _vary(shapes)
        if not varied.any():
            raise DataError(
                f"k-shape compares curves after z-normalisation, and all {len(shapes)} curves are constant "
                f"(n_samples = {shapes.shape[0]}, n_features = {shapes.shape[1]}): there is no form to cluster"
            )
        check_n_clusters(self.n_clusters, shapes[varied])
        normalized = _z_normalize(shapes[varied])
        self.centroids_, self.n_iter_ = self._find_centroids(normalized)
        labels, distances = _assign(normalized, self.centroids_)
        self.inertia_ = float((distances**2).sum())
        members = [shapes[varied][labels == label] for label in range(self.n_clusters)]
        self.prototypes_: Floats = np.stack([each.mean(axis=0, dtype=np.float64) for each in members]).astype(
            shapes.dtype
        )
        self.labels_: IntArray = self._label(shapes)
        return self

    def predict(self, X: Any) -> IntArray:
        """Cluster of each row of `X`, int64: the nearest centroid; for a constant curve, the nearest prototype."""
        check_is_fitted(self, "centroids_")
        return self._label(check_shapes(self, X))

    @property
    def cluster_centers_(self) -> Floats:
        """The prototypes, by the name that scikit-learn gives them."""
        return self.prototypes_

    def _check_parameters(self) -> None:
        """Refuse parameters that are out of range."""
        for name in ("n_init", "max_iter"):
            value = getattr(self, name)
            if value < 1:
                raise ValueError(f"{name} must be at least 1; got {value}")
        if not self.tol >= 0:
            raise ValueError(f"tol must be at least 0; got {self.tol}")

    def _find_centroids(self, normalized: FloatArray) -> tuple[FloatArray, int]:
        """The centroids of the best start, and its iterations."""
        kshape = _QuickKShape(
            self.n_clusters, max_iter=self.max_iter, tol=self.tol, n_init=self.n_init, random_state=self.random_state
        )
        # One thread for each matrix product, so that its bits do not depend on their number.
        with threadpool_limits(1, user_api="blas"):
            kshape.fit(normalized[:, :, None])
        # tslearn is silent about it; iterations are counted where a start succeeds.
        if kshape.n_iter_ == 0:
            raise DataError(
                f"every start of k-shape left one of the {self.n_clusters} clusters empty: ask for fewer clusters, "
                f"drop curves that are multiples of others, or try another random_state"
            )
        centroids: FloatArray = np.ascontiguousarray(kshape.cluster_centers_[:, :, 0])
        return centroids, int(kshape.n_iter_)

    def _label(self, shapes: Floats) -> IntArray:
        """The nearest centroid of each curve, or prototype where the curve is constant."""
        varied = _vary(shapes)
        labels = np.empty(len(shapes), dtype=np.int64)
        if varied.any():
            labels[varied] = _assign(_z_normalize(shapes[varied]), self.centroids_)[0]
        if not varied.all():
            labels[~varied] = nearest(shapes[~varied], self.prototypes_, "euclidean")[0]
        return labels


class _QuickKShape(KShape):
    """tslearn's k-shape with the Fourier transforms of all curves at once.

    tslearn's own take three transforms a pair, called from Python: with them a fit takes five times as long, and the
    first of a process waits twelve seconds until numba has compiled them. Were they no longer asked for by these names,
    the result would be the same.
    """

    def _cross_dists(self, X: Any) -> Any:
        """Shape-based distances of the curves to the centroids."""
        centroids = np.ascontiguousarray(self.cluster_centers_[:, :, 0])
        return pairwise(X[:, :, 0], centroids, "sbd", standardize=False)

    def _shape_extraction(self, X: Any, k: int) -> Any:
        """The shape nearest to the curves of a cluster, once each is shifted to where it fits the centroid best."""
        centroid, members = self.cluster_centers_[k, :, 0], X[self.labels_ == k, :, 0]
        aligned = np.vstack([_shift(centroid, members[rows]) for rows in gen_batches(len(members), BLOCK_ROWS)])
        # The curves have mean 0 before they are shifted only.
        centered = aligned - aligned.mean(axis=1, keepdims=True)
        shape = np.linalg.eigh(centered.T @ centered)[1][:, -1]
        # An eigenvector is one either way up.
        away, near = (np.linalg.norm(aligned - sign * shape, axis=1).sum() for sign in (-1, 1))
        return (-shape if away < near else shape)[:, None]


def _shift(centroid: FloatArray, curves: FloatArray) -> FloatArray:
    """Curves, each shifted to where its cross-correlation with the centroid is greatest; what comes in is 0."""
    n_times = len(centroid)
    size = 2 ** (1 + int(np.log2(2 * n_times - 1)))
    transformed = np.fft.fft(centroid, size) * np.conj(np.fft.fft(curves, size, axis=1))
    correlation = np.fft.ifft(transformed, axis=1).real
    # From the shift by n_times - 1 to the left to that to the right; negative ones stand at the end.
    ordered = np.hstack([correlation[:, size - (n_times - 1) :], correlation[:, :n_times]])
    shifts = ordered.argmax(axis=1) - (n_times - 1)
    sources = np.arange(n_times) - shifts[:, None]
    inside = (sources >= 0) & (sources < n_times)
    return np.where(inside, np.take_along_axis(curves, np.where(inside, sources, 0), axis=1), 0.0)


def _assign(normalized: FloatArray, centroids: FloatArray) -> tuple[IntArray, Floats]:
    """The nearest centroid of each curve and the distance to it."""
    # tslearn's predict takes the norms of the curves it was fitted on for those of the curves it gets.
    return nearest(normalized, centroids, "sbd", standardize=False)


def _vary(shapes: Floats) -> BoolArray:
    """Which curves are not constant."""
    varied: BoolArray = shapes.min(axis=1) < shapes.max(axis=1)
    return varied


def _z_normalize(shapes: Floats) -> FloatArray:
    """Curves that vary, with mean 0 and standard deviation 1 over time, in float64."""
    # A power of two is taken out first, which is exact, so that no square leaves the range of floats.
    exponents = np.frexp(np.abs(shapes).max(axis=1, keepdims=True))[1]
    scaled = np.ldexp(shapes.astype(np.float64), -exponents)
    centered = scaled - scaled.mean(axis=1, keepdims=True)
    normalized: FloatArray = centered / centered.std(axis=1, keepdims=True)
    return normalized
