"""The observed days of posts: their counts so far."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import FloatArray, IntArray
from tsshape._validation import check_curves, check_unique_ids, format_label
from tsshape.data import day_number

# So many days up to the last one observed are features by themselves.
_N_LAST_DAYS = 7
# What `observed_features` returns.
OBSERVED_FEATURES = (
    "n_days_observed",
    "log_last_count",
    "log_first_count",
    "log_growth_since_first_day",
    "log_growth_since_half",
    *(f"log_views_{ago}_days_before" for ago in range(_N_LAST_DAYS)),
    *(f"share_of_views_{ago}_days_before" for ago in range(_N_LAST_DAYS)),
)


class Observed(NamedTuple):
    """Counts of shape (n_posts, n_times), NaN after the last observed day, and each post's number of days observed."""

    counts: FloatArray
    n_days: IntArray

    def take(self, rows: IntArray) -> "Observed":
        """Return the posts at some positions."""
        return Observed(self.counts[rows], self.n_days[rows])

    @property
    def last(self) -> FloatArray:
        """The last observed count of each post, 0 where there is none; shape (n_posts,)."""
        at = np.maximum(self.n_days - 1, 0)[:, None]
        counts = np.take_along_axis(self.counts, at, axis=1)[:, 0]
        return np.where(self.n_days > 0, counts, 0.0)


def as_observed(observed: Any, ids: pd.Index, days: pd.Index, *, name: str = "observed") -> Observed:
    """Return the observed days of the posts `ids`, as counts for all `days`.

    A table is matched by ids and days, an array by position. A post without a row, or whose row is all NaN, has no
    observed day. A day has the same label as in `days`, or another label of the same number (`d1` for `day01` or 1).

    Raises
    ------
    DataError
        If the table has other posts or days, lacks a day between two that it has, or holds a count that is infinite
        or negative.
    """
    counts = np.full((len(ids), len(days)), np.nan)
    if isinstance(observed, pd.DataFrame):
        check_unique_ids(observed.index, name="observed")
        observed = observed.set_axis(_as_labels_of(days, observed.columns), axis=1)
        _refuse_unknown(observed.index, ids, "posts that are not in the features")
        _refuse_unknown(observed.columns, days, "days that the training curves lack")
        if len(observed) and len(observed.columns):
            check_curves(observed, name="observed", missing=True)
        counts[:] = observed.reindex(index=ids, columns=days).to_numpy(dtype=np.float64, na_value=np.nan)
    elif observed is not None:
        values = check_curves(observed, name="observed", missing=True)
        if len(values) != len(ids) or values.shape[1] > len(days):
            raise DataError(f"observed has shape {values.shape}, but there are {len(ids)} posts and {len(days)} days")
        counts[:, : values.shape[1]] = values
    is_observed = ~np.isnan(counts)
    n_days = is_observed.sum(axis=1)
    gaps = is_observed != (np.arange(len(days)) < n_days[:, None])
    if gaps.any():
        row, column = np.argwhere(gaps & ~is_observed)[0]
        raise DataError(f"{name}: id {format_label(ids[row])} has no count on day {days[column]}, but has one later")
    return Observed(counts, n_days)


def _as_labels_of(days: pd.Index, columns: pd.Index) -> pd.Index:
    """Return the labels in `days` of the same days as `columns`; labels that are known, or of no known day, stay."""
    label = {day_number(day): day for day in days}
    return pd.Index([column if column in days else label.get(day_number(column), column) for column in columns])


def _refuse_unknown(labels: pd.Index, known: pd.Index, what: str) -> None:
    """Check that every label is known."""
    unknown = labels.difference(known, sort=False)
    if len(unknown):
        raise DataError(f"observed has {len(unknown)} {what}, the first of them {format_label(unknown[0])}")


def observed_features(counts: FloatArray, n_days: IntArray) -> FloatArray:
    """Return features of the observed days for trees, NaN where too few days were observed.

    An array of shape (n_posts, n_features), the columns `OBSERVED_FEATURES`: the number of days; the logarithms of the
    last count and of the first; by how much the logarithm of the count has grown since the first day and since half as
    many days; and for each of the last seven days the logarithm of its views, and their share of the last count.
    """
    log = np.log1p(counts)

    def on(table: FloatArray, day: IntArray) -> FloatArray:
        values = np.take_along_axis(table, np.maximum(day - 1, 0)[:, None], axis=1)[:, 0]
        return np.where(day >= 1, values, np.nan)

    daily = np.maximum(np.diff(counts, axis=1, prepend=0.0), 0.0)
    views = np.column_stack([on(daily, n_days - ago) for ago in range(_N_LAST_DAYS)])
    first, last = on(log, np.minimum(n_days, 1)), on(log, n_days)
    share = views / np.maximum(on(counts, n_days), 1.0)[:, None]
    return np.column_stack(
        [n_days, last, first, last - first, last - on(log, (n_days + 1) // 2), np.log1p(views), share]
    )


def continue_curves(observed: Observed, shape: FloatArray, final: FloatArray) -> FloatArray:
    """Continue the observed days to the final counts along the rest of the shape; shape (n_posts, n_times)."""
    rows, last_day = np.arange(len(shape)), np.maximum(observed.n_days - 1, 0)
    start = np.where(observed.n_days > 0, shape[rows, last_day], 0.0)[:, None]
    left = shape[:, -1:] - start
    n_times = shape.shape[1]
    # A shape that does not rise any more is continued by a straight line.
    evenly = (np.arange(1, n_times + 1) - observed.n_days[:, None]) / np.maximum(n_times - observed.n_days[:, None], 1)
    share = np.divide(shape - start, left, out=evenly, where=left > 1e-9)  # noqa: PLR2004
    path = observed.last[:, None] + (final - observed.last)[:, None] * share
    is_observed = ~np.isnan(observed.counts)
    return np.where(is_observed, observed.counts, np.maximum(path, 0.0))
