"""Conversions between our tables and tslearn's arrays."""

from typing import Any

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import Curves, FloatArray
from tsshape._validation import check_curves
from tsshape.adapters.sktime._panels import curve_table

DIMENSIONS = 3


def to_tslearn(curves: Curves) -> FloatArray:
    """Convert curves to an array as tslearn takes it.

    Parameters
    ----------
    curves : DataFrame or array of shape (n_curves, n_times)
        Complete and finite.

    Returns
    -------
    array of shape (n_curves, n_times, 1), float64

    Raises
    ------
    DataError
        If a value is missing or infinite; the id and the day are named.

    Examples
    --------
    >>> import pandas as pd
    >>> from tsshape.adapters.sktime import to_tslearn
    >>> to_tslearn(pd.DataFrame([[1.0, 4.0]], index=["a"], columns=[1, 2])).shape
    (1, 2, 1)
    """
    return check_curves(curves, signed=True)[:, :, None]


def from_tslearn(array: Any, *, ids: Any = None) -> pd.DataFrame:
    """Convert an array of tslearn to a table of curves.

    Parameters
    ----------
    array : array of shape (n_curves, n_times, 1)
        tslearn pads shorter series with NaN, which is refused like any missing value.
    ids : sequence of shape (n_curves,), optional
        The ids; by default positions from 0, as text.

    Returns
    -------
    DataFrame of shape (n_curves, n_times)
        Index: the ids as text; columns: the days 1…T.

    Raises
    ------
    DataError
        If series have several variables, a value is missing (the id is named), or ids are repeated.

    Examples
    --------
    >>> import numpy as np
    >>> from tsshape.adapters.sktime import from_tslearn
    >>> from_tslearn(np.array([[[1.0], [4.0]]]), ids=["a"]).to_dict("index")
    {'a': {1: 1.0, 2: 4.0}}
    """
    values = np.asarray(array)
    if values.ndim != DIMENSIONS:
        raise DataError(f"an array of tslearn has 3 dimensions (curves, days, variables); got {values.ndim}")
    if values.shape[2] != 1:
        raise DataError(f"curves have one variable; the array has {values.shape[2]}")
    return curve_table(values[:, :, 0], ids)
