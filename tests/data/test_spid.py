from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tsshape import DataError, load_spid
from tsshape.data import simulate_spid_tables, write_spid_tables
from tsshape.data._spid import join_spid_tables

DAY = 86_400
IMAGE = {
    "Size": 9,
    "NumSets": 0,
    "NumGroups": 1,
    "AvgGroupsMemb": 2.5,
    "AvgGroupPhotos": 3,
    "Camera": "K",
    "Title": "t",
}
USER = {"Ispro": 1, "HasStats": 0, "Contacts": 4, "PhotoCount": 5, "MeanViews": 6.5, "GroupsCount": 7}


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    return {
        "headers": pd.DataFrame(
            {
                "FlickrId": ["2", "1", "2"],
                "UserId": ["u", "v", "v"],
                "DatePosted": [DAY * 4 + 3600 * 5, DAY, 0],
                "DateTaken": [DAY * 4 - 3600 * 7, np.nan, 0],
            }
        ),
        "images": pd.DataFrame(
            {
                "FlickrId": ["1", "2"],
                **IMAGE,
                "Description": ["NA", None],
                "Tags": ['["sea", "blue sky"]', None],
                "Latitude": [1.5, np.nan],
                "Longitude": [-2.5, np.nan],
                "Country": ["NA", None],
            }
        ),
        "users": pd.DataFrame(
            {"UserId": ["u", "v", "u"], **USER, "GroupsAvgMembers": [1.0, 2.0, 3.0], "GroupsAvgPictures": 8}
        ),
        "popularity": pd.DataFrame({"FlickrId": ["2", "1"], "Day01": [1.5, 0.0], "Day02": [2.0, 9.0]}),
    }


def refusal(tables: dict[str, pd.DataFrame], **changed: pd.DataFrame) -> str:
    with pytest.raises(DataError) as caught:
        join_spid_tables(**tables | changed)
    return str(caught.value)


def test_posts_are_joined_in_the_order_of_their_curves(tables: dict[str, pd.DataFrame]) -> None:
    dataset = join_spid_tables(**tables, name="spid")
    assert dataset.name == "spid"
    assert dataset.curves.to_dict("index") == {"2": {1: 1.5, 2: 2.0}, "1": {1: 0.0, 2: 9.0}}
    assert dataset.features["Latitude"].tolist()[1] == 1.5


def test_the_first_of_repeated_headers_and_the_last_row_of_a_user_count(tables: dict[str, pd.DataFrame]) -> None:
    dataset = join_spid_tables(**tables)
    assert dataset.authors.to_dict() == {"2": "u", "1": "v"}
    assert dataset.features["GroupsAvgMembers"].to_dict() == {"2": 3.0, "1": 2.0}


def test_times_are_utc_and_give_hour_weekday_and_delay(tables: dict[str, pd.DataFrame]) -> None:
    dataset = join_spid_tables(**tables)
    assert dataset.posted["2"] == pd.Timestamp("1970-01-05 05:00")
    times = dataset.features[["PostedHour", "PostedWeekday", "DaysTakenToPosted"]]
    assert times.loc["2"].tolist() == [5.0, 0.0, 0.5]
    assert times.loc["1"].tolist()[:2] == [0.0, 4.0]
    assert np.isnan(times.loc["1", "DaysTakenToPosted"])


def test_tags_become_text_and_a_count_and_missing_stays_missing(tables: dict[str, pd.DataFrame]) -> None:
    features = join_spid_tables(**tables).features
    assert features.loc["1", ["Tags", "TagCount", "Country"]].tolist() == ["sea blue sky", 2.0, "NA"]
    assert features.loc["2", ["Tags", "TagCount", "Country", "Description"]].isna().all()


def test_addresses_and_names_are_no_features(tables: dict[str, pd.DataFrame]) -> None:
    tables["headers"] = tables["headers"].assign(URL="https://example.invalid", DateCrawl=0)
    tables["users"] = tables["users"].assign(Username="somebody")
    features = join_spid_tables(**tables).features
    assert not {"URL", "DateCrawl", "Username", "UserId", "FlickrId"} & set(features)
    assert {str(features[name].dtype) for name in ("Size", "Ispro", "HasStats", "TagCount", "PostedHour")} == {
        "float64"
    }


def test_flags_may_be_written_as_words(tables: dict[str, pd.DataFrame]) -> None:
    users = tables["users"].assign(Ispro=["True", "false", "1"], HasStats=[True, False, True])
    features = join_spid_tables(**tables | {"users": users}).features
    assert features["Ispro"].to_dict() == {"2": 1.0, "1": 0.0}
    assert features["HasStats"].to_dict() == {"2": 1.0, "1": 0.0}


@pytest.mark.parametrize(
    "tags",
    ["[", "sea", '{"a": 1}', "[1]", "[" * 100_000, "[" + "1" * 5000 + "]", "null", "NaN", r'["\ud800"]', r'["\u0000"]'],
)
def test_malformed_tags_are_refused_with_their_row(tables: dict[str, pd.DataFrame], tags: str) -> None:
    message = refusal(tables, images=tables["images"].assign(Tags=["[]", tags]))
    assert message.startswith("img_info_TRAIN.csv, row 1 (id '2'), column 'Tags': ")
    assert "is not a JSON list of " in message


@pytest.mark.parametrize("name", ["headers", "images"])
def test_a_post_that_one_table_lacks_is_refused_by_name(tables: dict[str, pd.DataFrame], name: str) -> None:
    cells = tables[name]
    message = refusal(tables, **{name: cells[cells["FlickrId"] != "2"]})
    assert "_TRAIN.csv lacks 1 of the ids in popularity_TRAIN.csv, the first of them '2'" in message


def test_a_post_without_a_curve_is_refused_by_name(tables: dict[str, pd.DataFrame]) -> None:
    message = refusal(tables, popularity=tables["popularity"][:1])
    assert message == "popularity_TRAIN.csv lacks 1 of the ids in headers_TRAIN.csv, the first of them '1'"


def test_an_unknown_author_is_refused_with_a_post(tables: dict[str, pd.DataFrame]) -> None:
    message = refusal(tables, users=tables["users"].query("UserId == 'u'"))
    assert message == "users_TRAIN.csv lacks the authors of 1 posts, the first of them 'v' of post '1'"


def test_a_post_without_an_author_is_refused_with_its_row(tables: dict[str, pd.DataFrame]) -> None:
    message = refusal(tables, headers=tables["headers"].assign(UserId=["u", None, "v"]))
    assert message == "headers_TRAIN.csv, row 1 (id '1'), column 'UserId': the author is empty"


@pytest.mark.parametrize(
    ("name", "column"), [("headers", "DateTaken"), ("images", "Tags"), ("images", "Camera"), ("users", "Ispro")]
)
def test_an_absent_column_is_refused_by_name(tables: dict[str, pd.DataFrame], name: str, column: str) -> None:
    assert refusal(tables, **{name: tables[name].drop(columns=column)}).endswith(f"lacks the columns {column!r}")


@pytest.mark.parametrize("name", ["images", "popularity"])
def test_a_post_that_stands_twice_is_refused(tables: dict[str, pd.DataFrame], name: str) -> None:
    assert "have the same id" in refusal(tables, **{name: pd.concat([tables[name]] * 2, ignore_index=True)})


def test_files_give_the_same_dataset_as_their_tables(tmp_path: Path) -> None:
    tables = simulate_spid_tables(200, n_times=4, random_state=0)
    write_spid_tables(tables, tmp_path / "spid")
    loaded, joined = load_spid(tmp_path / "spid"), join_spid_tables(*tables)
    assert loaded.name == "spid"
    pd.testing.assert_frame_equal(loaded.curves, joined.curves)
    pd.testing.assert_frame_equal(loaded.features, joined.features)
    pd.testing.assert_series_equal(loaded.authors, joined.authors)
    pd.testing.assert_series_equal(loaded.posted, joined.posted)


def test_a_bad_cell_is_refused_with_its_file_and_line(tmp_path: Path) -> None:
    tables = simulate_spid_tables(20, n_times=2, random_state=0)
    tables.images.loc[3, "Tags"] = "sea"
    write_spid_tables(tables, tmp_path)
    with pytest.raises(DataError, match=r"/img_info_TRAIN\.csv, line 5 \(id '.*'\), column 'Tags': 'sea' is not"):
        load_spid(tmp_path)


@pytest.mark.parametrize(
    ("file", "column", "cell", "says"),
    [
        ("headers_TRAIN.csv", "DatePosted", "soon", "'soon' is not a time"),
        ("headers_TRAIN.csv", "DateTaken", "1e20", "'1e20' is not a time in unix seconds"),
        ("headers_TRAIN.csv", "FlickrId", "", "the id is empty"),
        ("headers_TRAIN.csv", "UserId", "a\0", "the cell holds a NUL character"),
        ("img_info_TRAIN.csv", "Size", "inf", "'inf' is not a number"),
        ("img_info_TRAIN.csv", "FlickrId", "", "the id is empty"),
        ("users_TRAIN.csv", "Ispro", "yes", "'yes' is not a number"),
        ("users_TRAIN.csv", "UserId", "", "the id is empty"),
        ("popularity_TRAIN.csv", "Day01", "-1", "-1.0 is negative"),
        ("popularity_TRAIN.csv", "Day02", "1e999", "'1e999' is not a finite number"),
    ],
)
def test_every_bad_cell_is_refused_with_file_line_and_column(
    tmp_path: Path, refusal: Any, *, file: str, column: str, cell: str, says: str
) -> None:
    write_spid_tables(simulate_spid_tables(20, n_times=2, random_state=0), tmp_path)
    table = pd.read_csv(tmp_path / file, dtype=str, keep_default_na=False)
    table.loc[3, column] = cell
    table.to_csv(tmp_path / file, index=False)
    message = refusal(lambda path: load_spid(path.parent), tmp_path / file)
    assert "line 5" in message
    assert f"column {column!r}: {says}" in message


def test_an_absent_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"headers_TRAIN\.csv: there is no such file"):
        load_spid(tmp_path)
