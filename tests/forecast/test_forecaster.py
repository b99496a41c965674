import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator

import tsshape
from tsshape import DataError, scores
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import DirectForecaster, ScaleRegressor, ScaleShapeForecaster, ShapeClassifier

POSTS = tsshape.simulate_spid(400, n_times=8, random_state=0)
NUMBERS = POSTS.features.select_dtypes("number")
TRAIN, TEST = slice(0, 320), slice(320, 400)


def forecaster(**parameters):
    """A small forecaster."""
    return ScaleShapeForecaster(ShapeKMeans(4, random_state=0), random_state=0, **parameters)


@pytest.fixture(scope="module")
def fitted():
    return forecaster().fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])


def test_a_forecast_is_the_scale_times_the_weighted_prototypes(fitted):
    pred = fitted.predict(NUMBERS[TEST])
    weights = fitted.classifier_.predict_proba(NUMBERS[TEST])
    shape = weights @ fitted.prototypes_[fitted.classifier_.classes_]
    np.testing.assert_allclose(pred, fitted.regressor_.predict(NUMBERS[TEST])[:, None] * shape)
    pd.testing.assert_index_equal(pred.index, NUMBERS[TEST].index)
    assert pred.columns.tolist() == list(range(1, 9))


def test_a_hard_shape_is_the_prototype_of_the_likeliest_cluster(fitted):
    hard = clone(fitted).set_params(shape="hard").fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    likeliest = hard.classifier_.predict(NUMBERS[TEST])
    np.testing.assert_array_equal(hard.predict_shape(NUMBERS[TEST]), hard.prototypes_[likeliest])


def test_it_beats_the_median_scale_times_the_mean_shape(fitted):
    trivial = ScaleShapeForecaster(ShapeKMeans(1), DummyClassifier(), DummyRegressor(strategy="median"))
    trivial.fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    errors = [scores.trimmed_rmse(POSTS.curves[TEST], model.predict(NUMBERS[TEST])) for model in (fitted, trivial)]
    assert errors[0] < 0.9 * errors[1]


def test_the_trivial_configuration_is_the_median_scale_times_the_mean_shape():
    trivial = ScaleShapeForecaster(ShapeKMeans(1), DummyClassifier(), DummyRegressor(strategy="median"))
    pred = trivial.fit(NUMBERS[TRAIN], POSTS.curves[TRAIN]).predict(NUMBERS[TEST])
    scale, shape = tsshape.split_scale_shape(POSTS.curves[TRAIN], zero="nan")
    np.testing.assert_allclose(pred, np.tile(scale.median() * shape.mean().to_numpy(), (80, 1)))


def test_monotone_training_curves_give_monotone_forecasts(fitted):
    assert (np.diff(fitted.predict(NUMBERS[TEST]), axis=1) >= 0).all()


def test_zero_curves_train_the_scale_only():
    curves = POSTS.curves[TRAIN].copy()
    curves.iloc[:100] = 0.0
    model = forecaster().fit(NUMBERS[TRAIN], curves)
    assert len(model.clusterer_.labels_) == 220 - (POSTS.curves[TRAIN].iloc[100:].max(axis=1) == 0).sum()
    assert (model.assign(curves)[:100] == -1).all()
    assert (model.assign(curves)[120:] >= 0).any()


def test_any_estimators_can_take_the_places_of_the_parts():
    model = ScaleShapeForecaster(
        KMeans(3, n_init=1, random_state=0), RandomForestClassifier(20, random_state=0), DummyRegressor(strategy="mean")
    ).fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    assert isinstance(model.classifier_, ShapeClassifier)
    assert isinstance(model.regressor_, ScaleRegressor)
    np.testing.assert_allclose(model.predict_scale(NUMBERS[TEST]), POSTS.curves[TRAIN].max(axis=1).mean())


def test_frozen_parts_are_used_as_they_are(fitted):
    frozen = ScaleShapeForecaster(
        FrozenEstimator(fitted.clusterer_), FrozenEstimator(fitted.classifier_), FrozenEstimator(fitted.regressor_)
    ).fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    pd.testing.assert_frame_equal(frozen.predict(NUMBERS[TEST]), fitted.predict(NUMBERS[TEST]))


def test_nothing_is_learned_from_posts_that_are_not_given(fitted):
    again = forecaster().fit(NUMBERS[TRAIN].copy(), POSTS.curves[TRAIN].copy())
    pd.testing.assert_frame_equal(again.predict(NUMBERS[TEST]), fitted.predict(NUMBERS[TEST]))


def test_plain_arrays_give_the_days_from_1():
    pred = forecaster().fit(NUMBERS[TRAIN].to_numpy(), POSTS.curves[TRAIN].to_numpy()).predict(NUMBERS[TEST].to_numpy())
    assert pred.columns.tolist() == list(range(1, 9))


@pytest.mark.parametrize("model", [forecaster(), DirectForecaster()], ids=["decomposed", "direct"])
def test_curves_of_other_posts_are_refused(model):
    with pytest.raises(DataError, match="same ids in the same order"):
        model.fit(NUMBERS[TRAIN], POSTS.curves[TRAIN][::-1])
    with pytest.raises(DataError, match="there are 320 curves for 10 posts"):
        model.fit(NUMBERS[:10], POSTS.curves[TRAIN].to_numpy())
    with pytest.raises(DataError, match=r"curves must have 2 dimensions .* got 1"):
        model.fit(NUMBERS[TRAIN], POSTS.curves[TRAIN][8].to_numpy())
    with pytest.raises(DataError, match="requires y to be passed"):
        model.fit(NUMBERS[TRAIN], None)


def test_bad_input_is_refused():
    with pytest.raises(DataError, match="no shape to learn"):
        forecaster().fit(NUMBERS[TRAIN], POSTS.curves[TRAIN] * 0)
    with pytest.raises(ValueError, match="shape must be one of"):
        forecaster(shape="firm").fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    missing = POSTS.curves[TRAIN].copy()
    missing.iloc[3, 2] = np.nan
    with pytest.raises(DataError, match=f"'{missing.index[3]}', column 3"):
        forecaster().fit(NUMBERS[TRAIN], missing)


def test_the_direct_forecaster_forecasts_each_day_by_itself():
    direct = DirectForecaster(days=range(1, 8), random_state=0).fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    pred = direct.predict(NUMBERS[TEST])
    alone = [
        DirectForecaster(random_state=0).fit(NUMBERS[TRAIN], POSTS.curves[TRAIN][[day]]).predict(NUMBERS[TEST])
        for day in POSTS.curves
    ]
    # The days of a post are forecast one by one and then put in order.
    np.testing.assert_allclose(pred, np.sort(np.hstack(alone), axis=1))
    assert (pred.to_numpy() >= 0).all()


def test_the_direct_forecaster_joins_the_days_that_it_forecasts():
    direct = DirectForecaster(days=(2, 4), random_state=0).fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    pred = np.log1p(direct.predict(NUMBERS[TEST]))
    assert direct.forecast_days_ == [2, 4, 8]
    np.testing.assert_allclose(pred[1], pred[2])
    np.testing.assert_allclose(pred[3], (pred[2] + pred[4]) / 2)
    np.testing.assert_allclose(pred[5], 0.75 * pred[4] + 0.25 * pred[8])


def test_the_direct_forecaster_lets_forecasts_fall_where_training_curves_do():
    falling = POSTS.curves.iloc[:, ::-1].set_axis(POSTS.curves.columns, axis=1)
    direct = DirectForecaster(random_state=0).fit(NUMBERS[TRAIN], falling[TRAIN])
    assert not direct.monotone_
    assert (np.diff(direct.predict(NUMBERS[TEST]), axis=1) < 0).any()
