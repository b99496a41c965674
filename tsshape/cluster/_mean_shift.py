"""Mean shift with a flat window."""

from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import estimate_bandwidth
from sklearn.metrics import pairwise_distances_argmin
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.utils import check_random_state, gen_batches
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from tsshape._typing import BoolArray, FloatArray, IntArray, RandomState
from tsshape.cluster._validation import check_shapes

# Distances held at once: enough for matrix products to pay, and 32 MB whatever the number of curves.
BLOCK_CELLS = 2**22
# A seed has converged when it moves less than this share of the bandwidth; scikit-learn uses the same.
STOP = 1e-3


class ShapeMeanShift(ClusterMixin, BaseEstimator):
    """Mean shift clustering of shapes: the modes of their density under a flat window.

    Every curve is a seed. A seed climbs by moving to the mean of the curves within `bandwidth` of it until it stays;
    modes closer to one another than the bandwidth are merged in favour of the more crowded one.

    Parameters
    ----------
    bandwidth : float, optional
        Radius of the window, in the unit of the Euclidean distance between shapes. By default scikit-learn's
        `estimate_bandwidth` on at most 1,000 curves.
    max_iter : int, default=300
        Most moves of one seed.
    n_jobs : int, optional
        Threads, among which blocks of seeds are divided. The result is the same bits for any number.
    random_state : int, RandomState or None
        Seed of the draw of the curves on which the bandwidth is estimated; not used where it is given.

    Attributes
    ----------
    prototypes_ : array of shape (n_clusters, n_times)
        The modes, the most crowded first; `cluster_centers_` is the same array.
    labels_ : array of shape (n_curves,), int64
        Cluster of each curve: the nearest mode.
    bandwidth_ : float
        The radius that was used.
    n_iter_ : int
        Most moves that a seed made.

    Notes
    -----
    The definition is that of scikit-learn's `MeanShift`; all seeds of a block advance together through matrix
    products, and a seed that has converged leaves the block.

    References
    ----------
    D. Comaniciu, P. Meer, "Mean shift: a robust approach toward feature space analysis", IEEE TPAMI 24, 2002.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.1, 1.0], [0.2, 1.0], [0.8, 1.0], [0.9, 1.0], [1.0, 1.0]])
    >>> ShapeMeanShift(0.3).fit(shapes).prototypes_[:, 0].round(2).tolist()
    [0.9, 0.15]
    """

    def __init__(
        self,
        bandwidth: float | None = None,
        *,
        max_iter: int = 300,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.bandwidth = bandwidth
        self.max_iter = max_iter
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: Any, y: None = None) -> Self:
        """Find the modes of the rows of `X`.

        Parameters
        ----------
        X : DataFrame or array of shape (n_curves, n_times)
            Shapes, complete and finite.
        y : ignored

        Raises
        ------
        DataError
            If a value is missing or infinite; the row is named.
        ValueError
            If a parameter is out of range.
        """
        del y
        shapes = check_shapes(self, X, reset=True)
        self.bandwidth_ = self._choose_bandwidth(shapes)
        block = max(1, BLOCK_CELLS // len(shapes))
        # One thread for each matrix product: its sums then do not depend on how the work was divided.
        with threadpool_limits(1, user_api="blas"):
            climbed = Parallel(n_jobs=self.n_jobs, prefer="threads")(
                delayed(_climb)(shapes, shapes[seeds], self.bandwidth_, self.max_iter)
                for seeds in gen_batches(len(shapes), block)
            )
        modes, crowds, moves = (np.concatenate(parts) for parts in zip(*climbed, strict=True))
        self.prototypes_: FloatArray = _merge(modes, crowds, self.bandwidth_)
        self.n_iter_ = int(moves.max())
        self.labels_ = self.predict(X)
        return self

    def predict(self, X: Any) -> IntArray:
        """Cluster of each row of `X`, int64: the one with the nearest mode."""
        check_is_fitted(self, "prototypes_")
        labels: IntArray = pairwise_distances_argmin(check_shapes(self, X), self.prototypes_).astype(np.int64)
        return labels

    @property
    def cluster_centers_(self) -> FloatArray:
        """The prototypes, by the name that scikit-learn gives them."""
        return self.prototypes_

    def _choose_bandwidth(self, shapes: FloatArray) -> float:
        """The bandwidth given, or an estimate."""
        bandwidth = self.bandwidth
        if bandwidth is None:
            rng = check_random_state(self.random_state)
            bandwidth = estimate_bandwidth(shapes, n_samples=min(1000, len(shapes)), random_state=rng)
        if not bandwidth > 0:
            raise ValueError(f"bandwidth must be more than 0; got {bandwidth}")
        return float(bandwidth)


def _climb(
    shapes: FloatArray, seeds: FloatArray, bandwidth: float, max_iter: int
) -> tuple[FloatArray, IntArray, IntArray]:
    """Where each seed ends, how many curves its last window held, and how often it moved."""
    points = seeds.copy()
    crowds = np.zeros(len(points), dtype=np.int64)
    moves = np.zeros(len(points), dtype=np.int64)
    squares = np.einsum("ij,ij->i", shapes, shapes)
    active = np.arange(len(points))
    for _ in range(max_iter + 1):
        inside = _window(shapes, squares, points[active], bandwidth)
        crowds[active] = inside.sum(axis=1)
        means = inside.astype(np.float64) @ shapes / np.maximum(crowds[active], 1)[:, None]
        moved = np.linalg.norm(means - points[active], axis=1)
        points[active] = means
        active = active[moved > STOP * bandwidth]
        if not len(active):
            break
        moves[active] += 1
    return points, crowds, moves


def _window(shapes: FloatArray, squares: FloatArray, points: FloatArray, bandwidth: float) -> BoolArray:
    """Which curves lie within the window of each point."""
    lengths = np.einsum("ij,ij->i", points, points)
    within: BoolArray = squares - 2 * (points @ shapes.T) <= (bandwidth**2 - lengths)[:, None]
    return within


def _merge(modes: FloatArray, crowds: IntArray, bandwidth: float) -> FloatArray:
    """The modes that remain when each, from the most crowded on, absorbs those within the bandwidth."""
    distinct, where = np.unique(modes, axis=0, return_inverse=True)
    crowd = np.zeros(len(distinct), dtype=np.int64)
    np.maximum.at(crowd, where.ravel(), crowds)
    waiting = distinct[np.lexsort((*distinct.T[::-1], crowd))[::-1]]
    kept = []
    while len(waiting):
        kept.append(waiting[0])
        waiting = waiting[euclidean_distances(waiting[:1], waiting)[0] > bandwidth]
    return np.array(kept)
