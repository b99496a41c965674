"""Checks of the targets: clusters, scales and curves."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils import Tags
from sklearn.utils.validation import column_or_1d

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape._validation import LARGEST, as_floats, check_curves
from tsshape.features import EncodedTable


def check_labels(y: Any, n_posts: int) -> npt.NDArray[Any]:
    """Return clusters, one a post; each must be a label."""
    _check_given(y, "clusters")
    labels: npt.NDArray[Any] = _check_one_a_post(np.asarray(y), n_posts, name="clusters")
    if pd.isna(labels).any():
        raise DataError(f"the cluster of row {int(np.argmax(pd.isna(labels)))} (counted from 0) is missing")
    if labels.dtype.kind == "f":
        # Infinity is equal to its floor.
        fits = np.isfinite(labels) & (labels == np.floor(labels))
        if not fits.all():
            raise DataError(f"clusters must be labels; got the continuous number {labels[fits.argmin()]}")
    return labels


def check_scales(y: Any, n_posts: int) -> FloatArray:
    """Return scales, one a post; each must be finite and at least 0."""
    _check_given(y, "scales")
    scale: FloatArray = _check_one_a_post(as_floats(y, name="scales"), n_posts, name="scales")
    if not ((scale >= 0) & (scale <= LARGEST)).all():
        raise DataError(f"scales must be numbers from 0 to {LARGEST:g}")
    return scale


def check_days(y: Any, ids: pd.Index) -> pd.DataFrame:
    """Return the curves of the posts `ids` as a float64 table; the days of an array are 1…T."""
    _check_given(y, "curves")
    values = check_curves(y)
    if len(values) != len(ids):
        raise DataError(f"there are {len(values)} curves for {len(ids)} posts")
    if not isinstance(y, pd.DataFrame):
        return pd.DataFrame(values, ids, range(1, values.shape[1] + 1))
    if not y.index.equals(ids):
        raise DataError("features and curves must have the same ids in the same order")
    return pd.DataFrame(values, ids, y.columns)


def match_rows(values: Any, features: Any, ids: pd.Index) -> Any:
    """Return a table or Series with the ids of the features, if those are an array, whose rows have a position only."""
    by_position = not isinstance(features, pd.DataFrame | EncodedTable)
    if by_position and isinstance(values, pd.DataFrame | pd.Series) and len(values) == len(ids):
        return values.set_axis(ids, axis=0)
    return values


def add_curve_tags(tags: Tags) -> Tags:
    """Set the tags of an estimator whose targets are curves: two dimensions, no count below 0."""
    tags.target_tags.multi_output, tags.target_tags.single_output = True, False
    tags.target_tags.positive_only = True
    return tags


def _check_given(y: Any, name: str) -> None:
    """Check that there is a target; scikit-learn's checks look for these words."""
    if y is None:
        raise DataError(f"fit needs {name}: it requires y to be passed, but the target y is None")


def _check_one_a_post(values: Any, n_posts: int, *, name: str) -> Any:
    """Return values of shape (n_posts,); a column of them is accepted with scikit-learn's warning."""
    if values.shape == (n_posts, 1):
        return column_or_1d(values, warn=True)
    if values.shape != (n_posts,):
        raise DataError(f"{name} must have one value for each of the {n_posts} posts; got shape {values.shape}")
    return values
