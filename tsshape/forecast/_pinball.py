"""Lines that minimise a pinball loss, rounded at its kink, with an L1 penalty: several problems side by side."""

from typing import NamedTuple

import numpy as np

from tsshape._typing import FloatArray

_MAX_STEPS = 200
# A step that moves no line by more than this share of the width of the kink is the last.
_TOLERANCE = 1e-3
_POWER_STEPS = 50


class Lines(NamedTuple):
    """Slopes of shape (n_problems, n_terms) and intercepts of shape (n_problems,)."""

    slopes: FloatArray
    intercepts: FloatArray


class Problems:
    """Problems that share terms and target: a level each, and the rows that count in each.

    Parameters
    ----------
    terms : array of shape (n_terms, n_rows)
        Each with a mean of about 0 and a standard deviation of about 1.
    y : array of shape (n_rows,)
    kept : array of shape (n_problems, n_rows)
        1 where a row counts in a problem, otherwise 0.
    levels : array of shape (n_problems,)
        The level of each problem's quantile.
    width : float
        Errors up to this size are weighed by their squares, larger ones as the pinball loss weighs them. With 0 no
        error is left to learn from, and the lines are constants.
    """

    def __init__(self, terms: FloatArray, y: FloatArray, kept: FloatArray, levels: FloatArray, width: float) -> None:
        self.terms, self.y, self.levels, self.width = terms, y, levels, width
        self.weights = kept / kept.sum(axis=1, keepdims=True)
        self.step = self._safe_step()

    def constants(self) -> Lines:
        """Return the lines without slope at the quantiles of the target."""
        rows = zip(self.weights, self.levels, strict=True)
        found = [np.quantile(self.y[weights > 0], level) for weights, level in rows]
        return Lines(np.zeros((len(self.levels), len(self.terms))), np.array(found))

    def errors(self, lines: Lines) -> FloatArray:
        """Return what the lines leave of the target, (n_problems, n_rows)."""
        # Not BLAS, whose last bits may depend on the number of threads.
        errors: FloatArray = self.y - lines.intercepts[:, None] - np.einsum("kj,ji->ki", lines.slopes, self.terms)
        return errors

    def gradient(self, lines: Lines) -> tuple[FloatArray, FloatArray]:
        """Return the gradient of the loss with respect to slopes and intercepts."""
        errors = self.errors(lines)
        within = np.clip(errors / (2 * self.width), -0.5, 0.5) if self.width else np.zeros_like(errors)
        pull = -self.weights * (within + (self.levels - 0.5)[:, None])
        return np.einsum("ki,ji->kj", pull, self.terms), pull.sum(axis=1)

    def minimise(self, penalty: float | FloatArray, start: Lines) -> Lines:
        """Return the lines of least penalised loss, by accelerated proximal gradient descent from `start`.

        A. Beck, M. Teboulle, "A fast iterative shrinkage-thresholding algorithm for linear inverse problems", SIAM
        Journal on Imaging Sciences 2, 2009. Momentum restarts where it points uphill: B. O'Donoghue, E. Candès,
        "Adaptive restart for accelerated gradient schemes", Foundations of Computational Mathematics 15, 2015.
        """
        if not self.width or not len(self.levels):
            return start
        shrink = self.step * np.broadcast_to(penalty, self.levels.shape)[:, None]
        lines = ahead = start
        momentum = np.ones(len(self.levels))
        for _ in range(_MAX_STEPS):
            by_slope, by_intercept = self.gradient(ahead)
            slopes = ahead.slopes - self.step * by_slope
            slopes = np.sign(slopes) * np.maximum(np.abs(slopes) - shrink, 0.0)
            intercepts = ahead.intercepts - self.step * by_intercept
            moved, shifted = slopes - lines.slopes, intercepts - lines.intercepts
            uphill = ((ahead.slopes - slopes) * moved).sum(axis=1) + (ahead.intercepts - intercepts) * shifted > 0
            following = np.where(uphill, 1.0, (1 + np.sqrt(1 + 4 * momentum**2)) / 2)
            kept = np.where(uphill, 0.0, (momentum - 1) / following)
            ahead = Lines(slopes + kept[:, None] * moved, intercepts + kept * shifted)
            lines, momentum = Lines(slopes, intercepts), following
            if max(np.abs(moved).max(initial=0.0), np.abs(shifted).max()) <= _TOLERANCE * self.width:
                break
        return lines

    def _safe_step(self) -> float:
        """Return a length of step with which the descent converges: twice the width over the largest eigenvalue."""
        terms = np.vstack([self.terms, np.ones(len(self.y))])
        gram = self.weights.max(initial=0.0) * np.einsum("ji,li->jl", terms, terms)
        vector = np.ones(len(gram))
        for _ in range(_POWER_STEPS):
            vector = np.einsum("jl,l->j", gram, vector)
            vector /= np.sqrt((vector**2).sum()) or 1.0
        largest = np.sqrt((np.einsum("jl,l->j", gram, vector) ** 2).sum())
        # The power iteration comes from below.
        return float(2 * self.width / (1.05 * largest)) if largest else 0.0
