"""Features as a table, whatever they were given as."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import validate_data

from tsshape._errors import DataError


def as_table(estimator: Any, X: Any, *, reset: bool) -> pd.DataFrame:
    """`X` as a DataFrame; on reset the estimator learns `n_features_in_` and `feature_names_in_`.

    The columns of an array are called x0, x1, …, and their number must be that of training. Those of a DataFrame are
    matched by name, which is left to the encoder.

    Raises
    ------
    DataError
        If `X` is not a table.
    TypeError
        If it is sparse.
    """
    if isinstance(X, pd.DataFrame):
        if reset:
            estimator.feature_names_in_ = np.array(X.columns.map(str), dtype=object)
            estimator.n_features_in_ = X.shape[1]
        return X
    # A sparse matrix has dimensions of its own, and is refused as such.
    n_dimensions = X.ndim if hasattr(X, "ndim") else np.asarray(X).ndim
    if n_dimensions != 2:  # noqa: PLR2004
        raise DataError(
            f"features must have 2 dimensions (posts, columns); got {n_dimensions}. Reshape your data: a vector x is "
            "one post as x.reshape(1, -1), and one column as x.reshape(-1, 1)"
        )
    array = validate_data(estimator, X, dtype=None, ensure_all_finite=False, ensure_min_samples=int(reset), reset=reset)
    return pd.DataFrame(array, columns=[f"x{column}" for column in range(array.shape[1])]).infer_objects()
