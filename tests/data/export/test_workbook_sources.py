import datetime as dt
import io
import re
import zipfile

import openpyxl
import pandas as pd
import pytest
import workbooks
from source_cells import cells

from tsshape.data._export._sources import read_source


@pytest.fixture
def write_book(tmp_path):
    """A function that writes the rows of sheets, by name, as a workbook."""

    def write_book(**sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "book.xlsx"
        book.save(path)
        return path

    return write_book


def test_a_workbook_has_types_and_the_rows_of_the_sheet(write_book):
    day, noon = dt.date(2024, 5, 31), pd.Timestamp("2024-05-31 12:00").to_pydatetime()
    path = write_book(
        Views=[
            [],
            [None, "id", "n", "x", "posted", "seen", "ok", "mixed", day, 7.0],
            [None, 7.0, 1, 1.5, day, noon, True, "many", 1, 1],
            [],
            [None, 8, None, 2, noon, None, False, 3.0, 2, 2],
            [None, 9, 3, None, None, None, None, day, 3, 3],
        ]
    )
    table = read_source(path)
    assert table.format == "Excel workbook, sheet 'Views'"
    assert not table.is_text
    assert list(table.cells) == ["id", "n", "x", "posted", "seen", "ok", "mixed", "2024-05-31", "7"]
    assert list(table.cells.dtypes.astype(str)) == [
        *("Int64", "Int64", "float64", "datetime64[us]", "datetime64[us]", "boolean", "str", "Int64", "Int64")
    ]
    assert table.cells["mixed"].tolist() == ["many", "3", "2024-05-31"]
    assert table.cells["posted"].tolist() == [pd.Timestamp(day), pd.Timestamp(noon), pd.NaT]
    assert table.where("n")(1) == f"{path}, row 5, column 'n'"
    assert table.notes == ("skipped 1 rows without cells",)


def test_the_sheet_with_cells_is_read_or_the_named_one(write_book, refusal):
    path = write_book(Empty=[], Views=[["id", "v"], ["a", 1]])
    assert cells(path) == [["a", 1]]
    path = write_book(Views=[["id", "v"], ["a", 1]], Likes=[["id", "v"], ["a", 2]], Empty=[])
    assert cells(path, sheet="Likes") == [["a", 2]]
    assert "cells on 2 sheets: 'Views', 'Likes'; name one with --sheet" in refusal(read_source, path)
    for sheet, says in {"likes": "no sheet 'likes'; its sheets are 'Views'", "Empty": "'Empty' has no cells"}.items():
        assert says in refusal(lambda path, sheet=sheet: read_source(path, sheet=sheet), path)
    assert "leave out --encoding" in refusal(lambda path: read_source(path, encoding="utf-8"), path)


@pytest.mark.parametrize("keep", [10, 500, -30])
def test_a_truncated_workbook_is_refused(write_book, write, refusal, keep):
    path = write_book(Views=[["id", "v"], ["a", 1]])
    assert "damaged or not whole; save it again" in refusal(read_source, write(path.read_bytes()[:keep], "b.xlsx"))


def test_other_archives_and_old_workbooks_are_refused(write, refusal):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Table data.csv", "id,views\n007,1\n")
    assert "is a zip archive, but no .xlsx workbook: unpack" in refusal(read_source, write(packed.getvalue(), "a.xlsx"))
    assert "an old workbook, or one with a password" in refusal(read_source, write(b"\xd0\xcf\x11\xe0" * 200, "a.xls"))


def test_a_sheet_whose_last_cell_is_far_away_is_refused_before_memory_is_taken(write_book, refusal):
    path = write_book(Views=[["id", "v"], ["a", 1]])
    book = openpyxl.load_workbook(path)
    book["Views"]["XFD1048576"] = 1
    book.save(path)
    assert "more than the limit" in refusal(read_source, path)


def _rewrite_sheet(path, old, new, **parts):
    """Replace what matches in the first sheet of a workbook, and add parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()} | parts
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(old, new, parts[sheet])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def _with_shared_text(path, text):
    """Rewrite the workbook so that the cell A2 refers to a shared text, as spreadsheets write it."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    shared = f'<sst xmlns="{main}"><si><t>{text}</t></si></sst>'
    new = '<c r="A2" t="s"><v>0</v></c>'
    _rewrite_sheet(path, '<c r="A2".*?</c>', new, **{"xl/sharedStrings.xml": shared})


def test_shared_text_is_counted_as_often_as_cells_refer_to_it(write_book, refusal, monkeypatch):
    path = write_book(Views=[["id", "v"], ["a", 1]])
    _with_shared_text(path, "shared")
    assert cells(path) == [["shared", 1]]
    _with_shared_text(path, "x" * 200_000)
    assert len(cells(path)[0][0]) == 200_000
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", "1.2M")
    assert "more than the limit" in refusal(read_source, path)


def test_formulas_without_a_value_and_errors_are_said(write_book):
    path = write_book(Views=[["id", "v"], ["a", "=1+1"], ["b", "#N/A"], ["c", 3]])
    table = read_source(path)
    assert table.cells["v"].isna().tolist() == [True, True, False]
    assert [note[:10] for note in table.notes] == ["1 cells of", "1 formulas"]


@pytest.mark.parametrize(
    "workbook",
    {
        "an external link": workbooks.workbook(
            {workbooks.RELATIONS: workbooks.relations(extra=workbooks.elsewhere("http://127.0.0.1:9/x.xml"))}
        ),
        "names that lead out": workbooks.workbook({"../../evil.xml": "x", "/etc/evil.xml": "y", "C:\\evil.xml": "z"}),
        "macros": workbooks.workbook({"xl/vbaProject.bin": b"\0" * 1000}),
        "an archive in it": workbooks.workbook({"xl/embeddings/a.zip": workbooks.workbook()}),
        "a size of it all that is claimed": workbooks.workbook(
            {workbooks.SHEET: workbooks.sheet(before='<dimension ref="A1:XFD1048576"/>')}
        ),
        "an archive before it": workbooks.workbook({workbooks.SHEET: workbooks.sheet("<row/>")}) + workbooks.workbook(),
        "something behind it": workbooks.workbook() + b"more" * 100,
    }.items(),
    ids=lambda workbook: workbook[0],
)
def test_nothing_but_the_cells_of_a_workbook_is_used(write, tmp_path, workbook):
    path = write(workbook[1], "book.xlsx")
    assert cells(path) == [["a", 1, 4]]
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("place", ["A0", "A9999999", "XFE2", "A" + "9" * 300, "&#65;2"])
def test_a_cell_beyond_all_sheets_is_refused_before_memory_is_taken(write_book, refusal, place):
    path = write_book(Views=[["id", "v"], ["a", 1]])
    _rewrite_sheet(path, 'r="A2"', f'r="{place}"')
    assert f"is damaged: a cell is at '{place[:50]}" in refusal(read_source, path)
