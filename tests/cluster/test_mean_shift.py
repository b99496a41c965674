import numpy as np
import pytest
from sklearn.cluster import MeanShift, estimate_bandwidth

from tsshape import DataError, read_curves, split_scale_shape
from tsshape.cluster import ShapeMeanShift, _modes
from tsshape.metrics import Metric, get_metric

RNG = np.random.default_rng(0)
SHAPES = np.sort(RNG.random((200, 12)), axis=1)
REPEATED = SHAPES[RNG.integers(0, 80, 200)]
# Blobs of 60, 30 and 10 curves on lines of different height, with areas that differ as much.
BLOBS = np.repeat([0.0, 1.0, 3.0], [60, 30, 10])[:, None] + 0.1 * RNG.random((100, 8))

one_cluster = pytest.mark.filterwarnings("ignore:the bandwidth .* gives one cluster")
own_cluster = pytest.mark.filterwarnings("ignore:the bandwidth .* one for each distinct curve")


def assert_same_clusters(ours, theirs):
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_allclose(ours.prototypes_, theirs.cluster_centers_, rtol=1e-12)
    assert ours.n_iter_ == theirs.n_iter_


@one_cluster
@pytest.mark.parametrize("shapes", [SHAPES, REPEATED, 1e5 + SHAPES], ids=["shapes", "repeated", "far from 0"])
@pytest.mark.parametrize("bandwidth", [0.2, 0.3, 0.53, 5.0])
def test_it_equals_scikit_learn(bandwidth, shapes):
    assert_same_clusters(ShapeMeanShift(bandwidth).fit(shapes), MeanShift(bandwidth=bandwidth).fit(shapes))


@one_cluster
@pytest.mark.parametrize("max_iter", [0, 1, 3])
def test_moves_that_are_cut_short_are_scikit_learns(max_iter):
    ours = ShapeMeanShift(0.3, max_iter=max_iter).fit(SHAPES)
    assert_same_clusters(ours, MeanShift(bandwidth=0.3, max_iter=max_iter).fit(SHAPES))


def real_shapes(folder, n_curves):
    curves = read_curves(folder / "youku30" / "curves.parquet").to_numpy()
    return split_scale_shape(curves[curves.max(axis=1) > 0][:n_curves])[1]


def test_it_equals_scikit_learn_on_real_shapes(real_data):
    shapes = real_shapes(real_data, 300)
    assert_same_clusters(ShapeMeanShift(0.53).fit(shapes), MeanShift(bandwidth=0.53).fit(shapes))


@pytest.mark.slow
def test_it_equals_scikit_learn_on_many_real_shapes(real_data):
    shapes = real_shapes(real_data, 2000)
    assert_same_clusters(ShapeMeanShift(0.53).fit(shapes), MeanShift(bandwidth=0.53).fit(shapes))


@pytest.mark.parametrize("metric", ["auc", "cumulative_area"])
def test_a_metric_clusters_as_its_vectors_do(metric):
    vectors = get_metric(metric).embed(BLOBS)
    ours, theirs = ShapeMeanShift(2.0, metric=metric).fit(BLOBS), MeanShift(bandwidth=2.0).fit(vectors)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_allclose(ours.modes_, theirs.cluster_centers_, rtol=1e-12)
    np.testing.assert_array_equal(ours.predict(BLOBS), ours.labels_)


@pytest.mark.parametrize("metric", ["euclidean", "auc", "cumulative_area"])
def test_prototypes_are_the_means_of_the_curves_about_the_modes(metric):
    shapes = np.concatenate((BLOBS, BLOBS[:7], BLOBS[:7]))
    model = ShapeMeanShift(2.0, metric=metric).fit(shapes)
    assert len(model.prototypes_) == 3
    for label in range(3):
        np.testing.assert_allclose(model.prototypes_[label], shapes[model.labels_ == label].mean(axis=0), rtol=1e-12)


def test_channels_are_clustered_as_one_long_vector():
    panel = np.stack([BLOBS, BLOBS**2], axis=1)
    vector = panel.reshape(len(panel), -1)
    ours, theirs = ShapeMeanShift(2.0).fit(panel), MeanShift(bandwidth=2.0).fit(vector)
    np.testing.assert_array_equal(ours.predict(panel), theirs.labels_)
    np.testing.assert_allclose(ours.prototypes_, theirs.cluster_centers_.reshape(3, 2, 8), rtol=1e-12)
    areas = ShapeMeanShift(8.0, metric="cumulative_area").fit(panel)
    np.testing.assert_array_equal(areas.labels_, theirs.labels_)
    np.testing.assert_allclose(areas.prototypes_[0], panel[:60].mean(axis=0), rtol=1e-12)


def test_curves_at_distance_0_all_count_in_the_prototype():
    shapes = np.array([[0.0, 2.0, 0.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [9.0, 9.0, 9.0], [5.0, 5.0, 5.0]])
    model = ShapeMeanShift(0.5, metric="auc")
    with pytest.warns(UserWarning, match="only 3 curves differ under 'auc': too few"):
        model.fit(shapes)
    np.testing.assert_allclose(model.prototypes_[0], [2 / 3, 4 / 3, 2 / 3])


def test_parameters_reach_the_metric_and_an_unknown_one_is_refused():
    assert ShapeMeanShift(0.5, metric_params={}).fit(BLOBS).prototypes_.shape == (3, 8)
    with pytest.raises(ValueError, match="'auc' has no parameter 'p'"):
        ShapeMeanShift(0.5, metric="auc", metric_params={"p": 2}).fit(BLOBS)


def test_a_user_defined_embedding_is_taken():
    last = Metric("last", embed=lambda X: X[:, -1:], average="mean")
    np.testing.assert_array_equal(np.bincount(ShapeMeanShift(0.3, metric=last).fit(BLOBS).labels_), [60, 30, 10])


@pytest.mark.parametrize("metric", ["dtw", "area", "sqeuclidean"])
def test_a_metric_without_vectors_is_refused_with_those_that_have_them(metric):
    with pytest.raises(ValueError, match=f"'{metric}' has none; take one of 'euclidean', 'auc', 'cumulative_area'"):
        ShapeMeanShift(0.5, metric=metric).fit(SHAPES)


@pytest.mark.parametrize(("metric", "bin_seeding"), [("euclidean", False), ("euclidean", True), ("auc", False)])
def test_the_order_of_the_curves_does_not_change_a_bit_of_the_clusters(metric, bin_seeding):
    order = RNG.permutation(len(REPEATED))
    bandwidth = 0.02 if metric == "auc" else 0.3
    model, permuted = (
        ShapeMeanShift(bandwidth, metric=metric, bin_seeding=bin_seeding).fit(shapes)
        for shapes in (REPEATED, REPEATED[order])
    )
    assert len(model.prototypes_) > 3
    np.testing.assert_array_equal(permuted.labels_, model.labels_[order])
    np.testing.assert_array_equal(permuted.modes_, model.modes_)


def test_both_precisions_of_the_same_values_give_the_same_labels():
    single = SHAPES.astype(np.float32)
    ours, double = (ShapeMeanShift(0.3).fit(shapes) for shapes in (single, single.astype(np.float64)))
    np.testing.assert_array_equal(ours.labels_, double.labels_)
    np.testing.assert_array_equal(ours.predict(single), ours.labels_)
    assert ours.prototypes_.dtype == np.float32
    np.testing.assert_array_equal(ours.prototypes_, double.prototypes_.astype(np.float32))


def test_the_result_does_not_depend_on_blocks_or_threads(monkeypatch):
    whole = ShapeMeanShift(0.3).fit(SHAPES)
    monkeypatch.setattr(_modes, "BLOCK_CELLS", 7 * len(SHAPES))
    for n_jobs in (1, 2):
        blocks = ShapeMeanShift(0.3, n_jobs=n_jobs).fit(SHAPES)
        np.testing.assert_array_equal(blocks.labels_, whole.labels_)
        np.testing.assert_allclose(blocks.prototypes_, whole.prototypes_, rtol=1e-13)


@one_cluster
def test_the_bandwidth_is_estimated_where_none_is_given():
    model = ShapeMeanShift(random_state=0).fit(SHAPES)
    assert model.bandwidth_ == estimate_bandwidth(SHAPES, n_samples=300, random_state=0)


def test_the_bandwidth_is_estimated_in_the_unit_of_the_metric():
    model = ShapeMeanShift(metric="auc", random_state=0).fit(BLOBS)
    vectors = get_metric("auc").embed(BLOBS)
    assert model.bandwidth_ == estimate_bandwidth(vectors, n_samples=100, random_state=0)


def test_modes_are_further_apart_than_the_bandwidth():
    prototypes = ShapeMeanShift(0.3).fit(SHAPES).prototypes_
    gaps = np.linalg.norm(prototypes[:, None] - prototypes[None], axis=2)
    assert (gaps[~np.eye(len(prototypes), dtype=bool)] > 0.3).all()


def test_a_bandwidth_with_one_cluster_or_one_for_each_curve_is_warned_of():
    with pytest.warns(UserWarning, match="the bandwidth 50 gives one cluster: give a smaller one"):
        ShapeMeanShift(50).fit(SHAPES)
    with pytest.warns(UserWarning, match="the bandwidth 0.01 gives 200 clusters, one for each .*: give a larger one"):
        ShapeMeanShift(0.01).fit(SHAPES)


@pytest.mark.parametrize("bandwidth", [1e-3, 50])
def test_few_distinct_curves_are_blamed_and_not_the_bandwidth(bandwidth):
    with pytest.warns(UserWarning, match="only 2 curves differ under 'euclidean': too few for mean shift") as found:
        ShapeMeanShift(bandwidth).fit(SHAPES[[0, 1, 1]])
    assert len(found) == 1


def test_one_distinct_curve_is_one_cluster_without_a_warning():
    for bandwidth in (None, 0.5):
        model = ShapeMeanShift(bandwidth).fit(np.repeat(SHAPES[:1], 20, axis=0))
        np.testing.assert_array_equal(model.prototypes_, SHAPES[:1])
        assert not model.labels_.any()


def test_a_bandwidth_that_cannot_be_estimated_is_asked_for():
    with pytest.raises(DataError, match=r"the estimated bandwidth is 0, .*: give a bandwidth"):
        ShapeMeanShift().fit(np.repeat(SHAPES[:2], 50, axis=0))


@pytest.mark.parametrize("bandwidth", [0.0, -1.0, float("nan"), float("inf")])
def test_a_bandwidth_that_is_not_positive_is_refused(bandwidth):
    with pytest.raises(ValueError, match="bandwidth must be finite and more than 0"):
        ShapeMeanShift(bandwidth).fit(SHAPES)


def test_a_bandwidth_below_rounding_is_refused():
    with pytest.raises(ValueError, match=r"bandwidth must be at least .* got 1e-08"):
        ShapeMeanShift(1e-8).fit(SHAPES)


def test_an_infinite_value_is_refused_with_its_row():
    shapes = SHAPES.copy()
    shapes[7, 3] = np.inf
    with pytest.raises(DataError, match="inf at row 7, column 3"):
        ShapeMeanShift(0.5).fit(shapes)


@pytest.mark.parametrize("bandwidth", [None, 0.5])
def test_curves_whose_squares_overflow_are_refused(bandwidth):
    with pytest.raises(DataError, match="rescale"):
        ShapeMeanShift(bandwidth).fit(SHAPES * 1e200)


def test_some_seeds_find_the_clusters_of_all(monkeypatch):
    every, some = (ShapeMeanShift(1.0, bin_seeding=choice).fit(BLOBS) for choice in (False, True))
    np.testing.assert_array_equal(some.labels_, every.labels_)
    np.testing.assert_allclose(some.modes_, every.modes_, rtol=1e-12)
    monkeypatch.setattr(_modes, "COVER_BLOCK", 16)
    density = _modes.center_points(SHAPES, np.ones(len(SHAPES)), 0.4)
    seeds = [_modes.cover(density, n_threads) for n_threads in (1, 2)]
    np.testing.assert_array_equal(*seeds)
    assert 10 < len(seeds[0]) < 150
    apart = np.linalg.norm(density.points[:, None] - seeds[0], axis=2)
    assert apart.min(axis=1).max() <= 0.2
    assert np.sort(np.linalg.norm(seeds[0][:, None] - seeds[0], axis=2), axis=1)[:, 1].min() > 0.2


@pytest.mark.parametrize(("bin_seeding", "remedy"), [(False, "bin_seeding=True"), (True, "another clustering")])
def test_what_takes_long_is_warned_of_with_an_estimate(bin_seeding, remedy, monkeypatch):
    monkeypatch.setattr(_modes, "FEW_BLOCKS", 1)
    monkeypatch.setattr(_modes, "LONG_SECONDS", 0)
    with pytest.warns(UserWarning, match=rf"seeds among 100 distinct curves takes about 0 min: .*{remedy}"):
        ShapeMeanShift(1.0, bin_seeding=bin_seeding).fit(BLOBS)
