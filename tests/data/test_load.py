import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from systems import posix_only

from tsshape import DataError, load_dataset
from tsshape.data import simulate_spid_tables, write_spid_tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "curves.csv").write_text("id,1\nb,1\na,2\n")
    (tmp_path / "features.csv").write_text(
        "id,author,posted,x\na,007,1970-01-02,1\nz,,,2\nb,,1970-01-02T00:00:00+01:00,3\n"
    )
    return tmp_path


def test_features_follow_the_order_of_the_curves_and_surplus_rows_are_left_out(folder: Path) -> None:
    dataset = load_dataset(folder)
    assert dataset.curves.index.tolist() == ["b", "a"]
    assert dataset.features["x"].to_dict() == {"b": 3.0, "a": 1.0}
    assert list(dataset.features) == ["x", "posted_hour", "posted_weekday", "posted_yearday"]
    known = load_dataset(folder, kinds={"x": "text", "posted_hour": "number"}).features
    assert known.to_dict("index") == {"b": {"x": "3", "posted_hour": 23.0}, "a": {"x": "1", "posted_hour": 0.0}}
    assert dataset.name == folder.name


def test_authors_and_times_are_taken_out_of_the_features(folder: Path) -> None:
    dataset = load_dataset(folder)
    assert dataset.authors.tolist()[1] == "007"
    assert dataset.authors.isna().tolist() == [True, False]
    assert dataset.posted.dtype == "datetime64[us]"
    assert dataset.posted.tolist() == [pd.Timestamp("1970-01-01 23:00"), pd.Timestamp("1970-01-02")]


def test_a_time_that_cannot_be_read_is_refused_with_its_id(folder: Path) -> None:
    (folder / "features.csv").write_text("id,posted\nb,0\na,soon\n")
    with pytest.raises(DataError, match=r"features\.csv, line 3 \(id 'a'\), column 'posted': 'soon' is not a time"):
        load_dataset(folder)


def test_a_curve_without_features_is_refused_with_its_id(folder: Path) -> None:
    (folder / "features.csv").write_text("id,x\na,1\n")
    with pytest.raises(DataError, match=r"lacks 1 ids of .*, the first of them 'b'"):
        load_dataset(folder)


def test_absent_curves_are_refused_by_name(folder: Path) -> None:
    (folder / "curves.csv").unlink()
    with pytest.raises(DataError, match=r"has no curves\.csv or curves\.csv\.gz or curves\.parquet"):
        load_dataset(folder)


def test_who_reads_a_table_in_parts_is_said(folder: Path) -> None:
    (folder / "curves.csv").unlink()
    (folder / "curves").mkdir()
    with pytest.raises(DataError, match=r"curves\.parquet; a table in parts is for verbs with --scheduler"):
        load_dataset(folder)


def test_curves_alone_are_a_dataset_without_features(folder: Path) -> None:
    (folder / "features.csv").unlink()
    dataset = load_dataset(folder)
    assert dataset.features.shape == (2, 0)
    assert dataset.authors is dataset.posted is dataset.labels is dataset.split is None
    assert dataset.channels == {}


def test_labels_split_and_channels_follow_the_order_of_the_curves(folder: Path) -> None:
    (folder / "features.csv").write_text("id,label,split\na,cat,test\nb,,train\n")
    (folder / "channels").mkdir()
    (folder / "channels" / "likes.csv").write_text("id,1\na,4\nz,0\nb,\n")
    (folder / "channels" / "reposts.csv").write_text("id,posted,time,views\na,0,86400,3\na,0,172800,3\nb,0,86400,5\n")
    (folder / "channels" / ".notes.csv").write_text("no table")
    dataset = load_dataset(folder)
    assert dataset.features.shape == (2, 0)
    assert dataset.labels.to_dict() == {"b": pytest.approx(float("nan"), nan_ok=True), "a": "cat"}
    assert dataset.split.to_dict() == {"b": "train", "a": "test"}
    assert {name: table[1].tolist() for name, table in dataset.channels.items()} == {
        "likes": [pytest.approx(float("nan"), nan_ok=True), 4.0],
        "reposts": [5.0, 3.0],
    }


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"likes.csv": "id,1\na,1\n"}, "likes.csv lacks 1 ids of {folder}/curves.csv, the first of them 'b'"),
        ({"likes.csv": "id,1,2\na,1,2\nb,1,2\n"}, "likes.csv has 2 days, but {folder}/curves.csv has 1"),
        ({"likes.csv": "id,1\na,1\nb,x\n"}, "likes.csv, line 3 (id 'b'), column '1': 'x' is not a number"),
        (
            {"likes.csv": "id,1\na,1\nb,2\n", "likes.csv.gz": ""},
            "channel 'likes' once; it has likes.csv and likes.csv.gz",
        ),
        ({"Views.csv": "id,1\na,1\nb,2\n"}, "no channel may be called 'Views'"),
    ],
)
def test_a_channel_that_does_not_fit_is_refused_with_its_file(folder: Path, files: dict[str, str], says: str) -> None:
    (folder / "channels").mkdir()
    for name, content in files.items():
        (folder / "channels" / name).write_text(content)
    with pytest.raises(DataError) as caught:
        load_dataset(folder)
    assert says.format(folder=folder) in str(caught.value)


def test_a_table_in_two_formats_is_refused_with_both_names(folder: Path) -> None:
    (folder / "curves.parquet").touch()
    with pytest.raises(DataError, match=r"must have curves once; it has curves\.csv and curves\.parquet"):
        load_dataset(folder)


def test_an_absent_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        load_dataset(tmp_path / "absent")


def test_a_path_that_the_system_refuses_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: File name too long"):
        load_dataset(tmp_path / ("x" * 5000))
    (tmp_path / "table.csv").touch()
    with pytest.raises(DataError, match=r"table\.csv: there is no such folder"):
        load_dataset(tmp_path / "table.csv")


@pytest.mark.parametrize(
    ("stem", "content", "says"),
    [
        ("curves", "", "line 1 is empty"),
        ("curves", "id,1\n", "column names but no rows"),
        ("curves", "id,1\na,1\na,2\n", "have the same id"),
        ("features", "", "line 1 is empty"),
        ("features", "id,x\nb,1\na,1\na,2\n", "have the same id"),
        ("features", "name,x\nb,1\na,1\n", "has no id column"),
        ("features", "id,posted\nb,now\na,0\n", "line 2 (id 'b'), column 'posted': 'now' is not a time"),
        ("features", "id,posted\nb,1e15\na,0\n", "line 2 (id 'b'), column 'posted': '1e15' is not a time in unix"),
        ("features", 'id,posted\nb,"1,5"\na,0\n', "line 2 (id 'b'), column 'posted': '1,5' is not a time"),
    ],
)
def test_a_malformed_table_is_refused_with_its_file(
    folder: Path, refusal: Any, stem: str, content: str, says: str
) -> None:
    path = folder / f"{stem}.csv"
    path.write_text(content)
    assert says in refusal(lambda path: load_dataset(path.parent), path)


@posix_only
@pytest.mark.parametrize("stem", ["curves", "features"])
def test_a_table_that_is_a_folder_or_a_pipe_is_refused(folder: Path, refusal: Any, stem: str) -> None:
    path = folder / f"{stem}.csv"
    path.unlink()
    path.mkdir()
    assert "is a folder" in refusal(lambda path: load_dataset(path.parent), path)
    path.rmdir()
    os.mkfifo(path)
    assert "no regular file" in refusal(lambda path: load_dataset(path.parent), path)


def test_a_folder_of_the_challenge_is_read_as_such(tmp_path: Path) -> None:
    write_spid_tables(simulate_spid_tables(20, n_times=2, random_state=0), tmp_path / "spid")
    assert load_dataset(tmp_path / "spid").curves.shape == (20, 2)
