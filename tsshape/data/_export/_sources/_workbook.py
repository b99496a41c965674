"""Reading a sheet of an Excel workbook; its size is checked before memory is taken."""

import re
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._memory import check_fits
from tsshape.data._export._sources._raw import RawTable, Source, drop_empty, name_columns
from tsshape.data._export._sources._types import spell, type_column

ZIP_MAGIC, OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# Bytes of memory for each cell between the first and the last one, for each byte of the unpacked workbook, and for each
# byte of text of a cell.
_BYTES_PER_CELL, _BYTES_PER_BYTE, _BYTES_PER_BYTE_OF_TEXT = 120, 3, 4
_N_COLUMNS, _N_ROWS = 2**14, 2**20
_REFERENCE = re.compile(rb"""\sr=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_SHARED = re.compile(rb"""\st=["']s["'][^>]*>\s*<(?:\w+:)?v>\s*([0-9]{1,9})\s*<""")
_ROW, _CELL = re.compile(rb"<(?:\w+:)?row[>/\s]"), re.compile(rb"<(?:\w+:)?c[>/\s]")
_REMEDY = "save it again as .xlsx, without a password"


def read_workbook(source: Source) -> RawTable:
    """Return the cells of a sheet with their types; the index "row" counts as the sheet does."""
    import python_calamine  # noqa: PLC0415

    path = source.path
    if source.peek(4) == OLE_MAGIC:
        raise DataError(f"{path} is an old workbook, or one with a password; {_REMEDY}")
    _check_size(source)
    source.file.seek(0)
    try:
        with python_calamine.load_workbook(source.file) as book:
            name, sheet = _choose_sheet(source, book)
            rows = list(sheet.iter_rows())
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path} cannot be read as a workbook, it may be damaged; {_REMEDY}") from error
    return _as_table(source, rows, f"Excel workbook, sheet {quote(name)}")


def _choose_sheet(source: Source, book: Any) -> tuple[str, Any]:
    """Return the name and the cells of the sheet that the user named, or of the only one that has cells."""
    path, names = source.path, book.sheet_names
    listed = ", ".join(map(quote, names))
    if source.sheet is not None:
        if source.sheet not in names:
            raise DataError(f"{path} has no sheet {quote(source.sheet)}; its sheets are {listed}")
        sheet = book.get_sheet_by_name(source.sheet)
        if sheet.start is None:
            raise DataError(f"{path}: the sheet {quote(source.sheet)} has no cells; the sheets are {listed}")
        return source.sheet, sheet
    found = []
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None:
            found.append((name, sheet))
    if not found:
        raise DataError(f"{path} is empty: no sheet has cells")
    if len(found) > 1:
        raise DataError(
            f"{path} has cells on {len(found)} sheets: {', '.join(quote(name) for name, _ in found)}; name one with"
            " --sheet"
        )
    return found[0]


def _as_table(source: Source, rows: list[list[Any]], kind: str) -> RawTable:
    """Return the table of the rows of a sheet, of which the first one with cells names the columns."""
    path = source.path
    # Calamine gives empty cells as empty text.
    filled = [number for number, row in enumerate(rows, start=1) if any(cell != "" for cell in row)]
    first, n_skipped = filled[0], filled[-1] - filled[0] + 1 - len(filled)
    header = [spell(cell) for cell in rows[first - 1]]
    names, unnamed = name_columns(path, header if source.has_header else [str(k) for k in range(1, len(header) + 1)])
    numbers = filled[1:] if source.has_header else filled
    columns = {}
    for position, name in enumerate(names):
        values = [None if (cell := rows[number - 1][position]) == "" else cell for number in numbers]
        columns[name] = type_column(values, _Place(path, numbers, name))
    cells = pd.DataFrame(columns, columns=names)
    cells.index = pd.Index(np.array(numbers, np.int64), name="row")
    cells, notes = drop_empty(path, cells, unnamed)
    if n_skipped:
        notes.insert(0, f"skipped {n_skipped} rows without cells")
    return RawTable(path, cells, source.has_header, kind, typed=True, notes=tuple(notes))


class _Place:
    """Names the place of a cell of a column."""

    def __init__(self, path: Any, numbers: list[int], name: str) -> None:
        self._path, self._numbers, self._name = path, numbers, name

    def __call__(self, position: int) -> str:
        return f"{self._path}, row {self._numbers[position]}, column {quote(self._name)}"


def _check_size(source: Source) -> None:
    """Check that the file is a whole workbook that fits in memory, however well its zip archive is packed."""
    path = source.path
    try:
        with zipfile.ZipFile(source.file) as archive:
            names = archive.namelist()
            if "xl/workbook.xml" not in names:
                raise DataError(f"{path} is a zip archive, but no workbook in the form of .xlsx; {_REMEDY}")
            size = _BYTES_PER_BYTE * sum(member.file_size for member in archive.infolist())
            check_fits(path, size)
            parts = list(_read_members(archive))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path} is damaged or not whole; {_REMEDY}") from error
    lengths = [_lengths_of_shared_text(part) for part in parts if b"sst" in part[:1000]]
    shared = max(lengths, key=len, default=np.zeros(0, np.int64))
    for part in parts:
        if b"sheetData" in part:
            size += _BYTES_PER_CELL * _n_cells(part)
            positions = np.array(_SHARED.findall(part), dtype=np.int64)
            size += _BYTES_PER_BYTE_OF_TEXT * int(shared[positions[positions < len(shared)]].sum())
    check_fits(path, size)


def _read_members(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """Yield the contents of an archive; each is checked against its checksum."""
    for member in archive.infolist():
        yield archive.read(member)


def _lengths_of_shared_text(part: bytes) -> Any:
    """Return the bytes of each text that cells refer to by number."""
    starts = np.array([found.start() for found in re.finditer(rb"<(?:\w+:)?si[>/\s]", part)], np.int64)
    return np.diff(np.append(starts, len(part)))


def _n_cells(part: bytes) -> int:
    """Return how many cells there are between the first and the last cell of a sheet, empty ones too, at most."""
    found = _REFERENCE.findall(part)
    n_rows = max((int(row) for _, row in found), default=0)
    n_columns = max(map(_column_number, {column for column, _ in found}), default=0)
    rows = [len(_CELL.findall(row)) for row in _ROW.split(part)]
    if len(found) < sum(rows):
        # Cells that do not say where they are follow the one before.
        n_rows, n_columns = n_rows + len(rows), n_columns + max(rows)
    return min(n_rows, _N_ROWS) * min(n_columns, _N_COLUMNS)


def _column_number(letters: bytes) -> int:
    """Return the number of a column from its letters: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number
