"""Curves that end early, completed by what is forecast of them, so that young posts teach as well."""

from typing import NamedTuple

import numpy as np

from tsshape._typing import FloatArray
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
    """Curves without missing days, (n_posts, n_times), and scales drawn from their distribution, (n_posts,)."""

    curves: FloatArray
    drawn_scale: FloatArray


def complete_curves(
    model: InFlightModel, posts: EncodedTable, seen: Observed, seed: int, workers: Workers
) -> CompletedCurves:
    """Return the curves of all posts: those that are complete, and the others continued to their median forecast.

    They are continued along the mean shape of the complete posts. The drawn scale of a complete post is its scale.
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
    mean = curves[complete].mean(axis=0)
    curves[young] = continue_curves(observed, np.tile(mean / mean[-1], (len(young), 1)), median)
    scale = curves.max(axis=1)
    scale[young] = np.maximum(drawn, np.nanmax(observed.counts, axis=1))
    return CompletedCurves(curves, scale)
