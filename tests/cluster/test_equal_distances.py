import warnings

import numpy as np
import pytest

from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeDBSCAN,
    ShapeHDBSCAN,
    ShapeKMeans,
    ShapeKMedoids,
    ShapeMeanShift,
    select_n_clusters,
)
from tsshape.metrics import Metric

SHAPES = np.sort(np.random.default_rng(0).random((12, 5)), axis=1)
# Equal curves are at distance 0 of each other, all others at distance 7.
CONSTANT = Metric("constant", batch=lambda X, Y: 7.0 * (X[:, None] != Y[None]).any(axis=2))
BLIND = Metric("blind", embed=lambda X: np.zeros((len(X), 1)), average="mean")
EVERYTHING_NEAR = {"metric": "lcss", "metric_params": {"epsilon": 100.0}}

CASES = [
    (ShapeKMedoids(2, metric=CONSTANT), "are 7 under 'constant'"),
    (ShapeKMedoids(2, metric=CONSTANT, memory_limit=1), "are 7 under 'constant'"),
    (ShapeKMedoids(2, **EVERYTHING_NEAR), "are 0 under 'lcss' \\(epsilon 100.*another metric or another parameter"),
    (ShapeAgglomerative(2, metric=CONSTANT), "are 7 under 'constant'"),
    (ShapeAgglomerative(2, **EVERYTHING_NEAR), "are 0 under 'lcss'"),
    (ShapeDBSCAN(8.0, metric=CONSTANT), "are 7 under 'constant'"),
    (ShapeHDBSCAN(3, metric=CONSTANT), "are 7 under 'constant'"),
    (ShapeKMeans(2, metric=CONSTANT), "are 7 under 'constant'"),
    (ShapeKMeans(2, **EVERYTHING_NEAR), "are 0 under 'lcss'"),
    (ShapeMeanShift(1.0, metric=BLIND), "are 0 under 'blind', which .* take another metric$"),
]


@pytest.mark.parametrize(("model", "words"), CASES)
def test_a_metric_under_which_all_distances_are_equal_is_warned_of_once(model, words):
    with pytest.warns(UserWarning, match=words) as found:
        model.fit(np.concatenate((SHAPES, SHAPES[:3])))
    assert len(found) == 1
    assert found[0].filename == __file__


def test_a_selection_warns_too():
    with pytest.warns(UserWarning, match="are 0 under 'lcss'") as found:
        select_n_clusters(SHAPES, [1, 2], criteria=["inertia"], random_state=0, **EVERYTHING_NEAR)
    assert [each.filename for each in found] == [__file__]


@pytest.mark.parametrize(
    "shapes",
    [SHAPES[[0, 1, 1]], np.concatenate((np.repeat(SHAPES[:1], 600, axis=0), SHAPES[1:3]))],
    ids=["one distance", "many equal curves"],
)
def test_distances_that_tell_curves_apart_are_not_warned_of(shapes):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ShapeKMedoids(2, random_state=0).fit(shapes)
