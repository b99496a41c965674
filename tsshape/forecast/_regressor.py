"""From features to the scale of a post's curve."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self, get_args

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from tsshape._choices import Loss
from tsshape._errors import DataError
from tsshape._typing import FloatArray, RandomState
from tsshape._validation import LARGEST, Choice, Constraints, check_parameters
from tsshape.features import TableEncoder
from tsshape.forecast._counts import as_counts
from tsshape.forecast._design import Columns, add_input_tags, as_design, check_features, fit_design
from tsshape.forecast._folds import Fold, split_at_random
from tsshape.forecast._foreign import refused_as_data_error
from tsshape.forecast._growth import MEDIAN, Forecast, GrowthModel
from tsshape.forecast._growth_rows import GrowthFold, GrowthRows
from tsshape.forecast._lightgbm import draw_seed
from tsshape.forecast._score import score_logarithms
from tsshape.forecast._targets import check_scales
from tsshape.forecast._workers import Workers

_CONSTRAINTS: Constraints = {"loss": Choice(get_args(Loss))}
# The number of models for the trimmed loss whose mean is the forecast.
_BAGS = 4


class ScaleRegressor(RegressorMixin, BaseEstimator):
    """Predicts the scale of a post's curve, its views at the maximum, from the post's features.

    Parameters
    ----------
    estimator : regressor, optional
        Any scikit-learn regressor; it is given a float64 matrix in which categories are codes and missing values NaN,
        and the scale as it is. By default LightGBM on log(1 + scale): one model for each of `quantiles`, and for
        `loss`.
    loss : {"median", "mean", "trimmed", "relative"}, default="median"
        What the forecasts of the default estimator minimise. `median`: as many posts are above as below. `mean`:
        forecasts add up to the views that many posts get together. `trimmed`: the interquartile mean of the absolute
        errors, the paper's tRMSE, for benchmarks: it rewards low forecasts, since an error on a post with very many
        views counts no more than any other large error. `relative`: the mean of the squared relative errors, for
        published tables; posts of scale 0 have none and do not count.
    quantiles : sequence of float, default=(0.05, 0.25, 0.5, 0.75, 0.95)
        Levels of the quantiles, ascending, each between 0 and 1, with 0.5 among them.
    columns : sequence of str or callable, optional
        The columns to use, or a function of the training features and scales that returns them. By default all.
    encoder : TableEncoder, optional
        How the table becomes a matrix; by default a `TableEncoder` with its defaults, or within a forecaster the
        forecaster's encoder.
    random_state : int, RandomState or None
        Seed of the default estimator and encoder.

    Attributes
    ----------
    estimator_ : regressor or GrowthModel
        Fitted on the training rows.
    encoder_ : TableEncoder
        Fitted on the training rows; within a forecaster it is the forecaster's.
    columns_ : list of str
        The columns in use.
    design_columns_ : list of str
        The encoded columns in use.
    feature_names_in_, n_features_in_ : array of str, int
        The columns of the training table; their names are not defined for an array.
    validation_ : array of shape (n_held, 3) or None
        Out-of-fold forecasts for the posts held out, log(1 + scale): the lowest quantile, the median, and the highest.
        On the first of these posts the number of rounds and the bounds of the trimmed loss were chosen; the models were
        then fitted on all posts. None with another estimator than the default.

    Notes
    -----
    Scales have a heavy tail: absolute loss on their logarithm forecasts the conditional median, where squared loss on
    the raw scale follows a few great posts.

    Examples
    --------
    >>> import pandas as pd
    >>> posts = pd.DataFrame({"followers": [10.0, 1000.0] * 100})
    >>> scale = [20.0, 5000.0] * 100
    >>> regressor = ScaleRegressor(random_state=0).fit(posts, scale)
    >>> regressor.predict(posts[:2]).round(-2)
    array([   0., 5000.])
    >>> regressor.predict_quantiles(posts[:2]).shape[0], round(regressor.score(posts, scale), 2)
    (2, 1.0)
    """

    _constraints: ClassVar[Constraints] = _CONSTRAINTS
    validation_: FloatArray | None

    def __init__(
        self,
        estimator: Any = None,
        *,
        loss: Loss = "median",
        quantiles: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
        columns: Columns = None,
        encoder: TableEncoder | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.loss = loss
        self.quantiles = quantiles
        self.columns = columns
        self.encoder = encoder
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Fit on features and scales.

        Parameters
        ----------
        X : DataFrame, array or EncodedTable of shape (n_posts, n_columns)
            Features.
        y : array of shape (n_posts,)
            Scales, at least 0.

        Raises
        ------
        DataError
            If the features cannot be encoded or lack a column, a scale is negative or not finite, or the estimator
            refuses the posts.
        """
        with Workers(None) as workers:
            return fit_scales(self, X, y, None, workers)

    def predict(self, X: Any) -> FloatArray:
        """Return the scale of each post, shape (n_posts,), in the unit of the counts; never below 0."""
        check_is_fitted(self)
        with Workers(None) as workers:
            return np.maximum(as_counts(forecast_scales(self, X, workers).point), 0.0)

    def predict_quantiles(self, X: Any) -> FloatArray:
        """Return quantiles of the scale at the levels `quantiles`, shape (n_posts, n_quantiles), ascending in each row.

        Raises
        ------
        DataError
            If another estimator than the default was given: it has no quantiles.
        """
        check_is_fitted(self)
        if not isinstance(self.estimator_, GrowthModel):
            raise DataError(
                f"{type(self.estimator_).__name__} forecasts no quantiles; leave `estimator` out for LightGBM"
            )
        with Workers(None) as workers:
            return np.maximum(as_counts(forecast_scales(self, X, workers).quantiles), 0.0)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the R² of log(1 + scale), whatever the loss; that of the scales depends on a few posts alone."""
        forecast = self.predict(X)
        return score_logarithms(check_scales(y, len(forecast)), forecast, sample_weight)

    def __sklearn_tags__(self) -> Tags:
        tags = add_input_tags(super().__sklearn_tags__(), self.estimator)
        tags.target_tags.positive_only = True
        return tags


def fit_scales(
    regressor: ScaleRegressor,
    X: Any,
    y: Any,
    folds: Sequence[Fold] | None,
    workers: Workers,
    *,
    drawn: FloatArray | None = None,
) -> ScaleRegressor:
    """Fit, and forecast the posts that folds hold out; without folds, hold out a random fifth.

    `drawn` are the scales for the quantiles, where some of the scales are forecasts.
    """
    check_parameters(regressor.get_params(deep=False), _CONSTRAINTS)
    _check_quantiles(regressor.quantiles)
    features = check_features(regressor, X, reset=True)
    scale = check_scales(y, len(features))
    design = fit_design(regressor, features, scale)
    regressor.validation_ = None
    if regressor.estimator is not None:
        with refused_as_data_error(regressor.estimator, len(scale)):
            regressor.estimator_ = clone(regressor.estimator).fit(design.values, scale)
        return regressor
    seed = draw_seed(regressor.random_state)
    rows = GrowthRows.of_scales(design.values, scale, drawn)
    if folds is None:
        split = split_at_random(len(scale), seed)
        row_folds = [GrowthFold(rows.take(split.train), rows.take(split.held), split.at_random)]
    else:
        row_folds = [
            GrowthFold(known.take(fold.train), known.take(fold.held), fold.at_random)
            for fold in folds
            for known in [rows._replace(values=as_design(regressor, fold.posts)[0].values)]
        ]
    model = GrowthModel(regressor.loss, regressor.quantiles, seed, bags=_BAGS, lines=True)
    regressor.estimator_ = model.fit(rows, row_folds, design.categorical, workers)
    regressor.validation_ = model.validation_ends
    return regressor


def forecast_scales(regressor: ScaleRegressor, X: Any, workers: Workers) -> Forecast:
    """Return quantiles of log(1 + scale) and the point forecast; of another estimator, its forecast as both."""
    (values, _, _), _ = as_design(regressor, X)
    if isinstance(regressor.estimator_, GrowthModel):
        nothing = np.zeros(len(values), dtype=np.int64)
        return regressor.estimator_.forecast(values, np.ones(len(values)), nothing, workers)
    with refused_as_data_error(regressor.estimator_, len(values)):
        scale = np.asarray(regressor.estimator_.predict(values), dtype=np.float64)
    if not np.isfinite(scale).all():
        raise DataError(f"{type(regressor.estimator_).__name__} forecasts a scale that is no number")
    log_scale = np.log1p(np.clip(scale, 0.0, LARGEST))
    return Forecast(log_scale[:, None], log_scale[:, None], log_scale)


def _check_quantiles(quantiles: Sequence[float]) -> None:
    """Check that the levels ascend, lie between 0 and 1, and include the median."""
    levels = np.asarray(quantiles, dtype=np.float64)
    inside = levels.ndim == 1 and ((levels > 0) & (levels < 1)).all() and (np.diff(levels) > 0).all()
    if not inside or MEDIAN not in levels:
        raise ValueError(f"quantiles must ascend between 0 and 1 and hold 0.5; got {quantiles!r}")
