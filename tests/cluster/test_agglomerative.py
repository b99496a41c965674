from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import AgglomerativeClustering

from tsshape import DataError
from tsshape.cluster import ShapeAgglomerative
from tsshape.metrics import barycenter, get_metric, nearest, pairwise

RNG = np.random.default_rng(0)
SHAPES = np.sort(RNG.random((120, 12)), axis=1)
LINKAGES = ["average", "complete", "single"]


@pytest.mark.parametrize("linkage", LINKAGES)
def test_it_equals_scikit_learn_on_the_euclidean_distance(linkage):
    ours = ShapeAgglomerative(7, linkage=linkage).fit(SHAPES)
    theirs = AgglomerativeClustering(7, linkage=linkage).fit(SHAPES)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    assert ours.labels_.dtype == np.int64


@pytest.mark.parametrize("linkage", LINKAGES)
def test_any_metric_is_joined_by_its_distances(linkage):
    ours = ShapeAgglomerative(5, metric="dtw", metric_params={"window": 2}, linkage=linkage).fit(SHAPES)
    distances = pairwise(SHAPES, metric="dtw", window=2)
    theirs = AgglomerativeClustering(5, metric="precomputed", linkage=linkage).fit(distances)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)


@pytest.mark.parametrize("metric", ["euclidean", "area", "dtw", "msm"])
def test_prototypes_are_the_barycenters_of_the_clusters(metric):
    model = ShapeAgglomerative(4, metric=metric).fit(SHAPES)
    for label in range(4):
        np.testing.assert_array_equal(model.prototypes_[label], barycenter(SHAPES[model.labels_ == label], metric))
    np.testing.assert_array_equal(model.cluster_centers_, model.prototypes_)


def test_predicting_gives_the_nearest_prototype():
    model = ShapeAgglomerative(4, metric="dtw", metric_params={"window": 2}).fit(SHAPES[:80])
    expected = nearest(SHAPES, model.prototypes_, "dtw", window=2)[0]
    np.testing.assert_array_equal(model.predict(SHAPES), expected)
    assert model.predict(SHAPES).dtype == np.int64


def test_prototypes_keep_the_precision_of_the_curves():
    assert ShapeAgglomerative(3).fit(SHAPES.astype(np.float32)).prototypes_.dtype == np.float32


def test_one_curve_is_one_cluster():
    model = ShapeAgglomerative(1).fit(SHAPES[:1])
    np.testing.assert_array_equal(model.labels_, [0])
    np.testing.assert_array_equal(model.prototypes_, SHAPES[:1])


def test_an_asymmetric_metric_is_refused():
    late = replace(get_metric("area"), name="late", symmetric=False)
    with pytest.raises(ValueError, match="symmetric metric, and 'late' is not; ShapeKMedoids takes it"):
        ShapeAgglomerative(2, metric=late).fit(SHAPES)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"linkage": "ward"}, "linkage must be one of 'average', 'complete', 'single'; got 'ward'"),
        ({"metric": "dwt"}, "there is no metric 'dwt'"),
        ({"metric_params": {"p": 2}}, "'euclidean' has no parameter 'p'"),
    ],
)
def test_a_linkage_metric_or_parameter_that_there_is_not_is_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        ShapeAgglomerative(**parameters).fit(SHAPES)


def test_more_clusters_than_distinct_curves_are_refused_with_the_number():
    with pytest.raises(DataError, match="3 distinct curves; got 4"):
        ShapeAgglomerative(4).fit(np.repeat(SHAPES[:3], 5, axis=0))


def test_a_missing_value_is_refused_with_its_row():
    shapes = pd.DataFrame(SHAPES, index=[f"post{i}" for i in range(len(SHAPES))], columns=range(1, 13))
    shapes.loc["post7", 3] = np.nan
    with pytest.raises(DataError, match="'post7', column 3"):
        ShapeAgglomerative(2).fit(shapes)


def test_a_matrix_beyond_the_memory_limit_is_refused_with_its_size(monkeypatch):
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "100K")
    with pytest.raises(DataError, match=r"120 x 120 matrix of distances takes 112\.5 KiB"):
        ShapeAgglomerative(2).fit(SHAPES)
