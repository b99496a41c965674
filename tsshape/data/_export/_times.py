"""How dates and times are written in an export, and what instants they are."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from tsshape._errors import DataError
from tsshape._typing import BoolArray
from tsshape.data._cells import Where, holds_times, match_cells, parse_numbers, parse_timestamps, strip_cells
from tsshape.data._export._dates import COMPACT_DATE, ISO_ZONE, DateStyle, find_date_style
from tsshape.data._export._joined import as_names
from tsshape.data._export._options import ImportOptions

# Numbers of seconds, milliseconds, … since 1970 for the years from 1973 to some centuries ahead.
_EPOCHS = {"s": (1e8, 1e11), "ms": (1e11, 1e14), "us": (1e14, 1e17), "ns": (1e17, 1e20)}
_REMEDY = "write 2024-05-31T18:00:00, 31.05.2024, or seconds or milliseconds since 1970, in every row"


class Instants(NamedTuple):
    """Times of a column: in UTC, as the local clock shows them, and whether all of them are dates without a time.

    Both are datetime64[us] without a time zone, NaT where missing.
    """

    utc: pd.Series
    local: pd.Series
    are_dates: bool
    spelling: str


class TimeStyle(NamedTuple):
    """How dates are written in an export, and the time zone of those without an offset."""

    dates: DateStyle
    timezone: str | None

    def parse(self, cells: pd.Series, where: Where) -> Instants:
        """Return the instants of a column; DataError for a cell that is no time, or a local time that is not unique."""
        if is_datetime64_any_dtype(cells):
            stamps = parse_timestamps(cells, where)
            at_midnight = bool((stamps.dropna() == stamps.dropna().dt.normalize()).all())
            has_zone = np.full(len(cells), cells.dt.tz is not None)
            return self._instants(stamps, has_zone, where, "times", are_dates=at_midnight)
        if is_numeric_dtype(cells) and match_cells(strip_cells(as_names(cells.dropna())), COMPACT_DATE).all():
            cells = as_names(cells)
        numbers = _all_numbers(cells, where)
        if numbers is not None:
            stamps, unit = _from_epoch(numbers, cells, where)
            return Instants(stamps, stamps, are_dates=False, spelling=f"{unit} since 1970")
        text = self.dates.as_iso(cells)
        known = strip_cells(text)
        has_zone = match_cells(known, rf".*[T ][0-9:.]+ ?{ISO_ZONE}")
        has_clock = match_cells(known, ".*[T ][0-9].*")
        try:
            stamps = parse_timestamps(text, where)
        except DataError as error:
            raise DataError(f"{str(error).partition(';')[0]}; {_REMEDY}") from error
        spelling = "ISO 8601" if text.equals(cells) else self.dates.spell()
        return self._instants(stamps, has_zone, where, spelling, are_dates=not has_clock.any())

    def _instants(
        self, stamps: pd.Series, has_zone: BoolArray, where: Where, spelling: str, *, are_dates: bool
    ) -> Instants:
        """Return instants from times that are UTC where they have a zone, and local elsewhere."""
        missing = stamps.isna().to_numpy()
        if self.timezone is None:
            return Instants(stamps, stamps, are_dates, spelling)
        zone = self.timezone
        local = stamps.dt.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward" if are_dates else "NaT")
        bad = local.isna().to_numpy() & ~missing & ~has_zone
        if bad.any():
            first = int(bad.argmax())
            raise DataError(
                f"{where(first)}: {stamps.iloc[first]} comes twice or never in {zone}, where the clock changes:"
                " write times with their offset (2024-10-27T02:30:00+02:00), or export UTC and say --timezone UTC"
            )
        utc = local.dt.tz_convert(None).astype("datetime64[us]").where(~has_zone, stamps)
        as_local = stamps.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None).where(has_zone, stamps)
        return Instants(utc, as_local, are_dates, f"{spelling}, {zone}")


def feature_times(cells: pd.Series, where: Where, style: TimeStyle) -> pd.Series | None:
    """Return a column of text as times in UTC if every cell is one, else None; DataError if it can be read two ways."""
    if not any(holds_times(DateStyle(each).as_iso(cells)) for each in (True, False)):
        return None
    if style.dates.day_first is None:
        style = style._replace(dates=find_date_style([(cells, where)], ImportOptions()))
    return style.parse(cells, where).utc


def find_time_style(columns: Iterable[tuple[pd.Series, Where]], options: ImportOptions) -> TimeStyle:
    """Return how the times of some columns are written; as `find_date_style`."""
    return TimeStyle(find_date_style(columns, options), options.timezone)


def _all_numbers(cells: pd.Series, where: Where) -> np.ndarray | None:
    """Return a column of numbers that are no dates such as 20240226; None if it is not one."""
    if is_numeric_dtype(cells):
        return parse_numbers(cells, where)
    text = strip_cells(cells)
    is_number = match_cells(text, r"[0-9]+(?:\.[0-9]+)?") & ~match_cells(text, COMPACT_DATE)
    missing = ~match_cells(text, "(?s).+")
    return parse_numbers(cells, where) if is_number.any() and (is_number | missing).all() else None


def _from_epoch(numbers: np.ndarray, cells: pd.Series, where: Where) -> tuple[pd.Series, str]:
    """Return times from seconds, milliseconds, microseconds or nanoseconds since 1970, one unit for all."""
    known = ~np.isnan(numbers)
    for unit, (least, most) in _EPOCHS.items():
        fits = (numbers >= least) & (numbers < most)
        if fits[known].all() and known.any():
            micro = np.full(len(numbers), np.datetime64("NaT", "us"))
            scale = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}[unit]
            micro[known] = np.round(numbers[known] * scale).astype(np.int64).view("datetime64[us]")
            name = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}[unit]
            return pd.Series(micro, index=cells.index, name=cells.name), name
    first = int(np.argmax(known & ~((numbers >= 1e8) & (numbers < 1e20)))) if known.any() else 0  # noqa: PLR2004
    raise DataError(f"{where(first)}: {cells.iloc[first]} is not a time; {_REMEDY}")
