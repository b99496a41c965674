"""Reading CSV strictly: every cell as text, nothing guessed or repaired."""

import codecs
import csv
import gzip
import os
import re
import zlib
from array import array
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._memory import check_fits
from tsshape.data._cells import Where
from tsshape.data._tables import BYTES_PER_COLUMN, check_names

# Bytes of memory for each byte of CSV, until it has become curves or features. Measured: 5 for curves of five digits
# and for text, 11 for curves of one digit; 22, the maximum, for rows of empty cells.
_BYTES_PER_BYTE = 12
# Rows are converted to Arrow columns in blocks, since Python strings take ten times as much memory.
_CELLS_PER_BLOCK, _ROWS_PER_BLOCK = 2**16, 64
# UTF-32 first: its byte order mark begins with that of UTF-16.
_OTHER_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENCODING_REMEDY = "save the file as UTF-8 (a spreadsheet calls it CSV UTF-8)"


def read_csv(path: Path, file: BinaryIO) -> pd.DataFrame:
    """Return the cells of a CSV file as text, empty ones missing; the index "line" says where each row begins."""
    source: Any = file
    if path.suffix.lower() == ".gz":
        source = _BoundedGzip(path, file)
    else:
        check_fits(path, _BYTES_PER_BYTE * os.fstat(file.fileno()).st_size)
    try:
        _check_mark(path, source.peek(4))
        # Bytes that are not UTF-8 become surrogates, which `_as_arrow` reports with their place.
        with TextIOWrapper(source, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            return _read_cells(path, text)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is truncated or no gzip file: {error}") from error


class _BoundedGzip(gzip.GzipFile):
    """A gzip file that raises DataError as soon as its unpacked table would not fit in memory."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        super().__init__(fileobj=file, mode="rb")
        self.path = path

    def read1(self, size: int = -1) -> bytes:
        """Return some unpacked bytes."""
        check_fits(self.path, _BYTES_PER_BYTE * self.tell())
        return super().read1(size)


def _check_mark(path: Path, first: bytes) -> None:
    """Check that a file does not begin with the byte order mark of another encoding."""
    for mark, encoding in _OTHER_MARKS.items():
        if first.startswith(mark):
            raise DataError(f"{path}, line 1: the file is {encoding}; {_ENCODING_REMEDY}")


def _read_cells(path: Path, file: TextIO) -> pd.DataFrame:
    """Return the table of a text file."""
    import pyarrow as pa  # noqa: PLC0415

    header = file.readline()
    if not header.strip():
        raise DataError(f"{path}: line 1 is empty; it must name the columns")
    separator = _separator(header)
    records = _records(path, csv.reader(chain([header], file), delimiter=separator, strict=True))
    names = [name.strip() for name in next(records)[1]]
    _as_arrow(names, lambda position: f"{path}, line 1, column {position + 1}")
    check_names(path, names)
    check_fits(path, BYTES_PER_COLUMN * len(names))
    columns: list[list[Any]] = [[] for _ in names]
    lines = array("q")
    while block := list(islice(records, max(_ROWS_PER_BLOCK, _CELLS_PER_BLOCK // len(names)))):
        _check_lengths(path, block, len(names), separator)
        block_lines, rows = zip(*block, strict=True)
        for column, name, cells in zip(columns, names, zip(*rows, strict=True), strict=True):
            column.append(_as_arrow(cells, _where(path, block_lines, name)))
        lines.extend(block_lines)
    cells = pa.table([pa.chunked_array(column, pa.large_string()) for column in columns], names).to_pandas()
    cells.index = pd.Index(np.array(lines), name="line")
    return cells


def _separator(header: str) -> str:
    """Return the separator that splits the header into the most names; a comma if there is only one name."""
    return max(",;\t", key=lambda mark: _count_names(header, mark))


def _count_names(header: str, mark: str) -> int:
    """Return how many names the header has with a separator; 0 if one of them is too long for `csv`."""
    try:
        return len(next(csv.reader([header], delimiter=mark)))
    except csv.Error:
        return 0


def _records(path: Path, reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield the records that are not empty, each with the line on which it begins."""
    line = 1
    try:
        for record in reader:
            if record:
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}, line {line}: {error}; is a quote not closed, or not doubled?") from error


def _check_lengths(path: Path, block: list[tuple[int, list[str]]], length: int, separator: str) -> None:
    """Check that every record is as long as the header."""
    for line, record in block:
        if len(record) != length:
            raise DataError(
                f"{path}, line {line}: {len(record)} cells, but the header names {length} columns"
                f" (a cell that holds {separator!r} must be quoted)"
            )


def _as_arrow(cells: Sequence[str], where: Where) -> Any:
    """Return cells as Arrow text, empty ones missing; raise DataError for a NUL or for bytes that were not UTF-8."""
    import pyarrow as pa  # noqa: PLC0415

    if "\0" in "".join(cells):
        first = next(position for position, cell in enumerate(cells) if "\0" in cell)
        raise DataError(f"{where(first)}: the cell holds a NUL character; {_ENCODING_REMEDY}")
    try:
        return pa.array([cell or None for cell in cells], pa.large_string())
    except UnicodeEncodeError as error:
        first = next(position for position, cell in enumerate(cells) if _SURROGATE.search(cell))
        raise DataError(f"{where(first)}: not UTF-8; {_ENCODING_REMEDY}") from error


def _where(path: Path, lines: Sequence[int], name: str) -> Where:
    """Return a function that names the place of a cell of a column."""
    return lambda position: f"{path}, line {lines[position]}, column {quote(name)}"
