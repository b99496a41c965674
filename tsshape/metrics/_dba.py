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
from tsshape.metrics._metric import WINDOW

# A medoid to start from is sought among this many curves, evenly spaced: the start needs no more, and all N x N would
# cost more than the iterations.
SAMPLE = 64
# An iteration that lowers the cost by less than this share is the last.
STOP = 1e-6
# Between these the squares of values are exact in single precision too.
SAFE = (1e-9, 1e9)


def dba_step(
    X: Floats,
    bounds: Sequence[int],
    centers: Floats,
    weights: FloatArray,
    *,
    parameters: dict[str, Any],
    n_threads: int,
) -> tuple[FloatArray, FloatArray]:
    """What falls on each time of the centres, each of which has its own curves: `dba_updates` at any scale."""
    window = window_steps(parameters[WINDOW], X.shape[1], centers.shape[1])
    heaviest = weights.max()
    if SAFE[0] < max(X.max(), -X.min()) < SAFE[1]:
        sums, counts, _ = _kernels.dba_updates(X, bounds, centers, weights / heaviest, window, n_threads)
        return sums * heaviest, counts * heaviest
    unit = _unit(X)
    sums, counts, _ = _kernels.dba_updates(X / unit, bounds, centers / unit, weights / heaviest, window, n_threads)
    return sums * (heaviest * np.float64(unit)), counts * heaviest


def dba_barycenter(
    X: Floats, weights: FloatArray, parameters: dict[str, Any], *, start: Floats | None, max_iter: int, n_threads: int
) -> Floats:
    """The centre at which the weighted sum of squared DTW distances no longer falls.

    Each iteration aligns all curves with the centre and sets each of its values to the weighted mean of the values that
    were matched with it; the cost never rises but for rounding.
    """
    unit = _unit(X)
    curves = X / unit
    begin = _starts(curves, weights, parameters, n_threads) if start is None else (start / unit,)
    steps = window_steps(parameters[WINDOW], X.shape[1], len(begin[0]))
    updates = [_kernels.dba_update(curves, center, weights, steps, n_threads) for center in begin]
    best = min(range(len(begin)), key=lambda k: updates[k][2])
    center, (sums, counts, cost) = begin[best], updates[best]
    for _ in range(max_iter):
        moved = np.asarray(sums / counts, dtype=X.dtype)
        sums, counts, new_cost = _kernels.dba_update(curves, moved, weights, steps, n_threads)
        if not new_cost < cost:
            break
        center, small, cost = moved, new_cost > (1 - STOP) * cost, new_cost
        if small:
            break
    averaged: Floats = center * unit
    return averaged


def _unit(X: Floats) -> Any:
    """A power of two, by which division is exact, that brings values whose squares leave the range of floats near 1."""
    return np.ldexp(X.dtype.type(1), min(np.finfo(X.dtype).maxexp - 24, np.frexp(np.abs(X).max())[1]))


def _starts(X: Floats, weights: FloatArray, parameters: dict[str, Any], n_threads: int) -> tuple[Floats, ...]:
    """The mean, and the medoid of a sample."""
    sample = np.unique(np.linspace(0, len(X) - 1, min(SAMPLE, len(X))).astype(np.int64))
    curves = np.ascontiguousarray(X[sample])
    medoid = curves[find_medoid(BUILT_IN["dtw"], curves, weights[sample], parameters, n_threads)]
    mean: Floats = weighted_sum(weights / weights.sum(), X).astype(X.dtype)
    return medoid, mean
