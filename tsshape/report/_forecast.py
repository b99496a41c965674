"""Read the folder of a forecast and check that its files belong together."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from tsshape._errors import DataError, quote
from tsshape._typing import FloatArray
from tsshape.data import read_table
from tsshape.report._long import read_long, read_observed
from tsshape.report._reading import read_json

FORECAST_FILE = "forecast.json"
SUMMARY, CURVES, FAN, OBSERVED, POSTS, LIVES = (
    "summary.csv",
    "forecast.parquet",
    "fan.parquet",
    "observed.parquet",
    "posts.parquet",
    "lives.csv",
)
# The folder that only a forecast in parts has.
_PARTS = "summary"
# The columns of the summary with numbers that each post has, those that it may lack, and how the others begin.
_NUMBERS, _GAPS, _ABOVE = ("days_observed", "forecast", "cluster"), ("views_so_far", "lower", "upper"), "above_"
# A shape is a curve divided by its largest value: prototypes lie between 0 and 1, or near. This is far beyond them, and
# far below where the differences that a chart takes overflow.
_LARGEST_SHAPE = 1e6
_TEXTS = ("author", "posted", "title")


class Settings(BaseModel):
    """What `tsshape predict` says of a forecast."""

    model_config = ConfigDict(extra="ignore")

    tsshape: str
    model: str
    data: str
    coverage: float | None = Field(default=None, gt=0, lt=1)
    # Of unfinished posts: the share whose last counts lie in the intervals that were forecast at upload.
    measured_coverage: float | None = Field(default=None, ge=0, le=1)
    measured_posts: int | None = Field(default=None, ge=1)


@dataclass(frozen=True)
class Forecast:
    """A forecast of posts, one row per post in each table.

    Attributes
    ----------
    settings : Settings
    summary : DataFrame of shape (n_posts, n_columns)
        As `ScaleShapeForecaster.summary` returns it, as float64.
    days : array of shape (n_days,)
    curves : array of shape (n_posts, n_days)
        The forecast; on observed days what was observed.
    ends : (array of shape (n_posts, n_days), array of shape (n_posts, n_days)) or None
        Lower and upper ends of the intervals with the coverage of the settings.
    fan : dict of str to array of shape (n_posts, n_days)
        Ends of the intervals, such as `lower_80`; empty without intervals.
    posts : DataFrame of shape (n_posts, 3)
        `author`, `posted` and `title` as text, empty where unknown.
    prototypes : array of shape (n_clusters, n_days)
        The prototypes of the model.
    """

    settings: Settings
    summary: pd.DataFrame
    days: FloatArray
    curves: FloatArray
    ends: tuple[FloatArray, FloatArray] | None
    fan: dict[str, FloatArray]
    posts: pd.DataFrame
    prototypes: FloatArray

    @property
    def above(self) -> dict[str, float]:
        """Return the columns of the summary with probabilities, and the counts that they belong to."""
        return {name: float(name.removeprefix(_ABOVE)) for name in self.summary if name.startswith(_ABOVE)}

    @property
    def levels(self) -> list[str]:
        """Return the coverages of the fan in percent, the narrowest first."""
        return sorted({name.rpartition("_")[2] for name in self.fan}, key=float)

    def last_seen(self, position: int) -> float:
        """Return the last observed count of a post; NaN if none is known."""
        return float(self.summary["views_so_far"].iloc[position]) if "views_so_far" in self.summary else np.nan


def read_forecast(folder: Path) -> Forecast:
    """Read a folder that `tsshape predict --out FOLDER` has written."""
    if (folder / _PARTS).is_dir():
        raise DataError(
            f"{folder} has a forecast in parts, as --scheduler writes them, and a report lists every post: forecast "
            "those that it should show without --scheduler"
        )
    settings = read_json(folder / FORECAST_FILE, Settings)
    summary = _summary(folder / SUMMARY)
    days, columns = read_long(folder / CURVES, summary.index)
    if "forecast" not in columns:
        raise DataError(f"{folder / CURVES} has no column 'forecast'")
    beyond = summary["days_observed"] > len(days)
    if beyond.any():
        raise DataError(f"{folder / SUMMARY}: post {quote(str(beyond.idxmax()))} has more days than {CURVES}")
    curves = columns["forecast"]
    fan: dict[str, FloatArray] = {}
    if (folder / FAN).exists():
        fan_days, fan = read_long(folder / FAN, summary.index)
        if not np.array_equal(days, fan_days):
            raise DataError(f"{folder / FAN} has other days than {CURVES}")
        _check_pairs(folder / FAN, fan)
    if (folder / OBSERVED).exists():
        rows, columns_of_days, views = read_observed(folder / OBSERVED, summary.index, days)
        curves[rows, columns_of_days] = views
    ends = (columns["lower"], columns["upper"]) if {"lower", "upper"} <= set(columns) else None
    prototypes = _prototypes(folder / LIVES, len(days))
    beyond = summary["cluster"] >= len(prototypes)
    if beyond.any():
        post, cluster = quote(str(beyond.idxmax())), summary["cluster"][beyond.idxmax()]
        raise DataError(f"{folder / SUMMARY}: post {post} is of cluster {cluster:.0f}, which is not in {LIVES}")
    return Forecast(settings, summary, days, curves, ends, fan, _posts(folder / POSTS, summary.index), prototypes)


def _summary(path: Path) -> pd.DataFrame:
    """Read the table with one row per post."""
    table = read_table(path).take_ids("id")
    table.check_unique()
    for name in _NUMBERS:
        if name not in table.cells:
            raise DataError(f"{path} has no column {name!r}")
    above = [name for name in table.cells if name.startswith(_ABOVE)]
    names = [*_NUMBERS, *(name for name in _GAPS if name in table.cells), *above]
    summary = pd.DataFrame({name: table.numbers(name) for name in names}, table.ids)
    for name in _NUMBERS:
        wrong = ~(summary[name] >= 0).to_numpy()
        if wrong.any():
            raise DataError(f"{table.where(name)(int(wrong.argmax()))}: a number from 0 on is needed")
    for name in above:
        wrong = ~summary[name].between(0, 1).to_numpy()
        if wrong.any():
            raise DataError(f"{table.where(name)(int(wrong.argmax()))}: a probability from 0 to 1 is needed")
        if not name.removeprefix(_ABOVE).replace(".", "", 1).isdecimal():
            raise DataError(f"{path}: column {quote(name)} does not end in a count")
    return summary


def _check_pairs(path: Path, fan: dict[str, FloatArray]) -> None:
    """Check that the columns of a fan are the lower and upper ends of intervals."""
    for name in fan:
        end, _, level = name.partition("_")
        other = {"lower": "upper", "upper": "lower"}.get(end)
        if other is None or not level.replace(".", "", 1).isdecimal() or f"{other}_{level}" not in fan:
            raise DataError(f"{path}: column {quote(name)} is not an end of an interval, such as lower_80")


def _posts(path: Path, ids: pd.Index) -> pd.DataFrame:
    """Read what is known of the posts, as text; nothing if there is no such file."""
    if not path.exists():
        return pd.DataFrame("", ids, _TEXTS)
    table = read_table(path).take_ids("id")
    table.check_unique()
    known = pd.DataFrame({name: table.cells[name].array for name in _TEXTS if name in table.cells}, table.ids)
    for name in known.select_dtypes("datetime"):
        known[name] = known[name].dt.strftime("%Y-%m-%d %H:%M")
    return known.astype("str").reindex(index=ids, columns=[*_TEXTS]).fillna("")


def _prototypes(path: Path, n_days: int) -> FloatArray:
    """Read the prototypes of the model, (n_clusters, n_days), in the order of their numbers."""
    table = read_table(path).take_ids("cluster")
    table.check_unique()
    names = [name for name in table.cells if name.removeprefix("day").isdecimal()]
    if len(names) != n_days:
        raise DataError(f"{path} has prototypes of {len(names)} days, {CURVES} has {n_days} days")
    if sorted(table.ids) != sorted(map(str, range(len(table.ids)))):
        raise DataError(f"{path}: the clusters must be numbered from 0 on, each once")
    values = np.column_stack([table.numbers(name) for name in names])
    if not (np.abs(values) <= _LARGEST_SHAPE).all():
        raise DataError(f"{path}: a prototype has a missing day, or a value beyond {_LARGEST_SHAPE:g}")
    return values[np.argsort(table.ids.astype(int))]
