"""Posts whose views leave the interval that was forecast for them."""

from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import BoolArray, FloatArray, IntArray
from tsshape.forecast._answers import check_intervals, final_quantiles, interval_arrays, know_posts
from tsshape.forecast._finite import IGNORE_OVERFLOW
from tsshape.forecast._forecaster import ScaleShapeForecaster
from tsshape.forecast._levels import check_shares, probability_above
from tsshape.forecast._observed import Observed


@IGNORE_OVERFLOW
def find_alerts(
    forecaster: ScaleShapeForecaster,
    features: Any,
    observed: Any,
    *,
    since_day: int = 0,
    coverage: float = 0.9,
    authors: Any = None,
) -> pd.DataFrame:
    """Return the posts whose last observed count lies outside the interval that was forecast for that day.

    Posts that are finished are left out, and so are those without an observed day after `since_day`. Posts that the
    forecaster was fitted on are outside less often than new ones.

    Parameters
    ----------
    forecaster : ScaleShapeForecaster
        Fitted with intervals and in flight.
    features, observed, authors
        As in `ScaleShapeForecaster.predict`.
    since_day : int, default=0
        The day after which the intervals were forecast: 0 for upload.
    coverage : float, default=0.9
        Of the intervals, between 0 and 1. Of posts like those of training, the share 1 - `coverage` is outside.

    Returns
    -------
    DataFrame
        A row per post, its index named `id`, those first that most probably end outside their interval, to a hundredth,
        and of these the farthest:
        `side` ("above" or "below"); `days_observed`; `views_so_far`; `lower` and `upper`, the interval of that day;
        `ratio`, the views so far divided by the end of the interval that they have passed; `since`, the first day from
        which on the counts were outside; `probability` that the final count is outside on the same side, given all
        observed days.

    Raises
    ------
    DataError
        As `ScaleShapeForecaster.predict_interval`; and if there is no day between `since_day` and the last.
    ValueError
        If `coverage` is not between 0 and 1.

    Examples
    --------
    >>> import tsshape
    >>> from tsshape.cluster import ShapeKMeans
    >>> posts = tsshape.simulate_spid(300, random_state=0)
    >>> forecaster = ScaleShapeForecaster(ShapeKMeans(5, random_state=0), random_state=0)
    >>> _ = forecaster.fit(posts.features[:250], posts.curves[:250])
    >>> observed = posts.curves[250:].loc[:, :3]  # three days
    >>> alerts = find_alerts(forecaster, posts.features[250:], observed, coverage=0.8)
    >>> bool((alerts["views_so_far"] > alerts["upper"])[alerts["side"] == "above"].all())
    True
    >>> alerts["since"].between(1, 3).all()
    np.True_
    """
    (share,), _ = check_shares(coverage, name="coverage"), check_intervals(forecaster)
    n_times = len(forecaster.days_)
    if not (isinstance(since_day, Integral) and 0 <= since_day < n_times - 1):
        raise DataError(f"since_day must be a day before day {n_times - 1}, or 0 for upload; got {since_day!r}")
    known = know_posts(forecaster, features, observed, authors)
    is_running = (known.observed.n_days > since_day) & (known.observed.n_days < n_times)
    running = known.take(np.flatnonzero(is_running))
    earlier = replace(running, observed=_first_days(running.observed, int(since_day)))
    lower, upper = interval_arrays(earlier, [share])[share]
    # The last column is of the scale.
    sides = _sides(running.observed.counts, lower[:, :-1], upper[:, :-1])
    today = running.observed.n_days - 1
    rows = np.flatnonzero(sides[np.arange(len(today)), today])
    table = pd.DataFrame(
        _describe(running.observed.take(rows), sides[rows], lower[rows, :-1], upper[rows, :-1]),
        index=running.ids[rows].rename("id"),
    )
    is_above = (table["side"] == "above").to_numpy()
    bound = np.where(is_above, upper[rows, -2], lower[rows, -2])
    probability = probability_above(final_quantiles(running.take(rows)), bound[:, None])[:, 0]
    table["probability"] = np.where(is_above, probability, 1 - probability)
    with np.errstate(divide="ignore"):
        order = np.lexsort([-np.abs(np.log(table["ratio"])), -table["probability"].round(2)])
    return table.iloc[order]


def _first_days(observed: Observed, n_days: int) -> Observed:
    """Return what was observed on the first days, of posts that have them all."""
    counts = observed.counts.copy()
    counts[:, n_days:] = np.nan
    return Observed(counts, np.full(len(counts), n_days, dtype=np.int64))


def _sides(counts: FloatArray, lower: FloatArray, upper: FloatArray) -> IntArray:
    """Return 1 where a count is above its interval, -1 where it is below, and 0 within and where there is no count."""
    return (counts > upper).astype(np.int64) - (counts < lower)


def _describe(observed: Observed, sides: IntArray, lower: FloatArray, upper: FloatArray) -> dict[str, Any]:
    """Return the columns about the last observed day, of posts that are outside on it."""
    rows, today = np.arange(len(sides)), observed.n_days - 1
    is_above = sides[rows, today] > 0
    lower, upper = lower[rows, today], upper[rows, today]
    bound = np.where(is_above, upper, lower)
    return {
        "side": pd.array(np.where(is_above, "above", "below"), dtype="str"),
        "days_observed": observed.n_days,
        "views_so_far": observed.last,
        "lower": lower,
        "upper": upper,
        # No count is below an interval that begins at 0, so that only a count above one that ends there divides by 0.
        "ratio": np.divide(observed.last, bound, out=np.full(len(bound), np.inf), where=bound > 0),
        "since": _begin(sides == sides[rows, today][:, None], today),
    }


def _begin(holds: BoolArray, today: IntArray) -> IntArray:
    """Return the first day, counted from 1, from which on something holds until today, a position in each row."""
    is_broken = ~holds & (np.arange(holds.shape[1]) <= today[:, None])
    last_broken = holds.shape[1] - 1 - is_broken[:, ::-1].argmax(axis=1)
    return np.where(is_broken.any(axis=1), last_broken + 2, 1)
