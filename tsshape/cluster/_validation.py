"""Checks of curves, weights and the number of clusters that all clusterers share."""

from typing import Any

import numpy as np
from sklearn.utils.validation import _check_feature_names, _check_sample_weight, validate_data

from tsshape._blocks import is_in_blocks
from tsshape._errors import DataError
from tsshape._panels import check_series, is_panel
from tsshape._typing import FloatArray, Floats
from tsshape._validation import LARGEST, check_curves
from tsshape.metrics import get_metric

# Upper bound of the seeds that starts and samples draw.
MAX_SEED = np.iinfo(np.int32).max
# Rows that are compared at once when distinct ones are counted.
BLOCK_ROWS = 4096


def check_shapes(estimator: Any, X: Any, *, reset: bool = False) -> Floats:
    """Return `X` in C order, as float32 if it is, else float64; refuse a value that is not finite, naming its row.

    An estimator with a metric also takes curves of several channels, (n_curves, n_channels, n_times), and those of
    unequal lengths if its metric is elastic. scikit-learn has no number of features for these: `n_features_in_` is
    absent after a fit on them, and lengths and channels are compared where distances are computed.
    """
    if is_in_blocks(X):
        raise DataError(
            f"{type(estimator).__name__} needs all curves in memory, and X is in blocks: fit it on a sample, then "
            "predict the others"
        )
    if hasattr(estimator, "metric"):
        elastic = get_metric(estimator.metric).elastic
        if is_panel(X, unequal=elastic):
            if not reset:
                _check_feature_names(estimator, X, reset=False)
            panel = check_series(X, unequal=elastic)
            if reset:
                vars(estimator).pop("n_features_in_", None)
                vars(estimator).pop("feature_names_in_", None)
            return panel
    return check_table(estimator, X, reset=reset)


def check_table(estimator: Any, X: Any, *, reset: bool = False) -> Floats:
    """Return a table as `check_shapes` does, whatever the metric."""
    values = validate_data(
        estimator, X, reset=reset, dtype=[np.float64, np.float32], order="C", ensure_all_finite=False
    )
    if not np.isfinite(values).all() or float(np.abs(values).max(initial=0.0)) > LARGEST:
        check_curves(X, name="X", signed=True)
    checked: Floats = values
    return checked


def check_sample_weight(sample_weight: Any, shapes: Floats) -> FloatArray:
    """Return the weights of the curves, by default 1; refuse a negative one, all 0, or a sum too large for a float."""
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
    """Count the distinct curves, up to `enough`."""
    seen: set[bytes] = set()
    start, size = 0, enough
    while start < len(shapes) and len(seen) < enough:
        # Adding 0 turns -0 into 0.
        seen.update(row.tobytes() for row in shapes[start : start + size] + 0.0)
        start, size = start + size, BLOCK_ROWS
    return len(seen)
