"""The counts of an export as samples: which post, when, how many."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._memory import check_fits
from tsshape._typing import BoolArray, FloatArray, IntArray
from tsshape.data._export._attributes import channel_name
from tsshape.data._export._columns import Columns, read_counts, read_day_counts
from tsshape.data._export._joined import Joined
from tsshape.data._export._timing import Timing, time_days, time_samples
from tsshape.data._export._totals import refuse_totals

_TOLERANCE = 1e-9
# So few posts do not say what is usual.
_FEW_POSTS = 2
# Bytes of memory for each sample until it is part of a curve. Measured: 250 with one count.
_BYTES_PER_SAMPLE = 250


class Samples(NamedTuple):
    """Samples of several counts.

    Attributes
    ----------
    ids : Index of text of shape (n_posts,)
        The posts in the order in which they appear.
    post : array of int of shape (n_samples,)
        The position of each sample's post among the ids.
    elapsed : array of shape (n_samples,)
        Steps of the grid since the post went up.
    counts : dict of str to array of shape (n_samples,)
        The views, and other counts by name, NaN where missing.
    time : array of datetime64 or None
        When each sample was taken.
    row : array of int of shape (n_samples,)
        The row of the table that each sample stands in.
    """

    ids: pd.Index
    post: IntArray
    elapsed: FloatArray
    counts: dict[str, FloatArray]
    time: Any
    row: IntArray

    @property
    def views(self) -> FloatArray:
        """The count that the curves are made of."""
        return next(iter(self.counts.values()))

    def take(self, samples: BoolArray | IntArray) -> "Samples":
        """Return some samples."""
        return self._replace(
            post=self.post[samples],
            elapsed=self.elapsed[samples],
            counts={name: values[samples] for name, values in self.counts.items()},
            time=None if self.time is None else self.time[samples],
            row=self.row[samples],
        )

    def describe(self, sample: int) -> str:
        """Return the post and the time of a sample, for messages."""
        when = f"step {self.elapsed[sample]:g}" if self.time is None else f"time {pd.Timestamp(self.time[sample])}"
        return f"id {quote(self.ids[self.post[sample]])}, {when}"


def read_samples(columns: Columns, channels: dict[str, FloatArray]) -> tuple[Timing, Samples]:
    """Return when the samples of an export were taken, and the samples that have a count.

    `channels` are further counts of a table with a row a sample.
    """
    days = columns.plan.days
    n_samples = len(columns.post) * (1 if days is None else len(days.columns))
    check_fits(columns.joined.paths[0], _BYTES_PER_SAMPLE * n_samples * (1 + len(channels)))
    samples = _long_samples if days is None else _wide_samples
    timing, found = samples(columns, channels)
    return timing, found.take(_with_a_count(found))


def _long_samples(columns: Columns, channels: dict[str, FloatArray]) -> tuple[Timing, Samples]:
    """Return the samples of a table with a row a sample."""
    views = read_counts(columns)
    refuse_totals(columns.ids, columns.post, views, columns.joined.source)
    timing = time_samples(columns)
    time = None if timing.time is None else timing.time.to_numpy()
    counts = {"views": views} | channels
    rows = np.arange(len(columns.post))
    return timing, Samples(columns.ids, columns.post, timing.elapsed / columns.step_in_days, counts, time, rows)


def _wide_samples(columns: Columns, channels: dict[str, FloatArray]) -> tuple[Timing, Samples]:
    """Return the samples of a table with a row a post."""
    days = columns.plan.days
    assert days is not None  # noqa: S101 - a wide plan has days
    views = read_day_counts(columns, days)
    refuse_totals(columns.ids, np.repeat(columns.post, views.shape[1]), views.ravel(), columns.joined.source)
    timing = time_days(columns, days)
    counts = {"views": views} | channels
    for group in columns.plan.others:
        counts[channel_name(group.prefix.replace("…", " "))] = read_day_counts(columns, group)
    n_rows, n_columns = timing.elapsed.shape
    time = None if timing.time is None else np.tile(timing.time.to_numpy(), n_rows)
    return timing, Samples(
        columns.ids,
        np.repeat(columns.post, n_columns),
        timing.elapsed.ravel() / columns.step_in_days,
        {name: values.ravel() for name, values in counts.items()},
        time,
        np.repeat(np.arange(n_rows), n_columns),
    )


def _with_a_count(samples: Samples) -> BoolArray:
    """Return which samples have a count at all."""
    known: BoolArray = np.logical_or.reduce([~np.isnan(values) for values in samples.counts.values()])
    return known


def count_from_one(
    samples: Samples, shift: float, joined: Joined, *, whole_days: bool, per_step: bool
) -> tuple[Samples, bool]:
    """Return the samples with the first whole day of a post as day 1, and whether they were numbered from 0.

    A post has no views at the moment it goes up. A positive count on day 0 therefore says that dates stand for the end
    of their day, or that numbers begin at 0. `shift` is a day, or what the numbers of columns count, in steps.

    Raises
    ------
    DataError
        If cumulative counts say so for one post among several, or a tenth of the posts, at most, or fewer than half of
        the posts have a count on that day.
    """
    on_day_0 = (np.abs(samples.elapsed) < _TOLERANCE) & ~np.isnan(samples.views)
    at_start = on_day_0 & (samples.views > 0)
    if not (whole_days and at_start.any()):
        return samples, False
    n_posts, n_counted, n_early = (len(np.unique(samples.post[some])) for some in (slice(None), on_day_0, at_start))
    is_odd = n_early <= max(1, n_posts / 10) or n_counted < n_posts / 2
    if not per_step and is_odd and n_posts > _FEW_POSTS:
        first = int(at_start.argmax())
        raise DataError(
            f"{joined.place(int(samples.row[first]))}: {samples.describe(first)} has {samples.views[first]:g} views"
            f" on the day its post went up, as {n_early} of {n_posts} posts have: is --timezone missing, or --posted"
            " wrong? Leave a post out with --ignore-post"
        )
    return samples._replace(elapsed=samples.elapsed + shift), True


def drop_before_upload(samples: Samples, joined: Joined) -> tuple[Samples, int]:
    """Return the samples since upload and the number of empty ones before; a count above 0 before is refused."""
    before = samples.elapsed < -_TOLERANCE
    bad = before & (samples.views > 0)
    if bad.any():
        first = int(bad.argmax())
        raise DataError(
            f"{joined.place(int(samples.row[first]))}: {samples.describe(first)} has {samples.views[first]:g} views"
            f" before its post was posted ({bad.sum()} such samples); is --timezone missing, or --posted wrong?"
        )
    return samples.take(~before), int(before.sum())


def merge_equal(samples: Samples, joined: Joined) -> tuple[Samples, int]:
    """Return the samples sorted by post and time, equal ones once, and how many were left out.

    Raises
    ------
    DataError
        If two samples of a post at one time differ.
    """
    order = np.lexsort((samples.row, samples.elapsed, samples.post))
    ordered = samples.take(order)
    same = np.zeros(len(order), bool)
    same[1:] = (np.diff(ordered.post) == 0) & (np.abs(np.diff(ordered.elapsed)) < _TOLERANCE)
    for name, values in ordered.counts.items():
        differs = same[1:] & (values[1:] != values[:-1]) & ~(np.isnan(values[1:]) & np.isnan(values[:-1]))
        if differs.any():
            second = int(differs.argmax()) + 1
            first, last = (joined.place(int(ordered.row[each])) for each in (second - 1, second))
            raise DataError(
                f"{last}: {ordered.describe(second)} has the count {values[second]:g} of {quote(name)}, but"
                f" {values[second - 1]:g} in {first} ({differs.sum()} such pairs); leave one out, or add them up first"
            )
    return ordered.take(~same), int(same.sum())
