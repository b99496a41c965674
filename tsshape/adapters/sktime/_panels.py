"""Conversions between our tables and sktime's panels."""

from typing import Any, Literal

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import IntArray
from tsshape._validation import as_floats, check_choice, check_curves, check_unique_ids

Mtype = Literal["pd-multiindex", "numpy3D", "pd-long"]
MTYPES = ("pd-multiindex", "numpy3D", "pd-long")
ID, DAY, VARIABLE, VALUE = "id", "day", "variable", "views"
DIMENSIONS, LEVELS, LONG_COLUMNS = 3, 2, 4


def to_mtype(curves: pd.DataFrame, mtype: Mtype = "pd-multiindex") -> Any:
    """Convert a table of curves to a panel of sktime.

    Parameters
    ----------
    curves : DataFrame of shape (n_curves, n_times)
        Complete and finite; the index holds unique ids, the columns are 1…T. Values may be negative.
    mtype : {"pd-multiindex", "numpy3D", "pd-long"}
        A DataFrame with the index (id, day) and the column `views`; an array of shape (n_curves, 1, n_times), which has
        no ids; or a DataFrame with the columns `id, day, variable, views`.

    Raises
    ------
    DataError
        If a value is missing or infinite, an id is repeated, or the columns are not the days 1…T.
    ValueError
        If `mtype` is not one of the three.

    Examples
    --------
    >>> import pandas as pd
    >>> from tsshape.adapters.sktime import to_mtype
    >>> curves = pd.DataFrame([[1.0, 4.0], [2.0, 3.0]], index=["a", "b"], columns=[1, 2])
    >>> to_mtype(curves)["views"].to_dict()
    {('a', 1): 1.0, ('a', 2): 4.0, ('b', 1): 2.0, ('b', 2): 3.0}
    """
    check_choice("mtype", mtype, MTYPES)
    if not isinstance(curves, pd.DataFrame):
        raise TypeError(f"curves must be a DataFrame, whose index has the ids; got {type(curves).__name__}")
    values = check_curves(curves, signed=True)
    check_unique_ids(curves.index, name="curves")
    if not np.array_equal(curves.columns, range(1, curves.shape[1] + 1)):
        raise DataError(f"curves: the columns must be the days 1…{curves.shape[1]}")
    if mtype == "numpy3D":
        return values[:, None, :].copy()
    index = pd.MultiIndex.from_product([curves.index, range(1, values.shape[1] + 1)], names=[ID, DAY])
    panel = pd.DataFrame({VALUE: values.ravel()}, index=index)
    if mtype == "pd-multiindex":
        return panel
    return panel.reset_index().assign(**{VARIABLE: VALUE})[[ID, DAY, VARIABLE, VALUE]]


def from_mtype(panel: Any, *, ids: Any = None) -> pd.DataFrame:
    """Convert a panel of sktime to a table of curves.

    Parameters
    ----------
    panel : DataFrame or array
        Of the mtype `pd-multiindex` (two levels, one column), `numpy3D` (one variable) or `pd-long` (four columns:
        instance, time, variable, value). Every series has the same number of time points, one step apart.
    ids : sequence of shape (n_curves,), optional
        The ids for a `numpy3D`, which has none; by default positions from 0, as text.

    Returns
    -------
    DataFrame of shape (n_curves, n_times)
        Index: the ids as text; columns: the days 1…T, the first time point of each series being day 1.

    Raises
    ------
    DataError
        If lengths differ, a value is missing or infinite, times are repeated, out of order or not one step apart, or
        there are several variables; the id is named.
    TypeError
        If the panel is of another mtype.

    Examples
    --------
    >>> import numpy as np
    >>> from tsshape.adapters.sktime import from_mtype
    >>> from_mtype(np.array([[[1.0, 4.0]]]), ids=["a"]).to_dict("index")
    {'a': {1: 1.0, 2: 4.0}}
    """
    if isinstance(panel, np.ndarray):
        if panel.ndim != DIMENSIONS:
            raise DataError(f"a numpy3D has 3 dimensions (curves, variables, days); got {panel.ndim}")
        if panel.shape[1] != 1:
            raise DataError(f"curves have one variable; the panel has {panel.shape[1]}")
        return curve_table(panel[:, 0, :], ids)
    if not isinstance(panel, pd.DataFrame):
        raise TypeError(f"panel must be a DataFrame or an array; got {type(panel).__name__}")
    if ids is not None:
        raise TypeError("ids are for a numpy3D; this panel has its own")
    return _from_rows(*_rows(panel))


def curve_table(values: Any, ids: Any = None) -> pd.DataFrame:
    """Return a checked table of curves from an array of shape (n_curves, n_times) and ids, or positions as ids."""
    names = [str(each) for each in (range(len(values)) if ids is None else ids)]
    if len(names) != len(values):
        raise DataError(f"there are {len(names)} ids for {len(values)} curves")
    table = pd.DataFrame(values, pd.Index(names, name=ID, dtype="str"), range(1, values.shape[1] + 1))
    check_unique_ids(table.index, name="curves")
    return pd.DataFrame(check_curves(table, signed=True), table.index, table.columns)


def _rows(panel: pd.DataFrame) -> tuple[pd.Index, pd.Index, pd.Series]:
    """Return the instance, the time and the value of every row of a panel."""
    if isinstance(panel.index, pd.MultiIndex):
        if panel.index.nlevels != LEVELS:
            raise DataError(f"a pd-multiindex has 2 levels (instance, time); this has {panel.index.nlevels}")
        if panel.shape[1] != 1:
            raise DataError(f"curves have one variable; the panel has {panel.shape[1]}: {list(panel.columns)}")
        return panel.index.get_level_values(0), panel.index.get_level_values(1), panel.iloc[:, 0]
    if panel.shape[1] != LONG_COLUMNS:
        raise TypeError(
            "panel must be a pd-multiindex, or a pd-long of four columns (instance, time, variable, value); got "
            f"{panel.shape[1]} columns and no MultiIndex"
        )
    variables = panel.iloc[:, 2].unique()
    if len(variables) != 1:
        raise DataError(f"curves have one variable; the panel has {len(variables)}: {list(variables)}")
    return pd.Index(panel.iloc[:, 0]), pd.Index(panel.iloc[:, 1]), panel.iloc[:, 3]


def _from_rows(instances: pd.Index, times: pd.Index, values: pd.Series) -> pd.DataFrame:
    """Return the table of curves of a panel with one value in each row."""
    if not len(values):
        raise DataError("the panel is empty")
    codes, keys = pd.factorize(instances)
    if (codes < 0).any():
        raise DataError(f"row {int(np.argmax(codes < 0))} (counted from 0) of the panel has no instance")
    lengths = np.bincount(codes)
    if (lengths != lengths[0]).any():
        other = int(np.argmax(lengths != lengths[0]))
        raise DataError(
            f"curves have one length: {str(keys[other])!r} has {lengths[other]} time points, {str(keys[0])!r} has "
            f"{lengths[0]}"
        )
    order = np.argsort(codes, kind="stable")
    numbers, step = times_as_numbers(times)
    _check_steps(numbers[order].reshape(len(keys), -1), step, keys)
    return curve_table(as_floats(values.iloc[order], name="the panel").reshape(len(keys), -1), keys)


def times_as_numbers(times: pd.Index) -> tuple[IntArray, int]:
    """Return times as whole numbers, and the step from one day to the next: 1, or 0 for any constant step."""
    if isinstance(times, pd.PeriodIndex):
        return times.asi8, 1
    if isinstance(times, pd.DatetimeIndex | pd.TimedeltaIndex):
        return times.asi8, 0
    if pd.api.types.is_integer_dtype(times):
        return times.to_numpy(dtype=np.int64), 1
    raise DataError(f"times must be whole numbers, dates or periods; got {times.dtype}")


def _check_steps(numbers: IntArray, step: int, keys: pd.Index) -> None:
    """Refuse times, of shape (n_curves, n_times), that are not one step apart."""
    steps = np.diff(numbers, axis=1)
    if not steps.size:
        return
    wanted = step or max(int(steps[0, 0]), 1)
    if (steps != wanted).any():
        row, column = np.argwhere(steps != wanted)[0]
        raise DataError(
            f"the times of {str(keys[row])!r} are not one step apart: look at its time points {column + 1} and "
            f"{column + 2} (counted from 1). Sort them, fill gaps, or resample"
        )
