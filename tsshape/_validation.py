"""Every check of data and parameters."""

from collections.abc import Collection, Hashable

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import Curves, FloatArray


def check_choice(name: str, value: object, choices: Collection[Hashable]) -> None:
    """Refuse a parameter value that is not among its choices."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}; got {value!r}")


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
    try:
        values = np.ascontiguousarray(np.asarray(curves, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} must hold numbers only: {error}") from error
    if values.ndim != 2:  # noqa: PLR2004
        raise DataError(f"{name} must have 2 dimensions (curves, days); got {values.ndim}")
    if 0 in values.shape:
        raise DataError(f"{name} must have at least one curve and one day; got shape {values.shape}")
    bad = np.isinf(values) if missing else ~np.isfinite(values)
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
        raise DataError(f"{name}: id {repeated[0]!r} appears more than once ({len(repeated)} repeated rows in all)")


def check_same_ids(left: pd.Index, right: pd.Index, *, left_name: str, right_name: str) -> None:
    """Refuse two tables of which one has ids that the other lacks."""
    for ids, others, here, there in ((left, right, left_name, right_name), (right, left, right_name, left_name)):
        lacking = ids.difference(others, sort=False)
        if len(lacking):
            raise DataError(f"{there} lacks {len(lacking)} of the ids in {here}, the first of them {lacking[0]!r}")


def _cell(curves: Curves, row: int, column: int) -> str:
    """Where a cell is, in the words of the table it came from."""
    if isinstance(curves, pd.DataFrame):
        id_ = curves.index[row]
        return f"row {repr(id_) if isinstance(id_, str) else id_}, column {curves.columns[column]}"
    return f"row {row}, column {column} (counted from 0)"


def _spell(value: float) -> str:
    """A refused value as a user would call it, with what can be done about a missing one."""
    return "NaN (a missing cell; fill or drop it with clean_curves)" if np.isnan(value) else f"{value}"
