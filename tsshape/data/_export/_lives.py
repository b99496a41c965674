"""From samples to the lives of posts: curves on the grid, and apart the posts that have no life to draw."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import BoolArray, FloatArray, IntArray
from tsshape.data._dataset import EngagementDataset
from tsshape.data._export._clean import Cleaned
from tsshape.data._export._grid import TOLERANCE, Grid, carry_forward, n_steps_reached, post_bounds, to_grid
from tsshape.data._export._joined import as_names
from tsshape.data._export._layout import Plan
from tsshape.data._export._options import ImportOptions
from tsshape.data._export._samples import Samples
from tsshape.data._export._timing import Timing
from tsshape.data._posts import PostTable


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
    without_count : int
        Number of posts without any count.
    """

    curves: pd.DataFrame
    channels: dict[str, pd.DataFrame]
    grid: Grid
    totals: pd.DataFrame
    n_samples: IntArray
    ages: FloatArray
    without_count: int


def to_lives(cleaned: Cleaned, step: pd.Timedelta, options: ImportOptions, *, interpolate: bool) -> Lives:
    """Return the lives of posts; `interpolate` says whether steps between samples are interpolated."""
    samples = cleaned.samples.take(~np.isnan(cleaned.samples.views))
    n_samples = np.bincount(samples.post, minlength=len(samples.ids))
    single = (n_samples == 1) & (cleaned.counts == "cumulative")
    # One count on the first step is a life that has just begun; a later one says nothing about the way there.
    old = np.zeros(len(samples.ids), bool)
    old[samples.post] = samples.elapsed > 1 + TOLERANCE
    kept = (n_samples > 0) & ~(single & old)
    if not kept.any():
        raise DataError("no post has more than one count: a life takes several; are there other files, or other columns?")
    totals = _totals(samples, single & old)
    chosen = samples.take(kept[samples.post])
    n_times = options.steps or n_steps_reached(chosen.elapsed)
    ages = _ages(cleaned, samples, step)[kept]
    position = np.cumsum(kept) - 1
    channels: dict[str, pd.DataFrame] = {}
    ids = samples.ids[kept]
    for name, values in cleaned.samples.counts.items():
        known = ~np.isnan(values) & kept[cleaned.samples.post]
        part = cleaned.samples.take(known)
        table, found = _curves(part, part.counts[name], position, ids, n_times, ages, cleaned, options, interpolate=interpolate)
        if not channels:
            grid = found
        channels[name] = table
    curves = channels.pop("views")
    return Lives(curves, channels, grid, totals, n_samples[kept], ages, int((n_samples == 0).sum()))


def _curves(
    samples: Samples,
    values: FloatArray,
    position: IntArray,
    ids: pd.Index,
    n_times: int,
    ages: FloatArray,
    cleaned: Cleaned,
    options: ImportOptions,
    *,
    interpolate: bool,
) -> tuple[pd.DataFrame, Grid]:
    """Return one count of the posts on the grid."""
    post = position[samples.post]
    has_samples = np.bincount(post, minlength=len(ids)) > 0
    bounds = post_bounds((np.cumsum(has_samples) - 1)[post], int(has_samples.sum()))
    grid = to_grid(bounds, samples.elapsed, values, n_times, max_gap=options.max_gap, fill=interpolate)
    table = np.full((len(ids), n_times), np.nan)
    table[has_samples] = grid.curves
    whole = np.abs(samples.elapsed - np.rint(samples.elapsed)).max(initial=0.0) < TOLERANCE
    if cleaned.counts == "per-step" and whole:
        last = np.zeros(len(ids))
        np.maximum.at(last, post, samples.elapsed)
        steps = np.maximum(ages, last) if cleaned.as_of is not None else last
        table = carry_forward(table, np.floor(steps + TOLERANCE).astype(np.int64))
    return pd.DataFrame(table, index=ids, columns=range(1, n_times + 1)), grid


def _ages(cleaned: Cleaned, samples: Samples, step: pd.Timedelta) -> FloatArray:
    """Return the number of steps that are over for each post: until the export was made, or its last sample."""
    ages = np.zeros(len(samples.ids))
    np.maximum.at(ages, samples.post, samples.elapsed)
    if cleaned.as_of is not None and cleaned.upload is not None:
        since = (cleaned.as_of - cleaned.upload) / step.to_timedelta64()
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


def describe_posts(plan: Plan, post: IntArray, ids: pd.Index, timing: Timing) -> PostTable:
    """Return author, time of posting, class and part of a split of each post, where columns say so."""

    def first(name: str | None) -> pd.Series | None:
        if name is None:
            return None
        cells = as_names(plan.joined.cells[name])
        return cells.groupby(post).first().reindex(range(len(ids))).set_axis(ids)

    posted = timing.posted
    if posted is not None:
        posted = posted.groupby(post).first().reindex(range(len(ids))).set_axis(ids)
    roles = plan.roles
    return PostTable(pd.DataFrame(index=ids), first(roles.author), posted, first(roles.label), first(roles.split))


def to_dataset(lives: Lives, features: pd.DataFrame, posts: PostTable, *, name: str) -> EngagementDataset:
    """Return the posts with a life as a dataset."""
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
