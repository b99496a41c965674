"""Every check of data and parameters."""

import math
import unicodedata
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import Curves, FloatArray, Floats

# Upper bound of curves: sums of as many curves as fit in memory, and any forecast, stay finite.
LARGEST = 1e300


def check_choice(name: str, value: object, choices: Collection[Hashable]) -> None:
    """Refuse a parameter value that is not among its choices."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}; got {value!r}")


@dataclass(frozen=True)
class Number:
    """Constraint of a parameter that is a number.

    An integer, or any real number; at least `minimum`, or finite and more than 0 if `positive`; None if `optional`.

    Examples
    --------
    >>> Number(1, integer=True).check("n_clusters", 8)
    >>> Number(1, integer=True).check("n_clusters", 2.5)
    Traceback (most recent call last):
    ValueError: n_clusters must be an integer; got 2.5
    >>> Number(positive=True, optional=True).check("bandwidth", -1.0)
    Traceback (most recent call last):
    ValueError: bandwidth must be finite and more than 0; got -1.0
    """

    minimum: float = -math.inf
    integer: bool = False
    positive: bool = False
    optional: bool = False

    def check(self, name: str, value: Any) -> None:
        """Refuse a value of another type or out of range."""
        if self.optional and value is None:
            return
        number: Any = value
        if isinstance(value, bool | np.bool_) or not isinstance(value, Integral if self.integer else Real):
            expected = ("an integer" if self.integer else "a number") + (" or None" if self.optional else "")
        elif self.positive and not 0 < number < math.inf:
            expected = "finite and more than 0"
        elif not number >= self.minimum:
            expected = f"at least {self.minimum}"
        else:
            return
        raise ValueError(f"{name} must be {expected}; got {value.item() if isinstance(value, np.generic) else value!r}")


@dataclass(frozen=True)
class Choice:
    """Constraint of a parameter that has one of a few values."""

    choices: Collection[Hashable]

    def check(self, name: str, value: object) -> None:
        """Refuse a value that is not among the choices."""
        check_choice(name, value, self.choices)


@dataclass(frozen=True)
class Instance:
    """Constraint of a parameter that is None or an instance of a type, which messages call by a noun."""

    type_: type
    noun: str

    def check(self, name: str, value: object) -> None:
        """Refuse a value of another type."""
        if value is not None and not isinstance(value, self.type_):
            raise ValueError(f"{name} must be {self.noun} or None; got {value!r}")


Constraints: TypeAlias = Mapping[str, Number | Choice | Instance]


def check_parameters(parameters: Mapping[str, Any], constraints: Constraints) -> None:
    """Refuse a parameter that violates its constraint: of an estimator `get_params(deep=False)`, or of a function."""
    for name, constraint in constraints.items():
        constraint.check(name, parameters[name])


def as_floats(values: Any, *, name: str) -> FloatArray:
    """Return numbers of any type as float64, missing or masked ones as NaN; refuse what is not a real number."""
    try:
        if not isinstance(values, pd.DataFrame | pd.Series | np.ma.MaskedArray):
            values = np.asarray(values)
        for dtype in values.dtypes if isinstance(values, pd.DataFrame) else [values.dtype]:
            if dtype.kind in "cmM":
                raise TypeError(f"got {dtype}")  # noqa: TRY301 - refused like the others
        # A number too large for a float64 becomes infinite, and is refused as such.
        with np.errstate(over="ignore"):
            if isinstance(values, pd.DataFrame | pd.Series):
                found: FloatArray = values.to_numpy(dtype=np.float64, na_value=np.nan)
                return found
            return np.ma.filled(values.astype(np.float64, copy=False), np.nan)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{name} must hold real numbers only: {error}") from error


def check_curves(curves: Curves, *, name: str = "curves", missing: bool = False, signed: bool = False) -> FloatArray:
    """Check curves and return them as a C-ordered float64 array.

    Parameters
    ----------
    curves : DataFrame or array of shape (n_curves, n_times)
        Rows are curves, columns are days.
    name : str
        Name of the table in messages.
    missing : bool
        Whether cells may be NaN.
    signed : bool
        Whether values may be negative.

    Raises
    ------
    DataError
        If the table is not two-dimensional, is empty, is not numeric, or holds a value that is not allowed; the message
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
        raise DataError(f"{name} holds {spell_value(values[row, column])} at {_cell(curves, row, column)}")
    return values


def check_panel(X: Any, *, name: str = "X", dtype: npt.DTypeLike | None = None) -> Floats:
    """Check that curves are finite and return them in C order, as float32 if they are, else as float64.

    Raises
    ------
    DataError
        If the curves are not a table of finite real numbers with at least one row and one column; the row is named.
    """
    values = frame_values(X, name) if isinstance(X, pd.DataFrame) else array_values(X, name)
    if values.ndim != 2 or 0 in values.shape or not np.isfinite(values).all():  # noqa: PLR2004
        check_curves(X if isinstance(X, pd.DataFrame) else values, name=name, signed=True)
    wanted = choose_dtype(values.dtype if dtype is None else dtype)
    if values.dtype == wanted and values.flags.c_contiguous:
        return values
    with np.errstate(over="ignore"):
        converted: Floats = np.ascontiguousarray(values, dtype=wanted)
    if not np.isfinite(converted).all():
        row = int(np.argmin(np.isfinite(converted).all(axis=1)))
        raise DataError(f"{name} holds a value in row {row} (counted from 0) that is too large for {wanted.name}")
    return converted


def choose_dtype(dtype: npt.DTypeLike) -> np.dtype[Any]:
    """Return float32 for float32, float64 for any other type, in the byte order of the machine."""
    return np.dtype(np.float32) if np.dtype(dtype) == np.float32 else np.dtype(np.float64)


def check_unique_ids(index: pd.Index, *, name: str) -> None:
    """Refuse a table in which an id appears more than once."""
    if not index.is_unique:
        repeated = index[index.duplicated()]
        raise DataError(
            f"{name}: id {format_label(repeated[0])} appears more than once ({len(repeated)} repeated rows in all)"
        )


def check_same_ids(left: pd.Index, right: pd.Index, *, left_name: str, right_name: str) -> None:
    """Refuse two tables that do not have the same ids."""
    for ids, others, here, there in ((left, right, left_name, right_name), (right, left, right_name, left_name)):
        missing = ids.difference(others, sort=False)
        if len(missing):
            raise DataError(
                f"{there} lacks {len(missing)} of the ids in {here}, the first of them {format_label(missing[0])}"
                f"{describe_similar(missing, others)}"
            )


def describe_similar(missing: pd.Index, known: pd.Index) -> str:
    """Say of missing ids that some are known in another spelling, which looks the same on a screen; empty if none is.

    Examples
    --------
    >>> describe_similar(pd.Index(["a", "B "]), pd.Index(["b", "c"]))
    "; 'B ' is there as 'b', which differs in blanks around it and in capitals"
    """
    spelled = {_spelling(id_): id_ for id_ in known if isinstance(id_, str)}
    pairs = [(id_, spelled[_spelling(id_)]) for id_ in missing if isinstance(id_, str) and _spelling(id_) in spelled]
    if not pairs:
        return ""
    here, there = pairs[0]
    differences = {
        "Unicode form (NFC, NFD)": _spelling(here, form=False) != _spelling(there, form=False),
        "blanks around it": _spelling(here, blanks=False) != _spelling(there, blanks=False),
        "capitals": _spelling(here, capitals=False) != _spelling(there, capitals=False),
    }
    how = " and in ".join(name for name, differs in differences.items() if differs)
    more = f"; so are {len(pairs) - 1} more" if len(pairs) > 1 else ""
    return f"; {format_label(here)} is there as {format_label(there)}, which differs in {how or 'its spelling'}{more}"


def _spelling(id_: str, *, form: bool = True, blanks: bool = True, capitals: bool = True) -> str:
    """Return an id without what two spellings of it may differ in."""
    spelled = unicodedata.normalize("NFC", id_) if form else id_
    spelled = spelled.strip() if blanks else spelled
    return spelled.casefold() if capitals else spelled


def format_label(label: Hashable) -> str:
    """Return an id or a day as messages show it: text in quotes, a NumPy number like a Python one."""
    if isinstance(label, tuple):
        return f"({', '.join(map(format_label, label))})"
    return repr(str(label)) if isinstance(label, str) else str(label)


def _cell(curves: Curves, row: int, column: int) -> str:
    """Return the row and column of a cell, by the labels of a DataFrame."""
    if isinstance(curves, pd.DataFrame):
        return f"row {format_label(curves.index[row])}, column {curves.columns[column]}"
    return f"row {row}, column {column} (counted from 0)"


def spell_value(value: float) -> str:
    """Return a value as messages show it, with what can be done about it."""
    if np.isnan(value):
        return "NaN (a missing cell; fill or drop it with clean_curves)"
    beyond = np.isfinite(value) and abs(value) > LARGEST
    return f"{value} (beyond {LARGEST:g}; rescale the curves)" if beyond else f"{value}"


def frame_values(frame: pd.DataFrame, name: str) -> npt.NDArray[Any]:
    """Return the numbers of a DataFrame, pandas' missing values as NaN."""
    for column, dtype in frame.dtypes.items():
        if not pd.api.types.is_numeric_dtype(dtype) or dtype.kind == "c":
            raise DataError(f"{name} must hold numbers only; column {column!r} is {dtype}")
    single = bool(frame.shape[1]) and all(dtype == np.float32 for dtype in frame.dtypes)
    values: npt.NDArray[Any] = frame.to_numpy(dtype=np.float32 if single else np.float64, na_value=np.nan)
    return values


def array_values(X: Any, name: str) -> npt.NDArray[Any]:
    """Return anything but a DataFrame as an array of numbers, masked values as NaN."""
    if isinstance(X, np.ma.MaskedArray):
        X = np.ma.filled(X.astype(np.float64), np.nan)
    try:
        values = np.asarray(X)
    except ValueError as error:
        raise DataError(f"{name} must be a table of numbers: {_ragged_row(X) or error}") from error
    if values.dtype.kind == "O":
        values = _object_values(values, name)
    if values.dtype.kind not in "fiub":
        raise DataError(f"{name} must hold real numbers only; got dtype {values.dtype}")
    return values if values.dtype == np.float32 else values.astype(np.float64, copy=False)


def _object_values(values: npt.NDArray[Any], name: str) -> npt.NDArray[Any]:
    """Return the Python numbers of an object array as float64; refuse anything else, naming its row."""
    ragged = _ragged_row(values)
    if ragged:
        raise DataError(f"{name} must be a table of numbers: {ragged}")
    for where, value in np.ndenumerate(values):
        if value is not None and (isinstance(value, str | bytes) or not np.isscalar(value) or np.iscomplexobj(value)):
            raise DataError(f"{name} must hold real numbers only; row {where[0]} (counted from 0) holds {value!r}")
    return values.astype(np.float64)


def _ragged_row(rows: Sequence[Any] | npt.NDArray[Any]) -> str:
    """Say which row is the first whose length differs from that of row 0; empty if none does."""
    sizes = [len(row) if hasattr(row, "__len__") and not isinstance(row, str | bytes) else -1 for row in rows]
    for row, size in enumerate(sizes):
        if size != sizes[0]:
            return f"row {row} (counted from 0) has {max(size, 0)} values where row 0 has {max(sizes[0], 0)}"
    return ""
