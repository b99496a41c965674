"""Forecasts from first days on, intervals, authors and explanations of a whole forecaster."""

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import RandomForestClassifier

import tsshape
from tsshape import DataError, scores
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster

POSTS = tsshape.simulate_spid(700, n_times=8, random_state=0)
NUMBERS = POSTS.features.select_dtypes("number")
TRAIN, TEST = slice(0, 500), slice(500, 700)
TRUE = POSTS.curves[TEST]


def forecaster(**parameters):
    return ScaleShapeForecaster(ShapeKMeans(5, random_state=0), random_state=0, **parameters)


@pytest.fixture(scope="module")
def fitted():
    return forecaster(loss="trimmed").fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])


def test_the_forecast_goes_through_what_was_seen(fitted):
    for n_days in (1, 3, 7, 8):
        pred = fitted.predict(NUMBERS[TEST], observed=TRUE.loc[:, :n_days])
        pd.testing.assert_frame_equal(pred.loc[:, :n_days], TRUE.loc[:, :n_days])
        assert (np.diff(pred, axis=1) >= 0).all()


def test_more_days_give_better_forecasts_of_the_last_day(fitted):
    last = TRUE.iloc[:, -1:]
    errors = [
        scores.trimmed_rmse(last, fitted.predict(NUMBERS[TEST], observed=TRUE.loc[:, :n_days]).iloc[:, -1:])
        for n_days in (0, 1, 4)
    ]
    assert errors[0] > 1.5 * errors[1] > 2 * errors[2]


def test_forecasts_in_flight_beat_the_mean_growth(fitted):
    growth = (np.log1p(POSTS.curves[TRAIN]).iloc[:, -1] - np.log1p(POSTS.curves[TRAIN])[2]).mean()
    naive = pd.DataFrame({8: (1 + TRUE[2]) * np.exp(growth) - 1})
    pred = fitted.predict(NUMBERS[TEST], observed=TRUE.loc[:, :2])[[8]]
    assert scores.trimmed_rmse(TRUE[[8]], pred) < scores.trimmed_rmse(TRUE[[8]], naive)


def test_posts_seen_for_different_times_are_forecast_as_if_alone(fitted):
    observed = TRUE.copy()
    n_days = np.arange(len(TRUE)) % 9
    observed[np.arange(1, 9) > n_days[:, None]] = np.nan
    together = fitted.predict(NUMBERS[TEST], observed=observed)
    lower, upper = fitted.predict_interval(NUMBERS[TEST], observed=observed)
    for row in (0, 1, 5, 8, 100):
        one = slice(500 + row, 501 + row)
        alone = fitted.predict(NUMBERS[one], observed=observed[row : row + 1])
        np.testing.assert_array_equal(alone, together[row : row + 1])
        ends = fitted.predict_interval(NUMBERS[one], observed=observed[row : row + 1])
        np.testing.assert_array_equal(ends[0], lower[row : row + 1])
        np.testing.assert_array_equal(ends[1], upper[row : row + 1])
    backwards = fitted.predict(NUMBERS[TEST][::-1], observed=observed)
    pd.testing.assert_frame_equal(backwards[::-1], together)


def test_nothing_seen_is_a_forecast_at_upload(fitted):
    nothing = TRUE * np.nan
    pd.testing.assert_frame_equal(fitted.predict(NUMBERS[TEST], observed=nothing), fitted.predict(NUMBERS[TEST]))


def test_intervals_cover_and_are_nested(fitted):
    narrow, wide = (fitted.predict_interval(NUMBERS[TEST], coverage=coverage) for coverage in (0.5, 0.9))
    assert scores.interval_coverage(TRUE, *narrow) == pytest.approx(0.5, abs=0.12)
    assert scores.interval_coverage(TRUE, *wide) == pytest.approx(0.9, abs=0.06)
    assert ((wide[0] <= narrow[0]) & (narrow[1] <= wide[1])).all(axis=None)
    for end in wide:
        assert (np.diff(end, axis=1) >= 0).all()


def test_intervals_in_flight_begin_at_what_was_seen_and_cover_the_rest(fitted):
    lower, upper = fitted.predict_interval(NUMBERS[TEST], observed=TRUE.loc[:, :2])
    for end in (lower, upper):
        pd.testing.assert_frame_equal(end.loc[:, :2], TRUE.loc[:, :2])
    assert (lower.loc[:, 3:] >= TRUE[[2]].to_numpy()).all(axis=None)
    assert scores.interval_coverage(TRUE.loc[:, 3:], lower.loc[:, 3:], upper.loc[:, 3:]) == pytest.approx(0.9, abs=0.08)
    at_upload = fitted.predict_interval(NUMBERS[TEST])
    assert np.median(upper[8] - lower[8]) < 0.5 * np.median(at_upload[1][8] - at_upload[0][8])


def test_the_scale_has_an_interval_of_its_own(fitted):
    ends = fitted.predict_scale_interval(NUMBERS[TEST], coverage=0.8)
    scale = TRUE.max(axis=1)
    assert ((ends["lower"] <= scale) & (scale <= ends["upper"])).mean() == pytest.approx(0.8, abs=0.1)
    complete = fitted.predict_scale_interval(NUMBERS[TEST], observed=TRUE)
    np.testing.assert_allclose(complete["lower"], scale)
    np.testing.assert_allclose(complete["upper"], scale)


def test_curves_that_fall_are_gone_through_as_well():
    falling = POSTS.curves.copy()
    falling[8] = falling[8] * 0.9
    model = forecaster().fit(NUMBERS[TRAIN], falling[TRAIN])
    assert not model.monotone_
    pred = model.predict(NUMBERS[TEST], observed=falling[TEST].loc[:, :7])
    assert (pred[8] < pred[7]).mean() > 0.5
    lower, upper = model.predict_interval(NUMBERS[TEST], observed=falling[TEST].loc[:, :7])
    assert scores.interval_coverage(falling[TEST][[8]], lower[[8]], upper[[8]]) > 0.8


def test_parts_of_other_libraries_have_intervals_too():
    model = ScaleShapeForecaster(
        ShapeKMeans(3, random_state=0),
        RandomForestClassifier(20, random_state=0),
        DummyRegressor(strategy="median"),
        random_state=0,
    ).fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    lower, upper = model.predict_interval(NUMBERS[TEST])
    assert scores.interval_coverage(TRUE, lower, upper) == pytest.approx(0.9, abs=0.06)
    with pytest.raises(DataError, match="DummyRegressor has no contributions"):
        model.explain(NUMBERS[TEST])


def test_authors_help_where_they_recur_and_do_no_harm_where_they_are_new():
    rng = np.random.default_rng(0)
    authors = pd.Series(rng.choice([f"a{i}" for i in range(60)], 700), POSTS.curves.index, dtype="str")
    fame = authors.map({f"a{i}": np.exp(2.0 * rng.standard_normal()) for i in range(60)})
    curves = POSTS.curves.mul(fame, axis=0)

    def error(model, names):
        pred = model.predict(NUMBERS[TEST], authors=names)
        return np.abs(np.log1p(pred.iloc[:, -1]) - np.log1p(curves[TEST].iloc[:, -1])).mean()

    common = {"in_flight": False, "intervals": False}
    without = forecaster(**common).fit(NUMBERS[TRAIN], curves[TRAIN])
    within = forecaster(**common).fit(NUMBERS[TRAIN], curves[TRAIN], authors=authors[TRAIN])
    assert error(within, authors[TEST]) < 0.85 * error(without, None)
    assert error(within, "new " + authors[TEST]) < 1.08 * error(without, None)
    np.testing.assert_array_equal(
        within.predict(NUMBERS[TEST], authors="new " + authors[TEST]), within.predict(NUMBERS[TEST])
    )


def test_an_explanation_adds_up_and_names_the_features(fitted):
    explanation = fitted.explain(NUMBERS[TEST])
    boosters = fitted.regressor_.estimator_.contributions(NUMBERS[TEST].to_numpy())
    np.testing.assert_allclose(explanation.scale, boosters)
    assert explanation.table.index[0] == "MeanViews"
    assert explanation.table["scale_gain"].sum() == pytest.approx(1.0)
    post = NUMBERS.index[500]
    assert explanation.of_post(post).loc["MeanViews", "scale"] == explanation.scale.loc[post, "MeanViews"]
    assert (explanation.shape >= 0).all(axis=None)


def test_the_same_posts_give_the_same_bits(fitted):
    again = forecaster(loss="trimmed").fit(NUMBERS[TRAIN].copy(), POSTS.curves[TRAIN].copy())
    for part in ("regressor_", "in_flight_"):
        growth, other = (
            getattr(model, part).estimator_ if part == "regressor_" else getattr(model, part).growth_
            for model in (fitted, again)
        )
        for booster, twin in zip(growth.point_boosters, other.point_boosters, strict=True):
            assert booster.model_to_string() == twin.model_to_string()
    np.testing.assert_array_equal(again.prototypes_, fitted.prototypes_)
    np.testing.assert_array_equal(again.bands_.at_upload_.errors_, fitted.bands_.at_upload_.errors_)
    pd.testing.assert_frame_equal(again.predict(NUMBERS[TEST]), fitted.predict(NUMBERS[TEST]))


def test_what_was_not_learned_is_refused():
    bare = forecaster(in_flight=False, intervals=False).fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    with pytest.raises(DataError, match="in_flight=False"):
        bare.predict(NUMBERS[TEST], observed=TRUE.loc[:, :2])
    with pytest.raises(DataError, match="no intervals"):
        bare.predict_interval(NUMBERS[TEST])
    with pytest.raises(DataError, match="without authors"):
        bare.predict(NUMBERS[TEST], authors=["a"] * 200)


@pytest.mark.parametrize("coverage", [0.0, 1.0, -0.5, 90])
def test_a_coverage_out_of_range_is_refused(fitted, coverage):
    with pytest.raises(ValueError, match="coverage must be between 0 and 1"):
        fitted.predict_interval(NUMBERS[TEST], coverage=coverage)


def test_features_named_like_the_history_are_refused():
    posts = NUMBERS[TRAIN].assign(author_n_posts=1.0)
    with pytest.raises(DataError, match="author_n_posts"):
        forecaster().fit(posts, POSTS.curves[TRAIN], authors=["a"] * 500)


def test_one_day_is_enough():
    model = ScaleShapeForecaster(ShapeKMeans(1), random_state=0)
    model.fit(NUMBERS[TRAIN], POSTS.curves[TRAIN][[8]].set_axis([1], axis=1))
    assert model.in_flight_ is None
    assert np.isfinite(model.predict_interval(NUMBERS[TEST])[1]).all(axis=None)


def test_features_without_a_value_give_one_forecast_at_upload():
    nothing = pd.DataFrame({"lost": np.nan}, index=NUMBERS.index)
    model = forecaster(loss="trimmed").fit(nothing[TRAIN], POSTS.curves[TRAIN])
    pred = model.predict(nothing[TEST])
    assert len(pred.drop_duplicates()) == 1
    assert (model.predict(nothing[TEST], observed=TRUE.loc[:, :2])[2] == TRUE[2]).all()
    assert model.explain(nothing[TEST]).table.index.tolist() == ["nothing"]


@pytest.mark.parametrize("seed", range(3, 6))
def test_few_posts_that_were_not_drawn_at_every_cutoff_are_fitted(seed):
    posts = tsshape.simulate_spid(3, n_times=9, random_state=seed)
    model = ScaleShapeForecaster(ShapeKMeans(1), loss="trimmed", intervals=False, random_state=seed)
    model.fit(posts.features[[]], posts.curves)
    assert len(model.in_flight_.growth_.mixture.bounds.low) == len(model.in_flight_.cutoffs_)
