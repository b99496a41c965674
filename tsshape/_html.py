"""Small tables in HTML, as notebooks show a result."""

from collections.abc import Iterable, Sequence
from html import escape
from math import isnan


def html_table(caption: str, rows: Iterable[Sequence[object]], *, header: Sequence[object] = ()) -> str:
    """Return rows as a table without styles or scripts of its own; the first cell of a row is its heading.

    All text is escaped: ids and names of columns come from files.
    """
    columns = _cells(header, 'th scope="col"')
    in_row = 'th scope="row"'
    body = "".join(f"<tr>{_cells([first], in_row)}{_cells(others, 'td')}</tr>" for first, *others in rows)
    head = f"<thead><tr>{columns}</tr></thead>" if header else ""
    return f"<table><caption>{escape(caption)}</caption>{head}<tbody>{body}</tbody></table>"


def _cells(values: Iterable[object], tag: str) -> str:
    """Return values as cells of a row."""
    return "".join(f"<{tag}>{escape(str(value))}</{tag.split(maxsplit=1)[0]}>" for value in values)


def format_shortly(value: float) -> str:
    """Return a number with four digits, a missing one as a dash."""
    return "-" if isnan(value) else f"{value:.4g}"
