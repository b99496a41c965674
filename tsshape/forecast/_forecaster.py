"""The whole curve: predicted scale times predicted shape, kept current as days come in."""

from numbers import Real
from types import MappingProxyType
from typing import Any, Self, get_args

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils import Tags
from sklearn.utils.metadata_routing import UNUSED
from sklearn.utils.validation import check_is_fitted

from tsshape._choices import ForecastShape, Loss
from tsshape._errors import DataError
from tsshape._typing import Curves, FloatArray, IntArray, RandomState
from tsshape._validation import LARGEST, check_choice
from tsshape.cluster import ShapeKMeans
from tsshape.curves import join_scale_shape, split_scale_shape
from tsshape.features import as_table
from tsshape.forecast._bands import Bands
from tsshape.forecast._counts import grown
from tsshape.forecast._explanation import Explanation, explain_heads
from tsshape.forecast._features import add_input_tags, fit_encoder
from tsshape.forecast._finite import check_finite
from tsshape.forecast._growth import LOSSES
from tsshape.forecast._inflight import InFlightModel
from tsshape.forecast._lightgbm import draw_seed
from tsshape.forecast._observed import Observed, as_observed, continue_curves
from tsshape.forecast._parts import scale_head, shape_head
from tsshape.forecast._posts import Posts
from tsshape.forecast._score import score_logarithms
from tsshape.forecast._targets import add_curve_tags, check_days

# What overflows is refused by its post afterwards.
_UNHEARD = np.errstate(over="ignore", invalid="ignore")
# Below so many posts none can be spared to learn the width of intervals from.
_FEWEST_FOR_INTERVALS = 20


class ScaleShapeForecaster(RegressorMixin, BaseEstimator):
    """Forecasts the views of a post, day by day, from what is known when it goes up and from its first days.

    The training curves are split into scale and shape; the shapes are clustered; a classifier learns the cluster and
    a regressor the scale from the features. A forecast is the predicted scale times the predicted shape. Once the
    first days of a post were seen, a further model says how much its views will still grow, and the forecast goes
    through what was seen and on along the rest of the shape.

    Parameters
    ----------
    clusterer : clusterer, optional
        Any clusterer with `cluster_centers_`; by default `ShapeKMeans(20)`.
    classifier : ShapeClassifier or scikit-learn classifier, optional
        A plain classifier is put in a `ShapeClassifier`, which encodes the features for it.
    regressor : ScaleRegressor or scikit-learn regressor, optional
        A plain regressor is put in a `ScaleRegressor`. A `ScaleRegressor` has a loss of its own.
    shape : {"soft", "hard"}, default="soft"
        The predicted shape: the prototypes weighted by their probabilities, or the likeliest prototype.
    loss : {"median", "mean", "trimmed"}, default="median"
        What the forecasts minimise, at upload and in flight: see `ScaleRegressor`.
    in_flight : bool, default=True
        Whether to learn to go on from first days; it takes most of the time of a fit.
    intervals : bool, default=True
        Whether to learn intervals; this fits the classifier a second time.
    random_state : int, RandomState or None
        Seed of the parts that are not given.

    Attributes
    ----------
    clusterer_, classifier_, regressor_ : estimators
        The fitted parts.
    prototypes_ : array of shape (n_clusters, n_times)
        The prototype of each cluster.
    days_ : Index
        The columns of the training curves.
    monotone_ : bool
        Whether no training curve decreases; then no forecast does.
    posts_ : Posts
        The encoding of the features and, if authors were given, their history.
    in_flight_ : InFlightModel or None
        The model of what is still to come.
    bands_ : Bands or None
        The intervals.
    feature_names_in_, n_features_in_ : array of str, int
        The columns of the training table; their names are not defined for an array.

    Notes
    -----
    Curves that are 0 throughout have no shape: they train the regressor only.

    The history of an author is the mean log scale and the number of the author's other training posts. It is withheld
    from half of the training posts, so that the models also learn to do without it, as they must for a new author.

    References
    ----------
    A. Dutta, F. A. Barbhuiya, "Predicting Popularity of Images Over 30 Days", arXiv 2108.01326, 2021.

    Examples
    --------
    >>> import tsshape
    >>> posts = tsshape.simulate_spid(300, random_state=0)
    >>> forecaster = ScaleShapeForecaster(ShapeKMeans(5, random_state=0), random_state=0)
    >>> forecaster.fit(posts.features[:250], posts.curves[:250]).predict(posts.features[250:]).shape
    (50, 30)
    >>> seen = posts.curves[250:].loc[:, :3]  # the first three days
    >>> bool((forecaster.predict(posts.features[250:], observed=seen).loc[:, :3] == seen).all(axis=None))
    True
    >>> lower, upper = forecaster.predict_interval(posts.features[250:], coverage=0.8)
    >>> bool((lower <= upper).all(axis=None))
    True

    Its parts can be asked for, each by itself:

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
    >>> forecaster.mix(forecaster.classifier_, forecaster.posts_.transform(new, None)).shape
    (50, 30)
    """

    # Posts and curves are no metadata, as scikit-learn takes all that is not called X or y for.
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
        """Learn from posts whose curves are complete.

        Parameters
        ----------
        features : DataFrame or array of shape (n_posts, n_columns)
            What was known at upload.
        curves : DataFrame or array of shape (n_posts, n_times)
            Cumulative views, rows in the order of `features`.
        authors : Series or array of shape (n_posts,), optional
            Who published each post; missing where that is not known.

        Raises
        ------
        DataError
            If the ids differ, a curve has missing, infinite or negative values, or no curve rises above 0.
        """
        check_choice("shape", self.shape, get_args(ForecastShape))
        check_choice("loss", self.loss, LOSSES)
        table = as_table(self, features, reset=True)
        known = check_days(curves, table.index)
        scale, shape = split_scale_shape(known, zero="nan")
        alive = np.asarray(scale > 0)
        if not alive.any():
            raise DataError("all curves are 0 throughout: there is no shape to learn")
        values = known.to_numpy()
        self.days_, self.monotone_ = known.columns, bool((np.diff(values, axis=1) >= 0).all())
        seed = draw_seed(self.random_state)
        self.posts_ = Posts(fit_encoder(None, table, self.random_state), seed)
        posts = self.posts_.fit_transform(table, authors, np.asarray(scale))
        clusterer = ShapeKMeans(20, random_state=self.random_state) if self.clusterer is None else self.clusterer
        self.clusterer_ = clone(clusterer).fit(shape[alive].to_numpy(), None)
        self.prototypes_: FloatArray = self.clusterer_.cluster_centers_
        labels = np.full(len(posts), -1, dtype=np.int64)
        labels[alive] = self.clusterer_.labels_
        self.classifier_ = shape_head(self.classifier, self.random_state).fit(posts[alive], labels[alive])
        self.regressor_ = scale_head(self.regressor, self.loss, self.random_state).fit(posts, scale)
        self.in_flight_: InFlightModel | None = None
        if self.in_flight and len(self.days_) > 1:
            self.in_flight_ = InFlightModel(self.loss, seed).fit(posts, values, held=self.regressor_.held_)
        enough = len(posts) >= _FEWEST_FOR_INTERVALS
        self.bands_ = Bands().fit(self, posts, values, labels) if self.intervals and enough else None
        return self

    @_UNHEARD
    def predict(self, features: Any, *, observed: Any = None, authors: Any = None) -> pd.DataFrame:
        """Forecast curves.

        Parameters
        ----------
        features : DataFrame or array of shape (n_posts, n_columns)
            Columns are matched by name.
        observed : DataFrame or array of shape (n_posts, n_days), optional
            The first days of posts, NaN from the first day that was not seen; a table may lack posts and days.
        authors : Series or array of shape (n_posts,), optional
            Who published each post. Without it, or for an author who is new, there is no history.

        Returns
        -------
        DataFrame of shape (n_posts, n_times)
            Cumulative views, rows as in `features`, equal to `observed` on the days seen.

        Raises
        ------
        DataError
            If a column is missing, or `observed` has posts or days that are not known, or lacks a day between two.
        """
        table, posts = self._known(features, authors)
        shape = self.mix(self.classifier_, posts)
        seen = self._observed(observed, table.index)
        forecast = np.empty(shape.shape)
        unseen = np.flatnonzero(seen.n_days == 0)
        if len(unseen):
            forecast[unseen] = join_scale_shape(self.regressor_.predict(posts.iloc[unseen]), shape[unseen])
        rows = np.flatnonzero(seen.n_days)
        if len(rows) and self.in_flight_ is not None:
            begun = seen.of(rows)
            growth = self.in_flight_.predict(posts.iloc[rows], begun)
            final = grown(1 + begun.last, np.maximum(growth, 0.0) if self.monotone_ else growth) - 1
            forecast[rows] = continue_curves(begun, shape[rows], final)
        forecast = np.minimum(forecast, LARGEST)
        check_finite(forecast, table.index, what="forecast")
        return pd.DataFrame(forecast, table.index, self.days_)

    @_UNHEARD
    def predict_scale(self, features: Any, *, authors: Any = None) -> pd.Series:
        """Scale of each post at upload, in the unit of the counts."""
        table, posts = self._known(features, authors)
        scale = self.regressor_.predict(posts)
        check_finite(scale, table.index, what="scale")
        return pd.Series(scale, table.index, name="scale")

    @_UNHEARD
    def predict_shape(self, features: Any, *, authors: Any = None) -> pd.DataFrame:
        """Shape of each post, (n_posts, n_times)."""
        table, posts = self._known(features, authors)
        shape = self.mix(self.classifier_, posts)
        check_finite(shape, table.index, what="shape")
        return pd.DataFrame(shape, table.index, self.days_)

    def predict_cluster(self, features: Any, *, authors: Any = None) -> IntArray:
        """The likeliest cluster of each post's shape, (n_posts,)."""
        return np.asarray(self.classifier_.predict(self._known(features, authors)[1]), dtype=np.int64)

    def predict_interval(
        self, features: Any, *, coverage: float = 0.9, observed: Any = None, authors: Any = None
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The interval of each day that covers the true count of a share of posts.

        Parameters
        ----------
        features, observed, authors
            As in `predict`.
        coverage : float, default=0.9
            The share, between 0 and 1.

        Returns
        -------
        lower, upper : DataFrame of shape (n_posts, n_times)
            In the unit of the counts; both are the count itself on the days seen.

        Raises
        ------
        DataError
            As `predict`, and if the forecaster was fitted without intervals, or on fewer than 20 posts.
        ValueError
            If `coverage` is not between 0 and 1.

        Notes
        -----
        The intervals are conformal: of posts like those of training, whatever their scale, the share that is asked
        for is covered, up to what can be told from the fifth of them that is held out to learn the widths. They are
        around the median, whatever `loss` the forecasts minimise.
        """
        table, ends = self._ends(features, coverage, observed, authors)
        lower, upper = (pd.DataFrame(end[:, :-1], table.index, self.days_) for end in ends)
        return lower, upper

    def predict_scale_interval(
        self, features: Any, *, coverage: float = 0.9, observed: Any = None, authors: Any = None
    ) -> pd.DataFrame:
        """The interval of the scale, columns `lower` and `upper`; parameters and errors as `predict_interval`."""
        table, ends = self._ends(features, coverage, observed, authors)
        return pd.DataFrame({"lower": ends[0][:, -1], "upper": ends[1][:, -1]}, table.index)

    def score(self, X: Any, y: Curves, sample_weight: Any = None, *, authors: Any = None) -> float:
        """R² of log(1 + count) for forecasts at upload, the mean of all days; what `cross_val_score` compares by.

        The R² of counts themselves is decided by a few great posts. It is the same score whatever `loss` the forecasts
        minimise; 1 is perfect, 0 as good as one curve for every post.

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
        return score_logarithms(check_days(y, forecast.index).to_numpy(), forecast.to_numpy(), sample_weight)

    @_UNHEARD
    def explain(self, features: Any, *, authors: Any = None) -> Explanation:
        """Which features drove scale and shape, of the model and of each post.

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
            If a head is not LightGBM, which alone tells its contributions.
        """
        return explain_heads(self.regressor_, self.classifier_, self._known(features, authors)[1])

    def assign(self, curves: Curves) -> IntArray:
        """Cluster of each curve's shape, -1 for a curve that is 0 throughout; shape (n_curves,), int64."""
        check_is_fitted(self)
        scale, shape = split_scale_shape(np.asarray(curves, dtype=np.float64), zero="nan")
        labels = np.full(len(scale), -1, dtype=np.int64)
        if (scale > 0).any():
            labels[scale > 0] = self.clusterer_.predict(shape[scale > 0])
        return labels

    def mix(self, classifier: Any, posts: pd.DataFrame) -> FloatArray:
        """The prototypes, mixed as a classifier says for posts in the table of `posts_`; shape (n_posts, n_times)."""
        probability = classifier.predict_proba(posts)
        prototypes = self.prototypes_[classifier.classes_]
        if self.shape == "hard":
            return np.asarray(prototypes[probability.argmax(axis=1)], dtype=np.float64)
        # Row by row, since the last bits of a matrix product depend on how many rows there are.
        mixed: FloatArray = np.einsum("ik,kt->it", probability, prototypes, optimize=False)
        return mixed

    def __sklearn_tags__(self) -> Tags:
        return add_curve_tags(add_input_tags(super().__sklearn_tags__(), self.classifier, self.regressor))

    def _known(self, features: Any, authors: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The features as a table, and the table of the models."""
        check_is_fitted(self)
        table = as_table(self, features, reset=False)
        return table, self.posts_.transform(table, authors)

    def _observed(self, observed: Any, ids: pd.Index) -> Observed:
        """The first days; refused if there are any and no model for them."""
        seen = as_observed(observed, ids, self.days_)
        if seen.n_days.any() and self.in_flight_ is None:
            raise DataError("observed days were given, but the forecaster was fitted with in_flight=False")
        return seen

    @_UNHEARD
    def _ends(
        self, features: Any, coverage: float, observed: Any, authors: Any
    ) -> tuple[pd.DataFrame, tuple[FloatArray, FloatArray]]:
        """The ends of the intervals of the days and, in the last column, of the scale."""
        if not (isinstance(coverage, Real) and 0 < coverage < 1):
            raise ValueError(f"coverage must be between 0 and 1; got {coverage!r}")
        table, posts = self._known(features, authors)
        if self.bands_ is None:
            raise DataError("the forecaster has no intervals: it was fitted with intervals=False or on too few posts")
        seen = self._observed(observed, table.index)
        ends = self.bands_.predict(self, posts, self.mix(self.classifier_, posts), seen, coverage)
        check_finite(np.hstack(ends), table.index, what="interval")
        return table, ends
