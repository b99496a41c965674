"""Coverage and width of prediction intervals."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import Curves
from tsshape.scores._errors import check_pair


def interval_coverage(true: Curves, lower: Curves, upper: Curves) -> float:
    """Return the share of the posts' days on which the true count lies within its interval.

    Parameters
    ----------
    true, lower, upper : DataFrame or array of shape (n_curves, n_times)
        True curves and the ends of their intervals; the ends belong to the interval.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    DataError
        As `rmse_per_post`, or if a lower end is above its upper end.

    Examples
    --------
    >>> import numpy as np
    >>> interval_coverage(np.array([[1.0, 2.0]]), np.array([[0.0, 3.0]]), np.array([[1.0, 4.0]]))
    0.5
    """
    return float(_is_covered(true, lower, upper).mean())


def coverage_by_quarter(true: Curves, lower: Curves, upper: Curves, scale: npt.ArrayLike) -> list[float | None]:
    """Return the coverage of intervals in each quarter of the posts by forecast scale.

    Parameters
    ----------
    true, lower, upper : DataFrame or array of shape (n_curves, n_times)
        As in `interval_coverage`.
    scale : array-like of shape (n_curves,)
        Forecast scales, which divide the posts into quarters.

    Returns
    -------
    list of float or None
        Four shares between 0 and 1, of the smallest scales first; None for a quarter without posts, of which there
        may be some where there are fewer than four posts.

    Raises
    ------
    DataError
        As `interval_coverage`.

    Examples
    --------
    >>> import numpy as np
    >>> true = np.array([[1.0], [2.0], [3.0], [4.0]])
    >>> coverage_by_quarter(true, true, true + 1.0, scale=[9.0, 8.0, 7.0, 6.0])
    [1.0, 1.0, 1.0, 1.0]
    """
    covered = _is_covered(true, lower, upper)
    rank = pd.Series(np.asarray(scale)).rank(method="first").to_numpy()
    quarter = (rank - 1) * 4 // len(rank)
    return [float(covered[quarter == each].mean()) if (quarter == each).any() else None for each in range(4)]


def interval_width(lower: Curves, upper: Curves) -> float:
    """Return the median width of the intervals on the last day.

    Parameters
    ----------
    lower, upper : DataFrame or array of shape (n_curves, n_times)
        The ends of the intervals.

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
    >>> interval_width(np.array([[1.0, 2.0], [1.0, 3.0]]), np.array([[2.0, 6.0], [4.0, 9.0]]))
    5.0
    """
    low, high = check_pair(lower, upper, names=("lower", "upper"))
    return float(np.median(high[:, -1] - low[:, -1]))


def _is_covered(true: Curves, lower: Curves, upper: Curves) -> npt.NDArray[np.bool_]:
    """Return which days of which posts lie within their intervals; shape (n_curves, n_times)."""
    truth, low = check_pair(true, lower, names=("true", "lower"))
    _, high = check_pair(true, upper, names=("true", "upper"))
    if (low > high).any():
        row, column = np.argwhere(low > high)[0]
        raise DataError(
            f"the interval at row {row}, column {column} (counted from 0) has its lower end above its upper"
        )
    return (low <= truth) & (truth <= high)
