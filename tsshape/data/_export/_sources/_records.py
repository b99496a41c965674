"""Nested records as rows of a table: names of nested fields are joined by dots, a list of records becomes rows."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._memory import check_fits
from tsshape.data._export._sources._raw import drop_empty, name_columns
from tsshape.data._export._sources._types import type_column
from tsshape.data._tables import BYTES_PER_COLUMN

# Bytes of memory for a cell, besides its text.
_BYTES_PER_CELL, _BYTES_PER_CHARACTER = 100, 2
_ROWS_PER_CHECK = 2**14
# A list of numbers is a curve if it is named like this.
_CURVE = re.compile(r"(?:views?|counts?|plays?|impressions?|reads?|values?|history|series|curve)$", flags=re.IGNORECASE)

_NESTED = frozenset((dict, list))

Record = dict[str, Any]
# A record's number or line, and the record.
Numbered = tuple[int, Record]


def table_of_records(path: Path, records: Iterable[Numbered], index_name: str) -> tuple[pd.DataFrame, list[str]]:
    """Return records as a table, where fields that a record lacks are missing, and what was left out.

    The index is the number of the record, which stands more than once where a nested list has become rows.
    """
    numbers: list[int] = []
    columns: dict[str, list[Any]] = {}
    rows = _Unnesting(path, index_name).rows(records)
    while block := list(islice(rows, _ROWS_PER_CHECK)):
        for number, row in block:
            if not row.keys() <= columns.keys():
                check_fits(path, _size_of_table(len({*columns, *row}), len(numbers)))
            _append(columns, row, len(numbers))
            numbers.append(number)
        check_fits(path, _size_of_table(len(columns), len(numbers)))
    if not columns:
        raise DataError(f"{path} has no records with fields")
    names, unnamed = name_columns(path, list(columns))
    index = pd.Index(np.array(numbers, np.int64), name=index_name)
    n_characters = 0
    for column in columns.values():
        column.extend([None] * (len(numbers) - len(column)))
        # Text that stands in many rows has taken memory once until here.
        n_characters += sum(len(value) for value in column if type(value) is str)
    check_fits(path, _BYTES_PER_CHARACTER * n_characters)
    typed = {name: _column(path, values, name, index) for name, values in zip(names, columns.values(), strict=True)}
    cells = pd.DataFrame(typed, columns=names)
    cells.index = index
    return drop_empty(path, cells, unnamed)


def _size_of_table(n_columns: int, n_rows: int) -> int:
    """Return the bytes of memory that a table takes, besides its text."""
    return n_columns * (BYTES_PER_COLUMN + _BYTES_PER_CELL * n_rows)


def _append(columns: dict[str, list[Any]], row: Record, n_rows: int) -> None:
    """Append a row to columns, which are shorter where the last rows lacked the field."""
    for name, value in row.items():
        column = columns.setdefault(name, [])
        if len(column) < n_rows:
            column.extend([None] * (n_rows - len(column)))
        column.append(value)


def _column(path: Path, values: list[Any], name: str, index: pd.Index) -> pd.Series:
    """Return a column with its type; numbers must be finite."""

    def where(position: int) -> str:
        return f"{path}, {index.name} {index[position]}, field {quote(name)}"

    for position, value in enumerate(values):
        if type(value) is float and not abs(value) < np.inf:
            raise DataError(f"{where(position)}: the number is beyond all floats")
    return type_column(values, where)


class _Unnesting:
    """Turns nested records into flat rows; remembers which field holds a list, since one field may at most."""

    def __init__(self, path: Path, index_name: str) -> None:
        self._path, self._index_name = path, index_name
        self._list_field: str | None = None
        self._place = str(path)

    def rows(self, records: Iterable[Numbered]) -> Iterator[Numbered]:
        """Yield the rows of the records, with the record's number: one, or one for each element of its list."""
        for number, record in records:
            self._place = f"{self._path}, {self._index_name} {number}"
            if _NESTED.isdisjoint(map(type, record.values())):
                yield number, record
                continue
            row: Record = {}
            elements = self._flatten(record, "", row)
            if not elements:
                yield number, row
            for element in elements:
                further = row.copy()
                # A list in an element is another field, and refused.
                self._flatten(element, f"{self._list_field}.", further)
                yield number, further

    def _flatten(self, record: Record, prefix: str, row: Record) -> list[Record]:
        """Add the fields of a record to a flat row; return the elements of its list of records."""
        elements: list[Record] = []
        for key, value in record.items():
            name = prefix + key
            if type(value) is dict:
                elements = elements or self._flatten(value, f"{name}.", row)
            elif type(value) is list:
                elements = self._flatten_list(name, value, row) or elements
            else:
                self._add(row, name, value)
        return elements

    def _flatten_list(self, name: str, values: list[Any], row: Record) -> list[Record]:
        """Add a list to a flat row: words as one text, counts one a column; return its elements if they are records."""
        kinds = set(map(type, values))
        if kinds <= {str}:
            if values:
                self._add(row, name, " ".join(values))
            return []
        is_curve = kinds <= {int, float, type(None)} and _CURVE.search(name)
        if kinds != {dict} and not is_curve:
            raise DataError(
                f"{self._place}: field {quote(name)} is a list; a table has fields of numbers and text, of words, and"
                " one list of records"
            )
        if self._list_field not in {None, name}:
            raise DataError(
                f"{self._place}: fields {quote(str(self._list_field))} and {quote(name)} are both lists; leave one"
                " of them in the file"
            )
        self._list_field = name
        if not is_curve:
            return values
        check_fits(self._path, _size_of_table(len(values), 1))
        for position, value in enumerate(values, start=1):
            self._add(row, f"{name} {position}", value)
        return []

    def _add(self, row: Record, name: str, value: Any) -> None:
        """Add a field to a flat row."""
        if name in row:
            raise DataError(f"{self._place}: there are two fields {quote(name)}")
        row[name] = value
