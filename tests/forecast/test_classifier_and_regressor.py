import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import DataConversionWarning
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from tsshape import DataError
from tsshape.features import TableEncoder
from tsshape.forecast import ScaleRegressor, ShapeClassifier

RNG = np.random.default_rng(0)
N = 600
POSTS = pd.DataFrame(
    {
        "followers": RNG.lognormal(5, 2, N),
        "topic": RNG.choice(["cats", "news", "sport"], N),
        "noise": np.where(RNG.random(N) < 0.1, np.nan, RNG.random(N)),
    },
    index=[f"p{i}" for i in range(N)],
)
SCALE = POSTS["followers"].to_numpy() * np.where(POSTS["topic"] == "cats", 10.0, 1.0) * RNG.lognormal(0, 0.3, N)
CLUSTERS = np.where(POSTS["topic"] == "cats", 3, np.where(POSTS["followers"] > 150, 1, 0))
TRAIN, TEST = slice(0, 450), slice(450, N)


def test_the_default_regressor_forecasts_the_median():
    pred = ScaleRegressor(random_state=0).fit(POSTS[TRAIN], SCALE[TRAIN]).predict(POSTS[TEST])
    assert 0.4 < np.mean(pred > SCALE[TEST]) < 0.6
    assert np.median(np.abs(np.log(pred / SCALE[TEST]))) < 0.4


def test_a_given_regressor_sees_the_raw_scale_and_numbers_only():
    pred = (
        ScaleRegressor(LinearRegression(), columns=["followers"]).fit(POSTS[TRAIN], SCALE[TRAIN]).predict(POSTS[TEST])
    )
    plain = LinearRegression().fit(POSTS[["followers"]][TRAIN].to_numpy(), SCALE[TRAIN])
    np.testing.assert_allclose(pred, plain.predict(POSTS[["followers"]][TEST].to_numpy()).clip(min=0))


def test_a_scale_is_never_forecast_below_0():
    falling = TransformedTargetRegressor(LinearRegression(), func=np.negative, inverse_func=np.negative)
    posts = pd.DataFrame({"x": [0.0, 1.0, 2.0]})
    assert ScaleRegressor(falling).fit(posts, [4.0, 2.0, 0.0]).predict(pd.DataFrame({"x": [9.0]})).tolist() == [0.0]


def test_columns_may_be_chosen_from_the_training_rows():
    seen = []

    def choose(features, target):
        seen.append((len(features), target.index.equals(features.index)))
        return ["followers"]

    model = ScaleRegressor(LinearRegression(), columns=choose).fit(POSTS[TRAIN], SCALE[TRAIN])
    assert model.columns_ == ["followers"]
    assert seen == [(450, True)]


def test_a_column_that_is_not_there_is_refused_by_name():
    with pytest.raises(DataError, match="lack the columns \\['likes'\\]"):
        ScaleRegressor(columns=["likes"]).fit(POSTS, SCALE)
    with pytest.raises(DataError, match="topic"):
        ScaleRegressor(random_state=0).fit(POSTS, SCALE).predict(POSTS.drop(columns="topic"))


@pytest.mark.parametrize("scale", [-1.0, np.nan, np.inf])
def test_a_scale_out_of_range_is_refused(scale):
    with pytest.raises(DataError, match="scales"):
        ScaleRegressor().fit(POSTS[:2], [1.0, scale])


def test_the_default_classifier_learns_categories_and_numbers():
    model = ShapeClassifier(random_state=0).fit(POSTS[TRAIN], CLUSTERS[TRAIN])
    assert model.classes_.tolist() == [0, 1, 3]
    assert (model.predict(POSTS[TEST]) == CLUSTERS[TEST]).mean() > 0.95
    np.testing.assert_allclose(model.predict_proba(POSTS[TEST]).sum(axis=1), 1.0)


def test_any_classifier_can_take_its_place():
    model = ShapeClassifier(RandomForestClassifier(50, random_state=0)).fit(POSTS[TRAIN], CLUSTERS[TRAIN])
    assert (model.predict(POSTS[TEST]) == CLUSTERS[TEST]).mean() > 0.95
    onehot = make_pipeline(OneHotEncoder(handle_unknown="ignore"), RandomForestClassifier(50, random_state=0))
    by_topic = ShapeClassifier(onehot, columns=["topic"]).fit(POSTS[TRAIN], CLUSTERS[TRAIN] == 3)
    assert (by_topic.predict(POSTS[TEST]) == (CLUSTERS[TEST] == 3)).all()


def test_an_encoder_can_be_given():
    model = ShapeClassifier(encoder=TableEncoder(categories="onehot"), random_state=0).fit(POSTS, CLUSTERS)
    assert "topic_cats" in model.encoder_.get_feature_names_out()


def test_one_cluster_is_predicted_for_all():
    model = ShapeClassifier(random_state=0).fit(POSTS, np.full(N, 7))
    assert set(model.predict(POSTS)) == {7}


@pytest.mark.parametrize(("kind", "target"), [(ScaleRegressor, SCALE), (ShapeClassifier, CLUSTERS)])
def test_a_row_is_forecast_the_same_whatever_else_is_in_the_batch(kind, target):
    model = kind(random_state=0).fit(POSTS, target)
    np.testing.assert_array_equal(model.predict(POSTS[::-1])[::-1], model.predict(POSTS))
    np.testing.assert_array_equal(model.predict(POSTS[5:6]), model.predict(POSTS)[5:6])


@pytest.mark.parametrize(("kind", "target"), [(ScaleRegressor, SCALE), (ShapeClassifier, CLUSTERS)])
def test_plain_arrays_are_taken(kind, target):
    X = POSTS[["followers", "noise"]].to_numpy()
    assert kind(random_state=0).fit(X, target).predict(X).shape == (N,)
    with pytest.raises(DataError, match="2 dimensions"):
        kind().fit(X[:, 0], target)


@pytest.mark.parametrize(("kind", "target"), [(ScaleRegressor, SCALE), (ShapeClassifier, CLUSTERS)])
def test_a_column_of_targets_is_taken_with_a_warning_and_more_columns_are_refused(kind, target):
    X = POSTS[["followers"]]
    with pytest.warns(DataConversionWarning, match="column-vector y"):
        found = kind(random_state=0).fit(X, target[:, None]).predict(X)
    np.testing.assert_array_equal(found, kind(random_state=0).fit(X, target).predict(X))
    with pytest.raises(DataError, match=r"one value for each of the 600 posts; got shape \(600, 2\)"):
        kind().fit(X, np.column_stack([target, target]))
    with pytest.raises(DataError, match="requires y to be passed"):
        kind().fit(X, None)


@pytest.mark.parametrize("label", [0.5, np.inf])
def test_numbers_that_are_no_labels_are_refused(label):
    with pytest.raises(DataError, match=f"continuous number {label}"):
        ShapeClassifier().fit(POSTS[:3], [0.0, 1.0, label])


@pytest.mark.parametrize(("kind", "target"), [(ScaleRegressor, SCALE), (ShapeClassifier, CLUSTERS)])
def test_an_array_must_have_the_columns_of_training_and_may_have_no_rows(kind, target):
    X = POSTS[["followers", "noise"]].to_numpy()
    model = kind(random_state=0).fit(X, target)
    assert model.predict(X[:0]).shape == (0,)
    with pytest.raises(ValueError, match=r"X has 1 features, but .* is expecting 2"):
        model.predict(X[:, :1])


@pytest.mark.parametrize("kind", [ScaleRegressor, ShapeClassifier])
def test_they_clone(kind):
    assert (
        clone(kind(columns=["topic"], random_state=4)).get_params()
        == kind(columns=["topic"], random_state=4).get_params()
    )
