"""The nearest centre of each curve, or the k nearest."""

from typing import Any

import numpy as np

from tsshape import _kernels
from tsshape._blocks import as_blocks, is_in_blocks
from tsshape._errors import DataError
from tsshape._panels import check_series, is_unequal
from tsshape._threads import count_threads
from tsshape._typing import Curves, Floats, IntArray
from tsshape.metrics._input import check_lengths, kernel_call, pack, pack_unequal, takes_unequal
from tsshape.metrics._memory import block_rows
from tsshape.metrics._metric import Metric, MetricLike
from tsshape.metrics._registry import get_metric
from tsshape.metrics._routes import LOCKSTEP, compute_distances, embed_curves, prepare_curves
from tsshape.metrics._unequal import nearest_by_lengths


def nearest(
    X: Curves,
    centers: Curves,
    metric: MetricLike = "dtw",
    *,
    k: int = 1,
    n_jobs: int | None = None,
    **params: Any,
) -> tuple[IntArray, Floats]:
    """Find the nearest centres of each curve and the distances to them, without keeping a matrix.

    The centres may be any curves: prototypes, or the training curves of a nearest-neighbour classifier.

    Parameters
    ----------
    X : DataFrame, array of shape (n_curves, n_times) or (n_curves, n_channels, n_times), list of arrays, or dask.array
        As in `pairwise`; the centres are in memory. Of a `dask.array` labels and distances are lazy ones.
    centers : DataFrame, array of shape (n_centers, m_times) or (n_centers, n_channels, m_times), or list of arrays
        Of the same length as the curves unless the metric is elastic; converted to the dtype of the curves.
    metric : str, Metric or callable
        As in `pairwise`.
    k : int, default=1
        How many centres to find for each curve, from 1 to the number of centres.
    n_jobs : int, optional
        Threads, by joblib's rules. The result is the same bits for any number.
    **params
        Parameters of the metric.

    Returns
    -------
    labels : array of shape (n_curves,), int64
        Row of the nearest centre, from 0; the first of those that tie. With `k` above 1, shape (n_curves, k): from the
        nearest on, those that tie by row.
    distances : array of the shape of `labels`
        Distances to them.

    Raises
    ------
    DataError
        As in `pairwise`, or if `k` is more than the number of centres.
    ValueError
        As in `pairwise`, or if `k` is no whole number of at least 1.

    Notes
    -----
    A single nearest centre under DTW is found by lower bounds, which rule most centres out. More than one are selected
    from all distances, block by block.

    Examples
    --------
    >>> import numpy as np
    >>> curves, centers = np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[1.0, 1.0], [0.0, 0.0]])
    >>> labels, distances = nearest(curves, centers, "manhattan")
    >>> labels.tolist(), distances.tolist()
    ([0, 0], [1.0, 0.0])
    >>> nearest(curves, centers, "manhattan", k=2)[1].tolist()
    [[1.0, 1.0], [0.0, 2.0]]
    """
    chosen = get_metric(metric)
    parameters = chosen.bind(params)
    if is_in_blocks(X):
        blocks, columns = as_blocks(X), () if k == 1 else (k,)
        labels, distances = blocks.lazy(
            _find, centers, chosen, parameters, k, dtypes=[np.int64, blocks.dtype], columns=columns
        )
        return labels, distances
    return _find(X, centers, chosen, parameters, k, n_threads=count_threads(n_jobs))


def _find(
    X: Curves, centers: Curves, chosen: Metric, parameters: dict[str, Any], k: int, *, n_threads: int = 1
) -> tuple[IntArray, Floats]:
    """Find the nearest centres of curves in memory."""
    first = check_series(X, unequal=chosen.elastic)
    second = check_series(centers, name="centers", dtype=first.dtype, unequal=chosen.elastic)
    check_lengths(first, second, chosen, names=("X", "centers"))
    _check_k(k, len(second))
    if k > 1:
        return _by_blocks(chosen, first, second, parameters, n_threads, k=int(k))
    if chosen.routes[0] == "kernel":

        def find(curves: Floats, others: Floats) -> tuple[IntArray, Floats]:
            return _by_kernel(chosen, curves, others, parameters, n_threads)

        if not (is_unequal(first) or is_unequal(second)):
            labels, distances = find(first, second)
        elif takes_unequal(parameters):
            curves, others = (prepare_curves(chosen, panel, parameters) for panel in (first, second))
            packed = pack_unequal(chosen, parameters)
            labels, distances = _kernels.nearest_unequal(str(chosen.kernel), curves, others, *packed, n_threads)
        else:
            labels, distances = nearest_by_lengths(find, first, second)
    elif chosen.routes[0] == "embed":
        vectors, others = embed_curves(chosen, first, parameters), embed_curves(chosen, second, parameters)
        labels, wide = _kernels.nearest_lockstep("euclidean", vectors, others, n_threads)
        with np.errstate(over="ignore"):
            distances = wide.astype(first.dtype, copy=False)
    else:
        labels, distances = _by_blocks(chosen, first, second, parameters, n_threads, k=1)
        return labels[:, 0], distances[:, 0]
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
    first, second = (prepare_curves(metric, panel, parameters) for panel in (X, centers))
    if metric.kernel in LOCKSTEP:
        return _kernels.nearest_lockstep(metric.kernel, first, second, n_threads, pack(parameters, 0, 0))
    kernel, packed = kernel_call(metric, parameters, first.shape[-1], second.shape[-1])
    return _kernels.nearest_elastic(kernel, first, second, packed, n_threads)


def _by_blocks(
    metric: Metric, X: Floats, centers: Floats, parameters: dict[str, Any], n_threads: int, *, k: int
) -> tuple[IntArray, Floats]:
    """Find the k nearest centres, (n_curves, k), by the rows of the matrix, one block after the other."""
    labels, distances = np.empty((len(X), k), dtype=np.int64), np.empty((len(X), k), dtype=X.dtype)
    step = block_rows(len(centers))
    for start in range(0, len(X), step):
        rows = slice(start, start + step)
        block = compute_distances(metric, X[rows], centers, parameters, n_threads)
        labels[rows] = block.argmin(axis=1)[:, None] if k == 1 else _least_columns(block, k)
        distances[rows] = np.take_along_axis(block, labels[rows], axis=1)
    return labels, distances


def _least_columns(matrix: Floats, k: int) -> IntArray:
    """Return the columns of the k least values of each row in ascending order, (n_rows, k); ties by column."""
    # Of the values that equal the k-th least, `partition` would take any.
    last = np.partition(matrix, k - 1, axis=1)[:, k - 1 : k]
    taken = matrix <= last
    for row in np.flatnonzero(taken.sum(axis=1) > k):
        ties = np.flatnonzero(matrix[row] == last[row])
        taken[row, ties[k - taken[row].sum() :]] = False
    columns = np.nonzero(taken)[1].reshape(len(matrix), k)
    order = np.argsort(np.take_along_axis(matrix, columns, axis=1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1)


def _check_k(k: Any, n_centers: int) -> None:
    """Refuse a number of neighbours that there are not."""
    if not isinstance(k, int | np.integer) or isinstance(k, bool) or k < 1:
        raise ValueError(f"k must be a whole number of at least 1; got {k!r}")
    if k > n_centers:
        raise DataError(f"k must be at most the number of centres, {n_centers}; got {k}")
