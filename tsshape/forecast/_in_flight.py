"""How far a post will still grow once some of its days were observed."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

from tsshape._choices import Loss
from tsshape._typing import BoolArray, FloatArray, IntArray
from tsshape.features import DesignMatrix, EncodedTable
from tsshape.forecast._folds import Fold
from tsshape.forecast._growth import Forecast, GrowthModel
from tsshape.forecast._growth_rows import GrowthFold, GrowthRows
from tsshape.forecast._history import split_growth
from tsshape.forecast._observed import Observed, observed_features
from tsshape.forecast._workers import Workers

QUANTILES = (0.05, 0.25, 0.4, 0.5, 0.75, 0.95)
# Training cutoffs are evenly spaced on a logarithmic scale, so many from a number of steps to ten times as many.
_CUTOFFS_A_DECADE = 6
# All posts are used at cutoffs up to this one, where there is more to learn, and half of them at later ones.
_LAST_FULL_CUTOFF = 3
# From so many rows on, more hardly lower the error; posts are then drawn at random for each cutoff. The relative loss
# is decided by few rows, and takes more of them.
_MOST_ROWS, _MOST_ROWS_RELATIVE = 100_000, 600_000


class InFlightValidation(NamedTuple):
    """Out-of-fold forecasts in flight for training posts; a row is a post at a cutoff.

    Attributes
    ----------
    post : array of shape (n_rows,)
        Positions of the posts among the training posts.
    cutoff : array of shape (n_rows,)
        Positions of the cutoffs in `InFlightModel.cutoffs_`.
    n_days : array of shape (n_rows,)
        The days observed.
    n_cutoffs : int
        The number of cutoffs.
    ends : array of shape (n_rows, 3)
        `Forecast.ends` of the log growth from the last day observed to the last day.
    """

    post: IntArray
    cutoff: IntArray
    n_days: IntArray
    n_cutoffs: int
    ends: FloatArray


class InFlightModel:
    """The growth of a post from the last day observed to the last day, given its features and the days observed.

    Every training post is used at several cutoffs, and one model is fitted on all of them.

    Attributes
    ----------
    growth_ : GrowthModel
    cutoffs_ : array of shape (n_cutoffs,)
        The numbers of days observed in training, ascending.
    validation_ : InFlightValidation
        Forecasts for the posts that the folds hold out, at every cutoff.
    """

    def __init__(self, loss: Loss, seed: int, quantiles: Sequence[float] = QUANTILES) -> None:
        self.loss, self.seed, self.quantiles = loss, seed, quantiles

    def fit(
        self,
        posts: EncodedTable,
        curves: FloatArray,
        complete: BoolArray,
        folds: Sequence[Fold],
        workers: Workers,
    ) -> Self:
        """Fit on the posts whose curves of at least two days are complete.

        Each fold trains on all of them that it does not hold out, be they of the same day: what a post has shown so far
        tells more than its day.
        """
        self.cutoffs_ = choose_cutoffs(curves.shape[1])
        post, cutoff = self._draw_rows(np.flatnonzero(complete))
        rows = self._rows(posts.design, curves, post, cutoff)
        held = [_at_every_cutoff(fold.held, len(self.cutoffs_)) for fold in folds]
        row_folds = [
            GrowthFold(
                self._rows(fold.posts.design, curves, post[trained], cutoff[trained]),
                self._rows(fold.posts.design, curves, *of_fold),
                np.tile(fold.at_random, len(self.cutoffs_)),
            )
            for fold, of_fold in zip(folds, held, strict=True)
            for trained in [np.isin(post, fold.train) | ~np.isin(post, fold.held)]
        ]
        self.growth_ = self._unfitted.fit(rows, row_folds, posts.design.categorical, workers)
        post, cutoff = (np.concatenate(each) for each in zip(*held, strict=True))
        self.validation_ = InFlightValidation(
            post, cutoff, self.cutoffs_[cutoff], len(self.cutoffs_), self.growth_.validation_ends
        )
        return self

    def count_fits(self, n_folds: int) -> int:
        """Return the number of models that a fit trains."""
        return self._unfitted.count_fits(n_folds)

    def forecast(self, posts: DesignMatrix, observed: Observed, workers: Workers) -> Forecast:
        """Return quantiles and point forecast of the log growth of each post to the last day."""
        cutoff = self.nearest_cutoff(observed.n_days)
        values = self._values(posts, np.arange(len(cutoff)), cutoff, observed)
        return self.growth_.forecast(values, 1 + observed.last, cutoff, workers)

    def nearest_cutoff(self, n_days: IntArray) -> IntArray:
        """Return the position of the training cutoff nearest to each number of days, the earlier one of two."""
        nearest: IntArray = np.abs(n_days[:, None] - self.cutoffs_).argmin(axis=1)
        return nearest

    @property
    def _unfitted(self) -> GrowthModel:
        """The growth model before it is fitted."""
        return GrowthModel(self.loss, self.quantiles, self.seed, leaves=127)

    def _draw_rows(self, posts: IntArray) -> tuple[IntArray, IntArray]:
        """Return the training rows: positions of posts, and of the cutoffs at which they are used."""
        rng = np.random.default_rng(self.seed)
        relative = self.loss == "relative"
        share = np.where((self.cutoffs_ <= _LAST_FULL_CUTOFF) | relative, 1.0, 0.5)
        share *= min(1.0, (_MOST_ROWS_RELATIVE if relative else _MOST_ROWS) / (share.sum() * len(posts)))
        drawn = [posts[rng.random(len(posts)) < each] for each in share]
        if not any(len(each) for each in drawn):
            drawn[0] = posts
        return np.concatenate(drawn), np.repeat(np.arange(len(drawn)), [len(each) for each in drawn])

    def _values(self, posts: DesignMatrix, post: IntArray, cutoff: IntArray, observed: Observed) -> FloatArray:
        """Return what the models see of posts at cutoffs: features, the growth of their authors, observed days."""
        features, growth = split_growth(posts, len(self.cutoffs_))
        of_cutoff = np.take_along_axis(growth[post], cutoff[:, None], axis=1) if growth.size else growth[post]
        return np.hstack([features[post], of_cutoff, observed_features(observed.counts, observed.n_days)])

    def _rows(self, posts: DesignMatrix, curves: FloatArray, post: IntArray, cutoff: IntArray) -> GrowthRows:
        """Return the rows of posts at cutoffs."""
        n_days = self.cutoffs_[cutoff]
        values = self._values(posts, post, cutoff, Observed(curves[post], n_days))
        base = 1 + curves[post, n_days - 1]
        growth = np.log1p(curves[post, -1]) - np.log(base)
        return GrowthRows(values, growth, growth, base, cutoff)


def later_growth(counts: FloatArray) -> FloatArray:
    """Return the log growth from each cutoff to the last step, NaN for a curve that ends early."""
    log = np.log1p(counts)
    return log[:, -1:] - log[:, choose_cutoffs(counts.shape[1]) - 1]


def choose_cutoffs(n_times: int) -> IntArray:
    """Return the numbers of observed steps at which models are trained, for curves of at least two steps.

    The last is the one before the end, so that no number of steps is far from all of them.

    Examples
    --------
    >>> choose_cutoffs(30).tolist(), choose_cutoffs(144)[-4:].tolist()
    ([1, 2, 3, 5, 7, 10, 15, 22, 29], [46, 68, 100, 143])
    """
    n_cutoffs = int(np.ceil(np.log10(n_times) * _CUTOFFS_A_DECADE))
    steps = np.unique(np.round(10 ** (np.arange(n_cutoffs) / _CUTOFFS_A_DECADE)).astype(np.int64))
    return np.unique([*steps[steps < n_times], n_times - 1])


def _at_every_cutoff(posts: IntArray, n_cutoffs: int) -> tuple[IntArray, IntArray]:
    """Return rows that hold each post at each cutoff."""
    return np.tile(posts, n_cutoffs), np.repeat(np.arange(n_cutoffs), len(posts))
