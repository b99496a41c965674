"""What all pages have: a title, what was run on what, what to conclude, and tables."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

# By the name of a column: its title, and how a value is spelt.
Columns = dict[str, tuple[str, Callable[[Any], str]]]
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


def as_table(frame: pd.DataFrame, columns: Columns, *, caption: str, name: str) -> Table:
    """A table of some columns, each with its title and spelling; the first column is the index."""
    shown = [column for column in columns if column in frame]
    rows = [
        [_name(index), *(_cell(row[column], columns[column][1]) for column in shown)] for index, row in frame.iterrows()
    ]
    return Table(caption, [name, *(columns[column][0] for column in shown)], rows)


def _name(index: Any) -> Cell:
    """What a row is called."""
    return Cell(str(index), index if isinstance(index, int | float) else str(index))


def _cell(value: Any, spell: Callable[[Any], str]) -> Cell:
    """One value; what there is none of is a dash, and comes last."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Cell(NONE, "")
    return Cell(spell(value), float(value) if isinstance(value, int | float) else str(value))


def spell_count(count: float) -> str:
    """A number of views, or an error in views."""
    return f"{count:,.1f}" if abs(count) < 1e12 else f"{count:.3g}"  # noqa: PLR2004 - longer ones have no place


def spell_share(share: float, digits: int = 1) -> str:
    """A share as a percentage."""
    return f"{100 * share:.{digits}f} %"


def join(words: Sequence[str]) -> str:
    """Words as a sentence lists them."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
