"""The first days of posts: what was seen so far."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import FloatArray, IntArray
from tsshape._validation import check_curves, check_unique_ids, format_label

# The columns that `first_days` makes.
N_FIRST_DAYS = 9


class Observed(NamedTuple):
    """Counts of shape (n_posts, n_times), NaN from the first day that was not seen, and the days seen of each post."""

    counts: FloatArray
    n_days: IntArray

    def of(self, rows: IntArray) -> "Observed":
        """What was seen of some posts."""
        return Observed(self.counts[rows], self.n_days[rows])

    @property
    def last(self) -> FloatArray:
        """The last count seen of each post, 0 where there is none; shape (n_posts,)."""
        at = np.maximum(self.n_days - 1, 0)[:, None]
        counts = np.take_along_axis(self.counts, at, axis=1)[:, 0]
        return np.where(self.n_days > 0, counts, 0.0)


def as_observed(observed: Any, ids: pd.Index, days: pd.Index) -> Observed:
    """The first days of the posts `ids` as counts for all `days`.

    A post that the table lacks has not been seen, and so has one whose row is missing throughout.

    Raises
    ------
    DataError
        If the table has posts or days that are not asked for, lacks a day between two that it has, or holds a count
        that is infinite or negative.
    """
    counts = np.full((len(ids), len(days)), np.nan)
    if isinstance(observed, pd.DataFrame):
        check_unique_ids(observed.index, name="observed")
        _refuse_strangers(observed.index, ids, "posts that are not in the features")
        _refuse_strangers(observed.columns, days, "days that the training curves lack")
        if len(observed) and len(observed.columns):
            check_curves(observed, name="observed", missing=True)
        counts[:] = observed.reindex(index=ids, columns=days).to_numpy(dtype=np.float64, na_value=np.nan)
    elif observed is not None:
        values = check_curves(observed, name="observed", missing=True)
        if len(values) != len(ids) or values.shape[1] > len(days):
            raise DataError(f"observed has shape {values.shape}, but there are {len(ids)} posts and {len(days)} days")
        counts[:, : values.shape[1]] = values
    seen = ~np.isnan(counts)
    n_days = seen.sum(axis=1)
    gaps = seen != (np.arange(len(days)) < n_days[:, None])
    if gaps.any():
        row, column = np.argwhere(gaps & ~seen)[0]
        raise DataError(f"observed: id {format_label(ids[row])} has no count on day {days[column]}, but has one later")
    return Observed(counts, n_days)


def _refuse_strangers(given: pd.Index, known: pd.Index, what: str) -> None:
    """Refuse labels that are not known."""
    strangers = given.difference(known, sort=False)
    if len(strangers):
        raise DataError(f"observed has {len(strangers)} {what}, the first of them {format_label(strangers[0])}")


def first_days(counts: FloatArray, n_days: IntArray) -> FloatArray:
    """What the first days tell, in numbers for trees, NaN where a post was not seen long enough.

    An array of shape (n_posts, `N_FIRST_DAYS`).

    The number of days; the logarithms of the last count, of the views of the last day and of the day before, of the
    mean views of the last three and seven days, and of the first day; and by how much the logarithm of the count has
    grown since the first day and since half as many days.
    """
    log = np.log1p(counts)
    daily = np.maximum(np.diff(counts, axis=1, prepend=0.0), 0.0)

    def on(table: FloatArray, day: IntArray) -> FloatArray:
        values = np.take_along_axis(table, np.maximum(day - 1, 0)[:, None], axis=1)[:, 0]
        return np.where(day >= 1, values, np.nan)

    def mean_of_last(length: int) -> FloatArray:
        before = np.where(n_days > length, on(counts, n_days - length), 0.0)
        return np.maximum(on(counts, n_days) - before, 0.0) / np.minimum(n_days, length)

    last = on(log, n_days)
    return np.column_stack(
        [
            n_days,
            last,
            np.log1p(on(daily, n_days)),
            np.log1p(on(daily, n_days - 1)),
            np.log1p(mean_of_last(3)),
            np.log1p(mean_of_last(7)),
            on(log, np.minimum(n_days, 1)),
            last - on(log, np.minimum(n_days, 1)),
            last - on(log, (n_days + 1) // 2),
        ]
    )


def continue_curves(observed: Observed, shape: FloatArray, final: FloatArray) -> FloatArray:
    """Curves through what was seen and on to the final counts, along what is left of the shape; (n_posts, n_times)."""
    rows, last_day = np.arange(len(shape)), np.maximum(observed.n_days - 1, 0)
    begun = np.where(observed.n_days > 0, shape[rows, last_day], 0.0)[:, None]
    left = shape[:, -1:] - begun
    n_times = shape.shape[1]
    # Where the shape has nothing left, the rest goes evenly.
    evenly = (np.arange(1, n_times + 1) - observed.n_days[:, None]) / np.maximum(n_times - observed.n_days[:, None], 1)
    share = np.divide(shape - begun, left, out=evenly, where=left > 1e-9)  # noqa: PLR2004
    path = observed.last[:, None] + (final - observed.last)[:, None] * share
    seen = ~np.isnan(observed.counts)
    return np.where(seen, observed.counts, np.maximum(path, 0.0))
