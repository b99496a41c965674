"""The other elastic distances, against aeon."""

from collections.abc import Callable, Iterator, Mapping

import aeon.distances
import numpy as np
from arrays import shapes
from contest import Contest

from tsshape.metrics import pairwise

# tsshape's parameters, and what aeon calls them.
METRICS: Mapping[str, tuple[dict[str, float], dict[str, float]]] = {
    "wdtw": ({"g": 0.05}, {"g": 0.05}),
    "adtw": ({"warp_penalty": 1.0}, {"warp_penalty": 1.0}),
    "msm": ({"c": 1.0}, {"c": 1.0}),
    "twe": ({"nu": 0.001, "lmbda": 1.0}, {"nu": 0.001, "lmbda": 1.0}),
    "erp": ({"g": 0.0}, {"g": 0.0}),
    "lcss": ({"epsilon": 0.05}, {"epsilon": 0.05}),
    "edr": ({"epsilon": 0.05}, {"epsilon": 0.05}),
    "soft_dtw": ({"gamma": 1.0}, {"gamma": 1.0}),
}
# Of these aeon's borders are not those of the papers; see docs/distances.md.
OTHER_BORDERS = ("erp", "edr")
# aeon gives the absolute value of soft-DTW, and 0 for a curve with itself.
AS_AEON: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "soft_dtw": lambda ours: np.abs(ours) * (1 - np.eye(len(ours)))
}


def contests() -> Iterator[Contest]:
    """One task a distance."""
    X = shapes(1000, 30)
    for name, (ours, theirs) in METRICS.items():
        function = getattr(aeon.distances, f"{name}_pairwise_distance")
        yield Contest(
            f"{name}, 1000 x 1000, T = 30, window full", "cell", 1000 * 999 // 2 * 900, "float64",
            lambda n, name=name, ours=ours: pairwise(X, metric=name, n_jobs=n, **ours),
            {"aeon": lambda n, function=function, theirs=theirs: function(X, n_jobs=n, **theirs)},
            {"aeon": AS_AEON[name]} if name in AS_AEON else {},
            by_another_definition=("aeon",) if name in OTHER_BORDERS else (),
        )  # fmt: skip
