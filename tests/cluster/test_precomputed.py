"""Distances may be given instead of curves; what is learned is then the rows of medoids."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import silhouette_score
from sklearn.model_selection import GridSearchCV
from sklearn.utils import get_tags

import tsshape
from tsshape import DataError
from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeDBSCAN,
    ShapeHDBSCAN,
    ShapeKMeans,
    ShapeKMedoids,
    ShapeMeanShift,
    select_n_clusters,
    silhouette,
    silhouette_samples,
)
from tsshape.metrics import nearest, pairwise

RNG = np.random.default_rng(0)
LIVES = np.sort(RNG.random((3, 8)), axis=1)
SHAPES = np.concatenate((np.repeat(LIVES, 20, axis=0) + RNG.normal(0, 0.05, (60, 8)), RNG.random((6, 8))))
NEW = SHAPES[::3] + RNG.normal(0, 0.02, (22, 8))
# A metric under which the average of a cluster is its medoid.
METRIC = "scipy:cityblock"
DISTANCES, TO_NEW = pairwise(SHAPES, metric=METRIC), pairwise(NEW, SHAPES, METRIC)
MODELS = [ShapeKMedoids(3, random_state=0), ShapeAgglomerative(4), ShapeDBSCAN(0.5), ShapeHDBSCAN(5)]


def both(model):
    """The model on distances, and on curves."""
    of_distances = clone(model).set_params(metric="precomputed").fit(DISTANCES)
    return of_distances, clone(model).set_params(metric=METRIC).fit(SHAPES)


@pytest.mark.parametrize("model", MODELS)
def test_distances_are_clustered_as_their_curves_are(model):
    ours, theirs = both(model)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_array_equal(SHAPES[ours.medoid_indices_], theirs.prototypes_)
    np.testing.assert_array_equal(ours.predict(TO_NEW), theirs.predict(NEW))
    np.testing.assert_allclose(ours.transform(TO_NEW), theirs.transform(NEW))
    for name in ("inertia_", "n_iter_", "probabilities_", "reach_", "core_sample_indices_"):
        np.testing.assert_allclose(getattr(ours, name, 0), getattr(theirs, name, 0))
    assert ours.n_features_in_ == 66
    assert len(ours.get_feature_names_out()) == len(ours.medoid_indices_)
    assert get_tags(ours).input_tags.pairwise
    assert not get_tags(theirs).input_tags.pairwise


@pytest.mark.parametrize("model", MODELS)
def test_there_are_no_curves_then_and_nothing_of_an_earlier_fit(model):
    model = clone(model).fit(SHAPES).set_params(metric="precomputed").fit(DISTANCES.astype(np.float32))
    for name in ("prototypes_", "cluster_centers_", "components_", "curves_"):
        assert not hasattr(model, name)
    again = pickle.loads(pickle.dumps(model))  # noqa: S301
    np.testing.assert_array_equal(again.predict(TO_NEW), model.predict(TO_NEW))
    # The matrix is not kept.
    assert len(pickle.dumps(model)) < 10_000
    with pytest.raises(DataError, match="was fitted on distances: it has no prototypes that a file could hold"):
        tsshape.save(model, "never-written")


def test_k_medoids_takes_distances_that_differ_from_there_to_here():
    late = np.maximum(SHAPES[:, None] - SHAPES[None], 0).sum(axis=2)
    model = ShapeKMedoids(3, metric="precomputed", random_state=0).fit(late, sample_weight=np.arange(66))
    np.testing.assert_array_equal(model.labels_, late[:, model.medoid_indices_].argmin(axis=1))
    assert model.inertia_ == pytest.approx((np.arange(66) * late[:, model.medoid_indices_].min(axis=1)).sum())


def test_silhouettes_of_distances_are_those_of_the_curves():
    labels = RNG.integers(0, 3, 66)
    assert silhouette(DISTANCES, labels, "precomputed") == pytest.approx(silhouette(SHAPES, labels, METRIC))
    sampled = {"sample_size": 40, "random_state": 0}
    of_sample = silhouette(SHAPES, labels, METRIC, **sampled)
    assert silhouette(DISTANCES, labels, "precomputed", **sampled) == pytest.approx(of_sample)
    expected = silhouette_score(DISTANCES, labels, metric="precomputed")
    assert silhouette_samples(DISTANCES, labels, "precomputed").mean() == pytest.approx(expected)


def test_a_search_cuts_rows_and_columns():
    def minus_cost(model, X, _=None):
        return -model.transform(X).min(axis=1).sum()

    model = ShapeKMedoids(metric="precomputed", random_state=0)
    search = GridSearchCV(model, {"n_clusters": [2, 8]}, scoring=minus_cost, cv=3).fit(DISTANCES)
    assert search.best_params_ == {"n_clusters": 8}
    assert search.predict(TO_NEW).shape == (22,)


BAD = {
    "negative": (lambda D: D - 1, "X holds the distance .* in row 0, column 0 .* and distances are not negative"),
    "diagonal": (lambda D: D + np.eye(66), "X holds 1 on the diagonal in row 0"),
    "symmetric": (lambda D: D + np.triu(np.ones((66, 66)), 1), "in row 0, column 1 .* another value the other way"),
    "square": (lambda D: D[:5], r"distances between all curves, a square matrix; got \(5, 66\)"),
    "finite": (lambda D: np.where(D > 1, np.nan, D), "X holds NaN .* at row"),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_matrix_of_distances_is_refused(bad):
    change, message = BAD[bad]
    for model in MODELS:
        if bad == "symmetric" and isinstance(model, ShapeKMedoids):
            continue
        with pytest.raises(DataError, match=message):
            clone(model).set_params(metric="precomputed").fit(change(DISTANCES))
    with pytest.raises(DataError, match=message):
        silhouette(change(DISTANCES), [0] * 3 + [1] * (len(change(DISTANCES)) - 3), "precomputed")


@pytest.mark.parametrize(
    "call",
    [
        lambda: pairwise(SHAPES, metric="precomputed"),
        lambda: nearest(SHAPES, SHAPES, "precomputed"),
        lambda: ShapeKMeans(2, metric="precomputed").fit(DISTANCES),
        lambda: ShapeMeanShift(metric="precomputed").fit(DISTANCES),
        lambda: select_n_clusters(DISTANCES, [2], metric="precomputed"),
    ],
)
def test_what_needs_curves_says_so(call):
    with pytest.raises(ValueError, match=r"metric='precomputed' stands for distances .* this takes curves"):
        call()


def test_names_of_curves_and_parameters_of_a_metric():
    table = pd.DataFrame(DISTANCES, columns=[f"post{row}" for row in range(66)])
    model = ShapeKMedoids(3, metric="precomputed", random_state=0).fit(table)
    assert model.feature_names_in_[0] == "post0"
    with pytest.raises(ValueError, match="metric 'precomputed' has no parameter 'window'"):
        ShapeKMedoids(3, metric="precomputed", metric_params={"window": 3}).fit(DISTANCES)
    with pytest.raises(ValueError, match="X has 8 features, but ShapeKMedoids is expecting 66 features"):
        clone(model).fit(DISTANCES).predict(NEW)
