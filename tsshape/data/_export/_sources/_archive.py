"""The zip archive of a workbook: whether it is whole, fits in memory, and has the values of all its cells."""

import re
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tsshape._errors import DataError, quote
from tsshape._memory import check_fits
from tsshape.data._export._sources._raw import Source

# Bytes of memory for each cell between the first and the last one, for each byte of the unpacked workbook, and for each
# byte of text of a cell. Measured together: 200 to 260 a cell, of which the file has 40 to 60.
_BYTES_PER_CELL, _BYTES_PER_BYTE, _BYTES_PER_BYTE_OF_TEXT = 120, 3, 4
_N_COLUMNS, _N_ROWS = 2**14, 2**20
# Places of rows and cells, and elements of XML, whose names may have a prefix.
_PLACE = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_REFERENCE = re.compile(rb"([A-Z]{0,3})([0-9]{1,7})")
_PREFIX = rb"(?:[^\s<>/:]+:)?"
_ROW, _CELL, _SHARED_TEXT = (re.compile(b"<" + _PREFIX + name + rb"[>/\s]") for name in (b"row", b"c", b"si"))
_SHARED = re.compile(rb"""\st=["']s["'][^>]*>\s*<""" + _PREFIX + rb"v>\s*([0-9]{1,9})\s*<")
# Cells of which calamine gives no value.
_ERROR = re.compile(b"<" + _PREFIX + rb"""c\s[^>]*\bt=["']e["']""")
_NO_VALUE = b"<" + _PREFIX + rb"v\s*(?:/>|>\s*</" + _PREFIX + rb"v>)"
_UNSAVED = re.compile(b"</" + _PREFIX + rb"f>\s*(?:" + _NO_VALUE + rb"\s*)?</" + _PREFIX + b"c>")
REMEDY = "save it again as .xlsx, without a password"


def check_archive(source: Source) -> list[str]:
    """Check that a workbook is whole and fits in memory, however well it is packed; return what cells have no value."""
    path = source.path
    parts = _read_parts(path, source.file)
    size = _BYTES_PER_BYTE * sum(map(len, parts))
    lengths = [_lengths_of_shared_text(part) for part in parts if b"sst" in part[:1000]]
    shared = max(lengths, key=len, default=np.zeros(0, np.int64))
    n_errors = n_unsaved = 0
    for part in parts:
        if b"sheetData" in part:
            size += _BYTES_PER_CELL * _n_cells(path, part)
            positions = np.array(_SHARED.findall(part), dtype=np.int64)
            size += _BYTES_PER_BYTE_OF_TEXT * int(shared[positions[positions < len(shared)]].sum())
            n_errors += len(_ERROR.findall(part))
            n_unsaved += len(_UNSAVED.findall(part))
    check_fits(path, size)
    notes = []
    if n_errors:
        notes.append(f"{n_errors} cells of the workbook hold an error such as #N/A; they are taken as empty")
    if n_unsaved:
        notes.append(
            f"{n_unsaved} formulas of the workbook have no saved value, and are taken as empty; open it with a"
            " spreadsheet and save it to have them"
        )
    return notes


def _read_parts(path: Path, file: BinaryIO) -> list[bytes]:
    """Return the parts of a workbook; each is checked against its checksum."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise DataError(
                    f"{path} is a zip archive, but no .xlsx workbook: unpack it and import the table in it, or save the"
                    " workbook as .xlsx"
                )
            check_fits(path, _BYTES_PER_BYTE * sum(member.file_size for member in members))
            if not {member.compress_type for member in members} <= {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise DataError(f"{path} is packed as no spreadsheet does it; {REMEDY}")
            return [archive.read(member) for member in members]
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise DataError(f"{path} is damaged or not whole; {REMEDY}") from error


def _lengths_of_shared_text(part: bytes) -> Any:
    """Return the bytes of each text that cells refer to by number."""
    starts = np.array([found.start() for found in _SHARED_TEXT.finditer(part)], np.int64)
    return np.diff(np.append(starts, len(part)))


def _n_cells(path: Path, part: bytes) -> int:
    """Return how many cells there are between the first and the last cell of a sheet, empty ones too, at most."""
    n_rows = n_columns = n_placed = 0
    for place in _PLACE.findall(part):
        found = _REFERENCE.fullmatch(place)
        row, column = (int(found[2]), _column_number(found[1])) if found else (0, 0)
        # Calamine takes memory up to whatever place is said.
        if not 1 <= row <= _N_ROWS or column > _N_COLUMNS:
            raise DataError(f"{path} is damaged: a cell is at {quote(place.decode('ascii', 'replace'))}; {REMEDY}")
        n_rows, n_columns, n_placed = max(n_rows, row), max(n_columns, column), n_placed + bool(column)
    rows = [len(_CELL.findall(row)) for row in _ROW.split(part)]
    if n_placed < sum(rows):
        # Cells without a place follow the one before.
        n_rows, n_columns = n_rows + len(rows), n_columns + max(rows)
    return min(n_rows, _N_ROWS) * min(n_columns, _N_COLUMNS)


def _column_number(letters: bytes) -> int:
    """Return the number of a column from its letters: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number
