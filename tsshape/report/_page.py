"""Pages of a report before they are HTML, and the tables in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from tsshape._columns import Column

NONE = "\N{EN DASH}"


@dataclass(frozen=True)
class Page:
    """A page: the name of its template, and the values of the template.

    Attributes
    ----------
    template : str
        File in `templates`.
    title : str
    facts : list of (str, str)
        Names and values of the settings and the data.
    conclusions : list of str
        Sentences.
    content : dict
        Further values of the template.
    """

    template: str
    title: str
    facts: list[tuple[str, str]]
    conclusions: list[str]
    content: dict[str, Any] = field(default_factory=dict)


class Cell(NamedTuple):
    """A cell of a table: its text, and the value by which it is sorted."""

    text: str
    value: float | str


class Table(NamedTuple):
    """A table that can be sorted and filtered."""

    caption: str
    columns: list[str]
    rows: list[list[Cell]]


def as_table(frame: pd.DataFrame, columns: Sequence[Column], *, caption: str) -> Table:
    """Return those columns and levels of the index that the table has."""
    flat = frame.reset_index()
    shown = [column for column in columns if column.name in flat]
    rows = [[_cell(row[column.name], column) for column in shown] for _, row in flat.iterrows()]
    return Table(caption, [column.label for column in shown], rows)


def _cell(value: Any, column: Column) -> Cell:
    """Return one value; a missing one is a dash, and is sorted last."""
    order: float | str = "" if pd.isna(value) else float(value) if isinstance(value, int | float) else str(value)
    return Cell(column.text(value, missing=NONE), order)


def join(words: Sequence[str]) -> str:
    """Return words as a sentence lists them."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
