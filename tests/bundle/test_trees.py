import lightgbm
import numpy as np
import pytest

from tsshape import DataError
from tsshape.bundle._record import arrays_of, forms
from tsshape.bundle._trees import BoosterRecord

RNG = np.random.default_rng(0)
X = np.column_stack(
    [RNG.integers(0, 40, 500), RNG.random(500), np.where(RNG.random(500) < 0.2, np.nan, RNG.random(500))]
)
Y = np.sin(X[:, 0]) + X[:, 1] + np.nan_to_num(X[:, 2])
TREES = forms(BoosterRecord)


@pytest.fixture(scope="module")
def booster():
    settings = {"objective": "quantile", "num_leaves": 8, "verbosity": -1, "min_data_per_group": 5, "num_threads": 1}
    return lightgbm.train(settings, lightgbm.Dataset(X, Y, categorical_feature=[0]), 5)


@pytest.fixture
def trees(booster):
    """Five trees with decisions on categories and on numbers."""
    record = BoosterRecord.of(booster)
    assert record.model_dump() == {"objective": "quantile", "n_classes": 1, "n_features": 3}
    assert record.num_cat.any()
    return arrays_of(record)


def build(trees, **settings):
    """The booster of arrays; by default one of quantiles."""
    settings = {"objective": "quantile", "n_classes": 1, "n_features": 3} | settings
    return BoosterRecord(**settings, **trees).build("x", n_features=3, objectives=(settings["objective"],))


def chain(n_leaves, value=0.1, times=1):
    """Trees each of whose splits is the child of the one before."""
    n_splits = n_leaves - 1
    tree = {
        "num_leaves": [n_leaves],
        "num_cat": [0],
        "shrinkage": [1.0],
        "split_feature": np.arange(n_splits) % 3,
        "split_gain": np.ones(n_splits),
        "threshold": np.full(n_splits, 0.5),
        "decision_type": np.full(n_splits, 2),
        "left_child": -1 - np.arange(n_splits),
        "right_child": np.append(np.arange(1, n_splits), -n_leaves)[:n_splits],
        "internal_count": np.arange(n_leaves, 1, -1),
        "leaf_value": np.full(n_leaves, value),
        "leaf_count": np.ones(n_leaves),
        "cat_boundaries": [],
        "cat_threshold": [],
    }
    return {name: np.tile(np.array(tree[name], dtype=form.dtypes[0]), times) for name, form in TREES.items()}


def set_at(place, value):
    """A change of one element."""

    def change(values):
        values = values.copy()
        values[place] = value
        return values

    return change


def test_trees_are_kept_bit_by_bit(booster, trees):
    again = build(trees)
    for options in ({}, {"raw_score": True}, {"pred_contrib": True}, {"pred_leaf": True}):
        np.testing.assert_array_equal(again.predict(X, **options), booster.predict(X, **options))
    for name, array in arrays_of(BoosterRecord.of(again)).items():
        np.testing.assert_array_equal(array, trees[name], strict=True)


@pytest.mark.parametrize(
    ("field", "change", "message"),
    [
        ("split_feature", set_at(3, 3), "tree 0: a split is on a feature that does not exist"),
        ("split_feature", set_at(9, -1), "tree 1: a split is on a feature that does not exist"),
        ("left_child", set_at(0, 0), "a child comes before its parent"),
        ("left_child", set_at(7, 7), "a child is a split or a leaf that does not exist"),
        ("left_child", set_at(-1, -9), "tree 4: a child is a split or a leaf that does not exist"),
        ("left_child", set_at(3, -(2**31)), "a child is a split or a leaf that does not exist"),
        ("right_child", lambda values: np.minimum(values, -1), "two splits share a child"),
        ("right_child", set_at(slice(0, 3), 5), "two splits share a child"),
        ("leaf_value", set_at(9, np.nan), "tree 1: leaf_value is not a finite number"),
        ("leaf_value", set_at(0, -np.inf), "leaf_value is not a finite number"),
        ("leaf_value", set_at(0, 5e-324), "leaf_value is not a finite number"),
        ("split_gain", set_at(0, np.inf), "split_gain is not a finite number"),
        ("shrinkage", set_at(0, np.nan), "shrinkage is not a finite number"),
        ("threshold", set_at(slice(None), np.nan), "a threshold is neither a finite number nor infinity"),
        ("threshold", set_at(0, -np.inf), "a threshold is neither a finite number nor infinity"),
        ("threshold", set_at(0, 1e-310), "a threshold is neither a finite number nor infinity"),
        ("threshold", set_at(slice(None), 2.5), "a decision is on a list of categories that does not exist"),
        ("threshold", set_at(slice(None), np.inf), "a decision is on a list of categories that does not exist"),
        ("threshold", set_at(slice(None), -1.0), "a decision is on a list of categories that does not exist"),
        ("threshold", set_at(slice(None), 7.0), "a decision is on a list of categories that does not exist"),
        ("decision_type", set_at(0, 12), "a decision is of an unknown type"),
        ("decision_type", set_at(0, -1), "a decision is of an unknown type"),
        ("internal_count", set_at(0, 0), "a split counts no rows"),
        ("internal_count", set_at(0, 2**31), "a split counts no rows"),
        ("internal_count", set_at(0, -(2**63)), "a split counts no rows"),
        ("leaf_count", set_at(0, -1), "a leaf counts fewer than no rows"),
        ("leaf_value", lambda values: values[:-1], "leaf_value has"),
        ("split_gain", lambda values: values[:0], "split_gain has"),
        ("num_leaves", set_at(0, 0), "a tree must have 1 to 255 leaves"),
        ("num_leaves", set_at(0, 256), "a tree must have 1 to 255 leaves"),
        ("num_leaves", lambda values: values[:-1], "num_leaves, num_cat and shrinkage differ in length"),
        ("num_leaves", lambda values: values[:0], "num_leaves, num_cat and shrinkage differ in length"),
        ("num_cat", set_at(0, -1), "must be 0 to its number of splits"),
        ("num_cat", set_at(0, 8), "must be 0 to its number of splits"),
        ("num_cat", lambda values: values + 1, "cat_boundaries does not fit num_cat and cat_threshold"),
        ("cat_boundaries", set_at(0, 1), "the lists of categories do not follow one another"),
        ("cat_boundaries", set_at(1, 2**63 - 1), "cat_boundaries does not fit num_cat and cat_threshold"),
        ("cat_boundaries", set_at(1, -1), "cat_boundaries does not fit num_cat and cat_threshold"),
        ("cat_threshold", lambda values: values[:-1], "cat_threshold has"),
    ],
)
def test_trees_that_are_not_trees_are_refused(field, change, message, trees):
    with pytest.raises(DataError, match=message):
        build(trees | {field: change(trees[field])})


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        # It ascends in the arithmetic of 64 bits, and LightGBM would read where there is nothing.
        ([0, 2**63 - 1, -2, 4], "cat_boundaries does not fit num_cat and cat_threshold"),
        ([0, 3, 1, 4], "the lists of categories do not follow one another"),
        ([0, 0, 2, 4], "the lists of categories do not follow one another"),
        ([1, 2, 3, 4], "the lists of categories do not follow one another"),
    ],
)
def test_bounds_of_categories_that_do_not_ascend_are_refused(bounds, message):
    trees = chain(4) | {
        "num_cat": np.array([3], np.int32),
        "cat_boundaries": np.array(bounds),
        "cat_threshold": np.zeros(4, np.uint32),
    }
    with pytest.raises(DataError, match=message):
        build(trees)


def test_lengths_whose_sum_overflows_are_refused():
    trees = chain(2, times=3) | {
        "num_cat": np.ones(3, np.int32),
        "cat_boundaries": np.array([0, 2**63 - 1, 0, 2**63 - 1, 0, 10]),
        "cat_threshold": np.zeros(8, np.uint32),
    }
    with pytest.raises(DataError, match="cat_boundaries does not fit num_cat and cat_threshold"):
        build(trees)


@pytest.mark.parametrize("n_leaves", [256, 100_000])
def test_trees_too_deep_to_be_explained_are_refused(n_leaves):
    with pytest.raises(DataError, match="a tree must have 1 to 255 leaves"):
        build(chain(n_leaves))


def test_the_deepest_trees_there_may_be_are_explained():
    again = build(chain(255))
    contributions = again.predict(X[:2], pred_contrib=True)
    np.testing.assert_allclose(contributions.sum(axis=1), again.predict(X[:2]))


def test_a_tree_of_one_leaf_is_read():
    again = build(chain(1, value=0.25, times=2))
    np.testing.assert_array_equal(again.predict(X[:2]), [0.5, 0.5])
    np.testing.assert_array_equal(again.predict(X[:1], pred_contrib=True), [[0.0, 0.0, 0.0, 0.5]])


@pytest.mark.parametrize(("times", "n_classes"), [(0, 1), (3, 2), (2, 2**31 - 1)])
def test_too_few_trees_are_refused(times, n_classes):
    with pytest.raises(DataError, match="there must be at least one, and as many for each"):
        build(chain(1, times=times), objective="multiclass", n_classes=n_classes)


@pytest.mark.parametrize("value", [1.7976931348623157e308, 2.2250738585072014e-308, 1e-300, -1e22, 1e23, 0.1, 5e-5])
def test_extreme_numbers_are_read_as_they_are_without_a_word(value, capfd):
    trees = chain(2, value=value) | {"threshold": np.array([abs(value)])}
    again = build(trees)
    np.testing.assert_array_equal(again.predict(X[:1]), [value])
    np.testing.assert_array_equal(BoosterRecord.of(again).threshold, [abs(value)])
    assert capfd.readouterr() == ("", "")
