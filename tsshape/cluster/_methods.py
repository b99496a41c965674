"""The clusterings there are, by name."""

from inspect import isclass
from typing import Any

from tsshape import _entry_points
from tsshape.cluster._agglomerative import ShapeAgglomerative
from tsshape.cluster._kmeans import ShapeKMeans
from tsshape.cluster._kmedoids import ShapeKMedoids
from tsshape.cluster._kshape import ShapeKShape
from tsshape.cluster._mean_shift import ShapeMeanShift

# A name in this group stands for a class with the interface of those below.
CLUSTERERS = "tsshape.clusterers"

BUILT_IN: dict[str, type[Any]] = {
    "kmeans": ShapeKMeans,
    "kmedoids": ShapeKMedoids,
    "meanshift": ShapeMeanShift,
    "agglomerative": ShapeAgglomerative,
    "kshape": ShapeKShape,
}


def clustering_methods() -> tuple[str, ...]:
    """Names of all clusterings: the built-in ones, then those that installed distributions offer.

    Examples
    --------
    >>> clustering_methods()[:2]
    ('kmeans', 'kmedoids')
    """
    offered = _entry_points.offered_names(CLUSTERERS)
    return (*BUILT_IN, *(name for name in offered if name not in BUILT_IN))


def get_clusterer(method: str) -> type[Any]:
    """The class of a clustering: an estimator with `labels_`, `prototypes_` and `predict`.

    Parameters
    ----------
    method : str
        One of `clustering_methods()`: a built-in name, or one that an installed distribution offers in the entry-point
        group `tsshape.clusterers` (it is loaded now). A built-in name cannot be taken over.

    Raises
    ------
    ValueError
        If there is no such clustering (the message lists those there are), or two distributions offer it.
    TypeError
        If what is offered is no class with `fit` and `predict`.

    Examples
    --------
    >>> get_clusterer("kmeans")(2).get_params()["n_clusters"]
    2
    """
    if method in BUILT_IN:
        return BUILT_IN[method]
    if method not in clustering_methods():
        raise ValueError(f"there is no clustering {method!r}; there are {', '.join(clustering_methods())}")
    point = _entry_points.find_entry_point(CLUSTERERS, method)
    found = point.load()
    if not isclass(found) or not (hasattr(found, "fit") and hasattr(found, "predict")):
        raise TypeError(
            f"{_entry_points.owner(point)} must offer a class with fit and predict as the clustering {method!r}; "
            f"got {found!r}"
        )
    return found
