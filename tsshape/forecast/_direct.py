"""The forecast without scale and shape: one model a day."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar, Self, get_args

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from tsshape._choices import Loss
from tsshape._typing import Curves, FloatArray, RandomState
from tsshape._validation import Choice, Constraints, check_parameters
from tsshape.features import EncodedTable, TableEncoder
from tsshape.forecast._counts import as_counts
from tsshape.forecast._design import add_input_tags, check_features, fit_encoded
from tsshape.forecast._folds import Fold, draw_splits
from tsshape.forecast._growth import MEDIAN, GrowthModel
from tsshape.forecast._growth_rows import GrowthFold, GrowthRows
from tsshape.forecast._history import Outcomes
from tsshape.forecast._lightgbm import draw_seed
from tsshape.forecast._post_encoder import PostEncoder
from tsshape.forecast._score import score_logarithms
from tsshape.forecast._targets import add_curve_tags, check_days, match_rows
from tsshape.forecast._workers import Workers


class DirectForecaster(RegressorMixin, BaseEstimator):
    """LightGBM for the views of some days, each by itself: the baseline for a forecast by scale and shape.

    Parameters
    ----------
    encoder : TableEncoder, optional
        How the table becomes a matrix; by default a `TableEncoder` with its defaults.
    loss : {"median", "mean", "trimmed", "relative"}, default="median"
        As in `ScaleRegressor`.
    days : sequence of int, default=(1, 3, 7, 14)
        The days forecast, ascending from 1, beside the last one; days that the curves do not have are left out. Days
        between are interpolated on the logarithm.
    random_state : int, RandomState or None
        Seed of the models and of the default encoder.

    Attributes
    ----------
    models_ : list of GrowthModel
        One for each day that is forecast.
    posts_ : PostEncoder
        The encoding of the features, and the authors' history.
    days_ : Index
        The columns of the training curves.
    forecast_days_ : list of int
        The days that are forecast, each by a model.
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

    _constraints: ClassVar[Constraints] = {"loss": Choice(get_args(Loss))}

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
        """Fit on features `X`, (n_posts, n_columns), curves `y`, (n_posts, n_times), and authors, (n_posts,).

        Raises
        ------
        DataError
            As `ScaleShapeForecaster.fit`.
        ValueError
            If `loss` is unknown, or `days` do not ascend from 1.
        """
        check_parameters(self.get_params(deep=False), self._constraints)
        days = _check_days_forecast(self.days)
        features = check_features(self, X, reset=True)
        known = check_days(match_rows(y, X, features.index), features.index)
        curves = known.to_numpy()
        seed = draw_seed(self.random_state)
        encoded = fit_encoded(self.encoder, features, self.random_state)
        self.posts_ = PostEncoder(encoded.encoder, seed)
        training = self.posts_.encode_training(encoded, match_rows(authors, X, features.index))
        self.days_ = known.columns
        self.monotone_ = bool((np.diff(curves, axis=1) >= 0).all())
        n_posts, n_times = curves.shape
        self.forecast_days_ = [*(day for day in days if day < n_times), n_times]
        everyone, scale = np.ones(n_posts, dtype=np.bool_), curves.max(axis=1)
        splits = draw_splits(everyone, seed, authors=training.authors)
        fold = training.fold(splits[0], Outcomes(scale), everyone)
        posts = self.posts_.fit_history(training, Outcomes(scale))
        with Workers(None) as workers:
            self.models_ = [
                _fit_day(GrowthModel(self.loss, (MEDIAN,), seed), posts, fold, curves[:, day - 1], workers)
                for day in self.forecast_days_
            ]
        return self

    def predict(self, X: Any, *, authors: Any = None) -> pd.DataFrame:
        """Forecast curves, DataFrame of shape (n_posts, n_times), in the unit of the counts; never below 0."""
        check_is_fitted(self)
        features = check_features(self, X, reset=False)
        posts = self.posts_.transform(features, match_rows(authors, X, features.index))
        (values, _, _), nothing = posts.design, np.zeros(len(posts), dtype=np.int64)
        with Workers(None) as workers:
            found = [model.forecast(values, np.ones(len(posts)), nothing, workers).point for model in self.models_]
        forecast = np.maximum(np.column_stack(found), 0.0)
        if self.monotone_:
            forecast.sort(axis=1)
        curves = as_counts(self._interpolate(forecast))
        if self.monotone_:
            # Between two equal forecasts rounding goes down as well as up.
            np.maximum.accumulate(curves, axis=1, out=curves)
        return pd.DataFrame(curves, posts.index, self.days_)

    def score(self, X: Any, y: Curves, sample_weight: Any = None, *, authors: Any = None) -> float:
        """Return the R² of log(1 + count), as `ScaleShapeForecaster.score`."""
        forecast = self.predict(X, authors=authors)
        true = check_days(match_rows(y, X, forecast.index), forecast.index)
        return score_logarithms(true.to_numpy(), forecast.to_numpy(), sample_weight)

    def __sklearn_tags__(self) -> Tags:
        return add_curve_tags(add_input_tags(super().__sklearn_tags__()))

    def _interpolate(self, forecast: FloatArray) -> FloatArray:
        """Interpolate all days; those before the first that is forecast are equal to it."""
        every, knots = np.arange(1, len(self.days_) + 1), np.array(self.forecast_days_)
        right = np.clip(np.searchsorted(knots, every), 1, max(1, len(knots) - 1))
        if len(knots) == 1:
            return np.repeat(forecast, len(every), axis=1)
        share = np.clip((every - knots[right - 1]) / (knots[right] - knots[right - 1]), 0.0, 1.0)
        between: FloatArray = (1 - share) * forecast[:, right - 1] + share * forecast[:, right]
        return between


def _check_days_forecast(days: Sequence[int]) -> list[int]:
    """Return the days as a list; they must be whole numbers that ascend from 1."""
    checked = list(days)
    whole = all(isinstance(day, int | np.integer) and not isinstance(day, bool) for day in checked)
    if not whole or any(later <= day for day, later in pairwise([0, *checked])):
        raise ValueError(f"days must be whole numbers that ascend from 1; got {days!r}")
    return [int(day) for day in checked]


def _fit_day(model: GrowthModel, posts: EncodedTable, fold: Fold, counts: FloatArray, workers: Workers) -> GrowthModel:
    """Fit the model of one day's counts."""
    rows = GrowthRows.of_scales(posts.design.values, counts)
    known = rows._replace(values=fold.posts.design.values)
    folds = [GrowthFold(known.take(fold.train), known.take(fold.held), fold.at_random)]
    return model.fit(rows, folds, posts.design.categorical, workers)
