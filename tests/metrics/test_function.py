"""A plain function of two curves is a metric wherever one is taken."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone

from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeDBSCAN,
    ShapeHDBSCAN,
    ShapeKMeans,
    ShapeKMedoids,
    silhouette,
)
from tsshape.metrics import barycenter, check_metric, distance, get_metric, nearest, pairwise

SHAPES = np.sort(np.random.default_rng(0).random((30, 6)), axis=1)


def gap(x, y, power=1.0):
    """A function that numba cannot compile."""
    values = {str(day): abs(a - b) ** power for day, (a, b) in enumerate(zip(x.tolist(), y.tolist(), strict=False))}
    return sum(values.values())


class Scaled:
    """A callable object."""

    def __call__(self, x, y):
        return 2 * np.abs(x - y).sum()


def test_distances_are_those_of_the_function():
    expected = pairwise(SHAPES, metric="manhattan")
    np.testing.assert_allclose(pairwise(SHAPES, metric=gap), expected, rtol=1e-12)
    np.testing.assert_allclose(pairwise(SHAPES, SHAPES[:4], gap), expected[:, :4], rtol=1e-12)
    np.testing.assert_allclose(pairwise(SHAPES, metric=Scaled()), 2 * expected, rtol=1e-12)
    np.testing.assert_allclose(pairwise(SHAPES, metric=gap, power=2), pairwise(SHAPES, metric="sqeuclidean"))
    assert distance([0.0, 1.0], [1.0, 3.0], gap, power=2) == 5.0
    assert distance([0.0, 1.0], [2.0], lambda x, y: len(x) - len(y)) == 1.0
    assert pairwise(SHAPES.astype(np.float32), metric=gap).dtype == np.float32


def test_one_half_of_the_matrix_of_one_panel_is_computed():
    calls = []
    matrix = pairwise(SHAPES, metric=lambda x, y: calls.append(1) or abs(x - y).sum())
    assert len(calls) == 30 * 31 / 2
    np.testing.assert_array_equal(matrix, matrix.T)


def test_what_needs_a_metric_takes_the_function():
    for ours, theirs in zip(
        nearest(SHAPES, SHAPES[:4], gap, k=2), nearest(SHAPES, SHAPES[:4], "manhattan", k=2), strict=True
    ):
        np.testing.assert_allclose(ours, theirs)
    medoid = pairwise(SHAPES, metric="manhattan").sum(axis=1).argmin()
    np.testing.assert_array_equal(barycenter(SHAPES, gap), SHAPES[medoid])
    labels = np.arange(30) % 3
    assert silhouette(SHAPES, labels, gap) == pytest.approx(silhouette(SHAPES, labels, "manhattan"))
    assert check_metric(gap).failed == ()


@pytest.mark.parametrize(
    "model",
    [ShapeKMedoids(3, random_state=0), ShapeAgglomerative(3), ShapeDBSCAN(0.5), ShapeHDBSCAN(3)],
)
def test_a_clustering_is_that_of_the_metric(model):
    ours, theirs = (clone(model).set_params(metric=metric).fit(SHAPES) for metric in (gap, "manhattan"))
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    # The average of a cluster is the medoid under a function, and the median under its name.
    if model.__class__ is not ShapeAgglomerative:
        np.testing.assert_array_equal(ours.predict(SHAPES[::-1]), theirs.predict(SHAPES[::-1]))


def test_k_means_takes_medoids_for_centres_and_is_pickled():
    model = ShapeKMeans(3, metric=gap, metric_params={"power": 2}, random_state=0).fit(SHAPES)
    assert {tuple(row) for row in model.prototypes_} <= {tuple(row) for row in SHAPES}
    again = pickle.loads(pickle.dumps(model))  # noqa: S301
    np.testing.assert_array_equal(again.predict(SHAPES), model.labels_)
    assert get_metric(gap) == pickle.loads(pickle.dumps(get_metric(gap)))  # noqa: S301
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(ShapeKMeans(3, metric=lambda x, y: abs(x - y).sum()))


def odd(x, y, params):
    """A function for numba, which takes its parameters as a tuple."""


@pytest.mark.parametrize(
    ("function", "params", "message"),
    [
        (odd, {}, r"metric must be a function of two curves; odd takes \(x, y, params\): give further arguments"),
        (lambda x, y: None, {}, "the metric '<lambda>' must return a number; got None"),  # noqa: ARG005
        (lambda x, y: x, {}, "the metric '<lambda>' must return a number; got array"),  # noqa: ARG005
        (lambda x, y: np.nan, {}, r"the metric '<lambda>' \(route batch\) gives nan for row 0"),  # noqa: ARG005
        (gap, {"window": 3}, "metric 'gap' has no parameter 'window'; its parameters are power"),
    ],
)
def test_what_is_no_distance_is_refused(function, params, message):
    with pytest.raises(ValueError, match=message):
        pairwise(SHAPES, metric=function, **params)
