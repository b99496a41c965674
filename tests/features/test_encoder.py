import datetime as dt
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal
from sklearn.base import clone
from skrub import StringEncoder

from tsshape._errors import DataError
from tsshape.features import TableEncoder

WORDS = ("sunset", "harbour", "macro", "portrait", "street", "train", "forest", "river", "night", "museum")


def posts(n_posts: int, *, seed: int = 0) -> pd.DataFrame:
    """A table with every type of column, and missing values in each."""
    rng = np.random.default_rng(seed)
    titles = [" ".join(rng.choice(WORDS, rng.integers(2, 6))) for _ in range(n_posts)]
    table = pd.DataFrame(
        {
            "Contacts": rng.integers(0, 1000, n_posts).astype(float),
            "Ispro": rng.uniform(size=n_posts) < 0.5,
            "Country": rng.choice(["IT", "FR", "JP"], n_posts),
            "Camera": pd.Categorical(rng.choice(["Canon", "Nikon"], n_posts)),
            "Title": titles,
            "DateTaken": pd.Timestamp("2015-12-16") + pd.to_timedelta(rng.integers(0, 10**6, n_posts), unit="s"),
        },
        index=pd.Index([f"p{i}" for i in range(n_posts)], name="id"),
    )
    for i, name in enumerate(table.columns.drop("Ispro")):
        table.loc[table.index[i + 1], name] = None
    return table


def encoder(**settings_: Any) -> TableEncoder:
    return TableEncoder(**{"max_categories": 5, "n_components": 4, "random_state": 0} | settings_)


def column(values: object, **kwargs: Any) -> pd.DataFrame:
    return pd.DataFrame({"c": pd.Series(values, **kwargs)})


def test_each_kind_of_column_is_recognised() -> None:
    kinds = encoder().fit(posts(60)).kinds_
    assert kinds == {
        "Contacts": "number",
        "Ispro": "number",
        "Country": "category",
        "Camera": "category",
        "Title": "text",
        "DateTaken": "date",
    }


def test_the_encoded_table_has_the_index_of_the_posts_and_the_promised_columns() -> None:
    table = posts(60)
    fitted = encoder().fit(table)
    encoded = fitted.transform(table)
    assert encoded.index.equals(table.index)
    assert list(encoded.columns) == list(fitted.get_feature_names_out())
    assert list(encoded.columns)[4:8] == ["Title_0", "Title_1", "Title_2", "Title_3"]
    assert list(fitted.feature_names_in_) == list(table.columns)
    assert fitted.n_features_in_ == 6


def test_an_array_is_matched_by_position_with_a_warning() -> None:
    table = pd.DataFrame({"b": [1.0, 2.0], "a": [3.0, 4.0]})
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        found = TableEncoder().fit(table).transform(table.to_numpy())
    assert_frame_equal(found, table)
    of_array = TableEncoder().fit(table.to_numpy())
    with pytest.warns(UserWarning, match="X has feature names"):
        assert_array_equal(of_array.transform(table), table)
    renamed = table.set_axis(["x1", "x0"], axis=1)
    assert_array_equal(of_array.transform(renamed), renamed[["x0", "x1"]])


def test_names_that_are_not_those_of_training_are_refused() -> None:
    fitted = encoder().fit(posts(60))
    assert list(fitted.get_feature_names_out(posts(60).columns)) == list(fitted.get_feature_names_out())
    with pytest.raises(ValueError, match="input_features"):
        fitted.get_feature_names_out(["Contacts"])


def test_numbers_and_flags_are_float64_and_stay_missing() -> None:
    table = pd.DataFrame(
        {
            "whole": pd.array([1, None], dtype="Int64"),
            "single": np.array([1.5, np.nan], dtype=np.float32),
            "flag": [True, False],
            "flag_or_none": [True, None],
            "object": pd.Series([2, None], dtype=object),
        }
    )
    expected = pd.DataFrame(
        {
            "whole": [1.0, np.nan],
            "single": [1.5, np.nan],
            "flag": [1.0, 0.0],
            "flag_or_none": [1.0, np.nan],
            "object": [2.0, np.nan],
        }
    )
    assert_frame_equal(encoder().fit_transform(table), expected)


@pytest.mark.parametrize(
    "dates",
    [
        [pd.Timestamp("1970-01-02"), None],
        [pd.Timestamp("1970-01-02 09:00", tz="Asia/Tokyo"), None],
        pd.Series([dt.date(1970, 1, 2), None], dtype=object),
    ],
    ids=["naive", "with a time zone", "dates"],
)
def test_dates_are_seconds_since_1970_in_utc(dates: Any) -> None:
    assert_frame_equal(encoder().fit_transform(column(dates)), column([86400.0, np.nan]))


def test_dates_that_differ_have_a_calendar() -> None:
    dates = pd.to_datetime(["2024-05-31 18:30", "2023-01-01 00:00", None])
    encoded = encoder().fit_transform(column(dates))
    assert list(encoded) == ["c", "c_hour", "c_weekday", "c_yearday"]
    expected = [[18.0, 4.0, 152.0], [0.0, 6.0, 1.0], [np.nan] * 3]
    np.testing.assert_array_equal(encoded[["c_hour", "c_weekday", "c_yearday"]], expected)


def test_a_part_of_the_calendar_that_is_always_the_same_or_has_a_namesake_is_left_out() -> None:
    table = pd.DataFrame({"c": pd.to_datetime(["2024-05-31", "2024-06-07"]), "c_yearday": [1.0, 2.0]})
    fitted = encoder().fit(table)
    assert fitted.get_feature_names_out().tolist() == ["c", "c_yearday"]
    assert fitted.calendars_ == {"c": []}


def test_categories_are_exactly_those_of_the_training_rows() -> None:
    training = column(pd.Categorical(["b", "a", None], categories=["z", "b", "a"], ordered=True))
    encoded = encoder().fit_transform(training)
    assert encoded["c"].dtype == pd.CategoricalDtype(["b", "a"], ordered=True)
    assert encoded["c"].cat.codes.tolist() == [0, 1, -1]


def test_few_different_texts_are_categories_and_many_are_embedded() -> None:
    few, many = column(list("abcde") * 2), column(list("abcdef") * 2)
    assert encoder(max_categories=5).fit(few).kinds_ == {"c": "category"}
    assert encoder(max_categories=5).fit(many).kinds_ == {"c": "text"}


@pytest.mark.parametrize("values", [["c", None], pd.Categorical(["c", None]), [None, None], [np.nan, np.nan]])
def test_an_unseen_category_is_missing_after_encoding(values: Any) -> None:
    fitted = encoder().fit(column(["a", "b"]))
    encoded = fitted.transform(column(values))
    assert encoded["c"].dtype == pd.CategoricalDtype(["a", "b"])
    assert encoded["c"].isna().all()


def test_categories_of_numbers_match_plain_numbers() -> None:
    fitted = encoder().fit(column(pd.Categorical([10, 20, None])))
    assert fitted.transform(column([20.0, 30.0]))["c"].cat.codes.tolist() == [1, -1]


def test_onehot_categories_are_zero_where_missing_or_unseen() -> None:
    fitted = encoder(categories="onehot").fit(column(["b", "a", None]))
    encoded = fitted.transform(column(["a", "b", "c", None]))
    expected = pd.DataFrame({"c_a": [1.0, 0, 0, 0], "c_b": [0.0, 1, 0, 0]})
    assert_frame_equal(encoded, expected)
    assert list(fitted.get_feature_names_out()) == ["c_a", "c_b"]


def test_the_order_of_columns_and_extra_columns_do_not_matter() -> None:
    table = posts(60)
    fitted = encoder().fit(table)
    shuffled = table[table.columns[::-1]].assign(extra="new")
    assert_frame_equal(fitted.transform(shuffled), fitted.transform(table))


def test_a_missing_column_is_named() -> None:
    fitted = encoder().fit(posts(60))
    with pytest.raises(DataError, match="lack 1 of the training columns, the first of them 'Country'"):
        fitted.transform(posts(60).drop(columns="Country"))


@pytest.mark.parametrize(
    ("before", "now", "message"),
    [
        ([1.0, 2.0], ["1", "two"], "'c' held number values in training and holds text values"),
        (["a", "b"], [1, 2], "'c' held text values in training and holds number values"),
        (list("abcdefgh"), [1, 2], "'c' held text values in training and holds number values"),
        ([1.0, 2.0], [pd.Timestamp(0)], "'c' held number values in training and holds date values"),
        ([pd.Timestamp(0)], [0.0], "'c' held date values in training and holds number values"),
        (pd.Categorical([1, 2]), ["1"], "'c' held number values in training and holds text values"),
    ],
)
def test_a_column_that_changed_its_kind_is_named(before: Any, now: Any, message: str) -> None:
    fitted = encoder().fit(column(before))
    with pytest.raises(DataError, match=message):
        fitted.transform(column(now))


@pytest.mark.parametrize("missing", [np.nan, None, pd.NaT, "", "  "])
def test_a_column_without_values_may_have_any_dtype(missing: Any) -> None:
    table = posts(60)
    fitted = encoder().fit(table)
    empty = pd.DataFrame(missing, index=["x", "y"], columns=table.columns)
    encoded = fitted.transform(empty)
    embedded = encoded.columns.str.startswith("Title")
    assert (encoded.loc[:, embedded] == 0).all(axis=None)
    assert encoded.loc[:, ~embedded].isna().all(axis=None)
    assert encoded.dtypes.equals(fitted.transform(table).dtypes)


@pytest.mark.parametrize("missing", [np.nan, None, pd.NaT, "", pd.NA])
def test_a_column_without_values_in_training_is_dropped_and_not_asked_for(missing: Any) -> None:
    training = pd.DataFrame({"empty": [missing, missing], "x": [1.0, 2.0]})
    fitted = encoder().fit(training)
    assert fitted.kinds_ == {"x": "number"}
    expected = pd.DataFrame({"x": [3.0]})
    assert_frame_equal(fitted.transform(pd.DataFrame({"x": [3.0], "empty": ["now a text"]})), expected)
    assert_frame_equal(fitted.transform(expected), expected)


def test_a_repeated_column_is_refused() -> None:
    table = pd.DataFrame([[1.0, 2.0]], columns=["x", "x"])
    with pytest.raises(DataError, match="'x' appears more than once"):
        encoder().fit(table)
    with pytest.raises(DataError, match="'x' appears more than once"):
        encoder().fit(pd.DataFrame({"x": [1.0]})).transform(table)


def test_encoded_columns_of_the_same_name_are_refused() -> None:
    table = pd.DataFrame({"c": ["a", "b"], "c_a": [1.0, 2.0]})
    with pytest.raises(DataError, match="two encoded columns would be called 'c_a'"):
        encoder(categories="onehot").fit(table)


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_number_is_refused_with_row_and_column(value: float) -> None:
    table = pd.DataFrame({"x": [1.0, value]}, index=["p1", "p2"])
    with pytest.raises(DataError, match=r"-?inf at row 'p2', column 'x'"):
        encoder().fit(table)
    with pytest.raises(DataError, match=r"-?inf at row 'p2', column 'x'"):
        encoder().fit(table.iloc[:1]).transform(table)


@pytest.mark.parametrize("values", [["a", 1], [1j, 2j], [b"a", b"b"], [[1], [2]], [pd.Timedelta("1s")]])
def test_values_that_are_no_features_are_refused_with_the_column(values: Any) -> None:
    with pytest.raises(DataError, match="column 'c' holds"):
        encoder().fit(column(values))


def test_a_table_without_rows_is_refused_in_training_and_encoded_afterwards() -> None:
    table = posts(60)
    with pytest.raises(DataError, match="no rows"):
        encoder().fit(table.iloc[:0])
    fitted = encoder().fit(table)
    encoded = fitted.transform(table.iloc[:0])
    assert encoded.shape == (0, len(fitted.get_feature_names_out()))
    assert encoded.dtypes.equals(fitted.transform(table).dtypes)


@pytest.mark.parametrize("settings_", [{"categories": "ordinal"}, {"max_categories": 0}, {"n_components": 1.5}])
def test_a_wrong_parameter_is_named(settings_: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(settings_))):
        encoder(**settings_).fit(posts(10))


@pytest.mark.parametrize(
    "texts",
    [
        ["x", "y", None],
        ["a", "a a"],
        ["alpha beta gamma delta epsilon", "beta alpha gamma epsilon delta"],
        ["alone", "longer text " * 50],
        ["\U0001f600", "亲子", "мир"],
    ],
    ids=["few n-grams", "one n-gram", "no variance", "few rows", "any script"],
)
def test_texts_with_less_in_them_than_components_are_embedded(texts: list[Any]) -> None:
    fitted = encoder(max_categories=1, n_components=16).fit(column(texts))
    encoded = fitted.transform(column([*texts, "", "0123456789"]))
    assert 1 <= encoded.shape[1] <= 16
    assert np.isfinite(encoded).all(axis=None)
    assert (encoded.iloc[-2:] == 0).all(axis=None)


def test_constant_text_is_a_category() -> None:
    encoded = encoder(max_categories=1).fit_transform(column(["same"] * 3))
    assert encoded["c"].cat.categories.tolist() == ["same"]


def test_similar_texts_are_embedded_nearer_than_different_ones() -> None:
    encoded = (
        encoder().fit(posts(200)).transform(posts(60).head(3).assign(Title=["night train", "night trains", "harbour"]))
    )
    points = encoded.filter(like="Title").to_numpy()
    assert np.linalg.norm(points[0] - points[1]) < np.linalg.norm(points[0] - points[2])


def test_encoding_an_encoded_table_changes_nothing() -> None:
    table = posts(80)
    encoded = encoder().fit_transform(table.iloc[:60])
    again = encoder().fit(encoded)
    assert_frame_equal(again.transform(encoded), encoded)
    new = encoder().fit(table.iloc[:60]).transform(table.iloc[60:])
    assert_frame_equal(again.transform(new), new)


def test_the_encoder_learns_nothing_from_rows_it_was_not_fitted_on() -> None:
    train, others = posts(60), posts(50, seed=1).assign(Country="DE", Title="wholly other words")
    expected = encoder().fit(train).transform(train)
    beside_others = pd.concat([train, others.set_index(others.index + "b")]).astype({"Country": "category"})
    fitted = encoder().fit(beside_others.iloc[:60])
    fitted.transform(others)
    assert_frame_equal(fitted.transform(train), expected)


def test_declared_categories_without_a_training_row_are_not_learned() -> None:
    whole = column(pd.Categorical(["a", "b", "c"]))
    assert encoder().fit(whole.iloc[:2]).categories_["c"].categories.tolist() == ["a", "b"]


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.integers(0, 59), min_size=1, max_size=8))
def test_a_row_is_encoded_the_same_with_any_other_rows_beside_it(rows: list[int]) -> None:
    table = posts(60)
    fitted = encoder().fit(table)
    assert_frame_equal(fitted.transform(table.iloc[rows]), fitted.transform(table).iloc[rows])


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=1, max_size=12),
    numbers=st.lists(st.none() | st.floats(allow_infinity=False), min_size=12, max_size=12),
)
def test_any_text_and_number_is_encoded_finite_or_missing_and_idempotent(texts: list[Any], numbers: list[Any]) -> None:
    table = pd.DataFrame({"text": texts, "number": numbers[: len(texts)]})
    encoded = encoder(max_categories=2).fit_transform(table)
    assert len(encoded) == len(table)
    assert not np.isinf(encoded.select_dtypes("number")).any(axis=None)
    assert_frame_equal(encoder(max_categories=2).fit_transform(encoded), encoded)


def test_a_clone_and_a_pickle_encode_the_same() -> None:
    table = posts(60)
    fitted = encoder().fit(table)
    expected = fitted.transform(table)
    assert_frame_equal(clone(fitted).fit(table).transform(table), expected)
    assert_frame_equal(pickle.loads(pickle.dumps(fitted)).transform(table), expected)  # noqa: S301


@pytest.mark.parametrize("text", [[f"{word} {WORDS[0]}" for word in WORDS], ["ab", "cd", "ab cd"], ["ab", "b", "c"]])
def test_text_is_embedded_as_skrub_does_it(text: list[str]) -> None:
    fitted = encoder(max_categories=1).fit(column(text))
    embedding = fitted.text_encoders_["c"]
    skrubs = StringEncoder(embedding.n_components, random_state=0)
    skrubs.fit_transform(pd.Series(text, name="c"))
    other = pd.Series([*text, "STREET harbour, 優酷", "street", None, "street", ""], name="c")
    expected = skrubs.transform(other)
    assert_array_equal(embedding.transform(other), expected.to_numpy(np.float64))
    assert embedding.names("c") == [*expected.columns]


def test_a_table_without_free_text_imports_neither_skrub_nor_the_libraries_of_pictures() -> None:
    program = (
        "import sys, pandas as pd; from tsshape.features import TableEncoder\n"
        "TableEncoder().fit(pd.DataFrame({'x': [1.0], 'c': ['a']}))\n"
        "assert not {'skrub', 'onnxruntime', 'PIL', 'onnx'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
