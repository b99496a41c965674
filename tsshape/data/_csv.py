"""Reading CSV strictly: every cell as text, nothing guessed or repaired."""

import codecs
import csv
import gzip
import os
import zlib
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import pandas as pd

from tsshape._errors import DataError
from tsshape._memory import check_fits
from tsshape.data._delimited import (
    BYTES_PER_BYTE,
    BoundedFile,
    BoundedGzip,
    Encoding,
    as_arrow,
    bounded_lines,
    read_columns,
    read_records,
    refuse_length,
)
from tsshape.data._tables import BYTES_PER_COLUMN, check_names

# UTF-32 first: its byte order mark begins with that of UTF-16.
_OTHER_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_UTF8 = Encoding("UTF-8", "save the file as UTF-8 (a spreadsheet calls it CSV UTF-8)")


def read_csv(path: Path, file: BinaryIO) -> pd.DataFrame:
    """Return the cells of a CSV file as text, empty ones missing; the index "line" says where each row begins."""
    source: Any
    if path.suffix.lower() == ".gz":
        source = BoundedGzip(path, file)
    else:
        source = BoundedFile(path, file)
        check_fits(path, BYTES_PER_BYTE * os.fstat(file.fileno()).st_size)
    try:
        _check_mark(path, source.peek(4))
        # Bytes that are not UTF-8 become surrogates, which `as_arrow` reports with their place.
        with TextIOWrapper(source, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            return _read_cells(path, text)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is truncated or no gzip file: {error}") from error


def _check_mark(path: Path, first: bytes) -> None:
    """Check that a file does not begin with the byte order mark of another encoding."""
    for mark, encoding in _OTHER_MARKS.items():
        if first.startswith(mark):
            raise DataError(f"{path}, line 1: the file is {encoding}; {_UTF8.remedy}")


def _read_cells(path: Path, file: TextIO) -> pd.DataFrame:
    """Return the table of a text file."""
    lines = bounded_lines(path, file)
    header = next(lines, "")
    if not header.strip():
        raise DataError(f"{path}: line 1 is empty; it must name the columns")
    separator = _separator(header)
    records = read_records(path, csv.reader(chain([header], lines), delimiter=separator, strict=True))
    cells = next(records)[1]
    check_fits(path, BYTES_PER_COLUMN * len(cells))
    names = [name.strip() for name in cells]
    as_arrow(names, lambda position: f"{path}, line 1, column {position + 1}", _UTF8)
    check_names(path, names)
    return read_columns(path, _of_equal_length(path, records, len(names), separator), names, _UTF8)


def _separator(header: str) -> str:
    """Return the separator that splits the header into the most names; a comma if there is only one name."""
    return max(",;\t", key=lambda mark: _count_names(header, mark))


def _count_names(header: str, mark: str) -> int:
    """Return how many names the header has with a separator; 0 if one of them is too long for `csv`."""
    try:
        return len(next(csv.reader([header], delimiter=mark)))
    except csv.Error:
        return 0


def _of_equal_length(
    path: Path, records: Iterator[tuple[int, list[str]]], length: int, separator: str
) -> Iterator[tuple[int, list[str]]]:
    """Yield the records, all of which must be as long as the header."""
    for line, record in records:
        if len(record) != length:
            refuse_length(path, line, len(record), f"the header names {length} columns", separator)
        yield line, record
