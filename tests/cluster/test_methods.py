"""Clusterings are found by name, those of other distributions by entry point."""

from importlib.metadata import EntryPoint, EntryPoints

import numpy as np
import pytest

from tsshape import _entry_points
from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeKMeans,
    ShapeKMedoids,
    ShapeKShape,
    ShapeMeanShift,
    clustering_methods,
    get_clusterer,
)
from tsshape.cluster._methods import CLUSTERERS


def offer(monkeypatch, *points):
    """Stand in for what is installed."""
    found = EntryPoints(EntryPoint(name, value, CLUSTERERS) for name, value in points)
    monkeypatch.setattr(_entry_points, "entry_points", found.select)


def test_the_built_in_clusterings_have_their_names():
    names = {
        "kmeans": ShapeKMeans,
        "kmedoids": ShapeKMedoids,
        "meanshift": ShapeMeanShift,
        "agglomerative": ShapeAgglomerative,
        "kshape": ShapeKShape,
    }
    assert {name: get_clusterer(name) for name in names} == names
    assert clustering_methods()[: len(names)] == tuple(names)


@pytest.mark.parametrize("method", ["kmeans", "kmedoids", "agglomerative", "kshape"])
def test_a_clustering_by_name_gives_labels_and_prototypes(method):
    shapes = np.sort(np.random.default_rng(0).random((60, 8)), axis=1)
    model = get_clusterer(method)(3).fit(shapes)
    assert model.prototypes_.shape == (3, 8)
    assert set(model.labels_) == {0, 1, 2}
    assert model.predict(shapes).shape == (60,)


def test_one_of_another_library_is_loaded_only_when_named(monkeypatch):
    offer(monkeypatch, ("absent", "no_such_module:Clusterer"))
    assert clustering_methods()[-1] == "absent"
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        get_clusterer("absent")


def test_an_installed_distribution_offers_its_own(monkeypatch):
    offer(monkeypatch, ("spectral", "sklearn.cluster:KMeans"))
    assert clustering_methods() == ("kmeans", "kmedoids", "meanshift", "agglomerative", "kshape", "spectral")
    assert get_clusterer("spectral").__name__ == "KMeans"


def test_a_built_in_name_is_not_taken_over(monkeypatch):
    offer(monkeypatch, ("kmeans", "sklearn.cluster:KMeans"))
    assert get_clusterer("kmeans") is ShapeKMeans
    assert clustering_methods().count("kmeans") == 1


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"no clustering 'dbscan'; there are kmeans, kmedoids, .*kshape"):
        get_clusterer("dbscan")


def test_a_name_that_two_distributions_offer_is_refused(monkeypatch):
    offer(monkeypatch, ("twice", "json:dumps"), ("twice", "json:loads"))
    with pytest.raises(ValueError, match=r"more than one .* offers 'twice' in tsshape.clusterers: json:dumps"):
        get_clusterer("twice")


@pytest.mark.parametrize("what", ["json:dumps", "json:JSONDecoder"])
def test_what_is_no_clusterer_is_refused(monkeypatch, what):
    offer(monkeypatch, ("other", what))
    with pytest.raises(TypeError, match="must offer a class with fit and predict as the clustering 'other'"):
        get_clusterer("other")
