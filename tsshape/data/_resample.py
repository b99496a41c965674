"""From samples at any instants to curves on a regular grid."""

from itertools import pairwise

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._typing import FloatArray, IntArray
from tsshape._validation import format_label
from tsshape.data._cells import Where, parse_numbers, parse_timestamps

_COLUMNS = ("id", "posted", "time", "views")


def resample(samples: pd.DataFrame, *, n_times: int = 30, step: str | pd.Timedelta = "24h") -> pd.DataFrame:
    """Curves of cumulative views on the grid posted + step, posted + 2 step, …, from samples at any instants.

    Between samples the curve is the monotone piecewise cubic interpolant of Fritsch and Butland [1]_ through 0 views at
    the time of posting, unless a sample is there, and all samples. Each value lies between the samples around it, also
    where the samples decrease; samples that never decrease give a curve that never decreases. After a post's last
    sample its curve is missing: nothing is extrapolated.

    Parameters
    ----------
    samples : DataFrame
        One row a sample, in any order, with the columns `id`, `posted` and `time` (timestamps, ISO 8601 text or unix
        seconds) and `views` (cumulative, at least 0).
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
        If a column or value is missing, views are no number or negative, a post has two times of posting, a sample
        before it, or different views at one time; the message names the id.

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
        curve = _interpolate(elapsed[start:stop], views[start:stop], grid)
        values[post, : len(curve)] = curve
    return pd.DataFrame(values, index=ids, columns=range(1, n_times + 1), copy=False)


def _interpolate(times: FloatArray, views: FloatArray, grid: FloatArray) -> FloatArray:
    """One post's views at the grid points up to its last sample; times in steps since posting."""
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415

    reached = grid[: np.searchsorted(grid, times[-1], side="right")]
    if not len(reached):
        return reached
    if times[0] > 0:
        times, views = np.r_[0.0, times], np.r_[0.0, views]
    before = views[np.searchsorted(times, reached, side="right") - 1]
    after = views[np.searchsorted(times, reached, side="left")]
    # By a power of two, which costs no digit, so that the products of slopes stay finite; the inverse of a slope that
    # is next to nothing may be infinite.
    _, exponent = np.frexp(views.max())
    with np.errstate(over="ignore"):
        values: FloatArray = np.ldexp(PchipInterpolator(times, np.ldexp(views, -exponent))(reached), exponent)
    # The bounds hold in exact arithmetic already; they and the running maximum take away the last digit's error.
    values = np.clip(values, np.minimum(before, after), np.maximum(before, after))
    if (np.diff(views) >= 0).all():
        values = np.maximum.accumulate(values)
    return values


def _sorted_samples(samples: pd.DataFrame, step: pd.Timedelta) -> tuple[IntArray, pd.Index, FloatArray, FloatArray]:
    """Per sample its post's number, steps since posting and views, sorted and checked; and the posts' ids."""
    lacking = [column for column in _COLUMNS if column not in samples]
    if lacking or not len(samples):
        raise DataError(f"samples: no column {lacking[0]!r}" if lacking else "samples: there are none")
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
    """Where a cell of the samples stands."""
    return lambda row: f"samples, id {format_label(samples['id'].iloc[row])}, column {column!r}"


def _refuse(bad: pd.Series, table: pd.DataFrame, fault: str) -> None:
    """Refuse samples, naming the first post and its sample."""
    if bad.any():
        row = table[bad].iloc[0]
        raise DataError(
            f"id {quote(row['id'])}: {fault} (time {row['time']}, views {row['views']}; {bad.sum()} in all)"
        )
