from copy import deepcopy

import numpy as np
import pytest
from pydantic import ValidationError

import tsshape
from tsshape import DataError
from tsshape.bundle import _heads
from tsshape.bundle._clusterer import pack_clusterer, unpack_clusterer
from tsshape.bundle._forecaster import forecaster_layout, pack_forecaster, unpack_forecaster
from tsshape.bundle._schema import ForecasterRecord
from tsshape.cluster import ShapeKMedoids, ShapeMeanShift
from tsshape.metrics import _registry as registry
from tsshape.metrics import register_metric

SHAPES = np.random.default_rng(0).random((30, 6)).cumsum(axis=1)


@pytest.fixture(scope="module")
def packed(model):
    return pack_forecaster(model)


def change(record, place, value):
    """The metadata with another value at a place such as `regressor.growth.start`; a function changes what is there."""
    tree = holder = deepcopy(record.model_dump())
    *path, last = [int(key) if key.isdecimal() else key for key in place.split(".")]
    for key in path:
        holder = holder[key]
    holder[last] = value(holder[last]) if callable(value) else value
    return tree


def test_the_layout_of_a_record_is_what_was_packed(packed):
    record, arrays = packed
    layout = forecaster_layout(record)
    assert layout.keys() == arrays.keys()
    for name, form in layout.items():
        assert arrays[name].ndim == form.n_dimensions
        assert arrays[name].dtype.str in form.dtypes or arrays[name].dtype.kind in form.dtypes


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("code", "import os"),
        ("shape", "round"),
        ("in_flight", 1),
        ("seed", -1),
        ("seed", 0.0),
        ("random_state", 2**32),
        ("days", [1, "2", 3, 4, 5, 6]),
        ("days", [1.5]),
        ("authors", None),
        ("regressor.growth.start", np.nan),
        ("regressor.growth.quantiles.0", 0.0),
        ("regressor.growth.quantiles", [0.5] * 101),
        ("regressor.growth.point_boosters.0.n_features", 0),
        ("classifier.booster.objective", "lambdarank"),
        ("classifier.booster.n_classes", 2**31),
        ("encoder.kinds.Camera", "image"),
        ("encoder.category_values.Camera.values", ["a", 1]),
        ("encoder.category_values.Camera.values", [np.inf]),
        ("encoder.texts.Title.n_components", True),
        ("clusterer.kind", "Popen"),
        ("clusterer.n_clusters", 0),
        ("clusterer.tol", -1.0),
        ("clusterer.n_init", None),
        ("clusterer.linkage", "single"),
        ("clusterer.n_jobs", 0),
        ("clusterer.n_jobs", 10**6),
        ("clusterer.metric", 3),
        ("clusterer.metric_params", {"window": "os"}),
        ("clusterer.metric_params", {"window": [1]}),
        ("clusterer.inertia_", np.inf),
    ],
)
def test_metadata_that_a_schema_refuses(place, value, packed):
    tree = change(packed[0], place, value)
    with pytest.raises(ValidationError):
        ForecasterRecord.model_validate(tree)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("days", [], "there are no days"),
        ("days", [1, 2, 3, 4, 5, 5], "one twice"),
        ("days", [2, 1, 3, 4, 5, 6], "the days do not ascend"),
        ("days", [1, 2, 3, 4, 5], "there are 5 days"),
        ("days", ["a", "b", "c", "d", "e", "a"], "one twice"),
        ("encoder.feature_names_in", lambda names: [*names, names[0]], "a column twice"),
        ("encoder.feature_names_in", lambda names: names[1:], "one that it has not seen"),
        ("encoder.kinds.Camera", "number", "of the kind category"),
        ("encoder.kinds.Contacts", "category", "of the kind category"),
        ("encoder.kinds.Title", "number", "of the kind text"),
        ("encoder.texts", {}, "of the kind text"),
        ("encoder.category_values.Camera.values", [], "no categories, or one twice"),
        ("encoder.category_values.Camera.values", ["a", "b", "a"], "no categories, or one twice"),
        ("encoder.texts.Title.n_components", 15, "do not fit one another"),
        ("encoder.texts.Title.n_components", 2**31 - 1, "do not fit one another"),
        ("classifier.booster.n_features", 70, "takes 70 features, but there are"),
        ("classifier.booster.objective", "quantile", "does not belong where it stands"),
        ("classifier.booster.n_classes", 1, "one class for each column"),
        ("classifier.only_class", 1, "no trees, or trees for one class"),
        ("classifier.columns", lambda names: names[1:], "a booster takes 71 features, but there are 70"),
        ("classifier.columns", lambda names: [*names, names[0]], "the ShapeClassifier lists a column twice"),
        (
            "classifier.columns",
            lambda names: ["no such column", *names[1:]],
            "takes a column that the encoded posts do",
        ),
        ("regressor.growth.quantiles", [0.05, 0.5, 0.25, 0.75, 0.95], "one booster for each of its quantiles"),
        ("regressor.growth.quantiles", [0.05, 0.5, 0.95], "one booster for each of its quantiles"),
        ("regressor.growth.loss", "median", "models for its loss 'median'"),
        ("regressor.growth.loss", "mean", "models for its loss 'mean'"),
        ("regressor.growth.bags", 5, "models for its loss 'trimmed'"),
        ("regressor.growth.point_boosters.0.objective", "tweedie", "does not belong where it stands"),
        ("regressor.growth.quantile_boosters.0.objective", "tweedie", "does not belong where it stands"),
        ("regressor.growth.quantile_boosters.0.n_classes", 2, "a booster of classes"),
        ("in_flight", False, "a model in flight where there can be none"),
        ("in_flight_model", None, "a model in flight where there can be none"),
        ("intervals", False, "intervals in a forecaster without intervals"),
        ("authors", False, "takes a column that the encoded posts do not have"),
        ("clusterer.n_clusters", 5, "there are 4 prototypes for 5 clusters"),
        ("clusterer.metric_params", {"window": 3}, "metric 'euclidean' has no parameter 'window'"),
    ],
)
def test_metadata_that_contradict_one_another_are_refused(place, value, message, packed):
    record = ForecasterRecord.model_validate(change(packed[0], place, value))
    with pytest.raises(DataError, match=message):
        unpack_forecaster(record, packed[1])


@pytest.mark.parametrize(
    ("member", "change", "message"),
    [
        ("clusterer/prototypes_", lambda values: values[:, :-1], "there are 6 days"),
        ("clusterer/prototypes_", lambda values: values[:0], "there are 6 days"),
        ("clusterer/prototypes_", lambda values: values * np.nan, "a prototype is no shape"),
        ("clusterer/prototypes_", lambda values: values * 1e7, "a prototype is no shape"),
        ("clusterer/prototypes_", lambda values: values[:1], "1 prototypes for 4 clusters"),
        ("clusterer/labels_", lambda values: values + 1, "the labels are not numbers from 0 to 3"),
        ("clusterer/labels_", lambda values: values[:0], "the labels are not numbers from 0 to 3"),
        ("clusterer/counts_", lambda values: values[:, 1:], "counts of a ShapeKMeans do not fit"),
        ("clusterer/counts_", lambda values: -values - 1, "counts of a ShapeKMeans do not fit"),
        ("classifier/classes", lambda values: values + 1, "a class for which there is no prototype"),
        ("classifier/classes", lambda values: values - 1, "a class for which there is no prototype"),
        ("classifier/classes", lambda values: values[::-1], "do not ascend"),
        ("classifier/classes", lambda values: values[1:], "one class for each column"),
        ("bands/at_upload/errors", lambda values: values[:, :, :-1], "intervals do not fit"),
        ("bands/at_upload/errors", lambda values: values * np.nan, "intervals are not finite"),
        ("bands/in_flight/edges", lambda values: values[:1], "intervals do not fit"),
        ("in_flight/cutoffs", lambda values: values[::-1].copy(), "do not ascend among the days"),
        ("in_flight/cutoffs", lambda values: values - 1, "do not ascend among the days"),
        ("in_flight/cutoffs", lambda values: values + 3, "do not ascend among the days"),
        ("in_flight/cutoffs", lambda _: np.array([1, 2**63 - 1, -2, 4]), "do not ascend among the days"),
        ("in_flight/cutoffs", lambda values: values[:0], "do not ascend among the days"),
        ("authors/sum", lambda values: values[:-1], "does not fit the authors"),
        ("authors/sum", lambda values: values * np.nan, "values that no history has"),
        ("authors/n", lambda values: values * 0, "values that no history has"),
        ("authors/name", lambda values: np.full_like(values, "a"), "one stands twice"),
        ("encoder/text_0/terms", lambda values: values[1:], "do not fit one another"),
        ("encoder/text_0/terms", lambda values: np.full_like(values, "a"), "'Title' has an n-gram twice"),
        ("encoder/text_0/idf", lambda values: values * 0, "values that no encoder has"),
        ("encoder/text_0/idf", lambda values: values * 1e7, "values that no encoder has"),
        ("encoder/text_0/scaling_factor", lambda values: values * 0, "values that no encoder has"),
        ("encoder/text_0/scaling_factor", lambda values: -values, "values that no encoder has"),
        ("encoder/text_0/components", lambda values: values * np.nan, "values that no encoder has"),
        ("encoder/text_0/components", lambda values: values.T, "do not fit one another"),
    ],
)
def test_arrays_that_do_not_fit_one_another_are_refused(member, change, message, packed):
    record, arrays = packed
    with pytest.raises(DataError, match=message):
        unpack_forecaster(record, arrays | {member: change(arrays[member])})


def test_a_fault_is_told_with_the_file_and_the_place(rewrite, saved):
    rewrite(lambda record: record | {"model": record["model"] | {"code": "import os"}})
    with pytest.raises(DataError, match=rf"^{saved}: its metadata are not those of a model: 'model\.code': Extra"):
        tsshape.load(saved)


@pytest.mark.parametrize("metric", ["tslearn:gak", "sktime:DtwDist", "no such metric", "evil:os.system", ""])
def test_a_file_does_not_load_a_metric(metric, packed, clean_registry, monkeypatch):
    del clean_registry
    for name in ("from_bridge", "from_entry_point", "offered_names"):
        monkeypatch.setattr(registry, name, None)
    record = ForecasterRecord.model_validate(change(packed[0], "clusterer.metric", metric))
    with pytest.raises(DataError, match=f"the metric '{metric}' is neither built in nor loaded"):
        unpack_forecaster(record, packed[1])


def test_a_metric_that_the_user_has_registered_is_taken(clean_registry):
    del clean_registry
    register_metric("first", route="embed")(lambda X: X[:, :1])
    record, arrays = pack_clusterer(ShapeKMedoids(3, metric="first", random_state=0).fit(SHAPES))
    again = unpack_clusterer(record, arrays, n_times=6)
    np.testing.assert_array_equal(again.predict(SHAPES), arrays["labels_"])


@pytest.mark.parametrize(
    ("clusterer", "changes", "message"),
    [
        (ShapeMeanShift(0.9), {"modes_": lambda values: values[:, 1:]}, "the modes do not fit"),
        (ShapeMeanShift(0.9), {"modes_": lambda values: values * np.nan}, "the modes do not fit"),
        (ShapeMeanShift(0.9), {"prototypes_": lambda values: values[1:]}, "the modes do not fit"),
        (ShapeKMedoids(3), {"medoid_indices_": lambda values: values + 30}, "the medoids are not numbers from 0 to 29"),
        (ShapeKMedoids(3), {"medoid_indices_": lambda values: values[1:]}, "do not fit its prototypes"),
    ],
)
def test_what_a_clusterer_has_learned_must_fit_its_prototypes(clusterer, changes, message):
    record, arrays = pack_clusterer(clusterer.fit(SHAPES))
    arrays |= {name: change(arrays[name]) for name, change in changes.items()}
    with pytest.raises(DataError, match=message):
        unpack_clusterer(record, arrays, n_times=6)


def test_mean_shift_is_refused_under_a_metric_without_vectors():
    record, arrays = pack_clusterer(ShapeMeanShift(0.9).fit(SHAPES))
    with pytest.raises(DataError, match="mean shift does not go with the metric 'dtw'"):
        unpack_clusterer(record.model_copy(update={"metric": "dtw"}), arrays, n_times=6)


def test_more_classes_than_can_be_explained_are_refused(packed, monkeypatch):
    monkeypatch.setattr(_heads, "_MOST_CELLS", 200)
    with pytest.raises(DataError, match=r"4 classes of .* features are more than can be explained"):
        unpack_forecaster(*packed)
