"""Whatever a program writes into a file of some format, the reader of exports gives back cell by cell."""

import csv
import io
import json
import tempfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsshape.data._export._sources import read_source

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(' ",;|\t\n\r'), max_size=6)
NAMES = st.lists(st.from_regex("[a-z]{1,4}", fullmatch=True), min_size=2, max_size=4, unique=True)


def tables(cells):
    """Names and rows, each of which begins with a cell that is not blank."""
    return NAMES.flatmap(
        lambda names: st.tuples(
            st.just(names),
            st.lists(st.tuples(st.just("x"), *[cells] * (len(names) - 1)).map(list), min_size=1, max_size=4),
        )
    )


def written(name, content, **options):
    """The names and cells that are read from a file with the content, missing ones None."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        table = read_source(path, **options).cells
    return list(table), table.astype(object).where(table.notna(), None).to_numpy().tolist()


@settings(max_examples=40)
@given(tables(TEXT), st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"]))
def test_delimited_text(table, separator, encoding):
    names, rows = table
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator).writerows([names, *rows])
    content = file.getvalue().encode(encoding)
    filled = [[cell or None for cell in row] for row in rows]
    assert written("a.csv", content, encoding="gb18030" if encoding == "gb18030" else None) == (names, filled)


@pytest.mark.parametrize("by_line", [False, True])
@settings(max_examples=25)
@given(table=tables(TEXT | st.integers(-(2**63), 2**63 - 1)))
def test_records(by_line, table):
    names, rows = table
    records = [dict(zip(names, row, strict=True)) for row in rows]
    content = "\n".join(map(json.dumps, records)) if by_line else json.dumps(records)
    found, cells = written("a.jsonl" if by_line else "a.json", content.encode())
    assert found == names
    for column, read in zip(zip(*rows, strict=True), zip(*cells, strict=True), strict=True):
        is_text = any(isinstance(cell, str) for cell in column)
        assert list(read) == [(str(cell) or None) if is_text else cell for cell in column]


@settings(max_examples=15)
@given(tables(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=6) | st.integers(0, 2**50)))
def test_workbooks(table):
    names, rows = table
    book = openpyxl.Workbook()
    for row in [names, *rows]:
        book.active.append(row)
        for cell in book.active[book.active.max_row]:
            # Text that begins with "=" or looks like an error stays text.
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    file = io.BytesIO()
    book.save(file)
    found, cells = written("a.xlsx", file.getvalue())
    assert found == names
    assert [[_spelled(cell) for cell in row] for row in cells] == [[_spelled(cell) for cell in row] for row in rows]


def _spelled(cell):
    """A cell as text: a column of text and numbers is text."""
    return None if cell in {None, ""} else str(cell)
