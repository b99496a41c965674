"""Cells of one column as numbers or as instants; what is neither is refused with its place."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from tsshape._errors import DataError
from tsshape._typing import BoolArray, FloatArray

# Says where the cell at a position of the column stands: file, row and column.
Where = Callable[[int], str]

_MISSING_WORDS = ("", "na", "nan", "null")
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_INFINITE = r"[+-]?(?i:inf|infinity)"
_COMMA_NUMBER = r"[+-]?[0-9.]*,[0-9.,]*"
_COMMA_REMEDY = "write 1.5 instead of 1,5, and no thousands separators"
_TIME_REMEDY = "write 2024-05-31T18:00:00 in every row, or unix seconds in every row"
# Unix seconds outside the years 1 to 9999 are most likely milliseconds.
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799


def parse_numbers(cells: pd.Series, where: Where) -> FloatArray:
    """A column as float64, NaN for missing cells; a word or an infinite number is refused with its place."""
    if is_numeric_dtype(cells):
        values: FloatArray = cells.to_numpy(np.float64, na_value=np.nan)
    elif is_datetime64_any_dtype(cells):
        raise DataError(f"{where(0)}: the column holds {cells.dtype}, not numbers")
    else:
        values = _parse_text(cells, where)
    infinite = np.isinf(values)
    if infinite.any():
        first = int(infinite.argmax())
        raise DataError(f"{where(first)}: {cells.iloc[first]} is not a finite number")
    return values


def holds_numbers(text: pd.Series, where: Where) -> bool:
    """Whether a text column is one of numbers: some cell is one, and no cell is anything else (or all are empty).

    An infinite number among numbers counts as one, to be refused as such.
    """
    if text.isna().all():
        return True
    text = _without_missing_words(text)
    present = text[text.notna()]
    numbers = present.str.fullmatch(_NUMBER)
    with_comma = present.str.fullmatch(_COMMA_NUMBER)
    if with_comma.any() and (numbers | with_comma).all():
        first = int((text.notna() & text.str.fullmatch(_COMMA_NUMBER)).argmax())
        raise DataError(f"{where(first)}: {text.iloc[first]!r} is not a number; {_COMMA_REMEDY}")
    return bool(numbers.any() and (numbers | present.str.fullmatch(_INFINITE)).all())


def parse_timestamps(cells: pd.Series, where: Where) -> pd.Series:
    """A column as naive UTC timestamps of microseconds, NaT for missing cells.

    Numbers are unix seconds, text is ISO 8601; a time without a zone is taken as UTC.
    """
    if is_datetime64_any_dtype(cells):
        stamps = cells
    elif is_numeric_dtype(cells):
        return _from_unix_seconds(cells, where)
    else:
        text = _without_missing_words(cells)
        numbers = text.str.fullmatch(_NUMBER, na=False)
        if numbers[text.notna()].all():
            return _from_unix_seconds(text, where)
        stamps = pd.to_datetime(text, format="ISO8601", utc=True, errors="coerce")
        bad = stamps.isna() & text.notna()
        # A number is blamed only where nothing worse is: in a column of unix seconds it is the word that is wrong.
        words = bad & ~numbers
        _refuse_first(words if words.any() else bad, text, where, f"not a time; {_TIME_REMEDY}")
    if stamps.dt.tz is not None:
        stamps = stamps.dt.tz_convert(None)
    return stamps.astype("datetime64[us]")


def _parse_text(cells: pd.Series, where: Where) -> FloatArray:
    """Numbers written as text, read exactly."""
    text = _without_missing_words(cells)
    words = (text.notna() & ~text.str.fullmatch(_NUMBER, na=False)).to_numpy()
    if words.any():
        word = text.iloc[int(words.argmax())]
        with_comma = pd.Series([word]).str.fullmatch(_COMMA_NUMBER).item()
        _refuse_first(words, text, where, f"not a number; {_COMMA_REMEDY}" if with_comma else "not a number")
    values: FloatArray = text.to_numpy(np.float64, na_value=np.nan)
    return values


def _from_unix_seconds(cells: pd.Series, where: Where) -> pd.Series:
    """Timestamps from unix seconds."""
    seconds = parse_numbers(cells, where)
    outside = (seconds < _FIRST_SECOND) | (seconds > _LAST_SECOND)
    _refuse_first(outside, cells, where, "not a time in unix seconds (milliseconds, perhaps?)")
    microseconds = np.full(len(seconds), np.datetime64("NaT", "us"))
    known = ~np.isnan(seconds)
    microseconds[known] = np.round(seconds[known] * 1e6).astype(np.int64).view("datetime64[us]")
    return pd.Series(microseconds, index=cells.index, name=cells.name)


def _without_missing_words(cells: pd.Series) -> pd.Series:
    """Text cells without surrounding blanks, the words for a missing value taken as missing."""
    text = cells.astype("str").str.strip()
    return text.mask(text.str.lower().isin(_MISSING_WORDS))


def _refuse_first(bad: pd.Series | BoolArray, cells: pd.Series, where: Where, fault: str) -> None:
    """Refuse the first bad cell, quoting it and its place."""
    if bad.any():
        first = int(np.argmax(bad))
        cell = cells.iloc[first]
        raise DataError(f"{where(first)}: {repr(cell) if isinstance(cell, str) else cell} is {fault}")
