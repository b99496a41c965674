"""Several files of one kind as one table that knows the place of each row."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_float_dtype

from tsshape._errors import DataError, quote
from tsshape._typing import BoolArray, IntArray
from tsshape.data._cells import Where
from tsshape.data._export._sources import RawTable
from tsshape.data._tables import CONTROL


class Joined:
    """The rows of one or more tables.

    Attributes
    ----------
    cells : DataFrame
        All rows, counted from 0; a column that a table does not have is missing in its rows.
    source : str
        The path of the first file, for messages about all rows.
    """

    def __init__(self, cells: pd.DataFrame, paths: Sequence[Path], origin: IntArray, rows: IntArray, unit: str) -> None:
        self.cells, self.paths, self.origin, self.rows, self.unit = cells, paths, origin, rows, unit

    @classmethod
    def of(cls, tables: Sequence[RawTable]) -> "Joined":
        """Join the rows of tables."""
        first = tables[0]
        for table in tables[1:]:
            shared = first.cells.columns.intersection(table.cells.columns)
            if not len(shared):
                raise DataError(f"{table.path} has no column in common with {first.path}: import each by itself")
        frames = [table.cells.reset_index(drop=True) for table in tables]
        cells = (
            frames[0] if len(frames) == 1 else pd.concat([_alike(frame, frames) for frame in frames], ignore_index=True)
        )
        origin = np.repeat(np.arange(len(tables)), [len(frame) for frame in frames])
        rows = np.concatenate([table.cells.index.to_numpy() for table in tables])
        return cls(cells, [table.path for table in tables], origin, rows, str(first.cells.index.name or "row"))

    @property
    def source(self) -> str:
        """The path of the first file."""
        return str(self.paths[0])

    def place(self, position: int) -> str:
        """Return the file and the place in it of a row."""
        return f"{self.paths[self.origin[position]]}, {self.unit} {self.rows[position]}"

    def where(self, column: str) -> Where:
        """Return a function that names the place of a cell of a column."""
        return lambda position: f"{self.place(position)}, column {quote(column)}"

    def names(self, column: str) -> pd.Series:
        """Return a column of ids as text; DataError for one that is empty or holds a control character."""
        ids = as_names(self.cells[column])
        for bad, fault in (
            ((ids.isna() | (ids.str.strip() == "")), "the id is empty"),
            (ids.str.contains(CONTROL), "the id holds a control character"),
        ):
            if bad.any():
                raise DataError(f"{self.where(column)(int(bad.to_numpy().argmax()))}: {fault}")
        return ids

    def check_ids_differ(self, ids: pd.Index) -> None:
        """Check that no two ids differ only by blanks around them or by their Unicode form."""
        plain = ids.str.strip().str.normalize("NFC")
        repeated = plain.duplicated()
        if repeated.any():
            second = int(repeated.argmax())
            first = int(np.argmax(plain == plain[second]))
            raise DataError(
                f"{self.source}: the ids {ids[first]!a} and {ids[second]!a} differ only by blanks around"
                " them or by their Unicode form; write them alike"
            )

    def keep(self, rows: BoolArray) -> "Joined":
        """Return some of the rows."""
        return Joined(
            self.cells[rows].reset_index(drop=True), self.paths, self.origin[rows], self.rows[rows], self.unit
        )

    def replace(self, cells: pd.DataFrame) -> "Joined":
        """Return the same rows with other columns."""
        return Joined(cells, self.paths, self.origin, self.rows, self.unit)


def as_names(cells: pd.Series) -> pd.Series:
    """Return cells as text, whole numbers without a point."""
    if is_float_dtype(cells) and (cells.dropna() % 1 == 0).all():
        cells = cells.astype("Int64")
    return cells.astype("str")


def _alike(frame: pd.DataFrame, frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return a frame whose columns are text where they are text in another frame."""
    text = {
        name
        for other in frames
        for name in other.columns.intersection(frame.columns)
        if isinstance(other[name].dtype, pd.StringDtype) and other[name].notna().any()
    }
    return frame.astype({name: "str" for name in text if not isinstance(frame[name].dtype, pd.StringDtype)})
