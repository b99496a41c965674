"""The mean growth: the last count, grown as the training posts have grown on average."""

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from tsshape._typing import FloatArray
from tsshape.forecast import grown


class MeanGrowth(RegressorMixin, BaseEstimator):
    """Forecasts that each post grows by the geometric mean of the training posts' growth, of 1 + count."""

    def fit(self, X: FloatArray, y: FloatArray) -> Self:
        """Fit on counts (n_posts, n_days) and all later counts (n_posts, n_later)."""
        self.growth_ = (np.log1p(y) - np.log1p(X[:, -1:])).mean(axis=0)
        return self

    def predict(self, X: FloatArray) -> FloatArray:
        """Return all later counts, (n_posts, n_later)."""
        return grown(1 + X[:, -1:], self.growth_) - 1
