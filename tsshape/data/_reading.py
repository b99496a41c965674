"""Reading a CSV or Parquet file strictly: every cell as it stands, nothing repaired."""

import csv
import gzip
import zlib
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape.data._tables import PathLike, Table

ENDINGS = (".csv", ".csv.gz", ".parquet")


def read_table(path: PathLike) -> Table:
    """One CSV or Parquet file as a table with at least one row and uniquely named columns."""
    path = Path(path)
    if not path.exists():
        raise DataError(f"{path}: there is no such file")
    if not path.is_file():
        raise DataError(f"{path} is {'a folder' if path.is_dir() else 'no regular file'}, not a table")
    if not path.name.lower().endswith(ENDINGS):
        raise DataError(f"{path}: a table's name must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    try:
        cells = _read_parquet(path) if path.suffix.lower() == ".parquet" else _read_csv(path)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    if not len(cells):
        raise DataError(f"{path} has column names but no rows")
    return Table(path, cells)


def table_files(folder: Path, stem: str) -> list[Path]:
    """The files in the folder that may hold the table of this name."""
    return [path for path in (folder / f"{stem}{ending}" for ending in ENDINGS) if path.exists()]


def _read_csv(path: Path) -> pd.DataFrame:
    """The text of a CSV file's cells."""
    try:
        with _open_text(path) as file:
            return _csv_cells(path, file)
    except UnicodeDecodeError as error:
        raise DataError(f"{path}, line {_first_undecodable_line(path)}: not UTF-8; save the file as UTF-8") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is truncated or no gzip file: {error}") from error


def _open_text(path: Path) -> TextIO:
    """A CSV file, opened as UTF-8 text with or without a byte order mark."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _csv_cells(path: Path, file: TextIO) -> pd.DataFrame:
    """Rows of text, each as long as the header, labelled by the line on which they begin."""
    header = file.readline()
    if not header.strip():
        raise DataError(f"{path}: line 1 is empty; it must name the columns")
    reader = csv.reader(chain([header], file), delimiter=_separator(path, header), strict=True)
    rows, lines = [], []
    try:
        names = [name.strip() for name in next(reader)]
        _check_names(path, names)
        line = reader.line_num + 1
        for row in reader:
            if row:
                if len(row) != len(names):
                    raise DataError(f"{path}, line {line}: {len(row)} cells, but the header names {len(names)} columns")
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: {error}") from error
    cells = pd.DataFrame(rows, columns=names, index=pd.Index(lines, dtype=np.int64, name="line"), dtype="str")
    return cells.mask(cells == "")


def _separator(path: Path, header: str) -> str:
    """The separator that splits the header into the most names; a comma if there is one name only."""
    try:
        return max(",;\t", key=lambda mark: len(next(csv.reader([header], delimiter=mark))))
    except csv.Error as error:
        raise DataError(f"{path}, line 1: {error}") from error


def _check_names(path: Path, names: list[str]) -> None:
    """Refuse a column without a name, and a name that stands twice."""
    for position, name in enumerate(names):
        if not name:
            raise DataError(f"{path}: column {position + 1} has no name")
        if name in names[:position]:
            raise DataError(f"{path}: two columns are named {name!r}")


def _first_undecodable_line(path: Path) -> int:
    """The number of the first line that is not UTF-8; the text layer decodes in blocks and cannot tell."""
    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
        return next(number for number, line in enumerate(file, 1) if line.decode(errors="ignore").encode() != line)


def _read_parquet(path: Path) -> pd.DataFrame:
    """The cells of a Parquet file: numbers, text, categories and times."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    try:
        with parquet.ParquetFile(path) as file:
            names = file.schema_arrow.names
            _check_names(path, names)
            table = file.read()
        table.validate(full=True)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0]
        raise DataError(f"{path} cannot be read as Parquet, it may be truncated or damaged: {reason}") from error
    columns = [_plain_column(path, name, column) for name, column in zip(names, table.columns, strict=True)]
    # The pandas metadata would bring back a pandas index; here every column is a column.
    cells = pa.table(columns, names=names).to_pandas(
        ignore_metadata=True, types_mapper=_nullable_integer, date_as_object=False
    )
    cells.index = pd.RangeIndex(1, len(cells) + 1, name="row")
    return cells


def _plain_column(path: Path, name: str, column: Any) -> Any:
    """An Arrow column in a type that the rest of the package knows; lists, bytes and the like are refused."""
    from pyarrow import float64, large_string, types  # noqa: PLC0415

    kind = column.type
    if types.is_string_view(kind):
        return column.cast(large_string())
    if types.is_boolean(kind) or types.is_decimal(kind) or types.is_null(kind) or types.is_floating(kind):
        return column.cast(float64())
    known = (types.is_integer, types.is_string, types.is_large_string, types.is_dictionary, types.is_timestamp)
    if not any(is_kind(kind) for is_kind in (*known, types.is_date)):
        raise DataError(f"{path}: column {name!r} holds {kind}; a table has numbers, text, categories and times")
    return column


def _nullable_integer(kind: Any) -> Any:
    """The pandas type for an Arrow integer: one that keeps ids exact beside missing cells."""
    from pyarrow import types  # noqa: PLC0415

    if not types.is_integer(kind):
        return None
    return pd.UInt64Dtype() if types.is_unsigned_integer(kind) else pd.Int64Dtype()
