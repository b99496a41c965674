"""Forecast curves and the ends of their intervals, from the fitted components and the observed days."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tsshape._typing import FloatArray, IntArray
from tsshape._validation import LARGEST
from tsshape.curves import join_scale_shape
from tsshape.features import EncodedTable
from tsshape.forecast._bands import Bands, center_at_upload, center_in_flight
from tsshape.forecast._components import log_quantiles
from tsshape.forecast._counts import grown
from tsshape.forecast._history import has_history
from tsshape.forecast._in_flight import InFlightModel
from tsshape.forecast._observed import Observed, continue_curves
from tsshape.forecast._regressor import ScaleRegressor


class KnownPosts(NamedTuple):
    """What is known of posts: their encoded features, the shapes forecast from these, and their observed days."""

    posts: EncodedTable
    shape: FloatArray
    observed: Observed

    @property
    def ids(self) -> pd.Index:
        """The ids of the posts."""
        return self.posts.index

    def take(self, rows: IntArray) -> "KnownPosts":
        """Return the posts at some positions."""
        return KnownPosts(self.posts.take(rows), self.shape[rows], self.observed.take(rows))


def forecast_curves(
    regressor: ScaleRegressor, in_flight: InFlightModel | None, known: KnownPosts, *, monotone: bool
) -> FloatArray:
    """Return forecast curves of shape (n_posts, n_times), equal to the counts on the observed days.

    `in_flight` may be None where no post has an observed day.
    """
    posts, shape, observed = known
    forecast = np.empty(shape.shape)
    unobserved, rows = np.flatnonzero(observed.n_days == 0), np.flatnonzero(observed.n_days)
    if len(unobserved):
        forecast[unobserved] = join_scale_shape(regressor.predict(posts.take(unobserved)), shape[unobserved])
    if len(rows) and in_flight is not None:
        days = observed.take(rows)
        growth = in_flight.predict(posts.take(rows).design, days)
        final = grown(1 + days.last, np.maximum(growth, 0.0) if monotone else growth) - 1
        forecast[rows] = continue_curves(days, shape[rows], final)
    return np.minimum(forecast, LARGEST)


def forecast_quantiles(
    bands: Bands,
    regressor: ScaleRegressor,
    in_flight: InFlightModel | None,
    known: KnownPosts,
    levels: Sequence[float],
    *,
    monotone: bool,
) -> Iterator[FloatArray]:
    """Yield for each level, ascending, the quantiles of the days and, in the last column, of the scale.

    Arrays of shape (n_posts, n_times + 1). The models are asked once, however many levels there are.
    """
    posts, shape, observed = known
    of_upload, quantiles = log_quantiles(regressor, posts)
    at_upload, of_observed = center_at_upload(quantiles, of_upload, shape), None
    rows, cutoff = np.flatnonzero(observed.n_days), np.empty(0, dtype=np.int64)
    if len(rows) and in_flight is not None:
        days = observed.take(rows)
        growth = in_flight.predict_quantiles(posts.take(rows).design, days)
        of_observed, cutoff = center_in_flight(growth, shape[rows], days), in_flight.nearest_cutoff(days.n_days)
    history = has_history(posts)
    return bands.predict(at_upload, of_observed, cutoff, observed, levels, has_history=history, monotone=monotone)
