"""Curves that end early, completed by what is forecast of them, so that young posts teach as well."""

from typing import NamedTuple

import numpy as np

from tsshape._typing import FloatArray, IntArray
from tsshape.features import EncodedTable
from tsshape.forecast._counts import grown
from tsshape.forecast._decision import draw_growth
from tsshape.forecast._growth import MEDIAN
from tsshape.forecast._in_flight import InFlightModel
from tsshape.forecast._observed import Observed, continue_curves
from tsshape.forecast._workers import Workers

# The levels of the quantiles between which counts are drawn.
COMPLETION_QUANTILES = (0.05, 0.5, 0.95)
# Levels are drawn within these, so that no draw is far beyond the outermost quantiles.
_LOWEST, _HIGHEST = 0.01, 0.99


class CompletedCurves(NamedTuple):
    """Curves without missing days, drawn from their distribution, (n_posts, n_times), and median scales, (n_posts,)."""

    drawn: FloatArray
    scale: FloatArray


def complete_curves(
    model: InFlightModel, posts: EncodedTable, seen: Observed, seed: int, workers: Workers
) -> CompletedCurves:
    """Return the curves of all posts: those that are complete, and the others continued by a draw from their forecast.

    Each continues as the complete curve that grew most nearly as much from the same day on.
    """
    complete = seen.n_days == seen.counts.shape[1]
    curves, young = seen.counts.copy(), np.flatnonzero(~complete)
    observed = seen.take(young)
    quantiles = model.forecast(posts.take(young).design, observed, workers).quantiles
    level = np.random.default_rng(seed).uniform(_LOWEST, _HIGHEST, (len(young), 1))
    growth = np.column_stack(
        [quantiles[:, COMPLETION_QUANTILES.index(MEDIAN)], draw_growth(quantiles, COMPLETION_QUANTILES, level)]
    )
    median, drawn = (np.maximum(grown(1 + observed.last, each) - 1, observed.last) for each in growth.T)
    scale, highest = curves.max(axis=1), np.nanmax(observed.counts, axis=1)
    curves[young] = continue_curves(observed, _similar_curves(curves[complete], observed.n_days, growth[:, 1]), drawn)
    scale[young] = np.maximum(median, highest)
    return CompletedCurves(curves, scale)


def _similar_curves(complete: FloatArray, n_days: IntArray, growth: FloatArray) -> FloatArray:
    """Return for each log growth after a number of days the complete curve with the nearest, (n_posts, n_times)."""
    similar = np.empty((len(n_days), complete.shape[1]))
    for days in np.unique(n_days):
        known = np.log1p(complete[:, -1]) - np.log1p(complete[:, days - 1])
        order, rows = np.argsort(known, kind="stable"), np.flatnonzero(n_days == days)
        between = (known[order][1:] + known[order][:-1]) / 2
        similar[rows] = complete[order[np.searchsorted(between, growth[rows])]]
    return similar
