"""When each sample was taken, in steps since its post went up."""

import shlex
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from tsshape._errors import DataError, quote
from tsshape._typing import FloatArray
from tsshape.data._cells import match_cells, parse_numbers, strip_cells
from tsshape.data._export._columns import Columns, read_day_counts
from tsshape.data._export._headers import DayColumns
from tsshape.data._export._joined import Joined
from tsshape.data._export._names import AGE_NAMES, plain_names
from tsshape.data._export._options import ImportOptions
from tsshape.data._export._times import Instants

_DAY = pd.Timedelta(days=1)
_LARGEST_AGE = 100_000


class Timing(NamedTuple):
    """When the samples were taken and the posts went up.

    Attributes
    ----------
    elapsed : array of shape (n_samples,)
        Days since the post went up, NaN where unknown.
    time : Series of datetime64 or None
        When each sample was taken; None where only its age is known.
    posted : Series of datetime64 or None
        When the post of each row of the table went up, in UTC; None if no column says so.
    whole_days : bool
        Whether samples are of whole days or steps, so that the clock does not matter.
    spelling : str
        How times are written.
    """

    elapsed: FloatArray
    time: pd.Series | None
    posted: pd.Series | None
    whole_days: bool
    spelling: str


def time_samples(columns: Columns) -> Timing:
    """Return when the samples of a long table were taken."""
    plan, joined, options = columns.plan, columns.joined, columns.options
    name = plan.roles.time or ""
    ages = _ages(joined, name, options)
    posted = _posted(columns)
    if ages is not None:
        return Timing(ages, None, None if posted is None else posted.utc, whole_days=True, spelling="ages")
    time = columns.times.parse(joined.cells[name], joined.where(name))
    _refuse_missing(time.utc, columns, name, "the time of the sample")
    if posted is None:
        if not options.from_first_sample:
            raise DataError(
                f"{joined.source}: no column says when a post was posted; name it with --posted, or say"
                " --from-first-sample to take the first sample of each post as its first step"
            )
        first = time.utc.groupby(columns.post).transform("min")
        return Timing(_days(time.utc - first) + options.grid_step / _DAY, time.utc, None, time.are_dates, time.spelling)
    _refuse_missing(posted.utc, columns, plan.roles.posted or "", "the time of posting")
    if time.are_dates:
        elapsed = _days(time.local - posted.local.dt.normalize())
        return Timing(elapsed, time.local, posted.utc, whole_days=True, spelling=time.spelling)
    return Timing(_days(time.utc - posted.utc), time.utc, posted.utc, whole_days=False, spelling=time.spelling)


def time_days(columns: Columns, days: DayColumns) -> Timing:
    """Return when the columns of a wide table were counted: an array of shape (n_rows, n_columns)."""
    plan = columns.plan
    posted = _posted(columns)
    n_rows = len(plan.joined.cells)
    if days.dates is None:
        elapsed = np.broadcast_to(np.array(days.steps, float) * (columns.unit / _DAY), (n_rows, len(days.columns)))
        return Timing(
            elapsed, None, None if posted is None else posted.utc, whole_days=True, spelling="numbers of steps"
        )
    dates = days.dates.to_numpy()
    if posted is None:
        if not columns.options.from_first_sample:
            raise DataError(
                f"{plan.joined.source}: columns such as {quote(days.columns[0])} are dates, and no column says when"
                " a post was posted: name it with --posted, or say --from-first-sample to take the first count of each"
                " post as its first step"
            )
        elapsed = _days_since_first(columns, days) + columns.step_in_days
        return Timing(elapsed, days.dates, None, whole_days=True, spelling="dates as columns")
    _refuse_missing(posted.utc, columns, plan.roles.posted or "", "the time of posting")
    since = dates[np.newaxis, :] - posted.local.dt.normalize().to_numpy()[:, np.newaxis]
    return Timing(since / _DAY.to_timedelta64(), days.dates, posted.utc, whole_days=True, spelling="dates as columns")


def _days_since_first(columns: Columns, days: DayColumns) -> FloatArray:
    """Return the days of each column of dates since the first one in which a row's post has a count."""
    known = ~np.isnan(read_day_counts(columns, days))
    positions = np.where(known.any(axis=1), known.argmax(axis=1), len(days.columns) - 1)
    assert days.dates is not None  # noqa: S101 - the columns are dates
    first = pd.Series(days.dates.to_numpy()[positions]).groupby(columns.post).transform("min")
    since: FloatArray = (days.dates.to_numpy()[np.newaxis, :] - first.to_numpy()[:, np.newaxis]) / _DAY.to_timedelta64()
    return since


def _posted(columns: Columns) -> Instants | None:
    """Return when the post of each row went up; the rows of a post must agree, and may leave it out."""
    name, joined, posts = columns.plan.roles.posted, columns.joined, columns.post
    if name is None:
        return None
    found = columns.times.parse(joined.cells[name], joined.where(name))
    first = found.utc.groupby(posts).transform("first")
    differs = (found.utc.notna() & (found.utc != first)).to_numpy()
    if differs.any():
        position = int(differs.argmax())
        raise DataError(
            f"{joined.where(name)(position)}: {found.utc.iloc[position]}, but the post was posted at"
            f" {first.iloc[position]} in a row before"
        )
    return found._replace(utc=first, local=found.local.groupby(posts).transform("first"))


def _ages(joined: Joined, name: str, options: ImportOptions) -> FloatArray | None:
    """Return the ages of samples in days if a column counts steps since upload; None if it holds times."""
    cells = joined.cells[name]
    if not is_numeric_dtype(cells):
        if not isinstance(cells.dtype, pd.StringDtype):
            return None
        if not match_cells(strip_cells(cells), r"[0-9]{1,5}(?:\.[0-9]+)?").all():
            return None
    numbers = parse_numbers(cells, joined.where(name))
    units = [AGE_NAMES[each] for each in plain_names(name) if each in AGE_NAMES]
    if not units or not (numbers < _LARGEST_AGE).all():
        return None
    unit = options.grid_step if units[0] is None else pd.Timedelta(units[0])
    return numbers * float(unit / _DAY)


def _days(times: pd.Series) -> FloatArray:
    """Return times as days."""
    values: FloatArray = (times / _DAY).to_numpy(np.float64)
    return values


def _refuse_missing(times: pd.Series, columns: Columns, name: str, what: str) -> None:
    """Refuse the first row without a time."""
    missing = times.isna().to_numpy()
    if missing.any():
        row = int(missing.argmax())
        post = str(columns.ids[columns.post[row]])
        raise DataError(
            f"{columns.joined.where(name)(row)}: {what} of post {quote(post)} is missing; if that is no post, leave it"
            f" out with --ignore-post {shlex.quote(post)}"
        )
