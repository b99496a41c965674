"""The whole curve: predicted scale times predicted shape, kept current as days come in."""

from numbers import Real
from types import MappingProxyType
from typing import Any, ClassVar, Self, get_args

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.metadata_routing import UNUSED
from sklearn.utils.validation import check_is_fitted

from tsshape._choices import ForecastShape, Loss
from tsshape._errors import DataError
from tsshape._typing import Curves, FloatArray, IntArray, RandomState
from tsshape._validation import Choice, Constraints, check_parameters
from tsshape.curves import split_scale_shape
from tsshape.features import EncodedTable
from tsshape.forecast._components import mix_prototypes
from tsshape.forecast._design import add_input_tags, check_features, fit_encoded
from tsshape.forecast._explanation import Explanation, explain_components
from tsshape.forecast._finite import IGNORE_OVERFLOW, check_finite
from tsshape.forecast._fitting import fit_components
from tsshape.forecast._lightgbm import draw_seed
from tsshape.forecast._observed import Observed, as_observed
from tsshape.forecast._post_encoder import PostEncoder
from tsshape.forecast._prediction import forecast_curves, forecast_ends
from tsshape.forecast._score import score_logarithms
from tsshape.forecast._targets import add_curve_tags, check_days, match_rows


class ScaleShapeForecaster(RegressorMixin, BaseEstimator):
    """Forecasts the views of a post, day by day, from what is known at upload and from its observed days.

    The training curves are split into scale and shape; the shapes are clustered; a classifier learns the cluster and
    a regressor the scale from the features. A forecast is the predicted scale times the predicted shape. Once some days
    of a post are observed, a further model predicts how much its views will still grow, and the forecast continues the
    observed days along the rest of the shape.

    Parameters
    ----------
    clusterer : clusterer, optional
        Any clusterer with `cluster_centers_`; by default `ShapeKMeans(20)`.
    classifier : ShapeClassifier or scikit-learn classifier, optional
        A plain classifier is put into a `ShapeClassifier`.
    regressor : ScaleRegressor or scikit-learn regressor, optional
        A plain regressor is put into a `ScaleRegressor`. A `ScaleRegressor` has a loss of its own.
    shape : {"soft", "hard"}, default="soft"
        The predicted shape: the prototypes weighted by their probabilities, or the likeliest prototype.
    loss : {"median", "mean", "trimmed"}, default="median"
        What the forecasts minimise, at upload and in flight: see `ScaleRegressor`.
    in_flight : bool, default=True
        Whether to learn to forecast from observed days; it takes most of the time of a fit.
    intervals : bool, default=True
        Whether to learn intervals; this fits the classifier a second time.
    random_state : int, RandomState or None
        Seed of the components that are not given.

    Attributes
    ----------
    clusterer_, classifier_, regressor_ : estimators
        The fitted components; classifier and regressor use the encoder of `posts_`.
    prototypes_ : array of shape (n_clusters, n_times)
        The prototype of each cluster.
    days_ : Index
        The columns of the training curves.
    monotone_ : bool
        Whether no training curve decreases; then no forecast does.
    posts_ : PostEncoder
        The encoding of the features and, if authors were given, their history.
    in_flight_ : InFlightModel or None
        The model of the growth after the observed days.
    bands_ : Bands or None
        The intervals.
    feature_names_in_, n_features_in_ : array of str, int
        The columns of the training table; their names are not defined for an array.

    Notes
    -----
    Curves that are 0 throughout have no shape: they train the regressor only.

    The history of an author is the mean log scale and the number of the author's other training posts. It is hidden
    for half of the training posts, so that the models also learn to forecast for a new author.

    A component inside a `FrozenEstimator` is not fitted again. As it may have been fitted on other posts, a frozen
    clusterer predicts the training labels, and intervals are learned from clones of a frozen classifier or regressor.

    References
    ----------
    A. Dutta, F. A. Barbhuiya, "Predicting Popularity of Images Over 30 Days", arXiv 2108.01326, 2021.

    Examples
    --------
    >>> import tsshape
    >>> from tsshape.cluster import ShapeKMeans
    >>> posts = tsshape.simulate_spid(300, random_state=0)
    >>> forecaster = ScaleShapeForecaster(ShapeKMeans(5, random_state=0), random_state=0)
    >>> forecaster.fit(posts.features[:250], posts.curves[:250]).predict(posts.features[250:]).shape
    (50, 30)
    >>> observed = posts.curves[250:].loc[:, :3]  # three days
    >>> bool((forecaster.predict(posts.features[250:], observed=observed).loc[:, :3] == observed).all(axis=None))
    True
    >>> lower, upper = forecaster.predict_interval(posts.features[250:], coverage=0.8)
    >>> bool((lower <= upper).all(axis=None))
    True

    The components can be asked for one by one:

    >>> new = posts.features[250:]
    >>> len(forecaster.predict_scale(new)), forecaster.predict_shape(new).shape, len(forecaster.predict_cluster(new))
    (50, (50, 30), 50)
    >>> list(forecaster.predict_scale_interval(new, coverage=0.8).columns)
    ['lower', 'upper']
    >>> forecaster.explain(new).table.index[0]
    'MeanViews'
    >>> forecaster.assign(posts.curves[250:]).shape
    (50,)
    >>> forecaster.score(new, posts.curves[250:]) < forecaster.score(posts.features[:250], posts.curves[:250]) <= 1
    True
    """

    _constraints: ClassVar[Constraints] = {"shape": Choice(get_args(ForecastShape)), "loss": Choice(get_args(Loss))}
    # scikit-learn takes every parameter that is not called X or y for metadata; posts and curves are none.
    __metadata_request__fit = MappingProxyType({"features": UNUSED, "curves": UNUSED})
    __metadata_request__predict = MappingProxyType({"features": UNUSED})

    def __init__(
        self,
        clusterer: Any = None,
        classifier: Any = None,
        regressor: Any = None,
        *,
        shape: ForecastShape = "soft",
        loss: Loss = "median",
        in_flight: bool = True,
        intervals: bool = True,
        random_state: RandomState = None,
    ) -> None:
        self.clusterer = clusterer
        self.classifier = classifier
        self.regressor = regressor
        self.shape = shape
        self.loss = loss
        self.in_flight = in_flight
        self.intervals = intervals
        self.random_state = random_state

    def fit(self, features: Any, curves: Curves, *, authors: Any = None) -> Self:
        """Fit on posts whose curves are complete.

        Parameters
        ----------
        features : DataFrame, array or EncodedTable of shape (n_posts, n_columns)
            What was known at upload. Rows of an array are matched with curves and authors by position.
        curves : DataFrame or array of shape (n_posts, n_times)
            Cumulative views, rows in the order of `features`.
        authors : Series or array of shape (n_posts,), optional
            Who published each post; missing where that is not known.

        Raises
        ------
        DataError
            If the ids differ, a curve has missing, infinite or negative values, or no curve rises above 0.
        """
        check_parameters(self.get_params(deep=False), self._constraints)
        table = check_features(self, features, reset=True)
        known = check_days(match_rows(curves, features, table.index), table.index)
        scale, shape = split_scale_shape(known, zero="nan")
        if not (scale > 0).any():
            raise DataError("all curves are 0 throughout: there is no shape to learn")
        values = known.to_numpy()
        self.days_, self.monotone_ = known.columns, bool((np.diff(values, axis=1) >= 0).all())
        seed = draw_seed(self.random_state)
        encoded = fit_encoded(None, table, self.random_state)
        self.posts_ = PostEncoder(encoded.encoder, seed)
        authors = match_rows(authors, features, table.index)
        posts = self.posts_.fit_transform(encoded, authors, np.asarray(scale))
        fitted = fit_components(self, posts, values, shape.to_numpy(), seed)
        self.clusterer_, self.classifier_, self.regressor_, self.in_flight_, self.bands_ = fitted
        self.prototypes_: FloatArray = self.clusterer_.cluster_centers_
        return self

    @IGNORE_OVERFLOW
    def predict(self, features: Any, *, observed: Any = None, authors: Any = None) -> pd.DataFrame:
        """Forecast curves.

        Parameters
        ----------
        features : DataFrame, array or EncodedTable of shape (n_posts, n_columns)
            Columns of a table are matched by name.
        observed : DataFrame or array of shape (n_posts, n_days), optional
            The days observed so far, NaN after the last of them; a table may lack posts and days.
        authors : Series or array of shape (n_posts,), optional
            Who published each post. Without it, or for an author who is new, there is no history.

        Returns
        -------
        DataFrame of shape (n_posts, n_times)
            Cumulative views, rows as in `features`, equal to `observed` on the observed days.

        Raises
        ------
        DataError
            If a column is missing, or `observed` has unknown posts or days, or lacks a day between two.
        """
        posts, shape, seen = self._prepare(features, authors, observed)
        forecast = forecast_curves(self.regressor_, self.in_flight_, posts, shape, seen, monotone=self.monotone_)
        check_finite(forecast, posts.index, what="forecast")
        return pd.DataFrame(forecast, posts.index, self.days_)

    @IGNORE_OVERFLOW
    def predict_scale(self, features: Any, *, authors: Any = None) -> pd.Series:
        """Return the scale of each post at upload, in the unit of the counts."""
        posts = self._encode(features, authors)
        scale = self.regressor_.predict(posts)
        check_finite(scale, posts.index, what="scale")
        return pd.Series(scale, posts.index, name="scale")

    @IGNORE_OVERFLOW
    def predict_shape(self, features: Any, *, authors: Any = None) -> pd.DataFrame:
        """Return the shape of each post, (n_posts, n_times)."""
        posts = self._encode(features, authors)
        shape = self._mix(posts)
        check_finite(shape, posts.index, what="shape")
        return pd.DataFrame(shape, posts.index, self.days_)

    def predict_cluster(self, features: Any, *, authors: Any = None) -> IntArray:
        """Return the likeliest cluster of each post's shape, (n_posts,)."""
        return np.asarray(self.classifier_.predict(self._encode(features, authors)), dtype=np.int64)

    def predict_interval(
        self, features: Any, *, coverage: float = 0.9, observed: Any = None, authors: Any = None
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the interval of each day that covers the true count of a share of posts.

        Parameters
        ----------
        features, observed, authors
            As in `predict`.
        coverage : float, default=0.9
            The share, between 0 and 1.

        Returns
        -------
        lower, upper : DataFrame of shape (n_posts, n_times)
            In the unit of the counts; both are the count itself on the observed days.

        Raises
        ------
        DataError
            As `predict`, and if the forecaster was fitted without intervals, or on fewer than 20 posts.
        ValueError
            If `coverage` is not between 0 and 1.

        Notes
        -----
        The intervals are conformal: of posts like those of training, whatever their scale, `coverage` is the share
        covered, as precisely as the validation fifth of the training posts allows. They are around the median,
        whatever `loss` the forecasts minimise.
        """
        ids, ends = self._ends(features, coverage, observed, authors)
        lower, upper = (pd.DataFrame(end[:, :-1], ids, self.days_) for end in ends)
        return lower, upper

    def predict_scale_interval(
        self, features: Any, *, coverage: float = 0.9, observed: Any = None, authors: Any = None
    ) -> pd.DataFrame:
        """Return intervals of the scale, columns `lower` and `upper`; parameters and errors as `predict_interval`."""
        ids, ends = self._ends(features, coverage, observed, authors)
        return pd.DataFrame({"lower": ends[0][:, -1], "upper": ends[1][:, -1]}, ids)

    def score(self, X: Any, y: Curves, sample_weight: Any = None, *, authors: Any = None) -> float:
        """Return the R² of log(1 + count) for forecasts at upload, the mean of all days, as used by `cross_val_score`.

        The R² of the counts themselves depends on a few posts with very many views. The score is the same whatever
        `loss` the forecasts minimise; 1 is perfect, 0 as good as one curve for every post.

        Parameters
        ----------
        X, authors
            As `features` and `authors` in `predict`.
        y : DataFrame or array of shape (n_posts, n_times)
            The true curves, of at least two posts.
        sample_weight : array of shape (n_posts,), optional
            Weight of each post.
        """
        forecast = self.predict(X, authors=authors)
        true = check_days(match_rows(y, X, forecast.index), forecast.index)
        return score_logarithms(true.to_numpy(), forecast.to_numpy(), sample_weight)

    @IGNORE_OVERFLOW
    def explain(self, features: Any, *, authors: Any = None) -> Explanation:
        """Explain which features drove scale and shape, for the model and for each post.

        Parameters
        ----------
        features, authors
            As in `predict`.

        Returns
        -------
        Explanation
            `scale` and `shape`, what each feature contributed for each post; `table`, the features of the model.

        Raises
        ------
        DataError
            If classifier or regressor is not LightGBM, which alone returns contributions.
        """
        return explain_components(self.regressor_, self.classifier_, self._encode(features, authors))

    def assign(self, curves: Curves) -> IntArray:
        """Return the cluster of each curve's shape, -1 for a curve that is 0 throughout; shape (n_curves,), int64."""
        check_is_fitted(self)
        scale, shape = split_scale_shape(np.asarray(curves, dtype=np.float64), zero="nan")
        labels = np.full(len(scale), -1, dtype=np.int64)
        if (scale > 0).any():
            labels[scale > 0] = self.clusterer_.predict(shape[scale > 0])
        return labels

    def __sklearn_tags__(self) -> Tags:
        return add_curve_tags(add_input_tags(super().__sklearn_tags__(), self.classifier, self.regressor))

    def _encode(self, features: Any, authors: Any) -> EncodedTable:
        """Return the encoded posts."""
        check_is_fitted(self)
        table = check_features(self, features, reset=False)
        return self.posts_.transform(table, match_rows(authors, features, table.index))

    def _mix(self, posts: EncodedTable) -> FloatArray:
        """Return the shapes forecast for encoded posts."""
        return mix_prototypes(self.classifier_, posts, self.prototypes_, hard=self.shape == "hard")

    def _prepare(self, features: Any, authors: Any, observed: Any) -> tuple[EncodedTable, FloatArray, Observed]:
        """Return the encoded posts, the shapes forecast for them, and their observed days."""
        posts = self._encode(features, authors)
        seen = as_observed(match_rows(observed, features, posts.index), posts.index, self.days_)
        if seen.n_days.any() and self.in_flight_ is None:
            raise DataError("observed days were given, but the forecaster was fitted with in_flight=False")
        return posts, self._mix(posts), seen

    @IGNORE_OVERFLOW
    def _ends(
        self, features: Any, coverage: float, observed: Any, authors: Any
    ) -> tuple[pd.Index, tuple[FloatArray, FloatArray]]:
        """Return the ids, and the ends of the intervals of the days and, in the last column, of the scale."""
        if not (isinstance(coverage, Real) and 0 < coverage < 1):
            raise ValueError(f"coverage must be between 0 and 1; got {coverage!r}")
        check_is_fitted(self)
        if self.bands_ is None:
            raise DataError("the forecaster has no intervals: it was fitted with intervals=False or on too few posts")
        posts, shape, seen = self._prepare(features, authors, observed)
        models = (self.bands_, self.regressor_, self.in_flight_)
        ends = forecast_ends(*models, posts, shape=shape, observed=seen, coverage=coverage, monotone=self.monotone_)
        check_finite(np.hstack(ends), posts.index, what="interval")
        return posts.index, ends
