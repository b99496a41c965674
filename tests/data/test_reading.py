import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from tsshape import DataError, read_curves, read_features

CURVES = "id,day01,day02\na,1,2\nb,3,4.5\n"


@pytest.fixture
def expected() -> pd.DataFrame:
    return pd.DataFrame([[1.0, 2.0], [3.0, 4.5]], index=pd.Index(["a", "b"], name="id"), columns=range(1, 3))


def refused(read: Callable[[Path], pd.DataFrame], path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_byte_order_marks_and_line_ends_make_no_difference(
    tmp_path: Path, expected: pd.DataFrame, separator: str, mark: str, end: str
) -> None:
    path = tmp_path / "curves.csv"
    path.write_text(mark + CURVES.replace(",", separator).replace("\n", end), encoding="utf-8", newline="")
    pd.testing.assert_frame_equal(read_curves(path), expected)


def test_a_gzipped_csv_is_read_like_a_plain_one(tmp_path: Path, expected: pd.DataFrame) -> None:
    path = tmp_path / "curves.csv.gz"
    path.write_bytes(gzip.compress(CURVES.encode()))
    pd.testing.assert_frame_equal(read_curves(path), expected)


def test_cells_may_be_quoted_and_span_lines(tmp_path: Path) -> None:
    path = tmp_path / "features.csv"
    path.write_text('"id","title"\n"a, b","said ""hi""\nthere"\nc,\n')
    features = read_features(path)
    assert list(features.index) == ["a, b", "c"]
    assert features.loc["a, b", "title"] == 'said "hi"\nthere'
    assert features["title"].isna().tolist() == [False, True]


def test_the_line_of_a_bad_cell_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "curves.csv"
    path.write_text('id,1\n\na,"1\n"\n\nc,many\n')
    assert "line 6 (id 'c'), column '1': 'many'" in refused(read_curves, path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "line 1 is empty"),
        ("id,day1\n", "no rows"),
        ("id,day1\na,1\nb\n", "line 3: 1 cells, but the header names 2 columns"),
        ("id,day1\na,1,2\n", "line 2: 3 cells, but the header names 2 columns"),
        ("id,day1,day1\na,1,2\n", "two columns are named 'day1'"),
        ("id,day1,\na,1,2\n", "column 3 has no name"),
        ('id,day1\na,1\n"b,2\n', "line 3: unexpected end of data"),
        ('id,day1\n"a"x,1\n', "line 2:"),
        ("id,day1\n" + "a" * 200_000 + ",1\n", "line 2: field larger than field limit"),
        ("id" * 100_000 + "\na,1\n", "line 1: field larger than field limit"),
    ],
)
def test_a_malformed_csv_is_refused_with_its_line(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "curves.csv"
    path.write_text(content)
    assert says in refused(read_curves, path)


@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
def test_text_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"features{ending}"
    content = b"id,title\na,ok\nb,caf\xe9\n"
    path.write_bytes(gzip.compress(content) if ending == ".csv.gz" else content)
    assert "line 3, column 'title': not UTF-8" in refused(read_features, path)


@pytest.mark.parametrize("keep", [-8, 20])
def test_a_truncated_gzip_file_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "curves.csv.gz"
    path.write_bytes(gzip.compress(CURVES.encode())[:keep])
    assert "truncated or no gzip file" in refused(read_curves, path)


def test_a_plain_csv_named_gz_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "curves.csv.gz"
    path.write_text(CURVES)
    assert "truncated or no gzip file" in refused(read_curves, path)


def test_what_is_no_table_file_is_refused_by_name(tmp_path: Path) -> None:
    assert "no such file" in refused(read_curves, tmp_path / "absent.csv")
    assert "a folder" in refused(read_curves, tmp_path)
    os.mkfifo(tmp_path / "pipe.csv")
    assert "no regular file" in refused(read_curves, tmp_path / "pipe.csv")
    (tmp_path / "curves.xlsx").touch()
    assert "must end in .csv, .csv.gz or .parquet" in refused(read_curves, tmp_path / "curves.xlsx")


@pytest.mark.parametrize("keep", [0, 3, 100, -1])
def test_a_truncated_parquet_file_is_refused(tmp_path: Path, expected: pd.DataFrame, keep: int) -> None:
    path = tmp_path / "curves.parquet"
    expected.rename(columns=str).to_parquet(path)
    path.write_bytes(path.read_bytes()[:keep])
    assert "truncated or damaged" in refused(read_curves, path)


def test_damaged_bytes_of_a_parquet_file_never_escape_as_another_error(tmp_path: Path) -> None:
    path = tmp_path / "curves.parquet"
    table = pd.DataFrame({"id": [f"post {i}" for i in range(50)], "1": np.arange(50.0)})
    table.to_parquet(path, index=False)
    whole = path.read_bytes()
    n_refused = 0
    for position in range(4, len(whole), 37):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :])
        try:
            read_curves(path)
        except DataError:
            n_refused += 1
    assert n_refused


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.int32(), [1, None]),
        (pa.uint64(), [1, None]),
        (pa.float32(), [1.0, None]),
        (pa.float16(), [np.float16(1), None]),
        (pa.decimal128(5, 2), [1, None]),
        (pa.bool_(), [True, None]),
        (pa.large_string(), ["1", "NA"]),
    ],
)
def test_every_parquet_type_of_numbers_makes_a_curve(tmp_path: Path, kind: pa.DataType, values: list[Any]) -> None:
    path = tmp_path / "curves.parquet"
    parquet.write_table(pa.table({"id": ["a", "b"], "d1": pa.array(values, kind)}), path)
    np.testing.assert_array_equal(read_curves(path)[1], [1.0, np.nan])


@pytest.mark.parametrize("values", [[[1], [2]], [b"1", b"2"], [{"a": 1}, None]])
def test_parquet_columns_of_lists_bytes_or_records_are_refused_by_name(tmp_path: Path, values: list[Any]) -> None:
    path = tmp_path / "features.parquet"
    parquet.write_table(pa.table({"id": ["a", "b"], "odd": values}), path)
    assert "column 'odd' holds" in refused(read_features, path)


def test_two_parquet_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "curves.parquet"
    parquet.write_table(pa.table([pa.array(["a"]), pa.array([1]), pa.array([2])], names=["id", "d1", "d1"]), path)
    assert "two columns are named 'd1'" in refused(read_curves, path)


def test_a_parquet_file_without_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "curves.parquet"
    parquet.write_table(pa.table({"id": pa.array([], pa.string()), "d1": pa.array([], pa.int64())}), path)
    assert "no rows" in refused(read_curves, path)


def test_a_parquet_row_is_counted_from_1(tmp_path: Path) -> None:
    path = tmp_path / "curves.parquet"
    parquet.write_table(pa.table({"id": ["a", "b"], "d1": [1.0, -2.0]}), path)
    assert "row 2 (id 'b'), column 'd1': -2.0 is negative" in refused(read_curves, path)


def test_string_views_are_text(tmp_path: Path) -> None:
    path = tmp_path / "features.parquet"
    parquet.write_table(
        pa.table({"id": pa.array(["a"], pa.string_view()), "t": pa.array(["x"], pa.string_view())}), path
    )
    assert read_features(path).to_dict("index") == {"a": {"t": "x"}}
