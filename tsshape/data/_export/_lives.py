"""From samples to the lives of posts: curves on the grid, and apart the posts that have none."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._typing import BoolArray, FloatArray, IntArray
from tsshape._validation import LARGEST
from tsshape.data._dataset import EngagementDataset
from tsshape.data._export._clean import Cleaned
from tsshape.data._export._columns import Columns
from tsshape.data._export._grid import TOLERANCE, Grid, carry_forward, n_steps_reached, to_grid
from tsshape.data._export._joined import as_names
from tsshape.data._export._report import spell_step
from tsshape.data._export._samples import Samples
from tsshape.data._export._timing import Timing
from tsshape.data._posts import PostTable

# A year of steps of half an hour.
_MOST_STEPS = 20_000


class Lives(NamedTuple):
    """Curves of posts, and what does not become one.

    Attributes
    ----------
    curves : DataFrame of shape (n_posts, n_times)
        Cumulative counts.
    channels : dict of str to DataFrame of shape (n_posts, n_times)
        Other counts.
    grid : Grid
        What was missing between samples.
    totals : DataFrame
        Posts with one count only: its step and, if known, its time.
    n_samples, ages : array of shape (n_posts,)
        Number of counts of each post, and of steps that are over.
    without_count, older : int
        Number of posts without any count, and of those that went up before an export with counts of each step begins.
    """

    curves: pd.DataFrame
    channels: dict[str, pd.DataFrame]
    grid: Grid
    totals: pd.DataFrame
    n_samples: IntArray
    ages: FloatArray
    without_count: int
    older: int


def to_lives(columns: Columns, cleaned: Cleaned) -> Lives:
    """Return the lives of posts."""
    samples = cleaned.samples.take(~np.isnan(cleaned.samples.views))
    n_samples = np.bincount(samples.post, minlength=len(samples.ids))
    # One count on the first step is a life that has just begun; a later one says nothing about the way there.
    late = np.zeros(len(samples.ids), bool)
    late[samples.post] = samples.elapsed > 1 + TOLERANCE
    single = (n_samples == 1) & late & (cleaned.counts == "cumulative")
    older = (n_samples > 0) & _began_before(cleaned, samples, columns.step)
    kept = (n_samples > 0) & ~single & ~older
    if older.any() and not kept.any():
        raise DataError(
            f"{columns.joined.source}: the first date is {pd.Timestamp(cleaned.begins).date()}, and all posts with a"
            " count went up before it, so that the views of their first days are not there; export them from the day"
            " they went up"
        )
    if not kept.any():
        raise DataError(
            f"{columns.joined.source}: no post has more than one count, and a curve takes several; are there other"
            " files, or other columns?"
        )
    ages = _ages(columns, cleaned, samples)[kept]
    n_times = columns.options.steps or n_steps_reached(samples.elapsed[kept[samples.post]])
    _refuse_beyond(cleaned.samples, n_times, columns.joined.source, columns.step)
    tables, grids = {}, {}
    for name in cleaned.samples.counts:
        grids[name] = _grid(columns, cleaned, name, kept, n_times)
        values = grids[name].curves
        if _adds_whole_steps(cleaned):
            values = carry_forward(values, ages.astype(np.int64))
        tables[name] = pd.DataFrame(values, samples.ids[kept], range(1, n_times + 1))
    curves = tables.pop("views")
    if curves.isna().all(axis=None):
        oldest = spell_step(pd.Timedelta(columns.step * float(samples.elapsed.max())).round("min"))
        raise DataError(
            f"{columns.joined.source}: no post reaches the first step of the grid, {spell_step(columns.step)}: the last"
            f" count of the oldest is {oldest} after its upload; say --step 1h, or the time between the counts"
        )
    totals = _totals(samples, single)
    return Lives(
        curves, tables, grids["views"], totals, n_samples[kept], ages, int((n_samples == 0).sum()), int(older.sum())
    )


def _began_before(cleaned: Cleaned, samples: Samples, step: pd.Timedelta) -> BoolArray:
    """Return which posts have first steps before an export with counts of each step begins."""
    older = np.zeros(len(samples.ids), bool)
    if cleaned.begins is not None and cleaned.upload is not None:
        since = (cleaned.begins - cleaned.upload) / step.to_timedelta64()
        older[cleaned.samples.post] = since > 1 + TOLERANCE
    return older


def _refuse_beyond(samples: Samples, n_times: int, source: str, step: pd.Timedelta) -> None:
    """Refuse a curve of more steps than a table can have columns, and counts that are too large to compute with."""
    oldest = int(samples.elapsed.argmax())
    if n_times > _MOST_STEPS:
        raise DataError(
            f"{source}: {samples.describe(oldest)} is {n_times:,} steps of {spell_step(step)} after its post went up,"
            f" and curves have at most {_MOST_STEPS:,}; is a date wrong? If not, say --steps 365, or a longer --step"
        )
    for name, counts in samples.counts.items():
        largest = int(np.nan_to_num(counts).argmax())
        if counts[largest] > LARGEST:
            raise DataError(
                f"{source}: {samples.describe(largest)} has the count {counts[largest]:g} of {quote(name)};"
                f" counts are at most {LARGEST:g}"
            )


def _grid(columns: Columns, cleaned: Cleaned, name: str, kept: BoolArray, n_times: int) -> Grid:
    """Return one count of the posts that are kept on the grid."""
    samples = cleaned.samples.take(~np.isnan(cleaned.samples.counts[name]) & kept[cleaned.samples.post])
    bounds = np.searchsorted(samples.post, np.append(np.flatnonzero(kept), len(kept)))
    elapsed = samples.elapsed
    if _adds_whole_steps(cleaned):
        # A step without a count had none, however many there are.
        elapsed, fill, max_gap = np.rint(elapsed), False, n_times
    else:
        # Cells that are missing between columns of days are left to cleaning, which reports them.
        fill, max_gap = columns.is_long, columns.options.max_gap
    return to_grid(bounds, elapsed, samples.counts[name], n_times, max_gap=max_gap, fill=fill)


def _adds_whole_steps(cleaned: Cleaned) -> bool:
    """Whether counts were of each step, and all of them are on the grid."""
    elapsed = cleaned.samples.elapsed
    return cleaned.counts == "per-step" and bool(np.abs(elapsed - np.rint(elapsed)).max(initial=0.0) < TOLERANCE)


def _ages(columns: Columns, cleaned: Cleaned, samples: Samples) -> FloatArray:
    """Return the number of steps that are over for each post: until the export was made, or its last sample."""
    ages = np.zeros(len(samples.ids))
    np.maximum.at(ages, samples.post, samples.elapsed)
    days = columns.plan.days
    # Behind the last count of a row, the empty cells of numbered days are days that are not over; others are known by
    # their times.
    is_dated = days is None or days.dates is not None or columns.options.as_of is not None
    if is_dated and cleaned.as_of is not None and cleaned.upload is not None:
        since = (cleaned.as_of - cleaned.upload) / columns.step.to_timedelta64()
        np.maximum.at(ages, cleaned.samples.post, np.nan_to_num(since))
    whole: FloatArray = np.floor(ages + TOLERANCE)
    return whole


def _totals(samples: Samples, chosen: BoolArray) -> pd.DataFrame:
    """Return the only count of some posts, and when it was taken."""
    part = samples.take(chosen[samples.post])
    table = {"step": part.elapsed, "views": part.views}
    if part.time is not None:
        table["time"] = part.time
    return pd.DataFrame(table, index=samples.ids[part.post])


def describe_posts(columns: Columns, timing: Timing) -> PostTable:
    """Return author, time of posting, class and part of a split of each post, where columns say so."""
    ids, post, roles = columns.ids, columns.post, columns.plan.roles

    def first(name: str | None) -> pd.Series | None:
        if name is None:
            return None
        cells = as_names(columns.joined.cells[name])
        return cells.groupby(post).first().reindex(range(len(ids))).set_axis(ids)

    posted = timing.posted
    if posted is not None:
        posted = posted.groupby(post).first().reindex(range(len(ids))).set_axis(ids)
    return PostTable(pd.DataFrame(index=ids), first(roles.author), posted, first(roles.label), first(roles.split))


def to_dataset(lives: Lives, features: pd.DataFrame, posts: PostTable, *, name: str) -> EngagementDataset:
    """Return the posts with a curve as a dataset."""
    ids = lives.curves.index
    known = posts.take(ids)
    return EngagementDataset(
        lives.curves,
        features.loc[ids],
        known.authors,
        known.posted,
        name,
        labels=known.labels,
        split=known.split,
        channels=lives.channels,
    )
