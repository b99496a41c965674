"""Distances between two curves and between all pairs."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tsshape._blocks import as_blocks, is_in_blocks
from tsshape._errors import DataError
from tsshape._threads import count_threads
from tsshape._typing import Curves, Floats
from tsshape.metrics._input import check_curve, check_dtype, check_lengths, check_panels, same_dtype
from tsshape.metrics._memory import check_fits
from tsshape.metrics._metric import Metric, MetricLike
from tsshape.metrics._registry import get_metric
from tsshape.metrics._routes import compute_distances


def pairwise(
    X: Curves,
    Y: Curves | None = None,
    metric: MetricLike = "dtw",
    *,
    dtype: npt.DTypeLike | None = None,
    n_jobs: int | None = None,
    memory_limit: int | None = None,
    **params: Any,
) -> Floats:
    """Compute distances between all curves of a panel, or between those of two panels.

    Parameters
    ----------
    X : DataFrame, array of shape (n_curves, n_times) or (n_curves, n_channels, n_times), list of arrays, or dask.array
        Finite numbers; float32 is computed in float32, everything else in float64. If the metric is elastic, curves
        may differ in length: in a list of arrays of shape (n_times,) or (n_channels, n_times), or in a table in which
        the days behind the last one of a curve are missing. Several channels, such as the views
        and likes of a post, are compared in their own units: scale them first. An elastic metric warps all of them
        together; `sbd`, metrics of other libraries and your own functions of two curves take one channel.
    Y : DataFrame, array of shape (m_curves, m_times) or (m_curves, n_channels, m_times), or list of arrays, optional
        By default `X` itself; of a symmetric metric one half of the matrix is then computed. `m_times` may differ from
        `n_times` if the metric is elastic.
    metric : str, Metric or callable
        A name in `available_metrics()`, a name of a bridge (`"scipy:canberra"`), a `Metric`, or a Python function of
        two curves, called for each pair, which must be symmetric; see `get_metric`.
    dtype : {float32, float64}, optional
        Precision of the computation and of the result, by default that of the curves.
    n_jobs : int, optional
        Threads, by joblib's rules (None is 1, -1 all cores). The result is the same bits for any number.
    memory_limit : int, optional
        Largest matrix in bytes. By default the environment variable `TSSHAPE_MEMORY_LIMIT` (bytes, or `500MB`, `2GB`),
        or else half of the physical memory.
    **params
        Parameters of the metric, such as `window`.

    Returns
    -------
    array of shape (n_curves, n_curves) or (n_curves, m_curves)
        Distances, in the unit of the metric. Of a `dask.array`, chunked by rows, a lazy one, whose blocks are computed
        by one thread each.

    Raises
    ------
    DataError
        If curves are empty, or hold a value that is infinite or missing before the last one (the message names the
        row), lengths differ and the metric is not elastic, channels differ, or the matrix would exceed the memory limit
        (the message quotes its size).
    ValueError
        If the metric or a parameter is unknown, or a parameter is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
    >>> pairwise(shapes, metric="manhattan").tolist()
    [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]]
    >>> views_and_likes = np.array([[[0.0, 3.0], [0.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]]])
    >>> pairwise(views_and_likes).tolist()
    [[0.0, 5.0], [5.0, 0.0]]
    >>> pairwise([[0.0, 1.0], [0.0, 0.0, 1.0], [2.0]]).round(3).tolist()
    [[0.0, 0.0, 2.236], [0.0, 0.0, 3.0], [2.236, 3.0, 0.0]]
    """
    check_dtype(dtype)
    chosen = get_metric(metric)
    parameters = chosen.bind(params)
    if is_in_blocks(X) or is_in_blocks(Y):
        lazy: Floats = _by_block(X, Y, chosen, parameters, _Matrix(dtype, memory_limit))
        return lazy
    return _compute(X, Y, chosen, parameters, _Matrix(dtype, memory_limit), n_threads=count_threads(n_jobs))


class _Matrix(NamedTuple):
    """What a matrix may be: its dtype and its most bytes."""

    dtype: npt.DTypeLike | None
    memory_limit: int | None


def _compute(
    X: Curves, Y: Curves | None, metric: Metric, parameters: dict[str, Any], matrix: _Matrix, *, n_threads: int = 1
) -> Floats:
    """Compute the distances between curves in memory."""
    first, second = check_panels(X, Y, metric, dtype=matrix.dtype)
    check_fits(len(first), len(first if second is None else second), first.dtype, matrix.memory_limit)
    return compute_distances(metric, first, second, parameters, n_threads)


def _by_block(X: Any, Y: Any, metric: Metric, parameters: dict[str, Any], matrix: _Matrix) -> Any:
    """Return the matrix of curves in blocks, whose blocks are computed when they are asked for."""
    if not is_in_blocks(X) or not (Y is None or is_in_blocks(Y)):
        raise DataError("X and Y must both be in blocks, such as a dask.array, or both in memory")
    first, second = as_blocks(X), None if Y is None else as_blocks(Y)
    dtype = np.dtype(matrix.dtype or np.result_type(first.dtype, (second or first).dtype))
    # Of an asymmetric metric both halves are computed.
    others = first if second is None and not metric.symmetric else second
    return first.lazy_matrix(_compute, others, metric, parameters, matrix._replace(dtype=dtype), dtype=dtype)


def distance(x: Any, y: Any, metric: MetricLike = "dtw", **params: Any) -> float:
    """Compute the distance between two curves.

    Parameters
    ----------
    x, y : array of shape (n_times,) and (m_times,), or (n_channels, n_times) and (n_channels, m_times)
        Finite numbers; `m_times` may differ from `n_times` if the metric is elastic.
    metric : str, Metric or callable
        As in `pairwise`.
    **params
        Parameters of the metric.

    Returns
    -------
    float

    Raises
    ------
    DataError, ValueError
        As in `pairwise`.

    Examples
    --------
    >>> distance([0.0, 0.0, 1.0], [0.0, 1.0, 1.0])
    0.0
    """
    chosen = get_metric(metric)
    parameters = chosen.bind(params)
    first, second = check_curve(x, name="x"), check_curve(y, name="y")
    check_lengths(first, second, chosen, names=("x", "y"))
    return float(compute_distances(chosen, *same_dtype(first, second), parameters, 1)[0, 0])
