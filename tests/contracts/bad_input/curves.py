"""Tables of curves that cannot be read; every verb that takes one reads it the same way."""

import gzip
import io
import sys

import pandas as pd
import pyarrow as pa
from contracts.bad_input.case import CURVES, bad
from forged_parquet import BYTE_ARRAY, DELTA_LENGTH, DICTIONARY, FIXED, Column, Page, counts, file_of, one_for_all, text
from pyarrow import parquet

from tsshape.data._thrift import BINARY, I32, STRUCT, write_struct


def csv(content, *words, name="curves.csv", options=""):
    """A table that is described."""
    return bad({name: content}, f"describe {name} {options}", name, *words)


def arrow(columns, *words, **options):
    """A Parquet file of some columns that is described."""
    buffer = io.BytesIO()
    parquet.write_table(pa.table(columns), buffer, **options)
    return bad({"curves.parquet": buffer.getvalue()}, "describe curves.parquet", "curves.parquet", *words)


def forged(*columns, says, n_rows=1, **lies):
    """A Parquet file that lies about its pages."""
    return bad({"curves.parquet": file_of(*columns, n_rows=n_rows, **lies)}, "describe curves.parquet", says)


def parquet_bytes():
    """A good Parquet file."""
    buffer = io.BytesIO()
    pd.DataFrame({"id": ["a", "b"], "day01": [1.0, 2.0]}).to_parquet(buffer)
    return buffer.getvalue()


GOOD = parquet_bytes()
SAMPLES = "id,posted,time,views\na,2024-01-01,2024-01-02,3\na,2024-01-01,2024-01-03,4\n"

FILES = {
    "no file": bad({}, "describe curves.csv", "curves.csv", "no such file"),
    "a folder without curves": bad({}, "describe .", ". has no curves.csv"),
    **({} if sys.platform == "win32" else {"a device": bad({}, "describe /dev/zero", "/dev/zero")}),
    "an address": bad({}, "describe https://example.org/curves.csv", "no such file"),
    "an ending nobody knows": csv(CURVES, ".csv", name="curves.txt"),
    "a spreadsheet": csv(b"PK\x03\x04", ".parquet", name="curves.xlsx"),
    "no ending": csv(CURVES, ".csv", name="curves"),
    "a zip": csv(CURVES, ".csv.gz", name="curves.csv.zip"),
}
TEXT = {
    "an empty file": csv("", "line 1", "empty"),
    "a first line that is empty": csv("\n" + CURVES, "line 1", "empty"),
    "a header only": csv("id,day01\n", "no rows"),
    "a byte order mark only": csv("\ufeff", "empty"),
    "a row too short": csv(CURVES + "d,5\n", "line 5", "2 cells", "3 columns"),
    "a row too long": csv(CURVES + "d,5,6,7\n", "line 5", "4 cells"),
    "a column without a name": csv("id,,day02\na,1,2\n", "column 2", "no name"),
    "a column twice": csv("id,day01,day01\na,1,2\n", "'day01'"),
    "a quote that is not closed": csv('id,day01\n"a,1\n', "line"),
    "text after a quote": csv('id,day01\n"a"b,1\n', "line 2"),
    "Latin-1": csv("id,day01\ncaf\xe9,1\n".encode("latin-1"), "line 2", "UTF-8"),
    "UTF-16": csv(CURVES.encode("utf-16"), "UTF-16", "UTF-8"),
    "UTF-32": csv(CURVES.encode("utf-32"), "UTF-32", "UTF-8"),
    "a NUL in an id": csv("id,day01\na\0b,1\n", "line 2"),
    "a NUL in the header": csv("id,day\0001\na,1\n", "line 1"),
    "a field without end": csv("id,day01\n" + "a" * 200_000 + ",1\n", "line 2"),
    "binary": csv(bytes(range(256)) * 4, "curves.csv"),
    "a truncated gz": csv(gzip.compress(CURVES.encode())[:-6], "truncated", name="curves.csv.gz"),
    "a gz that is none": csv(CURVES, "gzip", name="curves.csv.gz"),
    "an empty gz": csv(b"", name="curves.csv.gz"),
    "a gz of nothing": csv(gzip.compress(b""), "empty", name="curves.csv.gz"),
    "a gz of Latin-1": csv(gzip.compress(b"id,day01\n\xe9,1\n"), "line 2", "UTF-8", name="curves.csv.gz"),
    "a bar for a separator": csv(CURVES.replace(",", "|"), "id"),
}
IDS = {
    "no id column": csv("post,day01\na,1\n", "'post'", "--id-column", "tsshape import"),
    "an id column that is not there": csv(CURVES, "'key'", options="--id-column key"),
    "an id twice": csv(CURVES + "a,5,6\n", "'a'", "line 2", "line 5"),
    "two ids that look the same": csv("id,day01\n\u00e9,1\ne\u0301,2\n", "line 2", "line 3", "Unicode form"),
    "an id with a blank behind it and one without": csv("id,day01\na,1\na ,2\n", "line 2", "line 3", "blanks"),
    "an id that is empty": csv("id,day01\na,1\n,2\n", "line 3", "'id'", "empty"),
    "an id of blanks": csv('id,day01\n"  ",2\n', "line 2", "empty"),
    "ids that are fractions": arrow({"id": [1.5, 2.5], "day01": [1.0, 2.0]}, "'id'", "text or whole numbers"),
    "ids that are truth values": arrow({"id": [True, False], "day01": [1.0, 2.0]}, "'id'"),
    "ids that are lists": arrow({"id": [["a"], ["b"]], "day01": [1.0, 2.0]}, "'id'", "list"),
    "an id that is missing": arrow({"id": ["a", None], "day01": [1.0, 2.0]}, "row 2", "empty"),
    "a whole-number id twice": arrow({"id": [7, 7], "day01": [1.0, 2.0]}, "'7'", "row 1", "row 2"),
}
COUNTS = {
    "a word among counts": csv(CURVES.replace("3", "many"), "line 3", "'b'", "'day01'", "'many'"),
    "an infinite count": csv(CURVES.replace("4", "inf"), "'b'", "'day02'", "inf"),
    "a count beyond all numbers": csv(CURVES.replace("4", "1e999"), "'b'", "'day02'"),
    "a negative count": csv(CURVES.replace("4", "-4"), "'b'", "'day02'", "-4"),
    "a decimal comma": csv("id;day01\na;1,5\nb;2,5\n", "line 2", "'1,5'", "1.5 instead"),
    "thousands separators": csv('id,day01\na,"1,500"\n', "'1,500'", "thousands"),
    "dots that may separate thousands": csv(
        "id;day01;day02;day03\na;950;1.551;2.100\nb;1.000;1.250;9.125\nc;12;1.300;\n",
        "line 3",
        "'1.000'",
        "--thousands .",
    ),
    "a hexadecimal count": csv(CURVES.replace("4", "0x4"), "'0x4'"),
    "an underscore in a count": csv(CURVES.replace("4", "4_000"), "'4_000'"),
    "a percentage": csv(CURVES.replace("4", "4%"), "'4%'"),
    "two numbers in a cell": csv(CURVES.replace("4", "4 5"), "'4 5'"),
    "digits of another script": csv(CURVES.replace("4", "٤"), "'٤'"),
    "a truth value among counts": csv(CURVES.replace("4", "True"), "'True'"),
    "counts that are times": arrow({"id": ["a"], "day01": pa.array([0], pa.timestamp("s"))}, "'day01'"),
    "counts that are lists": arrow({"id": ["a"], "day01": [[1.0]]}, "'day01'", "list"),
    "counts that are bytes": arrow({"id": ["a"], "day01": [b"1"]}, "'day01'", "binary"),
    "an infinite count in Parquet": arrow({"id": ["a"], "day01": [float("inf")]}, "row 1", "'day01'"),
    "a negative count in Parquet": arrow({"id": ["a"], "day01": [-1]}, "row 1", "'day01'", "-1"),
}
DAYS = {
    "a day that is missing": csv(CURVES.replace("day02", "day03"), "day 2", "'day03'", "tsshape import"),
    "days with gaps": csv("id,1,3,7\na,1,2,3\n", "day 2", "'3'", "tsshape import"),
    "two kinds of counts": csv("id,views1,likes2\na,1,2\n", "'views1'", "'likes2'", "tsshape import"),
    "dates for days": csv("id,2024-02-01,2024-02-02\na,1,2\n", "'2024-02-01'", "a date", "tsshape import"),
    "months for days": csv("id,Jan 2024,Feb 2024\na,1,2\n", "'Jan 2024'", "a month", "tsshape import"),
    "weeks for days": csv("id,week1,week2\na,1,2\n", "'week1'", "another step than a day", "tsshape import"),
    "a row for each day": csv("id,post1,post2\n1,1,2\n", "'post1'", "a row for each day", "tsshape import"),
    "row numbers of pandas": csv("id,Unnamed: 0,day1\na,0,2\n", "'Unnamed: 0'", "no name", "tsshape import"),
    "days from 0 on": csv("id,day0,day1\na,1,2\n", "day 0"),
    "a day twice": csv("id,day1,day01\na,1,2\n", "'day1'", "'day01'"),
    "a column that is no day": csv("id,day01,title\na,1,x\n", "'title'", "no day"),
    "no day at all": csv("id\na\n", "no column of counts"),
    "one column beside the samples": csv("id,posted,time,likes\na,1,2,3\n", "'posted'", "posted, time and views"),
}
LONG = {
    "samples of two counts": csv(
        SAMPLES.replace("\n", ",1\n").replace("views,1", "views,likes"), "'posted'", "posted, time and views", "import"
    ),
    "a sample before the post": csv(SAMPLES.replace("2024-01-03", "2023-01-01"), "'a'", "older than the post"),
    "two times of posting": csv(SAMPLES + "a,2024-01-02,2024-01-04,5\n", "'a'", "two times of posting"),
    "two counts at one time": csv(SAMPLES + "a,2024-01-01,2024-01-03,5\n", "'a'", "different views"),
    "a time of posting before any platform": csv(
        SAMPLES.replace("a,2024-01-01", "a,1970-01-01"), "'time'", "days after the post"
    ),
    "a time that is none": csv(SAMPLES.replace("2024-01-03", "soon"), "line 3", "'time'", "'soon'"),
    "a time in milliseconds": csv(
        "id,posted,time,views\na,1700000000000,1700000000001,3\n", "line 2", "'posted'", "milliseconds"
    ),
    "a time that is missing": csv(SAMPLES.replace("2024-01-03", ""), "'a'", "time"),
    "views that are missing": csv(SAMPLES.replace(",4\n", ",\n"), "'a'", "views"),
    "negative views": csv(SAMPLES.replace(",4\n", ",-4\n"), "'a'", "negative"),
    "views that are a word": csv(SAMPLES.replace(",4\n", ",four\n"), "line 3", "'views'", "'four'"),
}
PARQUET = {
    "no Parquet": csv("no", "Parquet", name="curves.parquet"),
    "an empty Parquet file": csv(b"", "Parquet", name="curves.parquet"),
    "a Parquet file cut in half": csv(GOOD[: len(GOOD) // 2], "damaged", name="curves.parquet"),
    "a Parquet file without its end": csv(GOOD[:-1], "damaged", name="curves.parquet"),
    "a Parquet file with another beginning": csv(b"XXXX" + GOOD[4:-4] + b"XXXX", "damaged", name="curves.parquet"),
    "Parquet without rows": arrow({"id": pa.array([], pa.string()), "day01": pa.array([], pa.float64())}, "no rows"),
    "Parquet without columns": arrow({}, "curves.parquet"),
}
IDS_A = Column("id", (Page(text(b"a"), 1),))
ROOT_OF_2 = write_struct([(4, BINARY, b"schema"), (5, I32, 2)])
FORGED_PARQUET = {
    "a page that is larger than it says": forged(
        Column("id", (Page(text(b"x" * 10**6), 1, unpacked=9),), codec="zstd"), says="damaged"
    ),
    "a page that is said to be 2 GiB": forged(
        Column("id", (Page(text(b"x"), 1, unpacked=2**31 - 1),), codec="zstd"), says="damaged"
    ),
    "a dictionary of more texts than bytes": forged(
        Column("id", (Page(b"", 2**31 - 1, DICTIONARY), Page(b"", 1))), says="a dictionary has more values than bytes"
    ),
    "a run of 2^31 values": forged(IDS_A, counts(2**31 - 1, n_values=1), says="have 2147483647 values"),
    "another number of values than rows": forged(IDS_A, counts(1), n_rows=2, says="have 1 values, not 2"),
    "text in deltas": forged(Column("id", (Page(b"", 1, encoding=DELTA_LENGTH),)), says="delta-encoded text"),
    "pages that two columns share": forged(
        IDS_A, counts(1, start=4, size=10**5), says="its columns take more bytes than the file has"
    ),
    "pages beyond the file": forged(Column("id", IDS_A.pages, start=2**40), says="damaged"),
    "columns in columns in columns": forged(
        IDS_A, elements=[write_struct([(4, BINARY, b"a"), (5, I32, 1)])] * 99, says="nested too deeply"
    ),
    "columns in another file": forged(Column("id", IDS_A.pages, file="other.parquet"), says="in other files"),
    "an encrypted Parquet file": forged(IDS_A, claims=[(8, STRUCT, b"\0")], says="is encrypted"),
    "numbers of any length": forged(
        Column("id", one_for_all(text(b"1"), 1), is_decimal=True), says="holds numbers of any length"
    ),
    "numbers of many bytes": forged(
        Column("id", one_for_all(bytes(99), 1), FIXED, is_decimal=True, length=99), says="has numbers of 99 bytes"
    ),
    "a column of another type than its pages": forged(
        *(IDS_A, counts(1)),
        elements=[ROOT_OF_2, IDS_A.element(), counts(1, physical=BYTE_ARRAY).element()],
        says="or has another type",
    ),
    "a footer beyond the file": csv(b"PAR1\xff\xff\xff\x7fPAR1", "damaged", name="curves.parquet"),
}
BAD_CURVES = FILES | TEXT | IDS | COUNTS | DAYS | LONG | PARQUET | FORGED_PARQUET
