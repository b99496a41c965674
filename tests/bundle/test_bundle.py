import subprocess
import sys
from copy import deepcopy
from importlib.metadata import version

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression

import tsshape
from tsshape import DataError
from tsshape.bundle import FORMAT, _archive
from tsshape.cluster import ShapeAgglomerative, ShapeKMeans, ShapeKMedoids, ShapeMeanShift
from tsshape.features import EncodedTable, TableEncoder
from tsshape.forecast import DirectForecaster, ScaleShapeForecaster, ShapeClassifier


def reload(model, folder):
    """The model, saved and loaded twice; both files are the same bytes."""
    first, second = folder / "first", folder / "second"
    tsshape.save(model, first)
    tsshape.save(tsshape.load(first), second)
    assert second.read_bytes() == first.read_bytes()
    return tsshape.load(second)


def assert_same(model, again, features, **options):
    pd.testing.assert_frame_equal(
        again.predict(features, **options), model.predict(features, **options), check_exact=True
    )
    if model.bands_ is not None:
        ends = (each.predict_interval(features, **options) for each in (again, model))
        for end, other in zip(*ends, strict=True):
            pd.testing.assert_frame_equal(end, other, check_exact=True)


def test_a_loaded_model_forecasts_the_same_bits(model, posts, first_days, tmp_path):
    again = reload(model, tmp_path)
    for options in ({}, {"authors": posts.authors}, {"observed": first_days}):
        assert_same(model, again, posts.features, **options)
    assert "text" in model.posts_.encoder.kinds_.values()
    encoded, other = (each.posts_.encoder.transform(posts.features) for each in (again, model))
    pd.testing.assert_frame_equal(encoded, other, check_exact=True)
    np.testing.assert_array_equal(again.assign(posts.curves), model.assign(posts.curves))
    np.testing.assert_array_equal(again.predict_cluster(posts.features), model.predict_cluster(posts.features))
    for mine, other in zip(again.explain(posts.features), model.explain(posts.features), strict=True):
        pd.testing.assert_frame_equal(mine, other, check_exact=True)
    for mine, other in ((again, model), (again.classifier_, model.classifier_), (again.regressor_, model.regressor_)):
        assert mine.feature_names_in_.tolist() == other.feature_names_in_.tolist()
        assert mine.n_features_in_ == other.n_features_in_


def test_a_loaded_model_forecasts_without_the_libraries_that_fitted_it(saved, posts, tmp_path):
    posts.features[:3].to_parquet(tmp_path / "features.parquet")
    program = (
        f"import sys, tsshape, pandas as pd; model = tsshape.load({str(saved)!r})\n"
        f"model.summary(pd.read_parquet({str(tmp_path / 'features.parquet')!r}))\n"
        "heavy = {'skrub', 'numba', 'matplotlib', 'sktime', 'tslearn', 'sklearn.cluster', 'sklearn.tree'}\n"
        "print(*heavy & {*sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout.split() == []


def test_a_model_of_an_array_takes_arrays_of_as_many_columns_once_loaded(posts, tmp_path):
    features = posts.features[["Contacts", "MeanViews"]].to_numpy()
    model = ScaleShapeForecaster(ShapeKMeans(2), in_flight=False, intervals=False, random_state=0)
    again = reload(model.fit(features, posts.curves.to_numpy()), tmp_path)
    assert_same(model, again, features)
    with pytest.raises(ValueError, match="X has 1 features, but ScaleShapeForecaster is expecting 2"):
        again.predict(features[:, :1])


@pytest.mark.parametrize(
    ("model", "authors"),
    [
        (ScaleShapeForecaster(ShapeKMeans(3, metric="dtw", metric_params={"window": 2}), loss="mean"), False),
        (ScaleShapeForecaster(ShapeKMedoids(3, metric="area"), loss="trimmed", in_flight=False), True),
        (ScaleShapeForecaster(ShapeMeanShift(0.3), intervals=False), False),
        (ScaleShapeForecaster(ShapeMeanShift(0.6, metric="cumulative_area"), shape="hard"), True),
        (ScaleShapeForecaster(ShapeAgglomerative(3), shape="hard", loss="mean"), False),
        (ScaleShapeForecaster(ShapeAgglomerative(1)), True),
    ],
    ids=str,
)
def test_every_clusterer_loss_and_shape_is_kept(model, authors, posts, first_days, tmp_path):
    numbers = posts.features.select_dtypes("number").iloc[:, :4]
    known = {"authors": posts.authors} if authors else {}
    model = clone(model).set_params(random_state=0).fit(numbers, posts.curves, **known)
    again = reload(model, tmp_path)
    assert_same(model, again, numbers, **known)
    if model.in_flight_ is not None:
        assert_same(model, again, numbers, observed=first_days)
    np.testing.assert_array_equal(again.assign(posts.curves), model.assign(posts.curves))


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("integers", pd.Categorical([1, 2] * 100)),
        ("floats", pd.Categorical([1.5, 2.0] * 100, ordered=True)),
        ("flags", pd.Categorical([True, False] * 100)),
        ("dates", pd.date_range("2020-01-01", periods=200)),
        # One n-gram leaves nothing to decompose; capitals of mathematics have no lower case.
        ("short text", ["ab", "AB"] * 100),
        ("capitals", [f"\U0001d415ery good {number}" for number in range(200)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_kind_of_column_is_kept(name, column, posts, tmp_path):
    features = posts.features[["Contacts"]].assign(**{name: column})
    model = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), in_flight=False, intervals=False, random_state=0)
    for categories in ("native", "onehot"):
        encoder = TableEncoder(categories=categories, max_categories=1, random_state=0).fit(features)
        model.fit(EncodedTable.of(encoder, features), posts.curves)
        assert_same(model, reload(model, tmp_path), features)


def test_there_is_one_encoder_and_that_of_a_model_which_has_its_own(posts, tmp_path):
    features = posts.features[["Contacts", "Country"]]
    classifier = ShapeClassifier(encoder=TableEncoder(categories="onehot"), random_state=0)
    model = ScaleShapeForecaster(ShapeKMeans(3), classifier, in_flight=False, intervals=False, random_state=0)
    again = reload(model.fit(features, posts.curves), tmp_path)
    assert_same(model, again, features)
    assert again.regressor_.encoder_ is again.posts_.encoder
    assert again.classifier_.encoder_.categories == "onehot"


@pytest.mark.parametrize("features", [{"constant": 1.0}, {}], ids=["a constant", "nothing"])
def test_a_model_of_constant_or_no_features_is_kept(features, posts, tmp_path):
    table = pd.DataFrame(features, posts.features.index)
    model = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), loss="trimmed", random_state=0)
    model.fit(table, posts.curves)
    assert_same(model, reload(model, tmp_path), table)


def test_parameters_that_are_numbers_of_numpy_are_kept(posts, tmp_path):
    params = {"metric": "dtw", "metric_params": {"window": np.int64(2)}, "random_state": np.int64(0)}
    model = ScaleShapeForecaster(ShapeKMeans(np.int64(3), **params), in_flight=False, intervals=False, random_state=0)
    numbers = posts.features[["Contacts"]]
    again = reload(model.fit(numbers, posts.curves), tmp_path)
    assert again.clusterer_.get_params() == model.clusterer_.get_params()


@pytest.mark.parametrize(
    ("components", "name"),
    [
        ({"classifier": RandomForestClassifier(5, random_state=0)}, "RandomForestClassifier"),
        ({"regressor": LinearRegression()}, "LinearRegression"),
        ({"clusterer": KMeans(3, n_init=1, random_state=0)}, "KMeans"),
    ],
)
def test_components_without_a_form_as_arrays_are_refused_before_anything_is_written(components, name, posts, tmp_path):
    numbers = posts.features.select_dtypes("number").fillna(0.0)
    model = ScaleShapeForecaster(**components, in_flight=False, intervals=False).fit(numbers, posts.curves)
    with pytest.raises(DataError, match=f"a {name} cannot be saved"):
        tsshape.save(model, tmp_path / "m")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("feature", "day", "message"),
    [
        (pd.Categorical(pd.to_datetime(["2020-01-01", "2020-01-02"] * 100)), int, "the categories of the column 'x'"),
        (1.0, float, "'days"),
        (1.0, lambda day: -day, "the days do not ascend"),
    ],
)
def test_what_metadata_cannot_say_is_refused_before_anything_is_written(feature, day, message, posts, tmp_path):
    model = ScaleShapeForecaster(ShapeKMeans(3), in_flight=False, intervals=False)
    model.fit(posts.features[["Contacts"]].assign(x=feature), posts.curves.rename(columns=day))
    with pytest.raises(DataError, match=message):
        tsshape.save(model, tmp_path / "m")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["", "b"], "a column named ''"),
        (["a", "\u3000\t"], r"a column named '\\u3000\\t'"),
        (["b", " b"], "the columns 'b' and ' b', which are one in a file"),
    ],
)
def test_names_that_no_file_can_hold_are_refused_before_anything_is_written(names, message, posts, tmp_path):
    features = posts.features[["Contacts", "MeanViews"]].set_axis(names, axis=1)
    model = ScaleShapeForecaster(ShapeKMeans(3), in_flight=False, intervals=False).fit(features, posts.curves)
    with pytest.raises(DataError, match=message):
        tsshape.save(model, tmp_path / "m")
    assert not list(tmp_path.iterdir())


def test_text_that_arrays_cannot_hold_is_refused_before_anything_is_written(posts, tmp_path):
    numbers, text = posts.features[["Contacts"]], [f"t{number}\0" for number in range(200)]
    model = ScaleShapeForecaster(ShapeKMeans(3), in_flight=False, intervals=False)
    for fitted in (
        model.fit(numbers.assign(x=text), posts.curves),
        clone(model).fit(numbers, posts.curves, authors=text),
    ):
        with pytest.raises(DataError, match=r"(column 'x'|authors) ends in a NUL"):
            tsshape.save(fitted, tmp_path / "m")
    assert not list(tmp_path.iterdir())


def test_a_history_without_authors_is_kept(posts, first_days, tmp_path):
    numbers, nobody = posts.features[["Contacts"]], [None] * 200
    model = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), random_state=0)
    model.fit(numbers, posts.curves, authors=nobody)
    assert_same(model, reload(model, tmp_path), numbers, authors=posts.authors, observed=first_days)


def test_an_array_that_could_not_be_read_is_refused_before_anything_is_written(model, tmp_path):
    model = deepcopy(model)
    model.clusterer_.labels_ = model.clusterer_.labels_.astype(np.int32)
    with pytest.raises(DataError, match=r"member clusterer_/labels_ holds <i4 in 1 dimensions; it must be <i8 in 1"):
        tsshape.save(model, tmp_path / "m")
    assert not list(tmp_path.iterdir())


def test_a_model_that_is_too_large_to_be_loaded_is_not_saved(model, tmp_path, monkeypatch):
    monkeypatch.setattr(_archive, "MOST_METADATA_BYTES", 1000)
    with pytest.raises(DataError, match=r"too large to be saved: .* at most 1,073,741,824, 1,000 and"):
        tsshape.save(model, tmp_path / "m")
    assert not list(tmp_path.iterdir())


def test_other_models_are_refused(tmp_path):
    for model in (DirectForecaster(), 3):
        with pytest.raises(DataError, match="cannot be saved"):
            tsshape.save(model, tmp_path / "m")
    with pytest.raises(DataError, match="not fitted"):
        tsshape.save(ScaleShapeForecaster(), tmp_path / "m")


@pytest.mark.parametrize(("step", "advice"), [(-1, "fit and save the model again"), (1, "install a newer tsshape")])
@pytest.mark.parametrize("rest", [{}, {"checksums": {}, "model": 3}])
def test_another_format_is_refused_with_what_to_do(rest, step, advice, rewrite, saved):
    rewrite(lambda record: record | {"format": FORMAT + step, "tsshape": "9.9.9"} | rest)
    message = (
        rf"written by tsshape '9\.9\.9' in format {FORMAT + step}; this is tsshape {version('tsshape')}, which "
        rf"reads format {FORMAT}: {advice}, or load it with the tsshape that wrote it"
    )
    with pytest.raises(DataError, match=message):
        tsshape.load(saved)


def test_another_version_is_named(model, posts, rewrite, saved):
    rewrite(lambda record: record | {"tsshape": "0.0.1"})
    with pytest.warns(UserWarning, match=r"written by tsshape 0\.0\.1; this is tsshape"):
        again = tsshape.load(saved)
    assert_same(model, again, posts.features)
