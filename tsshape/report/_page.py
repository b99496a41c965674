"""What all pages have: a title, what was run on what, what to conclude, and tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from tsshape._columns import Column

NONE = "\N{EN DASH}"


@dataclass(frozen=True)
class Page:
    """A page before it is HTML: the template, and what it shows.

    Attributes
    ----------
    template : str
        Name of a file in `templates`.
    title : str
    facts : list of (str, str)
        What was run on what.
    conclusions : list of str
        Sentences.
    content : dict
        What the template itself asks for.
    """

    template: str
    title: str
    facts: list[tuple[str, str]]
    conclusions: list[str]
    content: dict[str, Any] = field(default_factory=dict)


class Cell(NamedTuple):
    """A cell of a table: what it says, and what it is sorted by."""

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
    """Words as a sentence lists them."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
