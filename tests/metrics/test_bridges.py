"""Distances of scipy, tslearn and sktime give what these libraries give."""

import pickle

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from tslearn import metrics as tslearn_metrics

from tsshape.metrics import check_metric, distance, get_metric, nearest, pairwise
from tsshape.metrics._check import example_shapes

SHAPES = example_shapes()
# A constant curve has no correlation, and the first row is one.
VARIED = SHAPES[1:]
OTHERS = np.random.default_rng(1).random((5, 12))
SCIPY = [
    "braycurtis",
    "canberra",
    "chebyshev",
    "cityblock",
    "correlation",
    "cosine",
    "euclidean",
    "jensenshannon",
    "minkowski",
    "sqeuclidean",
]

pytestmark = pytest.mark.usefixtures("clean_registry")


@pytest.mark.parametrize("name", SCIPY)
def test_scipy_distances_are_those_of_cdist(name):
    assert np.array_equal(pairwise(VARIED, OTHERS, f"scipy:{name}"), cdist(VARIED, OTHERS, name))
    check_metric(f"scipy:{name}", curves=VARIED)


def test_scipy_parameters_are_handed_on():
    assert np.array_equal(pairwise(SHAPES, OTHERS, "scipy:minkowski", p=3), cdist(SHAPES, OTHERS, "minkowski", p=3))
    with pytest.raises(ValueError, match="'scipy:canberra' has no parameter 'p'"):
        pairwise(SHAPES, OTHERS, "scipy:canberra", p=3)


def test_a_pair_without_a_scipy_distance_is_refused():
    with pytest.raises(ValueError, match=r"'scipy:correlation' .* nan for row 0 of X"):
        pairwise(np.ones((1, 4)), OTHERS[:, :4], "scipy:correlation")


@pytest.mark.parametrize(
    ("name", "definition"),
    [
        ("dtw", tslearn_metrics.cdist_dtw),
        ("frechet", tslearn_metrics.cdist_frechet),
        ("soft_dtw", tslearn_metrics.cdist_soft_dtw),
        ("soft_dtw_normalized", tslearn_metrics.cdist_soft_dtw_normalized),
        ("gak", lambda X, Y: np.sqrt(2 - 2 * tslearn_metrics.cdist_gak(X, Y))),
        ("lcss", lambda X, Y: [[1 - tslearn_metrics.lcss(x, y) for y in Y] for x in X]),
    ],
)
def test_tslearn_distances_are_those_of_tslearn(name, definition):
    assert np.allclose(pairwise(SHAPES, OTHERS, f"tslearn:{name}"), definition(SHAPES, OTHERS), rtol=1e-12)
    check_metric(f"tslearn:{name}")


def test_tslearn_parameters_are_handed_on_and_unknown_ones_refused():
    assert np.array_equal(
        pairwise(SHAPES, OTHERS, "tslearn:gak", sigma=0.5),
        np.sqrt(2 - 2 * tslearn_metrics.cdist_gak(SHAPES, OTHERS, sigma=0.5)),
    )
    with pytest.raises(ValueError, match="sigma of metric 'tslearn:gak' must be finite and more than 0"):
        pairwise(SHAPES, metric="tslearn:gak", sigma=0)
    with pytest.raises(ValueError, match="'tslearn:gak' has no parameter 'n_jobs2'"):
        pairwise(SHAPES, metric="tslearn:gak", n_jobs2=3)


def test_the_dtw_of_tslearn_and_of_sktime_is_ours():
    ours = pairwise(SHAPES, OTHERS, "dtw")
    assert np.allclose(pairwise(SHAPES, OTHERS, "tslearn:dtw"), ours, rtol=1e-12)
    # sktime gives the square, as aeon does.
    assert np.allclose(pairwise(SHAPES, OTHERS, "sktime:DtwDist"), ours**2, rtol=1e-12)
    windowed = pairwise(SHAPES, OTHERS, "dtw", window=0.25) ** 2
    assert np.allclose(pairwise(SHAPES, OTHERS, "sktime:DtwDist", window=0.25), windowed, rtol=1e-12)


@pytest.mark.parametrize("name", ["DtwDist", "EditDist", "ScipyDist"])
def test_sktime_distances_keep_the_contract(name):
    check_metric(f"sktime:{name}")


def test_sktime_classes_for_tables_get_rows():
    assert np.allclose(pairwise(SHAPES, OTHERS, "sktime:ScipyDist"), cdist(SHAPES, OTHERS), rtol=1e-12)


def test_an_sktime_class_that_needs_a_part_says_so():
    with pytest.raises(ValueError, match="'sktime:FlatDist' needs the parameter 'transformer'"):
        pairwise(SHAPES, metric="sktime:FlatDist")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("scipy:mahalanobis", "there is no metric 'scipy:mahalanobis'; there are braycurtis"),
        ("tslearn:dwt", "there is no metric 'tslearn:dwt'; there are dtw"),
        ("sktime:SignatureKernel", "there is no metric 'sktime:SignatureKernel'; there are .*DtwDist"),
        ("aeon:dtw", "there is no bridge 'aeon' .* there are scipy, sktime, tslearn"),
    ],
)
def test_a_bridge_that_leads_nowhere_lists_where_it_could(name, message):
    with pytest.raises(ValueError, match=message):
        get_metric(name)


@pytest.mark.parametrize("name", ["scipy:canberra", "tslearn:gak", "sktime:DtwDist"])
def test_a_bridged_metric_names_its_library_and_is_pickled_by_name(name):
    metric = get_metric(name)
    assert metric.origin.startswith(name.split(":")[0])
    assert pickle.loads(pickle.dumps(metric)) is metric  # noqa: S301
    assert nearest(SHAPES, OTHERS, name)[0].shape == (21,)
    assert distance(SHAPES[2], SHAPES[2], name) == pytest.approx(0, abs=1e-12)
