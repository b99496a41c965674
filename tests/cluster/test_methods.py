"""Clusterers are found by name: built in, registered, or offered by other distributions."""

from importlib.metadata import EntryPoint, EntryPoints

import numpy as np
import pytest
from sklearn.cluster import BisectingKMeans

from tsshape import DataError, _entry_points
from tsshape._entry_points import CLUSTERERS
from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeDBSCAN,
    ShapeHDBSCAN,
    ShapeKMeans,
    ShapeKMedoids,
    ShapeKShape,
    ShapeMeanShift,
    clustering_methods,
    get_clusterer,
    make_clusterer,
    register_clusterer,
)


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
        "dbscan": ShapeDBSCAN,
        "hdbscan": ShapeHDBSCAN,
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
    with pytest.raises(DataError, match=r"fails: ModuleNotFoundError: .*no_such_module"):
        get_clusterer("absent")


def test_an_installed_distribution_offers_its_own(monkeypatch):
    offer(monkeypatch, ("spectral", "sklearn.cluster:KMeans"))
    assert clustering_methods()[-2:] == ("hdbscan", "spectral")
    assert get_clusterer("spectral").__name__ == "KMeans"


def test_a_built_in_name_is_not_taken_over(monkeypatch):
    offer(monkeypatch, ("kmeans", "sklearn.cluster:KMeans"))
    assert get_clusterer("kmeans") is ShapeKMeans
    assert clustering_methods().count("kmeans") == 1


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"no clusterer 'optics'; there are kmeans, kmedoids, .*kshape"):
        get_clusterer("optics")


def test_a_name_that_two_distributions_offer_is_refused(monkeypatch):
    offer(monkeypatch, ("twice", "json:dumps"), ("twice", "json:loads"))
    with pytest.raises(ValueError, match=r"more than one .* offers 'twice' in tsshape.clusterers: json:dumps"):
        get_clusterer("twice")


@pytest.mark.parametrize("what", ["json:dumps", "json:JSONDecoder"])
def test_what_is_no_clusterer_is_refused(monkeypatch, what):
    offer(monkeypatch, ("other", what))
    with pytest.raises(TypeError, match="must offer a class with fit and predict as the clusterer 'other'"):
        get_clusterer("other")


@pytest.mark.usefixtures("clean_registry")
def test_a_registered_class_is_a_clusterer_until_another_takes_its_name():
    assert register_clusterer("mine")(BisectingKMeans) is BisectingKMeans
    assert "mine" in clustering_methods()
    assert get_clusterer("mine") is BisectingKMeans
    register_clusterer("mine")(ShapeKMeans)
    assert get_clusterer("mine") is ShapeKMeans


@pytest.mark.usefixtures("clean_registry")
def test_what_cannot_be_registered_is_refused():
    with pytest.raises(ValueError, match="'kmeans' is the name of a built-in clusterer"):
        register_clusterer("kmeans")(BisectingKMeans)
    with pytest.raises(TypeError, match="a class with fit and predict as the clusterer 'mine'; got 3"):
        register_clusterer("mine")(3)


def test_defaults_hold_where_the_constructor_has_them_and_nothing_else_is_said():
    model = make_clusterer("agglomerative", {"n_clusters": 3}, {"n_clusters": 20, "random_state": 0, "n_jobs": 2})
    assert (model.n_clusters, model.n_jobs) == (3, 2)
    assert make_clusterer("kmeans", {}, {"n_clusters": 20}).n_clusters == 20


def test_a_parameter_that_the_constructor_lacks_is_refused_as_the_caller_spells_it():
    with pytest.raises(ValueError, match=r"'meanshift' has no parameter 'n_clusters'; it has bandwidth, metric, "):
        make_clusterer("meanshift", {"n_clusters": 2})
    with pytest.raises(ValueError, match=r"'meanshift' has no parameter '--k'; it has --bandwidth$"):
        make_clusterer("meanshift", {"n_clusters": 2}, options={"n_clusters": "--k", "bandwidth": "--bandwidth"})
