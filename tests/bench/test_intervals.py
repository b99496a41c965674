"""Intervals of a mean difference, against values computed by hand."""

import numpy as np
import pytest

from tsshape.bench._intervals import bootstrap_interval, corrected_t_interval


def test_the_corrected_interval_is_that_of_nadeau_and_bengio():
    # Mean 3, variance 2.5; (1/5 + 1/9) * 2.5 = 0.7778, whose root is 0.8819; t of 4 degrees of freedom: 2.7764.
    found = corrected_t_interval(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 1 / 9, 0.95)
    assert found[:2] == pytest.approx([3 - 2.7764 * 0.88192, 3 + 2.7764 * 0.88192], abs=1e-3)
    # Two-sided tail of t = 3.4017 with 4 degrees of freedom, by its closed form.
    x = 3.4017 / np.sqrt(3.4017**2 + 4)
    assert found.p_value == pytest.approx(1 - x * (1 + (1 - x**2) / 2), abs=1e-5)


def test_splits_that_do_not_overlap_would_have_students_interval():
    differences = np.array([2.0, -1.0, 4.0, 0.5, 3.0, 1.0])
    student = 2.5706 * differences.std(ddof=1) / np.sqrt(6)
    assert corrected_t_interval(differences, 0.0, 0.95)[1] == pytest.approx(differences.mean() + student, abs=1e-3)


def test_the_bootstrap_interval_is_scipys_percentile_interval_of_the_mean():
    differences = np.array([1.0, 5.0, 2.0, -3.0, 8.0])
    lower, upper, p_value, method = bootstrap_interval(differences, 0.9)
    means = np.random.default_rng(1).choice(differences, (100_000, 5)).mean(axis=1)
    assert [lower, upper] == pytest.approx(np.quantile(means, [0.05, 0.95]), abs=0.1)
    assert np.isnan(p_value)
    assert method == "by split"


@pytest.mark.parametrize(
    ("differences", "ends"), [([3.0] * 4, [np.nan] * 2), ([3.0] * 5, [3.0] * 2), ([], [np.nan] * 2)]
)
def test_differences_without_a_spread_have_an_interval_from_five_on_without_warnings(differences, ends):
    values = np.array(differences)
    np.testing.assert_array_equal(bootstrap_interval(values, 0.95)[:2], ends)
    np.testing.assert_array_equal(corrected_t_interval(values, 0.1, 0.95)[:2], ends)


@pytest.mark.parametrize(("difference", "p_value"), [(3.0, 0.0), (0.0, 1.0)])
def test_a_difference_that_is_the_same_in_every_split_is_certain(difference, p_value):
    assert corrected_t_interval(np.full(5, difference), 0.1, 0.95).p_value == p_value
