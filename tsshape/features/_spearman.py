"""Spearman's rank correlation of columns with a target."""

from typing import Any

import numpy as np
from scipy.stats import spearmanr

from tsshape._typing import FloatArray


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
        Two-sided p-values of rho = 0 (`scipy.stats.spearmanr`); 1 where rho is 0 for the reasons above.

    Examples
    --------
    >>> from tsshape.features import spearman
    >>> rho, p = spearman([[1, 5], [2, 5], [4, 5], [3, 5]], [1, 10, 100, 1000])
    >>> rho.round(3).tolist(), p.round(3).tolist()
    ([0.8, 0.0], [0.2, 1.0])
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
    return float(result.statistic), float(result.pvalue)
