"""The door: every array that comes in is checked here, once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import effective_n_jobs

from tsshape._errors import DataError
from tsshape._typing import Floats
from tsshape._validation import as_floats, check_choice, check_curves
from tsshape.metrics._metric import WINDOW, Metric

MATRIX = 2


def check_panel(X: Any, *, name: str = "X", dtype: npt.DTypeLike | None = None) -> Floats:
    """Curves as a C-ordered array of float32 (kept) or float64 (all else), finite.

    Raises
    ------
    DataError
        If the curves are not a table of finite real numbers with at least one row and one column; the row is named.
    """
    values = _frame_values(X, name) if isinstance(X, pd.DataFrame) else _array_values(X, name)
    if values.ndim != MATRIX or 0 in values.shape or not np.isfinite(values).all():
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


def check_curve(x: Any, *, name: str) -> Floats:
    """One curve as an array of shape (1, n_times)."""
    values = np.asarray(x)
    if values.ndim != 1:
        raise DataError(f"{name} must be one curve, of 1 dimension; got {values.ndim}")
    return check_panel(values[None, :], name=name)


def check_panels(X: Any, Y: Any, metric: Metric, *, dtype: Any = None) -> tuple[Floats, Floats | None]:
    """Both panels in one dtype; `Y` may be None; lengths differ only where the metric allows it."""
    first = check_panel(X, dtype=dtype)
    if Y is None:
        return first, None
    second = check_panel(Y, name="Y", dtype=dtype)
    check_lengths(first, second, metric, names=("X", "Y"))
    return same_dtype(first, second)


def same_dtype(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Both as they are, or both in float64 if their precisions differ."""
    if first.dtype == second.dtype:
        return first, second
    return first.astype(np.float64, copy=False), second.astype(np.float64, copy=False)


def check_lengths(first: Floats, second: Floats, metric: Metric, *, names: tuple[str, str]) -> None:
    """Refuse panels whose lengths differ, unless the metric is elastic."""
    if first.shape[1] != second.shape[1] and not metric.elastic:
        raise DataError(
            f"the metric {metric.name!r} compares curves of the same length; {names[0]} has {first.shape[1]} time "
            f"steps and {names[1]} has {second.shape[1]}: resample them, or take an elastic metric such as 'dtw'"
        )


def check_weights(weights: Any, n_curves: int) -> npt.NDArray[np.float64]:
    """Weights as float64, not negative and not all 0; ones where none are given."""
    if weights is None:
        return np.ones(n_curves)
    values = as_floats(weights, name="weights")
    if values.shape != (n_curves,):
        raise DataError(f"weights must have shape ({n_curves},), one for each curve; got {values.shape}")
    bad = ~np.isfinite(values) | (values < 0)
    if bad.any():
        raise DataError(f"weights holds {values[bad][0]} at row {int(np.argmax(bad))} (counted from 0)")
    if not values.any():
        raise DataError("weights are all 0: there is nothing to average")
    return values


def choose_dtype(dtype: npt.DTypeLike) -> np.dtype[Any]:
    """float32 or float64, in this machine's byte order."""
    return np.dtype(np.float32) if np.dtype(dtype) == np.float32 else np.dtype(np.float64)


def check_dtype(dtype: npt.DTypeLike | None) -> None:
    """Refuse a precision that the kernels do not have."""
    if dtype is not None:
        check_choice("dtype", np.dtype(dtype).name, ("float32", "float64"))


def count_threads(n_jobs: int | None) -> int:
    """Threads that `n_jobs` stands for, by joblib's rules (None is 1, -1 all cores)."""
    return int(effective_n_jobs(n_jobs))


def window_steps(window: float | None, n_times: int, m_times: int) -> int:
    """A Sakoe-Chiba radius in steps, at least the difference of the lengths so that a path exists."""
    longest = max(n_times, m_times)
    if window is None:
        return longest
    steps = window if isinstance(window, int) else int(window * longest + 1e-9)
    return min(max(int(steps), abs(n_times - m_times)), longest)


def pack(parameters: dict[str, Any], n_times: int, m_times: int) -> tuple[float, ...]:
    """Parameters in declared order as kernels take them: numbers, the window as a number of steps."""
    return tuple(
        window_steps(value, n_times, m_times) if name == WINDOW else float(value) for name, value in parameters.items()
    )


def _frame_values(frame: pd.DataFrame, name: str) -> npt.NDArray[Any]:
    """The numbers of a DataFrame, pandas' missing values as NaN."""
    for column, dtype in frame.dtypes.items():
        if not pd.api.types.is_numeric_dtype(dtype) or dtype.kind == "c":
            raise DataError(f"{name} must hold numbers only; column {column!r} is {dtype}")
    single = bool(frame.shape[1]) and all(dtype == np.float32 for dtype in frame.dtypes)
    values: npt.NDArray[Any] = frame.to_numpy(dtype=np.float32 if single else np.float64, na_value=np.nan)
    return values


def _array_values(X: Any, name: str) -> npt.NDArray[Any]:
    """Anything but a DataFrame as an array of numbers, masked values as NaN."""
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
    """Python numbers of an object array as float64; anything else is refused with its row named."""
    ragged = _ragged_row(values)
    if ragged:
        raise DataError(f"{name} must be a table of numbers: {ragged}")
    for where, value in np.ndenumerate(values):
        if value is not None and (isinstance(value, str | bytes) or not np.isscalar(value) or np.iscomplexobj(value)):
            raise DataError(f"{name} must hold real numbers only; row {where[0]} (counted from 0) holds {value!r}")
    return values.astype(np.float64)


def _ragged_row(rows: Sequence[Any] | npt.NDArray[Any]) -> str:
    """The first row whose length is not that of row 0, in words; empty where there is none."""
    sizes = [len(row) if hasattr(row, "__len__") and not isinstance(row, str | bytes) else -1 for row in rows]
    for row, size in enumerate(sizes):
        if size != sizes[0]:
            return f"row {row} (counted from 0) has {max(size, 0)} values where row 0 has {max(sizes[0], 0)}"
    return ""
