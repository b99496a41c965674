"""Features as a table, whatever they were given as."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import validate_data

from tsshape._errors import DataError


def as_table(estimator: Any, X: Any, *, reset: bool) -> pd.DataFrame:
    """`X` as a DataFrame; on reset the estimator learns `n_features_in_` and `feature_names_in_`.

    The columns of a DataFrame are matched by name, which is left to the encoder; those of an array, called x0, x1, …
    in training, by position. Where training had names and `X` has none, or the other way round, scikit-learn warns.

    Raises
    ------
    DataError
        If `X` is not a table.
    ValueError
        If columns that are matched by position are not as many as in training.
    TypeError
        If it is sparse.
    """
    named = isinstance(X, pd.DataFrame)
    known = None if reset else getattr(estimator, "feature_names_in_", None)
    if named and reset:
        estimator.feature_names_in_ = np.array(X.columns.map(str), dtype=object)
        estimator.n_features_in_ = X.shape[1]
    if named and (reset or known is not None or set(_by_position(estimator.n_features_in_)) <= set(X.columns)):
        return X
    if named:
        validate_data(estimator, X, skip_check_array=True, reset=False)
        return X.set_axis(_by_position(X.shape[1]), axis=1)
    # A sparse matrix has dimensions of its own, and is refused as such.
    n_dimensions = X.ndim if hasattr(X, "ndim") else np.asarray(X).ndim
    if n_dimensions != 2:  # noqa: PLR2004
        raise DataError(
            f"features must have 2 dimensions (posts, columns); got {n_dimensions}. Reshape your data: a vector x is "
            "one post as x.reshape(1, -1), and one column as x.reshape(-1, 1)"
        )
    array = validate_data(estimator, X, dtype=None, ensure_all_finite=False, ensure_min_samples=int(reset), reset=reset)
    return pd.DataFrame(array, columns=_by_position(array.shape[1]) if known is None else known).infer_objects()


def _by_position(n_columns: int) -> list[str]:
    """The names of columns that have none."""
    return [f"x{column}" for column in range(n_columns)]
