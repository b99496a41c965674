from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

import tsshape
from tsshape import DataError
from tsshape.bundle._clusterer import describe_clusterer
from tsshape.bundle._encoder import EncoderRecord
from tsshape.bundle._forecaster import ForecasterRecord
from tsshape.bundle._record import arrays_of, fill, layout
from tsshape.cluster import ShapeKMedoids, ShapeMeanShift
from tsshape.features import TableEncoder
from tsshape.metrics import _registry as registry
from tsshape.metrics import register_metric

SHAPES = np.random.default_rng(0).random((30, 6)).cumsum(axis=1)


@pytest.fixture(scope="module")
def saved_model(model):
    """The metadata and the arrays of a model."""
    record = ForecasterRecord.of(model)
    return record.model_dump(), arrays_of(record)


def build(metadata, arrays):
    """The model of metadata and arrays, as a file has them."""
    record = ForecasterRecord.model_validate(metadata)
    fill(record, arrays)
    return record.build()


def change(metadata, place, value):
    """The metadata with another value at a place such as `posts_.seed`; a function changes the old one."""
    tree = holder = deepcopy(metadata)
    *path, last = [int(key) if key.isdecimal() else key for key in place.split(".")]
    for key in path:
        holder = holder[key]
    holder[last] = value(holder[last]) if callable(value) else value
    return tree


def test_the_metadata_say_which_arrays_there_are_and_of_which_form(saved_model):
    metadata, arrays = saved_model
    forms = layout(ForecasterRecord.model_validate(metadata))
    assert forms.keys() == arrays.keys()
    for name, form in forms.items():
        assert arrays[name].ndim in form.n_dimensions
        assert arrays[name].dtype.str in form.dtypes or arrays[name].dtype.kind in form.dtypes


def test_names_of_columns_do_not_reach_the_names_of_arrays(saved_model):
    metadata, _ = saved_model
    place = "posts_.encoder.text_encoders_"
    renamed = change(metadata, place, lambda texts: {f"../{name}": each for name, each in texts.items()})
    assert renamed != metadata
    assert layout(ForecasterRecord.model_validate(renamed)) == layout(ForecasterRecord.model_validate(metadata))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("code", "import os"),
        ("shape", "round"),
        ("in_flight", 1),
        ("posts_.seed", -1),
        ("posts_.seed", 0.0),
        ("random_state", 2**32),
        ("days_", [1, "2", 3, 4, 5, 6]),
        ("days_", [1.5]),
        ("posts_.history", True),
        ("regressor_.estimator_.start", np.nan),
        ("regressor_.estimator_.quantiles.0", 0.0),
        ("regressor_.estimator_.quantiles", [0.5] * 101),
        ("regressor_.estimator_.point_boosters.0.n_features", 0),
        ("classifier_.estimator_.objective", "lambdarank"),
        ("classifier_.estimator_.n_classes", 2**31),
        ("posts_.encoder.kinds_.Camera", "image"),
        ("posts_.encoder.calendars_", {"Contacts": ["minute"]}),
        ("posts_.encoder.categories_.Camera.values", ["a", 1]),
        ("posts_.encoder.categories_.Camera.values", [np.inf]),
        ("posts_.encoder.text_encoders_.Title.n_components", True),
        ("clusterer_.kind", "Popen"),
        ("clusterer_.n_clusters", 0),
        ("clusterer_.tol", -1.0),
        ("clusterer_.n_init", None),
        ("clusterer_.linkage", "single"),
        ("clusterer_.n_jobs", 0),
        ("clusterer_.n_jobs", 10**6),
        ("clusterer_.metric", 3),
        ("clusterer_.metric_params", {"window": "os"}),
        ("clusterer_.metric_params", {"window": [1]}),
        ("clusterer_.inertia_", np.inf),
        # An array has no place in the metadata, whatever it is.
        ("clusterer_.labels_", None),
        ("clusterer_.labels_", [0]),
        ("regressor_.estimator_.quantile_boosters.0.leaf_value", [0.1]),
    ],
)
def test_metadata_that_a_schema_refuses(place, value, saved_model):
    tree = change(saved_model[0], place, value)
    with pytest.raises(ValidationError):
        ForecasterRecord.model_validate(tree)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("days_", [], "there are no days"),
        ("days_", [1, 2, 3, 4, 5, 5], "a day occurs twice"),
        ("days_", [2, 1, 3, 4, 5, 6], "the days do not ascend"),
        ("days_", [1, 2, 3, 4, 5], "there are 5 days"),
        ("days_", ["a", "b", "c", "d", "e", "a"], "a day occurs twice"),
        ("posts_.encoder.feature_names_in_", lambda names: [*names, names[0]], "a column twice"),
        ("posts_.encoder.feature_names_in_", lambda names: names[1:], "one that was not among the features"),
        ("posts_.encoder.kinds_.Camera", "number", "of the kind category"),
        ("posts_.encoder.kinds_.Contacts", "category", "of the kind category"),
        ("posts_.encoder.kinds_.Title", "number", "of the kind text"),
        ("posts_.encoder.text_encoders_", {}, "of the kind text"),
        ("posts_.encoder.calendars_", {"Contacts": ["hour"]}, "a calendar of a column that is no date"),
        ("posts_.encoder.categories_.Camera.values", [], "no categories, or one of them twice"),
        ("posts_.encoder.categories_.Camera.values", ["a", "b", "a"], "no categories, or one of them twice"),
        ("posts_.encoder.text_encoders_.Title.n_components", 15, "do not fit one another"),
        ("posts_.encoder.text_encoders_.Title.n_components", 2**31 - 1, "do not fit one another"),
        ("classifier_.estimator_.n_features", 70, "takes 70 features, but there are"),
        ("classifier_.estimator_.objective", "quantile", "has the objective"),
        ("classifier_.estimator_.n_classes", 1, "one class for each column"),
        ("classifier_.estimator_", None, "one class for each column"),
        ("classifier_.columns_", lambda names: names[1:], "a booster takes"),
        ("classifier_.columns_", lambda names: [*names, names[0]], "the ShapeClassifier lists a column twice"),
        ("regressor_.columns_", lambda names: [*names[1:], "x"], "the ScaleRegressor takes the column 'x', which"),
        ("regressor_.estimator_.quantiles", [0.05, 0.5, 0.25, 0.75, 0.95], "one booster for each of its quantiles"),
        ("regressor_.estimator_.quantiles", [0.05, 0.5, 0.95], "one booster for each of its quantiles"),
        ("regressor_.estimator_.loss", "median", "models for its loss 'median'"),
        ("regressor_.estimator_.loss", "mean", "models for its loss 'mean'"),
        ("regressor_.estimator_.bags", 5, "models for its loss 'trimmed'"),
        ("regressor_.estimator_.point_boosters.0.objective", "tweedie", "has the objective"),
        ("regressor_.estimator_.quantile_boosters.0.objective", "tweedie", "has the objective"),
        ("regressor_.estimator_.quantile_boosters.0.n_classes", 2, "a booster of several classes"),
        ("in_flight", False, "has an in-flight model if and only if"),
        ("in_flight_", None, "has an in-flight model if and only if"),
        ("intervals", False, "fitted with intervals=False"),
        ("posts_.history", None, "takes the column 'author_mean_log_scale', which the posts do not have"),
        ("clusterer_.n_clusters", 5, "there are 4 prototypes for 5 clusters"),
        ("clusterer_.metric_params", {"window": 3}, "metric 'euclidean' has no parameter 'window'"),
    ],
)
def test_metadata_that_contradict_one_another_are_refused(place, value, message, saved_model):
    metadata, arrays = saved_model
    with pytest.raises(DataError, match=message):
        build(change(metadata, place, value), arrays)


def test_an_encoder_of_dates_that_was_saved_without_calendars_encodes_seconds_only():
    dates = pd.DataFrame({"x": pd.date_range("2024-05-31", periods=3, freq="33h")})
    record = EncoderRecord.of(TableEncoder().fit(dates)).model_dump()
    assert EncoderRecord(**record).build().transform(dates).shape == (3, 4)
    del record["calendars_"]
    assert list(EncoderRecord(**record).build().transform(dates)) == ["x"]


def test_an_encoder_of_a_classifier_must_be_one_of_its_columns(saved_model):
    metadata, arrays = saved_model
    encoder = metadata["posts_"]["encoder"]
    arrays = arrays | {
        name.replace("posts_/", "classifier_/").replace("encoder/", "encoder_/"): array
        for name, array in arrays.items()
        if "text_encoders_" in name
    }
    with pytest.raises(DataError, match="the encoder of the ShapeClassifier was not fitted on the columns"):
        build(change(metadata, "classifier_.encoder_", encoder), arrays)


@pytest.mark.parametrize(
    ("member", "change", "message"),
    [
        ("clusterer_/prototypes_", lambda values: values[:, :-1], "there are 6 days"),
        ("clusterer_/prototypes_", lambda values: values[:0], "has no prototypes"),
        ("clusterer_/prototypes_", lambda values: values * np.nan, "a prototype holds a value that is not between"),
        ("clusterer_/prototypes_", lambda values: values * 1e7, "a prototype holds a value that is not between"),
        ("clusterer_/prototypes_", lambda values: values[:1], "1 prototypes for 4 clusters"),
        ("clusterer_/labels_", lambda values: values + 1, "the labels are not numbers from 0 to 3"),
        ("clusterer_/counts_", lambda values: values[:, 1:], "counts of a ShapeKMeans do not fit"),
        ("clusterer_/counts_", lambda values: -values - 1, "counts of a ShapeKMeans do not fit"),
        ("classifier_/classes_", lambda values: values + 1, "a class for which there is no prototype"),
        ("classifier_/classes_", lambda values: values - 1, "a class for which there is no prototype"),
        ("classifier_/classes_", lambda values: values[::-1], "do not ascend"),
        ("classifier_/classes_", lambda values: values[1:], "one class for each column"),
        ("bands_/at_upload_/errors_", lambda values: values[:, :, :-1], "intervals do not fit"),
        ("bands_/at_upload_/errors_", lambda values: values * np.nan, "intervals are not finite"),
        ("bands_/in_flight_/edges_", lambda values: values[:1], "intervals do not fit"),
        ("in_flight_/cutoffs_", lambda values: values[::-1].copy(), "do not ascend among the days"),
        ("in_flight_/cutoffs_", lambda values: values - 1, "do not ascend among the days"),
        ("in_flight_/cutoffs_", lambda values: values + 3, "do not ascend among the days"),
        ("in_flight_/cutoffs_", lambda _: np.array([1, 2**63 - 1, -2, 4]), "do not ascend among the days"),
        ("in_flight_/cutoffs_", lambda values: values[:0], "do not ascend among the days"),
        ("posts_/history/means", lambda values: values[:-1], "does not fit the authors"),
        ("posts_/history/means", lambda values: values * np.nan, "a mean that is not finite, or"),
        ("posts_/history/means", lambda values: values[:, :-1], "the growth from each cutoff"),
        ("posts_/history/n_posts", lambda values: values * 0, "a mean that is not finite, or"),
        ("posts_/history/name", lambda values: np.full_like(values, "a"), "an author occurs twice"),
        ("posts_/encoder/text_encoders_/0/terms", lambda values: values[1:], "do not fit one another"),
        (
            "posts_/encoder/text_encoders_/0/terms",
            lambda values: np.full_like(values, "a"),
            "'Title' has an n-gram twice",
        ),
        ("posts_/encoder/text_encoders_/0/idf", lambda values: values * 0, "a value out of range"),
        ("posts_/encoder/text_encoders_/0/idf", lambda values: values * 1e7, "a value out of range"),
        ("posts_/encoder/text_encoders_/0/scaling_factor", lambda values: values * 0, "a value out of range"),
        ("posts_/encoder/text_encoders_/0/scaling_factor", lambda values: -values, "a value out of range"),
        ("posts_/encoder/text_encoders_/0/components", lambda values: values * np.nan, "a value out of range"),
        ("posts_/encoder/text_encoders_/0/components", lambda values: values.T, "do not fit one another"),
    ],
)
def test_arrays_that_do_not_fit_one_another_are_refused(member, change, message, saved_model):
    metadata, arrays = saved_model
    with pytest.raises(DataError, match=message):
        build(metadata, arrays | {member: change(arrays[member])})


def test_an_error_names_the_file_and_the_place(rewrite, saved):
    rewrite(lambda record: record | {"model": record["model"] | {"code": "import os"}})
    place = r"'model\.forecaster\.code'"
    with pytest.raises(DataError, match=rf"^{saved}: its metadata are not those of a model: {place}: Extra"):
        tsshape.load(saved)


def test_what_a_file_says_reaches_no_terminal_as_it_stands(rewrite, saved):
    rewrite(lambda record: record | {"model": record["model"] | {"kind": "\x1b[31m\u202e"}})
    with pytest.raises(DataError, match=r"\\x1b\[31m\\u202e") as refused:
        tsshape.load(saved)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("metric", ["tslearn:gak", "sktime:DtwDist", "no such metric", "evil:os.system", ""])
def test_a_file_does_not_load_a_metric(metric, saved_model, clean_registry, monkeypatch):
    del clean_registry
    for name in ("from_bridge", "from_entry_point", "offered_names"):
        monkeypatch.setattr(registry, name, None)
    metadata, arrays = saved_model
    with pytest.raises(DataError, match=f"the metric '{metric}' is neither built in nor loaded"):
        build(change(metadata, "clusterer_.metric", metric), arrays)


def test_a_metric_that_the_user_has_registered_is_taken(clean_registry):
    del clean_registry
    register_metric("first", route="embed")(lambda X: X[:, :1])
    record = describe_clusterer(ShapeKMedoids(3, metric="first", random_state=0).fit(SHAPES))
    np.testing.assert_array_equal(record.build().predict(SHAPES), record.labels_)


@pytest.mark.parametrize(
    ("clusterer", "field", "change", "message"),
    [
        (ShapeMeanShift(0.9), "modes_", lambda values: values[:, 1:], "the modes do not fit"),
        (ShapeMeanShift(0.9), "modes_", lambda values: values * np.nan, "the modes do not fit"),
        (ShapeMeanShift(0.9), "prototypes_", lambda values: values[1:], "the modes do not fit"),
        (ShapeMeanShift(0.9), "metric", lambda _: "dtw", "mean shift does not go with the metric 'dtw'"),
        (ShapeKMedoids(3), "medoid_indices_", lambda values: values + 30, "the medoids are not numbers from 0 to 29"),
        (ShapeKMedoids(3), "medoid_indices_", lambda values: values[1:], "do not fit its prototypes"),
    ],
)
def test_what_a_clusterer_has_learned_must_fit_its_prototypes(clusterer, field, change, message):
    record = describe_clusterer(clusterer.fit(SHAPES))
    setattr(record, field, change(getattr(record, field)))
    with pytest.raises(DataError, match=message):
        record.build()
