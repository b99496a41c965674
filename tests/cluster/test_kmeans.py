import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans

from tsshape import DataError
from tsshape.cluster import ShapeKMeans

RNG = np.random.default_rng(0)
SHAPES = np.sort(RNG.random((400, 12)), axis=1)


def test_one_start_is_scikit_learns():
    ours = ShapeKMeans(5, n_init=1, random_state=3).fit(SHAPES)
    seed = np.random.RandomState(3).randint(np.iinfo(np.int32).max, size=1)[0]
    theirs = KMeans(5, n_init=1, max_iter=100, random_state=int(seed)).fit(SHAPES)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_allclose(ours.prototypes_, theirs.cluster_centers_)


def test_the_prototypes_are_the_means_of_their_clusters():
    model = ShapeKMeans(6, tol=0, max_iter=1000, random_state=0).fit(SHAPES)
    means = [SHAPES[model.labels_ == label].mean(axis=0) for label in range(6)]
    np.testing.assert_allclose(model.prototypes_, means, atol=1e-12)
    np.testing.assert_array_equal(model.cluster_centers_, model.prototypes_)


def test_the_inertia_is_the_sum_of_squared_distances_to_the_prototypes():
    model = ShapeKMeans(6, random_state=0).fit(SHAPES)
    assert model.inertia_ == pytest.approx((model.transform(SHAPES).min(axis=1) ** 2).sum())


def test_more_starts_never_raise_the_inertia():
    inertia = [ShapeKMeans(12, n_init=n, random_state=0).fit(SHAPES).inertia_ for n in (1, 2, 8)]
    assert inertia == sorted(inertia, reverse=True)


def test_the_result_is_the_same_bits_for_any_number_of_threads():
    one, two = (ShapeKMeans(9, n_jobs=n, random_state=0).fit(SHAPES) for n in (1, 2))
    np.testing.assert_array_equal(one.prototypes_, two.prototypes_)
    np.testing.assert_array_equal(one.labels_, two.labels_)


def test_predicting_the_training_curves_gives_their_labels():
    model = ShapeKMeans(9, random_state=0).fit(SHAPES)
    np.testing.assert_array_equal(model.predict(SHAPES), model.labels_)
    assert model.predict(SHAPES).dtype == np.int64


def test_a_weight_counts_like_repetition():
    weight = RNG.integers(1, 4, len(SHAPES))
    weighted = ShapeKMeans(1).fit(SHAPES, sample_weight=weight)
    np.testing.assert_allclose(weighted.prototypes_, ShapeKMeans(1).fit(np.repeat(SHAPES, weight, axis=0)).prototypes_)


def test_more_clusters_than_distinct_curves_are_refused_with_the_number():
    with pytest.raises(ValueError, match="3 distinct curves; got 4"):
        ShapeKMeans(4).fit(np.repeat(SHAPES[:3], 5, axis=0))


@pytest.mark.parametrize("parameters", [{"metric": "cosine"}, {"metric_params": {"p": 2}}, {"n_init": 0}])
def test_a_parameter_out_of_range_is_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters)).split("_", maxsplit=1)[0]):
        ShapeKMeans(2, **parameters).fit(SHAPES)


def test_a_missing_value_is_refused_with_its_row():
    shapes = pd.DataFrame(SHAPES, index=[f"post{i}" for i in range(len(SHAPES))], columns=range(1, 13))
    shapes.loc["post7", 3] = np.nan
    with pytest.raises(DataError, match="'post7', column 3"):
        ShapeKMeans(2).fit(shapes)


def test_it_clones():
    assert clone(ShapeKMeans(7, n_init=2)).get_params()["n_init"] == 2
