"""Parquet files that lie about what they hold: refused before the memory is taken that they would have."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from forged_parquet import (
    DELTA_BINARY_PACKED,
    DELTA_LENGTH,
    DICTIONARY,
    DOUBLE,
    FIXED,
    INT64,
    Column,
    Page,
    counts,
    ended,
    file_of,
    one_for_all,
    repeated,
    text,
    varint,
)
from pyarrow import parquet
from systems import linux_only

from tsshape import read_curves, read_features
from tsshape.data._parquet import _ROWS_PER_BATCH, _read
from tsshape.data._thrift import BINARY, I32, I64, LIST, STRUCT, ThriftError, read_struct, write_struct

MIB = 2**20
BOMB = text(b"x" * (300 * MIB))
MOST = 2**31 - 1


def ids(*values, **changes):
    return Column("id", (Page(text(*values), len(values)),), **changes)


def same_ids(n_rows):
    """Ids that take little, all the same."""
    return Column("id", one_for_all(text(b"a"), n_rows))


def element(name, n_children):
    return write_struct([(4, BINARY, name), (5, I32, n_children)])


def footer(*fields):
    return write_struct([(1, I32, 1), (2, LIST, (STRUCT, [element(b"schema", 0)])), (3, I64, 0), *fields])


def claimed_groups():
    """A list of row groups that is said to be long, and ends."""
    return ended(b"PAR1", footer()[:-1] + b"\x19\xfc" + varint(10**6))


def delta(n_values):
    """The head of a page of deltas that take no bits, in one huge block."""
    return varint(2**30) + varint(4) + varint(n_values) + varint(0) + varint(0) + bytes(64)


TOO_LARGE, DAMAGED = "more than the limit of 256 MiB", "cannot be read as Parquet, it may be truncated or damaged"
# What each file is said for, and a function that makes it: some are large until they are packed.
FORGED = {
    "text in one page, zstd": (TOO_LARGE, lambda: file_of(Column("id", (Page(BOMB, 1),), codec="zstd"), n_rows=1)),
    "text in one page, brotli": (TOO_LARGE, lambda: file_of(Column("id", (Page(BOMB, 1),), codec="brotli"), n_rows=1)),
    "text that just fits": (
        TOO_LARGE,
        lambda: file_of(Column("id", (Page(text(b"x" * (80 * MIB)), 1),), codec="zstd"), counts(1), n_rows=1),
    ),
    "numbers in a dictionary": (
        TOO_LARGE,
        lambda: file_of(
            ids(b"a"),
            Column("d1", (Page(bytes(300 * MIB), 1, DICTIONARY), Page(repeated(0, 1), 1)), DOUBLE, codec="zstd"),
            n_rows=1,
        ),
    ),
    "a long text in every row": (
        TOO_LARGE,
        lambda: file_of(
            Column("id", one_for_all(text(b"x" * 10 * MIB), 10**5), codec="zstd"),
            n_rows=10**5,
        ),
    ),
    "a long decimal in every row": (
        "holds numbers of any length",
        lambda: file_of(
            same_ids(10**5),
            Column("d1", one_for_all(text(b"x" * MIB), 10**5), codec="zstd", is_decimal=True),
            n_rows=10**5,
        ),
    ),
    "a long decimal of fixed length in every row": (
        "has numbers of 1048576 bytes",
        lambda: file_of(
            same_ids(10**5),
            Column("d1", one_for_all(bytes(MIB), 10**5), FIXED, codec="zstd", is_decimal=True, length=MIB),
            n_rows=10**5,
        ),
    ),
    "many texts in a dictionary": (
        TOO_LARGE,
        lambda: file_of(
            Column("id", (Page(bytes(16 * MIB), 4 * MIB, DICTIONARY), Page(b"", 1)), codec="zstd"), n_rows=1
        ),
    ),
    "a page of 2 GiB, it says": (
        TOO_LARGE,
        lambda: file_of(Column("id", (Page(text(b"a"), 1, unpacked=MOST),), codec="zstd"), n_rows=1),
    ),
    "a page of nothing, it says": (
        DAMAGED,
        lambda: file_of(Column("id", (Page(BOMB, 1, unpacked=0),), codec="zstd"), n_rows=1),
    ),
    "a page of less than nothing": (DAMAGED, lambda: file_of(ids(b"a"), counts(1, n_values=-1), n_rows=1)),
    "a dictionary of more texts than bytes": (
        DAMAGED,
        lambda: file_of(Column("id", (Page(b"", MOST, DICTIONARY), Page(b"", 1))), n_rows=1),
    ),
    "a run of 2^31 values": (DAMAGED, lambda: file_of(same_ids(MOST), n_rows=10)),
    "a run of 2^31 values in as many rows": (TOO_LARGE, lambda: file_of(same_ids(MOST), n_rows=MOST)),
    "fewer values than rows": (DAMAGED, lambda: file_of(ids(b"a"), counts(1), n_rows=2)),
    "deltas of 2^31 values": (
        "have the same id",
        lambda: file_of(same_ids(9), counts(9, pages=(Page(delta(MOST), 9, encoding=DELTA_BINARY_PACKED),)), n_rows=9),
    ),
    "deltas of 2^31 lengths of text": (
        "column 'id' is delta-encoded text",
        lambda: file_of(Column("id", (Page(delta(MOST), 9, encoding=DELTA_LENGTH),)), n_rows=9),
    ),
    "pages that many columns share": (
        "its columns take more bytes than the file has",
        lambda: file_of(
            ids(b"x" * MIB), *(counts(1, name=f"d{day}", start=4, size=MIB) for day in range(1, 300)), n_rows=1
        ),
    ),
    "pages before the file": (DAMAGED, lambda: file_of(ids(b"a", start=-4), n_rows=1)),
    "pages beyond the file": (DAMAGED, lambda: file_of(ids(b"a", start=2**40), n_rows=1)),
    "many columns": (
        TOO_LARGE,
        lambda: file_of(*(Column(f"d{day}", (), INT64) for day in range(34_000)), n_rows=0),
    ),
    "many row groups": (TOO_LARGE, lambda: file_of(ids(), n_rows=0, n_groups=200_000)),
    "a million row groups, it says": (DAMAGED, claimed_groups),
    "chunks of nothing": (
        DAMAGED,
        lambda: ended(b"PAR1", footer((4, LIST, (STRUCT, [write_struct([(1, LIST, (STRUCT, [b"\0"] * 10**6))])])))),
    ),
    "columns in columns in columns": (
        "nested too deeply",
        lambda: file_of(ids(b"a"), n_rows=1, elements=[element(b"a", 1)] * 10**5 + [ids(b"a").element()]),
    ),
    "fewer columns than it says": (DAMAGED, lambda: file_of(ids(b"a"), n_rows=1, elements=[element(b"a", MOST)])),
    "a footer beyond the file": (DAMAGED, lambda: b"PAR1" + b"\xff\xff\xff\x7fPAR1"),
    "columns in another file": (
        "has its columns in other files",
        lambda: file_of(ids(b"a", file="/etc/passwd"), n_rows=1),
    ),
    "encrypted": ("is encrypted", lambda: file_of(ids(b"a"), n_rows=1, claims=[(8, STRUCT, b"\0")])),
    "an encrypted footer": ("is encrypted", lambda: b"PARE" + bytes(20) + b"PARE"),
}
# In a process of its own: how large it was at most, after each refusal.
READ = r"""
import re, sys
from pathlib import Path
from tsshape import read_curves
for path in sys.argv[1:]:
    try:
        read_curves(path)
        print("was read")
    except ValueError as error:
        print(error)
    print(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@linux_only
def test_a_forged_file_is_refused_before_it_takes_memory(tmp_path, monkeypatch):
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "256MB")
    paths = [tmp_path / f"{number}.parquet" for number in range(len(FORGED))]
    for path, (_, made) in zip(paths, FORGED.values(), strict=True):
        path.write_bytes(made())
        assert path.stat().st_size < 8 * MIB
    done = subprocess.run([sys.executable, "-c", READ, *paths], capture_output=True, text=True, check=True, timeout=100)
    lines = done.stdout.splitlines()
    for path, (name, (says, _)), message, peak in zip(paths, FORGED.items(), lines[::2], lines[1::2], strict=True):
        assert message.startswith(str(path)), name
        assert says in message, name
        assert int(peak) < 600 * 2**10, name


def test_categories_that_all_batches_have_are_held_once(tmp_path):
    path = tmp_path / "features.parquet"
    kinds = pa.DictionaryArray.from_arrays(np.ones(3 * _ROWS_PER_BATCH, np.int32), ["x" * MIB, "y"])
    parquet.write_table(pa.table({"id": np.arange(len(kinds)), "kind": kinds}), path, row_group_size=len(kinds))
    with path.open("rb") as file:
        batches = _read(path, file, None)["kind"].chunks
    assert len(batches) == 3
    assert len({batch.dictionary.buffers()[2].address for batch in batches}) == 1
    assert (read_features(path)["kind"] == "y").all()


def test_the_header_of_a_page_may_be_long(tmp_path):
    path = tmp_path / "curves.parquet"
    path.write_bytes(
        file_of(
            ids(b"a", b"b"),
            counts(2, pages=(Page((1).to_bytes(8, "little") * 2, 2, statistics=b"x" * 5000),)),
            n_rows=2,
        )
    )
    assert read_curves(path)[1].tolist() == [1, 1]


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("options", [{}, {"write_page_index": True, "store_schema": False, "data_page_size": 200}])
@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "zstd", "brotli", "lz4"])
def test_every_form_of_pages_is_read(tmp_path, version, options, codec):
    path = tmp_path / "table.parquet"
    table = pd.DataFrame(
        {"id": [f"post {row}" for row in range(300)], "n": np.arange(300.0), "t": ["x", None, "y"] * 100}
    )
    form = {"compression": codec, "data_page_version": version, "row_group_size": 100, **options}
    parquet.write_table(pa.Table.from_pandas(table, preserve_index=False), path, write_page_checksum=True, **form)
    features = read_features(path)
    assert features["n"].tolist() == table["n"].tolist()
    assert features["t"].isna().tolist() == [False, True, False] * 100


def test_what_pyarrow_gets_is_only_what_was_checked(tmp_path):
    path = tmp_path / "curves.parquet"
    pair = write_struct([(1, BINARY, b"pandas"), (2, BINARY, b"{")])
    path.write_bytes(file_of(ids(b"a"), counts(1), n_rows=1, claims=[(5, LIST, (STRUCT, [pair]))]))
    assert parquet.read_metadata(path).metadata == {b"pandas": b"{"}
    assert read_curves(path)[1].tolist() == [1]


def struct(*fields):
    return write_struct(fields)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (struct((1, I64, 5)), "of type 6 instead of 5"),
        (struct((1, I32, 5))[:-1] + b"\x05\x02\x0a" + b"\0", "repeated"),
        (b"\x15" + b"\xff" * 9 + b"\x01\0", "more than 32 bits"),
        (b"\x15" + b"\xff" * 20, "more than 64 bits"),
        (struct((2, LIST, (I32, [1]))), "lists values of type 5"),
        (struct((4, 11, 0)), "a value of type 11"),
        (struct((9, STRUCT, b"\x1c" * 100)), "nested too deeply"),
        (b"\x19\x19" * 100, "a value of type|instead of"),
        (struct((3, BINARY, b"abc"))[:-2], "ends too early"),
        (struct((1, I32, 5))[:-1], "ends too early"),
        (b"", "ends too early"),
    ],
)
def test_thrift_that_can_be_read_in_two_ways_is_refused(content, says):
    with pytest.raises(ThriftError, match=says):
        read_struct(content, 0, {1: I32, 2: [{1: I32}], 3: BINARY})


def test_thrift_is_read_as_it_was_written_and_the_rest_is_skipped():
    inner = struct((1, I32, -(2**31)), (4, LIST, (BINARY, [b"a"] * 20)), (14, I64, 2**63 - 1))
    whole = struct((2, LIST, (STRUCT, [inner, b"\0"])), (3, BINARY, b"\xff"))
    asked = {2: [{0: I32, 1: I32, 14: I64}], 3: BINARY}
    found, end = read_struct(b"?" + whole + b"?", 1, asked)
    assert end == len(whole) + 1
    assert found == {2: [{0: inner, 1: -(2**31), 14: 2**63 - 1}, {0: b"\0"}], 3: b"\xff"}
