"""What the forecasters learn to forecast, checked: clusters, scales and curves."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils import Tags
from sklearn.utils.validation import column_or_1d

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape._validation import LARGEST, as_floats, check_curves


def check_labels(y: Any, n_posts: int) -> npt.NDArray[Any]:
    """Clusters, one a post; refused where one is missing or is no label."""
    _refuse_nothing(y, "clusters")
    labels: npt.NDArray[Any] = _one_a_post(np.asarray(y), n_posts, name="clusters")
    if pd.isna(labels).any():
        raise DataError(f"the cluster of row {int(np.argmax(pd.isna(labels)))} (counted from 0) is missing")
    if labels.dtype.kind == "f":
        # Infinity is equal to its floor.
        fits = np.isfinite(labels) & (labels == np.floor(labels))
        if not fits.all():
            raise DataError(f"clusters must be labels; got the continuous number {labels[fits.argmin()]}")
    return labels


def check_scales(y: Any, n_posts: int) -> FloatArray:
    """Scales, one a post; refused where one is negative or not finite."""
    _refuse_nothing(y, "scales")
    scale: FloatArray = _one_a_post(as_floats(y, name="scales"), n_posts, name="scales")
    if not ((scale >= 0) & (scale <= LARGEST)).all():
        raise DataError(f"scales must be numbers from 0 to {LARGEST:g}")
    return scale


def check_days(y: Any, ids: pd.Index) -> pd.DataFrame:
    """Curves of the posts `ids` as a table in float64, those of an array for the days 1…T."""
    _refuse_nothing(y, "curves")
    values = check_curves(y)
    if len(values) != len(ids):
        raise DataError(f"there are {len(values)} curves for {len(ids)} posts")
    if not isinstance(y, pd.DataFrame):
        return pd.DataFrame(values, ids, range(1, values.shape[1] + 1))
    if not y.index.equals(ids):
        raise DataError("features and curves must have the same ids in the same order")
    return pd.DataFrame(values, ids, y.columns)


def add_curve_tags(tags: Tags) -> Tags:
    """The tags of an estimator that learns whole curves: two dimensions, no count below 0."""
    tags.target_tags.multi_output, tags.target_tags.single_output = True, False
    tags.target_tags.positive_only = True
    return tags


def _refuse_nothing(y: Any, name: str) -> None:
    """Refuse a target that is not there, in the words that scikit-learn looks for."""
    if y is None:
        raise DataError(f"fit needs {name}: it requires y to be passed, but the target y is None")


def _one_a_post(values: Any, n_posts: int, *, name: str) -> Any:
    """Values of shape (n_posts,); a column of them is taken with scikit-learn's warning."""
    if values.shape == (n_posts, 1):
        return column_or_1d(values, warn=True)
    if values.shape != (n_posts,):
        raise DataError(f"{name} must have one value for each of the {n_posts} posts; got shape {values.shape}")
    return values
