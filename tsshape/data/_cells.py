"""Parsing the cells of a column as numbers or timestamps; an error names the cell's place."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from tsshape._errors import DataError, quote
from tsshape._typing import BoolArray, FloatArray

# Returns where the cell at a position of the column is: its file, row and column.
Where = Callable[[int], str]

_MISSING_WORDS = ("", "na", "nan", "null")
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_INFINITE = r"[+-]?(?i:inf|infinity)"
_COMMA_NUMBER = r"[+-]?[0-9.]*,[0-9.,]*"
# ISO 8601 with at least year, month and day; pandas would also parse "now", "2024/5/31" and truncated times.
_DATE = "[0-9]{4}-?[0-9]{2}-?[0-9]{2}"
_CLOCK = r"[0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2}(?:\.[0-9]+)?)?)?"
_ZONE = "(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
_TIME = f"{_DATE}(?:[T ]{_CLOCK} ?{_ZONE}?)?"
# Dates that have two readings, or an order of their own: 31.05.2024, 5/31/2024, 2024/5/31.
_OTHER_DATE = "(?:[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}|[0-9]{4}[./][0-9]{1,2}[./][0-9]{1,2})(?:[T ,].*)?"
_COMMA_REMEDY = "write 1.5 instead of 1,5, and no thousands separators"
_TIME_REMEDY = "write 2024-05-31T18:00:00 in every row, or unix seconds in every row"
# Unix seconds outside the years 1 to 9999 are most likely milliseconds.
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799


def parse_numbers(cells: pd.Series, where: Where) -> FloatArray:
    """Return a column as float64, NaN where missing; raise DataError for a word or an infinite number."""
    if is_numeric_dtype(cells):
        values: FloatArray = cells.to_numpy(np.float64, na_value=np.nan)
    elif is_datetime64_any_dtype(cells):
        raise DataError(f"{where(0)}: the column holds {cells.dtype}, not numbers")
    else:
        text = strip_cells(cells)
        words = ~(match_cells(text, _NUMBER) | _as_array(text.is_null()))
        comma_first = words.any() and match_cells(text, _COMMA_NUMBER)[words.argmax()]
        _refuse_first(words, cells, where, f"not a number; {_COMMA_REMEDY}" if comma_first else "not a number")
        values = text.cast("float64").to_numpy(zero_copy_only=False)
    _refuse_first(np.isinf(values), cells, where, "not a finite number")
    return values


def holds_numbers(cells: pd.Series, where: Where) -> bool:
    """Whether a text column holds numbers and missing cells only; also True where all cells are missing.

    An infinite number among numbers counts as a number here; `parse_numbers` raises DataError for it.
    """
    if cells.isna().all():
        return True
    text = strip_cells(cells)
    missing = _as_array(text.is_null())
    numbers = match_cells(text, _NUMBER)
    with_comma = match_cells(text, _COMMA_NUMBER)
    if with_comma.any() and (numbers | with_comma | missing).all():
        _refuse_first(with_comma, cells, where, f"not a number; {_COMMA_REMEDY}")
    return bool(numbers.any() and (numbers | match_cells(text, _INFINITE) | missing).all())


def holds_times(cells: pd.Series) -> bool:
    """Whether a text column holds times as ISO 8601 and missing cells only, with at least one time."""
    text = strip_cells(cells)
    times = match_cells(text, _TIME)
    return bool(times.any() and (times | _as_array(text.is_null())).all() and not match_cells(text, _NUMBER).all())


def holds_dates(cells: pd.Series, where: Where) -> bool:
    """Whether a text column holds dates or times and missing cells only, as ISO 8601 and not as plain numbers.

    DataError is raised if all cells are dates in another form, as 31.05.2024, or if most are dates and the others only
    look like one, as 2024-02-30.
    """
    text = strip_cells(cells)
    missing = _as_array(text.is_null())
    others = match_cells(text, _OTHER_DATE)
    if (others | missing).all():
        _refuse_first(others, cells, where, "a date in a form that is not read; write 2024-05-31 in every row")
    dates = match_cells(text, _TIME) & ~match_cells(text, _NUMBER)
    if missing.all() or not (dates | missing).all():
        return False
    real = pd.to_datetime(cells.astype("str").str.strip().where(dates), format="ISO8601", utc=True, errors="coerce")
    if 2 * real.notna().sum() <= dates.sum():
        return False
    _refuse_first(
        real.isna().to_numpy() & dates, cells, where, "no date, though the other cells of the column are dates"
    )
    return True


def parse_dates(cells: pd.Series, where: Where) -> pd.Series:
    """Return a column of dates as `parse_timestamps` does; numbers are refused."""
    if not is_datetime64_any_dtype(cells) and cells.notna().any():
        numbers = np.ones(len(cells), bool) if is_numeric_dtype(cells) else match_cells(strip_cells(cells), _NUMBER)
        _refuse_first(
            numbers & cells.notna().to_numpy(), cells, where, "not a date; write 2024-05-31, or 2024-05-31T18:00:00"
        )
    return parse_timestamps(cells, where)


def parse_timestamps(cells: pd.Series, where: Where) -> pd.Series:
    """Return a column as UTC timestamps in microseconds, without a time zone; NaT where missing.

    Numbers are unix seconds, text is ISO 8601; a time without a zone is UTC.
    """
    if is_datetime64_any_dtype(cells):
        stamps = cells
    elif is_numeric_dtype(cells):
        return _from_unix_seconds(cells, where)
    else:
        text = strip_cells(cells)
        missing = _as_array(text.is_null())
        numbers = match_cells(text, _NUMBER)
        if (numbers | missing).all():
            return _from_unix_seconds(cells, where)
        candidates = cells.astype("str").str.strip().where(match_cells(text, _TIME))
        stamps = pd.to_datetime(candidates, format="ISO8601", utc=True, errors="coerce")
        bad = stamps.isna().to_numpy() & ~missing
        # In a column of unix seconds it is the word that is wrong, not the numbers.
        words = bad & ~numbers
        _refuse_first(words if words.any() else bad, cells, where, f"not a time; {_TIME_REMEDY}")
    if stamps.dt.tz is not None:
        stamps = stamps.dt.tz_convert(None)
    seconds = stamps.to_numpy("datetime64[s]").view(np.int64)
    outside = ((seconds < _FIRST_SECOND) | (seconds > _LAST_SECOND)) & stamps.notna().to_numpy()
    _refuse_first(outside, cells, where, "outside the years 1 to 9999")
    return stamps.astype("datetime64[us]")


def _from_unix_seconds(cells: pd.Series, where: Where) -> pd.Series:
    """Return timestamps for unix seconds."""
    seconds = parse_numbers(cells, where)
    outside = (seconds < _FIRST_SECOND) | (seconds > _LAST_SECOND)
    _refuse_first(outside, cells, where, "not a time in unix seconds (milliseconds, perhaps?)")
    microseconds = np.full(len(seconds), np.datetime64("NaT", "us"))
    known = ~np.isnan(seconds)
    microseconds[known] = np.round(seconds[known] * 1e6).astype(np.int64).view("datetime64[us]")
    return pd.Series(microseconds, index=cells.index, name=cells.name)


def strip_cells(cells: pd.Series) -> Any:
    """Return the cells as Arrow text, stripped; "NA", "NaN" and "null" become missing."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import compute  # noqa: PLC0415

    text = pa.array(cells.astype("str"))
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    text = compute.utf8_trim_whitespace(text)
    missing = compute.is_in(compute.utf8_lower(text), pa.array(_MISSING_WORDS, text.type))
    return compute.if_else(missing, None, text)


def match_cells(text: Any, pattern: str) -> BoolArray:
    """Return which cells of Arrow text match a pattern entirely; missing cells do not."""
    from pyarrow import compute  # noqa: PLC0415

    return _as_array(compute.match_substring_regex(text, rf"\A(?:{pattern})\z"))


def _as_array(flags: Any) -> BoolArray:
    """Return Arrow booleans as an array, False where missing."""
    found: BoolArray = flags.fill_null(False).to_numpy(zero_copy_only=False)  # noqa: FBT003
    return found


def _refuse_first(bad: BoolArray, cells: pd.Series, where: Where, fault: str) -> None:
    """Raise DataError for the first bad cell, naming its place and content."""
    if bad.any():
        first = int(np.argmax(bad))
        cell = cells.iloc[first]
        raise DataError(f"{where(first)}: {quote(cell) if isinstance(cell, str) else cell} is {fault}")
