"""The zip archive of a workbook: whether it is whole, fits in memory, and has the values of all its cells."""

import re
import zipfile
import zlib
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tsshape._errors import DataError, quote
from tsshape._memory import check_fits
from tsshape.data._export._sources._raw import Source

# Bytes of memory for each cell between the first and the last one or in the file, for each byte of the unpacked
# workbook, and for each shared text and each byte of a cell's text. Measured together: 200 to 260 a cell, of which the
# file has 40 to 60.
_BYTES_PER_CELL, _BYTES_PER_BYTE, _BYTES_PER_SHARED_TEXT, _BYTES_PER_BYTE_OF_TEXT = 120, 3, 60, 4
_N_COLUMNS, _N_ROWS = 2**14, 2**20
_BLOCK = 2**20
# Parts that hold cells, their types, and which parts there are; not pictures, macros or the parts of other formats.
_PART_OF_TABLES = re.compile(r"xl/.*\.(?:xml|rels)|_rels/\.rels|\[content_types\]\.xml")
# Places of rows and cells, and elements of XML, whose names may have a prefix.
_PLACE = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_REFERENCE = re.compile(rb"([A-Z]{0,3})([0-9]{1,7})")
_PREFIX = rb"(?:[^\s<>/:]+:)?"
_SHARED_TEXT, _ROW_OR_CELL = (re.compile(b"<" + _PREFIX + name + rb"[>/\s]") for name in (b"si", b"(row|c)"))
_IS_SHARED = re.compile(rb"""\st\s*=\s*["']s["']""")
_SHARED = re.compile(_IS_SHARED.pattern + rb"[^>]*>\s*<" + _PREFIX + rb"v>\s*([0-9]{1,9})\s*<")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", flags=re.IGNORECASE)
# Cells of which calamine gives no value.
_ERROR = re.compile(b"<" + _PREFIX + rb"""c\s[^>]*\bt=["']e["']""")
_NO_VALUE = b"<" + _PREFIX + rb"v\s*(?:/>|>\s*</" + _PREFIX + rb"v>)"
_UNSAVED = re.compile(b"</" + _PREFIX + rb"f>\s*(?:" + _NO_VALUE + rb"\s*)?</" + _PREFIX + b"c>")
REMEDY = "save it again as .xlsx, without a password"


def check_archive(source: Source) -> tuple[BinaryIO, list[str]]:
    """Check that a workbook is whole and fits in memory, however well it is packed.

    Returns
    -------
    BinaryIO
        An archive of the parts that were checked, so that no other reader finds others in the file.
    list of str
        Which cells have no value.
    """
    path = source.path
    parts = _read_parts(path, source.file)
    size = _BYTES_PER_BYTE * sum(map(len, parts.values()))
    sheets = [part for part in parts.values() if b"sheetData" in part]
    lengths = [_lengths_of_shared_text(part) for part in parts.values() if b"sheetData" not in part]
    shared = max(lengths, key=len, default=np.zeros(0, np.int64))
    size += _BYTES_PER_SHARED_TEXT * sum(map(len, lengths))
    check_fits(path, size)
    for sheet in sheets:
        size += _BYTES_PER_CELL * _n_cells(path, sheet) + _BYTES_PER_BYTE_OF_TEXT * _bytes_of_shared_text(sheet, shared)
    check_fits(path, size)
    notes = []
    if n_errors := sum(_count(_ERROR, sheet) for sheet in sheets):
        notes.append(f"{n_errors} cells of the workbook hold an error such as #N/A; they are taken as empty")
    if n_unsaved := sum(_count(_UNSAVED, sheet) for sheet in sheets):
        notes.append(
            f"{n_unsaved} formulas of the workbook have no saved value, and are taken as empty; open it with a"
            " spreadsheet and save it to have them"
        )
    return _packed(parts), notes


def _read_parts(path: Path, file: BinaryIO) -> dict[str, bytes]:
    """Return the parts of a workbook that tables are made of, by name; every part is checked against its checksum."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = {member.filename.replace("\\", "/").lower(): member for member in archive.infolist()}
            if "xl/workbook.xml" not in members:
                raise DataError(
                    f"{path} is a zip archive, but no .xlsx workbook: unpack it and import the table in it, or save the"
                    " workbook as .xlsx"
                )
            if len(members) < len(archive.infolist()):
                raise DataError(f"{path} is damaged: it has two parts of one name; {REMEDY}")
            check_fits(path, _BYTES_PER_BYTE * sum(member.file_size for member in members.values()))
            if not {member.compress_type for member in members.values()} <= {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise DataError(f"{path} is packed as no spreadsheet does it; {REMEDY}")
            contents = ((name, _read_part(archive, member)) for name, member in members.items())
            parts = {members[name].filename: part for name, part in contents if _PART_OF_TABLES.fullmatch(name)}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise DataError(f"{path} is damaged or not whole; {REMEDY}") from error
    for name, part in parts.items():
        if b"\0" in part or _DOCTYPE.search(part):
            raise DataError(
                f"{path}: the part {quote(name)} declares a type of document or is not UTF-8, as no spreadsheet writes"
                f" it; {REMEDY}"
            )
    return parts


def _read_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return a part, of which no more is unpacked than the archive says that there is."""
    with archive.open(member) as file:
        # Read at once, all of it would be unpacked before it is cut.
        part = b"".join(iter(partial(file.read, _BLOCK), b""))
    if len(part) != member.file_size:
        raise zipfile.BadZipFile(member.filename)
    return part


def _packed(parts: dict[str, bytes]) -> BinaryIO:
    """Return an archive of parts, which are dropped on the way."""
    file = BytesIO()
    # Packed, since calamine holds the archive twice.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in [*parts]:
            archive.writestr(name, parts.pop(name))
    file.seek(0)
    return file


def _count(pattern: re.Pattern[bytes], part: bytes) -> int:
    """Return how often a pattern occurs, without a list of where."""
    return sum(1 for _ in pattern.finditer(part))


def _lengths_of_shared_text(part: bytes) -> Any:
    """Return the bytes of each text that cells refer to by number."""
    starts = np.fromiter((found.start() for found in _SHARED_TEXT.finditer(part)), np.int64)
    return np.diff(np.append(starts, len(part)))


def _bytes_of_shared_text(sheet: bytes, shared: Any) -> int:
    """Return the bytes of the shared texts of all cells of a sheet, at most."""
    positions = np.fromiter((int(found[1]) for found in _SHARED.finditer(sheet)), np.int64)
    # Of a cell that is written in another way than usual, it is not known which text it refers to.
    unknown = (_count(_IS_SHARED, sheet) - len(positions)) * int(shared.max(initial=0))
    return unknown + int(shared[positions[positions < len(shared)]].sum())


def _n_cells(path: Path, sheet: bytes) -> int:
    """Return how many cells there are in a sheet, or between its first and its last cell, at most."""
    n_rows = n_columns = n_placed = 0
    for place in _PLACE.finditer(sheet):
        found = _REFERENCE.fullmatch(place[1])
        row, column = (int(found[2]), _column_number(found[1])) if found else (0, 0)
        # Calamine takes memory up to whatever place is said.
        if not 1 <= row <= _N_ROWS or column > _N_COLUMNS:
            raise DataError(f"{path} is damaged: a cell is at {quote(place[1].decode('ascii', 'replace'))}; {REMEDY}")
        n_rows, n_columns, n_placed = max(n_rows, row), max(n_columns, column), n_placed + bool(column)
    n_cells = n_elements = n_in_row = longest = 0
    for element in _ROW_OR_CELL.finditer(sheet):
        is_cell = element[1] == b"c"
        n_elements, n_cells, n_in_row = n_elements + (not is_cell), n_cells + is_cell, is_cell * (n_in_row + 1)
        longest = max(longest, n_in_row)
    if n_placed < n_cells:
        # Cells without a place follow the one before.
        n_rows, n_columns = n_rows + n_elements, n_columns + longest
    return max(min(n_rows, _N_ROWS) * min(n_columns, _N_COLUMNS), n_cells)


def _column_number(letters: bytes) -> int:
    """Return the number of a column from its letters: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number
