import gzip
import json

import pandas as pd
import pytest
from source_cells import cells

from tsshape import DataError
from tsshape.data._export._sources import read_source

TEXT = "id,title,views\n007,ä,1\n008,b,\n"
CELLS = [["007", "ä", "1"], ["008", "b", None]]


@pytest.mark.parametrize(
    ("encoding", "named", "says"),
    [
        ("utf-8", None, "UTF-8"),
        ("utf-8-sig", None, "UTF-8"),
        ("utf-8-sig", "utf-8", "utf-8"),
        ("utf-16", None, "UTF-16"),
        ("utf-16-le", None, "UTF-16"),
        ("utf-16-be", None, "UTF-16"),
        ("utf-16-be", "utf-16", "utf-16"),
        ("utf-32", None, "UTF-32"),
        ("utf-32-be", None, "UTF-32"),
        ("windows-1252", "windows-1252", "windows-1252"),
        ("gb18030", "gb18030", "gb18030"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_text_is_read_in_every_encoding(write, encoding, named, says, pack):
    table = read_source(write(pack(TEXT.encode(encoding))), encoding=named)
    assert cells(table.path, encoding=named) == CELLS
    assert table.format == f"comma-separated text, {says}{', gzip' if pack is gzip.compress else ''}"
    assert table.is_text
    assert list(table.cells.dtypes.astype(str)) == ["str"] * 3


@pytest.mark.parametrize("name", ["export.txt", "export", "export.log"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(write, name, separator):
    text = f'id{separator}"a, b; c | d\te"\n"x\n, ;y"{separator}"1,5;2|3"\nz{separator}\n'
    assert cells(write(text, name)) == [["x\n, ;y", "1,5;2|3"], ["z", None]]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("id;title;v\n1;Look, no. 0;4.643\n", ["id", "title", "v"]),
        ("id,title\n1,a;b;c\n2,d;e;f\n", ["id", "title"]),
        ("views\n1\n2\n", ["views"]),
        ('"sep=;"\nid;v\n1;2\n', ["id", "v"]),
        ("sep=|\r\nid;v|x\r\n1|2\r\n", ["id;v", "x"]),
        ("\n \nid,v,,\n1,2,,\n", ["id", "v"]),
        (",v\na,2\n", ["column 1", "v"]),
        ("Views\u00a0 \t(all) ,v\na,2\n", ["Views (all)", "v"]),
    ],
)
def test_the_header_names_the_columns(write, text, names):
    assert list(read_source(write(text)).cells) == names


def test_without_a_header_columns_are_numbered(write):
    table = read_source(write("1\t0,5\t0,75\n2\t1,5\t2\n"), has_header=False)
    assert not table.header
    assert list(table.cells) == ["1", "2", "3"]
    assert table.cells["3"].tolist() == ["0,75", "2"]


def test_rows_without_cells_are_skipped_and_counted(write):
    table = read_source(write("id;v\n;\n\na;1;;\n ; \nb;2\n"))
    assert table.cells["id"].tolist() == ["a", "b"]
    assert list(table.cells.index) == [4, 6]
    assert table.notes == ("skipped 2 rows without cells, the first at line 2",)


def test_a_byte_order_mark_within_the_file_is_part_of_a_cell(write):
    assert cells(write("\ufeffid,v\n\ufeffa,1\n")) == [["\ufeffa", "1"]]


def test_errors_name_the_line_of_the_file(write):
    table = read_source(write('sep=;\n\nid;v\n"a\nb";1\nc;2\n'))
    assert table.where("v")(1) == f"{table.path}, line 6, column 'v'"


LATIN = "id,v\na,1\né,2\n".encode("latin-1")


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (b"", {}, "is empty"),
        (b"\n \n", {}, "is empty"),
        (b"\xef\xbb\xbf", {}, "is empty"),
        (b"id,v\n", {}, "column names but no rows"),
        (b"id,v\n,\n", {}, "column names but no rows"),
        (
            LATIN,
            {},
            "line 3, column 'id': not UTF-8; save the file as UTF-8, or name its encoding: --encoding windows-",
        ),
        (b"id,\xe9\na,1\n", {}, "line 1, column 2: not UTF-8"),
        (b"id,v\na,\x81\n", {"encoding": "windows-1252"}, "line 2, column 'v': not windows-1252"),
        ("id,v\na,1\n".encode("utf-16")[:-1], {}, "line 2, column 'v': not UTF-16"),
        ("id\na\n".encode("utf-16"), {"encoding": "latin-1"}, "byte order mark of UTF-16, so it is not latin-1"),
        (b"id,v\na,1\n", {"sheet": "x"}, "leave out --sheet"),
        (b"id,v\na\0,1\n", {}, "line 2, column 'id': the cell holds a NUL"),
        (b"id,v\x1b[0m\na,1\n", {}, "column 2, 'v\\x1b[0m', holds a control character"),
        (b"id,v\na,1\nb\n", {}, "line 3: 1 cells, but the header names 2 columns"),
        (b"id,v\na,1\nb,2,3\n", {}, "line 3: 3 cells"),
        (b"1,2\n1,2,3\n", {"has_header": False}, "line 2: 3 cells, but the first row has 2"),
        (b"# exported today\nid,v,w\na,1,2\n", {}, "line 2: 3 cells, but the header names 1 columns"),
        (b'id,v\na,1\n"b,2\n', {}, "line 3: unexpected end of data; is a quote not closed"),
        (b'id\tv\n"a"b\t2\n', {}, "line 2: '\\t' expected after '\"'; is a quote"),
        (b"id,v,v\na,1,2\n", {}, "two columns are named 'v'"),
        (b",\n\n,v,\na,1,2\n", {}, "column 1, column 3 have cells but no name"),
        (gzip.compress(b"id,v\na,1\n", mtime=0)[:-9], {}, "truncated or no gzip file"),
        (b"<html><table>", {}, "HTML or XML; open it with a spreadsheet"),
    ],
)
def test_text_that_cannot_be_read_is_refused_in_one_line(write, refusal, content, options, says):
    assert says in refusal(lambda path: read_source(path, **options), write(content))


@pytest.mark.parametrize("encoding", ["rot13", "utf-9\0", "idna", "undefined", ""])
def test_an_encoding_is_one_of_text_that_python_knows(write, encoding):
    with pytest.raises(DataError, match=r"^--encoding .* is no text encoding that Python knows"):
        read_source(write(TEXT), encoding=encoding)


def test_what_is_neither_text_nor_a_workbook_is_refused_with_the_formats(write, refusal, tmp_path):
    assert "import reads CSV, TSV, .xlsx" in refusal(read_source, write(b"\x89PNG\x0d\x0a\x1a\x0a\0\0", "a.png"))
    assert "is a folder" in refusal(read_source, tmp_path)
    assert "there is no such file" in refusal(read_source, tmp_path / "no.csv")


def test_the_size_of_text_is_checked_before_it_is_read(write, refusal, monkeypatch):
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "2M")
    text = "id,v\n" + "aaaaaaaaaa,1\n" * 10_000
    assert read_source(write(text.encode("utf-16"))).cells.shape == (10_000, 2)
    for content in (text * 2, gzip.compress((text * 2).encode())):
        assert "more than the limit of 2 MiB" in refusal(read_source, write(content))


def test_progress_is_reported_in_bytes(write):
    reports = []
    path = write("id,v\n" + "a,1\n" * 100_000)
    read_source(path, on_read=lambda *report: reports.append(report))
    size = path.stat().st_size
    assert len(reports) > 2
    assert reports == sorted(reports)
    assert reports[-1] == (size, size)


POSTS = [
    {"id": 7, "statistics": {"viewCount": "12", "likes": 1.5}, "tags": ["a", "b"], "live": True},
    {"id": 2**63, "statistics": {"viewCount": "9"}, "tags": [], "title": None},
]
FLAT = [[7, "12", 1.5, "a b", True, None], [2**63, "9", None, None, None, None]]


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (json.dumps(POSTS), "a.json", "JSON, UTF-8"),
        (json.dumps(POSTS, indent=1), "a.txt", "JSON, UTF-8"),
        (json.dumps({"kind": "list", "items": POSTS}), "a.json", "JSON, UTF-8"),
        (json.dumps({"page": {"next": "x", "items": POSTS}}, indent=1), "a", "JSON, UTF-8"),
        ("\n\n".join(map(json.dumps, POSTS)), "a.jsonl", "JSON lines, UTF-8"),
        ("\r\n".join(map(json.dumps, POSTS)).encode("utf-16"), "a.json", "JSON lines, UTF-16"),
        (gzip.compress("\n".join(map(json.dumps, POSTS)).encode(), mtime=0), "a.ndjson.gz", "JSON lines, UTF-8, gzip"),
    ],
)
def test_records_are_flattened(write, content, name, kind):
    table = read_source(write(content, name))
    assert table.format == kind
    assert list(table.cells) == ["id", "statistics.viewCount", "statistics.likes", "tags", "live", "title"]
    assert cells(table.path) == FLAT
    assert not table.is_text
    assert table.place(1) in {"record 2", "line 2", "line 3"}


def test_a_list_of_records_becomes_rows(write):
    samples = [{"time": "t1", "views": 1}, {"time": "t2", "views": 2}]
    path = write(json.dumps([{"id": "a", "samples": samples}, {"id": "b", "samples": []}, {"id": "c"}]), "a.json")
    table = read_source(path)
    assert list(table.cells) == ["id", "samples.time", "samples.views"]
    assert cells(path) == [["a", "t1", 1], ["a", "t2", 2], ["b", None, None], ["c", None, None]]
    assert list(table.cells.index) == [1, 1, 2, 3]


def test_a_list_of_counts_becomes_columns(write):
    path = write('[{"id": "a", "views": [1, 2, null]}, {"id": "b", "views": [3, 4.5]}]', "a.json")
    assert list(read_source(path).cells) == ["id", "views 1", "views 2", "views 3"]
    assert cells(path) == [["a", 1, 2.0, None], ["b", 3, 4.5, None]]


def test_what_is_beside_the_records_is_said(write):
    table = read_source(write('{"kind": "k", "data": {"etag": "e", "items": [{"id": "a"}]}, "next": 1}', "a.json"))
    assert table.notes == ("took the records of 'data.items', and left out what is beside it: 'kind', 'next'",)


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("[]", "a.json", "has no records"),
        ("[{}]", "a.json", "has no records"),
        ("7", "a.json", "must be a list of records"),
        ("[1]", "a.json", "record 1: it is no record"),
        ('{"a": 1}', "a.json", "must hold one list of records; this one has none"),
        ('{"a": [{"x": 1}], "b": [{"x": 1}]}', "a.json", "has 2 lists of records, 'a', 'b'"),
        ('[{"id": 1},\n{"id": }]', "a.json", "line 2: no JSON, expecting value at character 8"),
        ('{"id": 1}\n{"id": ', "a.jsonl", "line 2: no JSON, expecting value at character"),
        ('{"id": 1}\n[2]', "a.jsonl", "line 2: the line is no record"),
        ('{"id": 1}\n{"v": NaN}', "a.jsonl", "line 2: NaN is no JSON number; write null"),
        ('[{"v": -Infinity}]', "a.json", "-Infinity is no JSON number"),
        ('{"id": 1}\n{"v": 1, "v": 2}', "a.jsonl", "line 2: the key 'v' stands twice"),
        ('[{"v": 1e999}]', "a.json", "record 1, field 'v': the number is beyond all floats"),
        ('[{"v": ' + "1" * 5000 + "}]", "a.json", "a number has too many digits"),
        ("[" * 100_000, "a.json", "nested too deeply"),
        ('{"a":' * 100_000, "a.jsonl", "nested too deeply"),
        ('[{"id": "a", "speed": [1, 2]}]', "a.json", "record 1: field 'speed' is a list"),
        ('[{"views": [1], "plays": [2]}]', "a.json", "'views' and 'plays' are both lists"),
        ('[{"a": [{"b": [{"c": 1}]}]}]', "a.json", "'a' and 'a.b' are both lists"),
        ('[{"a.b": 1, "a": {"b": 2}}]', "a.json", "there are two fields 'a.b'"),
        ('[{"a": 1, " a": 2}]', "a.json", "two columns are named 'a'"),
        ('[{"a": "\\u0000"}]', "a.json", "record 1, field 'a': the cell holds a NUL"),
        ('[{"a": "\\ud800"}]', "a.json", "record 1, field 'a': not text"),
        ('[{"\\ud800": 1}]', "a.json", "holds a control character"),
        (b'[{"a": 1},\n{"a": "\xe9"}]', "a.json", "line 2: not UTF-8; save the file as UTF-8"),
        (b'{"a": 1}\n{"a": "\xe9"}', "a.jsonl", "line 2: not UTF-8"),
    ],
)
def test_json_that_is_no_table_is_refused_in_one_line(write, refusal, content, name, says):
    assert says in refusal(read_source, write(content, name))


def test_text_that_a_nested_list_would_repeat_is_counted(write, refusal, monkeypatch):
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "20M")
    record = {"title": "x" * 100_000, "samples": [{"v": 1}] * 1_000}
    assert "more than the limit" in refusal(read_source, write(json.dumps([record]), "a.json"))


TS = "# about\n@problemName Views\n@timeStamps false\n@univariate true\n@classLabel true up down\n\n@data\n"


def test_a_ts_file_has_a_row_a_series_and_its_label(write):
    path = write(TS + "1,2,?:up\n# more\n4, 5:down\n", "a.txt")
    table = read_source(path)
    assert table.format == ".ts"
    assert not table.header
    assert table.is_text
    assert list(table.cells) == ["1", "2", "3", "label"]
    assert cells(path) == [["1", "2", None, "up"], ["4", "5", None, "down"]]
    assert list(table.cells.index) == [8, 10]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (TS, "has no series after @data"),
        (TS.replace("@data", "@dada"), "has no line @data"),
        (TS + "1,2\n", "line 8: not one series of numbers, a colon and a label"),
        (TS + "1,2:3,4:up\n", "line 8: not one series of numbers"),
        (TS + "1,2:left\n", "line 8: the label 'left' is not among those of @classLabel"),
        (
            TS.replace("@univariate true", "@univariate false") + "1:2:up\n",
            "line 4: the series have several dimensions",
        ),
        (TS.replace("@timeStamps false", "@timeStamps true") + "(0,1):up\n", "line 3: the series have timestamps"),
        ("@problemName x\n1,2\n", "line 2: a .ts file has lines with @ until @data"),
    ],
)
def test_other_ts_files_are_refused(write, refusal, content, says):
    assert says in refusal(read_source, write(content, "a.ts"))


def test_parquet_keeps_its_types(tmp_path, refusal):
    path = tmp_path / "a.dat"
    pd.DataFrame({"id": ["a", "b"], "v": [1, 2]}).to_parquet(path)
    table = read_source(path)
    assert table.format == "Parquet"
    assert cells(path) == [["a", 1], ["b", 2]]
    path.write_bytes(path.read_bytes()[:-20])
    assert "cannot be read as Parquet" in refusal(read_source, path)
