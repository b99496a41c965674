"""From features to the scale of a post's curve."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted

from tsshape._errors import DataError
from tsshape._typing import FloatArray, RandomState
from tsshape.features import TableEncoder
from tsshape.forecast import _lightgbm
from tsshape.forecast._features import Columns, as_table, choose_columns, encode, fit_encoder


class ScaleRegressor(RegressorMixin, BaseEstimator):
    """Predicts the scale of a post's curve, its views at the maximum, from the post's features.

    Parameters
    ----------
    estimator : regressor, optional
        Any scikit-learn regressor; it is given a float64 matrix in which categories are codes and missing values NaN,
        and the scale as it is. By default LightGBM for the median of log(1 + scale).
    columns : sequence of str or callable, optional
        The columns to use, or a function of the training features and scales that returns them. By default all.
    encoder : TableEncoder, optional
        How the table becomes a matrix; by default a `TableEncoder` as it comes.
    random_state : int, RandomState or None
        Seed of the default estimator and encoder.

    Attributes
    ----------
    estimator_ : regressor
        Fitted on the training rows.
    encoder_ : TableEncoder
        Fitted on the training rows.
    columns_ : list of str
        The columns in use.

    Notes
    -----
    Scales have a heavy tail: absolute loss on their logarithm forecasts the conditional median, where squared loss on
    the raw scale follows a few great posts.

    Examples
    --------
    >>> import pandas as pd
    >>> posts = pd.DataFrame({"followers": [10.0, 1000.0] * 100})
    >>> scale = [20.0, 5000.0] * 100
    >>> ScaleRegressor(random_state=0).fit(posts, scale).predict(posts[:2]).round()
    array([  20., 5000.])
    """

    def __init__(
        self,
        estimator: Any = None,
        *,
        columns: Columns = None,
        encoder: TableEncoder | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.columns = columns
        self.encoder = encoder
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from features and scales.

        Parameters
        ----------
        X : DataFrame or array of shape (n_posts, n_columns)
            Features.
        y : array of shape (n_posts,)
            Scales, at least 0.

        Raises
        ------
        DataError
            If the features cannot be encoded or lack a column, or a scale is negative or not finite.
        """
        table, scale = as_table(X), np.asarray(y, dtype=np.float64)
        if not (np.isfinite(scale).all() and (scale >= 0).all()):
            raise DataError("scales must be finite and at least 0")
        self.columns_ = choose_columns(self.columns, table, scale)
        self.encoder_ = fit_encoder(self.encoder, table[self.columns_], self.random_state)
        matrix, categorical = encode(self.encoder_, table)
        if self.estimator is None:
            lightgbm = _lightgbm.median_regressor(self.random_state)
            self.estimator_ = lightgbm.fit(matrix, np.log1p(scale), categorical_feature=categorical)
        else:
            self.estimator_ = clone(self.estimator).fit(matrix, scale)
        return self

    def predict(self, X: Any) -> FloatArray:
        """Scale of each post, shape (n_posts,), in the unit of the counts; never below 0."""
        check_is_fitted(self)
        forecast = np.asarray(self.estimator_.predict(encode(self.encoder_, X)[0]), dtype=np.float64)
        if self.estimator is None:
            forecast = np.expm1(forecast)
        return np.maximum(forecast, 0.0)
