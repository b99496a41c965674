"""Reading delimited text as programs export it: the separator is found, rows without cells are skipped."""

import csv
import re
from collections.abc import Iterator
from itertools import chain, islice

from tsshape._errors import DataError, quote
from tsshape.data._delimited import as_arrow, bounded_lines, read_columns, read_records, refuse_length
from tsshape.data._export._sources._raw import RawTable, Source, drop_empty, name_columns
from tsshape.data._export._sources._text import TextFile

# In order of preference where two make as many columns: commas and dots are also parts of numbers.
_SEPARATORS = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma"}
_SAID = re.compile(r'"?sep=([^\w"\r\n])"?\s*', flags=re.IGNORECASE)


def read_separated(source: Source, file: TextFile) -> RawTable:
    """Return the table of delimited text, all of it as text, empty cells missing."""
    path, encoding = source.path, file.encoding
    first_lines = list(bounded_lines(path, file.lines))
    said = _SAID.fullmatch(first_lines[0]) if file.first_line == 1 else None
    n_said = 1 if said else 0
    separator = said[1] if said else _find_separator(first_lines)
    reader = csv.reader(islice(bounded_lines(path, file, separator), n_said, None), delimiter=separator, strict=True)
    records = _Filled(read_records(path, reader, file.first_line + n_said))
    line, header = next(iter(records), (0, []))
    if not header:
        raise DataError(f"{path} is empty")
    as_arrow(header, lambda position: f"{path}, line {line}, column {position + 1}", encoding)
    names, unnamed = name_columns(path, header if source.has_header else list(map(str, range(1, len(header) + 1))))
    rows = iter(records) if source.has_header else chain([(line, header)], records)
    cells = read_columns(path, _of_length(source, rows, len(names), separator), names, encoding, source.report)
    cells, notes = drop_empty(path, cells, unnamed)
    kind = file.describe(f"{_SEPARATORS.get(separator, quote(separator))}-separated text")
    return RawTable(path, cells, source.has_header, kind, typed=False, notes=(*records.notes(), *notes))


def _find_separator(lines: list[str]) -> str:
    """Return the separator with which all records have one length, the largest; else that of the longest header."""
    shapes = {separator: _shape(lines, separator) for separator in _SEPARATORS}
    consistent = [separator for separator, (n_cells, same) in shapes.items() if same and n_cells > 1]
    if consistent:
        return max(consistent, key=lambda separator: shapes[separator])
    best = max(_SEPARATORS, key=lambda separator: shapes[separator][0])
    return best if shapes[best][0] > 1 else ","


def _shape(lines: list[str], separator: str) -> tuple[int, bool]:
    """Return how many cells the first record has with a separator, and whether all records have as many."""
    lengths = []
    reader = csv.reader(lines, delimiter=separator, strict=True)
    same = True
    try:
        for record in reader:
            if any(record):
                # Cells at the end may be empty beyond those of the header.
                filled = max(position for position, cell in enumerate(record, start=1) if cell)
                lengths.append((filled, len(record)))
    except csv.Error:
        # The last record may go on beyond these lines.
        same = reader.line_num >= len(lines)
    if not lengths:
        return 0, False
    n_cells = lengths[0][1]
    return n_cells, same and all(filled <= n_cells <= length for filled, length in lengths)


class _Filled:
    """The records that have a cell with text; counts the others."""

    def __init__(self, records: Iterator[tuple[int, list[str]]]) -> None:
        self._records = records
        self._skipped: list[int] = []

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        for line, record in self._records:
            if record[0].strip() or "".join(record).strip():
                yield line, record
            else:
                self._skipped.append(line)

    def notes(self) -> list[str]:
        """Return what to say of records without text."""
        if not self._skipped:
            return []
        return [f"skipped {len(self._skipped)} rows without cells, the first at line {self._skipped[0]}"]


def _of_length(
    source: Source, records: Iterator[tuple[int, list[str]]], length: int, separator: str
) -> Iterator[tuple[int, list[str]]]:
    """Yield the records at the length of the header; further cells must be empty, and are left out."""
    for line, record in records:
        if len(record) == length:
            yield line, record
        elif len(record) > length and not "".join(record[length:]).strip():
            yield line, record[:length]
        else:
            expected = f"the header names {length} columns" if source.has_header else f"the first row has {length}"
            refuse_length(source.path, line, len(record), expected, separator)
