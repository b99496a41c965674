"""Estimators of the caller's: what they cannot take is refused like any other data."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tsshape._errors import DataError


@contextmanager
def refusing(estimator: Any, n_posts: int) -> Iterator[None]:
    """While an estimator is at work its refusals, and numbers that it cannot hold, become one `DataError`."""
    try:
        with np.errstate(over="raise"), warnings.catch_warnings():
            # scikit-learn takes many labels for numbers that someone forgot to call so; these are clusters, of which
            # mean shift finds as many as there are.
            warnings.filterwarnings("ignore", message="The number of unique classes is greater than 50%")
            yield
    except (ValueError, FloatingPointError) as error:
        reason = "a number is too large for it" if isinstance(error, FloatingPointError) else str(error).splitlines()[0]
        raise DataError(f"{type(estimator).__name__} does not take these {n_posts} posts: {reason}") from error
