"""Clusterers of tslearn: `tslearn:kernel-kmeans`."""

import warnings
from typing import Any, ClassVar, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from tsshape._errors import DataError
from tsshape._memory import VARIABLE, memory_limit, spell_bytes
from tsshape._typing import FloatArray, Floats, IntArray, RandomState
from tsshape._validation import Choice, Constraints, Number, check_curves, check_parameters
from tsshape.cluster import count_distinct

with warnings.catch_warnings():
    # h5py is of use for saving models of tslearn, which nothing here does.
    warnings.filterwarnings("ignore", message="h5py not installed")
    from tslearn import clustering, metrics

COUNT = Number(1, integer=True)


class KernelKMeans(ClusterMixin, BaseEstimator):
    """Kernel k-means of tslearn under the global alignment kernel.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, at least 1 and at most the number of distinct curves.
    sigma : float or "auto", default="auto"
        Width of the kernel; by default tslearn's estimate from the median distance of a sample of the curves.
    n_init : int, default=5
        Number of starts, each from random labels; the one with the least inertia is kept. A start that leaves a cluster
        empty is repeated, up to 10 starts in all.
    max_iter : int, default=50
        Most iterations of one start.
    tol : float, default=1e-6
        A start ends when its inertia changes by less.
    n_jobs : int, optional
        Threads for the kernel.
    random_state : int, RandomState or None
        Seed of the starts and of the estimate of `sigma`.

    Attributes
    ----------
    prototypes_ : array of shape (n_clusters, n_times)
        The mean of the curves of each cluster, in their unit and precision; `cluster_centers_` is the same array. The
        centres of kernel k-means are no curves.
    labels_ : array of shape (n_curves,), int64
        Cluster of each curve, from 0: the nearest centre in the space of the kernel.
    inertia_ : float
        Sum of the squared distances to the centres in the space of the kernel.
    n_iter_ : int
        Iterations of the start that was kept.
    sigma_ : float
        The width of the kernel, given or estimated.
    model_ : tslearn.clustering.KernelKMeans
        The fitted estimator of tslearn, which keeps the curves to predict with.

    Notes
    -----
    The matrix of the kernel between all curves is held in memory.

    References
    ----------
    I. Dhillon, Y. Guan, B. Kulis, "Kernel k-means, spectral clustering and normalized cuts", KDD 2004. M. Cuturi, "Fast
    global alignment kernels", ICML 2011.

    Examples
    --------
    >>> shapes = np.array([[0.1, 0.2, 1.0], [0.1, 0.3, 1.0], [0.8, 0.9, 1.0], [0.9, 0.9, 1.0]])
    >>> model = KernelKMeans(2, random_state=0).fit(shapes)
    >>> sorted(model.cluster_centers_[:, 0].round(2).tolist())
    [0.1, 0.85]
    >>> bool((model.predict(shapes) == model.labels_).all())
    True
    """

    _constraints: ClassVar[Constraints] = {
        "n_clusters": COUNT,
        "n_init": COUNT,
        "max_iter": COUNT,
        "tol": Number(0),
        "n_jobs": Number(integer=True, optional=True),
    }

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        sigma: float | Literal["auto"] = "auto",
        n_init: int = 5,
        max_iter: int = 50,
        tol: float = 1e-6,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.sigma = sigma
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.n_jobs = n_jobs
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
            If a value is missing or infinite (the row is named), there are fewer distinct curves than clusters, every
            start left a cluster empty, `sigma` cannot be estimated since most values are equal, or the matrix of the
            kernel takes more than the memory limit.
        ValueError
            If a parameter is out of range.
        """
        del y
        self._check_parameters()
        shapes = self._check(X, reset=True)
        self._check_sizes(shapes)
        rng = check_random_state(self.random_state)
        self.sigma_ = self._choose_sigma(shapes, rng)
        model = clustering.KernelKMeans(
            self.n_clusters,
            max_iter=self.max_iter,
            tol=self.tol,
            n_init=self.n_init,
            kernel_params={"sigma": self.sigma_},
            n_jobs=self.n_jobs,
            random_state=rng,
        ).fit(shapes.astype(np.float64)[:, :, None])
        if not model.n_iter_:
            raise DataError(
                f"every start of kernel k-means left one of the {self.n_clusters} clusters empty: ask for fewer, or "
                "give another sigma"
            )
        self.model_, self.inertia_, self.n_iter_ = model, float(model.inertia_), int(model.n_iter_)
        self.labels_: IntArray = model.labels_.astype(np.int64)
        means = [shapes[self.labels_ == label].mean(axis=0, dtype=np.float64) for label in range(self.n_clusters)]
        self.prototypes_: Floats = np.array(means, shapes.dtype)
        return self

    def predict(self, X: Any) -> IntArray:
        """Cluster of each row of `X`, int64: the one with the nearest centre in the space of the kernel."""
        check_is_fitted(self, "model_")
        shapes = self._check(X).astype(np.float64)
        return np.asarray(self.model_.predict(shapes[:, :, None]), dtype=np.int64)

    @property
    def cluster_centers_(self) -> Floats:
        """The prototypes, by the name that scikit-learn gives them."""
        return self.prototypes_

    def _check_parameters(self) -> None:
        """Check all parameters."""
        check_parameters(self.get_params(deep=False), self._constraints)
        sigma = Choice(("auto",)) if isinstance(self.sigma, str) else Number(positive=True)
        sigma.check("sigma", self.sigma)

    def _check(self, X: Any, *, reset: bool = False) -> Floats:
        """Return `X` as float32 if it is, else float64; refuse a value that is not finite, naming its row."""
        values = validate_data(self, X, reset=reset, dtype=[np.float64, np.float32], ensure_all_finite=False)
        if not np.isfinite(values).all():
            check_curves(X, name="X", signed=True)
        shapes: Floats = values
        return shapes

    def _check_sizes(self, shapes: Floats) -> None:
        """Refuse more clusters than distinct curves, and a kernel that does not fit in memory."""
        distinct, size, limit = count_distinct(shapes, self.n_clusters), 8 * len(shapes) ** 2, memory_limit()
        if distinct < self.n_clusters:
            raise DataError(f"n_clusters must be between 1 and the {distinct} distinct curves; got {self.n_clusters}")
        if size > limit:
            raise DataError(
                f"the kernel of {len(shapes):,} curves takes {spell_bytes(size)}, more than the limit of "
                f"{spell_bytes(limit)}: cluster a sample, or raise {VARIABLE}"
            )

    def _choose_sigma(self, shapes: FloatArray | Floats, rng: np.random.RandomState) -> float:
        """Return the width of the kernel, estimated if it is "auto"."""
        if self.sigma != "auto":
            return float(self.sigma)
        sigma = float(metrics.sigma_gak(shapes.astype(np.float64)[:, :, None], random_state=rng))
        if not sigma > 0:
            if count_distinct(shapes, 2) == 1:
                return 1.0
            raise DataError("the estimated sigma is 0, since most values are equal: give a sigma")
        return sigma
