"""How far a post will still grow once its first days were seen."""

from typing import Self

import numpy as np
import pandas as pd

from tsshape._choices import Loss
from tsshape._typing import FloatArray, IntArray
from tsshape.forecast._features import as_matrix
from tsshape.forecast._growth import GrowthModel
from tsshape.forecast._observed import Observed, first_days

# The days after which training posts are looked at, and the share of the posts that is looked at after each: early on
# more is to be learned. A forecast after any other day lies between.
_MOMENTS = {1: 1.0, 2: 1.0, 3: 1.0, 5: 0.5, 7: 0.5, 10: 0.5, 15: 0.5, 22: 0.5}
QUANTILES = (0.05, 0.5, 0.95)


class InFlightModel:
    """The growth of a post from the last day seen to the last day there is, given its features and its first days.

    Every training post is looked at after several days, and one model learns from all these moments.

    Attributes
    ----------
    growth_ : GrowthModel
    moments_ : array of shape (n_moments,)
        The days after which training posts were looked at, ascending.
    held_moment_, held_post_ : arrays of shape (n_held,)
        Of each row that was held out, whose forecasts are `growth_.held_quantiles`: the position of its moment, and the
        position of its post among all.
    """

    def __init__(self, loss: Loss, seed: int) -> None:
        self.loss, self.seed = loss, seed

    def fit(self, posts: pd.DataFrame, curves: FloatArray, *, held: IntArray) -> Self:
        """Learn from the table of posts and complete curves of at least two days.

        `held` are the positions of the posts held out of the rehearsal.
        """
        X, categorical = as_matrix(posts)
        rng = np.random.default_rng(self.seed)
        n_posts, n_times = curves.shape
        self.moments_ = np.array([day for day in _MOMENTS if day < n_times], dtype=np.int64)
        drawn = [np.flatnonzero(rng.random(n_posts) < _MOMENTS[int(day)]) for day in self.moments_]
        post = np.concatenate(drawn)
        moment = np.repeat(np.arange(len(drawn)), [len(each) for each in drawn])
        n_days = self.moments_[moment]
        base = 1 + curves[post, n_days - 1]
        held_rows = np.flatnonzero(np.isin(post, held))
        self.growth_ = GrowthModel(self.loss, QUANTILES, self.seed, leaves=127, bags=2).fit(
            np.hstack([X[post], first_days(curves[post], n_days)]),
            np.log1p(curves[post, -1]) - np.log(base),
            categorical,
            base=base,
            kind=moment,
            held=held_rows,
        )
        self.held_moment_, self.held_post_ = moment[held_rows], post[held_rows]
        return self

    def predict(self, posts: pd.DataFrame, begun: Observed) -> FloatArray:
        """The log growth of each post from its last day seen to the last day, best for the loss; (n_posts,)."""
        return self.growth_.predict(_matrix(posts, begun))

    def predict_quantiles(self, posts: pd.DataFrame, begun: Observed) -> FloatArray:
        """Quantiles of that log growth, at `QUANTILES`; (n_posts, n_quantiles)."""
        return self.growth_.predict_quantiles(_matrix(posts, begun))

    def nearest_moment(self, n_days: IntArray) -> IntArray:
        """The position of the training moment that is nearest to each number of days, the earlier one of two."""
        nearest: IntArray = np.abs(n_days[:, None] - self.moments_).argmin(axis=1)
        return nearest


def _matrix(posts: pd.DataFrame, begun: Observed) -> FloatArray:
    """What the growth model takes: the features and what the first days tell."""
    return np.hstack([as_matrix(posts)[0], first_days(begun.counts, begun.n_days)])
