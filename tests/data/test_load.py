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
    assert dataset.features.to_dict("index") == {"b": {"x": 3.0}, "a": {"x": 1.0}}
    assert dataset.name == folder.name


def test_authors_and_times_are_taken_out_of_the_features(folder: Path) -> None:
    dataset = load_dataset(folder)
    assert dataset.authors.tolist()[1] == "007"
    assert dataset.authors.isna().tolist() == [True, False]
    assert dataset.posted.dtype == "datetime64[us]"
    assert dataset.posted.tolist() == [pd.Timestamp("1970-01-01 23:00"), pd.Timestamp("1970-01-02")]


def test_a_time_that_cannot_be_read_is_refused_with_its_id(folder: Path) -> None:
    (folder / "features.csv").write_text("id,posted\nb,0\na,soon\n")
    with pytest.raises(DataError, match=r"features\.csv, id 'a', column 'posted': 'soon' is not a time"):
        load_dataset(folder)


def test_a_curve_without_features_is_refused_with_its_id(folder: Path) -> None:
    (folder / "features.csv").write_text("id,x\na,1\n")
    with pytest.raises(DataError, match=r"lacks 1 ids of .*, the first of them 'b'"):
        load_dataset(folder)


@pytest.mark.parametrize("stem", ["curves", "features"])
def test_an_absent_table_is_refused_by_name(folder: Path, stem: str) -> None:
    (folder / f"{stem}.csv").unlink()
    with pytest.raises(DataError, match=rf"has no {stem}\.csv or {stem}\.csv\.gz or {stem}\.parquet"):
        load_dataset(folder)


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
        ("features", "id,posted\nb,now\na,0\n", "id 'b', column 'posted': 'now' is not a time"),
        ("features", "id,posted\nb,1e15\na,0\n", "id 'b', column 'posted': 1000000000000000.0 is not a time in unix"),
        ("features", 'id,posted\nb,"1,5"\na,0\n', "line 2 (id 'b'), column 'posted': '1,5' is not a number; write 1.5"),
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
