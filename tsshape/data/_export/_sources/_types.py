"""Columns of Python values, as workbooks and JSON have them, with a type that loses nothing."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from tsshape.data._cells import Where
from tsshape.data._delimited import Encoding, as_arrow

# Whole numbers below it are exact as float64.
_EXACT = 2**53
_INTEGERS = {"Int64": (-(2**63), 2**63 - 1), "UInt64": (0, 2**64 - 1)}
_TEXT = Encoding("text", "correct it in the program that wrote the file")


def type_column(values: Sequence[Any], where: Where) -> pd.Series:
    """Return values as Int64, float64, boolean, datetime64 or text, None and empty text as missing.

    A column of several types is text: numbers are spelled shortly, times in ISO 8601.
    """
    import pyarrow as pa  # noqa: PLC0415

    kinds = set(map(type, values)) - {type(None)}
    if kinds == {bool}:
        return pd.Series(values, dtype="boolean")
    if kinds and kinds <= {int, float} and (numbers := _number_column(values, kinds)) is not None:
        return numbers
    if kinds and kinds <= {dt.date, dt.datetime}:
        return pd.Series(np.array(values, "datetime64[us]"))
    text = [value if type(value) is str else spell(value) for value in values]
    return pa.table([as_arrow(text, where, _TEXT)], ["text"]).to_pandas()["text"]


def spell(value: Any) -> str:
    """Return a cell as short text: 7 instead of 7.0, 2024-05-31 instead of 2024-05-31T00:00:00."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _number_column(values: Sequence[Any], kinds: set[type]) -> pd.Series | None:
    """Return numbers as Int64 (UInt64 where they are beyond it) or float64; None where neither holds them exactly."""
    if kinds == {int}:
        present = [value for value in values if value is not None]
        for dtype, (least, most) in _INTEGERS.items():
            if least <= min(present) and max(present) <= most:
                return pd.Series(values, dtype=dtype)
        return None
    if int in kinds and any(isinstance(value, int) and abs(value) > _EXACT for value in values):
        return None
    floats = pd.Series(values, dtype="float64")
    present = floats.to_numpy()[floats.notna().to_numpy()]
    whole = bool((np.abs(present) < _EXACT).all() and (present == np.floor(present)).all())
    return floats.astype("Int64") if whole else floats
