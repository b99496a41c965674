"""Intervals of a forecaster: what they are centred on, and the rehearsal from which their width is learned."""

from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd

from tsshape._typing import FloatArray, IntArray
from tsshape.forecast._conformal import ConformalBands
from tsshape.forecast._counts import as_counts, grown
from tsshape.forecast._growth import MEDIAN, GrowthModel
from tsshape.forecast._inflight import InFlightModel
from tsshape.forecast._lightgbm import rest
from tsshape.forecast._observed import Observed, continue_curves
from tsshape.forecast._parts import fresh

# No half-width is below this, on the log scale: quantiles that coincide would make errors infinite.
_NARROWEST = 0.05


class Center(NamedTuple):
    """The middle of each day's interval, and of the scale's in the last column; half-widths below and above it.

    Logarithms of 1 + counts, of shape (n_posts, n_times + 1), (n_posts,) and (n_posts,).
    """

    middle: FloatArray
    below: FloatArray
    above: FloatArray


def center_at_upload(quantiles: FloatArray, levels: tuple[float, ...], shape: FloatArray) -> Center:
    """The middle is the median scale times the shape."""
    middle, below, above = _halves(quantiles, levels)
    scale = as_counts(middle)
    return Center(_with_scale(scale[:, None] * shape, scale), below, above)


def center_in_flight(growth: FloatArray, levels: tuple[float, ...], shape: FloatArray, observed: Observed) -> Center:
    """The middle goes through what was seen to the median of the final count."""
    middle, below, above = _halves(growth, levels)
    final = grown(1 + observed.last, middle) - 1
    curves = continue_curves(observed, shape, final)
    return Center(_with_scale(curves, curves.max(axis=1)), below, above)


def _halves(quantiles: FloatArray, levels: tuple[float, ...]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The median, and how far the outermost quantiles are from it; without quantiles all posts are alike."""
    middle = quantiles[:, levels.index(MEDIAN)]
    if len(levels) == 1:
        return middle, np.ones(len(middle)), np.ones(len(middle))
    below, above = middle - quantiles[:, 0], quantiles[:, -1] - middle
    return middle, np.maximum(below, _NARROWEST), np.maximum(above, _NARROWEST)


def _with_scale(curves: FloatArray, scale: FloatArray) -> FloatArray:
    """Logarithms of the days, and of the scale in a column of its own."""
    return np.log1p(np.maximum(np.column_stack([curves, scale]), 0.0))


class Bands:
    """The conformal bands of a forecaster: at upload, and in flight where it has a model for that.

    They are learned from posts that the models of a rehearsal had not seen. The clustering is not rehearsed: the
    prototypes are means over so many curves that those held out do not matter.

    Attributes
    ----------
    at_upload_ : ConformalBands
    in_flight_ : ConformalBands or None
    """

    def fit(self, forecaster: Any, posts: pd.DataFrame, curves: FloatArray, labels: IntArray) -> Self:
        """Learn from the training posts of a fitted forecaster; `labels` are their clusters, -1 for curves of zeros."""
        head = forecaster.regressor_
        held = head.held_
        rehearsed = rest(len(posts), held)
        shape = np.zeros(curves.shape)
        shape[held] = self._rehearse_shapes(forecaster, posts, labels, rehearsed, held)
        true = _with_scale(curves, curves.max(axis=1))
        if isinstance(head.estimator_, GrowthModel):
            levels, quantiles = head.estimator_.quantiles, head.estimator_.held_quantiles
        else:
            rival = fresh(head).fit(posts.iloc[rehearsed], as_counts(true[rehearsed, -1]))
            levels, quantiles = (MEDIAN,), np.log1p(rival.predict(posts.iloc[held]))[:, None]
        center = center_at_upload(quantiles, levels, shape[held])
        self.at_upload_ = ConformalBands().fit(*center, true[held], np.zeros(len(held), dtype=np.int64))
        model: InFlightModel | None = forecaster.in_flight_
        self.in_flight_ = None if model is None else _fit_in_flight(model, curves, true, shape)
        return self

    def predict(
        self, forecaster: Any, posts: pd.DataFrame, shape: FloatArray, seen: Observed, coverage: float
    ) -> tuple[FloatArray, FloatArray]:
        """The ends of the intervals of the days and, in the last column, of the scale; (n_posts, n_times + 1)."""
        kind = np.zeros(len(posts), dtype=np.int64)
        lower, upper = self.at_upload_.predict(*_center_at_upload_of(forecaster, posts, shape), kind, coverage)
        rows, model = np.flatnonzero(seen.n_days), forecaster.in_flight_
        if len(rows) and self.in_flight_ is not None:
            begun = seen.of(rows)
            growth = model.predict_quantiles(posts.iloc[rows], begun)
            center = center_in_flight(growth, model.growth_.quantiles, shape[rows], begun)
            kind = model.nearest_moment(begun.n_days)
            lower[rows], upper[rows] = self.in_flight_.predict(*center, kind, coverage)
        return _in_order(as_counts(lower), as_counts(upper), seen, monotone=forecaster.monotone_)

    @staticmethod
    def _rehearse_shapes(
        forecaster: Any, posts: pd.DataFrame, labels: IntArray, rehearsed: IntArray, held: IntArray
    ) -> FloatArray:
        """The shapes forecast for the posts held out."""
        alive = rehearsed[labels[rehearsed] >= 0]
        if not len(alive):
            return np.ones((len(held), forecaster.prototypes_.shape[1]))
        classifier = fresh(forecaster.classifier_).fit(posts.iloc[alive], labels[alive])
        mixed: FloatArray = forecaster.mix(classifier, posts.iloc[held])
        return mixed


def _fit_in_flight(model: InFlightModel, curves: FloatArray, true: FloatArray, shape: FloatArray) -> ConformalBands:
    """The bands in flight, from what the in-flight model's rehearsal forecast."""
    post, n_days = model.held_post_, model.moments_[model.held_moment_]
    seen = np.arange(curves.shape[1]) < n_days[:, None]
    observed = Observed(np.where(seen, curves[post], np.nan), n_days)
    center = center_in_flight(model.growth_.held_quantiles, model.growth_.quantiles, shape[post], observed)
    unseen = np.column_stack([~seen, np.ones(len(post), dtype=bool)])
    middle, target = np.where(unseen, center.middle, np.nan), np.where(unseen, true[post], np.nan)
    return ConformalBands().fit(
        middle, center.below, center.above, target, model.held_moment_, n_kinds=len(model.moments_)
    )


def _center_at_upload_of(forecaster: Any, posts: pd.DataFrame, shape: FloatArray) -> Center:
    """What the intervals at upload are around."""
    head = forecaster.regressor_
    if isinstance(head.estimator_, GrowthModel):
        return center_at_upload(np.log1p(head.predict_quantiles(posts)), head.estimator_.quantiles, shape)
    return center_at_upload(np.log1p(head.predict(posts))[:, None], (MEDIAN,), shape)


def _in_order(lower: FloatArray, upper: FloatArray, seen: Observed, *, monotone: bool) -> tuple[FloatArray, FloatArray]:
    """Ends that are counts, do not fall where curves do not, and are what was seen on the days seen."""
    floor = np.where(monotone, seen.last, 0.0)[:, None]
    lower, upper = np.maximum(lower, floor), np.maximum(upper, floor)
    if monotone:
        lower[:, :-1] = np.minimum.accumulate(lower[:, -2::-1], axis=1)[:, ::-1]
        upper[:, :-1] = np.maximum.accumulate(upper[:, :-1], axis=1)
    complete = seen.n_days == seen.counts.shape[1]
    known = np.column_stack([seen.counts, np.where(complete, seen.counts.max(axis=1), np.nan)])
    return np.where(np.isnan(known), lower, known), np.where(np.isnan(known), upper, known)
