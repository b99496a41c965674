"""Forecast curves and their quantiles, from the fitted components and the observed days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tsshape._typing import FloatArray, IntArray
from tsshape._validation import LARGEST
from tsshape.curves import join_scale_shape
from tsshape.features import EncodedTable
from tsshape.forecast._bands import Bands, Center, center_at_upload, center_in_flight
from tsshape.forecast._components import is_default, mix_prototypes, unwrap_frozen
from tsshape.forecast._counts import as_counts, grown
from tsshape.forecast._growth import Forecast
from tsshape.forecast._history import has_history
from tsshape.forecast._observed import Observed, continue_curves
from tsshape.forecast._regressor import forecast_scales
from tsshape.forecast._workers import Workers

if TYPE_CHECKING:
    from tsshape.forecast._forecaster import ScaleShapeForecaster

# Fewer posts are not worth a second thread.
_MIN_ROWS = 1000


@dataclass(frozen=True)
class KnownPosts:
    """What is known of posts, and what the models of a forecaster say of them; each model is asked once, when needed.

    Attributes
    ----------
    forecaster : ScaleShapeForecaster
    posts : EncodedTable
        Their encoded features.
    observed : Observed
        Their observed days.
    """

    forecaster: "ScaleShapeForecaster"
    posts: EncodedTable
    observed: Observed

    @property
    def ids(self) -> pd.Index:
        """The ids of the posts."""
        return self.posts.index

    def take(self, rows: IntArray) -> "KnownPosts":
        """Return the posts at some positions."""
        return replace(self, posts=self.posts.take(rows), observed=self.observed.take(rows))

    @cached_property
    def rows_in_flight(self) -> IntArray:
        """Positions of the posts with observed days."""
        return np.flatnonzero(self.observed.n_days)

    @cached_property
    def probability(self) -> FloatArray:
        """The probability of each of the classifier's clusters, (n_posts, n_classes)."""
        classifier = self.forecaster.classifier_
        with Workers(self.forecaster.n_jobs) as workers:
            # LightGBM answers each post by itself; an estimator of another library may not.
            n_parts = workers.n_threads if is_default(classifier) and len(self.posts) >= _MIN_ROWS else 1
            parts = [self.posts.take(rows) for rows in np.array_split(np.arange(len(self.posts)), n_parts)]
            return np.concatenate(workers.map(classifier.predict_proba, parts))

    @cached_property
    def shape(self) -> FloatArray:
        """The shapes forecast from the features, (n_posts, n_times)."""
        prototypes = self.forecaster.prototypes_[self.forecaster.classifier_.classes_]
        return mix_prototypes(self.probability, prototypes, hard=self.forecaster.shape == "hard")

    @cached_property
    def at_upload(self) -> Forecast:
        """What is forecast of log(1 + scale) from the features."""
        with Workers(self.forecaster.n_jobs) as workers:
            return forecast_scales(unwrap_frozen(self.forecaster.regressor_), self.posts, workers)

    @cached_property
    def in_flight(self) -> Forecast:
        """What is forecast of the log growth of the posts with observed days."""
        rows, model = self.rows_in_flight, self.forecaster.in_flight_
        with Workers(self.forecaster.n_jobs) as workers:
            found: Forecast = model.forecast(self.posts.take(rows).design, self.observed.take(rows), workers)
        return found

    @cached_property
    def scale(self) -> FloatArray:
        """The scales forecast from the features, (n_posts,)."""
        return np.maximum(as_counts(self.at_upload.point), 0.0)


def forecast_curves(known: KnownPosts) -> FloatArray:
    """Return forecast curves of shape (n_posts, n_times), equal to the counts on the observed days."""
    observed, rows = known.observed, known.rows_in_flight
    forecast = np.empty(observed.counts.shape)
    unobserved = np.flatnonzero(observed.n_days == 0)
    if len(unobserved):
        forecast[unobserved] = join_scale_shape(known.scale[unobserved], known.shape[unobserved])
    if len(rows):
        days, growth = observed.take(rows), known.in_flight.point
        final = grown(1 + days.last, np.maximum(growth, 0.0) if known.forecaster.monotone_ else growth) - 1
        forecast[rows] = continue_curves(days, known.shape[rows], final)
    return np.minimum(forecast, LARGEST)


def forecast_quantiles(bands: Bands, known: KnownPosts, levels: Sequence[float]) -> Iterator[FloatArray]:
    """Yield for each level, ascending, the quantiles of the days and, in the last column, of the scale.

    Arrays of shape (n_posts, n_times + 1).
    """
    forecaster, rows, observed = known.forecaster, known.rows_in_flight, known.observed
    at_upload = center_at_upload(known.at_upload.ends, known.shape)
    in_flight: Center | None = None
    cutoff = np.empty(0, dtype=np.int64)
    if len(rows):
        days = observed.take(rows)
        in_flight = center_in_flight(known.in_flight.ends, known.shape[rows], days)
        cutoff = forecaster.in_flight_.nearest_cutoff(days.n_days)
    history, monotone = has_history(known.posts), forecaster.monotone_
    return bands.predict(at_upload, in_flight, cutoff, observed, levels, has_history=history, monotone=monotone)
