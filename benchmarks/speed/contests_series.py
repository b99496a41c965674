"""DTW of curves with several channels and of curves of unequal lengths, beside that of the same number of cells."""

from collections.abc import Iterator

import numpy as np
from aeon.distances import dtw_pairwise_distance
from arrays import shapes
from contest import Contest
from tslearn.metrics import cdist_dtw

from tsshape.metrics import pairwise

N_CURVES = 1000


def contests() -> Iterator[Contest]:
    """The tasks."""
    yield _channels()
    for metric in ("dtw", "msm"):
        yield _unequal(metric)
        yield _equal(metric)


def _channels() -> Contest:
    """Three channels that are warped together."""
    X = np.stack([shapes(N_CURVES, 30, seed=seed) for seed in range(3)], axis=1)
    by_step = np.ascontiguousarray(X.transpose(0, 2, 1))
    return Contest(
        f"dtw, {N_CURVES} x {N_CURVES}, 3 channels, T = 30, window full",
        "cell", N_CURVES * (N_CURVES - 1) // 2 * 900, "float64",
        lambda n: pairwise(X, metric="dtw", n_jobs=n),
        {"aeon": lambda n: dtw_pairwise_distance(X, n_jobs=n), "tslearn": lambda n: cdist_dtw(by_step, n_jobs=n)},
        {"aeon": np.square},
    )  # fmt: skip


def _unequal(metric: str) -> Contest:
    """Curves of 20 to 40 steps."""
    lengths = np.random.default_rng(0).integers(20, 41, size=N_CURVES)
    X = [curve[:length] for curve, length in zip(shapes(N_CURVES, 40), lengths, strict=True)]
    cells = int((lengths.sum() ** 2 - (lengths**2).sum()) // 2)
    peers = {}
    if metric == "dtw":
        # A list of arrays of shape (1, n_times) is how aeon takes unequal lengths.
        as_aeon = [curve[None] for curve in X]
        peers = {"aeon": lambda n: dtw_pairwise_distance(as_aeon, n_jobs=n)}
    return Contest(
        f"{metric}, {N_CURVES} x {N_CURVES}, T = 20 to 40, window full", "cell", cells, "float64",
        lambda n: pairwise(X, metric=metric, n_jobs=n), peers, {"aeon": np.square},
    )  # fmt: skip


def _equal(metric: str) -> Contest:
    """As many cells of curves of one length."""
    X = shapes(N_CURVES, 30)
    return Contest(
        f"{metric}, {N_CURVES} x {N_CURVES}, T = 30 all, window full", "cell", N_CURVES * (N_CURVES - 1) // 2 * 900,
        "float64", lambda n: pairwise(X, metric=metric, n_jobs=n), {},
    )  # fmt: skip
