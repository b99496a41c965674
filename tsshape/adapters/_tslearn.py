"""Distances of tslearn: `tslearn:gak` and the like, called directly (sktime's wrappers of them are broken)."""

from collections.abc import Callable
from inspect import signature
from typing import Any, NamedTuple

import numpy as np
import tslearn
from tslearn import metrics

from tsshape.metrics import Metric, Parameter

# Arguments of the functions that are not parameters of the distance.
NOT_PARAMETERS = frozenset({"dataset1", "dataset2", "s1", "s2", "n_jobs", "verbose", "be"})
POSITIVE = frozenset({"gamma", "sigma"})


class _Bridge(NamedTuple):
    """A function of tslearn, how distances are computed with it, and whether they are 0 from a curve to itself."""

    function: Callable[..., Any]
    batch: Callable[..., Any]
    zero_self: bool = True


def metric(name: str) -> Metric:
    """Return the distance of tslearn of that name as a metric.

    The `gak` of tslearn is a similarity k that is 1 between a curve and itself; the metric is the distance in the space
    of that kernel, sqrt(2 - 2 k). Its `lcss` is a similarity, too; the metric is 1 - lcss.
    """
    if name not in BRIDGES:
        raise ValueError(f"there is no metric 'tslearn:{name}'; there are {', '.join(BRIDGES)}")
    bridge = BRIDGES[name]
    return Metric(
        f"tslearn:{name}",
        tuple(
            Parameter(each.name, each.default, positive=each.name in POSITIVE)
            for each in signature(bridge.function).parameters.values()
            if each.name not in NOT_PARAMETERS
        ),
        batch=bridge.batch,
        elastic=True,
        zero_self=bridge.zero_self,
        origin=f"tslearn {tslearn.__version__}",
    )


def _kernel_distance(X: Any, Y: Any, **parameters: Any) -> Any:
    """Compute distances in the space of the global alignment kernel; by rounding a similarity may exceed 1."""
    return np.sqrt(np.maximum(2 - 2 * metrics.cdist_gak(X, Y, **parameters), 0))


def _lcss_distance(X: Any, Y: Any, **parameters: Any) -> Any:
    """Compute 1 minus the similarity of tslearn, pair by pair: it has no function for matrices."""
    return np.array([[1 - metrics.lcss(x, y, **parameters) for y in Y] for x in X])


BRIDGES = {
    "dtw": _Bridge(metrics.cdist_dtw, metrics.cdist_dtw),
    "frechet": _Bridge(metrics.cdist_frechet, metrics.cdist_frechet),
    "gak": _Bridge(metrics.cdist_gak, _kernel_distance),
    "lcss": _Bridge(metrics.lcss, _lcss_distance),
    "soft_dtw": _Bridge(metrics.cdist_soft_dtw, metrics.cdist_soft_dtw, zero_self=False),
    "soft_dtw_normalized": _Bridge(metrics.cdist_soft_dtw_normalized, metrics.cdist_soft_dtw_normalized),
}
