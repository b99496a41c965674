"""Distances of SciPy between curves as plain vectors: `scipy:canberra` and the like."""

from functools import partial
from typing import Any

import scipy
from scipy.spatial.distance import cdist

from tsshape.metrics import Metric, Parameter

# Not offered: distances of truth values, and seuclidean and mahalanobis, which depend on all curves.
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
    """Return the distance of `scipy.spatial.distance` of that name as a metric; undefined distances are refused."""
    if name not in DISTANCES:
        raise ValueError(f"there is no metric 'scipy:{name}'; there are {', '.join(DISTANCES)}")
    return Metric(
        f"scipy:{name}",
        PARAMETERS.get(name, ()),
        batch=partial(_distances, name),
        origin=f"scipy {scipy.__version__}",
    )


def _distances(name: str, X: Any, Y: Any, **parameters: float) -> Any:
    """Compute distances by SciPy."""
    return cdist(X, Y, metric=name, **parameters)
