import numpy as np
import pytest
from sklearn.cluster import MeanShift, estimate_bandwidth

from tsshape import DataError, read_curves, split_scale_shape
from tsshape.cluster import ShapeMeanShift, _mean_shift

RNG = np.random.default_rng(0)
SHAPES = np.sort(RNG.random((300, 12)), axis=1)


def assert_same_clusters(ours, theirs):
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_allclose(ours.prototypes_, theirs.cluster_centers_, rtol=1e-12)


@pytest.mark.parametrize("bandwidth", [0.3, 0.53, 0.8, 5.0])
def test_it_equals_scikit_learn(bandwidth):
    assert_same_clusters(ShapeMeanShift(bandwidth).fit(SHAPES), MeanShift(bandwidth=bandwidth).fit(SHAPES))


def test_it_equals_scikit_learn_on_real_shapes(real_data):
    curves = read_curves(real_data / "youku30" / "curves.parquet").to_numpy()
    _, shapes = split_scale_shape(curves[curves.max(axis=1) > 0][:600])
    assert_same_clusters(ShapeMeanShift(0.53).fit(shapes), MeanShift(bandwidth=0.53).fit(shapes))


def test_the_result_does_not_depend_on_blocks_or_threads(monkeypatch):
    whole = ShapeMeanShift(0.5).fit(SHAPES)
    monkeypatch.setattr(_mean_shift, "BLOCK_CELLS", 7 * len(SHAPES))
    for n_jobs in (1, 2):
        blocks = ShapeMeanShift(0.5, n_jobs=n_jobs).fit(SHAPES)
        np.testing.assert_array_equal(blocks.labels_, whole.labels_)
        np.testing.assert_allclose(blocks.prototypes_, whole.prototypes_, rtol=1e-13)


def test_the_same_blocks_give_the_same_bits_for_any_number_of_threads(monkeypatch):
    monkeypatch.setattr(_mean_shift, "BLOCK_CELLS", 64 * len(SHAPES))
    one, two = (ShapeMeanShift(0.5, n_jobs=n).fit(SHAPES) for n in (1, 2))
    np.testing.assert_array_equal(one.prototypes_, two.prototypes_)


def test_the_bandwidth_is_estimated_where_none_is_given():
    model = ShapeMeanShift(random_state=0).fit(SHAPES)
    assert model.bandwidth_ == estimate_bandwidth(SHAPES, n_samples=300, random_state=0)


def test_modes_are_further_apart_than_the_bandwidth():
    prototypes = ShapeMeanShift(0.5).fit(SHAPES).prototypes_
    gaps = np.linalg.norm(prototypes[:, None] - prototypes[None], axis=2)
    assert (gaps[~np.eye(len(prototypes), dtype=bool)] > 0.5).all()


@pytest.mark.parametrize("bandwidth", [0.0, -1.0, float("nan")])
def test_a_bandwidth_that_is_not_positive_is_refused(bandwidth):
    with pytest.raises(ValueError, match="bandwidth"):
        ShapeMeanShift(bandwidth).fit(SHAPES)


def test_an_infinite_value_is_refused_with_its_row():
    shapes = SHAPES.copy()
    shapes[7, 3] = np.inf
    with pytest.raises(DataError, match="inf at row 7, column 3"):
        ShapeMeanShift(0.5).fit(shapes)
