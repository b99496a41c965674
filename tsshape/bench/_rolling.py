"""Splits that train on what was known on a day, posts still running included, and test on posts of the next days."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import IntArray
from tsshape.bench._suite import Suite
from tsshape.data import EngagementDataset

# Fewer complete posts are too few to fit on.
MIN_COMPLETE = 20


class Window(NamedTuple):
    """Positions of the training posts, for how many steps each was seen, and positions of the test posts."""

    train: IntArray
    seen: IntArray
    test: IntArray


def rolling_windows(suite: Suite, dataset: EngagementDataset) -> Iterator[Window]:
    """Yield the windows of a rolling split.

    The posts of the last `test_size` of the time line are divided into `n_runs` windows of about as many posts. The
    training posts of a window are those that went up before its first post, each seen for the steps that were over by
    then. Where too few of them were complete, as the posts span less than a life, there is one test part instead: the
    posts of the latest date before it were seen for each of `seen_days` in turn, earlier ones are complete.

    Raises
    ------
    DataError
        If the times of posting are missing, or give neither form.
    """
    posted, n_times = known_times(dataset), dataset.curves.shape[1]
    step = pd.Timedelta(minutes=suite.step_minutes)
    start = test_start(posted, suite.test_size)
    edges = _window_edges(posted, start, suite.n_runs)
    if (_steps_seen(posted, edges[0], step) >= n_times).sum() >= MIN_COMPLETE:
        for now, end in zip(edges, [*edges[1:], None], strict=True):
            seen = np.minimum(_steps_seen(posted, now, step), n_times)
            is_tested = (posted >= now) if end is None else (posted >= now) & (posted < end)
            yield Window(*_first_seen(seen), np.flatnonzero(is_tested))
    else:
        yield from _by_seen_days(suite, dataset, posted, start)


def known_times(dataset: EngagementDataset) -> pd.Series:
    """Return when each post went up; DataError if that is not known of all."""
    if dataset.posted is None:
        raise DataError(f"{dataset.name}: a split by time needs the column 'posted' in the features")
    missing = dataset.posted.isna()
    if missing.any():
        raise DataError(
            f"{dataset.name}: a split by time needs all times; id {dataset.posted.index[missing][0]!r} has none"
        )
    return dataset.posted


def test_start(posted: pd.Series, test_size: float) -> pd.Timestamp:
    """Return the latest time from which on there are enough posts to test on."""
    start: pd.Timestamp = posted.sort_values(ascending=False).iloc[int(np.ceil(test_size * len(posted))) - 1]
    return start


def _window_edges(posted: pd.Series, start: pd.Timestamp, n_windows: int) -> list[pd.Timestamp]:
    """Return when each window begins; posts of one moment are in one window, so that there may be fewer windows."""
    times = posted[posted >= start].sort_values()
    first = np.arange(n_windows) * len(times) // n_windows
    return list(times.iloc[first].drop_duplicates())


def _steps_seen(posted: pd.Series, now: pd.Timestamp, step: pd.Timedelta) -> IntArray:
    """Return how many whole steps of each post were over at a time; below 0 before its upload."""
    return np.asarray((now - posted) // step, dtype=np.int64)


def _first_seen(seen: IntArray) -> tuple[IntArray, IntArray]:
    """Return the positions of the posts that have a count, and the steps they were seen for."""
    train = np.flatnonzero(seen > 0)
    return train, seen[train]


def _by_seen_days(suite: Suite, dataset: EngagementDataset, posted: pd.Series, start: pd.Timestamp) -> Iterator[Window]:
    """Yield a window for each number of steps for which the latest date before the test part may have been seen."""
    n_times = dataset.curves.shape[1]
    is_before = (posted < start).to_numpy()
    if not suite.seen_days:
        raise DataError(
            f"{dataset.name}: a rolling split needs at least {MIN_COMPLETE} posts whose {n_times} days were over when "
            f"the test part began, at {start}; or say in the suite for how long the posts of the latest date have been "
            "seen, such as seen_days = [1, 3, 7]"
        )
    dates = posted.dt.normalize()
    is_young = is_before & (dates == dates[is_before].max()).to_numpy()
    if (is_before & ~is_young).sum() < MIN_COMPLETE:
        raise DataError(
            f"{dataset.name}: with seen_days a rolling split needs at least {MIN_COMPLETE} posts that are earlier than "
            f"the latest date before the test part, which begins at {start}"
        )
    for days in suite.seen_days:
        seen = np.where(is_young, min(days, n_times), np.where(is_before, n_times, 0))
        yield Window(*_first_seen(seen), np.flatnonzero(~is_before))
