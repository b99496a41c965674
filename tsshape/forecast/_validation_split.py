"""The validation split of a fit: which rows are left out of the first fit, and what it forecasts for them."""

from typing import NamedTuple

import numpy as np

from tsshape._typing import FloatArray, IntArray

# With fewer posts than this none can be spared.
_MIN_POSTS = 10


class Validation(NamedTuple):
    """Forecasts for training posts by a model that was fitted without them.

    Attributes
    ----------
    rows : array of shape (n_validation,)
        Positions of the posts among the training posts, ascending.
    levels : tuple of float
        Levels of the quantiles, ascending, with 0.5 among them.
    quantiles : array of shape (n_validation, n_levels)
        The quantiles of log(1 + scale).
    """

    rows: IntArray
    levels: tuple[float, ...]
    quantiles: FloatArray


def draw_validation_rows(n_posts: int, seed: int) -> IntArray:
    """Return the positions of a random fifth of the posts, ascending.

    With fewer than ten posts it is all of them, which are then both the training and the validation rows.
    """
    drawn = np.random.default_rng(seed).permutation(n_posts)
    return np.sort(drawn if n_posts < _MIN_POSTS else drawn[: n_posts // 5])


def train_rows(n_rows: int, validation_rows: IntArray) -> IntArray:
    """Return the positions of the other rows, or of all rows where all are validation rows."""
    rows = np.arange(n_rows)
    return rows if len(validation_rows) == n_rows else np.setdiff1d(rows, validation_rows)
