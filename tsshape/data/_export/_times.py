"""How dates and times are written in an export, and what instants they are."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from tsshape._errors import DataError, quote
from tsshape._typing import BoolArray
from tsshape.data._cells import Where, holds_times, match_cells, parse_numbers, parse_timestamps, strip_cells
from tsshape.data._export._joined import as_names
from tsshape.data._export._options import ImportOptions

_CLOCK = (
    r"(?:[ ,T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d{1,6})?))?\s?(?P<half>[AaPp]\.?[Mm]\.?)?)?"
)
_ZONE = r"\s?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_NUMERIC = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<mark>[/.\-])(?P<second_number>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}){_CLOCK}{_ZONE}"
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})(?P<mark>[/.\-])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}}){_CLOCK}{_ZONE}"
)
# 20240226 is the 26th of February, never seconds since 1970.
_COMPACT = r"(?:19|20)[0-9]{6}"
_NAMED = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,?\s)?(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?[ \-](?P<name>[A-Za-z]{3,9})"
    r"|(?P<name2>[A-Za-z]{3,9})\.?[ \-](?P<day2>\d{1,2})(?:st|nd|rd|th)?)"
    rf",?\.?[ \-,]\s?(?P<year>\d{{4}}){_CLOCK}{_ZONE}"
)
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            *("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august"),
            *("sep sept september", "oct october", "nov november", "dec december"),
        ),
        start=1,
    )
    for name in names.split()
}
_ISO_DATE = "[0-9]{4}-?[0-9]{2}-?[0-9]{2}"
_ISO_ZONE = "(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
# Numbers of seconds, milliseconds, … since 1970 for the years from 1973 to some centuries ahead.
_EPOCHS = {"s": (1e8, 1e11), "ms": (1e11, 1e14), "us": (1e14, 1e17), "ns": (1e17, 1e20)}
# Both ways of reading are the same day.
_SAME = "(?:" + "|".join(rf"0?{number}[/.\-]0?{number}" for number in range(1, 13)) + r")[/.\-].*"
_SPELLINGS = {True: "day first", False: "month first", None: "dates in words or digits"}
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

    day_first: bool | None
    timezone: str | None

    def parse(self, cells: pd.Series, where: Where) -> Instants:
        """Return the instants of a column; DataError for a cell that is no time, or a local time that is not unique."""
        if is_datetime64_any_dtype(cells):
            stamps = parse_timestamps(cells, where)
            at_midnight = bool((stamps.dropna() == stamps.dropna().dt.normalize()).all())
            has_zone = np.full(len(cells), cells.dt.tz is not None)
            return self._instants(stamps, has_zone, where, "times", are_dates=at_midnight)
        if is_numeric_dtype(cells) and match_cells(strip_cells(as_names(cells.dropna())), _COMPACT).all():
            cells = as_names(cells)
        numbers = _all_numbers(cells, where)
        if numbers is not None:
            stamps, unit = _from_epoch(numbers, cells, where)
            return Instants(stamps, stamps, are_dates=False, spelling=f"{unit} since 1970")
        text = self.as_iso(cells)
        known = strip_cells(text)
        has_zone = match_cells(known, rf".*[T ][0-9:.]+ ?{_ISO_ZONE}")
        has_clock = match_cells(known, ".*[T ][0-9].*")
        try:
            stamps = parse_timestamps(text, where)
        except DataError as error:
            raise DataError(f"{str(error).partition(';')[0]}; {_REMEDY}") from error
        spelling = "ISO 8601" if text.equals(cells) else _SPELLINGS[self.day_first]
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

    def as_iso(self, cells: pd.Series) -> pd.Series:
        """Return text with the dates that are not ISO 8601 rewritten so; other cells stay."""
        cells = cells.astype("str").str.strip()
        text = strip_cells(cells)
        iso = match_cells(text, rf"{_ISO_DATE}(?:[T ][0-9:.]+ ?{_ISO_ZONE}?)?") & ~match_cells(text, _COMPACT)
        if (iso | cells.isna().to_numpy()).all():
            return cells
        codes, unique = pd.factorize(cells.where(~iso))
        rewritten = pd.Series([_rewrite(each, day_first=self.day_first) for each in unique], dtype="str")
        taken = rewritten.reindex(codes)
        return pd.Series(taken.array, index=cells.index, name=cells.name).where(codes >= 0, cells)


def feature_times(cells: pd.Series, where: Where, style: TimeStyle) -> pd.Series | None:
    """Return a column of text as times in UTC if every cell is one, else None; DataError if it can be read two ways."""
    if not any(holds_times(style._replace(day_first=each).as_iso(cells)) for each in (True, False)):
        return None
    if style.day_first is None:
        style = style._replace(day_first=find_day_first([(cells, where)]))
    return style.parse(cells, where).utc


def find_time_style(columns: Iterable[tuple[pd.Series, Where]], options: ImportOptions) -> TimeStyle:
    """Return how the dates of some columns are written, decided by all of them together.

    Raises
    ------
    DataError
        If dates such as 03/04/2024 can be read in two ways, or contradict each other; the message names the cell and
        the options.
    """
    explicit = True if options.day_first else False if options.month_first else None
    return TimeStyle(find_day_first(columns) if explicit is None else explicit, options.timezone)


def find_day_first(columns: Iterable[tuple[pd.Series, Where]]) -> bool | None:
    """Return whether the day stands first in dates such as 24/02/2024; None if there are none."""
    day = month = either = ""
    for cells, where in columns:
        if not isinstance(cells.dtype, pd.StringDtype):
            continue
        text = strip_cells(cells)
        tail = r"[/.\-]{}[/.\-][0-9]{{4}}(?:[ ,T].*)?"
        late, early = "(?:1[3-9]|2[0-9]|3[01])", "(?:0?[1-9]|1[0-2])"
        for pattern, name in (
            (late + tail.format(early), "day"),
            (rf"(?:{late}|{early})\.{early}\.[0-9]{{4}}(?:[ ,T].*)?", "day"),
            (early + tail.format(late), "month"),
            (early + tail.format(early), "either"),
        ):
            found = match_cells(text, pattern)
            if name == "either":
                found &= ~match_cells(text, _SAME)
            if found.any():
                position = int(found.argmax())
                cell = f"{where(position)}: {quote(str(cells.iloc[position]))}"
                day, month, either = (
                    day or (cell if name == "day" else ""),
                    month or (cell if name == "month" else ""),
                    either or (cell if name == "either" else ""),
                )
    if day and month:
        raise DataError(f"{day} has the day first, but {month} the month: write all dates alike, best as 2024-02-24")
    if either and not (day or month):
        raise DataError(
            f"{either} can be read in two ways: say --day-first if it begins with the day, or --month-first if it"
            " begins with the month"
        )
    return True if day else False if month else None


def _rewrite(text: str, *, day_first: bool | None) -> str:
    """Return a date in ISO 8601, or the text itself if it is none."""
    if re.fullmatch(_COMPACT, text):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    found = _NAMED.fullmatch(text)
    if found is not None:
        month = _MONTHS.get((found["name"] or found["name2"]).lower())
        day = int(found["day"] or found["day2"])
    elif (found := _YEAR_FIRST.fullmatch(text)) is not None:
        month, day = int(found["month"]), int(found["day"])
    elif (found := _NUMERIC.fullmatch(text)) is not None:
        first, second = int(found["first"]), int(found["second_number"])
        day, month = (first, second) if day_first else (second, first)
    else:
        return text
    if month is None:
        return text
    date = f"{found['year']}-{month:02d}-{day:02d}"
    if found["hour"] is None:
        return date
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - the hours of a clock with two halves
            return text
        hour = hour % 12 + 12 * (found["half"][0] in "pP")
    zone = {"UTC": "Z", "GMT": "Z", None: ""}.get(found["zone"], found["zone"])
    return f"{date}T{hour:02d}:{found['minute']}:{found['second'] or '00'}{zone}"


def _all_numbers(cells: pd.Series, where: Where) -> np.ndarray | None:
    """Return a column of numbers that are no dates such as 20240226; None if it is not one."""
    if is_numeric_dtype(cells):
        return parse_numbers(cells, where)
    text = strip_cells(cells)
    is_number = match_cells(text, r"[0-9]+(?:\.[0-9]+)?") & ~match_cells(text, _COMPACT)
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
