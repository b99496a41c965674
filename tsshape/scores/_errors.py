"""Root mean squared errors per post, their trimmed mean and median, relative errors, and rank correlation of scales.

But for the relative errors, the definitions are those of A. Dutta, F. A. Barbhuiya, "Predicting Popularity of Images
Over 30 Days", arXiv 2108.01326, 2021.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from tsshape._errors import DataError
from tsshape._typing import Curves, FloatArray
from tsshape._validation import as_floats, check_curves


def rmse_per_post(true: Curves, pred: Curves) -> FloatArray:
    """Return the root mean squared error over the days of each post.

    Parameters
    ----------
    true, pred : DataFrame or array of shape (n_curves, n_times)
        True and forecast curves, rows and columns in the same order.

    Returns
    -------
    array of shape (n_curves,)
        Errors in the unit of the counts.

    Raises
    ------
    DataError
        If a value is missing or infinite, or ids, days or shapes differ.

    Examples
    --------
    >>> import numpy as np
    >>> rmse_per_post(np.array([[1.0, 2.0]]), np.array([[1.0, 4.0]]))
    array([1.41421356])
    """
    truth, forecast = check_pair(true, pred)
    errors = truth - forecast
    # A power of two is taken out first, which is exact, so that no square leaves the range of floats.
    exponents = np.frexp(np.abs(errors).max(axis=1))[1]
    squared: FloatArray = np.square(np.ldexp(errors, -exponents[:, None])).mean(axis=1)
    return np.ldexp(np.sqrt(squared), exponents)


def trimmed_rmse(true: Curves, pred: Curves, *, trim: float = 0.25) -> float:
    """Return the paper's tRMSE: the mean of the posts' errors after a share is cut from each end.

    Parameters
    ----------
    true, pred : DataFrame or array of shape (n_curves, n_times)
        True and forecast curves.
    trim : float, default=0.25
        Share of posts cut from each end, at least 0 and below 0.5. At 0.25 this is the interquartile mean.

    Returns
    -------
    float
        In the unit of the counts.

    Raises
    ------
    DataError
        As `rmse_per_post`.
    ValueError
        If `trim` is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> true = np.zeros((4, 2))
    >>> trimmed_rmse(true, true + np.array([[1.0], [2.0], [4.0], [900.0]]))
    3.0
    """
    if not 0 <= trim < 0.5:  # noqa: PLR2004
        raise ValueError(f"trim must be at least 0 and below 0.5; got {trim}")
    return float(stats.trim_mean(rmse_per_post(true, pred), trim))


def median_rmse(true: Curves, pred: Curves) -> float:
    """Return the paper's MED: the median of the posts' errors.

    Parameters
    ----------
    true, pred : DataFrame or array of shape (n_curves, n_times)
        True and forecast curves.

    Returns
    -------
    float
        In the unit of the counts.

    Raises
    ------
    DataError
        As `rmse_per_post`.

    Examples
    --------
    >>> import numpy as np
    >>> true = np.zeros((3, 2))
    >>> median_rmse(true, true + np.array([[1.0], [2.0], [900.0]]))
    2.0
    """
    return float(np.median(rmse_per_post(true, pred)))


def mean_relative_squared_error(true: npt.ArrayLike, pred: npt.ArrayLike) -> float:
    """Return the MRSE of published benchmarks: the mean of ((pred - true) / true)².

    Parameters
    ----------
    true, pred : array-like of shape (n_curves,)
        True and forecast counts in the same order. A true count of 0 has no relative error: it adds nothing, and
        counts in the mean.

    Returns
    -------
    float
        At least 0; 1 if all forecasts are 0.

    Raises
    ------
    DataError
        If a value is missing or infinite, or the lengths differ.

    References
    ----------
    H. Pinto, J. M. Almeida, M. A. Gonçalves, "Using early view patterns to predict the popularity of YouTube videos",
    WSDM 2013.

    Examples
    --------
    >>> mean_relative_squared_error([10, 20, 0, 40], [10, 30, 5, 20])
    0.125
    """
    with np.errstate(over="ignore"):
        return float(squared_relative_errors(true, pred).mean())


def squared_relative_errors(true: npt.ArrayLike, pred: npt.ArrayLike) -> FloatArray:
    """Return ((pred - true) / true)² of each post, 0 where the true count is 0."""
    truth, forecast = _check_vectors(true, pred, what="counts")
    # Overflow becomes infinite: the error is beyond what a float holds.
    with np.errstate(over="ignore"):
        relative = np.divide(forecast - truth, truth, out=np.zeros_like(truth), where=truth != 0)
        return np.square(relative)


def scale_spearman(true: npt.ArrayLike, pred: npt.ArrayLike) -> float:
    """Return Spearman's rank correlation between true and forecast scales.

    Parameters
    ----------
    true, pred : array-like of shape (n_curves,)
        Scales in the same order.

    Returns
    -------
    float
        Between -1 and 1; NaN if the true or the forecast scales are constant.

    Raises
    ------
    DataError
        If a value is missing or infinite, or the lengths differ.

    Examples
    --------
    >>> round(scale_spearman([10, 200, 3000, 4000], [1, 2, 4, 3]), 4)
    0.8
    """
    truth, forecast = _check_vectors(true, pred, what="scales")
    if not (truth != truth[:1]).any() or not (forecast != forecast[:1]).any():
        return float("nan")
    return float(stats.spearmanr(truth, forecast).statistic)


def _check_vectors(true: npt.ArrayLike, pred: npt.ArrayLike, *, what: str) -> tuple[FloatArray, FloatArray]:
    """Return two vectors of one length, all of whose values are finite."""
    truth, forecast = as_floats(true, name="true"), as_floats(pred, name="pred")
    if truth.ndim != 1 or truth.shape != forecast.shape:
        raise DataError(f"{what} must be two vectors of one length; got shapes {truth.shape} and {forecast.shape}")
    if not (np.isfinite(truth).all() and np.isfinite(forecast).all()):
        raise DataError(f"{what} must be finite")
    return truth, forecast


def check_pair(
    true: Curves, pred: Curves, *, names: tuple[str, str] = ("true", "pred")
) -> tuple[FloatArray, FloatArray]:
    """Return two tables of curves as arrays of the same rows and days."""
    # Forecasts of decreasing curves may be below 0, and an error is defined for them all the same.
    truth, forecast = (
        check_curves(table, name=name, signed=True) for table, name in zip((true, pred), names, strict=True)
    )
    if truth.shape != forecast.shape:
        raise DataError(f"{names[0]} has shape {truth.shape}, but {names[1]} has shape {forecast.shape}")
    if isinstance(true, pd.DataFrame) and isinstance(pred, pd.DataFrame) and not true.index.equals(pred.index):
        raise DataError(f"{names[0]} and {names[1]} must have the same ids in the same order")
    return truth, forecast
