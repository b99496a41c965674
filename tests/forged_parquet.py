"""Parquet files put together by hand, whose footers and page headers may say anything."""

from dataclasses import dataclass, replace

import pyarrow as pa

from tsshape.data._thrift import BINARY, I32, I64, LIST, STRUCT, write_struct

INT64, DOUBLE, BYTE_ARRAY, FIXED = 2, 5, 6, 7
DATA, DICTIONARY = 0, 2
PLAIN, DELTA_BINARY_PACKED, DELTA_LENGTH, RLE_DICTIONARY = 0, 5, 6, 8
CODECS = {None: 0, "snappy": 1, "gzip": 2, "brotli": 4, "zstd": 6, "lz4_raw": 7}


@dataclass(frozen=True)
class Page:
    """A page and what its header says: without `unpacked`, the truth."""

    values: bytes
    n_values: int
    type: int = DATA
    encoding: int = PLAIN
    unpacked: int | None = None
    statistics: bytes = b""

    def written(self, codec):
        packed = self.values if codec is None else pa.compress(self.values, codec, asbytes=True)
        own = [(1, I32, self.n_values), (2, I32, self.encoding)]
        own += [(3, I32, 3), (4, I32, 3)] if self.type == DATA else []
        own += [(5, STRUCT, write_struct([(1, BINARY, self.statistics)]))] if self.statistics else []
        unpacked = len(self.values) if self.unpacked is None else self.unpacked
        head = [(1, I32, self.type), (2, I32, unpacked), (3, I32, len(packed))]
        return write_struct([*head, (7 if self.type == DICTIONARY else 5, STRUCT, write_struct(own))]) + packed


@dataclass(frozen=True)
class Column:
    """A required column of a row group; what is None is said as it is."""

    name: str
    pages: tuple[Page, ...]
    physical: int = BYTE_ARRAY
    codec: str | None = None
    n_values: int | None = None
    size: int | None = None
    start: int | None = None
    file: str = ""
    length: int = 0
    is_decimal: bool = False

    def element(self):
        length = [(2, I32, self.length)] if self.length else []
        what = (
            [(6, I32, 5), (7, I32, 0), (8, I32, 9)]
            if self.is_decimal
            else [(6, I32, 0)] * (self.physical == BYTE_ARRAY)
        )
        return write_struct([(1, I32, self.physical), *length, (3, I32, 0), (4, BINARY, self.name.encode()), *what])


def text(*values):
    """Texts as a page has them."""
    return b"".join(len(value).to_bytes(4, "little") + value for value in values)


def one_for_all(value, n_rows):
    """A dictionary of one value, and the page of a column that has it in every row."""
    return Page(value, 1, DICTIONARY), Page(repeated(0, n_rows), n_rows, encoding=RLE_DICTIONARY)


def repeated(index, n_values, width=8):
    """One index of a dictionary for all values of a page, in a run."""
    return bytes([width]) + varint(n_values << 1) + bytes([index] if width else [])


def varint(value):
    """A number as seven bits in each byte."""
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    return bytes([*written, value])


def file_of(*columns, n_rows, n_groups=1, elements=None, claims=()):
    """A file of row groups that all say that their pages are the same; `claims` are further fields of the footer."""
    content, chunks = bytearray(b"PAR1"), []
    for column in columns:
        pages = b"".join(page.written(column.codec) for page in column.pages)
        start = len(content) if column.start is None else column.start
        size = len(pages) if column.size is None else column.size
        content += pages
        fields = [
            *((1, I32, column.physical), (2, LIST, (I32, [])), (3, LIST, (BINARY, [column.name.encode()]))),
            *((4, I32, CODECS[column.codec]), (5, I64, n_rows if column.n_values is None else column.n_values)),
            *((6, I64, 1), (7, I64, size), (9, I64, start)),
        ]
        elsewhere = [(1, BINARY, column.file.encode())] if column.file else []
        chunks.append(write_struct([*elsewhere, (2, I64, 0), (3, STRUCT, write_struct(fields))]))
    group = write_struct([(1, LIST, (STRUCT, chunks)), (2, I64, 1), (3, I64, n_rows)])
    root = write_struct([(4, BINARY, b"schema"), (5, I32, len(columns))])
    schema = [root, *(column.element() for column in columns)] if elements is None else elements
    known = [(1, I32, 1), (2, LIST, (STRUCT, schema)), (3, I64, n_rows * n_groups)]
    return ended(content, write_struct([*known, (4, LIST, (STRUCT, [group] * n_groups)), *claims]))


def ended(content, footer):
    """A file with that footer."""
    return bytes(content) + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def counts(n_rows, **changes):
    """A column of one day, all 1, in two pages that take little."""
    pages = one_for_all((1).to_bytes(8, "little"), n_rows)
    return replace(Column("d1", pages, INT64), **changes)
