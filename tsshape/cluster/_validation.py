"""The check that every clustering makes of its input."""

from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

from tsshape._typing import FloatArray
from tsshape._validation import check_curves


def check_shapes(estimator: Any, X: Any, *, reset: bool = False) -> FloatArray:
    """`X` as a float64 array, C order; refused with the row named if it is not finite."""
    values = validate_data(estimator, X, reset=reset, dtype=np.float64, order="C", ensure_all_finite=False)
    if not np.isfinite(values).all():
        check_curves(X, name="X", signed=True)
    checked: FloatArray = values
    return checked
