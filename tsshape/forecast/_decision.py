"""The count to forecast, given a post's quantiles, where the score is a trimmed mean of errors."""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from tsshape._typing import FloatArray
from tsshape.forecast._bounded import Bounds

# The levels at which the distribution of a count is taken, evenly spaced; they are also the candidates.
_LEVELS = (np.arange(40) + 0.5) / 40
# Posts are decided on in blocks, each of so many numbers at a time.
_BLOCK = 2000


def draw_growth(quantiles: FloatArray, levels: Sequence[float], at: FloatArray) -> FloatArray:
    """Return the log growth at some levels, between and beyond quantiles, straight on the normal scale.

    `quantiles` are of shape (n_rows, n_levels), `at` of shape (n_at,) or, a level for each row, (n_rows, 1); the result
    is of shape (n_rows, n_at). A single quantile is the growth at every level.
    """
    if len(levels) == 1:
        return np.repeat(quantiles, at.shape[-1], axis=1)
    z, wanted = ndtri(np.asarray(levels)), ndtri(at)
    right = np.clip(np.searchsorted(z, wanted), 1, len(z) - 1)
    share = (wanted - z[right - 1]) / (z[right] - z[right - 1])
    if wanted.ndim == 1:
        below, above = quantiles[:, right - 1], quantiles[:, right]
    else:
        below, above = (np.take_along_axis(quantiles, each, axis=1) for each in (right - 1, right))
    growth: FloatArray = below + share * (above - below)
    return growth


def decide_trimmed(quantiles: FloatArray, levels: Sequence[float], base: FloatArray, bounds: Bounds) -> FloatArray:
    """Return the log growth whose count minimises the mean error, clipped to the bounds, over a post's distribution.

    Parameters
    ----------
    quantiles : array of shape (n_rows, n_levels)
        Of the log growth.
    levels : sequence of float
    base : array of shape (n_rows,)
        1 + the count that grows.
    bounds : Bounds
        The quartiles of the absolute errors of forecasts, of shape (n_rows,).

    Returns
    -------
    array of shape (n_rows,)
    """
    found = np.empty(len(base))
    for start in range(0, len(base), _BLOCK):
        rows = slice(start, start + _BLOCK)
        growth = draw_growth(quantiles[rows], levels, _LEVELS)
        count = np.exp(growth)
        low, high = (bound[rows, None] / base[rows, None] for bound in bounds)
        cost = np.empty_like(count)
        for column in range(count.shape[1]):
            error = np.abs(count - count[:, [column]])
            cost[:, column] = np.clip(error, low, high).sum(axis=1)
        found[rows] = np.take_along_axis(growth, cost.argmin(axis=1)[:, None], axis=1)[:, 0]
    return found
