"""Averages of curves."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from tsshape._errors import DataError
from tsshape._panels import check_series, lengths_of
from tsshape._sums import weighted_sum
from tsshape._threads import count_threads
from tsshape._typing import Curves, FloatArray, Floats
from tsshape.metrics._dba import dba_barycenter
from tsshape.metrics._elastic_barycenter import averages_along_paths, elastic_barycenter
from tsshape.metrics._input import check_weights
from tsshape.metrics._medoid import find_medoid
from tsshape.metrics._metric import MetricLike
from tsshape.metrics._registry import get_metric
from tsshape.metrics._soft_barycenter import soft_dtw_barycenter

Averager: TypeAlias = Callable[..., Floats]


def barycenter(
    X: Curves,
    metric: MetricLike = "dtw",
    *,
    weights: Any = None,
    start: Any = None,
    max_iter: int = 30,
    n_jobs: int | None = None,
    **params: Any,
) -> Floats:
    """Average curves under a metric: find the curve with the least distances to all of them.

    The metric determines the method: the mean (`euclidean`, `sqeuclidean`, embeddings), the weighted median of each
    time step (`manhattan`, `area`), DTW barycenter averaging (`dtw`), the same along the paths of another elastic
    metric (`msm`, `twe`, `erp`, `wdtw`, `adtw`), the soft-DTW barycenter (`soft_dtw`), or else the medoid, the curve
    with the least sum of distances to the others.

    Parameters
    ----------
    X : DataFrame, array of shape (n_curves, n_times) or (n_curves, n_channels, n_times), or list of arrays
        As in `pairwise`.
    metric : str, Metric or callable
        As in `pairwise`.
    weights : array of shape (n_curves,), optional
        Weight of each curve, at least 0 and not all 0; by default 1.
    start : array of shape (m_times,) or (n_channels, m_times), optional
        Initial average under an elastic metric, which has the length of the result. By default a medoid, for `soft_dtw`
        the mean, and for `dtw` both: the average of lower cost is returned. Other metrics ignore it.
    max_iter : int, default=30
        Maximum number of iterations of `dtw` and `soft_dtw`; they stop earlier if the cost no longer falls.
    n_jobs : int, optional
        Threads, by joblib's rules. The result is the same bits for any number.
    **params
        Parameters of the metric.

    Returns
    -------
    array of shape (n_times,) or (n_channels, n_times)
        In the dtype of the curves; of curves of unequal lengths, as long as their medoid.

    Raises
    ------
    DataError
        If curves or weights are invalid; the message names the row.
    ValueError
        If a parameter is unknown or out of range.

    References
    ----------
    F. Petitjean, A. Ketterlin, P. Gançarski, "A global averaging method for dynamic time warping", Pattern
    Recognition 44, 2011. M. Cuturi, M. Blondel, "Soft-DTW: a differentiable loss function for time-series", ICML 2017.

    Examples
    --------
    >>> import numpy as np
    >>> shapes = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0]])
    >>> barycenter(shapes, "euclidean").tolist()
    [0.0, 0.5, 1.0, 1.0]
    >>> barycenter(shapes, "dtw").tolist() in shapes.tolist()
    True
    """
    chosen = get_metric(metric)
    parameters = chosen.bind(params)
    if max_iter < 1:
        raise ValueError(f"max_iter must be at least 1; got {max_iter}")
    curves = check_series(X, unequal=chosen.elastic)
    weight = check_weights(weights, len(curves))
    counted = weight > 0
    if not counted.all():
        curves, weight = np.ascontiguousarray(curves[counted]), weight[counted]
    # The scale of the weights must not matter for when an iteration stops.
    weight = weight / weight.max()
    if chosen.average in {"dba", "soft_dtw", "elastic"}:
        begin = None if start is None else _check_start(start, curves)
        averager: Averager = dba_barycenter if chosen.average == "dba" else soft_dtw_barycenter
        if averages_along_paths(chosen, curves, parameters):
            averager = partial(elastic_barycenter, chosen)
        return averager(curves, weight, parameters, start=begin, max_iter=max_iter, n_threads=count_threads(n_jobs))
    if chosen.average == "medoid":
        row = find_medoid(chosen, curves, weight, parameters, count_threads(n_jobs))
        medoid: Floats = curves[row, ..., : lengths_of(curves)[row]]
        return medoid.copy()
    if chosen.average == "median":
        return weighted_median(curves, weight).astype(curves.dtype, copy=False)
    return weighted_mean(curves, weight).astype(curves.dtype, copy=False)


def weighted_median(curves: Floats, weights: FloatArray) -> FloatArray:
    """Compute the weighted median of each time step; the mean of two values if half the weight is on each side."""
    if (weights == weights[0]).all():
        ranks = ((len(curves) - 1) // 2, len(curves) // 2)
        low, high = np.partition(curves.astype(np.float64, copy=False), ranks, axis=0)[list(ranks)]
        median: FloatArray = np.where(low == high, low, low / 2 + high / 2)
        return median
    order = np.argsort(curves, axis=0, kind="stable")
    values = np.take_along_axis(curves.astype(np.float64, copy=False), order, axis=0)
    below = np.cumsum(weights[order], axis=0)
    half = below[-1] / 2
    # A rounding error in the sum of the weights must not decide between one middle value and two.
    slack = 1e-12 * below[-1]
    lower = np.argmax(below >= half - slack, axis=0)
    upper = np.argmax(below > half + slack, axis=0)
    low, high = (np.take_along_axis(values, rank[None], axis=0)[0] for rank in (lower, upper))
    middle: FloatArray = low / 2 + high / 2
    return np.where(lower == upper, low, middle)


def weighted_mean(curves: Floats, weights: FloatArray) -> FloatArray:
    """Compute the weighted mean of each time step in float64, without overflow of huge curves."""
    return weighted_sum(weights / weights.sum(), curves)


def _check_start(start: Any, curves: Floats) -> Floats:
    """Check the initial average, and return it in the dtype of the curves."""
    values = np.asarray(start)
    if values.ndim != curves.ndim - 1 or values.shape[:-1] != curves.shape[1:-1]:
        raise DataError(
            f"start must be one curve like those of X, of shape {(*curves.shape[1:-1], 'n_times')}; got {values.shape}"
        )
    checked: Floats = check_series(values[None], name="start", dtype=curves.dtype)[0]
    return checked
