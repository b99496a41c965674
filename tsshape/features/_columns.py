"""What a feature column holds, and its values as numbers or as text."""

from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape._validation import format_label

ValueKind: TypeAlias = Literal["number", "text", "date"]

# What pandas.api.types.infer_dtype calls the values that can be used.
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
    """The columns by name (as a string), blank text as missing; a name that stands twice is refused."""
    names = features.columns.map(str)
    if not names.is_unique:
        raise DataError(f"features: column {names[names.duplicated()][0]!r} appears more than once; rename one")
    return {name: _blank_as_missing(features.iloc[:, i].rename(name)) for i, name in enumerate(names)}


def value_kind(column: pd.Series) -> ValueKind | None:
    """What the values are, seen through a categorical dtype; None when all of them are missing."""
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
    """Numbers and flags as float64, missing as NaN; an infinite value is refused with its place."""
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
    """Dates as seconds since 1970-01-01 UTC, missing as NaN; a date without time zone counts as UTC."""
    # In microseconds, which reach all years that there are; nanoseconds end in 2262.
    stamps = pd.to_datetime(column, utc=True).dt.tz_localize(None).astype("datetime64[us]").to_numpy()
    seconds: FloatArray = (stamps - np.datetime64(0, "us")) / np.timedelta64(1, "s")
    return seconds


def as_text(column: pd.Series) -> pd.Series:
    """Text, or categories of text, in pandas' str dtype; half of a surrogate pair is refused."""
    try:
        return column.astype("str")
    except UnicodeEncodeError as error:
        raise DataError(f"features: column {column.name!r} holds text that is not Unicode: {error.object!r}") from error


def _blank_as_missing(column: pd.Series) -> pd.Series:
    """The column with empty and blank strings missing, as a reader of files makes them."""
    if is_categorical(column) or infer_dtype(column) != "string":
        return column
    text = as_text(column)
    return text.mask(text.str.strip() == "")
