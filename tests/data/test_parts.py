"""A table in parts: its footers, and ids that are unique over all parts."""

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from tsshape import DataError, read_curves
from tsshape.data import HashedPart, _part_ids, check_range, find_parts, hash_ranges, write_hashes


def write(folder, *tables):
    folder.mkdir(parents=True, exist_ok=True)
    for number, table in enumerate(tables):
        table.to_parquet(folder / f"part-{number:05d}.parquet", index=False)
    return folder


def table(*ids, day=1.0):
    return pd.DataFrame({"id": pd.Series(ids, dtype="str"), "day1": day, "day2": day})


def test_parts_are_found_in_a_folder_and_in_that_of_a_table_of_a_dataset(tmp_path):
    write(tmp_path / "bare", table("a", "b"), table(), table("c"))
    write(tmp_path / "posts/curves", table("a"))
    parts = find_parts(tmp_path / "bare", "curves")
    assert (parts.n_rows, parts.columns) == ((2, 0, 1), ("id", "day1", "day2"))
    assert [file.name for file in parts.filled] == ["part-00000.parquet", "part-00002.parquet"]
    assert parts.types == ("large_string", "double", "double")
    assert parts.kinds == ("text", "numbers", "numbers")
    assert find_parts(tmp_path / "posts", "curves").n_rows == (1,)
    assert find_parts(tmp_path / "posts", "features") is None


def test_a_file_an_empty_folder_and_a_saved_dataset_are_no_parts(tmp_path):
    table("a").to_parquet(tmp_path / "curves.parquet")
    (tmp_path / "empty/curves").mkdir(parents=True)
    for path, stem in ((tmp_path / "curves.parquet", "curves"), (tmp_path, "curves"), (tmp_path, "features")):
        assert find_parts(path, stem) is None
    assert find_parts(tmp_path / "empty/nothing", "curves") is None
    assert find_parts(tmp_path / "empty", "curves").files == ()


def test_files_that_other_programs_leave_beside_parts_are_no_parts(tmp_path):
    folder = write(tmp_path, table("a"))
    for name in ("_metadata.parquet", ".part.parquet", "_SUCCESS"):
        (folder / name).write_bytes(b"")
    assert len(find_parts(folder, "curves").files) == 1


@pytest.mark.parametrize(
    ("second", "fault"),
    [
        (table("b").rename(columns={"day2": "day3"}), "has a column 'day3', unlike .*part-00000"),
        (table("b").drop(columns="day2"), "lacks column 'day2', unlike .*part-00000"),
        (table("b")[["day1", "id", "day2"]], "has the columns of .* in another order"),
        (table("b", day="1"), "column 'day1' holds text, but numbers in .*part-00000"),
    ],
)
def test_the_first_part_that_differs_is_named(tmp_path, second, fault):
    folder = write(tmp_path, table("a"), table("c"), second, second)
    with pytest.raises(DataError, match=rf"^{re.escape(str(folder))}/part-00002.parquet:? {fault}"):
        find_parts(folder, "curves")


def test_whole_numbers_and_columns_without_a_value_are_no_difference(tmp_path):
    folder = write(tmp_path, table("a", day=None), table("b"), table("c", day=1))
    parts = find_parts(folder, "curves")
    assert (parts.types[1], parts.kinds[1]) == ("mixed", "numbers")


def test_a_broken_part_is_named(tmp_path):
    folder = write(tmp_path, table("a"), table("b"))
    broken = folder / "part-00001.parquet"
    broken.write_bytes(broken.read_bytes()[:-3])
    with pytest.raises(DataError, match=rf"^{re.escape(str(broken))} cannot be read as Parquet"):
        find_parts(folder, "curves")


def test_what_would_be_lost_beside_parts_is_refused(tmp_path):
    folder = write(tmp_path / "posts/curves", table("a"))
    (folder / "more.csv").write_text("id,day1,day2\nb,1,2\n")
    with pytest.raises(DataError, match=r"more.csv is no Parquet file"):
        find_parts(tmp_path / "posts", "curves")
    (folder / "more.csv").unlink()
    (folder / "year=2026").mkdir()
    with pytest.raises(DataError, match="year=2026 is a folder of a partition"):
        find_parts(tmp_path / "posts", "curves")
    table("a").to_parquet(tmp_path / "posts/curves.parquet")
    with pytest.raises(DataError, match=r"must have curves once; it has curves.parquet and the folder curves"):
        find_parts(tmp_path / "posts", "curves")


@pytest.fixture
def check(tmp_path):
    """Check the ids of some parts in a number of ranges of their hashes."""

    def check(*tables, n_ranges=3):
        folder = write(tmp_path / "parts", *tables)
        parts = [HashedPart(file, tmp_path / f"{file.stem}.npy") for file in find_parts(folder, "curves").filled]
        for part in parts:
            write_hashes(read_curves(part.file).index, part.hashes)
        n_ids = sum(map(len, tables))
        ranges = hash_ranges(n_ids, _part_ids.BYTES_PER_ID * n_ids // n_ranges)
        assert len(ranges) >= n_ranges
        for ends in ranges:
            check_range(ends, parts, "id")

    return check


@pytest.mark.parametrize("n_ranges", [1, 7])
def test_an_id_in_two_parts_is_refused_with_both_rows(check, n_ranges):
    many = [table(*(f"{part}-{row}" for row in range(50))) for part in range(3)]
    check(*many, n_ranges=n_ranges)
    many[2].loc[30, "id"] = "0-7"
    with pytest.raises(DataError, match=r"part-00000.parquet, row 8 .*part-00002.parquet, row 31 \(id '0-7'\) have"):
        check(*many, n_ranges=n_ranges)


def test_ids_that_look_the_same_in_two_parts_are_refused(check):
    with pytest.raises(DataError, match=r"row 2 \(id 'b'\), .*row 1 \(id ' b'\) are the same but for blanks"):
        check(table("a", "b"), table(" b", "c"))
    with pytest.raises(DataError, match="the same but for blanks around them or their Unicode form"):
        check(table("\u00e9"), table("e\u0301"))


def test_ids_with_the_same_hash_are_not_refused(check, monkeypatch):
    monkeypatch.setattr(_part_ids, "_hash_keys", lambda keys: np.array([len(key) for key in keys], np.uint64))
    check(table("a", "b", "cc"), table("d", "ee"))
    with pytest.raises(DataError, match=r"\(id 'ee'\), and .*\(id 'ee'\) have the same id"):
        check(table("a", "b", "ee"), table("d", "ee"))


def test_ranges_of_hashes_have_no_gap_and_no_overlap():
    ranges = hash_ranges(1_000, 10_000)
    assert len(ranges) == 4
    assert (ranges[0][0], ranges[-1][1]) == (0, 2**64 - 1)
    assert all(stop + 1 == start for (_, stop), (start, _) in pairwise(ranges))
