from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tsshape import DataError
from tsshape.data import read_posts, write_table
from tsshape.features import TableEncoder


def write(folder: Path, content: str) -> Path:
    path = folder / "features.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_authors_and_labels_stay_text(tmp_path: Path) -> None:
    posts = read_posts(write(tmp_path, "id,author,label,split\na,007,1,train\nb,1e5,,test\n"))
    assert posts.authors.tolist() == ["007", "1e5"]
    assert posts.labels.iloc[0] == "1"
    assert posts.labels.isna().tolist() == [False, True]
    assert posts.split.tolist() == ["train", "test"]
    path = tmp_path / "features.parquet"
    pd.DataFrame({"id": ["a", "b"], "author": pd.array([7, None], dtype="Int64")}).to_parquet(path)
    authors = read_posts(path).authors
    assert authors.iloc[0] == "7"
    assert authors.isna().tolist() == [False, True]


def test_a_table_of_ids_alone_has_no_features(tmp_path: Path) -> None:
    posts = read_posts(write(tmp_path, "id\na\nb\n"))
    assert posts.features.shape == (2, 0)
    assert posts[1:] == (None, None, None, None)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id,split\na,train\nb,valid\n", "line 3 (id 'b'), column 'split': 'valid' where 'train' or 'test'"),
        ("id,split\na,\n", "column 'split': an empty cell where"),
        ("id,posted\na,0\nb,soon\n", "line 3 (id 'b'), column 'posted': 'soon' is not a time"),
    ],
)
def test_a_cell_that_cannot_be_read_is_refused_with_its_place(
    tmp_path: Path, refusal: Any, content: str, says: str
) -> None:
    assert says in refusal(read_posts, write(tmp_path, content))


def test_columns_take_the_kinds_that_an_encoder_knows(tmp_path: Path) -> None:
    fitted = pd.DataFrame(
        {
            "title": ["Nineteen", "Brazil"],
            "rank": pd.Categorical([1, 2]),
            "length": [1.0, 2.0],
            "taken": pd.to_datetime(["2024-05-01", "2024-05-02"]),
        }
    )
    encoder = TableEncoder(max_categories=1, n_components=1).fit(fitted)
    path = write(tmp_path, "id,title,rank,length,taken,other\na,1984,2,NA,,3\n")
    posts = read_posts(path, kinds=encoder.value_kinds_)
    assert posts.features["title"].tolist() == ["1984"]
    assert [str(kind) for kind in posts.features.dtypes[1:]] == ["float64", "float64", "datetime64[us]", "float64"]
    encoded = encoder.transform(posts.features)
    assert encoded["rank"].tolist() == [2]
    assert np.isnan(encoded["taken"].iloc[0])


def test_a_whole_number_in_parquet_is_text_where_text_is_known(tmp_path: Path) -> None:
    path = tmp_path / "features.parquet"
    pd.DataFrame({"id": ["a"], "title": [1984], "part": [0.5]}).to_parquet(path)
    assert read_posts(path, kinds={"title": "text"}).features["title"].tolist() == ["1984"]
    with pytest.raises(DataError, match="column 'part' holds float64; write names as text"):
        read_posts(path, kinds={"part": "category"})


def test_a_word_in_a_column_of_numbers_is_refused_with_its_place(tmp_path: Path, refusal: Any) -> None:
    path = write(tmp_path, "id,followers\na,1\nb,unknown\n")
    says = refusal(lambda path: read_posts(path, kinds={"followers": "number"}), path)
    assert "line 3 (id 'b'), column 'followers': 'unknown' is not a number" in says


def test_times_of_posting_become_calendar_features_where_they_differ_or_are_known(tmp_path: Path) -> None:
    path = write(tmp_path, "id,posted,PostedHour,x\na,2024-05-31T23:00-02:00,7,1\nb,,8,2\nc,2025-05-31,9,3\n")
    features = read_posts(path).features
    assert list(features) == ["PostedHour", "x", "posted_yearday"]
    assert features["posted_yearday"].tolist() == [153.0, pytest.approx(np.nan, nan_ok=True), 151.0]
    known = {"x": "number", "posted_hour": "number", "posted_weekday": "number"}
    assert list(read_posts(path, kinds=known).features) == ["PostedHour", "x", "posted_weekday"]


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        (["2024-05-31", None, " 2024-06-01T12:00:00+02:00 "], "datetime64[us]"),
        (["2024-05-31", "NA", None], "datetime64[us]"),
        (["2024-05-31", "soon", None], "str"),
        (["2024-05", "2024-06", None], "str"),
        (["1234-56-78", "2024-05-31", None], "str"),
        (["31.05.2024", "soon", None], "str"),
        (["1.2.3", "1.10", None], "str"),
    ],
)
def test_text_is_read_as_dates_where_every_cell_is_one(
    tmp_path: Path, cells: list[Any], dtype: str, ending: str
) -> None:
    path = tmp_path / f"features{ending}"
    write_table(pd.DataFrame({"x": pd.array(cells, dtype="str")}, pd.Index(list("abc"), name="id")), path)
    assert read_posts(path).features["x"].dtype == dtype
    assert read_posts(path, kinds={"x": "text"}).features["x"].dropna().tolist() == [cell for cell in cells if cell]


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        ({}, "line 4 (id 'c'), column 'x': '2024-02-30' is no date, though the other cells of the column are dates"),
        ({"x": "date"}, "line 4 (id 'c'), column 'x': '2024-02-30' is not a time"),
    ],
)
def test_a_date_that_is_not_in_the_calendar_is_refused_with_its_place(
    tmp_path: Path, refusal: Any, kinds: Any, says: str
) -> None:
    path = write(tmp_path, "id,x\na,2024-02-28\nb,2024-02-29\nc,2024-02-30\n")
    assert says in refusal(lambda path: read_posts(path, kinds=kinds), path)


@pytest.mark.parametrize("cell", ["31.05.2024", "5/31/2024 18:00", "2024/5/31"])
def test_dates_in_another_form_are_refused_unless_the_column_is_known_as_text(
    tmp_path: Path, refusal: Any, cell: str
) -> None:
    path = write(tmp_path, f"id,x\na,\nb,{cell}\n")
    assert f"line 3 (id 'b'), column 'x': '{cell}' is a date in a form that is not read" in refusal(read_posts, path)
    assert read_posts(path, kinds={"x": "text"}).features["x"].tolist()[1:] == [cell]


def test_a_number_where_dates_are_known_is_refused(tmp_path: Path, refusal: Any) -> None:
    path = write(tmp_path, "id,x\na,NA\nb,2024\n")
    says = refusal(lambda path: read_posts(path, kinds={"x": "date"}), path)
    assert "line 3 (id 'b'), column 'x': '2024' is not a date; write 2024-05-31" in says
