"""Reading Parquet strictly: numbers, text, categories and times; the size is checked before memory is taken."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._files import open_regular
from tsshape._memory import check_fits
from tsshape.data._parquet_pages import FIXED_LENGTH, Description, measure_pages, read_description
from tsshape.data._tables import BYTES_PER_COLUMN, check_names
from tsshape.data._thrift import ThriftError

# Bytes of memory for each cell until it is part of a curve, and for each byte of text until it is a feature's.
# Measured: 31 to 40, and 2. While a file is read, the cells read so far take less: 8 to 16.
_BYTES_PER_CELL, _BYTES_PER_BYTE_OF_TEXT, _BYTES_PER_READ_CELL = 40, 2, 16
# The size of text is counted in batches of so many rows before dictionaries are expanded.
_ROWS_PER_BATCH = 2**14
_N_CHARACTERS_SHOWN = 200
# Bytes of a decimal; text of fixed length is not read.
_LONGEST_DECIMAL = 32


class Footer(NamedTuple):
    """What a Parquet file says of itself: the Arrow type and the kind of each column by name, and its rows."""

    types: dict[str, Any]
    kinds: dict[str, str]
    n_rows: int


def read_parquet(path: Path, file: BinaryIO, columns: Collection[str] | None = None) -> pd.DataFrame:
    """Return the cells of a Parquet file, or of some of its columns, with their types; the index "row" counts from 1.

    Columns that the file does not have are left out.
    """
    with _naming(path):
        table = _read(path, file, columns)
    # The pandas metadata would make some columns the index.
    cells = table.to_pandas(ignore_metadata=True, types_mapper=_nullable_integer)
    cells.index = pd.RangeIndex(1, len(cells) + 1, name="row")
    return cells


def read_footer(path: Path) -> Footer:
    """Return what the footer of a Parquet file says, checked as `read_parquet` checks it."""
    with open_regular(path) as file, _naming(path):
        metadata = read_description(path, file).metadata
        schema = metadata.schema.to_arrow_schema()
        check_names(path, schema.names)
        kinds = {field.name: _kind_of(path, field) for field in schema}
        return Footer({field.name: field.type for field in schema}, kinds, max(0, metadata.num_rows))


def table_size(n_rows: int, n_columns: int) -> int:
    """Return the bytes of memory that reading a table takes besides its text."""
    return n_columns * (BYTES_PER_COLUMN + _BYTES_PER_CELL * n_rows)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Turn errors of pyarrow into one that names the file."""
    import pyarrow as pa  # noqa: PLC0415

    try:
        yield
    except (pa.ArrowException, ThriftError, OSError, UnicodeDecodeError) as error:
        reason = _printable(str(error).partition("\n")[0])
        raise DataError(f"{path} cannot be read as Parquet, it may be truncated or damaged: {reason}") from error


def _read(path: Path, file: BinaryIO, columns: Collection[str] | None) -> Any:
    """Return the Arrow table of a file."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    description = read_description(path, file)
    metadata = description.metadata
    options = {"pre_buffer": False, "page_checksum_verification": True, "coerce_int96_timestamp_unit": "us"}
    options["metadata"] = metadata
    schema = parquet.ParquetFile(file, **options).schema_arrow
    check_names(path, schema.names)
    kinds = [_kind_of(path, field) for field in schema]
    chosen = [at for at, name in enumerate(schema.names) if columns is None or name in columns]
    size = _check_size(path, file, description, {at: kinds[at] for at in chosen})
    fields = [schema.field(at) for at in chosen]
    names = [field.name for field in fields]
    text = [field.name for field in fields if _is_text(field.type)]
    # As a dictionary, text that is repeated is held once, until its full size has been checked.
    as_dictionaries = parquet.ParquetFile(file, read_dictionary=text, **options)
    batches: list[Any] = []
    for batch in as_dictionaries.iter_batches(_ROWS_PER_BATCH, columns=columns and names, use_threads=False):
        batch.validate(full=True)
        size += sum(_text_size(column) for column in batch.columns if pa.types.is_dictionary(column.type))
        check_fits(path, size)
        plain = [_plain_column(path, field, batch[field.name]) for field in fields]
        for at, column in enumerate(plain):
            if pa.types.is_dictionary(column.type):
                plain[at], new = _share_dictionary(column, batches[-1].column(at) if batches else None)
                size += new
        batches.append(pa.record_batch(plain, names))
    if sum(batch.num_rows for batch in batches) != metadata.num_rows:
        raise DataError(f"{path} is damaged: it does not have the {metadata.num_rows} rows that it should have")
    if not batches:
        return pa.table([[]] * len(names), names)
    return pa.Table.from_batches(batches)


def _kind_of(path: Path, field: Any) -> str:
    """Return whether a column holds numbers, text, categories, times, or nothing; DataError if it is another type."""
    from pyarrow import types  # noqa: PLC0415

    known = {
        "numbers": (types.is_integer, types.is_floating, types.is_decimal, types.is_boolean),
        "nothing": (types.is_null,),
        "times": (types.is_timestamp, types.is_date),
        "categories": (_is_category,),
        "text": (_is_text,),
    }
    for kind, checks in known.items():
        if any(is_kind(field.type) for is_kind in checks):
            return kind
    raise DataError(
        f"{path}: column {quote(field.name)} holds {_printable(str(field.type))}; a table has numbers, text,"
        " categories and times"
    )


def _check_size(path: Path, file: BinaryIO, description: Description, columns: Mapping[int, str]) -> int:
    """Return the bytes that the table takes besides its text; check that they and the pages fit in memory.

    `columns` has what each column holds that is read, by its number in the file.
    """
    schema = description.metadata.schema
    n_rows = sum(group.n_rows for group in description.groups)
    size = table_size(n_rows, len(columns))
    check_fits(path, size)
    data, most_reading, read = 0, 0, _BYTES_PER_READ_CELL * n_rows * len(columns)
    for group in description.groups:
        reading = 0
        for at, kind in columns.items():
            name, chunk = quote(schema.column(at).name), group.chunks[at]
            if chunk.n_values != group.n_rows:
                raise ThriftError(f"column {name} has {chunk.n_values} values in {group.n_rows} rows")
            if chunk.physical_type == FIXED_LENGTH and schema.column(at).length > _LONGEST_DECIMAL:
                raise ThriftError(f"column {name} has numbers of {schema.column(at).length} bytes")
            pages = measure_pages(path, name, file, chunk, is_text=kind in {"text", "categories"})
            data += pages.data
            reading += pages.reading
            check_fits(path, data + max(size, read + reading, read + most_reading))
        most_reading = max(reading, most_reading)
    return size


def _text_size(column: Any) -> int:
    """Return the bytes of memory for the text of a dictionary column, once it is expanded."""
    from pyarrow import compute  # noqa: PLC0415

    lengths = compute.binary_length(column.dictionary).cast("int64").take(column.indices)
    return _BYTES_PER_BYTE_OF_TEXT * (compute.sum(lengths).as_py() or 0)


def _share_dictionary(column: Any, before: Any) -> tuple[Any, int]:
    """Return categories with the dictionary of the batch before if that is the same; and the bytes of a new one."""
    import pyarrow as pa  # noqa: PLC0415

    if before is None or not column.dictionary.equals(before.dictionary):
        return column, column.dictionary.nbytes
    return pa.DictionaryArray.from_arrays(column.indices, before.dictionary, ordered=column.type.ordered), 0


def _plain_column(path: Path, field: Any, column: Any) -> Any:
    """Return an Arrow column as text, float64, integers, categories or UTC timestamps in microseconds."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import compute, types  # noqa: PLC0415

    kind = field.type
    is_category = _is_category(kind)
    if (_is_text(kind) or is_category) and compute.any(compute.match_substring(column.dictionary, "\0")).as_py():
        raise DataError(f"{path}: column {quote(field.name)} holds text with a NUL character")
    if _is_text(kind):
        return column.dictionary.cast(pa.large_string()).take(column.indices)
    if types.is_timestamp(kind) or types.is_date(kind):
        try:
            return column.cast(options=compute.CastOptions(pa.timestamp("us"), allow_time_truncate=True))
        except pa.ArrowInvalid as error:
            raise DataError(f"{path}: column {quote(field.name)} holds times beyond all calendars") from error
    if types.is_decimal(kind):
        # Through text, since Arrow's own conversion is wrong in the last digit.
        column = column.cast(pa.string())
    return column if types.is_integer(kind) or is_category else column.cast(pa.float64())


def _printable(text: str) -> str:
    """Return a message of pyarrow, which may quote the file, without control characters."""
    return "".join(character if character.isprintable() else " " for character in text[:_N_CHARACTERS_SHOWN])


def _is_text(kind: Any) -> Any:
    """Whether an Arrow type is text."""
    from pyarrow import types  # noqa: PLC0415

    return types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)


def _is_category(kind: Any) -> Any:
    """Whether an Arrow type is a dictionary of text."""
    from pyarrow import types  # noqa: PLC0415

    return types.is_dictionary(kind) and _is_text(kind.value_type)


def _nullable_integer(kind: Any) -> Any:
    """Return the nullable pandas type of an Arrow integer, which keeps integers exact beside missing cells."""
    from pyarrow import types  # noqa: PLC0415

    if not types.is_integer(kind):
        return None
    return pd.UInt64Dtype() if types.is_unsigned_integer(kind) else pd.Int64Dtype()
