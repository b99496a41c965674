import numpy as np
import pandas as pd
import pytest

from tsshape import DataError, simulate_spid
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster, find_alerts
from tsshape.forecast._alerts import _begin

POSTS = simulate_spid(240, n_times=8, random_state=0)
NEW, LATER = POSTS.features[180:], POSTS.curves[180:]


@pytest.fixture(scope="module")
def forecaster():
    made = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), random_state=0)
    return made.fit(POSTS.features[:180], POSTS.curves[:180])


@pytest.fixture(scope="module")
def observed(forecaster):
    """Posts of two to four days and a finished one; the first runs ten times too high, the second stays at 0."""
    lower, upper = forecaster.predict_interval(NEW)
    seen = LATER.copy()
    seen.iloc[0, 0] = upper.iloc[0, 0] / 2
    seen.iloc[0, 1:] = upper.iloc[0, 1:] * 10
    seen.iloc[1] = 0.0
    assert lower.iloc[1, 2] > 0
    seen.iloc[:30, 4:] = np.nan
    seen.iloc[30:59, 2:] = np.nan
    return seen


def test_a_post_far_above_or_below_its_interval_is_found_with_how_far_and_since_when(forecaster, observed):
    alerts = find_alerts(forecaster, NEW, observed)
    upper = forecaster.predict_interval(NEW)[1]
    assert alerts.loc[NEW.index[0], ["side", "days_observed", "since"]].tolist() == ["above", 4, 2]
    assert alerts.loc[NEW.index[0], "ratio"] == pytest.approx(10)
    assert alerts.loc[NEW.index[0], "upper"] == upper.iloc[0, 3]
    assert alerts.loc[NEW.index[0], "probability"] > 0.9
    assert alerts.loc[NEW.index[1], "side"] == "below"
    assert alerts.loc[NEW.index[1], "ratio"] == 0


def test_all_posts_outside_on_their_last_day_are_found_and_no_other(forecaster, observed):
    lower, upper = (end.to_numpy() for end in forecaster.predict_interval(NEW, coverage=0.5))
    today = observed.notna().sum(axis=1).to_numpy() - 1
    rows = np.arange(len(NEW))
    last = observed.to_numpy()[rows, today]
    outside = ((last > upper[rows, today]) | (last < lower[rows, today])) & (today < 7)
    alerts = find_alerts(forecaster, NEW, observed, coverage=0.5)
    assert 5 < outside.sum() < 50
    assert {*alerts.index} == {*NEW.index[outside]}
    assert alerts["probability"].round(2).is_monotonic_decreasing
    assert ((alerts["ratio"] > 1) == (alerts["side"] == "above")).all()


def test_an_interval_after_some_days_knows_them(forecaster, observed):
    """The first post kept what it was after three days, when it was high already; posts of two days are left out."""
    alerts = find_alerts(forecaster, NEW, observed, since_day=3, coverage=0.5)
    lower, upper = forecaster.predict_interval(NEW[:30], observed=observed.iloc[:30, :3], coverage=0.5)
    last = observed.iloc[:30, 3]
    assert {*alerts.index} == {*last.index[(last > upper[4]) | (last < lower[4])]}
    assert (alerts["since"] == 4).all()


def test_posts_without_days_or_with_all_of_them_are_no_alerts(forecaster):
    assert find_alerts(forecaster, NEW, LATER).empty
    none = find_alerts(forecaster, NEW, pd.DataFrame(index=NEW.index[:0], columns=LATER.columns))
    assert next(iter(none.columns)) == "side"
    assert none.empty


@pytest.mark.parametrize("day", [-1, 7, 2.5])
def test_a_day_after_which_nothing_is_forecast_is_refused(forecaster, day):
    with pytest.raises(DataError, match="since_day must be a day before day 7, or 0 for upload; got"):
        find_alerts(forecaster, NEW, LATER, since_day=day)


def test_a_run_begins_after_the_last_day_that_breaks_it():
    holds = np.array([[1, 1, 1, 0], [1, 0, 1, 1], [0, 0, 1, 0]], dtype=bool)
    assert _begin(holds, np.array([2, 3, 2])).tolist() == [1, 3, 3]
