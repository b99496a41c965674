"""Every check of data and parameters."""

from collections.abc import Collection, Hashable
from typing import Any

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import Curves, FloatArray

# No curve may go beyond: the sums of as many curves as a machine holds stay floats, and so does any forecast.
LARGEST = 1e300


def check_choice(name: str, value: object, choices: Collection[Hashable]) -> None:
    """Refuse a parameter value that is not among its choices."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}; got {value!r}")


def as_floats(values: Any, *, name: str) -> FloatArray:
    """Numbers of any kind as float64, missing or masked ones as NaN; refused where they are no real numbers."""
    try:
        if not isinstance(values, pd.DataFrame | pd.Series | np.ma.MaskedArray):
            values = np.asarray(values)
        for dtype in values.dtypes if isinstance(values, pd.DataFrame) else [values.dtype]:
            if dtype.kind in "cmM":
                raise TypeError(f"got {dtype}")  # noqa: TRY301 - told like any other
        # What is too large for a float64 becomes infinite, and is refused as such.
        with np.errstate(over="ignore"):
            if isinstance(values, pd.DataFrame | pd.Series):
                found: FloatArray = values.to_numpy(dtype=np.float64, na_value=np.nan)
                return found
            return np.ma.filled(values.astype(np.float64, copy=False), np.nan)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{name} must hold real numbers only: {error}") from error


def check_curves(curves: Curves, *, name: str = "curves", missing: bool = False, signed: bool = False) -> FloatArray:
    """Curves as a C-ordered float64 array, checked.

    Parameters
    ----------
    curves : DataFrame or array of shape (n_curves, n_times)
        Rows are curves, columns are days.
    name : str
        What to call the table in messages.
    missing : bool
        Whether NaN may stand for a missing cell.
    signed : bool
        Whether values may be negative.

    Raises
    ------
    DataError
        If the table is not two-dimensional, is empty, is not numeric, or holds a value that is refused; the message
        names the row (the id in a DataFrame) and the column.
    """
    values = np.ascontiguousarray(as_floats(curves, name=name))
    if values.ndim != 2:  # noqa: PLR2004
        raise DataError(f"{name} must have 2 dimensions (curves, days); got {values.ndim}")
    if 0 in values.shape:
        raise DataError(f"{name} must have at least one curve and one day; got shape {values.shape}")
    size = np.abs(values)
    bad = size > LARGEST if missing else ~(size <= LARGEST)
    if not signed:
        bad |= values < 0
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise DataError(f"{name} holds {_spell(values[row, column])} at {_cell(curves, row, column)}")
    return values


def check_unique_ids(index: pd.Index, *, name: str) -> None:
    """Refuse a table in which an id stands twice."""
    if not index.is_unique:
        repeated = index[index.duplicated()]
        raise DataError(
            f"{name}: id {format_label(repeated[0])} appears more than once ({len(repeated)} repeated rows in all)"
        )


def check_same_ids(left: pd.Index, right: pd.Index, *, left_name: str, right_name: str) -> None:
    """Refuse two tables of which one has ids that the other lacks."""
    for ids, others, here, there in ((left, right, left_name, right_name), (right, left, right_name, left_name)):
        lacking = ids.difference(others, sort=False)
        if len(lacking):
            raise DataError(
                f"{there} lacks {len(lacking)} of the ids in {here}, the first of them {format_label(lacking[0])}"
            )


def format_label(label: Hashable) -> str:
    """Return an id or a day as messages show it: text in quotes, a NumPy number like a Python one."""
    if isinstance(label, tuple):
        return f"({', '.join(map(format_label, label))})"
    return repr(str(label)) if isinstance(label, str) else str(label)


def _cell(curves: Curves, row: int, column: int) -> str:
    """Where a cell is, in the words of the table it came from."""
    if isinstance(curves, pd.DataFrame):
        return f"row {format_label(curves.index[row])}, column {curves.columns[column]}"
    return f"row {row}, column {column} (counted from 0)"


def _spell(value: float) -> str:
    """A refused value as a user would call it, with what can be done about it."""
    if np.isnan(value):
        return "NaN (a missing cell; fill or drop it with clean_curves)"
    beyond = np.isfinite(value) and abs(value) > LARGEST
    return f"{value} (beyond {LARGEST:g}; rescale the curves)" if beyond else f"{value}"
