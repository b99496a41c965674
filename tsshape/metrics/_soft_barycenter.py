"""The soft-DTW barycenter."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tsshape import _kernels
from tsshape._errors import DataError
from tsshape._panels import by_length, is_unequal
from tsshape._sums import weighted_sum
from tsshape._typing import FloatArray, Floats
from tsshape.metrics._builtin import BUILT_IN
from tsshape.metrics._elastic_barycenter import sample_medoid
from tsshape.metrics._metric import WINDOW

# Moves that tell the curvature of the next one.
MEMORY = 10
# Share of the decrease that the gradient promises; with less, a move is not taken.
LEAST_DECREASE = 1e-4
# The search ends when the value falls by less (as a share of it, or of 1 if that is more), or when no entry of the
# gradient is greater.
VALUE_TOLERANCE, GRADIENT_TOLERANCE = 2e-9, 1e-5


@dataclass(frozen=True, eq=False)
class _Point:
    """A centre, the mean of soft-DTW there, its gradient, and how often the curves visit each step of the centre.

    Channels follow one another.
    """

    center: FloatArray
    value: float
    gradient: FloatArray
    visits: FloatArray

    @property
    def average(self) -> FloatArray:
        """The move to the average of the values that fall on each step: the value is never greater there."""
        return -self.gradient / (2 * self.visits)


def soft_dtw_barycenter(
    X: Floats, weights: FloatArray, parameters: dict[str, Any], *, start: Floats | None, max_iter: int, n_threads: int
) -> Floats:
    """Minimise the weighted mean of soft-DTW values by L-BFGS, and return the centre."""
    if parameters[WINDOW] is not None:
        raise ValueError("the barycenter of 'soft_dtw' takes no window: its alignment is spread over all paths")
    curves = X.astype(np.float64, copy=False)
    shares = weights / weights.sum()
    groups = list(by_length(curves)) if is_unequal(curves) else [(np.arange(len(curves)), curves)]
    with np.errstate(over="ignore", invalid="ignore"):
        first = _start(curves, shares, parameters, n_threads) if start is None else start
        begin: FloatArray = first.astype(np.float64)

        def evaluate(flat: FloatArray) -> _Point:
            value, gradient, visits = 0.0, np.zeros(begin.shape), np.zeros(begin.shape)
            for rows, members in groups:
                values, *found = _kernels.soft_dtw_gradient(
                    members, flat.reshape(begin.shape), parameters["gamma"], shares[rows], n_threads
                )
                value += float((shares[rows] * values).sum())
                gradient += found[0]
                visits += found[1]
            return _Point(flat, value, gradient.ravel(), visits.ravel())

        found = _minimise(evaluate, evaluate(begin.ravel()), max_iter)
    if not np.isfinite(found.value):
        raise DataError("the squares of the curves' values are too large for a soft-DTW barycenter: rescale the curves")
    return np.asarray(found.center.reshape(begin.shape), dtype=X.dtype)


def _start(curves: FloatArray, shares: FloatArray, parameters: dict[str, Any], n_threads: int) -> Floats:
    """Return the mean; of curves of unequal lengths a medoid."""
    if is_unequal(curves):
        return sample_medoid(BUILT_IN["soft_dtw"], curves, shares, parameters, n_threads)
    return weighted_sum(shares, curves)


def _minimise(evaluate: Callable[[FloatArray], _Point], point: _Point, max_iter: int) -> _Point:
    """Return the best point after at most `max_iter` moves of L-BFGS that begins with the move to the average.

    Soft-DTW is a concave function of the squared differences: with the shares of the paths held fixed it is bounded
    from above by a weighted sum of them, which the average minimises. That move needs no search along a line, and it
    is taken wherever the one of L-BFGS does not lower the value.
    """
    moves: deque[tuple[FloatArray, FloatArray]] = deque(maxlen=MEMORY)
    for _ in range(max_iter):
        if not np.abs(point.gradient).max() > GRADIENT_TOLERANCE:
            break
        move = _quasi_newton(point, moves)
        found = evaluate(point.center + move)
        if moves and not found.value <= point.value + LEAST_DECREASE * float(point.gradient @ move):
            moves.clear()
            found = evaluate(point.center + point.average)
        if not found.value < point.value:
            break
        before, point = point, found
        change = point.gradient - before.gradient
        if float(change @ (point.center - before.center)) > 0:
            moves.append((point.center - before.center, change))
        if before.value - point.value <= VALUE_TOLERANCE * max(abs(before.value), 1):
            break
    return point


def _quasi_newton(point: _Point, moves: Sequence[tuple[FloatArray, FloatArray]]) -> FloatArray:
    """Return minus the gradient times the inverse Hessian, by the two loops of Nocedal & Wright (2006, alg. 7.4)."""
    direction, factors = point.gradient.copy(), []
    for move, change in reversed(moves):
        factors.append(float(move @ direction) / float(move @ change))
        direction -= factors[-1] * change
    direction /= 2 * point.visits
    for (move, change), factor in zip(moves, reversed(factors), strict=True):
        direction += move * (factor - float(change @ direction) / float(move @ change))
    return -direction
