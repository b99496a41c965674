"""The table of a raw export, and the names of its columns."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._memory import check_fits
from tsshape.data._tables import BYTES_PER_COLUMN, Table, check_names

# Also halves of characters, which no file can hold.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_VALUE = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_N_COLUMNS_SHOWN = 6


@dataclass(frozen=True)
class RawTable(Table):
    """A table as an export has it: nothing in it is understood yet.

    The index of `cells` is the number of the line, row or record in the file, from 1, and is named so. Columns are
    text (missing where empty), and in formats with types also Int64, float64, boolean or datetime64.

    Attributes
    ----------
    header : bool
        Whether the file names its columns; otherwise they are "1", "2", ...
    format : str
        What the file is, for people: "CSV, UTF-16, tab" or "Excel workbook, sheet 'Views'".
    typed : bool
        Whether the format has types of its own. In others every column is text, and numbers and times are to be parsed.
        A text column of a format with types may hold numbers or times as text, too.
    notes : tuple of str
        What was left out while reading, as empty rows.
    """

    header: bool
    format: str
    typed: bool
    notes: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether every column is text because the format has no types."""
        return not self.typed


@dataclass(frozen=True)
class Source:
    """An open raw file, and how it is to be read."""

    path: Path
    file: BinaryIO
    encoding: str | None
    sheet: str | None
    has_header: bool
    on_read: Callable[[int, int], None] | None

    @property
    def size(self) -> int:
        """The bytes of the file."""
        return os.fstat(self.file.fileno()).st_size

    def peek(self, size: int) -> bytes:
        """Return some bytes that are read next, at most `size`."""
        return self.file.peek(size)[:size]  # type: ignore[attr-defined,no-any-return]

    def report(self) -> None:
        """Say how far the file has been read."""
        if self.on_read is not None:
            self.on_read(self.file.tell(), self.size)

    def refuse_option(self, name: str, kind: str) -> None:
        """Raise DataError if an option is given that a format does not have."""
        if getattr(self, name) is not None:
            raise DataError(f"{self.path} is {kind}, which has no {name}; leave out --{name}")


def name_columns(path: Path, cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the names of the columns from the cells of a header, and those made up for cells without a name."""
    check_fits(path, BYTES_PER_COLUMN * len(cells))
    names = [" ".join(cell.split()) for cell in cells]
    unnamed = []
    for position, name in enumerate(names):
        if _CONTROL.search(name):
            raise DataError(
                f"{path}: the name of column {position + 1}, {quote(name)}, holds a control character; rename it"
            )
        if not name:
            names[position] = f"column {position + 1}"
            unnamed.append(names[position])
    if len({*names}) < len(names) and all(map(_VALUE.fullmatch, names)):
        raise DataError(
            f"{path}: the first line holds numbers only, no names of columns: say --layout ucr for the form of the UCR"
            " archive (class, then values), or put a line with names above it"
        )
    check_names(path, names)
    return names, unnamed


def drop_empty(path: Path, cells: pd.DataFrame, unnamed: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return the table without columns that have neither a name nor cells, and what to say of that.

    One column may have cells and no name: the corner of a pivot table is blank.
    """
    empty = [name for name in unnamed if cells[name].isna().all()]
    with_cells = [name for name in unnamed if name not in empty]
    if len(with_cells) > 1:
        more = "" if len(with_cells) <= _N_COLUMNS_SHOWN else " and more"
        raise DataError(
            f"{path}: {', '.join(with_cells[:_N_COLUMNS_SHOWN])}{more} have cells but no name; name them in the header,"
            " and delete any lines above it"
        )
    notes = [f"left out {len(empty)} columns without a name and without cells"] if empty else []
    return cells.drop(columns=empty), notes
