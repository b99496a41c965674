"""DTW barycenter averaging."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tsshape import _kernels
from tsshape._sums import weighted_sum
from tsshape._typing import FloatArray, Floats
from tsshape.metrics._builtin import BUILT_IN
from tsshape.metrics._input import window_steps
from tsshape.metrics._medoid import find_medoid
from tsshape.metrics._metric import SLOPE, WINDOW

# The initial medoid is that of so many evenly spaced curves: all N x N distances would cost more than the iterations.
SAMPLE = 64
# Iterations end when one lowers the cost by less than this share.
STOP = 1e-6
# Between these limits squares of values stay in the range of float32, too.
SAFE = (1e-9, 1e9)


def dba_step(
    X: Floats,
    bounds: Sequence[int],
    centers: Floats,
    weights: FloatArray,
    *,
    parameters: dict[str, Any],
    n_threads: int,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Compute sums and weights of the values matched with each time step of each centre, for curves of any scale.

    Third comes the cost of each cluster, in a unit that is the same for all centres of the same curves.
    """
    window = _radius(parameters, X.shape[1], centers.shape[1])
    heaviest = weights.max()
    if SAFE[0] < max(X.max(), -X.min()) < SAFE[1]:
        sums, counts, costs = _kernels.dba_updates(X, bounds, centers, weights / heaviest, window, n_threads)
        return sums * heaviest, counts * heaviest, costs
    unit = _unit(X)
    sums, counts, costs = _kernels.dba_updates(X / unit, bounds, centers / unit, weights / heaviest, window, n_threads)
    return sums * (heaviest * np.float64(unit)), counts * heaviest, costs


def dba_barycenter(
    X: Floats, weights: FloatArray, parameters: dict[str, Any], *, start: Floats | None, max_iter: int, n_threads: int
) -> Floats:
    """Iterate until the weighted sum of squared DTW distances to the centre no longer falls; return the centre.

    Each iteration aligns all curves with the centre and sets each of its values to the weighted mean of the values
    matched with it; except for rounding the cost never rises. Without a start, the medoid of a sample and the mean of
    all are both tried to the end, as neither leads to the lower cost always.
    """
    unit = _unit(X)
    curves = X / unit
    starts = _starts(curves, weights, parameters, n_threads) if start is None else (start / unit,)
    window = _radius(parameters, X.shape[1], len(starts[0]))
    found = [_descend(curves, weights, each, window, max_iter=max_iter, n_threads=n_threads) for each in starts]
    averaged: Floats = min(found, key=lambda each: each[1])[0] * unit
    return averaged


def _descend(
    X: Floats, weights: FloatArray, center: Floats, window: int, *, max_iter: int, n_threads: int
) -> tuple[Floats, float]:
    """Return the centre at the end of the iterations, and its cost."""
    sums, counts, cost = _kernels.dba_update(X, center, weights, window, n_threads)
    for _ in range(max_iter):
        moved = np.asarray(sums / counts, dtype=X.dtype)
        sums, counts, new_cost = _kernels.dba_update(X, moved, weights, window, n_threads)
        if not new_cost < cost:
            break
        center, small, cost = moved, new_cost > (1 - STOP) * cost, new_cost
        if small:
            break
    return center, cost


def _radius(parameters: dict[str, Any], n_times: int, m_times: int) -> int:
    """Return the window in steps; refuse a parallelogram, for which there is no average."""
    if parameters[SLOPE] is not None:
        raise ValueError(f"averages under 'dtw' take {WINDOW}, not {SLOPE}: cluster by medoids, or set {WINDOW}")
    return window_steps(parameters[WINDOW], n_times, m_times)


def _unit(X: Floats) -> Any:
    """Return a power of two, for exact division, that brings the largest value near 1."""
    return np.ldexp(X.dtype.type(1), min(np.finfo(X.dtype).maxexp - 24, np.frexp(np.abs(X).max())[1]))


def _starts(X: Floats, weights: FloatArray, parameters: dict[str, Any], n_threads: int) -> tuple[Floats, ...]:
    """Return the medoid of a sample, and the mean of all."""
    sample = np.unique(np.linspace(0, len(X) - 1, min(SAMPLE, len(X))).astype(np.int64))
    curves = np.ascontiguousarray(X[sample])
    medoid = curves[find_medoid(BUILT_IN["dtw"], curves, weights[sample], parameters, n_threads)]
    mean: Floats = weighted_sum(weights / weights.sum(), X).astype(X.dtype)
    return medoid, mean
