"""Reading one raw file: its content says what it is, and its ending where the content does not."""

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

from tsshape._errors import DataError
from tsshape._files import open_regular
from tsshape.data._delimited import BYTES_PER_BYTE
from tsshape.data._export._sources._raw import RawTable, Source
from tsshape.data._export._sources._separated import read_separated
from tsshape.data._export._sources._text import open_text
from tsshape.data._parquet import read_parquet

_PARQUET_MAGIC = b"PAR1"


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
    if source.peek(4) == _PARQUET_MAGIC:
        source.refuse_option("sheet", "Parquet")
        source.refuse_option("encoding", "Parquet")
        return RawTable(source.path, read_parquet(source.path, source.file), header=True, format="Parquet", typed=True)
    source.refuse_option("sheet", "text")
    file, encoding = open_text(source, BYTES_PER_BYTE)
    with file:
        return read_separated(source, file, encoding)
