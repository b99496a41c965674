"""The kind of values in a feature column, and their conversion to numbers or text."""

from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape._validation import format_label

ValueKind: TypeAlias = Literal["number", "text", "date"]

# The results of pandas.api.types.infer_dtype for values that can be used.
_KINDS: dict[str, ValueKind] = {
    "boolean": "number",
    "integer": "number",
    "floating": "number",
    "mixed-integer-float": "number",
    "decimal": "number",
    "string": "text",
    "datetime": "date",
    "datetime64": "date",
    "date": "date",
}


def named_columns(features: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the columns by name (as a string), with blank text as missing; names must be unique."""
    names = features.columns.map(str)
    if not names.is_unique:
        raise DataError(f"features: column {names[names.duplicated()][0]!r} appears more than once; rename one")
    return {name: _blank_as_missing(features.iloc[:, i].rename(name)) for i, name in enumerate(names)}


def value_kind(column: pd.Series) -> ValueKind | None:
    """Return the kind of the values, or of the categories of a categorical column; None if all are missing."""
    values = column.cat.remove_unused_categories().cat.categories if is_categorical(column) else column.dropna()
    if not len(values):
        return None
    inferred = infer_dtype(values)
    if inferred not in _KINDS:
        raise DataError(
            f"features: column {column.name!r} holds {inferred} values; only numbers, flags, text, categories and "
            "dates can be used: convert or drop the column"
        )
    return _KINDS[inferred]


def is_categorical(column: pd.Series) -> bool:
    """Whether the column has pandas' categorical dtype."""
    return isinstance(column.dtype, pd.CategoricalDtype)


def as_numbers(column: pd.Series) -> FloatArray:
    """Return numbers and booleans as float64, NaN where missing; raise DataError for an infinite value."""
    try:
        values: FloatArray = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except OverflowError as error:
        raise DataError(f"features: column {column.name!r} holds a number that is too large for a float64") from error
    infinite = np.isinf(values)
    if infinite.any():
        row = int(infinite.argmax())
        raise DataError(
            f"features: {values[row]} at row {format_label(column.index[row])}, column {column.name!r}; "
            "replace it by a finite number or leave the cell empty"
        )
    return values


def as_seconds(column: pd.Series) -> FloatArray:
    """Return dates as seconds since 1970-01-01 UTC, NaN where missing; a date without time zone is UTC."""
    seconds: FloatArray = (as_stamps(column).to_numpy() - np.datetime64(0, "us")) / np.timedelta64(1, "s")
    return seconds


def as_stamps(column: pd.Series) -> pd.Series:
    """Return dates as datetime64 in UTC, NaT where missing; a date without time zone is UTC."""
    # Microseconds cover all years of Python's dates; nanoseconds end in 2262.
    return pd.to_datetime(column, utc=True).dt.tz_localize(None).astype("datetime64[us]")


def as_text(column: pd.Series) -> pd.Series:
    """Return text, or categories of text, in pandas' str dtype; raise DataError for text that is not Unicode."""
    try:
        return column.astype("str")
    except UnicodeEncodeError as error:
        raise DataError(f"features: column {column.name!r} holds text that is not Unicode: {error.object!r}") from error


def _blank_as_missing(column: pd.Series) -> pd.Series:
    """Return the column with empty and blank strings as missing, like a reader of files."""
    if is_categorical(column) or infer_dtype(column) != "string":
        return column
    text = as_text(column)
    return text.mask(text.str.strip() == "")
