import numpy as np
import pandas as pd
import pytest

from tsshape import DataError
from tsshape.forecast._observed import OBSERVED_FEATURES, Observed, as_observed, continue_curves, observed_features

IDS, DAYS = pd.Index(["a", "b", "c"]), pd.RangeIndex(1, 5)


def test_posts_may_be_seen_for_different_times_and_not_at_all():
    seen = as_observed(pd.DataFrame({1: [3.0, 5.0], 2: [np.nan, 6.0]}, index=["c", "a"]), IDS, DAYS)
    assert seen.n_days.tolist() == [2, 0, 1]
    assert seen.last.tolist() == [6.0, 0.0, 3.0]


def test_nothing_seen_is_no_days():
    assert as_observed(None, IDS, DAYS).n_days.tolist() == [0, 0, 0]


def test_arrays_are_taken_row_by_row():
    assert as_observed(np.array([[1.0], [2.0], [np.nan]]), IDS, DAYS).n_days.tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    ("observed", "message"),
    [
        (pd.DataFrame({1: [1.0]}, index=["x"]), "1 posts that are not in the features, the first of them 'x'"),
        (pd.DataFrame({9: [1.0]}, index=["a"]), "days that the training curves lack"),
        (pd.DataFrame({1: [np.nan], 2: [4.0]}, index=["a"]), "id 'a' has no count on day 1, but has one later"),
        (pd.DataFrame({1: [-1.0]}, index=["a"]), "observed holds -1.0"),
        (pd.DataFrame({1: [1.0, 1.0]}, index=["a", "a"]), "more than once"),
        (np.ones((2, 1)), "there are 3 posts"),
        (np.ones((3, 5)), "4 days"),
    ],
)
def test_what_cannot_have_been_seen_is_refused(observed, message):
    with pytest.raises(DataError, match=message):
        as_observed(observed, IDS, DAYS)


def test_the_curve_goes_through_what_was_seen_and_along_the_rest_of_the_shape():
    shape = np.array([[0.2, 0.4, 0.8, 1.0]])
    seen = Observed(np.array([[10.0, 30.0, np.nan, np.nan]]), np.array([2]))
    np.testing.assert_allclose(continue_curves(seen, shape, np.array([60.0])), [[10.0, 30.0, 50.0, 60.0]])


def test_a_shape_with_nothing_left_leaves_the_rest_even():
    shape = np.array([[1.0, 1.0, 1.0]])
    seen = Observed(np.array([[10.0, np.nan, np.nan]]), np.array([1]))
    np.testing.assert_allclose(continue_curves(seen, shape, np.array([20.0])), [[10.0, 15.0, 20.0]])


def test_first_days_tell_nothing_of_days_that_were_not_seen():
    curves = np.array([[1.0, 4.0, 9.0, 20.0]] * 2)
    hidden = np.where(np.arange(4) < 2, curves, np.nan)
    features = observed_features(curves, np.array([2, 2]))
    np.testing.assert_array_equal(features, observed_features(hidden, np.array([2, 2])))
    assert features.shape == (2, len(OBSERVED_FEATURES))
    named = dict(zip(OBSERVED_FEATURES, features[0], strict=True))
    assert named["n_days_observed"] == 2
    assert named["log_last_count"] == np.log(5)
    assert named["log_views_1_days_before"] == np.log(2)
    assert named["share_of_views_0_days_before"] == 0.75
    assert np.isnan(named["log_views_2_days_before"])
