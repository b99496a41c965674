import csv
import gzip
import io
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import count_tables, distinct_ids
from systems import posix_only

from tsshape import read_curves, read_features
from tsshape.data import read_posts
from tsshape.data._writing import write_table

# The folder of a test serves all of its examples: each writes the file anew.
one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def spelled(curves, *, separator=",", end="\n", quoting=csv.QUOTE_MINIMAL, mark=""):
    """The bytes of a CSV file of curves."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerow(["id", *(f"day{day:02d}" for day in curves)])
    for id_, counts in zip(curves.index, curves.to_numpy().tolist(), strict=True):
        writer.writerow([id_, *("" if np.isnan(count) else repr(count) for count in counts)])
    return (mark + file.getvalue()).encode()


def assert_same_bits(curves, expected):
    pd.testing.assert_frame_equal(curves, expected, check_exact=True)
    np.testing.assert_array_equal(np.signbit(curves), np.signbit(expected))


@one_folder
@given(
    curves=count_tables(),
    separator=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    mark=st.sampled_from(["", "\ufeff"]),
    gzipped=st.booleans(),
)
def test_curves_come_back_from_every_dialect_of_csv(tmp_path, curves, gzipped, **dialect):
    path = tmp_path / f"curves.csv{'.gz' * gzipped}"
    content = spelled(curves, **dialect)
    path.write_bytes(gzip.compress(content) if gzipped else content)
    assert_same_bits(read_curves(path), curves)


@one_folder
@given(curves=count_tables())
def test_curves_come_back_from_parquet(tmp_path, curves):
    write_table(curves.rename(columns=str), tmp_path / "curves.parquet")
    assert_same_bits(read_curves(tmp_path / "curves.parquet"), curves)


@one_folder
@given(distinct_ids(), st.sampled_from(["csv", "csv.gz", "parquet"]))
def test_an_id_is_the_same_text_in_wide_and_long_tables_and_in_features(tmp_path, index, ending):
    posts = pd.Index(index, name="id", dtype="str")
    for columns in ({"d1": 1.5}, {"posted": 0, "time": 86_400, "views": 1.5}, {"name": index}):
        path = tmp_path / f"table.{ending}"
        write_table(pd.DataFrame(columns, posts), path)
        table = read_posts(path, kinds={"name": "text"}).features if "name" in columns else read_curves(path)
        assert table.index.tolist() == index
        assert table.iloc[:, 0].tolist() == columns.get("name", [1.5] * len(index))


@one_folder
@given(
    st.one_of(st.binary(max_size=300), st.text(',;\t\n\r"\0id1.é', max_size=60).map(str.encode)),
    st.sampled_from(["plain", "zipped", "framed"]),
    st.sampled_from([".csv", ".csv.gz", ".parquet"]),
)
def test_any_bytes_are_a_table_or_refused_in_one_line_that_names_the_file(tmp_path, answer, content, form, ending):
    path = tmp_path / f"table{ending}"
    framed = b"PAR1" + content + len(content).to_bytes(4, "little") + b"PAR1"
    path.write_bytes({"plain": content, "zipped": gzip.compress(content), "framed": framed}[form])
    for read in (read_curves, read_features):
        assert isinstance(answer(read, path), pd.DataFrame | str)


def test_whole_numbers_in_parquet_are_the_ids_that_they_are_in_csv(tmp_path):
    numbers = [0, 7, 2**53 + 1, 2**63 - 1]
    for ending in ("csv", "parquet"):
        path = tmp_path / f"curves.{ending}"
        write_table(pd.DataFrame({"d1": 1.0}, pd.Index(numbers, name="id")), path)
        assert read_curves(path).index.tolist() == [str(number) for number in numbers]


@pytest.mark.parametrize("id_", ["a\nb", "a\tb", "\x1b[2J", "a\r", "\x7f", "a\x85"])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_control_character_in_an_id_is_refused_with_its_place(tmp_path, refusal, id_, ending):
    path = tmp_path / f"curves.{ending}"
    curves = pd.DataFrame({1: [1.0, 1.0]}, ["b", id_])
    if ending == "csv":
        path.write_bytes(spelled(curves, quoting=csv.QUOTE_ALL))
    else:
        write_table(curves.rename(columns=str).rename_axis("id"), path)
    place = "line 3" if ending == "csv" else "row 2"
    assert f"{place}, column 'id': the id {id_!r} holds a control character" in refusal(read_curves, path)


def test_a_long_id_is_read_and_cut_in_messages(tmp_path, refusal):
    path = tmp_path / "curves.csv"
    long = "é" * 100_000
    path.write_text(f"id,d1\n{long},1\n")
    assert read_curves(path).index.tolist() == [long]
    path.write_text(f"id,d1\n{long},{'9' * 1000}x\n")
    assert len(refusal(read_curves, path)) < 1000


def test_what_is_no_table_file_is_refused_by_name(tmp_path, refusal):
    assert "no such file" in refusal(read_curves, tmp_path / "absent.csv")
    assert "a folder" in refusal(read_curves, tmp_path)
    (tmp_path / "curves.xlsx").touch()
    assert "must end in .csv, .csv.gz or .parquet" in refusal(read_curves, tmp_path / "curves.xlsx")


@posix_only
@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
def test_only_regular_files_are_opened(tmp_path, refusal, ending):
    path = tmp_path / f"table{ending}"
    os.mkfifo(path)
    assert "no regular file" in refusal(read_curves, path)
    path.unlink()
    path.symlink_to("/dev/zero")
    assert "no regular file" in refusal(read_curves, path)
    path.unlink()
    path.mkdir()
    assert "is a folder" in refusal(read_curves, path)
    path.rmdir()
    path.symlink_to(path)
    assert "cannot be read: Too many levels of symbolic links" in refusal(read_curves, path)
