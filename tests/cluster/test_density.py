"""DBSCAN and HDBSCAN are scikit-learn's on the distances of any metric; noise has the label -1."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.cluster import DBSCAN, HDBSCAN

from tsshape import DataError
from tsshape.cluster import ShapeDBSCAN, ShapeHDBSCAN
from tsshape.cluster import _dbscan as dbscan_module
from tsshape.metrics import barycenter, get_metric, pairwise

RNG = np.random.default_rng(0)
LIVES = np.sort(RNG.random((4, 12)), axis=1)
SHAPES = np.concatenate((np.repeat(LIVES, 30, axis=0) + RNG.normal(0, 0.04, (120, 12)), RNG.random((20, 12))))
METRICS = [("euclidean", {}, 0.25), ("dtw", {"window": 2}, 0.15), ("area", {}, 0.7), ("msm", {}, 0.6)]


@pytest.mark.parametrize(("metric", "params", "eps"), METRICS)
def test_dbscan_equals_scikit_learn_on_the_distances(metric, params, eps, monkeypatch):
    theirs = DBSCAN(eps, min_samples=4, metric="precomputed").fit(pairwise(SHAPES, metric=metric, **params))
    assert {*theirs.labels_} > {-1, 0}
    for cells in (dbscan_module.BLOCK_CELLS, 1000):
        monkeypatch.setattr(dbscan_module, "BLOCK_CELLS", cells)
        ours = ShapeDBSCAN(eps, min_samples=4, metric=metric, metric_params=params).fit(SHAPES)
        np.testing.assert_array_equal(ours.labels_, theirs.labels_)
        np.testing.assert_array_equal(ours.core_sample_indices_, theirs.core_sample_indices_)
        np.testing.assert_array_equal(ours.components_, SHAPES[theirs.core_sample_indices_])


def test_equal_curves_are_neighbours_at_distance_0():
    shapes = np.repeat(LIVES, 5, axis=0)
    np.testing.assert_array_equal(ShapeDBSCAN(1e-9).fit(shapes).labels_, np.repeat(range(4), 5))


@pytest.mark.parametrize(("metric", "params", "_"), METRICS)
@pytest.mark.parametrize("options", [{}, {"min_samples": 2, "cluster_selection_method": "leaf"}])
def test_hdbscan_equals_scikit_learn_on_the_distances(metric, params, _, options):
    theirs = HDBSCAN(6, metric="precomputed", copy=True, **options).fit(pairwise(SHAPES, metric=metric, **params))
    ours = ShapeHDBSCAN(6, metric=metric, metric_params=params, **options).fit(SHAPES)
    assert {*theirs.labels_} >= {-1, 0, 1}
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_array_equal(ours.probabilities_, theirs.probabilities_)


MODELS = [ShapeDBSCAN(0.25), ShapeDBSCAN(0.7, metric="area"), ShapeHDBSCAN(), ShapeHDBSCAN(metric="dtw")]


@pytest.mark.parametrize("model", MODELS)
def test_prototypes_are_the_barycenters_of_the_clusters_without_noise(model):
    labels = model.fit(SHAPES).labels_
    assert (labels == -1).any()
    for label, prototype in enumerate(model.prototypes_):
        np.testing.assert_array_equal(prototype, barycenter(SHAPES[labels == label], model.metric))
    assert len(model.prototypes_) == labels.max() + 1


@pytest.mark.parametrize("model", MODELS)
def test_a_curve_that_was_clustered_keeps_its_label_and_a_far_one_is_noise(model):
    model.fit(SHAPES)
    # A curve at the border of two clusters of DBSCAN may be nearest to the core of the other.
    rows = model.core_sample_indices_ if isinstance(model, ShapeDBSCAN) else np.arange(len(SHAPES))
    np.testing.assert_array_equal(model.predict(SHAPES[rows]), model.labels_[rows])
    assert model.predict(SHAPES[:3] + 5).tolist() == [-1, -1, -1]
    assert model.predict(SHAPES + 1e-6).dtype == np.int64


def test_hdbscan_takes_a_new_curve_within_the_reach_of_its_cluster():
    shapes = np.array([[0.0], [0.1], [0.3], [5.0], [5.5], [6.5]])
    model = ShapeHDBSCAN(2, min_samples=1, allow_single_cluster=False).fit(shapes)
    near, far = model.labels_[0], model.labels_[-1]
    np.testing.assert_allclose(model.reach_[[near, far]], [0.2, 1.0])
    assert model.predict([[-0.19], [-0.21], [0.49], [7.4], [7.6]]).tolist() == [near, -1, near, far, -1]


@pytest.mark.parametrize("model", [ShapeDBSCAN(1e-9), ShapeHDBSCAN(100)])
def test_nothing_but_noise_is_said_and_predicted(model):
    with pytest.warns(UserWarning, match="all 140 curves are noise, so that there is no cluster: give a "):
        model.fit(SHAPES)
    assert model.prototypes_.shape == (0, 12)
    assert model.predict(SHAPES[:2]).tolist() == [-1, -1]
    assert model.transform(SHAPES[:2]).shape == (2, 0)


@pytest.mark.parametrize("kind", [ShapeDBSCAN, ShapeHDBSCAN])
def test_a_metric_that_is_no_symmetric_distance_is_refused(kind):
    late = replace(get_metric("area"), name="late", symmetric=False)
    with pytest.raises(ValueError, match="a density needs a symmetric metric, and 'late' is not"):
        kind(metric=late).fit(SHAPES)
    with pytest.raises(ValueError, match=r"a density compares distances, .* 'soft_dtw' is not so"):
        kind(metric="soft_dtw").fit(SHAPES)


def test_what_takes_more_than_the_memory_limit_is_refused(monkeypatch):
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "100K")
    with pytest.raises(DataError, match=r"140 x 140 matrix of distances takes 153\.1 KiB"):
        ShapeHDBSCAN().fit(SHAPES)
    # Two neighbours take less than all.
    assert len(ShapeDBSCAN(0.13, min_samples=2).fit(SHAPES).labels_) == 140
    with pytest.raises(DataError, match=r"eps 5.0 gives so many neighbours .* limit of 100 KiB: give a smaller eps"):
        ShapeDBSCAN(5.0).fit(SHAPES)


def test_fewer_curves_than_neighbours_are_refused():
    with pytest.raises(DataError, match="got min_samples = 5 for n_samples = 3"):
        ShapeHDBSCAN().fit(SHAPES[:3])
