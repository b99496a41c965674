"""The whole curve: predicted scale times predicted shape, kept current as days come in."""

from types import MappingProxyType
from typing import Any, ClassVar, Self, get_args

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.metadata_routing import UNUSED

from tsshape._choices import ForecastShape, Loss
from tsshape._logging import shown
from tsshape._partitions import is_in_partitions
from tsshape._typing import Curves, IntArray, RandomState
from tsshape._validation import Choice, Constraints, check_parameters
from tsshape.forecast import _answers
from tsshape.forecast._by_partition import Posts, by_partition, draw_posts
from tsshape.forecast._design import add_input_tags
from tsshape.forecast._distribution import DistributionMixin
from tsshape.forecast._explanation import Explanation, explain_components
from tsshape.forecast._finite import IGNORE_OVERFLOW
from tsshape.forecast._fitting import Given, fit_forecaster
from tsshape.forecast._score import score_logarithms
from tsshape.forecast._steps import OnStep
from tsshape.forecast._targets import add_curve_tags, check_days, match_rows


class ScaleShapeForecaster(DistributionMixin, RegressorMixin, BaseEstimator):
    """Forecasts the views of a post, day by day, from what is known at upload and from its observed days.

    The training curves are split into scale and shape; the shapes are clustered; a classifier learns the cluster and
    a regressor the scale from the features. A forecast is the predicted scale times the predicted shape. Once some days
    of a post are observed, a further model predicts how much its views will still grow, and the forecast continues the
    observed days along the rest of the shape.

    Parameters
    ----------
    clusterer : clusterer, optional
        Any clusterer with `cluster_centers_`; by default `ShapeKMeans` with 20 clusters, or fewer of fewer than
        300 posts.
    classifier : ShapeClassifier or scikit-learn classifier, optional
        A plain classifier is put into a `ShapeClassifier`.
    regressor : ScaleRegressor or scikit-learn regressor, optional
        A plain regressor is put into a `ScaleRegressor`. A `ScaleRegressor` has a loss of its own.
    shape : {"soft", "hard"}, default="soft"
        The predicted shape: the prototypes weighted by their probabilities, or the likeliest prototype.
    loss : {"median", "mean", "trimmed", "relative"}, default="median"
        What the forecasts minimise, at upload and in flight: see `ScaleRegressor`.
    in_flight : bool, default=True
        Whether to learn to forecast from observed days; it takes most of the time of a fit.
    intervals : bool, default=True
        Whether to learn intervals; with fewer than 5,000 posts each model is then fitted for five folds more.
    random_state : int, RandomState or None
        Seed of the components that are not given.
    n_jobs : int, optional
        Threads that train models side by side and ask them: None is 1, -1 all cores. Results do not depend on it.
    verbose : int, default=0
        With 1 `fit` prints on standard error what it has fitted and the seconds, with 2 each model: the log "tsshape".

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
    sample_size_ : int
        The number of posts that it was fitted on; not kept by `tsshape.save`.
    feature_names_in_, n_features_in_ : array of str, int
        The columns of the training table; their names are not defined for an array.

    Notes
    -----
    Curves that are 0 throughout have no shape: they train the regressor only.

    The history of an author is the number of the author's training posts and the mean of their log scales; in flight
    also the mean log growth from the same number of days on. Training posts are given it out of fold, and half of them
    are given no scales, so that the models also learn to forecast for a new author.

    A component inside a `FrozenEstimator` is not fitted again. As it may have been fitted on other posts, a frozen
    clusterer predicts the training labels, and intervals are learned from clones of a frozen classifier or regressor.

    Features may be a Dask dataframe, whose index has the ids, with `observed` and `authors` in the same partitions, as
    `read_posts` and `read_curves` of `tsshape.adapters.dask` return them of a folder of Parquet parts.
    Forecasts are then Dask dataframes in these partitions, each of which is what its posts get by themselves.
    `predict_cluster`, `score`, `explain` and `assign` take tables in memory only.

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

    >>> new = posts.features[250:]
    >>> forecaster.summary(new, observed=observed, above=1000).columns[-3:].tolist()
    ['cluster', 'life', 'above_1000']
    >>> likely = forecaster.predict_probability(new, 1000)[1000] > 0.5
    >>> bool((likely == (forecaster.predict_quantiles(new, 0.5)[0.5][30] > 1000)).all())
    True
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
    __metadata_request__fit = MappingProxyType({"features": UNUSED, "curves": UNUSED, "on_step": UNUSED})
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
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.clusterer = clusterer
        self.classifier = classifier
        self.regressor = regressor
        self.shape = shape
        self.loss = loss
        self.in_flight = in_flight
        self.intervals = intervals
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(
        self,
        features: Any,
        curves: Curves,
        *,
        authors: Any = None,
        posted: Any = None,
        on_step: OnStep | None = None,
    ) -> Self:
        """Fit on posts, of which some may be young: their curves end early.

        Parameters
        ----------
        features : DataFrame, array or EncodedTable of shape (n_posts, n_columns)
            What was known at upload. Rows of an array are matched with curves and authors by position.
        curves : DataFrame or array of shape (n_posts, n_times)
            Cumulative views, rows in the order of `features`; NaN on the days of a young post that are not over.
        authors : Series or array of shape (n_posts,), optional
            Who published each post; missing where that is not known.
        posted : Series or array of shape (n_posts,), optional
            When each post went up, as pandas reads times; missing where that is not known. Intervals are learned from
            the latest of many posts, if these went up on several days.
        on_step : callable, optional
            Called as `on_step(done, total, what)` with the number of models fitted, of all, and what is being fitted.

        Raises
        ------
        DataError
            If the ids differ, a curve has infinite or negative values, lacks a day between two or has none at all, no
            curve is complete, or no complete curve rises above 0.

        Notes
        -----
        Features in the partitions of a Dask dataframe are not all read: up to 200,000 posts are taken whole, and of
        more a sample of so many, drawn evenly over the partitions by `random_state`, so that it depends on no worker.
        Curves, authors and times of posting must then have the same partitions; curves may also be a Dask array. An
        author's history is that of the sample.

        Prototypes, the model in flight and intervals are learned from the complete posts. That model then forecasts the
        last count of the young ones, so that they too teach scales, shapes and their authors' history: its median where
        one number is needed, a number drawn from its distribution for the quantiles.
        """
        check_parameters(self.get_params(deep=False), self._constraints)
        with shown(self.verbose):
            posts = Posts(features, curves, authors, posted)
            if is_in_partitions(features):
                posts = draw_posts(posts, self.random_state)
            fit_forecaster(self, posts.features, posts.curves, Given(posts.authors, posts.posted), on_step)
        return self

    @by_partition
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
        return _answers.forecast_table(_answers.know_posts(self, features, observed, authors))

    @by_partition
    @IGNORE_OVERFLOW
    def predict_scale(self, features: Any, *, observed: Any = None, authors: Any = None) -> pd.Series:
        """Return the scale of each post, in the unit of the counts; parameters and errors as `predict`."""
        return _answers.forecast_scale(_answers.know_posts(self, features, observed, authors))

    @by_partition
    @IGNORE_OVERFLOW
    def predict_shape(self, features: Any, *, authors: Any = None) -> pd.DataFrame:
        """Return the shape of each post at upload, (n_posts, n_times)."""
        return _answers.shape_table(self, _answers.encode_posts(self, features, authors))

    def predict_cluster(self, features: Any, *, authors: Any = None) -> IntArray:
        """Return the likeliest cluster of each post's shape at upload, (n_posts,)."""
        return np.asarray(self.classifier_.predict(_answers.encode_posts(self, features, authors)), dtype=np.int64)

    def score(self, X: Any, y: Curves, sample_weight: Any = None, *, authors: Any = None) -> float:
        """Return the R² of log(1 + count) for forecasts at upload, the mean of all days, as used by `cross_val_score`.

        The R² of the counts themselves depends on a few posts with very many views. The score is the same whatever
        `loss` the forecasts minimise; 1 is perfect, 0 as good as one curve for every post. `X` are the features, `y`
        the true curves of at least two posts, (n_posts, n_times), `sample_weight` the weight of each post.
        """
        forecast = self.predict(X, authors=authors)
        true = check_days(match_rows(y, X, forecast.index), forecast.index)
        return score_logarithms(true.to_numpy(), forecast.to_numpy(), sample_weight)

    @IGNORE_OVERFLOW
    def explain(self, features: Any, *, authors: Any = None) -> Explanation:
        """Explain which features drove scale and shape, for the model and for each post; parameters as in `predict`.

        Raises DataError if classifier or regressor is not LightGBM, which alone returns contributions.
        """
        return explain_components(self.regressor_, self.classifier_, _answers.encode_posts(self, features, authors))

    def assign(self, curves: Curves) -> IntArray:
        """Return the cluster of each curve's shape, -1 for a curve that is 0 throughout; shape (n_curves,), int64."""
        return _answers.assign_curves(self, curves)

    def __sklearn_tags__(self) -> Tags:
        return add_curve_tags(add_input_tags(super().__sklearn_tags__(), self.classifier, self.regressor))
