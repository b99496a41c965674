"""Calendar features: what a time says about the hour, the day of the week and the day of the year."""

from collections.abc import Collection

import numpy as np
import pandas as pd

CALENDAR_PARTS = ("hour", "weekday", "yearday")


def calendar_features(times: pd.Series) -> pd.DataFrame:
    """Return hour, weekday and day of the year of times.

    Parameters
    ----------
    times : Series of datetime64 of shape (n_posts,)
        Without a time zone, NaT where missing.

    Returns
    -------
    DataFrame of shape (n_posts, 3)
        As float64, NaN where missing: `hour` (0 to 23), `weekday` (0 is Monday) and `yearday` (1 to 366).

    Examples
    --------
    >>> from tsshape.data import calendar_features
    >>> calendar_features(pd.Series(pd.to_datetime(["2024-05-31 18:00"]), ["a"])).to_dict("index")
    {'a': {'hour': 18.0, 'weekday': 4.0, 'yearday': 152.0}}
    """
    parts = {"hour": times.dt.hour, "weekday": times.dt.dayofweek, "yearday": times.dt.dayofyear}
    return pd.DataFrame({name: parts[name].astype(np.float64) for name in CALENDAR_PARTS}, index=times.index)


def add_calendar(
    features: pd.DataFrame, posted: pd.Series | None, wanted: Collection[str] | None = None
) -> pd.DataFrame:
    """Return features with `posted_hour`, `posted_weekday` and `posted_yearday`, as far as they are wanted.

    Without `wanted`, those that differ among the posts. None is added where a column of that name is there already, in
    whatever case and with or without the underscore: PostedHour is posted_hour.
    """
    if posted is None:
        return features
    calendar = calendar_features(posted).add_prefix("posted_")
    if wanted is None:
        wanted = calendar.columns[calendar.min() < calendar.max()]
    taken = {_key(name) for name in features}
    return features.assign(**{name: calendar[name] for name in calendar if name in wanted and _key(name) not in taken})


def drop_calendar(features: pd.DataFrame, posted: pd.Series | None) -> pd.DataFrame:
    """Return features without the columns that `add_calendar` would compute from the times of posting."""
    if posted is None:
        return features
    calendar = calendar_features(posted).add_prefix("posted_")
    return features.drop(
        columns=[name for name in calendar if name in features and calendar[name].equals(features[name])]
    )


def _key(name: str) -> str:
    """Return the name of a column in small letters and without underscores."""
    return name.casefold().replace("_", "")
