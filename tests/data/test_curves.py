from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tsshape import DataError, read_curves

CALENDAR = (
    "2024-02-21",
    "2024-02-21 00:00:00",
    "21.02.2024",
    "2/21/24",
    "20240221",
    "2024-02",
    "Feb 2024",
    "Feb 1",
    "Mai-24",
    "21 février",
    "2024-W08",
)


def write(folder: Path, content: str) -> Path:
    path = folder / "curves.csv"
    path.write_text(content, encoding="utf-8")
    return path


def refusal(folder: Path, content: str, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        read_curves(write(folder, content), **options)
    return str(caught.value)


def test_curves_have_text_ids_integer_days_and_contiguous_floats(tmp_path: Path) -> None:
    curves = read_curves(write(tmp_path, "id,d1,d2\n007,1,2\n1e5,3,\nNA,,NaN\n"))
    assert curves.index.tolist() == ["007", "1e5", "NA"]
    assert curves.index.name == "id"
    assert curves.columns.tolist() == [1, 2]
    assert curves.dtypes.tolist() == [np.float64, np.float64]
    assert curves.to_numpy().flags.c_contiguous
    np.testing.assert_array_equal(curves, [[1, 2], [3, np.nan], [np.nan, np.nan]])


@pytest.mark.parametrize(
    "names", [("day01", "day02"), ("Day1", "Day2"), ("t001", "t002"), ("1", "2"), ("Tag 1", "tag 2")]
)
def test_days_are_named_by_one_prefix_and_their_number(tmp_path: Path, names: tuple[str, str]) -> None:
    curves = read_curves(write(tmp_path, f"id,{','.join(names)}\na,3,4\n"))
    assert curves.to_dict("index") == {"a": {1: 3.0, 2: 4.0}}


def test_days_are_sorted_by_number(tmp_path: Path) -> None:
    columns = [f"d{day}" for day in range(12, 0, -1)]
    curves = read_curves(write(tmp_path, f"{','.join(columns)},id\n{','.join(c[1:] for c in columns)},a\n"))
    assert curves.loc["a"].tolist() == list(range(1, 13))
    assert curves.columns.tolist() == list(range(1, 13))


@pytest.mark.parametrize("name", ["id", "post_id", "FlickrId"])
def test_the_usual_id_columns_are_found(tmp_path: Path, name: str) -> None:
    assert read_curves(write(tmp_path, f"1,{name}\n5,a\n")).index.tolist() == ["a"]


def test_the_id_column_can_be_named(tmp_path: Path) -> None:
    path = write(tmp_path, "video,1\na,5\n")
    assert read_curves(path, id_column="video").index.tolist() == ["a"]
    with pytest.raises(DataError, match=r"no id column 'film'; its columns are 'video', '1'\."):
        read_curves(path, id_column="film")


def test_a_table_without_ids_is_refused_with_its_columns_and_the_remedy(tmp_path: Path) -> None:
    message = refusal(tmp_path, "video,1\na,5\n")
    assert "no id column 'id' or 'post_id' or 'FlickrId'; its columns are 'video', '1'" in message
    assert "--id-column" in message
    assert "id_column" in message


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("id,d1,title", "column 'title' is no day"),
        ("id,d1,d" + "9" * 5000, "'… is no day"),
        ("id,d1,d٢", "column 'd٢' is no day"),
        ("id,d1,d3", "no column is day 2, though 'd3' is day 3"),
        ("id,d0,d1", "no column is day 1, though 'd0' is day 0"),
        ("id,d1,D01", "columns 'd1' and 'D01' are both day 1"),
        ("id,time,views", "column 'time' is no day"),
        ("id,d1,day02", "columns 'd1' and 'day02' begin with different words"),
        ("id,views1,likes2", "columns 'views1' and 'likes2' begin with different words"),
        ("id,1,day2", "columns '1' and 'day2' begin with different words"),
        ("id,views 2024-02-01,views 2024-02-02", "column 'views 2024-02-01' is no day"),
        *((f"id,{name},x", f"column '{name}' is a date, a month or a week") for name in CALENDAR),
        ("id,week1,week2", "column 'week1' is another step than a day"),
        ("id,Hour 1,Hour 2", "column 'Hour 1' is another step than a day"),
        ("id,post1,post2", "column 'post1' is a post, as in a table with a row for each day"),
        ("id,Unnamed: 0,day1", "column 'Unnamed: 0' has no name, as the row numbers that pandas writes"),
    ],
)
def test_columns_that_are_not_the_days_in_full_are_refused_by_name(tmp_path: Path, header: str, says: str) -> None:
    message = refusal(tmp_path, f"{header}\na,1,2\n")
    assert says in message
    assert ("are both day" in message) != ("`tsshape import FILE --out FOLDER` reads such tables" in message)


def test_two_ids_that_look_the_same_are_refused_with_their_rows(tmp_path: Path) -> None:
    for content in (
        "id,1\na,1\n\u00e9,1\ne\u0301 ,2\n",
        "id,posted,time,views\na,0,1,1\n\u00e9,0,1,1\ne\u0301 ,0,2,2\n",
    ):
        message = refusal(tmp_path, content)
        assert "line 3 (id 'é') and line 4 (id 'e\u0301 ') are the same but for blanks around them" in message


def test_a_table_of_ids_alone_is_refused(tmp_path: Path) -> None:
    assert "no column of counts" in refusal(tmp_path, "id\na\n")


def test_a_repeated_id_is_refused_with_its_rows(tmp_path: Path) -> None:
    message = refusal(tmp_path, "id,1\na,1\nb,2\na,3\na,4\n")
    assert "line 2 (id 'a') and line 4 (id 'a') have the same id (2 repeated rows in all)" in message


@pytest.mark.parametrize("cell", ["", "  "])
def test_an_empty_id_is_refused_with_its_row(tmp_path: Path, cell: str) -> None:
    assert "line 3, column 'id': the id is empty" in refusal(tmp_path, f"id,1\na,1\n{cell},2\n")


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("many", "'many' is not a number"),
        ("1_000", "'1_000' is not a number"),
        ("0x1F", "'0x1F' is not a number"),
        ("1;5", "'1;5' is not a number"),
        ("1 000", "'1 000' is not a number"),
        ("1\u00a0000", "'1\\xa0000' is not a number"),
        ("١٢", "'١٢' is not a number"),
        ("\uff11\uff12", "'\uff11\uff12' is not a number"),
        ("inf", "'inf' is not a number"),
        ("1e999", "'1e999' is not a finite number"),
        ("-1", "-1.0 is negative"),
    ],
)
def test_a_word_among_counts_is_refused_with_file_row_and_column(tmp_path: Path, cell: str, says: str) -> None:
    message = refusal(tmp_path, f"id,d1,d2\na,1,2\nb,NA,\nc,3,{cell}\n")
    assert message.startswith(f"{tmp_path}/curves.csv, line 4 (id 'c'), column 'd2': {says}")


@pytest.mark.parametrize("content", ["id;d1\na;1,5\n", 'id,d1\na,"1,234.5"\n'])
def test_a_decimal_comma_is_refused_with_the_remedy(tmp_path: Path, content: str) -> None:
    assert "write 1.5 instead of 1,5" in refusal(tmp_path, content)


@pytest.mark.parametrize("odd", ["1.5", "0.551", "1551", "1551.250", "1.5512", "1.5e0"])
def test_fractions_of_three_digits_are_refused_unless_one_count_shows_what_they_are(tmp_path: Path, odd: str) -> None:
    header, cells = "id,posted,time,views\n", ["1.551", "2.100", "3.125", "4.250", "5.375"]
    rows = [f"a,0,{86_400 * day},{cell}\n" for day, cell in enumerate(cells, start=1)]
    for content in (f"id,1,2,3,4,5\na,{','.join(cells)}\n", header + "".join(rows)):
        assert "'1.551' is a fraction, or a thousand and more" in refusal(tmp_path, content)
        assert read_curves(write(tmp_path, content.replace("2.100", odd))).loc["a", 3] == 3.125


@pytest.mark.parametrize("cell", ["1.5", "+1.5", "1.50", ".15e1", "15E-1", " 1.5 "])
def test_numbers_may_be_written_in_every_usual_way(tmp_path: Path, cell: str) -> None:
    assert read_curves(write(tmp_path, f"id,1\na,{cell}\n")).loc["a", 1] == 1.5


def test_numbers_at_the_ends_of_the_range_are_read_exactly(tmp_path: Path) -> None:
    words = ["1e18", "1e308", "-0", "1e-320", "5e-324", "1e5", "9999999999999999999999", "1e-999", "0" * 5000 + "1"]
    curves = read_curves(write(tmp_path, "id,1\n" + "".join(f"p{row},{word}\n" for row, word in enumerate(words))))
    assert curves[1].to_numpy().tobytes() == np.array([float(word) for word in words]).tobytes()


def test_numbers_are_read_exactly(tmp_path: Path) -> None:
    values = np.random.default_rng(0).lognormal(sigma=20, size=1000)
    curves = read_curves(write(tmp_path, "id,1\n" + "".join(f"{i},{v!r}\n" for i, v in enumerate(values.tolist()))))
    np.testing.assert_array_equal(curves[1], values)


def test_whole_numbers_in_parquet_are_ids_and_fractions_are_not(tmp_path: Path) -> None:
    path = tmp_path / "curves.parquet"
    pd.DataFrame({"id": [2**62 + 1, 7], "d1": [1, 2]}).to_parquet(path)
    assert read_curves(path).index.tolist() == [str(2**62 + 1), "7"]
    pd.DataFrame({"id": [1.0, 2.0], "d1": [1, 2]}).to_parquet(path)
    with pytest.raises(DataError, match="column 'id' holds float64; write names as text or whole numbers"):
        read_curves(path)


def test_a_missing_id_in_parquet_is_refused_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "curves.parquet"
    pd.DataFrame({"id": pd.array([7, None], dtype="Int64"), "d1": [1, 2]}).to_parquet(path)
    with pytest.raises(DataError, match="row 2, column 'id': the id is empty"):
        read_curves(path)


def test_times_are_no_counts(tmp_path: Path) -> None:
    path = tmp_path / "curves.parquet"
    pd.DataFrame({"id": ["a"], "d1": pd.to_datetime(["2020-01-01"])}).to_parquet(path)
    with pytest.raises(DataError, match=r"column 'd1': the column holds datetime64\[us\], not numbers"):
        read_curves(path)


@pytest.mark.parametrize(
    ("posted", "times"),
    [
        ("0", ("86400", "172800")),
        ("1970-01-01", ("1970-01-02T00:00:00Z", "1970-01-03 01:00:00+01:00")),
        ("1970-01-01 00:00", ("86400", "172800.0")),
    ],
)
def test_a_long_table_has_the_days_of_its_oldest_post(tmp_path: Path, posted: str, times: tuple[str, str]) -> None:
    rows = "".join(f"{time},{views},{posted},a\n" for time, views in zip(times, (3, 8), strict=True))
    path = write(tmp_path, f"time,views,posted,id\n{rows}{times[0]},1,{posted},b\n")
    curves = read_curves(path)
    assert curves.shape == (2, 2)
    assert curves.loc["a"].tolist() == [3.0, 8.0]
    assert curves.loc["b"].isna().tolist() == [False, True]
    pd.testing.assert_frame_equal(read_curves(path, n_times=1), curves[[1]])
    assert read_curves(path, n_times=3)[3].isna().all()


def test_samples_of_the_first_hours_make_one_day_that_is_not_over(tmp_path: Path) -> None:
    curves = read_curves(write(tmp_path, "id,posted,time,views\na,0,3600,4\n"))
    assert curves.shape == (1, 1)
    assert curves.isna().all(axis=None)


def test_a_post_older_than_any_platform_is_refused_with_its_row(tmp_path: Path) -> None:
    content = "id,posted,time,views\na,2024-05-01,2024-05-02,4\nb,1970-01-01,2024-05-02,4\n"
    assert "line 3 (id 'b'), column 'time': the sample was taken 19,845 days after the post" in refusal(
        tmp_path, content
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("a,soon,86400,1", "line 3 (id 'a'), column 'posted': 'soon' is not a time"),
        ("a,0,1500000000000,1", "line 3 (id 'a'), column 'time': '1500000000000' is not a time in unix seconds (milli"),
        ("a,0,86400,few", "line 3 (id 'a'), column 'views': 'few' is not a number"),
        ("a,0,86400,", "curves.csv: id 'a': views is missing in a sample"),
        ("a,,86400,1", "curves.csv: id 'a': posted is missing in a sample"),
        ("a,0,,1", "curves.csv: id 'a': time is missing in a sample"),
        (",0,86400,1", "line 3, column 'id': the id is empty"),
        ("a,1,86400,1", "curves.csv: id 'a': the samples name two times of posting"),
        ("a,0,-1,1", "curves.csv: id 'a': a sample is older than the post"),
        ("a,0,43200,2", "curves.csv: id 'a': two samples of one time have different views"),
        ("a,0,86400,-1", "curves.csv: id 'a': views are negative in a sample"),
        ("a,0,86400,inf", "line 3 (id 'a'), column 'views': 'inf' is not a number"),
        ("a,0,now,1", "line 3 (id 'a'), column 'time': 'now' is not a time"),
        ("a,0,86400", "line 3: 3 cells, but the header names 4 columns"),
    ],
)
def test_a_bad_sample_is_refused_with_file_and_place(tmp_path: Path, row: str, says: str) -> None:
    assert says in refusal(tmp_path, f"id,posted,time,views\na,0,43200,1\n{row}\n")
