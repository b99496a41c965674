"""Initial centres and medoids may be given, as in scikit-learn; there is one start then."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans

from tsshape import DataError
from tsshape.cluster import ShapeKMeans, ShapeKMedoids
from tsshape.metrics import pairwise

RNG = np.random.default_rng(0)
SHAPES = np.sort(RNG.random((80, 6)), axis=1)
CENTERS = np.sort(RNG.random((4, 6)), axis=1)


@pytest.mark.parametrize("max_iter", [1, 100])
def test_k_means_goes_from_the_given_centres_where_scikit_learn_goes(max_iter):
    theirs = KMeans(4, init=CENTERS, n_init=1, max_iter=max_iter, tol=0, algorithm="lloyd").fit(SHAPES)
    ours = ShapeKMeans(4, init=CENTERS, n_init=7, max_iter=max_iter, tol=0, random_state=3).fit(SHAPES)
    np.testing.assert_allclose(ours.prototypes_, theirs.cluster_centers_, rtol=1e-12)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    again = clone(ours).fit(SHAPES.astype(np.float32))
    assert again.prototypes_.dtype == np.float32
    np.testing.assert_array_equal(again.init, CENTERS)


def test_any_metric_and_batches_start_there():
    model = ShapeKMeans(4, init=CENTERS.tolist(), metric="dtw", max_iter=1).fit(SHAPES)
    assert model.inertia_ < (pairwise(SHAPES, CENTERS, "dtw").min(axis=1) ** 2).sum()
    batch = ShapeKMeans(4, init=CENTERS).partial_fit(SHAPES)
    np.testing.assert_allclose(batch.prototypes_, ShapeKMeans(4, init=CENTERS, max_iter=1).fit(SHAPES).prototypes_)


@pytest.mark.parametrize("limit", [None, 8 * 60**2])
def test_k_medoids_begins_at_the_given_rows(limit):
    best = ShapeKMedoids(4, random_state=0, n_init=20).fit(SHAPES)
    model = ShapeKMedoids(4, init=best.medoid_indices_, n_init=5, memory_limit=limit, random_state=0).fit(SHAPES)
    # No swap from there lowers the sum.
    assert sorted(model.medoid_indices_) == sorted(best.medoid_indices_)
    worst = pairwise(SHAPES).mean(axis=1).argsort()[-4:]
    assert ShapeKMedoids(4, init=worst, memory_limit=limit, random_state=0).fit(SHAPES).inertia_ < 1.2 * best.inertia_


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (ShapeKMeans(4, init="random"), r"init must be 'k-means\+\+' or an array of shape .*; got 'random'"),
        (ShapeKMeans(3, init=CENTERS), r"init must have shape \(3, 6\), one centre for each cluster; got \(4, 6\)"),
        (ShapeKMeans(4, init=CENTERS * np.nan), r"init holds a value that is not finite in row 0"),
        (ShapeKMeans(4, init=[["a"] * 6] * 4), "init must hold real numbers"),
        (ShapeKMedoids(4, init="build"), r"init must be 'k-medoids\+\+' or an array of shape .*; got 'build'"),
        (ShapeKMedoids(4, init=CENTERS), r"init must be 4 whole numbers, .* got an array of shape \(4, 6\) of float64"),
        (ShapeKMedoids(3, init=[0, 1, 80]), r"init must be rows from 0 to 79, each once; got \[0, 1, 80\]"),
        (ShapeKMedoids(3, init=[0, 1, 1]), r"init must be rows from 0 to 79, each once; got \[0, 1, 1\]"),
    ],
)
def test_what_is_no_start_is_refused(model, message):
    with pytest.raises((ValueError, DataError), match=message):
        model.fit(SHAPES)
