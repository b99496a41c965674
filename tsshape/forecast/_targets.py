"""Checks of the targets: clusters, scales and curves."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils import Tags
from sklearn.utils.validation import column_or_1d

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape._validation import LARGEST, as_floats, check_curves, format_label
from tsshape.features import EncodedTable
from tsshape.forecast._observed import Observed, as_observed


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
    return _as_days(y, check_curves(y), ids)


def _as_days(y: Any, values: FloatArray, ids: pd.Index) -> pd.DataFrame:
    """Return the checked values of curves as a table of the posts `ids`; the days of an array are 1…T."""
    if len(values) != len(ids):
        raise DataError(f"there are {len(values)} curves for {len(ids)} posts")
    if not isinstance(y, pd.DataFrame):
        return pd.DataFrame(values, ids, range(1, values.shape[1] + 1))
    if not y.index.equals(ids):
        raise DataError("features and curves must have the same ids in the same order")
    return pd.DataFrame(values, ids, y.columns)


def check_unfinished(y: Any, ids: pd.Index) -> tuple[pd.DataFrame, Observed]:
    """Return the curves of the posts `ids` as a float64 table, and as counts; some may end early, each has a day."""
    _check_given(y, "curves")
    values = check_curves(y, missing=True)
    table = _as_days(y, values, ids)
    n_days = (~np.isnan(values)).sum(axis=1)
    if not n_days.all():
        raise DataError(f"id {format_label(ids[n_days.argmin()])} has no count on any day: leave it out")
    return table, as_observed(table, ids, table.columns, name="curves")


def as_times(posted: Any, ids: pd.Index) -> pd.Series | None:
    """Return the times of posting as timestamps in the order of the posts, missing where unknown."""
    if posted is None:
        return None
    if isinstance(posted, pd.Series) and not posted.index.equals(ids):
        raise DataError("posted and features must have the same ids in the same order")
    values = posted.to_numpy() if isinstance(posted, pd.Series) else np.asarray(posted)
    if values.shape != (len(ids),):
        raise DataError(f"posted has shape {values.shape}, but there are {len(ids)} posts")
    try:
        times = pd.to_datetime(pd.Series(values, ids), utc=True)
    except (ValueError, TypeError) as error:
        raise DataError(f"posted holds a value that is no time: {error}") from error
    return None if times.isna().all() else times


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
