import gzip
import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from tsshape import read_curves, read_features
from tsshape.data._writing import write_table

MIB = 2**20
LIMIT = "6MB"


# In a process of its own, since Arrow tells only the most that it ever took.
MEASURE = """
import sys, tracemalloc
import pyarrow
from tsshape import read_curves, read_features

read_curves(sys.argv[1])
tracemalloc.start()
for path in sys.argv[2:]:
    try:
        (read_features if "features" in path else read_curves)(path)
    except ValueError as error:
        print(error, file=sys.stderr)
    print(tracemalloc.get_traced_memory()[1] + pyarrow.default_memory_pool().max_memory())
"""


def measure(small, *paths, limit=LIMIT):
    """The most memory that was taken until each file was read or refused, and the refusals; a small file goes first."""
    command = [sys.executable, "-c", MEASURE, *map(str, (small, *paths))]
    environment = os.environ | {"TSSHAPE_MEMORY_LIMIT": limit}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return [int(line) for line in done.stdout.splitlines()], done.stderr.splitlines()


@pytest.fixture(autouse=True)
def limit(monkeypatch):
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", LIMIT)


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.csv"
    path.write_text("id,d1\na,1\n")
    return path


def assert_refused_for_its_size(message):
    assert "of memory, more than the limit of 6 MiB: split the table, or raise TSSHAPE_MEMORY_LIMIT" in message


def test_a_csv_is_refused_by_its_size_before_it_is_read(tmp_path, refusal):
    path = tmp_path / "curves.csv"
    with path.open("wb") as file:
        file.truncate(MIB)
    message = refusal(read_curves, path)
    assert_refused_for_its_size(message)
    assert "would take about 12 MiB" in message


def test_the_variable_moves_the_limit(tmp_path, refusal, monkeypatch):
    path = tmp_path / "curves.csv"
    path.write_text("id,d1\n" + "".join(f"{row},1\n" for row in range(1000)))
    assert len(read_curves(path)) == 1000
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "10K")
    assert "more than the limit of 10 KiB" in refusal(read_curves, path)


@pytest.mark.parametrize("line", [b"1" * 1000, b"a,1\n", b"\n", b"\0", b"\xff\n", b"a,", b'"\n",'])
@pytest.mark.parametrize("header", [b"id,d1\n", b""])
def test_a_gzip_file_is_unpacked_to_the_limit_and_no_further(tmp_path, refusal, header, line):
    path = tmp_path / "curves.csv.gz"
    # 100 MiB, in as many gzip members, so that the test need not make them.
    path.write_bytes(gzip.compress(header) + gzip.compress(line * (MIB // len(line))) * 100)
    tracemalloc.start()
    try:
        message = refusal(read_curves, path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * MIB
    if line in {b"1" * 1000, b"a,1\n", b"\n"} and (header or line == b"a,1\n"):
        assert_refused_for_its_size(message)


def test_a_table_of_very_many_columns_is_refused(tmp_path, refusal):
    path = tmp_path / "curves.csv"
    path.write_text("id," + ",".join(f"d{day}" for day in range(1, 10_000)) + "\na" + ",1" * 9_999 + "\n")
    assert_refused_for_its_size(refusal(read_curves, path))


def test_cells_that_take_a_byte_in_the_file_are_counted(tmp_path, refusal):
    path = tmp_path / "curves.csv"
    path.write_text("id,d1\n" + ",\n" * 200_000)
    assert 12 * path.stat().st_size < 6 * MIB
    assert_refused_for_its_size(refusal(read_curves, path))


def test_a_long_table_is_refused_where_its_curves_would_take_too_much(tmp_path, refusal):
    path = tmp_path / "curves.csv"
    path.write_text("id,posted,time,views\n" + "".join(f"{row},0,9,1\n" for row in range(20_000)))
    assert path.stat().st_size * 12 < 6 * MIB
    assert_refused_for_its_size(refusal(read_curves, path))


def test_parquet_is_refused_by_its_rows_and_columns_before_it_is_read(tmp_path, refusal):
    path = tmp_path / "curves.parquet"
    nothing = pa.nulls(10**6, pa.float64())
    parquet.write_table(pa.table({"id": nothing, "d1": nothing}), path)
    assert path.stat().st_size < 10_000
    before = pa.total_allocated_bytes()
    message = refusal(read_curves, path)
    assert_refused_for_its_size(message)
    assert "would take about 76.31 MiB" in message
    assert pa.total_allocated_bytes() == before


def test_parquet_is_refused_by_its_unpacked_size_before_it_is_read(tmp_path, refusal):
    path = tmp_path / "features.parquet"
    text = pa.array([f"{row}" + "x" * MIB for row in range(30)])
    parquet.write_table(pa.table({"id": np.arange(30), "text": text}), path, use_dictionary=False, compression="zstd")
    assert path.stat().st_size < MIB
    assert_refused_for_its_size(refusal(read_features, path))


def test_a_long_text_in_many_rows_is_refused_before_it_is_written_out(tmp_path, small):
    text = pa.DictionaryArray.from_arrays(np.zeros(50_000, np.int32), ["x" * MIB])
    paths = [tmp_path / "features_text.parquet", tmp_path / "features_categories.parquet"]
    for path, as_categories in zip(paths, (False, True), strict=True):
        parquet.write_table(pa.table({"id": np.arange(50_000), "text": text}), path, store_schema=as_categories)
    taken, refusals = measure(small, *paths)
    assert max(taken) < 12 * MIB
    for path, message in zip(paths, refusals, strict=True):
        assert message.startswith(f"{path} would take about")
        assert_refused_for_its_size(message)


@pytest.mark.parametrize("largest", [10, 10**7])
def test_curves_take_no_more_memory_than_their_csv_is_counted_for(tmp_path, small, largest):
    path = tmp_path / "curves.csv"
    values = np.random.default_rng(0).integers(0, largest, (20_000, 30))
    table = pd.DataFrame(values, [f"post {row}" for row in range(20_000)], list(map(str, range(1, 31))))
    write_table(table.rename_axis("id"), path)
    (taken,), refusals = measure(small, path, limit="1G")
    assert not refusals
    assert taken < 12 * path.stat().st_size
