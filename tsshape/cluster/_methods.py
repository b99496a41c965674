"""The clusterers there are, by name."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tsshape._entry_points import CLUSTERERS
from tsshape._registry import NOTHING, Registry
from tsshape.cluster._agglomerative import ShapeAgglomerative
from tsshape.cluster._dbscan import ShapeDBSCAN
from tsshape.cluster._hdbscan import ShapeHDBSCAN
from tsshape.cluster._kmeans import ShapeKMeans
from tsshape.cluster._kmedoids import ShapeKMedoids
from tsshape.cluster._kshape import ShapeKShape
from tsshape.cluster._mean_shift import ShapeMeanShift

Kind = TypeVar("Kind", bound=type[Any])

_REGISTRY = Registry(
    "clusterer",
    {
        "kmeans": ShapeKMeans,
        "kmedoids": ShapeKMedoids,
        "meanshift": ShapeMeanShift,
        "agglomerative": ShapeAgglomerative,
        "kshape": ShapeKShape,
        "dbscan": ShapeDBSCAN,
        "hdbscan": ShapeHDBSCAN,
    },
    CLUSTERERS,
)


def clustering_methods() -> tuple[str, ...]:
    """Names of all clusterers: the built-in ones, then those that are registered or that distributions offer.

    Examples
    --------
    >>> clustering_methods()[:2]
    ('kmeans', 'kmedoids')
    """
    return _REGISTRY.names()


def register_clusterer(name: str) -> Callable[[Kind], Kind]:
    """Register the decorated class as a clusterer; the class itself is returned unchanged.

    It then stands wherever a built-in one does: in the suites of `tsshape bench`, in `tsshape cluster --method`, in
    `tsshape.adapters.sktime.ShapeClusterer`.

    Parameters
    ----------
    name : str
        What callers name it by; a built-in name is refused, that of another is taken over.

    Returns
    -------
    callable
        A decorator of a class of scikit-learn estimators: its constructor takes the parameters by their names, `fit`
        and `predict` take curves of shape (n_curves, n_times), and `fit` leaves `labels_` of shape (n_curves,), from 0
        or -1 for noise, and `cluster_centers_` of shape (n_clusters, n_times), in the unit of the curves. If its tag
        `input_tags.three_d_array` is true, `fit` also takes curves of several channels, of shape (n_curves, n_channels,
        n_times), and the centres have as many.

    Raises
    ------
    ValueError
        If a built-in clusterer has that name.
    TypeError
        If what is decorated is no class with `fit` and `predict`.

    Examples
    --------
    >>> from sklearn.cluster import BisectingKMeans
    >>> BisectingKMeans = register_clusterer("bisecting")(BisectingKMeans)
    >>> make_clusterer("bisecting", {"n_clusters": 2})
    BisectingKMeans(n_clusters=2)
    """

    def register(kind: Kind) -> Kind:
        _REGISTRY.register(name, kind)
        return kind

    return register


def get_clusterer(method: str) -> Any:
    """The class of a clusterer: an estimator with `labels_`, `cluster_centers_` and `predict`.

    Parameters
    ----------
    method : str
        One of `clustering_methods()`: a built-in or registered name, or one that an installed distribution offers in
        the entry-point group `tsshape.clusterers` (it is loaded now). A built-in name cannot be taken over.

    Raises
    ------
    ValueError
        If there is no such clusterer (the message lists those there are), or two distributions offer it.
    TypeError
        If what is offered is no class with `fit` and `predict`.

    Examples
    --------
    >>> get_clusterer("kmeans")(2).get_params()["n_clusters"]
    2
    """
    return _REGISTRY.find(method)


def make_clusterer(
    method: str,
    parameters: Mapping[str, Any] = NOTHING,
    defaults: Mapping[str, Any] = NOTHING,
    *,
    options: Mapping[str, str] | None = None,
) -> Any:
    """An unfitted clusterer from a name and parameters.

    Parameters
    ----------
    method : str
        As in `get_clusterer`.
    parameters : mapping of str to object
        Parameters of the constructor, each of which it must have.
    defaults : mapping of str to object
        Used for what is not in `parameters`, where the constructor has it: `{"random_state": 0}` seeds any clusterer
        that draws.
    options : mapping of str to str, optional
        How messages spell parameters, such as `{"n_clusters": "--k"}`; those that are not in it are left out.

    Raises
    ------
    ValueError
        As in `get_clusterer`, and if the constructor lacks a parameter; the message lists those that it has.

    Examples
    --------
    >>> make_clusterer("kmeans", {"n_clusters": 3}, {"n_clusters": 20, "bandwidth": 0.5, "random_state": 0})
    ShapeKMeans(n_clusters=3, random_state=0)
    >>> make_clusterer("meanshift", {"n_clusters": 3})
    Traceback (most recent call last):
        ...
    ValueError: the clusterer 'meanshift' has no parameter 'n_clusters'; it has bandwidth, metric, metric_params, ...
    """
    return _REGISTRY.make(method, parameters, defaults, options=options)
