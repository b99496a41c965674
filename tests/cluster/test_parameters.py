"""Every parameter of every clustering is checked before anything is computed, by one table of constraints."""

from inspect import isclass

import numpy as np
import pytest
from sklearn.base import ClusterMixin

from tsshape import cluster
from tsshape._validation import Choice, Instance, Number
from tsshape.cluster import ShapeKMeans, select_n_clusters

SHAPES = np.sort(np.random.default_rng(0).random((12, 6)), axis=1)
CLASSES = [each for each in vars(cluster).values() if isclass(each) and issubclass(each, ClusterMixin)]
# These are looked up or drawn from, and refused where that happens.
ELSEWHERE = {
    "metric": "metric must be a name, a Metric or a function of two curves; got 2.5",
    "random_state": "2.5 cannot be used to seed",
    "init": "init must be 'k-me.*' or an array of shape .*; got 2.5",
}
# A parameter whose range has an end is refused beyond it.
LEAST = {
    ("ShapeMeanShift", "max_iter"): (-1, "max_iter must be at least 0; got -1"),
    ("ShapeMeanShift", "bandwidth"): (0.0, "bandwidth must be finite and more than 0; got 0.0"),
    ("ShapeDBSCAN", "eps"): (0.0, "eps must be finite and more than 0; got 0.0"),
    ("ShapeHDBSCAN", "min_cluster_size"): (1, "min_cluster_size must be at least 2; got 1"),
    ("ShapeHDBSCAN", "cluster_selection_epsilon"): (-1.0, "cluster_selection_epsilon must be at least 0; got -1.0"),
    ("ShapeKMeans", "tol"): (-1.0, "tol must be at least 0; got -1.0"),
    ("ShapeKShape", "tol"): (float("nan"), "tol must be at least 0; got nan"),
}


def fails(constraint):
    """Values that a constraint must refuse, and what it says of each."""
    if isinstance(constraint, Instance):
        return [(2.5, "must be a mapping or None; got 2.5"), ("ab", "must be a mapping or None; got 'ab'")]
    if isinstance(constraint, Choice):
        return [(2.5, "must be one of .* got 2.5"), ([], r"must be one of .* got \[\]")]
    kind = ("an integer" if constraint.integer else "a number") + (" or None" if constraint.optional else "")
    wrong = ["3", [1], True, *([2.5, np.float32(2.5), np.nan] if constraint.integer else [])]
    return [(value, f"must be {kind}; got") for value in wrong + [None] * (not constraint.optional)]


CASES = [
    (kind, name, value, f"^{name} {message}")
    for kind in CLASSES
    for name, constraint in kind._constraints.items()
    for value, message in fails(constraint)
]


@pytest.mark.parametrize(("kind", "name", "value", "message"), CASES)
def test_a_value_of_another_type_is_refused_with_the_parameter(kind, name, value, message):
    with pytest.raises(ValueError, match=message):
        kind(**{name: value}).fit(SHAPES)


@pytest.mark.parametrize("kind", CLASSES)
def test_a_number_out_of_range_is_refused_with_its_range(kind):
    for name, constraint in kind._constraints.items():
        if not isinstance(constraint, Number) or name == "n_jobs":
            continue
        value, message = LEAST.get((kind.__name__, name), (0, f"{name} must be at least 1; got 0"))
        with pytest.raises(ValueError, match=f"^{message}$"):
            kind(**{name: value}).fit(SHAPES)


@pytest.mark.parametrize("kind", CLASSES)
def test_the_table_has_every_parameter_that_is_not_refused_elsewhere(kind):
    rest = set(kind().get_params()) - set(kind._constraints)
    assert rest <= set(ELSEWHERE)
    for name in rest:
        with pytest.raises(ValueError, match=ELSEWHERE[name]):
            kind(**{name: 2.5}).fit(SHAPES)


@pytest.mark.parametrize("kind", CLASSES)
def test_integers_of_numpy_are_taken(kind):
    whole = {name for name, each in kind._constraints.items() if isinstance(each, Number) and each.integer}
    kind(**dict.fromkeys(whole, np.int32(2))).fit(SHAPES)


def test_a_batch_is_refused_like_a_fit():
    with pytest.raises(ValueError, match=r"n_clusters must be an integer; got 2\.5"):
        ShapeKMeans(2.5).partial_fit(SHAPES)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k_values": [2, 2.5]}, "n_clusters must be an integer; got 2.5"),
        ({"n_seeds": 1.5}, "n_seeds must be an integer; got 1.5"),
        ({"n_resamples": "5"}, "n_resamples must be an integer; got '5'"),
        ({"metric_params": 5}, "metric_params must be a mapping or None; got 5"),
    ],
)
def test_parameters_of_a_selection_are_checked_likewise(options, message):
    with pytest.raises(ValueError, match=message):
        select_n_clusters(SHAPES, **({"k_values": [2, 3]} | options))
