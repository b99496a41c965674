"""Estimators of other libraries: what they refuse becomes an error about the data."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tsshape._errors import DataError


@contextmanager
def refused_as_data_error(estimator: Any, n_posts: int) -> Iterator[None]:
    """Raise `DataError` where the estimator raises `ValueError`, or computes with numbers that overflow."""
    try:
        with np.errstate(over="raise"), warnings.catch_warnings():
            # scikit-learn takes labels of many classes for a regression target; mean shift finds that many clusters.
            warnings.filterwarnings("ignore", message="The number of unique classes is greater than 50%")
            yield
    except (ValueError, FloatingPointError) as error:
        reason = "a number is too large for it" if isinstance(error, FloatingPointError) else str(error).splitlines()[0]
        raise DataError(f"{type(estimator).__name__} does not take these {n_posts} posts: {reason}") from error
