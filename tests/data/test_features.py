from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tsshape import DataError, read_features


def write(folder: Path, content: str) -> Path:
    path = folder / "features.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_csv_columns_of_numbers_are_float_and_all_others_text(tmp_path: Path) -> None:
    features = read_features(write(tmp_path, "id,n,code,empty\na,1,NA,\nb,NaN,12,\nc,,x,\n"))
    assert [str(kind) for kind in features.dtypes] == ["float64", "str", "float64"]
    np.testing.assert_array_equal(features["n"], [1, np.nan, np.nan])
    assert features["code"].tolist() == ["NA", "12", "x"]


def test_missing_words_alone_do_not_make_a_column_of_numbers(tmp_path: Path) -> None:
    assert read_features(write(tmp_path, "id,country\na,NA\nb,\n"))["country"].iloc[0] == "NA"


def test_what_is_no_feature_is_left_out(tmp_path: Path) -> None:
    features = read_features(write(tmp_path, "id,author,x,posted,label,split\na,mo,1,soon,cat,third\n"))
    assert features.to_dict("index") == {"a": {"x": 1.0}}
    assert read_features(write(tmp_path, "id\na\n")).shape == (1, 0)


def test_parquet_columns_keep_their_type_and_numbers_become_float(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "count": pd.array([1, None], dtype="Int32"),
            "flag": [True, False],
            "text": ["1", None],
            "kind": pd.Categorical(["u", None], categories=["v", "u"], ordered=True),
            "when": pd.to_datetime(["2020-01-01", None]),
        },
        index=pd.Index(["a", "b"], name="id"),
    )
    path = tmp_path / "features.parquet"
    table.to_parquet(path)
    features = read_features(path)
    expected = table.assign(count=[1.0, np.nan], flag=[1.0, 0.0], text=pd.array(["1", None], dtype="str"))
    pd.testing.assert_frame_equal(features, expected)


def test_infinite_numbers_are_refused_with_row_and_column(tmp_path: Path) -> None:
    path = tmp_path / "features.parquet"
    pd.DataFrame({"id": ["a", "b"], "x": [1.0, -np.inf]}).to_parquet(path)
    with pytest.raises(DataError, match=r"row 2 \(id 'b'\), column 'x': -inf is not a finite number"):
        read_features(path)
    with pytest.raises(DataError, match=r"line 3 \(id 'b'\), column 'x': '1e999' is not a finite number"):
        read_features(write(tmp_path, "id,x\na,1\nb,1e999\n"))


def test_a_column_of_decimal_commas_is_refused_and_texts_with_commas_are_not(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"line 4 \(id 'c'\), column 'x': '1,5' is not a number; write 1\.5 instead"):
        read_features(write(tmp_path, "id;x\na;1\nb;\nc;1,5\n"))
    assert read_features(write(tmp_path, "id;x\na;1,5\nb;some\n"))["x"].tolist() == ["1,5", "some"]


def test_a_repeated_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="have the same id"):
        read_features(write(tmp_path, "id,x\na,1\na,2\n"))


def test_the_id_column_can_be_named(tmp_path: Path) -> None:
    features = read_features(write(tmp_path, "video,id\na,1\n"), id_column="video")
    assert features.to_dict("index") == {"a": {"id": 1.0}}
