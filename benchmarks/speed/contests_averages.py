"""Barycenters, against tslearn."""

from collections.abc import Iterator

import numpy as np
from arrays import shapes
from contest import Contest
from tslearn.barycenters import dtw_barycenter_averaging
from tslearn.barycenters.softdtw import _acc_softdtw_func

from tsshape._kernels import dba_update, soft_dtw_gradient

N_CURVES, N_ITERATIONS = 4000, 3


def contests() -> Iterator[Contest]:
    """DTW barycenter averaging, and soft-DTW's value and gradient."""
    for dtype in ("float64", "float32"):
        X = shapes(N_CURVES, 30, dtype)
        yield Contest(
            f"DTW barycenter of {N_CURVES} curves, T = 30, {N_ITERATIONS} iterations", "curve and iteration",
            N_CURVES * N_ITERATIONS, dtype,
            lambda n, X=X: _barycenter(X, n), {"tslearn": lambda _, X=X: _tslearn_barycenter(X)},
            tolerance=1e-9 if dtype == "float64" else 1e-4,
        )  # fmt: skip
    X = shapes(N_CURVES, 30)
    yield Contest(
        f"soft-DTW value and gradient, {N_CURVES} curves, T = 30, gamma 1", "curve", N_CURVES, "float64",
        lambda n: _soft_dtw(X, n), {"tslearn": lambda _: _tslearn_soft_dtw(X)},
    )  # fmt: skip


def _barycenter(X: np.ndarray, n_threads: int) -> np.ndarray:
    """Some iterations from the mean."""
    center, weights = X.mean(axis=0), np.ones(len(X))
    for _ in range(N_ITERATIONS):
        sums, counts, _ = dba_update(X, center, weights, X.shape[1], n_threads)
        center = (sums / counts).astype(X.dtype)
    return center


def _tslearn_barycenter(X: np.ndarray) -> np.ndarray:
    """The same by tslearn, which works in float64."""
    start = X.mean(axis=0)[:, None]
    return dtw_barycenter_averaging(X, max_iter=N_ITERATIONS, init_barycenter=start, tol=-np.inf).ravel()


def _soft_dtw(X: np.ndarray, n_threads: int) -> np.ndarray:
    """The sum of the values, and its gradient at the mean."""
    values, gradient, _ = soft_dtw_gradient(X, X.mean(axis=0), 1.0, np.ones(len(X)), n_threads)
    return np.append(gradient, values.sum())


def _tslearn_soft_dtw(X: np.ndarray) -> np.ndarray:
    """The same by what tslearn's own barycenter minimises; its public classes take many times as long."""
    total, gradient = _acc_softdtw_func(X.mean(axis=0), list(X[:, :, None]), np.ones(len(X)), 1.0)
    return np.append(gradient, total)
