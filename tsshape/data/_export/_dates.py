"""How dates are written in an export: the order of day, month and year, and its rewriting in ISO 8601."""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import pandas as pd

from tsshape._errors import DataError, quote
from tsshape.data._cells import Where, match_cells, strip_cells
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
_SHORT = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<mark>[/.\-])(?P<middle>\d{{1,2}})(?P=mark)(?P<last>\d{{2}}){_CLOCK}{_ZONE}"
)
# 20240226 is the 26th of February, never seconds since 1970.
COMPACT_DATE = r"(?:19|20)[0-9]{6}"
# Both ways of reading are the same day.
_SAME = "(?:" + "|".join(rf"0?{number}[/.\-]0?{number}" for number in range(1, 13)) + r")[/.\-].*"
# Orders of dates whose years have two digits: the position of year, month and day.
_SHORT_ORDERS = {"day first": (2, 1, 0), "month first": (2, 0, 1), "year, month": (0, 1, 2), "year, day": (0, 2, 1)}
ISO_DATE = "[0-9]{4}-?[0-9]{2}-?[0-9]{2}"
ISO_ZONE = "(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"


class DateStyle(NamedTuple):
    """The order of day and month in dates such as 24/02/2024, and in those whose year has two digits, if known."""

    day_first: bool | None = None
    short: str | None = None

    def spell(self) -> str:
        """Return how dates are written, for people."""
        if self.short is not None:
            return f"{self.short}, years of two digits"
        return (
            "dates in words or digits" if self.day_first is None else "day first" if self.day_first else "month first"
        )

    def as_iso(self, cells: pd.Series) -> pd.Series:
        """Return text with its dates in ISO 8601; cells that are no dates stay."""
        cells = cells.astype("str").str.strip()
        text = strip_cells(cells)
        iso = match_cells(text, rf"{ISO_DATE}(?:[T ][0-9:.]+ ?{ISO_ZONE}?)?") & ~match_cells(text, COMPACT_DATE)
        if (iso | cells.isna().to_numpy()).all():
            return cells
        codes, unique = pd.factorize(cells.where(~iso))
        rewritten = pd.Series([_rewrite(each, self) for each in unique], dtype="str")
        taken = rewritten.reindex(codes)
        return pd.Series(taken.array, index=cells.index, name=cells.name).where(codes >= 0, cells)


def find_date_style(columns: Iterable[tuple[pd.Series, Where]], options: ImportOptions) -> DateStyle:
    """Return how the dates of some columns are written, decided by all of them together.

    Raises
    ------
    DataError
        If dates such as 03/04/2024 can be read in two ways, or contradict each other; the message names the cell and
        the options.
    """
    columns = [(cells, where) for cells, where in columns if isinstance(cells.dtype, pd.StringDtype)]
    day_first = True if options.day_first else False if options.month_first else _find_day_first(columns)
    return DateStyle(day_first, _find_short_order(columns, day_first=day_first))


def _find_short_order(columns: list[tuple[pd.Series, Where]], *, day_first: bool | None) -> str | None:
    """Return the only order that makes all dates whose years have two digits possible; None if there are none."""
    wanted = {None: set(_SHORT_ORDERS), True: {"day first"}, False: {"month first"}}[day_first]
    first = ""
    for cells, where in columns:
        found = match_cells(strip_cells(cells), r"[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-][0-9]{2}(?:[ ,T].*)?")
        if found.any():
            position = int(found.argmax())
            first = first or f"{where(position)}: {quote(str(cells.iloc[position]))}"
            for each in cells[found].str.strip().unique():
                wanted = {order for order in wanted if _short_date(each, order) is not None}
    if first and len(wanted) > 1:
        raise DataError(
            f"{first} can be read in several ways: say --day-first if it begins with the day, --month-first if it"
            " begins with the month, or write years with four digits"
        )
    return wanted.pop() if first and wanted else None


def _short_date(text: str, order: str) -> date | None:
    """Return a date whose year has two digits, None if it is not one in this order."""
    found = _SHORT.fullmatch(text)
    if found is None:
        return None
    numbers = [int(found[part]) for part in ("first", "middle", "last")]
    year, month, day = (numbers[position] for position in _SHORT_ORDERS[order])
    try:
        return date(2000 + year, month, day)
    except ValueError:
        return None


def _find_day_first(columns: list[tuple[pd.Series, Where]]) -> bool | None:
    """Return whether the day stands first in dates such as 24/02/2024; None if there are none."""
    day = month = either = ""
    for cells, where in columns:
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


def _rewrite(text: str, style: DateStyle) -> str:
    """Return a date in ISO 8601, or the text itself if it is none."""
    if re.fullmatch(COMPACT_DATE, text):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if (found := _NAMED.fullmatch(text)) is not None:
        month = _MONTHS.get((found["name"] or found["name2"]).lower(), 0)
        day, year = int(found["day"] or found["day2"]), int(found["year"])
    elif (found := _YEAR_FIRST.fullmatch(text)) is not None:
        year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    elif (found := _NUMERIC.fullmatch(text)) is not None:
        first, second, year = int(found["first"]), int(found["second_number"]), int(found["year"])
        day, month = (first, second) if style.day_first else (second, first)
    elif (found := _SHORT.fullmatch(text)) is not None and style.short is not None:
        short = _short_date(text, style.short)
        year, month, day = (0, 0, 0) if short is None else (short.year, short.month, short.day)
    else:
        return text
    clock = _rewrite_clock(found)
    return text if month == 0 or clock is None else f"{year:04d}-{month:02d}-{day:02d}{clock}"


def _rewrite_clock(found: re.Match[str]) -> str | None:
    """Return the time of day of a date as ISO 8601 writes it behind the date; None if there is no such time."""
    if found["hour"] is None:
        return ""
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - the hours of a clock with two halves
            return None
        hour = hour % 12 + 12 * (found["half"][0] in "pP")
    zone = {"UTC": "Z", "GMT": "Z", None: ""}.get(found["zone"], found["zone"])
    return f"T{hour:02d}:{found['minute']}:{found['second'] or '00'}{zone}"
