"""Tables that are written block by block."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tsshape.data import open_table, write_table

IDS = ["007", "a,b", 'say "a"', "=1+1", "two\nlines", "优酷", "plain"]


def numbers(ids):
    values = np.random.default_rng(0).lognormal(3, 9, (len(ids), 2)).round(3)
    return pd.DataFrame(values, pd.Index(ids, name="id", dtype="str"), ["day01", "day,2"]).assign(day=range(len(ids)))


def write(table, path, size, **options):
    with open_table(path, **options) as append:
        for start in range(0, len(table), size):
            append(table.iloc[start : start + size])
    return path


def read(path):
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype={"id": str}, index_col="id", float_precision="round_trip")


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@pytest.mark.parametrize("size", [1, 3, 7])
def test_a_table_written_in_blocks_is_read_as_one_written_at_once(size, ending, tmp_path):
    table = numbers(IDS)
    blocks, whole = write(table, tmp_path / f"blocks{ending}", size), tmp_path / f"whole{ending}"
    write_table(table, whole)
    assert_frame_equal(read(blocks), table, check_exact=True)
    assert_frame_equal(read(blocks), read(whole), check_exact=True)


def test_the_bytes_of_a_csv_file_do_not_depend_on_the_blocks(tmp_path):
    files = [write(numbers(IDS), tmp_path / f"{size}.csv", size, spreadsheet_safe=True) for size in (1, 3, 7)]
    assert len({path.read_bytes() for path in files}) == 1
    assert "\n'=1+1," in files[0].read_text()


def test_ids_are_quoted_as_pandas_does_it(tmp_path):
    table = numbers(IDS)[["day"]]
    write_table(table, tmp_path / "whole.csv")
    assert write(table, tmp_path / "blocks.csv", 3).read_bytes() == (tmp_path / "whole.csv").read_bytes()


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_nothing_is_left_of_a_table_that_was_not_finished(ending, tmp_path):
    def write_half(append):
        append(numbers(IDS))
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"), open_table(tmp_path / f"table{ending}") as append:
        write_half(append)
    assert not [*tmp_path.iterdir()]
