"""Euclidean distances."""

from collections.abc import Iterator

import faiss
import numpy as np
from arrays import shapes
from contest import Contest
from scipy.spatial.distance import pdist, squareform
from sklearn.metrics.pairwise import euclidean_distances
from threadpoolctl import threadpool_limits

from tsshape.metrics import pairwise


def contests() -> Iterator[Contest]:
    """The symmetric matrix of 2000 curves."""
    for dtype in ("float64", "float32"):
        X = shapes(2000, 30, dtype)
        # scikit-learn and faiss subtract large numbers from each other: they agree to few digits.
        yield Contest(
            "euclidean, 2000 x 2000, T = 30", "pair", 2000 * 1999 // 2, dtype,
            lambda n, X=X: pairwise(X, metric="euclidean", n_jobs=n),
            {
                "scipy pdist": lambda _, X=X: squareform(pdist(X), checks=False),
                "scikit-learn": lambda n, X=X: _limited(n, lambda: euclidean_distances(X)),
                "faiss": lambda n, X=X: _limited(n, lambda: _faiss(X)),
            },
            tolerance=1e-2 if dtype == "float32" else 5e-3,
        )  # fmt: skip


def _limited(n_threads: int, run: object) -> np.ndarray:
    """Run on some threads."""
    with threadpool_limits(n_threads):
        return run()


def _faiss(X: np.ndarray) -> np.ndarray:
    """Distances by faiss, which works in float32."""
    X32 = X.astype(np.float32)
    return np.sqrt(np.maximum(faiss.pairwise_distances(X32, X32), 0))
