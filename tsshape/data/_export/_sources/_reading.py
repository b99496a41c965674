"""Reading one raw file: its content says what it is, and its ending where the content does not."""

import gzip
import re
import zlib
from collections.abc import Callable
from pathlib import Path

from tsshape._errors import DataError
from tsshape._files import open_regular
from tsshape.data._export._sources._json import is_json, read_json
from tsshape.data._export._sources._raw import RawTable, Source
from tsshape.data._export._sources._separated import read_separated
from tsshape.data._export._sources._text import TextFile, open_text
from tsshape.data._export._sources._timeseries import is_timeseries, read_timeseries
from tsshape.data._export._sources._workbook import OLE_MAGIC, ZIP_MAGIC, read_workbook
from tsshape.data._parquet import read_parquet

_PARQUET_MAGIC = b"PAR1"
_JSON_LINES_ENDINGS = (".jsonl", ".ndjson")
_JSON_ENDINGS = (".json", *_JSON_LINES_ENDINGS)
# A NUL in one of these is reported with its place.
_TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".ts", *_JSON_ENDINGS)
_FORMATS = "CSV, TSV, .xlsx, JSON, JSON lines, Parquet and .ts files"
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")
_MARKUP = re.compile(r"\s*<(?:[!?/]|\w+[\s>])")


def read_source(
    path: Path,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    has_header: bool = True,
    on_read: Callable[[int, int], None] | None = None,
) -> RawTable:
    """Read a raw export: delimited text, a workbook, JSON, JSON lines, Parquet or a .ts file.

    Parameters
    ----------
    path : path
        A regular file. Text may be gzipped.
    encoding : str, optional
        Encoding of a text file, by a name that Python knows. By default it is UTF-8, or UTF-16 or UTF-32 as the file
        shows by its first bytes.
    sheet : str, optional
        Name of the sheet of a workbook that has cells on several.
    has_header : bool
        Whether the first row of delimited text or of a sheet names the columns. Other formats name them in their way.
    on_read : callable, optional
        Called now and then with the bytes that have been read and the size of the file.

    Returns
    -------
    RawTable
        Its cells, with at least one row; column names are unique.

    Raises
    ------
    DataError
        If the file cannot be read, is empty, or is none of these formats; where a place in it is at fault, the message
        names it.
    """
    path = Path(path)
    with open_regular(path) as file:
        source = Source(path, file, encoding, sheet, has_header, on_read)
        size = source.size
        try:
            table = _read(source)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DataError(f"{path} is truncated or no gzip file: {error}") from error
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    if not len(table.cells):
        raise DataError(f"{path} has column names but no rows")
    if on_read is not None:
        on_read(size, size)
    return table


def _read(source: Source) -> RawTable:
    """Return the table of an open file."""
    magic = source.peek(4)
    if magic == _PARQUET_MAGIC:
        source.refuse_option("sheet", "Parquet")
        source.refuse_option("encoding", "Parquet")
        return RawTable(source.path, read_parquet(source.path, source.file), header=True, format="Parquet", typed=True)
    if magic in {ZIP_MAGIC, OLE_MAGIC}:
        source.refuse_option("encoding", "a workbook")
        return read_workbook(source)
    source.refuse_option("sheet", "no workbook")
    with open_text(source) as file:
        return _read_text(source, file)


def _read_text(source: Source, file: TextFile) -> RawTable:
    """Return the table of a text file."""
    ending = Path(source.path.name.lower().removesuffix(".gz")).suffix
    if ending not in _TEXT_ENDINGS and any(_BINARY.search(line) for line in file.lines):
        raise DataError(f"{source.path} is neither text nor a workbook; import reads {_FORMATS}")
    if _MARKUP.match(file.lines[0]):
        raise DataError(f"{source.path} is HTML or XML; open it with a spreadsheet and save it as .xlsx or CSV")
    if ending in _JSON_ENDINGS or is_json(file):
        return read_json(source, file, lines_only=ending in _JSON_LINES_ENDINGS)
    if ending == ".ts" or is_timeseries(file):
        return read_timeseries(source, file)
    return read_separated(source, file)
