"""The nearest centre of each curve."""

from typing import Any

import numpy as np

from tsshape import _kernels
from tsshape._errors import DataError
from tsshape._threads import count_threads
from tsshape._typing import Curves, Floats, IntArray
from tsshape._validation import check_panel
from tsshape.metrics._input import check_lengths, pack
from tsshape.metrics._memory import block_rows
from tsshape.metrics._metric import Metric
from tsshape.metrics._registry import get_metric
from tsshape.metrics._routes import LOCKSTEP, compute_distances, embed_curves, prepare_curves


def nearest(
    X: Curves, centers: Curves, metric: str | Metric = "dtw", *, n_jobs: int | None = None, **params: Any
) -> tuple[IntArray, Floats]:
    """Find the nearest centre of each curve and the distance to it, without keeping a matrix.

    Parameters
    ----------
    X : DataFrame or array of shape (n_curves, n_times)
        Finite numbers.
    centers : DataFrame or array of shape (n_centers, m_times)
        Of the same length as the curves unless the metric is elastic; converted to the dtype of the curves.
    metric : str or Metric
        As in `pairwise`.
    n_jobs : int, optional
        Threads, by joblib's rules. The result is the same bits for any number.
    **params
        Parameters of the metric.

    Returns
    -------
    labels : array of shape (n_curves,), int64
        Row of the nearest centre, from 0; the first of those that tie.
    distances : array of shape (n_curves,)
        Distance to it.

    Raises
    ------
    DataError, ValueError
        As in `pairwise`.

    Examples
    --------
    >>> import numpy as np
    >>> labels, distances = nearest(np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[1.0, 1.0], [0.0, 0.0]]), "manhattan")
    >>> labels.tolist(), distances.tolist()
    ([0, 0], [1.0, 0.0])
    """
    chosen = get_metric(metric)
    parameters = chosen.bind(params)
    first = check_panel(X)
    second = check_panel(centers, name="centers", dtype=first.dtype)
    check_lengths(first, second, chosen, names=("X", "centers"))
    n_threads = count_threads(n_jobs)
    if chosen.routes[0] == "kernel":
        labels, distances = _by_kernel(chosen, first, second, parameters, n_threads)
    elif chosen.routes[0] == "embed":
        vectors, others = embed_curves(chosen, first, parameters), embed_curves(chosen, second, parameters)
        labels, wide = _kernels.nearest_lockstep("euclidean", vectors, others, n_threads)
        with np.errstate(over="ignore"):
            distances = wide.astype(first.dtype, copy=False)
    else:
        return _by_blocks(chosen, first, second, parameters, n_threads)
    # If all distances of a curve are infinite, none is the least.
    finite = np.isfinite(distances)
    if not finite.all():
        raise DataError(
            f"the metric {chosen.name!r} finds no centre at a finite distance from row {int(np.argmin(finite))} "
            f"(counted from 0): the distances exceed {first.dtype}; rescale the curves"
        )
    return labels, distances


def _by_kernel(
    metric: Metric, X: Floats, centers: Floats, parameters: dict[str, Any], n_threads: int
) -> tuple[IntArray, Floats]:
    """Find nearest centres by the built-in kernel."""
    assert metric.kernel is not None  # noqa: S101
    first, second = prepare_curves(metric, X), prepare_curves(metric, centers)
    if metric.kernel in LOCKSTEP:
        return _kernels.nearest_lockstep(metric.kernel, first, second, n_threads)
    packed = pack(parameters, first.shape[1], second.shape[1])
    return _kernels.nearest_elastic(metric.kernel, first, second, packed, n_threads)


def _by_blocks(
    metric: Metric, X: Floats, centers: Floats, parameters: dict[str, Any], n_threads: int
) -> tuple[IntArray, Floats]:
    """Find nearest centres by the rows of the matrix, one block after the other."""
    labels, distances = np.empty(len(X), dtype=np.int64), np.empty(len(X), dtype=X.dtype)
    step = block_rows(len(centers))
    for start in range(0, len(X), step):
        rows = slice(start, start + step)
        block = compute_distances(metric, X[rows], centers, parameters, n_threads)
        labels[rows] = block.argmin(axis=1)
        distances[rows] = np.take_along_axis(block, labels[rows, None], axis=1)[:, 0]
    return labels, distances
