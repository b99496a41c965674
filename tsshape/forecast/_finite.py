"""Forecasts that are finite numbers; others are refused with the post that they are for."""

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import FloatArray


def check_finite(values: FloatArray, ids: pd.Index, *, what: str, of: str = "posts") -> None:
    """Refuse values of shape (n_posts, …), or those `of` something else, that are not finite.

    Trees of a model that was fitted on enormous counts, or that a stranger made, may add up to more than a float holds.
    """
    fits = np.isfinite(values).all(axis=tuple(range(1, values.ndim)))
    if not fits.all():
        raise DataError(
            f"the {what} of {(~fits).sum()} {of} would not be a finite number, the first of them "
            f"{ids[fits.argmin()]!r}: the model's own numbers are too large"
        )
