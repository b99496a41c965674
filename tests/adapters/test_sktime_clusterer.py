"""ShapeClusterer clusters as the method that it names does."""

import numpy as np
import pandas as pd
import pytest
from sktime.clustering.compose import ClustererPipeline
from sktime.transformations.series.exponent import ExponentTransformer

from tsshape import DataError, simulate_spid, split_scale_shape
from tsshape.adapters.sktime import ShapeClusterer, to_mtype
from tsshape.cluster import ShapeKMeans, get_clusterer

CURVES = simulate_spid(40, n_times=8, random_state=0).curves
SHAPES = split_scale_shape(CURVES)[1]
METHODS = {
    "kmeans": {"n_clusters": 3, "metric": "area"},
    "kmedoids": {"n_clusters": 3, "metric": "dtw", "metric_params": {"window": 2}},
    "meanshift": {"bandwidth": 0.5},
    "agglomerative": {"n_clusters": 3, "metric": "dtw", "linkage": "complete"},
    "hdbscan": {"min_cluster_size": 4, "metric": "dtw"},
}
OWN = ("n_clusters", "metric", "metric_params")


def built(method, **more):
    own = {name: value for name, value in METHODS[method].items() if name in OWN}
    rest = {name: value for name, value in METHODS[method].items() if name not in OWN}
    return ShapeClusterer(method, **own, method_params=rest or None, random_state=0, **more)


@pytest.mark.parametrize(("method", "mtype"), [*((name, "pd-multiindex") for name in METHODS), ("kmeans", "numpy3D")])
def test_shapes_are_clustered_as_the_method_does(method, mtype):
    kind = get_clusterer(method)
    seeded = {"random_state": 0} if "random_state" in kind().get_params() else {}
    expected = kind(**METHODS[method], **seeded).fit(SHAPES.to_numpy())
    model = built(method).fit(to_mtype(CURVES, mtype))
    np.testing.assert_array_equal(model.labels_, expected.labels_)
    np.testing.assert_array_equal(model.prototypes_, expected.prototypes_)
    np.testing.assert_array_equal(model.cluster_centers_, model.prototypes_)
    scaled = to_mtype(7 * CURVES, mtype)
    np.testing.assert_array_equal(model.predict(scaled), expected.predict(SHAPES.to_numpy()))
    shares = model.predict_proba(scaled)
    assert shares.shape == (40, len(expected.prototypes_))
    known = model.predict(scaled) >= 0
    np.testing.assert_array_equal(shares.argmax(axis=1)[known], model.predict(scaled)[known])
    np.testing.assert_array_equal(shares.sum(axis=1), known)


def test_kshape_is_built_as_named():
    model = ShapeClusterer("kshape", n_clusters=2, method_params={"n_init": 3}, random_state=5, n_jobs=2)._build()
    assert type(model) is get_clusterer("kshape")
    assert (model.n_clusters, model.n_init, model.random_state) == (2, 3, 5)


def test_without_the_split_the_scale_counts():
    both = pd.concat([CURVES, (1000 * CURVES).add_prefix("x", axis=0)])
    assert len(set(ShapeClusterer(n_clusters=2, split=True, random_state=0).fit_predict(to_mtype(both)))) == 2
    labels = ShapeClusterer(n_clusters=2, split=False, random_state=0).fit(to_mtype(both)).labels_
    expected = ShapeKMeans(2, random_state=0).fit(both.to_numpy()).labels_
    np.testing.assert_array_equal(labels, expected)


def test_an_estimator_is_cloned_and_brings_its_parameters():
    method = ShapeKMeans(3, metric="manhattan", random_state=1)
    model = ShapeClusterer(method).fit(to_mtype(CURVES))
    np.testing.assert_array_equal(model.labels_, ShapeKMeans(3, metric="manhattan", random_state=1).fit(SHAPES).labels_)
    assert not hasattr(method, "labels_")
    assert model.set_params(clusterer__n_clusters=2).fit(to_mtype(CURVES)).labels_.max() == 1


def test_a_series_of_zeros_belongs_to_no_cluster():
    curves = CURVES.copy()
    curves.iloc[3] = 0.0
    model = ShapeClusterer(n_clusters=3, random_state=0).fit(to_mtype(curves))
    assert np.flatnonzero(model.labels_ < 0).tolist() == [3]
    np.testing.assert_array_equal(model.predict(to_mtype(curves)), model.labels_)
    assert model.predict_proba(to_mtype(curves))[3].tolist() == [0, 0, 0]
    assert model.predict(to_mtype(0 * curves)).tolist() == [-1] * 40
    with pytest.raises(DataError, match="all 40 series are 0"):
        model.fit(to_mtype(0 * curves))


def test_the_score_is_that_of_the_method():
    model = ShapeClusterer(n_clusters=3, random_state=0).fit(to_mtype(CURVES))
    assert model.score(to_mtype(CURVES)) == model.clusterer_.score(SHAPES.to_numpy())
    with pytest.raises(NotImplementedError, match="ShapeAgglomerative has no score"):
        built("agglomerative").fit(to_mtype(CURVES)).score(to_mtype(CURVES))


def test_it_takes_part_in_a_pipeline_of_sktime():
    pipeline = ExponentTransformer(0.5) * ShapeClusterer(n_clusters=2, random_state=0)
    assert isinstance(pipeline, ClustererPipeline)
    expected = ShapeClusterer(n_clusters=2, random_state=0).fit_predict(to_mtype(np.sqrt(CURVES)))
    np.testing.assert_array_equal(pipeline.fit_predict(to_mtype(CURVES)), expected)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"clusterer": "kshape", "metric": "dtw"}, "'kshape' has no parameter 'metric'"),
        ({"clusterer": "meanshift", "n_clusters": 2}, "'meanshift' has no parameter 'n_clusters'"),
        ({"method_params": {"colour": 1}}, "'kmeans' has no parameter 'colour'"),
        ({"clusterer": ShapeKMeans(2), "metric": "dtw"}, "metric: set these in the estimator"),
        ({"clusterer": "x"}, "there is no clusterer 'x'"),
        ({"metric": "x"}, "x"),
        ({"n_clusters": 41}, "41"),
    ],
)
def test_a_parameter_that_does_not_apply_is_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        ShapeClusterer(**parameters).fit(to_mtype(CURVES))
