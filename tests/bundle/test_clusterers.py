"""Clusterers as files of their own."""

from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans

import tsshape
from tsshape import DataError
from tsshape.bundle._clusterer import ClusteringRecord
from tsshape.bundle._record import arrays_of, fill
from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeDBSCAN,
    ShapeHDBSCAN,
    ShapeKMeans,
    ShapeKMedoids,
    ShapeKShape,
    ShapeMeanShift,
)
from tsshape.forecast import ScaleShapeForecaster

SHAPES = np.sort(np.random.default_rng(0).random((60, 6)), axis=1)
NEW = np.sort(np.random.default_rng(1).random((40, 6)), axis=1)
CLUSTERERS = [
    ShapeKMeans(3, random_state=0),
    ShapeKMeans(3, metric="dtw", metric_params={"window": 2}, random_state=np.random.RandomState(0)),
    ShapeKMedoids(3, metric="area", random_state=0),
    ShapeMeanShift(0.6, metric="cumulative_area"),
    ShapeAgglomerative(3, metric="manhattan"),
    ShapeKShape(3, random_state=0),
    ShapeDBSCAN(0.35, metric="dtw", min_samples=3),
    ShapeHDBSCAN(3),
]


def largest_gap(x, y):
    """A metric that is a plain function."""
    return np.abs(x - y).max()


def reload(model, folder, **options):
    tsshape.save(model, folder / "m")
    return tsshape.load(folder / "m", **options)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("clusterer", CLUSTERERS, ids=lambda clusterer: type(clusterer).__name__)
def test_a_clusterer_answers_the_same_bits_after_it_was_loaded(clusterer, dtype, tmp_path):
    clusterer = clusterer.fit(SHAPES.astype(dtype))
    again = reload(clusterer, tmp_path)
    assert type(again) is type(clusterer)
    np.testing.assert_array_equal(again.predict(NEW.astype(dtype)), clusterer.predict(NEW.astype(dtype)))
    for name, value in vars(clusterer).items():
        if name != "random_state":
            np.testing.assert_array_equal(getattr(again, name), value)
            assert np.asarray(getattr(again, name)).dtype == np.asarray(value).dtype
    assert not hasattr(again, "feature_names_in_")


@pytest.mark.parametrize("n_channels", [1, 3])
def test_curves_of_several_channels_and_unequal_lengths_are_assigned_as_before(n_channels, tmp_path):
    curves = np.repeat(SHAPES[:, None], n_channels, axis=1).tolist()
    curves = [np.array(curve)[..., : 3 + row % 4].squeeze() for row, curve in enumerate(curves)]
    for clusterer in (ShapeKMeans(3, metric="dtw", random_state=0), ShapeDBSCAN(1.0, metric="dtw", min_samples=3)):
        again = reload(clusterer.fit(curves), tmp_path)
        np.testing.assert_array_equal(again.predict(curves), clusterer.predict(curves))
        np.testing.assert_array_equal(again.prototypes_, clusterer.prototypes_)
        assert not hasattr(again, "n_features_in_")


def test_prototypes_that_end_early_are_refused_under_a_metric_that_is_not_elastic():
    record = ClusteringRecord.of(ShapeKMedoids(3, metric="area", random_state=0).fit(SHAPES[:, None].repeat(2, axis=1)))
    arrays = arrays_of(record)
    arrays["clusterer/prototypes_"][0, :, -1] = np.nan
    with pytest.raises(DataError, match="a prototype holds a value"):
        build(record.model_dump(), arrays)


def test_the_columns_of_a_table_keep_their_names(tmp_path):
    table = pd.DataFrame(SHAPES, columns=[f"day{day}" for day in range(6)])
    again = reload(ShapeKMeans(3, random_state=0).fit(table), tmp_path)
    assert again.feature_names_in_.tolist() == [*table.columns]
    with pytest.raises(ValueError, match="feature names should match"):
        again.predict(table.rename(columns={"day0": "first"}))


def test_a_clusterer_of_batches_goes_on_where_it_was(tmp_path):
    ours = ShapeKMeans(3, random_state=0).partial_fit(SHAPES)
    again = reload(ours, tmp_path)
    np.testing.assert_array_equal(again.partial_fit(NEW).prototypes_, ours.partial_fit(NEW).prototypes_)


def test_a_forecaster_with_k_shape_is_saved(posts, tmp_path):
    model = ScaleShapeForecaster(ShapeKShape(3, random_state=0), in_flight=False, intervals=False, random_state=0)
    model.fit(posts.features[["Contacts"]], posts.curves)
    again = reload(model, tmp_path, kind=ScaleShapeForecaster)
    pd.testing.assert_frame_equal(again.predict(posts.features), model.predict(posts.features), check_exact=True)
    np.testing.assert_array_equal(again.assign(posts.curves), model.assign(posts.curves))


def test_another_kind_of_model_than_is_expected_is_refused(saved, tmp_path):
    with pytest.raises(DataError, match=r"model.tsshape: holds a ScaleShapeForecaster; a ShapeKMeans is needed"):
        tsshape.load(saved, kind=ShapeKMeans)
    with pytest.raises(DataError, match=r"m: holds a ShapeKMeans; a ScaleShapeForecaster is needed"):
        reload(ShapeKMeans(3).fit(SHAPES), tmp_path, kind=ScaleShapeForecaster)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (KMeans(3, n_init=1).fit(SHAPES), "a KMeans cannot be saved"),
        (ShapeKMeans(3), "the ShapeKMeans is not fitted"),
        (
            ShapeKMedoids(3, metric=largest_gap).fit(SHAPES),
            "metric of a ShapeKMedoids is a function, which .* register it",
        ),
        (ShapeKMeans(3).fit(SHAPES * 1e7), "a prototype holds a value that is not between"),
    ],
)
def test_clusterers_without_a_form_as_arrays_are_refused_before_anything_is_written(model, message, tmp_path):
    with pytest.raises(DataError, match=message):
        tsshape.save(model, tmp_path / "m")
    assert not list(tmp_path.iterdir())


def build(metadata, arrays):
    """The clusterer of metadata and arrays, as a file has them."""
    record = ClusteringRecord.model_validate(metadata)
    fill(record, arrays)
    return record.build()


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("clusterer/centroids_", lambda old: old[:-1], "centroids"),
        ("clusterer/centroids_", lambda old: old * 0, "centroids"),
        ("clusterer/centroids_", lambda old: old * np.nan, "centroids"),
        ("clusterer/prototypes_", lambda old: old[:-1], "2 prototypes for 3 clusters"),
        ("clusterer/labels_", lambda old: old + 1, "labels"),
    ],
)
def test_attributes_that_do_not_fit_one_another_are_refused(name, change, message):
    record = ClusteringRecord.of(ShapeKShape(3, random_state=0).fit(SHAPES))
    arrays = arrays_of(record)
    with pytest.raises(DataError, match=message):
        build(record.model_dump(), {**arrays, name: change(arrays[name])})


@pytest.mark.parametrize(
    ("model", "name", "change", "message"),
    [
        (ShapeDBSCAN(0.35), "labels_", lambda old: old - 1, "the labels are not numbers from -1 to"),
        (ShapeDBSCAN(0.35), "components_", lambda old: old[:-1], "core curves of a ShapeDBSCAN do not fit"),
        (ShapeDBSCAN(0.35), "core_sample_indices_", lambda old: old + 60, "core curves are not numbers"),
        (ShapeHDBSCAN(3), "reach_", lambda old: old * np.nan, "the reach of a ShapeHDBSCAN do not fit"),
        (ShapeHDBSCAN(3), "curves_", lambda old: old * 1e9, "one of the curves holds a value that is not between"),
        (ShapeHDBSCAN(3), "curves_", lambda old: old.astype("<f4"), "the curves of a ShapeHDBSCAN do not fit"),
    ],
)
def test_what_a_clustering_by_density_keeps_must_fit(model, name, change, message):
    record = ClusteringRecord.of(model.fit(SHAPES))
    arrays = arrays_of(record)
    with pytest.raises(DataError, match=message):
        build(record.model_dump(), {**arrays, f"clusterer/{name}": change(arrays[f"clusterer/{name}"])})


@pytest.mark.parametrize("names", [["a"], ["a"] * 6])
def test_names_that_do_not_fit_the_curves_are_refused(names):
    record = ClusteringRecord.of(ShapeKMeans(3, random_state=0).fit(SHAPES))
    metadata = deepcopy(record.model_dump()) | {"feature_names_in_": names}
    with pytest.raises(DataError, match="not 6 names of columns"):
        build(metadata, arrays_of(record))
