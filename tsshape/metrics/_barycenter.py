"""The curve in the middle of others."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from tsshape._errors import DataError
from tsshape._sums import weighted_sum
from tsshape._threads import count_threads
from tsshape._typing import Curves, FloatArray, Floats
from tsshape._validation import check_panel
from tsshape.metrics._dba import dba_barycenter
from tsshape.metrics._input import check_weights
from tsshape.metrics._medoid import find_medoid
from tsshape.metrics._metric import Metric
from tsshape.metrics._registry import get_metric
from tsshape.metrics._soft_barycenter import soft_dtw_barycenter

Averager: TypeAlias = Callable[..., Floats]


def barycenter(
    X: Curves,
    metric: str | Metric = "dtw",
    *,
    weights: Any = None,
    start: Any = None,
    max_iter: int = 30,
    n_jobs: int | None = None,
    **params: Any,
) -> Floats:
    """The average of curves that belongs to a metric: what the distances to the curves are least for.

    The metric says how: the mean (`euclidean`, `sqeuclidean`, embeddings), the weighted median of each time step
    (`manhattan`, `area`), DTW barycenter averaging (`dtw`), the soft-DTW barycenter (`soft_dtw`), or else the medoid,
    the curve with the least sum of distances to the others.

    Parameters
    ----------
    X : DataFrame or array of shape (n_curves, n_times)
        Finite numbers.
    metric : str or Metric
        As in `pairwise`.
    weights : array of shape (n_curves,), optional
        Weight of each curve, at least 0 and not all 0; by default 1.
    start : array of shape (m_times,), optional
        Where the iterations of `dtw` and `soft_dtw` begin; by default at the better of the mean and a medoid, and at
        the mean. It decides the length of the result. The other averages need no start and ignore it.
    max_iter : int, default=30
        Most iterations of `dtw` and `soft_dtw`; they stop sooner if the cost no longer falls.
    n_jobs : int, optional
        Threads, by joblib's rules. The result is the same bits for any number.
    **params
        Parameters of the metric.

    Returns
    -------
    array of shape (n_times,)
        In the precision of the curves.

    Raises
    ------
    DataError
        If curves or weights cannot be used; the row is named.
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
    curves = check_panel(X)
    weight = check_weights(weights, len(curves))
    counted = weight > 0
    if not counted.all():
        curves, weight = np.ascontiguousarray(curves[counted]), weight[counted]
    # Weights are shares: their scale must not matter to where an iteration stops.
    weight = weight / weight.max()
    if chosen.average in {"dba", "soft_dtw"}:
        begin = None if start is None else _check_start(start, curves)
        averager: Averager = dba_barycenter if chosen.average == "dba" else soft_dtw_barycenter
        return averager(curves, weight, parameters, start=begin, max_iter=max_iter, n_threads=count_threads(n_jobs))
    if chosen.average == "medoid":
        medoid: Floats = curves[find_medoid(chosen, curves, weight, parameters, count_threads(n_jobs))]
        return medoid.copy()
    if chosen.average == "median":
        return weighted_median(curves, weight).astype(curves.dtype, copy=False)
    return weighted_mean(curves, weight).astype(curves.dtype, copy=False)


def weighted_median(curves: Floats, weights: FloatArray) -> FloatArray:
    """Weighted median of each time step; the middle of the two where half of the weight lies on either side."""
    if (weights == weights[0]).all():
        ranks = ((len(curves) - 1) // 2, len(curves) // 2)
        low, high = np.partition(curves.astype(np.float64, copy=False), ranks, axis=0)[list(ranks)]
        median: FloatArray = np.where(low == high, low, low / 2 + high / 2)
        return median
    order = np.argsort(curves, axis=0, kind="stable")
    values = np.take_along_axis(curves.astype(np.float64, copy=False), order, axis=0)
    below = np.cumsum(weights[order], axis=0)
    half = below[-1] / 2
    # A rounding error in the sum of the weights must not decide between one curve and two.
    slack = 1e-12 * below[-1]
    lower = np.argmax(below >= half - slack, axis=0)
    upper = np.argmax(below > half + slack, axis=0)
    days = np.arange(curves.shape[1])
    middle: FloatArray = values[lower, days] / 2 + values[upper, days] / 2
    return np.where(lower == upper, values[lower, days], middle)


def weighted_mean(curves: Floats, weights: FloatArray) -> FloatArray:
    """Mean of each time step in float64, of shares so that huge curves do not overflow."""
    return weighted_sum(weights / weights.sum(), curves)


def _check_start(start: Any, curves: Floats) -> Floats:
    """The curve to begin with, in the precision of the others."""
    values = np.asarray(start)
    if values.ndim != 1:
        raise DataError(f"start must be one curve, of 1 dimension; got {values.ndim}")
    checked: Floats = check_panel(values[None, :], name="start", dtype=curves.dtype)[0]
    return checked
