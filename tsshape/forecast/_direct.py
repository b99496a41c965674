"""The forecast without a decomposition: one model a day."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from tsshape._typing import Curves, RandomState
from tsshape._validation import check_curves
from tsshape.features import TableEncoder
from tsshape.forecast import _lightgbm
from tsshape.forecast._features import as_table, encode, fit_encoder


class DirectForecaster(RegressorMixin, BaseEstimator):
    """LightGBM for the median of log(1 + views) of each day by itself; the row that a decomposition has to beat.

    Parameters
    ----------
    encoder : TableEncoder, optional
        How the table becomes a matrix; by default a `TableEncoder` as it comes.
    random_state : int, RandomState or None
        Seed of the models and of the default encoder.

    Attributes
    ----------
    estimators_ : list of LGBMRegressor
        One a day.
    encoder_ : TableEncoder
        Fitted on the training rows.
    days_ : Index
        The columns of the training curves.
    monotone_ : bool
        Whether no training curve decreases; the forecasts of a post's days are then put in ascending order.

    Notes
    -----
    Sorting brings forecasts of days, each made by itself, nearer to a curve that does not decrease, whatever that
    curve is; a running maximum would raise them.

    References
    ----------
    V. Chernozhukov, I. Fernandez-Val, A. Galichon, "Improving point and interval estimators of monotone functions by
    rearrangement", Biometrika 96, 2009.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> posts = pd.DataFrame({"followers": [10.0, 1000.0] * 100})
    >>> curves = np.array([[10.0, 20.0], [1000.0, 5000.0]] * 100)
    >>> DirectForecaster(random_state=0).fit(posts, curves).predict(posts[:2]).round().to_numpy()
    array([[  10.,   20.],
           [1000., 5000.]])
    """

    def __init__(self, *, encoder: TableEncoder | None = None, random_state: RandomState = None) -> None:
        self.encoder = encoder
        self.random_state = random_state

    def fit(self, X: Any, y: Curves) -> Self:
        """Learn from features `X` of shape (n_posts, n_columns) and curves `y` of shape (n_posts, n_times)."""
        table, curves = as_table(X), check_curves(y)
        self.encoder_ = fit_encoder(self.encoder, table, self.random_state)
        matrix, categorical = encode(self.encoder_, table)
        self.days_ = pd.DataFrame(y).columns if isinstance(y, pd.DataFrame) else pd.RangeIndex(1, curves.shape[1] + 1)
        self.monotone_ = bool((np.diff(curves, axis=1) >= 0).all())
        self.estimators_ = [
            _lightgbm.median_regressor(self.random_state).fit(matrix, day, categorical_feature=categorical)
            for day in np.log1p(curves).T
        ]
        return self

    def predict(self, X: Any) -> pd.DataFrame:
        """Forecast curves, DataFrame of shape (n_posts, n_times), in the unit of the counts; never below 0."""
        check_is_fitted(self)
        table = as_table(X)
        matrix, _ = encode(self.encoder_, table)
        forecast = np.expm1(np.column_stack([model.predict(matrix) for model in self.estimators_])).clip(min=0.0)
        if self.monotone_:
            forecast.sort(axis=1)
        return pd.DataFrame(forecast, table.index, self.days_)
