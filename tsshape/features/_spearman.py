"""Spearman's rank correlation of columns with a target."""

from functools import cache
from itertools import permutations
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata, spearmanr

from tsshape._typing import FloatArray

# Up to so many complete pairs the p-value is exact: 362,880 permutations.
MOST_PERMUTED = 9


def spearman(X: Any, y: Any) -> tuple[FloatArray, FloatArray]:
    """Compute Spearman's rho of each column with the target, over the rows in which both are present.

    Parameters
    ----------
    X : DataFrame or array of shape (n_rows, n_features)
        Numbers; NaN where missing.
    y : array-like of shape (n_rows,)
        Numbers; NaN where missing.

    Returns
    -------
    rho : float64 array of shape (n_features,)
        Between -1 and 1; 0 where a column or the target is constant, or fewer than three rows are complete.
    p : float64 array of shape (n_features,)
        Two-sided p-values of rho = 0; 1 where rho is 0 for the reasons above. With up to 9 complete rows they are
        exact: the share of the permutations of the target whose rho is at least as far from 0. With more they are those
        of `scipy.stats.spearmanr`, from Student's t-distribution, which is an approximation.

    Examples
    --------
    >>> from tsshape.features import spearman
    >>> rho, p = spearman([[1, 5], [2, 5], [4, 5], [3, 5]], [1, 10, 100, 1000])
    >>> rho.round(3).tolist(), p.round(3).tolist()
    ([0.8, 0.0], [0.333, 1.0])
    """
    target = np.asarray(y, dtype=np.float64)
    pairs = [_rho_and_p(column, target) for column in np.asarray(X, dtype=np.float64).T]
    rho, p = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    return rho, p


def _rho_and_p(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Return Spearman's rho and its p-value for two columns with missing values."""
    present = ~(np.isnan(x) | np.isnan(y))
    x, y = x[present], y[present]
    if len(x) < 3 or (x == x[0]).all() or (y == y[0]).all():  # noqa: PLR2004
        return 0.0, 1.0
    result = spearmanr(x, y)
    p = _exact_p(x, y) if len(x) <= MOST_PERMUTED else float(result.pvalue)
    return float(result.statistic), p


def _exact_p(x: FloatArray, y: FloatArray) -> float:
    """Return the share of the permutations of `y` under which rho is at least as far from 0."""
    # Doubled ranks are integers, ties included, so that equal correlations are equal without a tolerance.
    first, second = (np.rint(2 * rankdata(values)).astype(np.int64) for values in (x, y))
    expected = int(first.sum()) * int(second.sum())
    covariances = len(x) * (second[_orders(len(x))] @ first) - expected
    found = len(x) * int(second @ first) - expected
    return float((np.abs(covariances) >= abs(found)).mean())


@cache
def _orders(n: int) -> npt.NDArray[np.int8]:
    """Return all orders of n rows, shape (n!, n)."""
    return np.array(list(permutations(range(n))), dtype=np.int8)
