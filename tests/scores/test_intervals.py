import numpy as np
import pytest

from tsshape import DataError, scores


def test_the_coverage_counts_days_and_includes_the_ends():
    true = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert scores.interval_coverage(true, true, true) == 1.0
    assert scores.interval_coverage(true, true + np.array([[0.0, 1.0], [0.0, 0.0]]), true + 1.0) == 0.75


def test_an_interval_that_ends_before_it_begins_is_refused():
    with pytest.raises(DataError, match="row 0, column 1"):
        scores.interval_coverage(np.ones((1, 2)), np.array([[0.0, 2.0]]), np.array([[1.0, 1.0]]))


def test_quarters_are_those_of_the_forecast_scale_and_ties_go_by_row():
    true = np.arange(8.0)[:, None]
    upper = np.where(np.arange(8) < 3, true[:, 0], true[:, 0] - 1.0)[:, None]
    found = scores.coverage_by_quarter(true, true - 2.0, upper, scale=[5.0, 5.0, 7.0, 8.0, 1.0, 1.0, 6.0, 6.0])
    assert found == [0.0, 1.0, 0.0, 0.5]
    assert scores.coverage_by_quarter(true, true - 2.0, upper, scale=np.ones(8)) == [1.0, 0.5, 0.0, 0.0]


def test_a_quarter_without_posts_has_no_coverage():
    true = np.ones((1, 2))
    assert scores.coverage_by_quarter(true, true, true, scale=[3.0]) == [1.0, None, None, None]


def test_the_width_is_the_median_of_the_last_day():
    lower = np.zeros((3, 2))
    assert scores.interval_width(lower, np.array([[9.0, 1.0], [9.0, 2.0], [9.0, 30.0]])) == 2.0
