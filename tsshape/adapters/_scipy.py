"""Distances of SciPy between curves as plain vectors: `scipy:canberra` and the like."""

from functools import partial
from typing import Any

import scipy
from scipy.spatial.distance import cdist

from tsshape.metrics import Metric, Parameter

# Left out: those of truth values, and seuclidean and mahalanobis, whose value for two curves depends on all the others.
DISTANCES = (
    "braycurtis",
    "canberra",
    "chebyshev",
    "cityblock",
    "correlation",
    "cosine",
    "euclidean",
    "jensenshannon",
    "minkowski",
    "sqeuclidean",
)
PARAMETERS = {"minkowski": (Parameter("p", 2.0, positive=True),)}


def metric(name: str) -> Metric:
    """The distance of `scipy.spatial.distance` of that name as a metric; a pair where it is undefined is refused."""
    if name not in DISTANCES:
        raise ValueError(f"there is no metric 'scipy:{name}'; there are {', '.join(DISTANCES)}")
    return Metric(
        f"scipy:{name}",
        PARAMETERS.get(name, ()),
        batch=partial(_distances, name),
        origin=f"scipy {scipy.__version__}",
    )


def _distances(name: str, X: Any, Y: Any, **parameters: float) -> Any:
    """SciPy's matrix."""
    return cdist(X, Y, metric=name, **parameters)
