"""Initial centres that the caller gives, instead of ones that are drawn."""

from typing import Any

import numpy as np

from tsshape._errors import DataError
from tsshape._panels import check_series, is_unequal
from tsshape._typing import Floats, IntArray


def is_drawn(init: Any, drawn: str, given: str) -> bool:
    """Return whether centres are to be drawn, by the one way that there is; refuse what is no `given` array either."""
    if isinstance(init, str) and init == drawn:
        return True
    if isinstance(init, str) or np.ndim(init) == 0:
        raise ValueError(f"init must be {drawn!r} or {given}; got {init!r}")
    return False


def check_centers(init: Any, n_clusters: int, shapes: Floats) -> Floats:
    """Return initial centres in the precision of the curves; refuse another shape and what is not finite.

    Where the curves have unequal lengths, NaN may stand behind the end of a centre.
    """
    try:
        centers = np.array(init, dtype=shapes.dtype, order="C")
    except (TypeError, ValueError) as error:
        raise DataError(f"init must hold real numbers: {error}") from error
    expected = (n_clusters, *shapes.shape[1:])
    if centers.shape != expected:
        raise ValueError(f"init must have shape {expected}, one centre for each cluster; got {centers.shape}")
    if is_unequal(shapes):
        check_series(centers, name="init", unequal=True)
        return centers
    finite = np.isfinite(centers).reshape(n_clusters, -1).all(axis=1)
    if not finite.all():
        raise DataError(f"init holds a value that is not finite in row {int(np.argmin(finite))} (counted from 0)")
    return centers


def check_rows(init: Any, n_clusters: int, n_curves: int) -> IntArray:
    """Return initial medoids as rows of the curves; refuse another number of them, others, and one twice."""
    rows = np.asarray(init)
    if rows.dtype.kind not in "iu" or rows.shape != (n_clusters,):
        raise ValueError(
            f"init must be {n_clusters} whole numbers, the row of one medoid for each cluster; got an array of shape "
            f"{rows.shape} of {rows.dtype}"
        )
    if (rows < 0).any() or (rows >= n_curves).any() or len(np.unique(rows)) < n_clusters:
        raise ValueError(f"init must be rows from 0 to {n_curves - 1}, each once; got {rows.tolist()}")
    return rows.astype(np.int64)
