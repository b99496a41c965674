"""The intervals of a forecaster: what they are around, and how wide they are."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

import numpy as np

from tsshape._typing import BoolArray, FloatArray, IntArray
from tsshape.forecast._conformal import ConformalBands
from tsshape.forecast._counts import as_counts, grown
from tsshape.forecast._growth import MEDIAN
from tsshape.forecast._in_flight import InFlightValidation
from tsshape.forecast._observed import Observed, continue_curves

# The smallest half-width on the log scale: quantiles that coincide would make standardised errors infinite.
_MIN_HALF_WIDTH = 0.05
# The least posts of a bin, at upload and in flight, and of known or of new authors for a group of their own.
_MIN_BIN, _MIN_BIN_IN_FLIGHT, _MIN_GROUP = 100, 300, 200


class Center(NamedTuple):
    """The middle of each day's interval, and of the scale's in the last column; half-widths below and above it.

    Logarithms of 1 + counts, of shape (n_posts, n_times + 1), (n_posts,) and (n_posts,).
    """

    middle: FloatArray
    below: FloatArray
    above: FloatArray

    def take(self, rows: IntArray) -> "Center":
        """Return the posts at some positions."""
        return Center(self.middle[rows], self.below[rows], self.above[rows])


def center_at_upload(ends: FloatArray, shape: FloatArray) -> Center:
    """Return the median scale times the shape; `ends` are quantiles of log(1 + scale), as in `Forecast`."""
    middle, below, above = _half_widths(ends)
    scale = as_counts(middle)
    return Center(_with_scale(scale[:, None] * shape, scale), below, above)


def center_in_flight(ends: FloatArray, shape: FloatArray, observed: Observed) -> Center:
    """Return curves through the observed days to the median of the final count; `ends` are of the log growth."""
    middle, below, above = _half_widths(ends)
    final = grown(1 + observed.last, middle) - 1
    curves = continue_curves(observed, shape, final)
    return Center(_with_scale(curves, curves.max(axis=1)), below, above)


def _half_widths(ends: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the median and its distances to the outermost quantiles; distances of 1 if the median is the only one."""
    if ends.shape[1] == 1:
        return ends[:, 0], np.ones(len(ends)), np.ones(len(ends))
    lower, middle, upper = ends.T
    below, above = middle - lower, upper - middle
    return middle, np.maximum(below, _MIN_HALF_WIDTH), np.maximum(above, _MIN_HALF_WIDTH)


def _with_scale(curves: FloatArray, scale: FloatArray) -> FloatArray:
    """Return logarithms of 1 + the counts of the days and, in the last column, of 1 + the scale."""
    return np.log1p(np.maximum(np.column_stack([curves, scale]), 0.0))


class Bands:
    """The conformal bands of a forecaster: at upload, and in flight where it has a model for that.

    They are learned from out-of-fold forecasts. The prototypes are those of all training posts: each is a mean over so
    many curves that the posts held out hardly change it. At upload, posts whose author has a history and the others are
    groups of their own, as their errors differ. Where posts are held out with all of their author, the others are
    these: of those held out at random only the posts of authors with a single one lack a history.

    Attributes
    ----------
    at_upload_ : ConformalBands
    in_flight_ : ConformalBands or None
    """

    def fit(
        self,
        curves: FloatArray,
        held: IntArray,
        shape: FloatArray,
        ends: FloatArray,
        in_flight: InFlightValidation | None,
        *,
        has_history: BoolArray,
        at_random: BoolArray,
    ) -> Self:
        """Learn the widths.

        Parameters
        ----------
        curves : array of shape (n_posts, n_times)
            The training curves.
        held : array of shape (n_held,)
            Positions of the posts held out, fold by fold.
        shape : array of shape (n_held, n_times)
            The shapes forecast for them.
        ends : array of shape (n_held, 3)
            The quantiles of log(1 + scale) forecast for them, as in `Forecast`.
        in_flight : InFlightValidation, optional
            Their growth forecast in flight.
        has_history : array of shape (n_held,)
            Whether their authors' history was known.
        at_random : array of shape (n_held,)
            Whether they were held out by themselves, as in `Split`.
        """
        true = _with_scale(curves, curves.max(axis=1))
        center = center_at_upload(ends, shape)
        rows = np.flatnonzero(has_history | ~at_random | at_random.all())
        group, n_groups = has_history[rows].astype(np.int64), 2
        if min(np.bincount(group, minlength=2)) < _MIN_GROUP:
            rows, n_groups = np.arange(len(held)), 1
            group = np.zeros_like(rows)
        self.at_upload_ = ConformalBands().fit(
            *center.take(rows), true[held[rows]], group, n_groups=n_groups, min_posts=_MIN_BIN
        )
        self.in_flight_ = None
        if in_flight is not None:
            row_of = np.empty(len(curves), dtype=np.int64)
            row_of[held] = np.arange(len(held))
            post = in_flight.post
            self.in_flight_ = _fit_in_flight(in_flight, curves[post], true[post], shape[row_of[post]])
        return self

    @property
    def n_posts(self) -> int:
        """The number of posts from whose errors quantiles are known, of the group that has the fewest."""
        bands = [self.at_upload_] if self.in_flight_ is None else [self.at_upload_, self.in_flight_]
        return min(int(each.n_posts_[:, -1].min()) for each in bands)

    def predict(
        self,
        at_upload: Center,
        in_flight: Center | None,
        cutoff: IntArray,
        observed: Observed,
        levels: Sequence[float],
        *,
        has_history: BoolArray,
        monotone: bool,
    ) -> Iterator[FloatArray]:
        """Yield for each level the quantile of each day's count and, in the last column, of the scale.

        Parameters
        ----------
        at_upload : Center
            Of all posts.
        in_flight : Center or None
            Of the posts with observed days; None if there is no model in flight.
        cutoff : array of int
            Position of the training cutoff that is nearest to the days observed of each such post.
        observed : Observed
        levels : sequence of float
            Between 0 and 1, ascending.
        has_history : array of shape (n_posts,)
            Whether the history of each post's author is known.
        monotone : bool
            Whether curves never decrease; the quantiles then ascend by day.

        Yields
        ------
        array of shape (n_posts, n_times + 1)
            In no element below the quantile of a lower level.
        """
        group, rows = has_history * (len(self.at_upload_.edges_) - 1), np.flatnonzero(observed.n_days)
        lower = np.zeros(at_upload.middle.shape)
        for level in levels:
            log_counts = self.at_upload_.predict(*at_upload, group, level)
            if in_flight is not None and self.in_flight_ is not None:
                log_counts[rows] = self.in_flight_.predict(*in_flight, cutoff, level)
            # What rounding puts below a lower level is raised to it.
            lower = np.maximum(lower, _order_days(as_counts(log_counts), observed, level, monotone=monotone))
            yield lower


def _fit_in_flight(
    validation: InFlightValidation, curves: FloatArray, true: FloatArray, shape: FloatArray
) -> ConformalBands:
    """Learn the bands in flight from the errors on the days after each cutoff; a row is a post at a cutoff."""
    is_observed = np.arange(curves.shape[1]) < validation.n_days[:, None]
    observed = Observed(np.where(is_observed, curves, np.nan), validation.n_days)
    center = center_in_flight(validation.ends, shape, observed)
    to_come = np.column_stack([~is_observed, np.ones(len(curves), dtype=bool)])
    middle, target = np.where(to_come, center.middle, np.nan), np.where(to_come, true, np.nan)
    return ConformalBands().fit(
        middle,
        center.below,
        center.above,
        target,
        validation.cutoff,
        n_groups=validation.n_cutoffs,
        min_posts=_MIN_BIN_IN_FLIGHT,
    )


def _order_days(counts: FloatArray, observed: Observed, level: float, *, monotone: bool) -> FloatArray:
    """Return quantiles that are at least 0, equal to the observed counts, and ascend by day if curves never decrease.

    Those below the median are lowered to later days, those above it raised to earlier ones, so that the interval
    between two of them keeps what it covers; the median lies halfway.
    """
    counts = np.maximum(counts, np.where(monotone, observed.last, 0.0)[:, None])
    if monotone:
        lowered = np.minimum.accumulate(counts[:, -2::-1], axis=1)[:, ::-1]
        raised = np.maximum.accumulate(counts[:, :-1], axis=1)
        counts[:, :-1] = lowered if level < MEDIAN else raised if level > MEDIAN else lowered + (raised - lowered) / 2
    complete = observed.n_days == observed.counts.shape[1]
    known = np.column_stack([observed.counts, np.where(complete, observed.counts.max(axis=1), np.nan)])
    return np.where(np.isnan(known), counts, known)
