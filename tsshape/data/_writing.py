"""Writing a table as CSV or Parquet, whole or not at all; a long one block by block."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeAlias

import pandas as pd
from pandas.api.types import is_string_dtype

from tsshape._files import atomic_path

# A spreadsheet takes a cell for a formula if it begins with one of these.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# An id with one of these is written between quotation marks in CSV.
_QUOTED = r'[",\r\n]'

WriteBlock: TypeAlias = Callable[[pd.DataFrame], None]


def write_table(table: pd.DataFrame, path: Path, *, spreadsheet_safe: bool = False) -> None:
    """Write a table to a CSV or Parquet file, with its index as the first column; Parquet gets page checksums.

    Parameters
    ----------
    table : DataFrame
        The table; its index must have a name.
    path : Path
        The file; it is CSV unless it ends in `.parquet`.
    spreadsheet_safe : bool
        Whether text in a CSV that a spreadsheet would take for a formula gets an apostrophe in front, which changes
        the text.

    Examples
    --------
    >>> import tempfile
    >>> table = pd.DataFrame({"day01": [3.0]}, index=pd.Index(["=a"], name="id"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "forecast.csv"
    ...     write_table(table, path, spreadsheet_safe=True)
    ...     path.read_text().split()
    ['id,day01', "'=a,3.0"]
    """
    with atomic_path(path) as temporary:
        if path.suffix.lower() == ".parquet":
            table.to_parquet(temporary, engine="pyarrow", write_page_checksum=True)
        else:
            (_without_formulas(table) if spreadsheet_safe else table).to_csv(temporary, lineterminator="\n")


@contextmanager
def open_table(path: Path, *, spreadsheet_safe: bool = False) -> Iterator[WriteBlock]:
    """Give a function that appends some rows of numbers to a CSV or Parquet file, which appears when all is written.

    The blocks have the same columns, of numbers, and their index, of text, has a name. The file is that of
    `write_table`, except that CSV has whole numbers without a decimal point: Arrow writes it ten times as fast.
    """
    with atomic_path(path) as temporary:
        if path.suffix.lower() == ".parquet":
            with _parquet_blocks(temporary) as write:
                yield write
        else:
            with temporary.open("wb") as file:
                yield _csv_blocks(file, spreadsheet_safe=spreadsheet_safe)


@contextmanager
def _parquet_blocks(path: Path) -> Iterator[WriteBlock]:
    """Give a function that appends a block to a Parquet file as a row group."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    writer: parquet.ParquetWriter | None = None

    def write(block: pd.DataFrame) -> None:
        nonlocal writer
        rows = pa.Table.from_pandas(block)
        if writer is None:
            writer = parquet.ParquetWriter(path, rows.schema, write_page_checksum=True)
        writer.write_table(rows.cast(writer.schema))

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()


def _csv_blocks(file: BinaryIO, *, spreadsheet_safe: bool) -> WriteBlock:
    """Return a function that appends a block to a CSV file, the first with the names of the columns."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow.csv import WriteOptions, write_csv  # noqa: PLC0415

    options = WriteOptions(include_header=False, quoting_style="none")

    def write(block: pd.DataFrame) -> None:
        table = _without_formulas(block) if spreadsheet_safe else block
        if not file.tell():
            file.write(_as_csv([[table.index.name, *table.columns]]))
        numbers = pa.Table.from_pandas(table, preserve_index=False)
        if not table.index.str.contains(_QUOTED).any():
            write_csv(numbers.add_column(0, "id", pa.array(table.index)), file, options)
            return
        # Arrow puts all text between quotation marks, or refuses to.
        lines = io.BytesIO()
        write_csv(numbers, lines, options)
        ids = (_as_csv([[each]])[:-1] for each in table.index)
        file.writelines(b"%b,%b" % pair for pair in zip(ids, lines.getvalue().splitlines(keepends=True), strict=True))

    return write


def _as_csv(rows: list[list[object]]) -> bytes:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before each text, id and column name that begins like a formula."""
    flat = table.reset_index()
    for name in flat.columns[[is_string_dtype(dtype) for dtype in flat.dtypes]]:
        flat[name] = flat[name].map(_inert, na_action="ignore")
    flat.columns = flat.columns.map(_inert)
    return flat.set_index(flat.columns[0])


def _inert(text: object) -> object:
    """Return a text as one that no spreadsheet takes for a formula; return anything else unchanged."""
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text
