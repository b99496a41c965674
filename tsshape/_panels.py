"""Panels of curves that have several channels, or unequal lengths.

Inside the library a panel is one array of shape (n_curves, n_times) or (n_curves, n_channels, n_times), in which a
curve shorter than the longest ends in NaN. A caller may also give a list of arrays.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import BoolArray, Floats, IntArray
from tsshape._validation import array_values, check_panel, frame_values, spell_value

# Dimensions of a panel of curves with several channels.
CHANNELS = 3


def check_series(X: Any, *, name: str = "X", dtype: npt.DTypeLike | None = None, unequal: bool = False) -> Floats:
    """Check curves as `check_panel` does, also curves of several channels or, if `unequal`, of unequal lengths.

    Curves of one channel are returned in two dimensions, those of unequal lengths with NaN behind their last value.

    Raises
    ------
    DataError
        As `check_panel`; the row and the channel are named. A value that is missing before the last one is refused.
    """
    if _is_list_of_unequal(X):
        X = _pad(X, name)
        if not unequal:
            lengths = lengths_of(X)
            row = int(np.argmax(lengths != lengths[0]))
            raise DataError(
                f"{name} must have curves of one length: row {row} (counted from 0) has {lengths[row]} values where "
                f"row 0 has {lengths[0]}"
            )
    values = frame_values(X, name) if isinstance(X, pd.DataFrame) else array_values(X, name)
    if not (unequal and values.ndim in {2, CHANNELS} and values.size and is_unequal(values)):
        return _check_equal(X if isinstance(X, pd.DataFrame) else values, name=name, dtype=dtype)
    absent = _absent_at_the_end(values)
    n_times = int(np.flatnonzero(~absent.all(axis=0))[-1]) + 1
    absent, values = absent[:, :n_times], values[..., :n_times]
    where = absent if values.ndim < CHANNELS else np.broadcast_to(absent[:, None], values.shape)
    filled: Any = np.where(where, 0, values)
    if isinstance(X, pd.DataFrame):
        filled = pd.DataFrame(filled, index=X.index, columns=X.columns[:n_times])
    checked = _check_equal(filled, name=name, dtype=dtype)
    checked[where.reshape(checked.shape)] = np.nan
    return checked


def is_panel(X: Any, *, unequal: bool) -> bool:
    """Whether `X` is more than a table of complete curves: of several channels or of unequal lengths.

    Days that are missing at the end of a table are an unequal length only if `unequal`, and else missing values.
    """
    if isinstance(X, pd.DataFrame):
        return unequal and X.size > 0 and bool(X.iloc[:, -1].isna().any())
    if _is_list_of_unequal(X):
        return True
    values = np.asarray(X)
    if values.ndim == CHANNELS:
        return True
    has_ends = unequal and values.ndim == CHANNELS - 1 and values.size > 0 and values.dtype.kind == "f"
    return bool(has_ends and np.isnan(values[:, -1]).any())


def is_unequal(X: Floats) -> bool:
    """Whether some curve of a checked panel is shorter than the longest."""
    return bool(np.isnan(X[..., -1]).any())


def lengths_of(X: Floats) -> IntArray:
    """Return the length of each curve of a checked panel, int64."""
    first = X[:, 0] if X.ndim == CHANNELS else X
    lengths: IntArray = X.shape[-1] - np.isnan(first).sum(axis=-1, dtype=np.int64)
    return lengths


def by_length(X: Floats) -> Iterator[tuple[IntArray, Floats]]:
    """Yield the rows of the curves of each length, from the shortest on, and these curves without what is absent."""
    lengths = lengths_of(X)
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        yield rows, np.ascontiguousarray(X[rows, ..., :length])


def _check_equal(X: Any, *, name: str, dtype: npt.DTypeLike | None) -> Floats:
    """Check curves of one length, with or without channels."""
    if isinstance(X, pd.DataFrame) or X.ndim != CHANNELS:
        return check_panel(X, name=name, dtype=dtype)
    if 0 in X.shape:
        raise DataError(f"{name} must have at least one curve, one channel and one day; got shape {X.shape}")
    finite = np.isfinite(X)
    if not finite.all():
        row, channel, column = np.argwhere(~finite)[0]
        raise DataError(
            f"{name} holds {spell_value(X[row, channel, column])} at row {row}, channel {channel}, column {column} "
            "(counted from 0)"
        )
    checked = check_panel(X.reshape(len(X), -1), name=name, dtype=dtype)
    return checked.reshape(X.shape) if X.shape[1] > 1 else checked


def _absent_at_the_end(values: npt.NDArray[Any]) -> BoolArray:
    """Return what is missing behind the last value of each curve, (n_curves, n_times); a curve has one value at least.

    What is missing in some channels only is not behind the last value.
    """
    missing = np.isnan(values) if values.ndim < CHANNELS else np.isnan(values).all(axis=1)
    absent: BoolArray = np.logical_and.accumulate(missing[:, ::-1], axis=1)[:, ::-1]
    absent[:, 0] = False
    return absent


def _is_list_of_unequal(X: Any) -> bool:
    """Whether `X` is a sequence of curves, not all of which have the same length."""
    is_sequence = isinstance(X, list | tuple) or (isinstance(X, np.ndarray) and X.dtype == object and X.ndim == 1)
    return is_sequence and len({np.shape(curve)[-1:] for curve in X if isinstance(curve, Sequence | np.ndarray)}) > 1


def _pad(curves: Sequence[Any], name: str) -> Floats:
    """Return curves, (n_times,) or (n_channels, n_times) each, as one array with NaN at the ends."""
    arrays = [array_values(curve, f"{name}[{row}]") for row, curve in enumerate(curves)]
    first = arrays[0].shape[:-1]
    for row, array in enumerate(arrays):
        if array.ndim not in {1, CHANNELS - 1} or 0 in array.shape:
            raise DataError(
                f"{name}[{row}] must be a curve, (n_times,) or (n_channels, n_times); got shape {array.shape}"
            )
        if array.shape[:-1] != first:
            raise DataError(f"{name}[{row}] must have the channels of {name}[0], {first}; got {array.shape[:-1]}")
    n_times = max(array.shape[-1] for array in arrays)
    padded = np.full((len(arrays), *first, n_times), np.nan, np.result_type(*arrays))
    for row, array in enumerate(arrays):
        padded[row, ..., : array.shape[-1]] = array
    return padded
