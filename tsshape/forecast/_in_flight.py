"""How far a post will still grow once some of its days were observed."""

from typing import NamedTuple, Self

import numpy as np

from tsshape._choices import Loss
from tsshape._typing import FloatArray, IntArray
from tsshape.features import DesignMatrix
from tsshape.forecast._growth import GrowthModel
from tsshape.forecast._observed import OBSERVED_FEATURES, Observed, observed_features

# The cutoffs of training, in days observed, and the share of the posts that is used at each: early on there is more to
# learn. A forecast at another number of days lies between.
_CUTOFFS = {1: 1.0, 2: 1.0, 3: 1.0, 5: 0.5, 7: 0.5, 10: 0.5, 15: 0.5, 22: 0.5}
QUANTILES = (0.05, 0.5, 0.95)


class InFlightValidation(NamedTuple):
    """Forecasts in flight for training posts by a model that was fitted without them; a row is a post at a cutoff.

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
    quantiles : array of shape (n_rows, n_quantiles)
        Of the log growth from the last day observed to the last day, at `QUANTILES`.
    """

    post: IntArray
    cutoff: IntArray
    n_days: IntArray
    n_cutoffs: int
    quantiles: FloatArray


class InFlightModel:
    """The growth of a post from the last day observed to the last day, given its features and the days observed.

    Every training post is used at several cutoffs, and one model is fitted on all of them.

    Attributes
    ----------
    growth_ : GrowthModel
    cutoffs_ : array of shape (n_cutoffs,)
        The numbers of days observed in training, ascending.
    validation_ : InFlightValidation
        Forecasts for the posts of the validation split.
    """

    def __init__(self, loss: Loss, seed: int) -> None:
        self.loss, self.seed = loss, seed

    def fit(self, posts: DesignMatrix, curves: FloatArray, *, validation_rows: IntArray) -> Self:
        """Fit on posts and their complete curves of at least two days.

        `validation_rows` are the positions of the posts of the validation split.
        """
        rng = np.random.default_rng(self.seed)
        n_posts, n_times = curves.shape
        self.cutoffs_ = np.array([day for day in _CUTOFFS if day < n_times], dtype=np.int64)
        drawn = [np.flatnonzero(rng.random(n_posts) < _CUTOFFS[int(day)]) for day in self.cutoffs_]
        post = np.concatenate(drawn)
        cutoff = np.repeat(np.arange(len(drawn)), [len(each) for each in drawn])
        n_days = self.cutoffs_[cutoff]
        base = 1 + curves[post, n_days - 1]
        rows = np.flatnonzero(np.isin(post, validation_rows))
        design = DesignMatrix(
            np.hstack([posts.values[post], observed_features(curves[post], n_days)]),
            [*posts.names, *OBSERVED_FEATURES],
            posts.categorical,
        )
        growth = np.log1p(curves[post, -1]) - np.log(base)
        self.growth_ = self._unfitted.fit(design, growth, base=base, group=cutoff, validation_rows=rows)
        self.validation_ = InFlightValidation(
            post[rows], cutoff[rows], n_days[rows], len(drawn), self.growth_.validation_quantiles
        )
        return self

    @property
    def n_fits(self) -> int:
        """The number of models that a fit trains."""
        return self._unfitted.n_fits

    @property
    def _unfitted(self) -> GrowthModel:
        """The growth model before it is fitted."""
        return GrowthModel(self.loss, QUANTILES, self.seed, leaves=127, bags=2)

    def predict(self, posts: DesignMatrix, observed: Observed) -> FloatArray:
        """Return the log growth of each post to the last day that minimises the loss, shape (n_posts,)."""
        return self.growth_.predict(_values(posts, observed))

    def predict_quantiles(self, posts: DesignMatrix, observed: Observed) -> FloatArray:
        """Return quantiles of that log growth, at `QUANTILES`; shape (n_posts, n_quantiles)."""
        return self.growth_.predict_quantiles(_values(posts, observed))

    def nearest_cutoff(self, n_days: IntArray) -> IntArray:
        """Return the position of the training cutoff nearest to each number of days, the earlier one of two."""
        nearest: IntArray = np.abs(n_days[:, None] - self.cutoffs_).argmin(axis=1)
        return nearest


def _values(posts: DesignMatrix, observed: Observed) -> FloatArray:
    """Return the numbers that the growth model takes: the features and those of the observed days."""
    return np.hstack([posts.values, observed_features(observed.counts, observed.n_days)])
