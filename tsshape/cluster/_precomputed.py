"""Clusterings of distances that the caller has computed, `metric="precomputed"`.

A curve is stood for by its row in the matrix of distances, as a curve of one day; the metric looks the distance up.
"""

from copy import copy
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

from tsshape._errors import DataError
from tsshape._typing import Floats, IntArray
from tsshape.cluster._validation import check_table
from tsshape.metrics import Metric

Estimator = TypeVar("Estimator", bound=Any)

PRECOMPUTED = "precomputed"
# Rows of a matrix that are checked at once.
BLOCK_ROWS = 1024
# Fitted attributes that are curves, of which there are none.
OF_CURVES = ("prototypes_", "components_", "curves_")
# Fitted attributes that tell of the columns of the matrix.
OF_COLUMNS = ("n_features_in_", "feature_names_in_")


@dataclass(frozen=True, eq=False)
class Lookup:
    """Distances between rows and columns of a matrix, which are given as curves of one day."""

    matrix: Floats

    def __call__(self, X: Floats, Y: Floats) -> Floats:
        """Return the distances, shape (n, m)."""
        found: Floats = self.matrix[np.ix_(_numbers(X), _numbers(Y))]
        return found


def is_precomputed(metric: Any) -> bool:
    """Return whether distances are given instead of curves."""
    return isinstance(metric, str) and metric == PRECOMPUTED


def lookup(matrix: Floats, *, symmetric: bool = True) -> Metric:
    """Return the metric that looks distances up."""
    return Metric(PRECOMPUTED, batch=Lookup(matrix), symmetric=symmetric)


def number_rows(matrix: Floats) -> Floats:
    """Return the numbers of the rows as curves of one day, in the precision of the matrix."""
    return np.arange(len(matrix), dtype=matrix.dtype)[:, None]


def fit_matrix(estimator: Estimator, X: Any, *, symmetric: bool = True, **fit_params: Any) -> Estimator:
    """Fit an estimator on a matrix of distances; it learns rows of the matrix where it would learn curves."""
    estimator._check_parameters()  # noqa: SLF001 - refused before the matrix is looked at
    matrix = check_matrix(check_table(estimator, X, reset=True), symmetric=symmetric)
    inner = copy(estimator)
    inner.metric = lookup(matrix, symmetric=symmetric)
    inner.fit(number_rows(matrix), **fit_params)
    for name, value in vars(inner).items():
        if name.endswith("_") and name not in (*OF_CURVES, *OF_COLUMNS):
            setattr(estimator, name, value)
    for name in OF_CURVES:
        # A fit on curves may have left some.
        vars(estimator).pop(name, None)
    estimator.medoid_indices_ = _numbers(inner.prototypes_)
    # Only the numbers of rows are kept.
    inner.metric = PRECOMPUTED
    estimator._of_rows = inner  # noqa: SLF001
    return estimator


def ask_matrix(estimator: Any, X: Any, method: str) -> Any:
    """Return what `predict` or `transform` says of curves by their distances to those of the fit, shape (m, n)."""
    check_is_fitted(estimator, "medoid_indices_")
    distances = check_table(estimator, X)
    _check_not_negative(distances)
    inner = copy(estimator._of_rows)  # noqa: SLF001
    inner.metric = lookup(distances, symmetric=False)
    return getattr(inner, method)(number_rows(distances))


def check_matrix(matrix: Floats, *, symmetric: bool = True) -> Floats:
    """Refuse what is no matrix of all distances: not square, negative, not 0 on the diagonal, or not symmetric."""
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:  # noqa: PLR2004
        raise DataError(
            f"with metric='precomputed' X holds the distances between all curves, a square matrix; got {matrix.shape}"
        )
    _check_not_negative(matrix)
    rounding = 100 * np.finfo(matrix.dtype).eps * matrix.max()
    diagonal = matrix.diagonal()
    if diagonal.max() > rounding:
        row = int(diagonal.argmax())
        raise DataError(
            f"the distance of a curve to itself is 0, and X holds {diagonal[row]:.6g} on the diagonal in row {row} "
            "(counted from 0)"
        )
    for start in range(0, len(matrix) if symmetric else 0, BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        _refuse(np.abs(matrix[rows] - matrix[:, rows].T) > rounding, matrix, start, "and another value the other way")
    return matrix


def _check_not_negative(matrix: Floats) -> None:
    """Refuse negative distances."""
    if matrix.min() < 0:
        _refuse(matrix < 0, matrix, 0, "and distances are not negative")


def _refuse(wrong: Any, matrix: Floats, first: int, why: str) -> None:
    """Refuse a matrix by the first cell that is wrong in some of its rows."""
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise DataError(
            f"X holds the distance {matrix[first + row, column]:.6g} in row {first + row}, column {column} (counted "
            f"from 0), {why}"
        )


def _numbers(curves: Floats) -> IntArray:
    """Return the numbers that curves of one day stand for."""
    return curves[:, 0].astype(np.int64)
