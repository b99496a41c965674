"""The direct forecast from observed days: LightGBM for the growth to some later days, without scale and shape."""

from typing import Any, ClassVar, Self

import lightgbm
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_random_state

from tsshape._choices import Loss
from tsshape._typing import FloatArray
from tsshape._validation import Choice, Constraints

# As in the direct forecast at upload; days between are interpolated on the logarithm.
_DAYS = (3, 7, 14)
_SETTINGS: dict[str, Any] = {
    "num_threads": 1,
    "deterministic": True,
    "force_col_wise": True,
    "verbosity": -1,
    "learning_rate": 0.05,
    "num_leaves": 31,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "feature_fraction": 0.7,
}
_ROUNDS, _PATIENCE, _HELD_OUT = 600, 20, 0.1


class GrowthBoosting(RegressorMixin, BaseEstimator):
    """LightGBM for later counts, from the counts so far and what else is known of a post.

    `relative` forecasts (1 + later) / (1 + last) with weights that make its squared error the squared relative error of
    the count; `median` forecasts the logarithm of that ratio by absolute error.
    """

    _constraints: ClassVar[Constraints] = {"loss": Choice(("median", "relative"))}

    def __init__(self, loss: Loss = "median", *, random_state: int = 0) -> None:
        self.loss = loss
        self.random_state = random_state

    def fit(self, X: FloatArray, y: FloatArray, known: FloatArray | None = None) -> Self:
        """Fit on counts (n_posts, n_days), all later counts, and further columns (n_posts, n_columns)."""
        n_later, n_days = y.shape[1], X.shape[1]
        self.at_ = [*(day - n_days - 1 for day in _DAYS if n_days < day < n_days + n_later), n_later - 1]
        values, base = _columns(X, known), 1 + X[:, -1]
        self.n_later_ = n_later
        self.boosters_ = [self._train(values, base, y[:, at]) for at in self.at_]
        return self

    def predict(self, X: FloatArray, known: FloatArray | None = None) -> FloatArray:
        """Return all later counts, (n_posts, n_later)."""
        values, start = _columns(X, known), np.log1p(X[:, -1])
        found = np.column_stack([np.asarray(booster.predict(values, num_threads=1)) for booster in self.boosters_])
        growth = np.log(np.maximum(found, 1e-9)) if self.loss == "relative" else found
        knots = np.column_stack([start, np.maximum(start[:, np.newaxis] + growth, 0.0)])
        days = [0, *(at + 1 for at in self.at_)]
        later = np.arange(1, self.n_later_ + 1)
        right = np.searchsorted(days, later)
        left_days, right_days = np.array(days)[right - 1], np.array(days)[right]
        share = (later - left_days) / (right_days - left_days)
        return np.asarray(np.expm1((1 - share) * knots[:, right - 1] + share * knots[:, right]))

    def _train(self, values: FloatArray, base: FloatArray, later: FloatArray) -> lightgbm.Booster:
        """Train the model of one later day, with as many rounds as are best for a tenth of the posts."""
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        ratio, settings = (1 + later) / base, {**_SETTINGS, "seed": seed}
        if self.loss == "relative":
            label, counted = ratio, later > 0
            weight = np.square(base / np.maximum(later, 1.0))
            settings["objective"] = "l2"
        else:
            label, counted = np.log(ratio), np.ones(len(later), dtype=np.bool_)
            weight = np.ones(len(later))
            settings["objective"] = "l1"
        rows = np.random.default_rng(seed).permutation(np.flatnonzero(counted))
        held, kept = np.split(rows, [max(1, int(_HELD_OUT * len(rows)))])
        train = lightgbm.Dataset(values[kept], label[kept], weight=weight[kept])
        valid = lightgbm.Dataset(values[held], label[held], weight=weight[held], reference=train)
        stop = lightgbm.early_stopping(_PATIENCE, verbose=False)
        return lightgbm.train(settings, train, _ROUNDS, valid_sets=[valid], callbacks=[stop])


def author_growth(growth: FloatArray, authors: pd.Series) -> tuple[FloatArray, pd.Series]:
    """Return the mean log growth of the other posts of each post's author, and of all posts of each author.

    NaN where an author is not known or has no other post.
    """
    table = pd.DataFrame({"author": authors.to_numpy(), "growth": growth})
    groups = table.groupby("author")["growth"]
    total, n_posts = groups.transform("sum"), groups.transform("count")
    others = (total - table["growth"]) / (n_posts - 1).where(n_posts > 1)
    return others.to_numpy(dtype=np.float64), groups.mean()


def _columns(counts: FloatArray, known: FloatArray | None) -> FloatArray:
    """Return what the trees see: the last count, each day's views and their shares, and what else is known."""
    views, last = np.maximum(np.diff(counts, axis=1, prepend=0.0), 0.0), counts[:, -1:]
    parts = [np.log1p(last), np.log1p(views), views / np.maximum(last, 1.0)]
    return np.hstack(parts if known is None else [*parts, known])
