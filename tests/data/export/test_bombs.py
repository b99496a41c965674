"""Small files that would take much memory are refused before they do, with their size."""

import gzip

import pytest
import workbooks
from peak_memory import all_measured
from systems import linux_only

MOST_BYTES = 600 * 2**20
NESTED = '{"":' * 100 + "1" + "}" * 100
LISTS = "[" + ",".join(["[" * 100 + "]" * 100] * 30_000) + "]"
REFERRING = '<row r="3">' + '<c r="A3" t="s"><f/><v>0</v></c>' * 3_000 + "</row>"


def shared(text, n=1):
    """A workbook with texts to which some cells refer in a way that spreadsheets do not use."""
    rows = workbooks.ROWS + REFERRING
    parts = {workbooks.SHEET: workbooks.sheet(rows), workbooks.TEXTS: workbooks.texts(f"<si>{text}</si>" * n)}
    return workbooks.workbook(parts)


def rows(row, n):
    """A workbook with so many rows or cells below the first ones."""
    return workbooks.workbook({workbooks.SHEET: workbooks.sheet(workbooks.ROWS + row * n)})


def lying():
    """A workbook with a part of 300 MB that says that it has 100 bytes."""
    return workbooks.with_size(workbooks.workbook({workbooks.SHEET: " " * 300_000_000}), workbooks.SHEET, size=100)


def many_sheets():
    """A workbook with 2,000 sheets that are one of 20,000 cells."""
    filled = "".join(f'<row r="{k}"><c r="A{k}"><v>{k}</v></c></row>' for k in range(3, 20_000))
    return workbooks.workbook(
        {workbooks.BOOK: workbooks.book(2_000), workbooks.SHEET: workbooks.sheet(workbooks.ROWS + filled)}
    )


TOO_LARGE, DAMAGED = "more than the limit of 256 MiB", "is damaged or not whole"
BOMBS = {
    "sizes that lie.xlsx": (lying, DAMAGED),
    "one sheet of many names.xlsx": (many_sheets, "2,000 sheets; name one with --sheet"),
    "a text in many cells.xlsx": (lambda: shared("<t>" + "x" * 5_000_000 + "</t>"), TOO_LARGE),
    "objects in objects.json": (lambda: f"[{','.join([NESTED] * 20_000)}]", TOO_LARGE),
    "lists in a line.jsonl": (lambda: '{"id": "a"}\n{"id": "b", "v": ' + LISTS + "}", TOO_LARGE),
    "a list as columns.json": (lambda: '[{"id": "a", "views": [' + "1," * 5_000_000 + "1]}]", TOO_LARGE),
    "keys of each record.jsonl": (
        *(lambda: "\n".join(f'{{"id": "{k}", "k{k}": 1}}' for k in range(100_000)), TOO_LARGE),
    ),
    "a long header.csv": (lambda: "ab," * 6_000_000 + "\n1\n", TOO_LARGE),
    "a long line.csv.gz": (lambda: gzip.compress(b"a" * 100_000_000, 1), TOO_LARGE),
}
SLOW_BOMBS = {
    "lists in the first line.jsonl": (lambda: '{"id": "b", "v": ' + LISTS + '}\n{"id": "a"}', TOO_LARGE),
    "a long row.csv": (lambda: "id,day1\n" + "ab," * 6_000_000 + "\n", TOO_LARGE),
    "texts of nothing.xlsx": (lambda: shared("", 16_000_000), TOO_LARGE),
    "cells in one place.xlsx": (lambda: rows('<c r="A2"/>', 7_000_000), TOO_LARGE),
    "cells with errors.xlsx": (lambda: rows('<c t="e"/>', 7_000_000), TOO_LARGE),
    "ends of formulas.xlsx": (lambda: rows("</f></c>", 9_000_000), "may be damaged"),
    "records of nothing.json": (lambda: f"[{','.join(['{}'] * 4_000_000)}]", TOO_LARGE),
    "names of columns in lines.csv": (lambda: '"a\nb",' * 3_500_000 + "\n", TOO_LARGE),
}


@linux_only
@pytest.mark.parametrize("bombs", [BOMBS, pytest.param(SLOW_BOMBS, marks=pytest.mark.slow)], ids=["quick", "slow"])
def test_small_files_that_unpack_to_large_ones_are_refused_before_they_take_memory(tmp_path, bombs):
    for name, (make, _) in bombs.items():
        content = make()
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    # A regular file of 0 bytes, it says, that goes on for terabytes.
    (tmp_path / "endless.csv").symlink_to("/proc/self/pagemap")
    commands = [("import", name, "--out", "posts") for name in (*bombs, "endless.csv")]
    ended = all_measured([*commands, ("describe", "endless.csv")], folder=tmp_path, seconds=300)
    refused = [line for line in ended.stderr.splitlines() if "tsshape: error: " in line]
    expected = [said for _, said in bombs.values()]
    for said, line in zip(expected, refused[:-2], strict=True):
        assert said in line
    # What it holds is the kernel's business: if its first line ends, that line has a NUL.
    assert all("endless.csv" in line and (TOO_LARGE in line or "NUL" in line) for line in refused[-2:])
    assert ended.returncode == 2
    assert ended.peak_bytes < MOST_BYTES
    assert {path.name for path in tmp_path.iterdir()} == {*bombs, "endless.csv"}
