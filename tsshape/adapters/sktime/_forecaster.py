"""Our forecaster of engagement curves as a forecaster of sktime."""

from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.base import clone
from sktime.datatypes import update_data
from sktime.forecasting.base import BaseForecaster, ForecastingHorizon

from tsshape._errors import DataError
from tsshape._typing import FloatArray, IntArray, RandomState
from tsshape._validation import format_label
from tsshape.adapters.sktime._courses import Course, check_finite, interval_ends, observed_days, point_forecasts
from tsshape.adapters.sktime._instances import Instances, check_days, complete_curves, known_at_upload, split_instances
from tsshape.cluster import ShapeKMeans
from tsshape.curves import split_scale_shape
from tsshape.forecast import ScaleShapeForecaster

_MAX_CLUSTERS, _CURVES_PER_CLUSTER = 20, 5
# Stands for a coverage of 0, which the forecaster refuses: both ends are the median.
_MIN_COVERAGE = 1e-9


class EngagementForecaster(BaseForecaster):
    """Forecast the rest of an engagement curve from its observed days, learned from the curves of other posts.

    `pretrain` takes a panel of complete curves and fits a `ScaleShapeForecaster` on it; `fit` takes the observed days
    of one post, or of a panel of posts; `predict` returns the days that follow.

    The first time point of a post is day 1, whatever its index says, and each further one is a day later. Days after
    the last one of pretraining are forecast by a random walk with drift, the mean change of the last week of the curve;
    without pretraining all days are. For series that are no engagement curves this walk is all that the forecaster has:
    take another one for them.

    Parameters
    ----------
    forecaster : ScaleShapeForecaster, optional
        The forecaster that `pretrain` fits. By default one with `random_state` and 20 clusters, or one cluster for
        every five distinct curves where there are fewer than a hundred.
    author : str, optional
        The column of `X` that names the author of each post, whose history is then used.
    random_state : int, RandomState or None
        Seed of the default forecaster.

    Attributes
    ----------
    forecaster_ : ScaleShapeForecaster
        The fitted forecaster, after `pretrain`.
    curves_ : DataFrame of shape (n_posts, n_times)
        The curves of all pretraining. A further `pretrain` adds its own; the new curve of a post replaces an earlier
        one.
    features_ : DataFrame of shape (n_posts, n_features)
        The features of these posts, known at upload.

    Raises
    ------
    DataError
        From `pretrain`, if curves differ in length, are negative or miss their last day; from `predict` after it, if
        days are negative. From both `pretrain` and `fit` after it, if a time point is missing between two of a post, a
        column of `X` is not constant over the time of a post, or `X` is given to only one of them. The post is named.

    Notes
    -----
    `X` holds features that are known at upload, numbers, categories or text, each constant over the time of a post;
    `fit` takes them, and `predict` needs none. Without pretraining `X` is not used.

    `X` may have missing values. Missing values of `y` are interpolated, after pretraining from 0 on day 0; at the end
    of `y` they are days that were not observed yet. So a pretrained forecaster takes a post that was only just uploaded
    as one missing day. The curves of pretraining must have their last day.

    If `y` has several variables, each is the curve of a post of its own.

    `update` adds observed days; the model stays as pretraining left it, whatever `update_params` is.

    Intervals are conformal up to the last day of pretraining and need at least 20 posts of it; those of the walk
    are exact for independent normal changes. If no observed day decreases, the lower end is not below the last one.

    Examples
    --------
    >>> import tsshape
    >>> from tsshape.adapters.sktime import EngagementForecaster, to_mtype
    >>> curves = tsshape.simulate_spid(100, random_state=0).curves
    >>> model = EngagementForecaster(random_state=0).pretrain(to_mtype(curves[:90], "pd-multiindex"))
    >>> seen = to_mtype(curves[90:].loc[:, :3], "pd-multiindex")  # the first three days
    >>> forecast = model.fit(seen).predict(fh=range(1, 28))
    >>> len(forecast) == 10 * 27
    True
    """

    _tags: ClassVar[dict[str, Any]] = {
        "authors": "tsshape developers",
        "maintainers": "tsshape developers",
        "python_dependencies": "lightgbm",
        "capability:multivariate": False,
        "capability:exogenous": True,
        "capability:categorical_in_X": True,
        "capability:insample": False,
        "capability:pred_int": True,
        "capability:pred_int:insample": False,
        "capability:missing_values": True,
        "capability:unequal_length": True,
        "capability:update": True,
        "capability:pretrain": True,
        "capability:random_state": True,
        "property:randomness": "derandomized",
        "pretrain:fitted_params": ["curves_", "features_", "forecaster_"],
        "y_inner_mtype": ["pd.DataFrame", "pd-multiindex", "pd_multiindex_hier"],
        "X_inner_mtype": ["pd.DataFrame", "pd-multiindex", "pd_multiindex_hier"],
        "requires-fh-in-fit": False,
        "X-y-must-have-same-index": False,
    }
    # The observed days are kept here, once.
    _config: ClassVar[dict[str, Any]] = {"remember_data": False}

    def __init__(self, forecaster: Any = None, *, author: str | None = None, random_state: RandomState = None) -> None:
        self.forecaster = forecaster
        self.author = author
        self.random_state = random_state
        super().__init__()
        # With `remember_data` sktime expects these from the start.
        self._y = self._X = None

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:
        """Parameters for sktime's checks."""
        del parameter_set
        clusterer = ShapeKMeans(2, n_init=1, random_state=0)
        return [{"random_state": 0}, {"forecaster": ScaleShapeForecaster(clusterer, loss="mean", random_state=0)}]

    def _pretrain(self, y: pd.DataFrame, X: pd.DataFrame | None = None, fh: Any = None) -> Self:
        """Fit the forecaster on a panel of complete curves."""
        del fh
        curves, features = complete_curves(y), known_at_upload(X, y)
        if hasattr(self, "forecaster_"):
            curves = _add_to_earlier(curves, self.curves_, name="y")
            features = _add_to_earlier(features, self.features_, name="X")
        table, authors = self._take_authors(features)
        model = self._make_forecaster(curves).fit(table, curves, authors=authors)
        self.forecaster_ = model
        self.curves_: pd.DataFrame = curves
        self.features_: pd.DataFrame = features
        return self

    def _fit(self, y: pd.DataFrame, X: pd.DataFrame | None, fh: Any) -> Self:
        """Store the observed days of one post or of a panel."""
        del fh
        self._cur_y, self._cur_X = y, None
        if hasattr(self, "forecaster_"):
            check_days(split_instances(y))
            self._cur_X = self._check_features(known_at_upload(X, y))
        return self

    def _update(self, y: pd.DataFrame, X: pd.DataFrame | None = None, update_params: bool = True) -> Self:  # noqa: FBT001, FBT002
        """Extend the state by the newly observed days."""
        del X, update_params
        unknown = split_instances(y).ids.difference(split_instances(self._cur_y).ids, sort=False)
        if len(unknown):
            raise DataError(f"update: y has an instance {format_label(unknown[0])} that fit was not given")
        longer = update_data(self._cur_y, y)
        if hasattr(self, "forecaster_"):
            check_days(split_instances(longer))
        self._cur_y = longer
        return self

    def _predict(self, fh: ForecastingHorizon, X: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return the forecasts of each post at the days of the horizon."""
        del X
        posts = self._observed()
        index, steps = self._horizon(fh, posts)
        return pd.DataFrame(point_forecasts(self._courses(posts), steps), index=index, columns=self._cur_y.columns)

    def _predict_interval(self, fh: ForecastingHorizon, X: pd.DataFrame | None, coverage: list[float]) -> pd.DataFrame:
        """Return the ends of the intervals of each post at the days of the horizon."""
        del X
        posts = self._observed()
        index, steps = self._horizon(fh, posts)
        ends = [end for share in coverage for end in interval_ends(self._courses(posts, share), steps, share)]
        return pd.DataFrame(
            np.column_stack(ends), index=index, columns=self._get_columns(method="predict_interval", coverage=coverage)
        )

    def _observed(self) -> Instances:
        """Return the days of each post up to the cutoff."""
        posts = split_instances(self._cur_y)
        if posts.keys is None:
            return split_instances(self._cur_y.loc[: self.cutoff[0]])
        return posts

    def _horizon(self, fh: ForecastingHorizon, posts: Instances) -> tuple[pd.Index, list[IntArray]]:
        """Return the index of a forecast, and the steps after the cutoff of each post."""
        if posts.keys is None:
            return fh.to_absolute_index(self.cutoff), [_steps(fh, self.cutoff)]
        ends = posts.table.index.get_level_values(-1)[posts.starts[1:] - 1]
        by_end = {end: self._as_cutoff(end) for end in ends.unique()}
        times = {end: fh.to_absolute_index(cutoff) for end, cutoff in by_end.items()}
        steps = {end: _steps(fh, cutoff) for end, cutoff in by_end.items()}
        outer = posts.keys.repeat([len(times[end]) for end in ends])
        levels = [outer.get_level_values(level) for level in range(outer.nlevels)]
        time = times[ends[0]].append([times[end] for end in ends[1:]])
        index = pd.MultiIndex.from_arrays([*levels, time], names=self._cur_y.index.names)
        return index, [steps[end] for end in ends]

    def _as_cutoff(self, end: Any) -> pd.Index:
        """Return the last time of a post as a cutoff of sktime: an index of one, with the frequency of all."""
        cutoff = pd.Index([end])
        if isinstance(cutoff, pd.DatetimeIndex) and self.cutoff.freq is not None:
            cutoff.freq = self.cutoff.freq
        return cutoff

    def _courses(self, posts: Instances, coverage: float | None = None) -> list[Course]:
        """Return the observed days and the forecast of each post, with an interval if there is a coverage."""
        fitted = hasattr(self, "forecaster_")
        values = [part.to_numpy(dtype=np.float64)[:, 0] for part in posts.parts()]
        observed = [
            observed_days(check_finite(each, name), from_zero=fitted)
            for each, name in zip(values, posts.ids, strict=True)
        ]
        if not fitted:
            for (days, _), name in zip(observed, posts.ids, strict=True):
                if not len(days):
                    raise DataError(f"y: {name!r} has no value, and without pretraining there is nothing else to go by")
            return [Course(days, n_unobserved, days, days, days) for days, n_unobserved in observed]
        forecasts = self._forecast_curves([days for days, _ in observed], posts.ids, coverage)
        n_times = len(self.forecaster_.days_)
        return [
            Course(days, n_unobserved, *(table[row] if len(days) < n_times else days for table in forecasts))
            for row, (days, n_unobserved) in enumerate(observed)
        ]

    def _forecast_curves(
        self, known: list[FloatArray], ids: pd.Index, coverage: float | None
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Forecast up to the last day of pretraining, with the ends of intervals; shape (n_posts, n_times) each."""
        days = self.forecaster_.days_
        observed = np.full((len(known), len(days)), np.nan)
        for row, each in enumerate(known):
            observed[row, : len(each)] = each[: len(days)]
        table, authors = self._take_authors(self._cur_X)
        options = {"observed": pd.DataFrame(observed, ids, days), "authors": authors}
        curve: FloatArray = self.forecaster_.predict(table, **options).to_numpy()
        if coverage is None:
            return curve, curve, curve
        lower, upper = self.forecaster_.predict_interval(table, coverage=max(coverage, _MIN_COVERAGE), **options)
        return curve, lower.to_numpy(), upper.to_numpy()

    def _check_features(self, known: pd.DataFrame) -> pd.DataFrame:
        """Return the features of a fit; refused if pretraining had others."""
        if self.features_.shape[1] == 0 < known.shape[1]:
            raise DataError("fit was given X, but pretraining was not: give X to both or to neither")
        missing = list(self.features_.columns.difference(known.columns, sort=False))
        if missing:
            raise DataError(f"fit needs X with the columns that pretraining had; it lacks {missing}")
        return known

    def _take_authors(self, features: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series | None]:
        """Return the features without the authors, and the authors."""
        if self.author is None:
            return features, None
        if self.author not in features.columns:
            raise DataError(f"X lacks the column {self.author!r} of the authors")
        return features.drop(columns=self.author), features[self.author]

    def _make_forecaster(self, curves: pd.DataFrame) -> Any:
        """Return the unfitted forecaster for these curves."""
        if self.forecaster is not None:
            return clone(self.forecaster)
        shapes = split_scale_shape(curves, zero="nan")[1].dropna()
        n_clusters = int(np.clip(len(shapes.drop_duplicates()) // _CURVES_PER_CLUSTER, 1, _MAX_CLUSTERS))
        clusterer = ShapeKMeans(n_clusters, random_state=self.random_state)
        return ScaleShapeForecaster(clusterer, random_state=self.random_state)


def _steps(fh: ForecastingHorizon, cutoff: pd.Index) -> IntArray:
    """Return the horizon as numbers of steps after the cutoff."""
    return np.asarray(fh.to_relative(cutoff).to_numpy(), dtype=np.int64)


def _add_to_earlier(new: pd.DataFrame, earlier: pd.DataFrame, *, name: str) -> pd.DataFrame:
    """Return the table of all pretraining; the rows of this one replace earlier rows of the same posts."""
    if not new.columns.equals(earlier.columns):
        raise DataError(
            f"{name}: the columns of earlier pretraining were {list(earlier.columns)}, those of this are "
            f"{list(new.columns)}"
        )
    return pd.concat([earlier.drop(index=earlier.index.intersection(new.index)), new])
