"""A check that forecasts are finite numbers."""

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape._validation import format_label

# Overflow is checked after the call, where the error can name the post.
IGNORE_OVERFLOW = np.errstate(over="ignore", invalid="ignore")


def check_finite(values: FloatArray, ids: pd.Index, *, what: str, of: str = "posts") -> None:
    """Check that values of shape (n_posts, …) are finite; the error names the first post, or what else they are `of`.

    Trees of a model that was fitted on enormous counts, or was made by hand, may add up to more than a float holds.
    """
    fits = np.isfinite(values).all(axis=tuple(range(1, values.ndim)))
    if not fits.all():
        raise DataError(
            f"the {what} of {(~fits).sum()} {of} would not be a finite number, the first of them "
            f"{format_label(ids[fits.argmin()])}: the model's own numbers are too large"
        )
