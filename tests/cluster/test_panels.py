"""Clusterings of curves of several channels and of unequal lengths."""

import numpy as np
import pytest
from sklearn import metrics as theirs

from tsshape import DataError
from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeDBSCAN,
    ShapeHDBSCAN,
    ShapeKMeans,
    ShapeKMedoids,
    select_n_clusters,
    silhouette,
    silhouette_samples,
)
from tsshape.metrics import nearest, pairwise

RNG = np.random.default_rng(0)
POWERS = (0.3, 3.0) * 20
DAYS = np.linspace(0, 1, 12)
# The second kind rises twice as high, so that no warping makes it the first.
CHANNELS = np.stack([(1 + (p > 1)) * np.stack([DAYS**p, DAYS ** (1 / p), DAYS]) for p in POWERS])
CHANNELS += RNG.normal(0, 0.02, CHANNELS.shape)
UNEQUAL = [x[1, : RNG.integers(8, 13)] for x in CHANNELS]
BOTH = [x[:, : len(y)] for x, y in zip(CHANNELS, UNEQUAL, strict=True)]
METHODS = {
    "kmeans": lambda metric: ShapeKMeans(2, metric=metric, n_init=2, random_state=0),
    "kmedoids": lambda metric: ShapeKMedoids(2, metric=metric, random_state=0),
    "agglomerative": lambda metric: ShapeAgglomerative(2, metric=metric),
    "dbscan": lambda metric: ShapeDBSCAN(1.0, metric=metric),
    "hdbscan": lambda metric: ShapeHDBSCAN(10, metric=metric),
}
PANELS = {"channels": CHANNELS, "unequal": UNEQUAL, "both": BOTH}
# Kernels of other metrics take seconds to be compiled.
CASES = [("channels", "euclidean"), ("channels", "area"), *((name, "dtw") for name in PANELS)]


@pytest.mark.parametrize(("panel", "metric"), CASES)
@pytest.mark.parametrize("method", METHODS)
def test_two_kinds_of_curves_are_told_apart(method, panel, metric):
    X = PANELS[panel]
    model = METHODS[method](metric).fit(X)
    first = model.labels_[0]
    assert model.labels_.tolist() == [first, 1 - first] * 20
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    np.testing.assert_allclose(model.transform(X), pairwise(X, model.prototypes_, metric), rtol=1e-12)
    assert model.prototypes_.shape == (2, *np.shape(X[0])[:-1], 12)
    assert not hasattr(model, "n_features_in_")
    # Of the same curves alone, a model of complete tables has its number of days again.
    assert METHODS[method](metric).fit(CHANNELS).fit(CHANNELS[:, 0]).n_features_in_ == 12


def test_a_prototype_is_as_long_as_the_medoid_and_curves_of_any_length_are_assigned():
    model = ShapeKMedoids(2, metric="dtw", random_state=0).fit(UNEQUAL)
    for row, prototype in zip(model.medoid_indices_, model.prototypes_, strict=True):
        np.testing.assert_array_equal(prototype[~np.isnan(prototype)], UNEQUAL[row])
    shorter = CHANNELS[:, 1, ::3]
    np.testing.assert_array_equal(model.predict(shorter), nearest(shorter, model.prototypes_)[0])


@pytest.mark.parametrize("panel", PANELS)
def test_averages_under_dtw_cost_less_than_medoids(panel):
    X = PANELS[panel]
    medoids = ShapeKMedoids(2, metric="dtw", random_state=0).fit(X)
    model = ShapeKMeans(2, metric="dtw", init=medoids.prototypes_).fit(X)
    assert model.inertia_ < (medoids.transform(X).min(axis=1) ** 2).sum()
    np.testing.assert_allclose(model.inertia_, (model.transform(X).min(axis=1) ** 2).sum(), rtol=1e-9)
    assert {(~np.isnan(each)).sum() for each in model.prototypes_} <= {np.size(x) for x in X}


def test_channels_of_other_numbers_and_unequal_lengths_under_a_lockstep_metric_are_refused():
    model = ShapeKMedoids(2, random_state=0).fit(CHANNELS)
    with pytest.raises(DataError, match="X has 1 channels and centers has 3"):
        model.predict(CHANNELS[:, 0])
    with pytest.raises(DataError, match=r"row 1 .* values where row 0 has"):
        ShapeKMeans(2).fit([[1.0, 2.0], [1.0, 2.0, 3.0]])


@pytest.mark.parametrize(("panel", "metric"), [("channels", "area"), ("unequal", "dtw"), ("both", "dtw")])
def test_silhouettes_are_scikit_learns_of_the_matrix(panel, metric):
    X, labels = PANELS[panel], RNG.permutation(40) % 3
    matrix = pairwise(X, metric=metric)
    np.fill_diagonal(matrix, 0)
    expected = theirs.silhouette_samples(matrix, labels, metric="precomputed")
    np.testing.assert_allclose(silhouette_samples(X, labels, metric), expected, rtol=1e-9, atol=1e-12)
    several = silhouette(X, [labels, np.arange(40) % 2], metric, sample_size=40)
    np.testing.assert_allclose(several[0], expected.mean(), rtol=1e-9)
    assert np.isfinite(silhouette(X, labels, metric, sample_size=30, random_state=0))


def test_two_kinds_of_curves_are_counted():
    criteria = ["inertia", "silhouette", "calinski_harabasz", "davies_bouldin", "dunn", "gap"]
    choice = select_n_clusters(CHANNELS, range(1, 6), criteria=criteria, random_state=0)
    assert choice.recommended.n_clusters == 2
    choice = select_n_clusters(BOTH, range(1, 4), metric="dtw", n_seeds=1, random_state=0)
    assert (choice.votes["silhouette"], choice.votes["dunn"]) == (2, 2)
    with pytest.raises(ValueError, match="leave out 'gap'"):
        select_n_clusters(BOTH, [2], metric="dtw", criteria=["gap"])
