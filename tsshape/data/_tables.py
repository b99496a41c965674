"""A table of text, numbers and times that knows the place of each cell in its file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_float_dtype

from tsshape._errors import DataError, list_names, quote
from tsshape._typing import BoolArray, FloatArray
from tsshape.data._cells import Where, parse_numbers

# Bytes of memory for each column at most, even a short one. Measured: 5,000, and 3,000 while it is Python text.
BYTES_PER_COLUMN = 8_000
_ID_COLUMNS = ("id", "post_id", "FlickrId")
# Line ends, tabs, and what controls a terminal.
CONTROL = r"[\x00-\x1f\x7f-\x9f]"


@dataclass(frozen=True)
class Table:
    """A table with the place of each row in its file.

    The index of `cells` is the number of the row in the file, from 1; its name is "line" in CSV and "row" in Parquet.
    CSV cells are text, empty ones missing; Parquet cells have the types of the file.
    """

    path: Path
    cells: pd.DataFrame

    @property
    def is_text(self) -> bool:
        """Whether the file has text only, without types of columns, as CSV has."""
        return bool(self.cells.index.name == "line")

    def place(self, position: int) -> str:
        """Return the place of a row within the file."""
        return f"{self.cells.index.name or 'row'} {self.cells.index[position]}"

    def where(self, column: str) -> Where:
        """Return a function that names the place of a cell of the column."""
        return lambda position: f"{self.path}, {self.place(position)}, column {quote(column)}"

    def numbers(self, column: str) -> FloatArray:
        """Return a column as float64, NaN where missing."""
        return parse_numbers(self.cells[column], self.where(column))

    def names(self, column: str) -> pd.Series:
        """Return a column of names (ids, authors) as text; integers become text, other types raise DataError."""
        cells = self.cells[column]
        no_name = is_float_dtype(cells) or is_bool_dtype(cells) or is_datetime64_any_dtype(cells)
        if no_name and cells.notna().any():
            raise DataError(
                f"{self.path}: column {quote(column)} holds {cells.dtype}; write names as text or whole numbers"
            )
        return cells.astype("str")

    def take_ids(self, id_column: str | None = None) -> "IdTable":
        """Return the table with its id column as ids; no id may be empty or hold a control character."""
        column = find_id_column(self.path, self.cells.columns, id_column)
        ids = self.names(column)
        empty = (ids.isna() | (ids.str.strip() == "")).to_numpy()
        if empty.any():
            raise DataError(f"{self.where(column)(int(empty.argmax()))}: the id is empty")
        control = ids.str.contains(CONTROL).to_numpy()
        if control.any():
            first = int(control.argmax())
            raise DataError(f"{self.where(column)(first)}: the id {quote(ids.iloc[first])} holds a control character")
        return IdTable(self.path, self.cells.drop(columns=column), pd.Index(ids, name="id"))


@dataclass(frozen=True)
class IdTable(Table):
    """A table whose rows have ids."""

    ids: pd.Index

    def place(self, position: int) -> str:
        """Return the place of a row within the file, and its id."""
        return f"{super().place(position)} (id {quote(self.ids[position])})"

    def keep(self, rows: BoolArray) -> "IdTable":
        """Return the table with some of its rows."""
        return IdTable(self.path, self.cells[rows], self.ids[rows])

    def check_distinct(self) -> None:
        """Check that no two ids are the same but for blanks around them or their Unicode form."""
        # Of two ids that look the same, one has a blank or a character beyond ASCII.
        if not self.ids.str.contains(r"^\s|\s$|[^\x00-\x7f]").any():
            return
        written = pd.Series(self.ids.unique())
        keys = written.str.strip().str.normalize("NFC")
        repeated = keys.duplicated()
        if repeated.any():
            pair = written[keys == keys[repeated.idxmax()]].iloc[:2]
            first, second = (self.place(int(np.argmax(self.ids == id_))) for id_ in pair)
            raise DataError(
                f"{self.path}: the ids of {first} and {second} are the same but for blanks around them or their Unicode"
                " form; write them alike, or differently"
            )

    def check_unique(self) -> None:
        """Check that ids are unique and distinct; the error names the first two rows with the same one."""
        self.check_distinct()
        repeated = self.ids.duplicated()
        if repeated.any():
            second = int(repeated.argmax())
            first = int(np.argmax(self.ids == self.ids[second]))
            raise DataError(
                f"{self.path}: {self.place(first)} and {self.place(second)} have the same id"
                f" ({repeated.sum()} repeated rows in all)"
            )


def find_id_column(path: Path, names: Sequence[str], id_column: str | None) -> str:
    """Return the column of a table that holds the ids: the one that is named, or the first of the usual ones."""
    choices = _ID_COLUMNS if id_column is None else (id_column,)
    column = next((name for name in choices if name in names), None)
    if column is None:
        raise DataError(
            f"{path} has no id column {' or '.join(map(repr, choices))}; its columns are"
            f" {list_names(names, spell=quote)}. Name the right one with --id-column (id_column in Python); `tsshape"
            " import FILE --out FOLDER` knows more names"
        )
    return column


def check_names(path: Path, names: Sequence[str]) -> None:
    """Check that a table has columns, and that their names are unique and not blank."""
    if not names:
        raise DataError(f"{path} has no columns")
    seen = set()
    for position, name in enumerate(names, start=1):
        if not name.strip():
            raise DataError(
                f"{path}: column {position} has no name; name every column, the one of the ids {_ID_COLUMNS[0]!r}"
            )
        if name in seen:
            raise DataError(f"{path}: two columns are named {quote(name)}")
        seen.add(name)
