"""The warping path of two curves."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tsshape import _kernels
from tsshape._typing import Floats, IntArray
from tsshape.metrics._input import check_curve, check_same_channels, kernel_call, pack, same_dtype
from tsshape.metrics._metric import MetricLike
from tsshape.metrics._registry import get_metric
from tsshape.metrics._routes import LOCKSTEP, prepare_curves


def alignment_path(x: Any, y: Any, metric: MetricLike = "dtw", **params: Any) -> IntArray:
    """Find the warping path: the pairs of time steps that an elastic metric matches.

    The distance is the cost of this path. `erp`, `lcss` and `edr` leave out steps: those that are in no pair.

    Parameters
    ----------
    x, y : array of shape (n_times,) and (m_times,), or (n_channels, n_times) and (n_channels, m_times)
        Finite numbers; the path is that of all channels together.
    metric : str, Metric or callable
        A built-in elastic metric except `soft_dtw`, which sums over all paths, or a metric with the route `cost`.
    **params
        Parameters of the metric, such as `window`.

    Returns
    -------
    array of shape (n_steps, 2), int64
        Indices into x and y, from 0, in the order of time. Ties go to the diagonal step. Empty if `erp`, `lcss` or
        `edr` match nothing; `edr` lists the pairs that it replaces, too.

    Raises
    ------
    DataError
        If a curve is empty or not finite.
    ValueError
        If the metric has no warping path, or a parameter is unknown or out of range.

    Examples
    --------
    >>> alignment_path([0.0, 0.0, 1.0], [0.0, 1.0, 1.0]).tolist()
    [[0, 0], [1, 0], [2, 1], [2, 2]]
    """
    chosen = get_metric(metric)
    parameters = chosen.bind(params)
    first, second = same_dtype(check_curve(x, name="x"), check_curve(y, name="y"))
    check_same_channels(first, second, chosen, names=("x", "y"))
    if chosen.cost is not None:
        packed = pack(parameters, first.shape[1], second.shape[1])
        return _path_of_cost(chosen.cost, first[0], second[0], int(packed[0]))
    if chosen.kernel is None or chosen.kernel in LOCKSTEP or chosen.kernel == "soft_dtw":
        raise ValueError(f"the metric {chosen.name!r} has no warping path; 'dtw' and most elastic metrics have one")
    start, end = (prepare_curves(chosen, curve, parameters) for curve in (first, second))
    kernel, packed = kernel_call(chosen, parameters, start.shape[-1], end.shape[-1])
    return _kernels.warping_path(kernel, start[0], end[0], packed)


def _path_of_cost(cost: Callable[[Any, Any], Any], x: Floats, y: Floats, window: int) -> IntArray:
    """Find the path with the least sum of costs, in plain Python: for one pair it is fast enough."""
    sums = np.full((len(x) + 1, len(y) + 1), np.inf)
    sums[0, 0] = 0.0
    for i in range(1, len(x) + 1):
        for j in range(max(1, i - window), min(len(y), i + window) + 1):
            best = min(sums[i - 1, j - 1], sums[i - 1, j], sums[i, j - 1])
            sums[i, j] = cost(x[i - 1], y[j - 1]) + best
    i, j, path = len(x), len(y), []
    while i and j:
        path.append((i - 1, j - 1))
        steps = ((i - 1, j - 1), (i - 1, j), (i, j - 1))
        i, j = min(steps, key=sums.__getitem__)
    return np.array(path[::-1], dtype=np.int64)
