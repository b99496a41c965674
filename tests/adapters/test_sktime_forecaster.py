"""EngagementForecaster says what the forecaster it wraps says, and what is sensible where it has none."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sktime.forecasting.base import ForecastingHorizon
from sktime.forecasting.naive import NaiveForecaster

from tsshape import DataError, simulate_spid
from tsshape.adapters.sktime import EngagementForecaster, to_mtype
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster

POSTS = simulate_spid(120, n_times=12, random_state=0)
CURVES = POSTS.curves
OLD, NEW = CURVES[:100], CURVES[100:]
FORECASTER = ScaleShapeForecaster(ShapeKMeans(4, random_state=0), random_state=0)
NO_FEATURES = pd.DataFrame(index=CURVES.index)


def features_as_panel(features, n_times):
    """Each row as often as there are days."""
    index = pd.MultiIndex.from_product([features.index, range(1, n_times + 1)], names=["id", "day"])
    return features.loc[index.get_level_values(0)].set_axis(index, axis=0)


def on_days(forecast, days):
    """A forecast as a table of posts and days."""
    assert forecast.index.tolist() == [(post, day) for post in NEW.index for day in days]
    return pd.DataFrame(forecast.to_numpy().reshape(len(NEW), -1), NEW.index, days)


@pytest.fixture(scope="module")
def ours():
    return FORECASTER.fit(NO_FEATURES[:100], OLD)


@pytest.fixture
def pretrained():
    return EngagementForecaster(FORECASTER).pretrain(to_mtype(OLD))


@pytest.mark.parametrize("n_days", [1, 3, 11])
def test_a_panel_is_forecast_as_the_forecaster_it_wraps_does(ours, pretrained, n_days):
    seen = NEW.loc[:, :n_days]
    rest = range(n_days + 1, 13)
    horizon = [day - n_days for day in rest]
    model = pretrained.fit(to_mtype(seen))
    expected = ours.predict(NO_FEATURES[100:], observed=seen)
    np.testing.assert_array_equal(on_days(model.predict(fh=horizon), rest), expected[list(rest)])
    ends = model.predict_interval(fh=horizon, coverage=[0.5, 0.9])
    for coverage in (0.5, 0.9):
        both = ours.predict_interval(NO_FEATURES[100:], coverage=coverage, observed=seen)
        for name, end in zip(("lower", "upper"), both, strict=True):
            found = ends["views"][coverage][[name]]
            np.testing.assert_array_equal(on_days(found, rest), end[list(rest)])


def test_features_and_authors_count():
    columns = ["Contacts", "MeanViews", "Country", "Title"]
    features = POSTS.features[columns].assign(author=POSTS.authors)
    model = EngagementForecaster(FORECASTER, author="author")
    model.pretrain(to_mtype(OLD), X=features_as_panel(features[:100], 12))
    seen = NEW.loc[:, :2]
    model.fit(to_mtype(seen), X=features_as_panel(features[100:], 2))
    ours = ScaleShapeForecaster(ShapeKMeans(4, random_state=0), random_state=0)
    ours.fit(POSTS.features[columns][:100], OLD, authors=POSTS.authors[:100])
    expected = ours.predict(POSTS.features[columns][100:], observed=seen, authors=POSTS.authors[100:])
    np.testing.assert_array_equal(on_days(model.predict(fh=range(1, 11)), range(3, 13)), expected.loc[:, 3:])


def test_one_post_is_forecast_as_it_is_in_a_panel(pretrained):
    panel = pretrained.clone().fit(to_mtype(NEW.loc[:, :3])).predict(fh=[1, 5])
    for post in NEW.index[:3]:
        alone = NEW.loc[post].iloc[:3].rename("views")
        forecast = pretrained.fit(alone).predict(fh=[1, 5])
        assert forecast.name == "views"
        assert forecast.index.tolist() == [4, 8]
        np.testing.assert_array_equal(forecast, panel.loc[post, "views"])


def test_posts_may_begin_on_different_dates_and_be_seen_for_different_times(ours, pretrained):
    ages = np.arange(20) % 5 + 1
    begins = pd.date_range("2024-05-01", periods=20)
    parts = [
        pd.DataFrame(
            {"views": NEW.iloc[row, :age].to_numpy()},
            index=pd.MultiIndex.from_product([[NEW.index[row]], pd.date_range(begins[row], periods=age)]),
        )
        for row, age in enumerate(ages)
    ]
    panel = pd.concat(parts)
    model = pretrained.fit(panel, fh=ForecastingHorizon([1, 2], is_relative=True, freq="D"))
    forecast = model.predict()
    observed = NEW.where(np.arange(12) < ages[:, None])
    expected = ours.predict(NO_FEATURES[100:], observed=observed)
    for row, age in enumerate(ages):
        part = forecast.loc[NEW.index[row], "views"]
        assert part.index.tolist() == [begins[row] + pd.Timedelta(age, "D"), begins[row] + pd.Timedelta(age + 1, "D")]
        np.testing.assert_array_equal(part, expected.iloc[row, age : age + 2])


def test_missing_days_at_the_end_were_not_seen_yet(ours, pretrained):
    seen = NEW.loc[:, :4].copy()
    seen.iloc[:, 2:] = np.nan
    seen.iloc[0] = np.nan
    panel = to_mtype(NEW.loc[:, :4]).assign(views=seen.to_numpy().ravel())
    forecast = on_days(pretrained.fit(panel).predict(fh=range(1, 9)), range(5, 13))
    expected = ours.predict(NO_FEATURES[100:], observed=seen)
    np.testing.assert_array_equal(forecast, expected.loc[:, 5:])


def test_missing_days_between_are_on_the_line_between_their_neighbours(pretrained):
    gaps = to_mtype(NEW.loc[:, :4])
    filled = gaps.copy()
    post = NEW.index[0]
    gaps.loc[(post, [1, 3]), "views"] = np.nan
    first, last = NEW.loc[post, 2] / 2, (NEW.loc[post, 2] + NEW.loc[post, 4]) / 2
    filled.loc[(post, [1, 3]), "views"] = [first, last]
    forecasts = [pretrained.clone().fit(each).predict(fh=[1, 2]) for each in (gaps, filled)]
    pd.testing.assert_frame_equal(*forecasts)


def test_a_second_pretraining_learns_from_both(pretrained):
    twice = EngagementForecaster(FORECASTER).pretrain(to_mtype(OLD[:60])).pretrain(to_mtype(OLD[60:]))
    seen = to_mtype(NEW.loc[:, :3])
    pd.testing.assert_frame_equal(twice.fit(seen).predict(fh=[1, 9]), pretrained.fit(seen).predict(fh=[1, 9]))


def test_a_post_that_comes_again_replaces_what_was_known_of_it(pretrained):
    wrong = OLD.copy()
    wrong.iloc[60:] *= 100
    twice = EngagementForecaster(FORECASTER).pretrain(to_mtype(wrong)).pretrain(to_mtype(OLD[60:]))
    pd.testing.assert_frame_equal(twice.curves_, pretrained.curves_)


def test_pretraining_stays_after_fit_in_a_clone_and_not_in_a_reset(pretrained):
    seen = to_mtype(NEW.loc[:, :3])
    forecast = pretrained.fit(seen).predict(fh=[1])
    pd.testing.assert_frame_equal(pretrained.clone().fit(seen).predict(fh=[1]), forecast)
    assert not np.allclose(pretrained.reset().fit(seen).predict(fh=[1]), forecast)


def test_an_update_takes_days_in_with_parameters_updated_or_not(pretrained):
    expected = pretrained.clone().fit(to_mtype(NEW.loc[:, :5])).predict(fh=[1, 2])
    for update_params in (True, False):
        model = pretrained.clone().fit(to_mtype(NEW.loc[:, :3]))
        more = to_mtype(NEW.loc[:, :5])
        model.update(more[more.index.get_level_values("day") > 3], update_params=update_params)
        pd.testing.assert_frame_equal(model.predict(fh=[1, 2]), expected)


def test_a_panel_of_two_levels_and_of_several_variables_is_forecast_like_single_posts(pretrained):
    seen = to_mtype(NEW.loc[:, :3])
    expected = pretrained.clone().fit(seen).predict(fh=[1, 4])
    deep = pd.concat({"feed": seen}, names=["page"])
    pd.testing.assert_frame_equal(pretrained.clone().fit(deep).predict(fh=[1, 4]).loc["feed"], expected)
    wide = pretrained.clone().fit(seen.assign(other=seen["views"])).predict(fh=[1, 4])
    pd.testing.assert_frame_equal(wide[["views"]], expected, check_names=False)
    np.testing.assert_array_equal(wide["other"], wide["views"])


def test_the_days_after_the_last_one_go_on_with_the_mean_change_of_the_last_week(pretrained):
    model = pretrained.fit(to_mtype(NEW.loc[:, :3]))
    forecast = on_days(model.predict(fh=range(1, 15)), range(4, 18))
    drift = (forecast[12] - forecast[5]) / 7
    for beyond in range(1, 6):
        np.testing.assert_allclose(forecast[12 + beyond], forecast[12] + beyond * drift)
    ends = model.predict_interval(fh=range(1, 15), coverage=0.9)["views"][0.9]
    lower, upper = (on_days(ends[[name]], range(4, 18)) for name in ("lower", "upper"))
    assert (lower <= upper).all(axis=None)
    assert (np.diff((upper - lower).loc[:, 12:]) > 0).all()


# The warning is about a default of the forecaster that is compared with.
@pytest.mark.filterwarnings("ignore:The default of config ``remember_data``:FutureWarning")
def test_without_pretraining_a_series_goes_on_with_the_mean_change_of_the_last_week():
    rng = np.random.default_rng(0)
    series = pd.Series(rng.normal(size=40).cumsum())
    forecast = EngagementForecaster().fit(series).predict(fh=[1, 2, 30])
    drift = NaiveForecaster("drift", window_length=8).fit(series)
    np.testing.assert_allclose(forecast, drift.predict(fh=[1, 2, 30]))


def test_intervals_without_pretraining_cover_walks_as_often_as_they_say():
    rng = np.random.default_rng(0)
    walks = rng.normal(0.5, 1.0, size=(1000, 20)).cumsum(axis=1)
    table = pd.DataFrame(walks, index=[f"w{row}" for row in range(1000)], columns=range(1, 21))
    model = EngagementForecaster().fit(to_mtype(table.loc[:, :15]))
    ends = model.predict_interval(fh=[1, 5], coverage=0.8)["views"][0.8]
    truth = to_mtype(table).loc[ends.index, "views"]
    inside = (ends["lower"] <= truth) & (truth <= ends["upper"])
    assert inside.groupby(level="day").mean().between(0.77, 0.83).all()


def test_where_no_day_falls_neither_does_the_lower_end():
    ends = EngagementForecaster().fit(pd.Series([0.0, 90.0, 91.0, 91.0])).predict_interval(fh=[1, 9], coverage=0.99)
    assert (ends.xs("lower", axis=1, level=-1) >= 91).all(axis=None)


def test_one_value_is_enough():
    model = EngagementForecaster().fit(pd.Series([7.0]))
    assert model.predict(fh=[1, 3]).tolist() == [7.0, 7.0]
    ends = model.predict_interval(fh=[1], coverage=0.9)
    assert (ends.to_numpy() >= 7).all()
    assert ends.iloc[0, 0] < ends.iloc[0, 1]


def test_an_interval_that_covers_nothing_is_the_median(pretrained):
    model = pretrained.fit(to_mtype(NEW.loc[:, :3]))
    median = model.predict_quantiles(fh=[1, 20], alpha=[0.5])
    ends = model.predict_interval(fh=[1, 20], coverage=1e-6)
    np.testing.assert_allclose(median.iloc[:, 0], ends.mean(axis=1), rtol=1e-3)


def test_few_curves_are_enough_to_pretrain_by_default_and_a_hundred_have_twenty_clusters():
    few = EngagementForecaster(random_state=0).pretrain(to_mtype(OLD[:11]))
    assert len(few.forecaster_.prototypes_) == 2
    assert len(EngagementForecaster(random_state=0).pretrain(to_mtype(OLD)).forecaster_.prototypes_) == 20
    with pytest.raises(DataError, match="no intervals"):
        few.fit(to_mtype(NEW.loc[:, :3])).predict_interval(fh=[1])


def unequal():
    return to_mtype(OLD).drop(index=[(OLD.index[3], 12)])


def incomplete():
    panel = to_mtype(OLD)
    panel.loc[(OLD.index[3], 12), "views"] = np.nan
    return panel


def negative():
    panel = to_mtype(OLD)
    panel.loc[(OLD.index[3], 5), "views"] = -1
    return panel


@pytest.mark.parametrize(("panel", "message"), [(unequal, "has 11 days"), (incomplete, "12"), (negative, "-1")])
def test_curves_that_teach_nothing_are_refused_with_their_id(panel, message):
    with pytest.raises(DataError, match=message) as caught:
        EngagementForecaster().pretrain(panel())
    assert repr(OLD.index[3]) in str(caught.value)


def test_curves_of_one_day_are_refused():
    with pytest.raises(DataError, match="at least 2 days"):
        EngagementForecaster().pretrain(to_mtype(OLD.loc[:, :1]))


def test_pretraining_on_another_number_of_days_is_refused(pretrained):
    with pytest.raises(DataError, match="earlier pretraining"):
        pretrained.pretrain(to_mtype(OLD.loc[:, :11]))


def test_a_feature_that_varies_is_refused_with_column_and_id():
    features = features_as_panel(POSTS.features[["Contacts"]][:100], 12)
    features.loc[(OLD.index[7], 4), "Contacts"] += 1
    with pytest.raises(DataError, match="'Contacts' varies") as caught:
        EngagementForecaster().pretrain(to_mtype(OLD), X=features)
    assert repr(OLD.index[7]) in str(caught.value)


def test_features_for_only_one_of_both_are_refused(pretrained):
    features = features_as_panel(POSTS.features[["Contacts"]], 12)
    with pytest.raises(DataError, match="pretraining was not"):
        pretrained.fit(to_mtype(NEW), X=features.loc[NEW.index])
    with_features = EngagementForecaster(FORECASTER).pretrain(to_mtype(OLD), X=features.loc[OLD.index])
    with pytest.raises(DataError, match=r"it lacks \['Contacts'\]"):
        with_features.fit(to_mtype(NEW))
    with pytest.raises(DataError, match=r"it lacks \['Contacts'\]"):
        with_features.fit(to_mtype(NEW), X=features.loc[NEW.index].rename(columns={"Contacts": "Friends"}))


def test_a_post_without_features_is_refused_with_its_id():
    features = features_as_panel(POSTS.features[["Contacts"]][:100], 12)
    with pytest.raises(DataError, match=f"X lacks 1 of the instances of y, the first of them {OLD.index[5]!r}"):
        EngagementForecaster().pretrain(to_mtype(OLD), X=features.drop(index=OLD.index[5]))


@pytest.mark.parametrize("dates", [False, True], ids=["whole numbers", "dates"])
def test_a_day_that_is_left_out_is_refused_with_its_id(pretrained, dates):
    days = pd.date_range("2024-05-01", periods=12) if dates else pd.RangeIndex(1, 13)
    panel = to_mtype(CURVES)
    panel.index = pd.MultiIndex.from_product([CURVES.index, days])
    with pytest.raises(DataError, match=f"rows of {OLD.index[7]!r} are not one step apart: {days[3]} is followed by"):
        EngagementForecaster().pretrain(panel.loc[OLD.index].drop(index=(OLD.index[7], days[4])))
    seen = panel.loc[NEW.index]
    with pytest.raises(DataError, match=f"rows of {NEW.index[2]!r} are not one step apart"):
        pretrained.fit(seen.drop(index=(NEW.index[2], days[10])))
    alone = seen.loc[NEW.index[0], "views"]
    with pytest.raises(DataError, match="rows of 'y' are not one step apart"):
        pretrained.fit(alone.drop(days[1]))
    model = pretrained.fit(alone.iloc[:3])
    with pytest.raises(DataError, match="rows of 'y' are not one step apart"):
        model.update(alone.iloc[4:5])
    assert np.isfinite(model.fit(alone.iloc[:3]).update(alone.iloc[3:5]).predict(fh=[1]).iloc[0])


def test_dates_may_be_regular_by_the_calendar(pretrained):
    months = pd.DataFrame({"views": NEW.loc[:, :3].to_numpy().ravel()})
    months.index = pd.MultiIndex.from_product([NEW.index, pd.date_range("2024-01-01", periods=3, freq="MS")])
    forecast = pretrained.fit(months).predict(fh=ForecastingHorizon([1], freq="MS"))
    expected = pretrained.fit(to_mtype(NEW.loc[:, :3])).predict(fh=[1])
    np.testing.assert_array_equal(forecast, expected)
    assert set(forecast.index.get_level_values(1)) == {pd.Timestamp("2024-04-01")}


def test_authors_that_are_not_in_the_features_are_refused():
    with pytest.raises(DataError, match="X lacks the column 'author'"):
        EngagementForecaster(author="author").pretrain(to_mtype(OLD))


def test_an_unknown_post_in_an_update_is_refused(pretrained):
    model = pretrained.fit(to_mtype(NEW.loc[:, :3]))
    with pytest.raises(DataError, match=f"instance {OLD.index[0]!r} that fit was not given"):
        model.update(to_mtype(OLD[:1]))


def test_negative_days_are_refused_after_pretraining_with_their_id(pretrained):
    seen = to_mtype(NEW.loc[:, :3])
    seen.iloc[4] = -2.0
    with pytest.raises(DataError, match=rf"-2.0 at row {NEW.index[1]!r}"):
        pretrained.fit(seen).predict(fh=[1])


@pytest.mark.parametrize(("value", "message"), [(np.inf, "'y' holds a value beyond"), (np.nan, "'y' has no value")])
def test_a_series_that_says_nothing_is_refused(value, message):
    with pytest.raises(DataError, match=message):
        EngagementForecaster().fit(pd.Series([value, value])).predict(fh=[1])


def test_any_parts_may_be_put_into_the_forecaster():
    parts = ScaleShapeForecaster(ShapeKMeans(2, random_state=0), regressor=LinearRegression(), random_state=0)
    features = features_as_panel(POSTS.features[["Contacts"]], 12)
    model = EngagementForecaster(parts).pretrain(to_mtype(OLD), X=features.loc[OLD.index])
    forecast = model.fit(to_mtype(NEW), X=features.loc[NEW.index]).predict(fh=[1])
    assert np.isfinite(forecast.to_numpy()).all()
