"""Quantiles, probabilities and summaries of a fitted forecaster."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import tsshape
from tsshape import DataError
from tsshape.cluster import ShapeKMeans, name_lives
from tsshape.forecast import ScaleShapeForecaster

POSTS = tsshape.simulate_spid(900, n_times=8, random_state=0)
NUMBERS = POSTS.features.select_dtypes("number")
TRAIN, TEST = slice(0, 500), slice(500, 900)
NEW, TRUE = NUMBERS[TEST], POSTS.curves[TEST]
LEVELS = (0.001, 0.05, 0.1, 0.25, 0.4999, 0.5, 0.5001, 0.75, 0.9, 0.95, 0.999)


def forecaster(**parameters):
    return ScaleShapeForecaster(ShapeKMeans(5, random_state=0), random_state=0, **parameters)


def seen(n_days):
    """The first days of the test posts; None for none, and a different number for each post for "mixed"."""
    if n_days == 0:
        return None
    each = np.arange(len(TRUE)) % 9 if n_days == "mixed" else np.full(len(TRUE), n_days)
    return TRUE.where(np.arange(1, 9) <= each[:, None])


@pytest.fixture(scope="module")
def rising():
    return forecaster().fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])


@pytest.fixture(scope="module")
def falling():
    curves = POSTS.curves[TRAIN].copy()
    curves[8] *= 0.9
    return forecaster().fit(NUMBERS[TRAIN], curves)


@pytest.fixture(params=["rising", "falling"])
def fitted(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("n_days", [0, 2, "mixed"])
def test_quantiles_never_cross(fitted, n_days):
    quantiles = fitted.predict_quantiles(NEW, LEVELS, observed=seen(n_days), infinite=True)
    assert list(quantiles) == list(LEVELS)
    for lower, upper in pairwise(quantiles.values()):
        assert (lower <= upper).all(axis=None)
    for table in quantiles.values():
        assert (table >= 0).all(axis=None)
        assert not fitted.monotone_ or (table.iloc[:, 1:].to_numpy() >= table.iloc[:, :-1].to_numpy()).all()


def test_a_level_that_the_posts_cannot_give_is_refused_or_infinite(rising):
    message = "coverage 0.998, takes 999 complete posts; the intervals were learned from 500, enough for .* 0.996"
    for ask in (rising.predict_interval, rising.predict_scale_interval):
        with pytest.raises(DataError, match=message):
            ask(NEW, coverage=0.998)
    lower, upper = rising.predict_interval(NEW, coverage=0.998, observed=seen("mixed"), infinite=True)
    days = seen("mixed").notna().to_numpy()
    assert (upper.to_numpy() == np.inf).tolist() == (~days).tolist()
    assert (lower.to_numpy()[days] == TRUE.to_numpy()[days]).all()
    # Quantiles of 500 posts end at these.
    assert np.isfinite(rising.predict_interval(NEW, coverage=499 / 501)[1]).all(axis=None)


@pytest.mark.parametrize("n_days", [0, "mixed"])
def test_quantiles_are_the_ends_of_the_intervals(fitted, n_days):
    intervals = fitted.predict_interval(NEW, coverage=(0.9, 0.5, 0.8), observed=seen(n_days))
    assert list(intervals) == [0.9, 0.5, 0.8]
    quantiles = fitted.predict_quantiles(NEW, (0.95, 0.05, 0.25, 0.75, 0.1, 0.9), observed=seen(n_days))
    for coverage, levels in ((0.9, (0.05, 0.95)), (0.5, (0.25, 0.75)), (0.8, (0.1, 0.9))):
        alone = fitted.predict_interval(NEW, coverage=coverage, observed=seen(n_days))
        for level, end, of_one in zip(levels, intervals[coverage], alone, strict=True):
            pd.testing.assert_frame_equal(quantiles[level], end, check_exact=True)
            pd.testing.assert_frame_equal(of_one, end, check_exact=True)


def test_several_answers_ask_the_models_once(rising, monkeypatch):
    asked = []
    model = type(rising.in_flight_)
    monkeypatch.setattr(model, "forecast", lambda *args, ask=model.forecast: asked.append(1) or ask(*args))
    rising.predict_quantiles(NEW, LEVELS, observed=seen(2), infinite=True)
    rising.predict_interval(NEW, coverage=[0.5, 0.8, 0.95], observed=seen(2))
    rising.summary(NEW, above=[10, 100, 1000], observed=seen(2))
    assert len(asked) == 3


@pytest.mark.parametrize("n_days", [0, 1, 3])
def test_probabilities_are_calibrated(rising, n_days):
    final = TRUE[8].to_numpy()
    above = np.quantile(POSTS.curves[TRAIN][8], [0.3, 0.5, 0.7, 0.9]).tolist()
    probability = rising.predict_probability(NEW, above, observed=seen(n_days))
    assert probability.columns.tolist() == above
    for count in above:
        assert probability[count].mean() == pytest.approx((final > count).mean(), abs=0.08)
    happened = final[:, None] > np.array(above)
    for low, high in ((0.0, 0.2), (0.2, 0.8), (0.8, 1.0)):
        of_tenth = ((probability >= low) & (probability <= high)).to_numpy()
        assert happened[of_tenth].mean() == pytest.approx(probability.to_numpy()[of_tenth].mean(), abs=0.1)


def test_a_probability_is_the_level_whose_quantile_it_passes(fitted):
    for level, quantile in fitted.predict_quantiles(NEW[:5], (0.02, 0.3, 0.5, 0.95), observed=None).items():
        for post, count in quantile.iloc[:, -1].items():
            above = fitted.predict_probability(NEW[:5], count).loc[post, count]
            assert above == pytest.approx(1 - level, abs=0.01)


def test_probabilities_fall_with_the_count_and_stay_between_0_and_1(fitted):
    probability = fitted.predict_probability(NEW, [0, 1, 10.5, 100, 10_000, 1e300], observed=seen("mixed"))
    assert (np.diff(probability, axis=1) <= 0).all()
    assert ((probability >= 0) & (probability <= 1)).all(axis=None)
    assert (probability[1e300] == 0).all()


def test_what_was_seen_is_certain_where_no_curve_falls(rising):
    observed = seen(3)
    for post, last in observed[3][:20].items():
        assert rising.predict_probability(NEW, last - 0.5, observed=observed).loc[post, last - 0.5] == 1
    complete = rising.predict_probability(NEW, 500, observed=TRUE)[500]
    pd.testing.assert_series_equal(complete, (TRUE[8] > 500).astype(float), check_names=False)


@pytest.mark.parametrize("n_days", [3, "mixed"])
def test_the_scale_in_flight_is_the_largest_count_of_the_forecast(fitted, n_days):
    observed = seen(n_days)
    scale, largest = fitted.predict_scale(NEW, observed=observed), fitted.predict(NEW, observed=observed).max(axis=1)
    in_flight = observed[1].notna()
    np.testing.assert_array_equal(scale[in_flight], largest[in_flight])
    np.testing.assert_array_equal(scale[~in_flight], fitted.predict_scale(NEW)[~in_flight])


def test_a_summary_is_the_answers_in_one_row_a_post(rising):
    observed = seen("mixed")
    table = rising.summary(NEW, observed=observed, coverage=0.8, above=[1000, 2.5, 1_000_000])
    lower, upper = rising.predict_interval(NEW, coverage=0.8, observed=observed)
    assert table.columns.tolist() == [
        *("days_observed", "views_so_far", "forecast", "lower", "upper", "cluster", "life"),
        *("above_1000", "above_2.5", "above_1000000"),
    ]
    assert table.index.name == "id"
    assert table["days_observed"].tolist() == [number % 9 for number in range(len(NEW))]
    assert table["views_so_far"].isna().equals(table["days_observed"] == 0)
    assert table["views_so_far"].iloc[3] == TRUE[3].iloc[3]
    for name, expected in (("forecast", rising.predict(NEW, observed=observed)), ("lower", lower), ("upper", upper)):
        np.testing.assert_array_equal(table[name], expected[8])
    probability = rising.predict_probability(NEW, [1000, 2.5, 1_000_000], observed=observed)
    np.testing.assert_array_equal(table.iloc[:, -3:], probability)
    assert table["life"].tolist() == [name_lives(rising.prototypes_)[cluster] for cluster in table["cluster"]]
    at_upload, complete = table["days_observed"] == 0, table["days_observed"] == 8
    assert table["cluster"][at_upload].tolist() == rising.predict_cluster(NEW)[at_upload].tolist()
    assert table["cluster"][complete].tolist() == rising.assign(TRUE)[complete].tolist()


def test_a_forecaster_without_intervals_has_a_summary_without_them():
    bare = forecaster(in_flight=False, intervals=False).fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    assert bare.summary(NEW, coverage=None)[["lower", "upper"]].isna().all(axis=None)
    for ask in (
        bare.summary,
        lambda new: bare.predict_quantiles(new, 0.5),
        lambda new: bare.predict_probability(new, 9),
    ):
        with pytest.raises(DataError, match="no intervals"):
            ask(NEW)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda model: model.predict_quantiles(NEW, [0.5, 1.0]), "levels must be between 0 and 1; got 1.0"),
        (lambda model: model.predict_quantiles(NEW, []), "levels must be at least one number"),
        (lambda model: model.predict_interval(NEW, coverage=[0.5, "0.9"]), "coverage must be .* got '0.9'"),
        (lambda model: model.predict_probability(NEW, [1000, -1]), "above must be counts .* got -1"),
        (lambda model: model.predict_probability(NEW, np.nan), "above must be counts .* got nan"),
        (lambda model: model.summary(NEW, above=True), "above must be counts .* got True"),
    ],
)
def test_levels_and_counts_out_of_range_are_refused(rising, ask, message):
    with pytest.raises(ValueError, match=message):
        ask(rising)


@pytest.mark.parametrize("known", [[], ["MeanViews", "Contacts"]], ids=["fitted on none", "all missing"])
def test_first_days_alone_are_enough(known):
    curves = POSTS.curves[TRAIN]
    model = forecaster().fit(NUMBERS[TRAIN][known], curves)
    nothing = pd.DataFrame(np.nan, NEW.index, known)
    at_upload, in_flight = model.predict(nothing), model.predict(nothing, observed=seen(3))
    assert len(at_upload.drop_duplicates()) == 1
    if not known:
        assert (curves[8] > at_upload.iloc[0, -1]).mean() == pytest.approx(0.5, abs=0.15)
    error = np.abs(np.log1p(in_flight[8]) - np.log1p(TRUE[8])).median()
    assert error < 0.3 * np.abs(np.log1p(at_upload[8]) - np.log1p(TRUE[8])).median()
    table = model.summary(nothing, observed=seen(3), above=1000)
    assert ((table["lower"] <= TRUE[8]) & (TRUE[8] <= table["upper"])).mean() == pytest.approx(0.9, abs=0.14)
