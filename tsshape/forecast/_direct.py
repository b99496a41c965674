"""The forecast without a decomposition: one model a day."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from tsshape._choices import Loss
from tsshape._typing import Curves, FloatArray, RandomState
from tsshape._validation import check_choice
from tsshape.features import TableEncoder, as_table
from tsshape.forecast._counts import as_counts
from tsshape.forecast._features import add_input_tags, as_matrix, fit_encoder
from tsshape.forecast._growth import LOSSES, MEDIAN, GrowthModel
from tsshape.forecast._lightgbm import draw_seed, hold_out
from tsshape.forecast._posts import Posts
from tsshape.forecast._score import score_logarithms
from tsshape.forecast._targets import add_curve_tags, check_days


class DirectForecaster(RegressorMixin, BaseEstimator):
    """LightGBM for the views of some days, each by itself, joined; the row that a decomposition has to beat.

    Parameters
    ----------
    encoder : TableEncoder, optional
        How the table becomes a matrix; by default a `TableEncoder` as it comes.
    loss : {"median", "mean", "trimmed"}, default="median"
        As in `ScaleRegressor`.
    days : sequence of int, default=(1, 3, 7, 14)
        The days forecast, counted from 1, beside the last one. Days between are interpolated on the logarithm.
    random_state : int, RandomState or None
        Seed of the models and of the default encoder.

    Attributes
    ----------
    models_ : list of GrowthModel
        One for each day that is forecast.
    posts_ : Posts
        The encoding of the features, and the authors' history.
    days_ : Index
        The columns of the training curves.
    feature_names_in_, n_features_in_ : array of str, int
        The columns of the training table; their names are not defined for an array.
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
    >>> forecaster = DirectForecaster(random_state=0).fit(posts, curves)
    >>> forecaster.predict(posts[:2]).round().to_numpy()
    array([[  10.,   20.],
           [1000., 5000.]])
    >>> round(forecaster.score(posts, curves), 2)
    1.0
    """

    def __init__(
        self,
        *,
        encoder: TableEncoder | None = None,
        loss: Loss = "median",
        days: Sequence[int] = (1, 3, 7, 14),
        random_state: RandomState = None,
    ) -> None:
        self.encoder = encoder
        self.loss = loss
        self.days = days
        self.random_state = random_state

    def fit(self, X: Any, y: Curves, *, authors: Any = None) -> Self:
        """Learn from features `X`, (n_posts, n_columns), curves `y`, (n_posts, n_times), and authors, (n_posts,)."""
        check_choice("loss", self.loss, LOSSES)
        table = as_table(self, X, reset=True)
        known = check_days(y, table.index)
        curves = known.to_numpy()
        seed = draw_seed(self.random_state)
        self.posts_ = Posts(fit_encoder(self.encoder, table, self.random_state), seed)
        posts = self.posts_.fit_transform(table, authors, curves.max(axis=1))
        self.days_ = known.columns
        self.monotone_ = bool((np.diff(curves, axis=1) >= 0).all())
        n_times = curves.shape[1]
        self.forecast_days_ = [*(day for day in self.days if day < n_times), n_times]
        matrix, categorical = as_matrix(posts)
        alike, held = np.zeros(len(matrix), dtype=np.int64), hold_out(len(matrix), seed)
        self.models_ = [
            # Fewer models a day than for a scale: the days are averaged as they are joined.
            GrowthModel(self.loss, (MEDIAN,), seed, bags=2).fit(
                matrix, np.log1p(curves[:, day - 1]), categorical, base=np.ones(len(matrix)), kind=alike, held=held
            )
            for day in self.forecast_days_
        ]
        return self

    def predict(self, X: Any, *, authors: Any = None) -> pd.DataFrame:
        """Forecast curves, DataFrame of shape (n_posts, n_times), in the unit of the counts; never below 0."""
        check_is_fitted(self)
        table = as_table(self, X, reset=False)
        matrix, _ = as_matrix(self.posts_.transform(table, authors))
        forecast = np.maximum(np.column_stack([model.predict(matrix) for model in self.models_]), 0.0)
        if self.monotone_:
            forecast.sort(axis=1)
        curves = as_counts(self._interpolate(forecast))
        if self.monotone_:
            # Between two forecasts that are equal rounding goes down as well as up.
            np.maximum.accumulate(curves, axis=1, out=curves)
        return pd.DataFrame(curves, table.index, self.days_)

    def score(self, X: Any, y: Curves, sample_weight: Any = None, *, authors: Any = None) -> float:
        """R² of log(1 + count), as that of `ScaleShapeForecaster`."""
        forecast = self.predict(X, authors=authors)
        return score_logarithms(check_days(y, forecast.index).to_numpy(), forecast.to_numpy(), sample_weight)

    def __sklearn_tags__(self) -> Tags:
        return add_curve_tags(add_input_tags(super().__sklearn_tags__()))

    def _interpolate(self, forecast: FloatArray) -> FloatArray:
        """All days from those that are forecast; days before the first are like it."""
        every, knots = np.arange(1, len(self.days_) + 1), np.array(self.forecast_days_)
        right = np.clip(np.searchsorted(knots, every), 1, max(1, len(knots) - 1))
        if len(knots) == 1:
            return np.repeat(forecast, len(every), axis=1)
        share = np.clip((every - knots[right - 1]) / (knots[right] - knots[right - 1]), 0.0, 1.0)
        between: FloatArray = (1 - share) * forecast[:, right - 1] + share * forecast[:, right]
        return between
