"""Curves on a regular grid from samples at any times."""

from itertools import pairwise

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._typing import FloatArray, IntArray
from tsshape._validation import format_label
from tsshape.data._cells import Where, parse_numbers, parse_timestamps

_COLUMNS = ("id", "posted", "time", "views")


def resample(samples: pd.DataFrame, *, n_times: int = 30, step: str | pd.Timedelta = "24h") -> pd.DataFrame:
    """Interpolate samples to curves on the grid posted + step, posted + 2 step, ….

    The curve is the monotone piecewise cubic interpolant of Fritsch and Butland [1]_ through the samples, and through 0
    views at the time of posting if there is no sample then. Each value lies between the samples around it, also where
    samples decrease; where samples never decrease, neither does the curve. Nothing is extrapolated: a curve is missing
    after the last sample of its post.

    Parameters
    ----------
    samples : DataFrame
        One row for each sample, in any order, with the columns `id`, `posted` and `time` (timestamps, ISO 8601 text or
        unix seconds) and `views` (cumulative, at least 0).
    n_times : int
        Number of grid points, at least 1.
    step : str or Timedelta
        Time between grid points, greater than 0.

    Returns
    -------
    DataFrame of shape (n_posts, n_times)
        Views, NaN after a post's last sample; the index `id` has the posts in the order in which they appear, the
        columns are 1…n_times.

    Raises
    ------
    DataError
        If a column, an id or a value is missing, views are not numbers or negative, or a post has two times of posting,
        a sample before it, or different views at one time; the message names the id, or the row without one.

    References
    ----------
    .. [1] F. N. Fritsch, J. Butland, "A method for constructing local monotone piecewise cubic interpolants", SIAM
       Journal on Scientific and Statistical Computing 5, 1984.

    Examples
    --------
    >>> import pandas as pd
    >>> from tsshape import resample
    >>> samples = pd.DataFrame({"id": "a", "posted": 0, "time": [43_200, 86_400, 216_000], "views": [3.0, 4.0, 10.0]})
    >>> resample(samples, n_times=3).round(1).to_dict("index")
    {'a': {1: 4.0, 2: 7.5, 3: nan}}
    """
    if n_times < 1:
        raise ValueError(f"n_times must be at least 1; got {n_times}")
    step = pd.Timedelta(step)
    if not step > pd.Timedelta(0):
        raise ValueError(f"step must be greater than 0; got {step}")
    posts, ids, elapsed, views = _sorted_samples(samples, step)
    grid = np.arange(1.0, n_times + 1)
    values = np.full((len(ids), n_times), np.nan)
    bounds = np.searchsorted(posts, np.arange(len(ids) + 1))
    for post, (start, stop) in enumerate(pairwise(bounds)):
        curve = interpolate_curve(elapsed[start:stop], views[start:stop], grid)
        values[post, : len(curve)] = curve
    return pd.DataFrame(values, index=ids, columns=range(1, n_times + 1), copy=False)


def interpolate_curve(times: FloatArray, views: FloatArray, grid: FloatArray) -> FloatArray:
    """Interpolate the views of one post at the grid points up to its last sample; times are in steps since posting."""
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415

    reached = grid[: np.searchsorted(grid, times[-1], side="right")]
    if not len(reached):
        return reached
    if times[0] > 0:
        times, views = np.r_[0.0, times], np.r_[0.0, views]
    before = views[np.searchsorted(times, reached, side="right") - 1]
    after = views[np.searchsorted(times, reached, side="left")]
    # Scaled by a power of two, which is exact, so that products of slopes stay finite; the inverse of a tiny slope may
    # be infinite.
    _, exponent = np.frexp(views.max())
    with np.errstate(over="ignore"):
        values: FloatArray = np.ldexp(PchipInterpolator(times, np.ldexp(views, -exponent))(reached), exponent)
    # These bounds hold in exact arithmetic; here they remove rounding errors.
    values = np.clip(values, np.minimum(before, after), np.maximum(before, after))
    if (np.diff(views) >= 0).all():
        values = np.maximum.accumulate(values)
    return values


def _sorted_samples(samples: pd.DataFrame, step: pd.Timedelta) -> tuple[IntArray, pd.Index, FloatArray, FloatArray]:
    """Return the post's number, steps since posting and views of each sample, checked and sorted, and the ids."""
    missing = [column for column in _COLUMNS if column not in samples]
    if missing or not len(samples):
        raise DataError(f"samples: no column {missing[0]!r}" if missing else "samples: there are none")
    nameless = samples["id"].isna().to_numpy()
    if nameless.any():
        row = int(nameless.argmax())
        raise DataError(
            f"samples: the id is missing in row {format_label(samples.index[row])} ({nameless.sum()} such rows in all)"
        )
    table = pd.DataFrame(
        {
            "id": samples["id"].astype("str").to_numpy(),
            "posted": parse_timestamps(samples["posted"], _where(samples, "posted")).to_numpy(),
            "time": parse_timestamps(samples["time"], _where(samples, "time")).to_numpy(),
            "views": parse_numbers(samples["views"], _where(samples, "views")),
        }
    )
    for column in _COLUMNS:
        _refuse(table[column].isna(), table, f"{column} is missing in a sample")
    _refuse(table["views"] < 0, table, "views are negative in a sample")
    first_posted = table.groupby("id")["posted"].transform("first")
    _refuse(table["posted"] != first_posted, table, "the samples name two times of posting")
    _refuse(table["time"] < table["posted"], table, "a sample is older than the post")
    table["post"], ids = pd.factorize(table["id"])
    table = table.sort_values(["post", "time"], kind="stable").drop_duplicates(["post", "time", "views"])
    _refuse(table.duplicated(["post", "time"]), table, "two samples of one time have different views")
    elapsed = ((table["time"] - table["posted"]) / step).to_numpy(np.float64)
    return table["post"].to_numpy(), pd.Index(ids, name="id"), elapsed, table["views"].to_numpy()


def _where(samples: pd.DataFrame, column: str) -> Where:
    """Return a function that names the place of a cell of the samples."""
    return lambda row: f"samples, id {format_label(samples['id'].iloc[row])}, column {column!r}"


def _refuse(bad: pd.Series, table: pd.DataFrame, fault: str) -> None:
    """Raise DataError if any sample is bad, naming the first one and its post."""
    if bad.any():
        row = table[bad].iloc[0]
        raise DataError(
            f"id {quote(row['id'])}: {fault} (time {row['time']}, views {row['views']}; {bad.sum()} in all)"
        )
