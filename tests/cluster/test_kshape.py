"""k-shape equals tslearn's, on curves of any unit."""

import subprocess
import sys
import warnings
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from tsshape import DataError
from tsshape.cluster import ShapeKShape, get_clusterer

RNG = np.random.default_rng(0)
DAYS = np.arange(24)
# Two forms, each in four places and three units: a step up and a bump.
FORMS = [lambda start: start <= DAYS, lambda start: np.exp(-(((DAYS - start) / 3) ** 2))]
CURVES = np.array(
    [
        unit * (1 + form(start)) + 0.01 * RNG.random(24)
        for form in FORMS
        for start in (9, 11, 13, 15)
        for unit in (1, 3, 9)
    ]
)
SHAPES = np.sort(RNG.random((150, 12)), axis=1)


@pytest.fixture
def tslearn_kshape(monkeypatch):
    """tslearn's KShape, its functions as plain Python: compiling them takes half a minute."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="h5py not installed")
        modules = [import_module(name) for name in ("tslearn.metrics.cycc", "tslearn.clustering.kshape")]
    for name in ("normalized_cc", "cdist_normalized_cc", "y_shifted_sbd_vec"):
        plain = getattr(modules[0], name).py_func
        for module in modules:
            monkeypatch.setattr(module, name, plain, raising=False)
    return modules[1].KShape


@pytest.mark.parametrize("n_init", [1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_it_equals_tslearn_on_normalized_curves(tslearn_kshape, seed, n_init):
    normalized = (SHAPES - SHAPES.mean(axis=1, keepdims=True)) / SHAPES.std(axis=1, keepdims=True)
    theirs = tslearn_kshape(4, n_init=n_init, random_state=seed).fit(normalized[:, :, None])
    ours = ShapeKShape(4, n_init=n_init, random_state=seed).fit(SHAPES)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_allclose(ours.centroids_, theirs.cluster_centers_[:, :, 0], atol=1e-9)
    assert ours.inertia_ == pytest.approx(len(SHAPES) * theirs.inertia_, rel=1e-9)
    assert ours.n_iter_ == theirs.n_iter_
    np.testing.assert_array_equal(ours.predict(SHAPES), theirs.predict(SHAPES[:, :, None]))


def test_forms_are_found_in_any_place_and_unit():
    labels = ShapeKShape(2, n_init=5, random_state=0).fit(CURVES).labels_
    assert len(set(labels[:12])) == len(set(labels[12:])) == 1
    assert labels[0] != labels[-1]


def test_prototypes_are_the_means_of_the_curves_in_their_own_unit():
    model = ShapeKShape(4, random_state=0).fit(SHAPES)
    means = [SHAPES[model.labels_ == label].mean(axis=0) for label in range(4)]
    np.testing.assert_allclose(model.prototypes_, means, rtol=1e-12)
    np.testing.assert_array_equal(model.cluster_centers_, model.prototypes_)
    assert model.labels_.dtype == np.int64


def test_predicting_needs_no_more_than_the_curve():
    model = ShapeKShape(4, random_state=0).fit(SHAPES)
    np.testing.assert_array_equal(model.predict(SHAPES), model.labels_)
    np.testing.assert_array_equal(model.predict(100 * SHAPES + 7), model.labels_)
    np.testing.assert_array_equal(model.predict(np.repeat(SHAPES, 3, axis=0)), np.repeat(model.labels_, 3))
    np.testing.assert_array_equal(model.predict(SHAPES[5:6]), model.labels_[5:6])


def test_a_constant_curve_goes_to_the_nearest_prototype_and_changes_nothing_else():
    without = ShapeKShape(3, random_state=0).fit(SHAPES)
    # The mean of 0.1 is not 0.1: rounding must not be taken for a form.
    constant = np.repeat([[0.0], [0.1], [1.0], [0.7]], 12, axis=1)
    model = ShapeKShape(3, random_state=0).fit(np.concatenate((constant, SHAPES)))
    np.testing.assert_array_equal(model.labels_[4:], without.labels_)
    np.testing.assert_array_equal(model.prototypes_, without.prototypes_)
    gaps = np.linalg.norm(constant[:, None] - model.prototypes_[None], axis=2)
    np.testing.assert_array_equal(model.labels_[:4], gaps.argmin(axis=1))
    np.testing.assert_array_equal(model.predict(constant), model.labels_[:4])


def test_both_precisions_of_the_same_values_give_the_same_clusters():
    single = SHAPES.astype(np.float32)
    ours, double = (ShapeKShape(3, random_state=0).fit(shapes) for shapes in (single, single.astype(np.float64)))
    np.testing.assert_array_equal(ours.labels_, double.labels_)
    assert ours.prototypes_.dtype == np.float32
    np.testing.assert_array_equal(ours.prototypes_, double.prototypes_.astype(np.float32))


@pytest.mark.parametrize("unit", [2.0**-900, 2.0**900])
def test_the_unit_does_not_matter_up_to_the_range_of_floats(unit):
    plain, scaled = (ShapeKShape(3, random_state=0).fit(shapes) for shapes in (SHAPES, unit * SHAPES))
    np.testing.assert_array_equal(scaled.labels_, plain.labels_)


def test_one_cluster_and_two_days_give_a_result():
    np.testing.assert_allclose(ShapeKShape(1).fit(SHAPES).prototypes_[0], SHAPES.mean(axis=0))
    days = np.array([[0.0, 1.0], [0.0, 2.0], [1.0, 0.0], [3.0, 0.5]])
    assert ShapeKShape(1).fit(days).labels_.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("shapes", [np.ones((5, 8)), RNG.random((5, 1))], ids=["constant", "one day"])
def test_curves_that_are_all_constant_are_refused(shapes):
    with pytest.raises(DataError, match="all 5 curves are constant"):
        ShapeKShape(1).fit(shapes)


def test_a_cluster_that_stays_empty_is_one_clear_error():
    multiples = np.arange(1.0, 21.0)[:, None] * SHAPES[0]
    with pytest.raises(DataError, match="every start of k-shape left one of the 3 clusters empty"):
        ShapeKShape(3, random_state=0).fit(multiples)


def test_more_clusters_than_distinct_curves_that_vary_are_refused_with_the_number():
    with pytest.raises(DataError, match="3 distinct curves; got 4"):
        ShapeKShape(4).fit(np.concatenate((np.ones((2, 12)), np.repeat(SHAPES[:3], 5, axis=0))))


def test_a_missing_value_is_refused_with_its_row():
    shapes = pd.DataFrame(SHAPES, index=[f"post{i}" for i in range(len(SHAPES))], columns=range(1, 13))
    shapes.loc["post7", 3] = np.nan
    with pytest.raises(DataError, match="'post7', column 3"):
        ShapeKShape(2).fit(shapes)


def test_it_is_the_clustering_called_kshape():
    assert get_clusterer("kshape") is ShapeKShape


def test_a_limit_of_threads_that_was_set_before_holds_afterwards():
    # numba's threads are started once a process.
    program = """
import sys
import lightgbm, numpy as np
from threadpoolctl import threadpool_info, threadpool_limits
from tsshape.cluster import get_clusterer

threadpool_limits(1)
shapes = np.sort(np.random.default_rng(0).random((60, 8)), axis=1)
get_clusterer("kshape")(3, random_state=0).fit(shapes)
print({library["num_threads"] for library in threadpool_info()})
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{1}"
