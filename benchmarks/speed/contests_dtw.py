"""DTW: full matrices against every peer, and the nearest of some prototypes."""

from collections.abc import Iterator

import numpy as np
import tsdistances
from aeon.distances import dtw_pairwise_distance
from arrays import shapes
from contest import Contest
from dtaidistance import dtw as dtaidistance_dtw
from tslearn.metrics import cdist_dtw

from tsshape.metrics import nearest, pairwise


def contests() -> Iterator[Contest]:
    """The tasks, from the one most used on."""
    for dtype in ("float32", "float64"):
        yield _nearest(200_000, 30, 3, dtype)
        yield _nearest(40_000, 128, 12, dtype)
    for n_curves, n_times, window in ((1000, 30, None), (1000, 30, 3), (400, 128, None), (400, 128, 12)):
        for dtype in ("float64", "float32"):
            yield _pairwise(n_curves, n_times, window, dtype)


def _pairwise(n_curves: int, n_times: int, window: int | None, dtype: str) -> Contest:
    """The symmetric matrix; a peer always works in float64."""
    X = shapes(n_curves, n_times, dtype)
    X64 = X.astype(np.float64)
    radius = n_times - 1 if window is None else window
    # The window as a share of the length: half a step more or less, as aeon rounds the product down, tsdistances up.
    share, share_up = (1.0, 1.0) if window is None else ((radius + 0.5) / n_times, (radius - 0.5) / n_times)
    sakoe_chiba = {"global_constraint": "sakoe_chiba", "sakoe_chiba_radius": radius}
    peers = {
        "aeon": lambda n: dtw_pairwise_distance(X64, window=share, n_jobs=n),
        "dtaidistance": lambda n: dtaidistance_dtw.distance_matrix_fast(X64, window=radius + 1, parallel=n > 1),
        "tslearn": lambda n: cdist_dtw(X64, n_jobs=n, **sakoe_chiba),
        "tsdistances": lambda n: tsdistances.dtw_distance(X64, band=share_up, par=n > 1),
    }
    if dtype == "float32":
        # Against float64 already; it takes several times as long as all others together.
        del peers["tslearn"]
    cells = n_times**2 - (n_times - 1 - radius) * (n_times - radius)
    return Contest(
        f"dtw, {n_curves} x {n_curves}, T = {n_times}, window {window or 'full'}",
        "cell", n_curves * (n_curves - 1) // 2 * cells, dtype,
        lambda n: pairwise(X, metric="dtw", window=window, n_jobs=n), peers,
        {"aeon": np.square, "tsdistances": np.square},
        tolerance=1e-9 if dtype == "float64" else 1e-4, against_dtw_limit=True,
    )  # fmt: skip


def _nearest(n_curves: int, n_times: int, window: int, dtype: str) -> Contest:
    """The nearest of 50 prototypes for each curve; beside it, the same without lower bounds."""
    X = shapes(n_curves, n_times, dtype)
    rng = np.random.default_rng(1)
    prototypes = np.stack([X[rng.integers(0, len(X), 40)].mean(axis=0) * 0.3 + X[i] * 0.7 for i in range(50)])
    prototypes = np.ascontiguousarray(prototypes, dtype)
    return Contest(
        f"nearest under dtw, {n_curves:,} curves to 50 prototypes, T = {n_times}, window {window}",
        "pair", len(X) * 50, dtype,
        lambda n: nearest(X, prototypes, metric="dtw", window=window, n_jobs=n)[1],
        {"tsshape, whole matrix": lambda n: pairwise(X, prototypes, metric="dtw", window=window, n_jobs=n).min(axis=1)},
    )  # fmt: skip
