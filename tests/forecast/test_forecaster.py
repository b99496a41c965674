import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import tsshape
from tsshape import DataError, scores
from tsshape.cluster import ShapeDBSCAN, ShapeHDBSCAN, ShapeKMeans
from tsshape.features import EncodedTable, TableEncoder
from tsshape.forecast import (
    DirectForecaster,
    FittedComponent,
    ScaleRegressor,
    ScaleShapeForecaster,
    ShapeClassifier,
)

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


def test_frozen_components_are_used_as_they_are(fitted):
    frozen = ScaleShapeForecaster(
        FrozenEstimator(fitted.clusterer_), FrozenEstimator(fitted.classifier_), FrozenEstimator(fitted.regressor_)
    ).fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    pd.testing.assert_frame_equal(frozen.predict(NUMBERS[TEST]), fitted.predict(NUMBERS[TEST]))


def test_a_clusterer_that_was_frozen_on_other_posts_predicts_the_training_labels():
    elsewhere = ShapeKMeans(4, random_state=0).fit(tsshape.split_scale_shape(POSTS.curves[TEST][::-1])[1])
    model = ScaleShapeForecaster(FrozenEstimator(elsewhere), random_state=0).fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    labels = model.assign(POSTS.curves[TRAIN])
    shapes = tsshape.split_scale_shape(POSTS.curves[TRAIN][labels >= 0])[1]
    np.testing.assert_array_equal(labels[labels >= 0], elsewhere.predict(shapes))
    np.testing.assert_array_equal(model.classifier_.classes_, np.unique(labels[labels >= 0]))


def test_noise_is_forecast_by_the_nearest_prototype():
    clusterer = ShapeHDBSCAN(10, metric="area")
    model = ScaleShapeForecaster(clusterer, in_flight=False, intervals=False, random_state=0)
    model.fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    alive = POSTS.curves[TRAIN][POSTS.curves[TRAIN].max(axis=1) > 0]
    noise, assigned = model.clusterer_.labels_ == -1, model.assign(alive)
    nearest = model.clusterer_.transform(tsshape.split_scale_shape(alive)[1].to_numpy()).argmin(axis=1)
    assert noise.any()
    np.testing.assert_array_equal(assigned, np.where(noise, nearest, model.clusterer_.labels_))
    assert model.predict(NUMBERS[TEST]).notna().all(axis=None)


@pytest.mark.filterwarnings("ignore:all 319 curves are noise")
def test_nothing_but_noise_is_refused():
    model = ScaleShapeForecaster(ShapeDBSCAN(1e-9), random_state=0)
    with pytest.raises(DataError, match="ShapeDBSCAN takes all curves for noise: a forecast needs a cluster"):
        model.fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])


def test_intervals_beside_a_regressor_that_was_frozen_on_other_posts_come_from_the_training_posts():
    """Of fewer posts than are trained on here, with scales a hundred times as large."""
    curves = POSTS.curves[TEST] * 100
    elsewhere = ScaleRegressor(random_state=0).fit(NUMBERS[TEST], curves.max(axis=1))
    frozen = ScaleShapeForecaster(ShapeKMeans(4, random_state=0), None, FrozenEstimator(elsewhere), random_state=0)
    frozen.fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    ours = forecaster().fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    np.testing.assert_array_equal(frozen.in_flight_.validation_.post, ours.in_flight_.validation_.post)
    assert set(frozen.in_flight_.validation_.post) == set(range(320))
    width = [np.diff(model.bands_.at_upload_.errors_[0, 0, -1, [20, -20]])[0] for model in (frozen, ours)]
    assert width[0] < 3 * width[1]


def test_a_fitted_component_gives_what_fitting_it_again_would_give(fitted):
    parts = (FittedComponent(part) for part in (fitted.clusterer_, fitted.classifier_, fitted.regressor_))
    again = ScaleShapeForecaster(*parts, random_state=0).fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])
    for ours, theirs in zip(again.predict_interval(NUMBERS[TEST]), fitted.predict_interval(NUMBERS[TEST]), strict=True):
        pd.testing.assert_frame_equal(ours, theirs)


def test_a_forecaster_encodes_once(monkeypatch):
    encoded = []
    transform = TableEncoder.transform
    monkeypatch.setattr(TableEncoder, "transform", lambda self, X: encoded.append(len(X)) or transform(self, X))
    model = forecaster().fit(POSTS.features[TRAIN], POSTS.curves[TRAIN], authors=POSTS.authors[TRAIN])
    assert encoded == [320]
    assert model.classifier_.encoder_ is model.regressor_.encoder_ is model.posts_.encoder
    features = EncodedTable.of(model.posts_.encoder, POSTS.features[TEST])
    encoded.clear()
    pred = model.predict(features, authors=POSTS.authors[TEST])
    assert not encoded
    pd.testing.assert_frame_equal(pred, model.predict(POSTS.features[TEST], authors=POSTS.authors[TEST]))
    assert encoded == [80]


@pytest.mark.parametrize("categories", ["native", "onehot"])
def test_features_may_be_encoded_beforehand(categories):
    encoder = TableEncoder(categories=categories, random_state=0).fit(POSTS.features[TRAIN])
    encoded = EncodedTable.of(encoder, POSTS.features[TRAIN])
    for model in (forecaster(in_flight=False, intervals=False), DirectForecaster(random_state=0)):
        pred = clone(model).fit(encoded, POSTS.curves[TRAIN]).predict(POSTS.features[TEST])
        other = clone(model).fit(POSTS.features[TRAIN], POSTS.curves[TRAIN])
        assert pred.equals(other.predict(POSTS.features[TEST])) == (categories == "native")
        # Features that were encoded by another encoder are encoded anew.
        elsewhere = EncodedTable.of(TableEncoder(max_categories=1).fit(POSTS.features), POSTS.features[TEST])
        pd.testing.assert_frame_equal(other.predict(elsewhere), other.predict(POSTS.features[TEST]))


def test_a_component_with_an_encoder_of_its_own_encodes_the_features_itself():
    own = ShapeClassifier(LogisticRegression(max_iter=5000), encoder=TableEncoder(categories="onehot", random_state=0))
    posts, model = POSTS.features[["Camera"]], forecaster(classifier=own, in_flight=False)
    found = model.fit(posts[TRAIN], POSTS.curves[TRAIN]).classifier_
    labels = model.assign(POSTS.curves[TRAIN])
    alone = clone(own).fit(posts[TRAIN][labels >= 0], labels[labels >= 0])
    np.testing.assert_array_equal(found.predict_proba(posts[TEST]), alone.predict_proba(posts[TEST]))
    with pytest.raises(DataError, match="does not know the forecaster's column 'author_mean_log_scale'"):
        model.fit(posts[TRAIN], POSTS.curves[TRAIN], authors=POSTS.authors[TRAIN])


@pytest.mark.parametrize("model", [forecaster(), DirectForecaster(random_state=0)], ids=["decomposed", "direct"])
def test_rows_of_an_array_are_matched_by_position(model):
    table, curves = NUMBERS.fillna(0.0), POSTS.curves
    pipeline = make_pipeline(StandardScaler(), model).fit(table[TRAIN], curves[TRAIN])
    array = pipeline[:-1].transform(table)
    alone = clone(model).fit(array[TRAIN], curves[TRAIN].to_numpy())
    np.testing.assert_array_equal(pipeline.predict(table[TEST]), alone.predict(array[TEST]))
    assert pipeline.score(table[TEST], curves[TEST]) == alone.score(array[TEST], curves[TEST].to_numpy())
    with pytest.raises(DataError, match="there are 320 curves for 300 posts"):
        model.fit(array[:300], curves[TRAIN])


def test_observed_days_and_authors_are_matched_by_position_with_an_array_of_features():
    array, authors = NUMBERS.to_numpy(), POSTS.authors
    model = forecaster().fit(array[TRAIN], POSTS.curves[TRAIN], authors=authors[TRAIN])
    observed = POSTS.curves[TEST].loc[:, :2]
    pred = model.predict(array[TEST], observed=observed, authors=authors[TEST])
    by_array = model.predict(array[TEST], observed=observed.to_numpy(), authors=authors[TEST].to_numpy())
    pd.testing.assert_frame_equal(pred, by_array)


@pytest.mark.parametrize(
    ("trained", "asked"), [("d{}", "day{:02d}"), ("day{:02d}", "d{}"), ("d{}", None), (None, "d{}")]
)
def test_days_are_the_same_by_any_name_of_their_number(fitted, trained, asked):
    def named(form):
        return POSTS.curves if form is None else POSTS.curves.rename(columns=form.format)

    observed = {"observed": named(asked)[TEST].iloc[:, :3]}
    model = forecaster().fit(NUMBERS[TRAIN], named(trained)[TRAIN])
    pred = model.predict(NUMBERS[TEST], **observed)
    assert pred.columns.tolist() == named(trained).columns.tolist()
    np.testing.assert_array_equal(pred, fitted.predict(NUMBERS[TEST], observed=POSTS.curves[TEST].iloc[:, :3]))


@pytest.mark.parametrize("days", [(0,), (7, 3), (3, 3), (-1, 2), (1.5,), (True,), ("1",)])
def test_days_to_forecast_that_do_not_ascend_from_1_are_refused(days):
    with pytest.raises(ValueError, match="days must be whole numbers that ascend from 1; got"):
        DirectForecaster(days=days).fit(NUMBERS[TRAIN], POSTS.curves[TRAIN])


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
    with pytest.raises(DataError, match=f"curves: id '{missing.index[3]}' has no count on day 3, but has one later"):
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
