"""Reading a sheet of an Excel workbook; its size is checked before memory is taken."""

from typing import Any

import numpy as np
import pandas as pd

from tsshape._errors import DataError, list_names, quote
from tsshape.data._export._sources._archive import REMEDY, check_archive
from tsshape.data._export._sources._raw import RawTable, Source, drop_empty, name_columns
from tsshape.data._export._sources._types import spell, type_column

# So many are looked through for the one that has cells.
_MOST_SHEETS = 50
ZIP_MAGIC, OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_workbook(source: Source) -> RawTable:
    """Return the cells of a sheet with their types; the index "row" counts as the sheet does."""
    import python_calamine  # noqa: PLC0415

    path = source.path
    if source.peek(4) == OLE_MAGIC:
        raise DataError(f"{path} is an old workbook, or one with a password; {REMEDY}")
    archive, notes = check_archive(source)
    try:
        with python_calamine.load_workbook(archive) as book:
            name, sheet = _choose_sheet(source, book)
            rows = list(sheet.iter_rows())
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path} cannot be read as a workbook, it may be damaged; {REMEDY}") from error
    return _as_table(source, rows, name, notes)


def _choose_sheet(source: Source, book: Any) -> tuple[str, Any]:
    """Return the name and the cells of the sheet that the user named, or of the only one that has cells."""
    path, names = source.path, book.sheet_names
    all_names = list_names(names, spell=quote)
    if source.sheet is not None:
        if source.sheet not in names:
            raise DataError(f"{path} has no sheet {quote(source.sheet)}; its sheets are {all_names}")
        sheet = book.get_sheet_by_name(source.sheet)
        if sheet.start is None:
            raise DataError(f"{path}: the sheet {quote(source.sheet)} has no cells; the sheets are {all_names}")
        return source.sheet, sheet
    if len(names) > _MOST_SHEETS:
        # Each would be read, and all may be the same large part.
        raise DataError(f"{path} has {len(names):,} sheets; name one with --sheet; they are {all_names}")
    found, first = [], None
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None:
            found.append(name)
            first = first or sheet
    if not found:
        raise DataError(f"{path} is empty: no sheet has cells")
    if len(found) > 1:
        raise DataError(
            f"{path} has cells on {len(found)} sheets: {list_names(found, spell=quote)}; name one with --sheet"
        )
    return found[0], first


def _as_table(source: Source, rows: list[list[Any]], sheet: str, notes: list[str]) -> RawTable:
    """Return the table of the rows of a sheet, of which the first one with cells names the columns."""
    path = source.path
    # Calamine gives empty cells as empty text.
    filled = [number for number, row in enumerate(rows, start=1) if any(cell != "" for cell in row)]
    if not filled:
        raise DataError(f"{path}: the sheet {quote(sheet)} has no cells with values")
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
    if n_skipped:
        notes.append(f"skipped {n_skipped} rows without cells")
    cells, more = drop_empty(path, cells, unnamed)
    kind = f"Excel workbook, sheet {quote(sheet)}"
    return RawTable(path, cells, source.has_header, kind, typed=True, notes=(*notes, *more))


class _Place:
    """Names the place of a cell of a column."""

    def __init__(self, path: Any, numbers: list[int], name: str) -> None:
        self._path, self._numbers, self._name = path, numbers, name

    def __call__(self, position: int) -> str:
        return f"{self._path}, row {self._numbers[position]}, column {quote(self._name)}"
