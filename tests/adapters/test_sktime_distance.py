"""ShapeDistance is `pairwise` in sktime's clothes."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sktime.classification.distance_based import KNeighborsTimeSeriesClassifier
from sktime.dists_kernels import DtwDist

from tsshape import DataError
from tsshape.adapters.sktime import ShapeDistance, to_mtype
from tsshape.metrics import available_metrics, distance, get_metric, pairwise

RNG = np.random.default_rng(0)
CURVES = pd.DataFrame(RNG.random((6, 5)).cumsum(axis=1), index=list("abcdef"), columns=range(1, 6))
OTHERS = CURVES[:4] + RNG.random((4, 5))


@pytest.mark.parametrize("metric", available_metrics())
def test_every_metric_gives_the_matrix_of_pairwise(metric):
    model = ShapeDistance(metric)
    np.testing.assert_array_equal(model.transform(to_mtype(CURVES)), pairwise(CURVES, metric=metric))
    found = model.transform(to_mtype(CURVES), to_mtype(OTHERS, "numpy3D"))
    np.testing.assert_array_equal(found, pairwise(CURVES, OTHERS, metric=metric))
    diagonal = [distance(row, row, metric=metric) for row in CURVES.to_numpy()]
    np.testing.assert_array_equal(model.transform_diag(to_mtype(CURVES)), diagonal)


def test_parameters_go_to_the_metric_and_threads_change_nothing():
    expected = pairwise(CURVES, metric="dtw", window=1)
    model = ShapeDistance("dtw", metric_params={"window": 1}, n_jobs=2)
    np.testing.assert_array_equal(model(to_mtype(CURVES)), expected)


def test_series_of_different_lengths_are_compared_under_an_elastic_metric():
    series = [CURVES.iloc[[row], :length].T.set_axis(["v"], axis=1) for row, length in enumerate((5, 3, 5, 2, 3, 4))]
    expected = [[distance(one.to_numpy()[:, 0], two.to_numpy()[:, 0]) for two in series] for one in series]
    np.testing.assert_allclose(ShapeDistance().transform(series), expected, rtol=1e-12)
    np.testing.assert_allclose(ShapeDistance().transform(series, series[:2]), np.array(expected)[:, :2], rtol=1e-12)
    with pytest.raises(DataError, match=r"row 1 .* has 3 values where row 0 has 5"):
        ShapeDistance("euclidean").transform(series)


def test_variables_are_compared_as_channels():
    panel = RNG.random((4, 3, 7))
    np.testing.assert_array_equal(ShapeDistance("dtw").transform(panel), pairwise(panel, metric="dtw"))
    with pytest.raises(DataError, match="X has 3 channels and Y has 2"):
        ShapeDistance().transform(panel, panel[:, :2])


def test_its_square_is_what_sktime_calls_dtw():
    panel = to_mtype(CURVES)
    np.testing.assert_allclose(ShapeDistance().transform(panel) ** 2, DtwDist().transform(panel), rtol=1e-9)


def test_tags_say_what_the_metric_can_do():
    assert ShapeDistance("dtw").get_tag("capability:unequal_length")
    assert not ShapeDistance("area").get_tag("capability:unequal_length")
    assert not ShapeDistance("dtw").set_params(metric="area").get_tag("capability:unequal_length")
    assert ShapeDistance("dtw").get_tag("symmetric")
    assert ShapeDistance("dtw").get_tag("capability:multivariate")
    assert not ShapeDistance("sbd").get_tag("capability:multivariate")


def test_it_serves_as_the_distance_of_a_classifier_of_sktime():
    model = KNeighborsTimeSeriesClassifier(n_neighbors=1, distance=ShapeDistance("area"))
    panel, labels = to_mtype(CURVES, "numpy3D"), np.array(list("xyxyxy"))
    expected = labels[pairwise(OTHERS, CURVES, metric="area").argmin(axis=1)]
    np.testing.assert_array_equal(model.fit(panel, labels).predict(to_mtype(OTHERS, "numpy3D")), expected)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_no_number_is_refused_with_its_series(value):
    panel = to_mtype(CURVES, "numpy3D")
    panel[4, 0, 2] = value
    with pytest.raises(DataError, match=r"X holds .* at row 4, channel 0, column 2 \(counted from 0\)"):
        ShapeDistance().transform(panel)


def test_a_metric_that_is_no_name_survives_clones_and_pickles():
    model = ShapeDistance(get_metric("msm"))
    for copy in (model.clone(), pickle.loads(pickle.dumps(model))):  # noqa: S301 - its own
        np.testing.assert_array_equal(copy.transform(to_mtype(CURVES)), pairwise(CURVES, metric="msm"))


def test_an_unknown_metric_or_parameter_is_refused():
    with pytest.raises(ValueError, match="'x'"):
        ShapeDistance("x")
    with pytest.raises(ValueError, match="colour"):
        ShapeDistance("dtw", metric_params={"colour": 1}).transform(to_mtype(CURVES))
