"""Samples after what cannot stand was refused and what is empty or repeated was left out."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tsshape._choices import Counts
from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape.data._export._columns import Columns
from tsshape.data._export._counts import add_up, decide_counts, falling_steps
from tsshape.data._export._options import ImportOptions
from tsshape.data._export._samples import Samples, count_from_one, drop_before_upload, merge_equal
from tsshape.data._export._times import find_time_style
from tsshape.data._export._timing import Timing


class Cleaned(NamedTuple):
    """Samples with cumulative counts, sorted by post and time, and what was done.

    Attributes
    ----------
    samples : Samples
        Cumulative counts.
    counts : {"cumulative", "per-step"}
        What they were.
    as_of : datetime64 or None
        When the export was made; None if neither times nor an option say so.
    upload : array of datetime64 or None
        When the post of each sample went up.
    begins : datetime64 or None
        The first date of an export with counts of each step: what came before is not in it. None for other exports.
    from_zero : bool
        Whether days were numbered from 0, or dates stand for the end of their day.
    before_upload, after_export, duplicates : int
        Number of samples that were left out.
    decreases, posts_with_decreases : int
        Number of counts below the one before, and of posts with one.
    """

    samples: Samples
    counts: Counts
    as_of: Any
    upload: Any
    begins: Any
    from_zero: bool
    before_upload: int
    after_export: int
    duplicates: int
    decreases: int
    posts_with_decreases: int


def clean_samples(columns: Columns, timing: Timing, samples: Samples) -> Cleaned:
    """Return the samples of an export with cumulative counts."""
    joined, step, options = columns.joined, columns.step, columns.options
    samples, from_zero = count_from_one(
        samples,
        1 / columns.step_in_days if samples.time is not None else columns.unit / columns.step,
        joined,
        whole_days=timing.whole_days,
        per_step=options.counts == "per-step",
    )
    samples, before_upload = drop_before_upload(samples, joined)
    # The end of a whole day is when its count was known.
    shift = np.timedelta64(1, "D") if from_zero and samples.time is not None else np.timedelta64(0, "D")
    when = None if samples.time is None else samples.time + shift
    if when is None and timing.posted is not None:
        when = timing.posted.to_numpy()[samples.row] + _times(samples.elapsed, step)
    as_of, after_export = None, 0
    if options.as_of is not None:
        if when is None:
            raise DataError(f"--as-of: nothing says when the counts of {joined.source} were taken; name --posted")
        as_of = _parse_as_of(options)
        late = when > as_of
        samples, when, after_export = samples.take(~late), when[~late], int(late.sum())
    elif when is not None and len(when) and not np.isnat(when).all():
        as_of = np.nanmax(when)
    if not len(samples.post):
        raise DataError(f"{joined.source} has no count")
    begins = None if timing.time is None else timing.time.min().to_datetime64() + shift
    if when is not None:
        samples = samples._replace(time=when)
    samples, duplicates = merge_equal(samples, joined)
    counts = decide_counts(samples, options.counts, joined.source)
    upload = None if samples.time is None else samples.time - _times(samples.elapsed, step)
    if counts == "per-step":
        samples = add_up(samples)
    falls, _ = falling_steps(samples, samples.views)
    return Cleaned(
        samples,
        counts,
        as_of,
        upload,
        begins if counts == "per-step" else None,
        from_zero,
        before_upload,
        after_export,
        duplicates,
        int(falls.sum()),
        int((falls > 0).sum()),
    )


def _times(elapsed: FloatArray, step: pd.Timedelta) -> Any:
    """Return numbers of steps as timedelta64 in microseconds."""
    return np.rint(elapsed * (step / pd.Timedelta(microseconds=1))).astype("timedelta64[us]")


def _as_of(position: int) -> str:
    """Name the option in messages about its only cell."""
    del position
    return "--as-of"


def _parse_as_of(options: ImportOptions) -> Any:
    """Return the option `as_of` as a time in UTC."""
    cells = pd.Series([options.as_of], dtype="str")
    found = find_time_style([(cells, _as_of)], options).parse(cells, _as_of)
    if found.utc.isna().any():
        raise DataError(f"--as-of: {options.as_of!r} is not a time")
    return found.utc.to_numpy()[0]
