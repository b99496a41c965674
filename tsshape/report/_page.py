"""What the folders contribute to a report before it is HTML, and the tables in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import pandas as pd

from tsshape._columns import Column

NONE = "\N{EN DASH}"


@dataclass(frozen=True)
class Part:
    """What one folder contributes to a report.

    Attributes
    ----------
    kind : str
        What the folder holds; it is also the name of the template of its details.
    title : str
        The heading of its details.
    opening : list of str
        Sentences in plain words, without names of methods and scores.
    facts : list of (str, str)
        Names and values of the settings and the data.
    conclusions : list of str
        Sentences with the names of methods and scores.
    content : dict
        Further values of the template.
    versions : str
        The software that wrote the folder; empty if it does not say.
    """

    kind: Literal["forecast", "clusters", "selection", "bench"]
    title: str
    opening: list[str]
    facts: list[tuple[str, str]]
    conclusions: list[str]
    content: dict[str, Any] = field(default_factory=dict)
    versions: str = ""


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


def count_of(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is 1."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def spell_level(coverage: float) -> str:
    """Return a nominal coverage in percent, with the decimals that it has."""
    return f"{100 * coverage:.6g} %"


def quoted(name: str) -> str:
    """Return a name in the quotation marks of a sentence."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}"
