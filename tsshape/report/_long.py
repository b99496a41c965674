"""Read long tables, one row per post and day, as arrays of posts by days."""

from pathlib import Path

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._typing import FloatArray, IntArray
from tsshape.data import read_table
from tsshape.report._reading import of_channel


def read_long(
    path: Path, ids: pd.Index, *, of: str = "post", signed: bool = False, channel: str | None = None
) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Read a table of counts in which each post has the same days; return these, and the columns by post and day.

    `of` says what the ids are, "post" or "cluster"; values may be negative if `signed`; of a table with several
    channels, the rows of one are read.
    """
    rows, days, columns = _read(path, ids, of, signed=signed, channel=channel)
    order = np.lexsort((days, rows))
    numbers = np.bincount(rows, minlength=len(ids))
    other = numbers != numbers[0]
    if other.any():
        first = int(other.argmax())
        raise DataError(
            f"{path}: {of} {quote(str(ids[0]))} has {numbers[0]} days, {of} {quote(str(ids[first]))} {numbers[first]}"
        )
    table = days[order].reshape(len(ids), -1)
    other = (table != table[0]).any(axis=1)
    if other.any() or not (np.diff(table[0]) > 0).all():
        post = quote(str(ids[int(other.argmax())]))
        raise DataError(f"{path}: {of} {post} does not have each day once, or not those of the first {of}")
    return table[0], {name: values[order].reshape(table.shape) for name, values in columns.items()}


def read_observed(path: Path, ids: pd.Index, days: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Read counts of some of these days; return the rows of their posts, the columns of their days, and the counts."""
    rows, of_days, columns = _read(path, ids, "post")
    if "views" not in columns:
        raise DataError(f"{path} has no column 'views'")
    places = np.minimum(np.searchsorted(days, of_days), len(days) - 1)
    unknown = days[places] != of_days
    if unknown.any():
        first = int(unknown.argmax())
        raise DataError(
            f"{path}: post {quote(str(ids[rows[first]]))} has day {of_days[first]:g}, which is not forecast"
        )
    return rows, places, columns["views"]


def _read(
    path: Path, ids: pd.Index, of: str, *, signed: bool = False, channel: str | None = None
) -> tuple[IntArray, FloatArray, dict[str, FloatArray]]:
    """Return the row of each id in `ids`, the days, and the other columns as numbers, from 0 on unless `signed`."""
    table = of_channel(read_table(path), channel).take_ids("id" if of == "post" else of)
    if "day" not in table.cells:
        raise DataError(f"{path} has no column 'day'")
    rows = ids.get_indexer(table.ids)
    if (rows < 0).any():
        raise DataError(f"{path}, {table.place(int((rows < 0).argmax()))}: there is no such {of} in the summary")
    columns = {name: table.numbers(name) for name in table.cells}
    for name, values in columns.items():
        wrong = ~np.isfinite(values) if signed and name != "day" else ~(values >= 0)
        if wrong.any():
            needed = "a number" if signed and name != "day" else "a number from 0 on"
            raise DataError(f"{table.where(name)(int(wrong.argmax()))}: {needed} is needed")
    return rows, columns.pop("day"), columns
