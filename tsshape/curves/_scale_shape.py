"""Scale and shape of curves: the maximum, and the curve divided by it."""

from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from tsshape._errors import DataError
from tsshape._panels import CHANNELS
from tsshape._typing import FloatArray
from tsshape._validation import as_floats, check_choice, check_curves, format_label

Table = TypeVar("Table", pd.DataFrame, FloatArray)


def split_scale_shape(
    curves: Table, *, zero: Literal["raise", "nan"] = "raise"
) -> tuple[pd.Series | FloatArray, Table]:
    """Split curves into scale and shape; of several channels, such as views and likes, each has its own scale.

    Parameters
    ----------
    curves : DataFrame or array of shape (n_curves, n_times) or (n_curves, n_channels, n_times)
        Cumulative counts, at least 0 and complete.
    zero : {"raise", "nan"}, default="raise"
        A curve that is 0 throughout has no shape, nor has such a channel of one: it raises an error, or gets the scale
        0 and NaN as shape.

    Returns
    -------
    scale : Series or array of shape (n_curves,) or (n_curves, n_channels)
        The maximum of each curve, or of each of its channels, in the unit of the counts.
    shape : DataFrame or array of the shape of `curves`
        Counts divided by their scale: shares between 0 and 1, with the maximum exactly 1.

    Raises
    ------
    DataError
        If a value is missing, infinite or negative, or a curve is 0 throughout and `zero` is "raise".

    References
    ----------
    A. Ortis, G. M. Farinella, S. Battiato, "Predicting Social Image Popularity Dynamics at Time Zero", IEEE Access 7,
    2019.

    Examples
    --------
    >>> import numpy as np
    >>> scale, shape = split_scale_shape(np.array([[1.0, 2.0, 4.0]]))
    >>> scale, shape
    (array([4.]), array([[0.25, 0.5 , 1.  ]]))

    Views and likes of a post:

    >>> scale, shape = split_scale_shape(np.array([[[1.0, 2.0, 4.0], [1.0, 1.0, 2.0]]]))
    >>> scale, shape[0, 1]
    (array([[4., 2.]]), array([0.5, 0.5, 1. ]))
    """
    check_choice("zero", zero, ("raise", "nan"))
    values = _check_counts(curves)
    scale = values.max(axis=-1)
    flat = scale == 0
    if zero == "raise" and flat.any():
        row, *channel = (int(place) for place in np.argwhere(flat)[0])
        label = format_label(curves.index[row]) if isinstance(curves, pd.DataFrame) else row
        where = f"{label}, channel {channel[0]} (counted from 0)" if channel else label
        raise DataError(
            f"{int(flat.sum())} curves are 0 throughout and have no shape, the first of them row {where}; "
            'drop them or pass zero="nan"'
        )
    shape = values / np.where(flat, np.nan, scale)[..., None]
    if isinstance(curves, pd.DataFrame):
        return pd.Series(scale, curves.index, name="scale"), pd.DataFrame(shape, curves.index, curves.columns)
    return scale, shape


def join_scale_shape(scale: npt.ArrayLike, shape: Table) -> Table:
    """Multiply scales and shapes into curves, the inverse of `split_scale_shape`.

    Parameters
    ----------
    scale : Series or array of shape (n_curves,) or (n_curves, n_channels)
        In the unit of the counts. A Series is matched to the rows of a `shape` table by id.
    shape : DataFrame or array of shape (n_curves, n_times) or (n_curves, n_channels, n_times)
        NaN throughout is allowed where the scale is 0.

    Returns
    -------
    DataFrame or array of the shape of `shape`
        `scale` times `shape`; 0 throughout where the scale is 0.

    Raises
    ------
    DataError
        If the numbers of rows or channels or the ids differ, or the shape of a curve whose scale is not 0 has missing
        values.

    Examples
    --------
    >>> import numpy as np
    >>> join_scale_shape(np.array([4.0]), np.array([[0.25, 0.5, 1.0]]))
    array([[1., 2., 4.]])
    """
    if isinstance(scale, pd.Series) and isinstance(shape, pd.DataFrame):
        if not scale.index.equals(shape.index):
            raise DataError("scale and shape must have the same ids in the same order")
        scale = scale.to_numpy()
    factors, shares = as_floats(scale, name="scale"), as_floats(shape, name="shape")
    if shares.ndim not in {2, CHANNELS} or factors.shape != shares.shape[:-1]:
        raise DataError(f"scale has shape {factors.shape}, and shapes have {shares.shape}: each needs one scale")
    with np.errstate(over="ignore", invalid="ignore"):
        values = np.where(factors[..., None] == 0, 0.0, factors[..., None] * shares)
    finite = np.isfinite(values).all(axis=-1)
    if not finite.all():
        row, *channel = (int(place) for place in np.argwhere(~finite)[0])
        where = f"row {row}, channel {channel[0]}" if channel else f"row {row}"
        raise DataError(f"{where} (counted from 0) has scale {factors[row, *channel]} and no complete shape")
    return pd.DataFrame(values, shape.index, shape.columns) if isinstance(shape, pd.DataFrame) else values


def _check_counts(curves: pd.DataFrame | FloatArray) -> FloatArray:
    """Check counts of one channel or of several, and return them as float64."""
    values = as_floats(curves, name="curves")
    if values.ndim != CHANNELS:
        return check_curves(curves)
    if 0 in values.shape:
        raise DataError(f"curves must have at least one curve, one channel and one day; got shape {values.shape}")
    channels = [check_curves(values[:, row], name=f"channel {row} of the curves") for row in range(values.shape[1])]
    return np.stack(channels, axis=1)


def popularity_score(views: npt.ArrayLike, days: npt.ArrayLike) -> FloatArray | float:
    """Compute the popularity score of a post, log(views / days + 1).

    Parameters
    ----------
    views : array-like
        Views so far, at least 0.
    days : array-like
        Days since the upload, more than 0.

    Returns
    -------
    array or float
        The score, natural logarithm; 0 for a post without views.

    Raises
    ------
    DataError
        If a count is negative or not finite, or a number of days is not positive.

    References
    ----------
    A. Khosla, A. Das Sarma, R. Hamid, "What makes an image popular?", WWW 2014.

    Examples
    --------
    >>> round(popularity_score(300, 30), 4)
    2.3979
    """
    counts, ages = as_floats(views, name="views"), as_floats(days, name="days")
    if not (np.isfinite(counts).all() and (counts >= 0).all()):
        raise DataError("views must be finite and at least 0")
    if not (np.isfinite(ages).all() and (ages > 0).all()):
        raise DataError("days must be finite and more than 0")
    with np.errstate(over="ignore", divide="ignore"):
        rate = counts / ages
        # Where the rate overflows, its logarithm is computed from those of views and days; the 1 is negligible there.
        score = np.where(np.isinf(rate), np.log(counts) - np.log(ages), np.log1p(rate))
    return score if score.ndim else float(score)
