"""The checks that every clustering makes of its input."""

from typing import Any

import numpy as np
from sklearn.utils.validation import _check_sample_weight, validate_data

from tsshape._errors import DataError
from tsshape._typing import FloatArray, Floats
from tsshape._validation import LARGEST, check_curves

# Seeds that are drawn for parts lie below.
MAX_SEED = np.iinfo(np.int32).max
# Rows that are compared at once while distinct ones are counted.
BLOCK_ROWS = 4096


def check_shapes(estimator: Any, X: Any, *, reset: bool = False) -> Floats:
    """`X` in C order, float32 as it is and all else as float64; refused with the row named if it is not finite."""
    values = validate_data(
        estimator, X, reset=reset, dtype=[np.float64, np.float32], order="C", ensure_all_finite=False
    )
    if not np.isfinite(values).all() or float(np.abs(values).max(initial=0.0)) > LARGEST:
        check_curves(X, name="X", signed=True)
    checked: Floats = values
    return checked


def check_sample_weight(sample_weight: Any, shapes: Floats) -> FloatArray:
    """Weights of the curves, 1 where none are given; refused if one is negative, or all are 0 or too large to add."""
    weights: FloatArray = _check_sample_weight(sample_weight, shapes, dtype=np.float64, ensure_non_negative=True)
    with np.errstate(over="ignore"):
        total = weights.sum()
    if not np.isfinite(total):
        raise ValueError("sample_weight adds up to more than a float holds: divide all weights by the largest")
    return weights


def check_n_clusters(n_clusters: int, shapes: Floats) -> None:
    """Refuse more clusters than there are distinct curves."""
    distinct = count_distinct(shapes, n_clusters)
    if distinct < n_clusters:
        raise DataError(f"n_clusters must be between 1 and the {distinct} distinct curves; got {n_clusters}")


def count_distinct(shapes: Floats, enough: int) -> int:
    """How many curves differ from one another; counting stops once there are `enough`."""
    seen: set[bytes] = set()
    start, size = 0, enough
    while start < len(shapes) and len(seen) < enough:
        # Adding 0 makes one zero of both.
        seen.update(row.tobytes() for row in shapes[start : start + size] + 0.0)
        start, size = start + size, BLOCK_ROWS
    return len(seen)
