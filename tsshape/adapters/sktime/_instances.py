"""The posts of sktime's tables: one, or many by the outer levels of the index."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import IntArray
from tsshape._validation import format_label
from tsshape.adapters.sktime._panels import times_as_numbers
from tsshape.data import clean_curves


class Instances(NamedTuple):
    """A table whose rows are grouped by post, in order of time.

    `keys` are the values of the outer index levels of each post, None where the table is one series; `ids` are the same
    as text; `starts` are the first rows of the posts, followed by the number of all rows.
    """

    table: pd.DataFrame
    keys: pd.Index | None
    ids: pd.Index
    starts: IntArray

    @property
    def lengths(self) -> IntArray:
        """Number of rows of each post."""
        lengths: IntArray = np.diff(self.starts)
        return lengths

    def parts(self) -> Iterator[pd.DataFrame]:
        """Yield the rows of each post."""
        for start, end in zip(self.starts[:-1], self.starts[1:], strict=True):
            yield self.table.iloc[start:end]


def split_instances(table: pd.DataFrame) -> Instances:
    """Group the rows of a table by post, in order of first appearance; the id of a single series is `y`."""
    if not isinstance(table.index, pd.MultiIndex):
        return Instances(table, None, pd.Index(["y"]), np.array([0, len(table)], dtype=np.int64))
    codes, keys = table.index.droplevel(-1).factorize()
    order = np.argsort(codes, kind="stable")
    ids = pd.Index(["/".join(map(str, key if isinstance(key, tuple) else (key,))) for key in keys])
    if not ids.is_unique:
        raise DataError(f"two instances are both called {format_label(ids[ids.duplicated()][0])}")
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(keys)))])
    return Instances(table.iloc[order], keys, ids, starts.astype(np.int64))


def check_days(posts: Instances) -> None:
    """Refuse a post whose rows are not one step apart, since each row is one day after the row before it.

    Dates may also follow the calendar, as the first days of months do.

    Raises
    ------
    DataError
        If a row is missing between two rows of a post.
    """
    times = posts.table.index.get_level_values(-1)
    numbers, step = times_as_numbers(times)
    steps = np.diff(numbers)
    inside = np.ones(len(steps), dtype=np.bool_)
    inside[posts.starts[1:-1] - 1] = False
    if not inside.any():
        return
    wrong = inside & (steps != (step or steps[inside][0]))
    rows = np.flatnonzero(wrong)
    of_rows = np.searchsorted(posts.starts, rows, side="right") - 1
    for post in np.unique(of_rows):
        own = times[posts.starts[post] : posts.starts[post + 1]]
        if step or len(own) < 3 or pd.infer_freq(own) is None:  # noqa: PLR2004
            first = int(rows[np.searchsorted(of_rows, post)])
            raise DataError(
                f"y: the rows of {format_label(posts.ids[post])} are not one step apart: {times[first]} is followed by "
                f"{times[first + 1]}. Give a day that was not observed as a missing value"
            )


def complete_curves(y: pd.DataFrame) -> pd.DataFrame:
    """Return the complete curves of a panel as a table with days 1…T; each variable is a curve of its own.

    Missing days are filled by `clean_curves`.

    Raises
    ------
    DataError
        If the posts differ in their number of days or have only one, a row is missing between two rows of a post, or a
        curve is negative or its last day is missing.
    """
    posts = split_instances(y)
    check_days(posts)
    n_days = int(posts.lengths[0])
    other = posts.lengths != n_days
    if other.any():
        post = int(np.argmax(other))
        raise DataError(
            f"pretrain takes complete curves of one length: {format_label(posts.ids[post])} has {posts.lengths[post]} "
            f"days, {format_label(posts.ids[0])} has {n_days}"
        )
    if n_days < 2:  # noqa: PLR2004
        raise DataError("pretrain takes curves of at least 2 days; these have 1")
    values = posts.table.to_numpy(dtype=np.float64).reshape(len(posts.ids), n_days, -1)
    rows = np.moveaxis(values, 2, 0).reshape(-1, n_days)
    table = pd.DataFrame(rows, _curve_ids(posts.ids, y.columns), range(1, n_days + 1))
    return clean_curves(table, missing="interpolate", incomplete="refuse")[0]


def known_at_upload(exogenous: pd.DataFrame | None, y: pd.DataFrame) -> pd.DataFrame:
    """Return the features of each curve of `complete_curves(y)`: the columns of X, each constant over time.

    Raises
    ------
    DataError
        If a post is missing from X, or a column varies over the time of one.
    """
    ids = split_instances(y).ids
    if exogenous is None:
        return pd.DataFrame(index=_curve_ids(ids, y.columns))
    posts = split_instances(exogenous)
    missing = ids.difference(posts.ids, sort=False)
    if len(missing):
        raise DataError(f"X lacks {len(missing)} of the instances of y, the first of them {format_label(missing[0])}")
    first = np.repeat(posts.starts[:-1], posts.lengths)
    for column in posts.table.columns:
        codes = pd.factorize(posts.table[column])[0]
        varies = codes != codes[first]
        if varies.any():
            post = int(np.searchsorted(posts.starts, np.argmax(varies), side="right")) - 1
            raise DataError(
                f"X: column {column!r} varies over the time of {format_label(posts.ids[post])}; features are what is "
                "known at upload, the same in every row"
            )
    features = posts.table.iloc[posts.starts[:-1]].set_axis(posts.ids, axis=0).loc[ids]
    return pd.concat([features] * y.shape[1]).set_axis(_curve_ids(ids, y.columns), axis=0)


def _curve_ids(ids: pd.Index, columns: pd.Index) -> pd.Index:
    """Return the ids of curves: those of the posts, or with several variables of each post and variable."""
    if len(columns) == 1:
        return ids
    return pd.Index([f"{post}/{column}" for column in columns for post in ids])
