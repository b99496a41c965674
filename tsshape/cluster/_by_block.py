"""`predict` and `transform` of curves in blocks: lazy arrays, computed block by block when they are asked for."""

from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any, TypeVar

import numpy as np

from tsshape._blocks import Blocks, as_blocks, is_in_blocks
from tsshape._typing import Floats

Method = TypeVar("Method", bound=Callable[..., Any])


def by_block(method: Method) -> Method:
    """Have a method of a clusterer return a lazy array where the curves are in blocks."""

    @wraps(method)
    def call(self: Any, X: Any) -> Any:
        if not is_in_blocks(X):
            return method(self, X)
        blocks, model = as_blocks(X), copy(self)
        # These are as long as the curves that it was fitted on, and may be lazy.
        vars(model).pop("labels_", None)
        # Each block has a thread of its own.
        model.n_jobs = 1
        dtype = _dtype_of(model, blocks, method.__name__)
        columns = (self._n_features_out,) if method.__name__ == "transform" else ()
        return blocks.lazy(_apply, model, method.__name__, dtypes=[dtype], columns=columns)[0]

    return call  # type: ignore[return-value]


def _dtype_of(model: Any, blocks: Blocks, method: str) -> Any:
    """Return the dtype of what a method returns, by one curve."""
    return getattr(model, method)(np.ones((1, *blocks.shape[1:]), blocks.dtype)).dtype


def _apply(X: Floats, model: Any, method: str) -> tuple[Any]:
    """Return what a method of a model returns of the curves of one block."""
    return (getattr(model, method)(X),)
