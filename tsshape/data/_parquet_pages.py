"""What a Parquet file says of its columns and pages, checked before pyarrow takes memory for it.

pyarrow believes a file: it makes room for each list of the footer before it has read one element, and for each page as
much as the page's header says. So this reads the footer and the headers of pages first, without their data, and gives
pyarrow a footer written anew that has nothing but what was checked.

The format: https://parquet.apache.org/docs/file-format/, and parquet.thrift there.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from tsshape._errors import DataError
from tsshape._memory import check_fits
from tsshape.data._tables import BYTES_PER_COLUMN
from tsshape.data._thrift import (
    BINARY,
    I32,
    I64,
    LIST,
    STRUCT,
    WHOLE,
    Fields,
    ThriftEndError,
    ThriftError,
    read_struct,
    write_struct,
)

_MAGIC, _ENCRYPTED = b"PAR1", b"PARE"
# Bytes of memory for each byte of a footer, in Python and in pyarrow. Measured: 15, and 70 for the shortest chunks.
_BYTES_PER_BYTE_OF_FOOTER = 64
_DEEPEST = 16
_ARROW_SCHEMA = b"ARROW:schema"
# Numbers of fields as in parquet.thrift.
_ELEMENT: Fields = {WHOLE: I32, 1: I32, 4: BINARY, 5: I32}
_COLUMN: Fields = {1: I32, 4: I32, 5: I64, 7: I64, 9: I64, 11: I64}
_ENCRYPTED_FILE, _ENCRYPTED_CHUNK = 8, (8, 9)
_CHUNK: Fields = {1: BINARY, 3: _COLUMN, 8: {}, 9: BINARY}
_GROUP: Fields = {1: [_CHUNK], 3: I64}
_PAIR: Fields = {1: BINARY, 2: BINARY}
_FOOTER: Fields = {1: I32, 2: [_ELEMENT], 3: I64, 4: [_GROUP], 5: [_PAIR], 6: BINARY, 8: {}}
_REQUIRED = {1, 2, 3, 4}
# By the type of a page, the field that its own header is in, which has the number of values and their encoding.
_OWN_HEADER = {0: 5, 2: 7, 3: 8}
_DICTIONARY = 2
_PAGE: Fields = {1: I32, 2: I32, 3: I32, 5: {1: I32, 2: I32}, 7: {1: I32, 2: I32}, 8: {1: I32, 4: I32}}
# Bytes that are read for the header of a page, which is longer if it holds long texts as statistics.
_HEADER_SIZE, _LARGEST_HEADER = 2**9, 2**24
_BYTE_ARRAY, FIXED_LENGTH = 6, 7
_PLAIN, _PLAIN_OR_DICTIONARY, _OF_TEXT = 0, {0, 2, 8}, {0, 2, 6, 7, 8}
_DELTA_ENCODED_TEXT = "is delta-encoded text; write it in plain or dictionary encoding"
_NUMBERS_OF_ANY_LENGTH = (
    "holds numbers of any length; write them as floats, as decimals of fixed length, or in plain encoding"
)
# How often a page is in memory while it is read: packed pages aside, as it is, and as its values or their dictionary.
# And bytes of memory for each text of a dictionary besides its own. Measured: 3, 2, and 60 to 120.
_COPIES_OF_TEXT, _COPIES_OF_NUMBERS, _BYTES_PER_DICTIONARY_TEXT = 3, 2, 128


class Chunk(NamedTuple):
    """A column of a row group: where its pages lie in the file, type, compression, and the number of values."""

    start: int
    size: int
    physical_type: int
    codec: int
    n_values: int


class Group(NamedTuple):
    """A row group: its rows, and a chunk for each column without parts."""

    n_rows: int
    chunks: list[Chunk]


class Description(NamedTuple):
    """A checked footer: that for pyarrow, and the row groups."""

    metadata: Any
    groups: list[Group]


class PageSizes(NamedTuple):
    """Bytes of memory for the pages of a chunk: unpacked data in all, and the most while one page is read."""

    data: int
    reading: int


def read_description(path: Path, file: BinaryIO) -> Description:
    """Return what the footer of a file says.

    Raises
    ------
    DataError
        If what it says would not fit in memory, or the file is encrypted or has its columns in other files.
    ThriftError
        If it contradicts itself or the size of the file.
    """
    from pyarrow import parquet  # noqa: PLC0415

    n_bytes = file.seek(0, os.SEEK_END)
    file.seek(max(0, n_bytes - 8))
    size, magic = int.from_bytes(file.read(4), "little"), file.read(4)
    if magic == _ENCRYPTED:
        raise _encrypted(path)
    if magic != _MAGIC or size > n_bytes - 12:
        raise ThriftError("it does not end as a Parquet file does")
    check_fits(path, _BYTES_PER_BYTE_OF_FOOTER * size)
    file.seek(n_bytes - 8 - size)
    found, _ = read_struct(file.read(size), 0, _FOOTER)
    if _ENCRYPTED_FILE in found:
        raise _encrypted(path)
    if not found.keys() >= _REQUIRED:
        raise ThriftError("its description lacks the version, columns, rows or row groups")
    types = _types_of_leaves(found[2])
    check_fits(path, BYTES_PER_COLUMN * len(types))
    groups = [_group(path, group, types) for group in found[4]]
    if sum(chunk.size for group in groups for chunk in group.chunks) > n_bytes:
        raise ThriftError("its columns take more bytes than the file has")
    written = _write_footer(found, groups)
    ending = len(written).to_bytes(4, "little") + _MAGIC
    return Description(parquet.read_metadata(io.BytesIO(_MAGIC + written + ending)), groups)


def measure_pages(path: Path, column: str, file: BinaryIO, chunk: Chunk, *, is_text: bool) -> PageSizes:
    """Return what the pages of a chunk take, once they are unpacked, as their headers say.

    Raises
    ------
    DataError
        If the column is in an encoding by which a short page may hold one long value many times; where it is text or
        categories, in `is_text`, such values are read once, from dictionaries.
    ThriftError
        If the headers contradict the number of values, or cannot be read.
    """
    data = dictionary = largest = n_values = 0
    any_length = chunk.physical_type == _BYTE_ARRAY
    copies = _COPIES_OF_TEXT if any_length else _COPIES_OF_NUMBERS
    for page in _pages(file, chunk):
        size = max(page.packed, page.unpacked)
        if any_length and page.encoding not in (_PLAIN_OR_DICTIONARY if is_text else {_PLAIN}):
            if page.encoding not in _OF_TEXT:
                raise ThriftError(f"the pages of column {column} have the encoding {page.encoding}")
            raise DataError(f"{path}: column {column} {_DELTA_ENCODED_TEXT if is_text else _NUMBERS_OF_ANY_LENGTH}")
        if page.type == _DICTIONARY:
            # Each value takes a byte at least.
            if page.n_values > page.unpacked:
                raise ThriftError("a dictionary has more values than bytes")
            dictionary += size * copies + (_BYTES_PER_DICTIONARY_TEXT * page.n_values if any_length else 0)
            continue
        data += size
        largest = max(largest, size)
        n_values += page.n_values
    if n_values != chunk.n_values:
        raise ThriftError(f"the pages of column {column} have {n_values} values, not {chunk.n_values}")
    return PageSizes(data, chunk.size + dictionary + copies * largest)


class _Page(NamedTuple):
    """What the header of a page says; a page of neither data nor a dictionary has no values."""

    type: int
    packed: int
    unpacked: int
    n_values: int
    encoding: int


def _pages(file: BinaryIO, chunk: Chunk) -> Iterator[_Page]:
    """Yield what the headers say of each page of a chunk."""
    position, end, n_values = chunk.start, chunk.start + chunk.size, 0
    # As pyarrow does it: what follows the last value is not read.
    while position < end and n_values < chunk.n_values:
        header, length = _read_header(file, position, end)
        kind = header.get(1, -1)
        own = header.get(_OWN_HEADER[kind], {}) if kind in _OWN_HEADER else {1: 0}
        page = _Page(kind, header.get(3, -1), header.get(2, -1), own.get(1, -1), own.get(4, own.get(2, 0)))
        if min(page) < 0:
            raise ThriftError("the header of a page is incomplete")
        yield page
        n_values += page.n_values if kind != _DICTIONARY else 0
        position += length + page.packed


def _read_header(file: BinaryIO, position: int, end: int) -> tuple[dict[int, Any], int]:
    """Return the header of a page, and its length."""
    n_bytes = _HEADER_SIZE
    while True:
        file.seek(position)
        try:
            return read_struct(file.read(min(n_bytes, end - position)), 0, _PAGE)
        except ThriftEndError:
            if n_bytes >= min(_LARGEST_HEADER, end - position):
                raise
            n_bytes *= 4


def _encrypted(path: Path) -> DataError:
    """Return the error of a file that is encrypted, as a whole or in a column."""
    return DataError(f"{path} is encrypted; write it without encryption")


def _types_of_leaves(elements: list[dict[int, Any]]) -> list[int]:
    """Return the physical types of columns without parts, of a schema: the root, a part, the parts of that, …."""
    types, open_children = [], [1]
    for element in elements:
        while open_children and not open_children[-1]:
            open_children.pop()
        n_children = element.get(5, 0)
        if not open_children or n_children < 0 or len(open_children) > _DEEPEST:
            raise ThriftError("its columns are nested too deeply, or not as it says")
        open_children[-1] -= 1
        if n_children:
            open_children.append(n_children)
        elif len(open_children) > 1:
            types.append(element.get(1, -1))
    if any(open_children):
        raise ThriftError("it has fewer columns than it says")
    return types


def _group(path: Path, group: dict[int, Any], types: list[int]) -> Group:
    """Return a row group."""
    chunks, n_rows = group.get(1, []), group.get(3, -1)
    if any(not chunk.keys().isdisjoint(_ENCRYPTED_CHUNK) for chunk in chunks):
        raise _encrypted(path)
    if any(chunk.get(1) for chunk in chunks):
        raise DataError(f"{path} has its columns in other files; name these, or the folder that they lie in")
    if len(chunks) != len(types) or n_rows < 0:
        raise ThriftError("a row group has other columns than the file, or no number of rows")
    return Group(n_rows, [_chunk(chunk.get(3, {}), kind) for chunk, kind in zip(chunks, types, strict=True)])


def _chunk(column: dict[int, Any], physical_type: int) -> Chunk:
    """Return where the pages of a column of a row group lie."""
    start, dictionary = column.get(9, -1), column.get(11, 0)
    if 0 < dictionary < start:
        start = dictionary
    chunk = Chunk(start, *(column.get(number, -1) for number in (7, 1, 4, 5)))
    if min(chunk) < 0 or chunk.physical_type != physical_type:
        raise ThriftError("a row group lacks what its columns are, or has another type")
    return chunk


def _write_footer(found: dict[int, Any], groups: list[Group]) -> bytes:
    """Return a footer of what was checked."""
    schema = [element[WHOLE] for element in found[2]]
    types = [pair.get(2, b"") for pair in found.get(5, []) if pair.get(1) == _ARROW_SCHEMA]
    pairs = [write_struct([(1, BINARY, _ARROW_SCHEMA), (2, BINARY, value)]) for value in types]
    fields = [
        (1, I32, found[1]),
        (2, LIST, (STRUCT, schema)),
        (3, I64, found[3]),
        (4, LIST, (STRUCT, [_write_group(group) for group in groups])),
        (5, LIST, (STRUCT, pairs)),
        (6, BINARY, found.get(6, b"")),
    ]
    return write_struct(fields)


def _write_group(group: Group) -> bytes:
    """Return the description of a row group."""
    chunks = [write_struct([(2, I64, 0), (3, STRUCT, _write_chunk(chunk))]) for chunk in group.chunks]
    return write_struct([(1, LIST, (STRUCT, chunks)), (2, I64, 0), (3, I64, group.n_rows)])


def _write_chunk(chunk: Chunk) -> bytes:
    """Return the description of a chunk; its encodings, its path and its unpacked size are not used."""
    fields: list[tuple[int, int, Any]] = [
        (1, I32, chunk.physical_type),
        (2, LIST, (I32, [])),
        (3, LIST, (BINARY, [])),
        (4, I32, chunk.codec),
        (5, I64, chunk.n_values),
        (6, I64, 0),
        (7, I64, chunk.size),
        (9, I64, chunk.start),
    ]
    return write_struct(fields)
