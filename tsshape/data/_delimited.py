"""Rows of delimited text as columns of text, in blocks; what the strict reader and that of exports share."""

import csv
import gzip
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._memory import check_fits
from tsshape.data._cells import Where

# Bytes of memory for each byte of CSV, until it has become curves or features. Measured: 5 for curves of five digits
# and for text, 11 for curves of one digit; 22, the maximum, for rows of empty cells.
BYTES_PER_BYTE = 12
# Rows are converted to Arrow columns in blocks, since Python strings take ten times as much memory.
_CELLS_PER_BLOCK, _ROWS_PER_BLOCK = 2**16, 64
# Bytes of memory for each cell of a record. Lines of so many characters are checked before they are split.
_BYTES_PER_CELL, _LONG_LINE = 100, 2**16
# Bytes of memory for a cell that has one byte in the file, its separator. Measured: 24.
_BYTES_PER_EMPTY_CELL = 24
_BYTES_PER_CHECK = 2**16
# What bytes of another encoding are decoded as.
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Encoding:
    """The encoding by which a file is read, and what to do where its bytes are another's."""

    name: str
    remedy: str


class _Bounded:
    """A file that raises DataError as soon as its table would not fit in memory; each subclass says what it reads."""

    def bound(self, path: Path, bytes_per_byte: float) -> None:
        """Set the name for messages, and the bytes of memory for each byte."""
        self.path = path
        self.bytes_per_byte = bytes_per_byte
        self._next_check = 0

    def check(self, position: int) -> None:
        """Check that what was read up to a position fits, once in a while."""
        if position >= self._next_check:
            check_fits(self.path, int(self.bytes_per_byte * position))
            self._next_check = position + _BYTES_PER_CHECK


class BoundedFile(_Bounded, BufferedReader):
    """A file as it is, whatever size it said it has."""

    def __init__(self, path: Path, file: BinaryIO, bytes_per_byte: float = BYTES_PER_BYTE) -> None:
        # What another reader has read ahead is read again.
        file.raw.seek(0)  # type: ignore[attr-defined]
        super().__init__(file.raw)  # type: ignore[attr-defined]
        self.bound(path, bytes_per_byte)

    def read1(self, size: int = -1, /) -> bytes:
        """Return some bytes."""
        self.check(self.tell())
        return super().read1(size)


class BoundedGzip(_Bounded, gzip.GzipFile):
    """A gzip file, unpacked."""

    def __init__(self, path: Path, file: BinaryIO, bytes_per_byte: float = BYTES_PER_BYTE) -> None:
        super().__init__(fileobj=file, mode="rb")
        self.bound(path, bytes_per_byte)

    def read1(self, size: int = -1) -> bytes:
        """Return some unpacked bytes."""
        self.check(self.tell())
        return super().read1(size)


def bounded_lines(path: Path, lines: Iterable[str], separators: str = ",;\t|") -> Iterator[str]:
    """Yield lines; raise DataError for one of so many cells, with any of the separators, that they do not fit."""
    for line in lines:
        if len(line) > _LONG_LINE:
            check_fits(path, _BYTES_PER_CELL * max(map(line.count, separators)))
        yield line


def read_records(path: Path, reader: Any, first_line: int = 1) -> Iterator[tuple[int, list[str]]]:
    """Yield the records of a `csv.reader` that are not empty, each with the line on which it begins."""
    line = first_line
    try:
        for record in reader:
            if record:
                yield line, record
            line = first_line + reader.line_num
    except csv.Error as error:
        # The message names the separator as it is.
        reason = str(error).replace("\t", "\\t")
        raise DataError(f"{path}, line {line}: {reason}; is a quote not closed, or not doubled?") from error


def refuse_length(path: Path, line: int, n_cells: int, expected: str, separator: str) -> NoReturn:
    """Raise the DataError of a record that does not have the expected number of cells."""
    raise DataError(
        f"{path}, line {line}: {n_cells} cells, but {expected} (a cell that holds {separator!r} must be quoted)"
    )


def read_columns(
    path: Path,
    records: Iterator[tuple[int, list[str]]],
    names: Sequence[str],
    encoding: Encoding,
    on_block: Callable[[], None] = lambda: None,
) -> pd.DataFrame:
    """Return records of equal length as columns of text, empty cells missing; the index "line" says where each begins.

    `on_block` is called now and then.
    """
    import pyarrow as pa  # noqa: PLC0415

    columns: list[list[Any]] = [[] for _ in names]
    lines = array("q")
    while block := list(islice(records, max(_ROWS_PER_BLOCK, _CELLS_PER_BLOCK // len(names)))):
        block_lines, rows = zip(*block, strict=True)
        for column, name, cells in zip(columns, names, zip(*rows, strict=True), strict=True):
            column.append(as_arrow(cells, _where(path, block_lines, name), encoding))
        lines.extend(block_lines)
        check_fits(path, _BYTES_PER_EMPTY_CELL * len(lines) * len(names))
        on_block()
    cells = pa.table([pa.chunked_array(column, pa.large_string()) for column in columns], list(names)).to_pandas()
    cells.index = pd.Index(np.array(lines), name="line")
    return cells


def as_arrow(cells: Sequence[str], where: Where, encoding: Encoding) -> Any:
    """Return cells as Arrow text, empty ones missing; raise DataError for a NUL or for bytes of another encoding.

    Such bytes have been decoded as surrogates.
    """
    import pyarrow as pa  # noqa: PLC0415

    if "\0" in "".join(cells):
        first = next(position for position, cell in enumerate(cells) if "\0" in cell)
        raise DataError(f"{where(first)}: the cell holds a NUL character; {encoding.remedy}")
    try:
        return pa.array([cell or None for cell in cells], pa.large_string())
    except UnicodeEncodeError as error:
        first = next(position for position, cell in enumerate(cells) if SURROGATE.search(cell))
        raise DataError(f"{where(first)}: not {encoding.name}; {encoding.remedy}") from error


def _where(path: Path, lines: Sequence[int], name: str) -> Where:
    """Return a function that names the place of a cell of a column."""
    return lambda position: f"{path}, line {lines[position]}, column {quote(name)}"
