import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression

import tsshape
from tsshape import DataError
from tsshape.bundle import FORMAT, _archive
from tsshape.cluster import ShapeAgglomerative, ShapeKMeans, ShapeKMedoids, ShapeMeanShift
from tsshape.forecast import DirectForecaster, ScaleShapeForecaster

POSTS = tsshape.simulate_spid(200, n_times=6, random_state=0)
SEEN = POSTS.curves.where(np.arange(1, 7) <= (np.arange(200) % 7)[:, None])


def fit(clusterer=None, features=POSTS.features, **parameters):
    parts = {name: parameters.pop(name) for name in ("classifier", "regressor") if name in parameters}
    model = ScaleShapeForecaster(clusterer or ShapeKMeans(4, random_state=0), **parts, random_state=0, **parameters)
    return model.fit(features, POSTS.curves, authors=POSTS.authors)


@pytest.fixture(scope="module")
def model():
    return fit(loss="trimmed")


@pytest.fixture
def saved(model, tmp_path):
    tsshape.save(model, tmp_path / "model.tsshape")
    return tmp_path / "model.tsshape"


def rewrite(path, *, metadata=None, arrays=None):
    """The bundle again, with changed metadata or arrays and checksums that fit."""
    record, known = _archive.read_archive(path)
    _archive.write_archive(path, (metadata or dict)(record), (arrays or dict)(known))


def assert_same(model, again):
    for options in ({}, {"authors": POSTS.authors}, {"observed": SEEN}):
        pd.testing.assert_frame_equal(
            again.predict(POSTS.features, **options), model.predict(POSTS.features, **options), check_exact=True
        )
        ends = (each.predict_interval(POSTS.features, **options) for each in (again, model))
        for end, other in zip(*ends, strict=True):
            pd.testing.assert_frame_equal(end, other, check_exact=True)


def test_a_loaded_model_forecasts_the_same_bits(model, saved):
    again = tsshape.load(saved)
    assert_same(model, again)
    np.testing.assert_array_equal(again.assign(POSTS.curves), model.assign(POSTS.curves))
    pd.testing.assert_frame_equal(again.explain(POSTS.features).table, model.explain(POSTS.features).table)


@pytest.mark.parametrize("loss", ["median", "mean"])
@pytest.mark.parametrize("shape", ["soft", "hard"])
def test_every_loss_and_shape_is_kept(loss, shape, tmp_path):
    numbers = POSTS.features.select_dtypes("number")
    model = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), loss=loss, shape=shape, random_state=0)
    model.fit(numbers, POSTS.curves)
    tsshape.save(model, tmp_path / "m")
    pd.testing.assert_frame_equal(
        tsshape.load(tmp_path / "m").predict(numbers), model.predict(numbers), check_exact=True
    )


@pytest.mark.parametrize(
    "clusterer",
    [
        ShapeKMeans(3, metric="dtw", metric_params={"window": 2}, random_state=0),
        ShapeKMedoids(3, random_state=0),
        ShapeMeanShift(0.3),
        ShapeAgglomerative(3),
    ],
)
def test_every_clusterer_of_tsshape_is_kept(clusterer, tmp_path):
    numbers = POSTS.features.select_dtypes("number")
    model = ScaleShapeForecaster(clusterer, in_flight=False, intervals=False, random_state=0).fit(numbers, POSTS.curves)
    tsshape.save(model, tmp_path / "m")
    again = tsshape.load(tmp_path / "m")
    np.testing.assert_array_equal(again.assign(POSTS.curves), model.assign(POSTS.curves))
    assert again.bands_ is None


def test_one_cluster_and_one_class_are_kept(tmp_path):
    model = fit(ShapeKMeans(1))
    tsshape.save(model, tmp_path / "m")
    assert_same(model, tsshape.load(tmp_path / "m"))


def test_what_was_loaded_is_saved_to_the_same_arrays(saved):
    tsshape.save(tsshape.load(saved), saved.with_name("again"))
    first, second = (dict(zip(*read_members(path), strict=True)) for path in (saved, saved.with_name("again")))
    assert {name: value for name, value in first.items() if name != "metadata.json"} == {
        name: value for name, value in second.items() if name != "metadata.json"
    }


def read_members(path):
    with zipfile.ZipFile(path) as archive:
        return archive.namelist(), [archive.read(name) for name in archive.namelist()]


def test_there_is_no_pickle_in_it(saved):
    names, contents = read_members(saved)
    assert {name.rsplit(".", 1)[1] for name in names} == {"json", "npy"}
    assert all(b"\x80\x04" not in content[:80] for content in contents)


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({"classifier": RandomForestClassifier(5, random_state=0)}, "RandomForestClassifier"),
        ({"regressor": LinearRegression()}, "LinearRegression"),
        ({"clusterer": KMeans(3, n_init=1, random_state=0)}, "KMeans"),
    ],
)
def test_parts_without_a_form_as_arrays_are_refused_before_anything_is_written(parts, name, tmp_path):
    numbers = POSTS.features.select_dtypes("number").fillna(0.0)
    model = ScaleShapeForecaster(**parts, in_flight=False, intervals=False).fit(numbers, POSTS.curves)
    with pytest.raises(DataError, match=f"a {name} cannot be saved"):
        tsshape.save(model, tmp_path / "m")
    assert not list(tmp_path.iterdir())


def test_other_models_are_refused(tmp_path):
    for model in (DirectForecaster(), 3):
        with pytest.raises(DataError, match="cannot be saved"):
            tsshape.save(model, tmp_path / "m")
    with pytest.raises(DataError, match="not fitted"):
        tsshape.save(ScaleShapeForecaster(), tmp_path / "m")


def test_another_format_is_named_and_refused(saved):
    rewrite(saved, metadata=lambda record: record | {"format": FORMAT + 1, "tsshape": "9.9.9"})
    with pytest.raises(DataError, match=r"tsshape 9\.9\.9 in format 2; this is tsshape"):
        tsshape.load(saved)


def test_another_version_is_named(model, saved):
    rewrite(saved, metadata=lambda record: record | {"tsshape": "0.0.1"})
    with pytest.warns(UserWarning, match=r"written by tsshape 0\.0\.1; this is tsshape"):
        again = tsshape.load(saved)
    assert_same(model, again)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04N.", b"id,day1\na,3\n"])
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "m").write_bytes(content)
    with pytest.raises(DataError, match="is not a model that tsshape saved"):
        tsshape.load(tmp_path / "m")


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        tsshape.load(tmp_path / "none")
    with pytest.raises(DataError, match="not a regular file"):
        tsshape.load(tmp_path)


def test_a_flipped_byte_is_found_or_does_no_harm(model, saved):
    content = saved.read_bytes()
    found = 0
    for position in range(60, len(content) - 200, len(content) // 25):
        saved.write_bytes(content[:position] + bytes([content[position] ^ 0x55]) + content[position + 1 :])
        try:
            again = tsshape.load(saved)
        except DataError:
            found += 1
        else:
            # Some bytes of a zip, such as the times of its members, decide nothing.
            pd.testing.assert_frame_equal(
                again.predict(POSTS.features), model.predict(POSTS.features), check_exact=True
            )
    assert found > 15


def test_a_member_that_does_not_belong_is_refused(saved):
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr("model.pkl", b"\x80\x04N.")
    with pytest.raises(DataError, match="members are not those"):
        tsshape.load(saved)


def test_a_bundle_that_claims_too_much_is_refused(saved, monkeypatch):
    monkeypatch.setattr(_archive, "MOST_BYTES", 1000)
    with pytest.raises(DataError, match="holds more than the 1,000 bytes"):
        tsshape.load(saved)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("split_feature", lambda values: values + 1000, "a split is on a feature that there is not"),
        ("left_child", lambda values: values * 0, "a child stands before its parent|do not make a tree"),
        ("right_child", lambda values: np.minimum(values, -1), "do not make a tree"),
        ("leaf_value", lambda values: values * np.nan, "a number is not finite"),
        ("threshold", lambda values: values * np.nan, "a number is not finite"),
        ("decision_type", lambda values: values * 0 + 12, "a decision is of no known type"),
        ("leaf_count", lambda values: values * 0 - 1, "a count is negative"),
        ("leaf_value", lambda values: values[:-1], "leaf_value has"),
        ("num_leaves", lambda values: values * 0, "a tree has no leaf"),
        ("num_cat", lambda values: values + 1, "cat_boundaries has another length"),
        ("split_gain", lambda values: values.astype(np.float32), "split_gain is missing or of another type"),
    ],
)
def test_trees_that_are_not_trees_are_refused(saved, name, change, message):
    member = f"regressor/growth/point_0/{name}"
    rewrite(saved, arrays=lambda arrays: arrays | {member: change(arrays[member])})
    with pytest.raises(DataError, match=message):
        tsshape.load(saved)


@pytest.mark.parametrize(
    ("member", "change", "message"),
    [
        ("clusterer/prototypes_", lambda values: values[:, :-1], "there are 6 days"),
        ("clusterer/prototypes_", lambda values: values * np.inf, "a prototype is not finite"),
        ("clusterer/prototypes_", lambda values: values[:1], "no prototype"),
        ("bands/at_upload/errors", lambda values: values[:, :, :-1], "intervals do not fit"),
        ("bands/at_upload/errors", lambda values: values * np.nan, "intervals are not finite"),
        ("in_flight/moments", lambda values: values[::-1].copy(), "do not ascend"),
        ("authors/sum", lambda values: values[:-1], "history does not fit"),
    ],
)
def test_arrays_that_do_not_fit_one_another_are_refused(saved, member, change, message):
    rewrite(saved, arrays=lambda arrays: arrays | {member: change(arrays[member])})
    with pytest.raises(DataError, match=message):
        tsshape.load(saved)


def test_metadata_that_say_anything_else_are_refused(saved):
    rewrite(saved, metadata=lambda record: record | {"model": record["model"] | {"code": "import os"}})
    with pytest.raises(DataError, match=r"model\.code"):
        tsshape.load(saved)


def test_text_is_encoded_the_same_by_a_loaded_model(model, saved):
    assert "text" in model.posts_.encoder.kinds_.values()
    again = tsshape.load(saved)
    pd.testing.assert_frame_equal(
        again.posts_.encoder.transform(POSTS.features), model.posts_.encoder.transform(POSTS.features), check_exact=True
    )


def test_the_metadata_are_readable(saved):
    with zipfile.ZipFile(saved) as archive:
        metadata = json.loads(archive.read("metadata.json"))
    assert metadata["model"]["loss"] == "trimmed"
    assert len(metadata["checksums"]) == len(zipfile.ZipFile(saved).namelist()) - 1
