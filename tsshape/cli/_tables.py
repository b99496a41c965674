"""Tables, on the terminal or as another program takes them: LaTeX, CSV, JSON.

All are made from the same columns, so that headings and digits are the same everywhere; JSON has all digits.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tsshape._columns import Column
from tsshape.cli._printable import printable
from tsshape.cli._say import say_document, say_json
from tsshape.cli._table_form import Form

_LATEX = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}
_LATEX_TABLE = r"""\begin{{table}}
  \centering
  \caption{{{title}}}
  \begin{{tabular}}{{{alignment}}}
    \toprule
    {head} \\
    \midrule
{body}
    \bottomrule
  \end{{tabular}}
\end{{table}}"""


class Titled(NamedTuple):
    """A table, its columns, and the title that stands above it."""

    title: str
    frame: pd.DataFrame
    columns: Sequence[Column]

    @property
    def flat(self) -> pd.DataFrame:
        """The table with the levels of its index as columns."""
        return self.frame.reset_index()

    @property
    def shown(self) -> list[Column]:
        """Those columns and levels of the index that the table has."""
        return [column for column in self.columns if column.name in self.flat]

    def is_text(self, column: Column) -> bool:
        """Return whether a column has text, which stands on the left."""
        return any(isinstance(value, str) for value in self.flat[column.name])


def print_tables(tables: Mapping[str, Titled], form: Form, rest: Mapping[str, Any] | None = None) -> None:
    """Print tables in a form; several in CSV stand below a line with their title each.

    JSON has the rows of each table by its name, what its columns are, and the `rest`, which other forms leave out.
    """
    if form == "json":
        rows = {name: rows_of(table.frame) for name, table in tables.items()}
        columns = {name: describe_columns(table) for name, table in tables.items()}
        say_json({**rows, **(rest or {}), "columns": columns})
        return
    for number, table in enumerate(tables.values()):
        if form == "latex":
            say_document(latex_of(table) + "\n" * (number < len(tables) - 1))
        elif form == "csv":
            titled = f"# {_one_line(table.title)}\n{csv_of(table)}" if len(tables) > 1 else csv_of(table)
            say_document(titled.removesuffix("\n") + "\n" * (number < len(tables) - 1))
        else:
            print_table(table.frame, table.columns, title=table.title)


def print_table(frame: pd.DataFrame, columns: Sequence[Column], *, title: str) -> None:
    """Print those columns and levels of the index that the table has; a missing value is a dash."""
    given = Titled(title, frame, columns)
    table, terminal = Table(), console()
    # On a line of its own: folded to the width of the table, a name in it could look like a row.
    terminal.print(Text(printable(title), style="bold"), soft_wrap=True)
    for column in given.shown:
        if given.is_text(column):
            table.add_column(Text(printable(column.label)), overflow="fold")
        else:
            table.add_column(Text(printable(column.label)), justify="right")
    for _, row in given.flat.iterrows():
        table.add_row(*(Text(printable(column.text(row[column.name]))) for column in given.shown))
    terminal.print(table)


def latex_of(table: Titled) -> str:
    r"""Return a table in LaTeX, for the package booktabs; a missing value is a dash.

    Examples
    --------
    >>> from tsshape._columns import Column, format_percent
    >>> frame = pd.DataFrame({"share": [0.5]}, index=pd.Index(["a_b"], name="variant"))
    >>> columns = [Column("variant", "variant"), Column("share", "share", format_percent)]
    >>> print(latex_of(Titled("Shares", frame, columns)).splitlines()[7].strip())
    a\_b & 50.0 \% \\
    """
    rows = [
        " & ".join(_latex_cell(column.text(row[column.name], missing="--"), row[column.name]) for column in table.shown)
        for _, row in table.flat.iterrows()
    ]
    return _LATEX_TABLE.format(
        title=_escape_latex(table.title),
        alignment="".join("l" if table.is_text(column) else "r" for column in table.shown),
        head=" & ".join(_escape_latex(column.label) for column in table.shown),
        body="\n".join(f"    {row} \\\\" for row in rows),
    )


def csv_of(table: Titled) -> str:
    r"""Return a table as CSV: headings, then the digits that are shown, as numbers; a missing value is empty.

    Examples
    --------
    >>> from tsshape._columns import Column, format_count
    >>> frame = pd.DataFrame({"views": [1234.56, None]}, index=pd.Index(["a", "b"], name="id"))
    >>> csv_of(Titled("Views", frame, [Column("id", "post"), Column("views", "views", format_count)]))
    'post,views\na,1234.6\nb,\n'
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    texts = {
        column.name: [column.text(value, missing="") for value in table.flat[column.name]] for column in table.shown
    }
    # Percentages have their sign in the heading.
    writer.writerow(
        _one_line(
            f"{column.label} (%)"
            if any(map(_is_percent, texts[column.name], table.flat[column.name]))
            else column.label
        )
        for column in table.shown
    )
    numbers = [map(_plain, texts[column.name], table.flat[column.name]) for column in table.shown]
    writer.writerows(zip(*numbers, strict=True))
    return file.getvalue()


def rows_of(frame: pd.DataFrame) -> Any:
    """Return a table, with its index, as JSON values."""
    return json.loads(frame.reset_index().to_json(orient="records", double_precision=15))


def describe_columns(table: Titled) -> list[dict[str, str]]:
    """Return name, heading and unit of those columns that the table has; numbers of things and scores have no unit.

    Examples
    --------
    >>> from tsshape._columns import Column, format_count
    >>> frame = pd.DataFrame({"trmse": [57.6]}, index=pd.Index(["a"], name="variant"))
    >>> columns = [Column("variant", "variant"), Column("trmse", "tRMSE", format_count)]
    >>> describe_columns(Titled("Scores", frame, columns))[1]
    {'name': 'trmse', 'label': 'tRMSE', 'unit': 'views'}
    """
    return [{"name": column.name, "label": column.label, "unit": column.unit} for column in table.shown]


def console() -> Console:
    """Return the terminal, or a page wide enough for a table where the output goes to a file."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=150)


def _is_percent(text: str, value: Any) -> bool:
    """Return whether a number is shown as a percentage."""
    return isinstance(value, Real) and text.endswith(" %")


def _plain(text: str, value: Any) -> str:
    """Return the text of a number as programs read it; other text on one line."""
    return text.replace(",", "").removesuffix(" %") if isinstance(value, Real) else _one_line(text)


def _latex_cell(text: str, value: Any) -> str:
    """Return the text of a cell in LaTeX, with the minus sign of a number."""
    is_negative = isinstance(value, Real) and text.startswith("-") and text != "--"
    return f"$-${_escape_latex(text[1:])}" if is_negative else _escape_latex(text)


def _escape_latex(text: str) -> str:
    """Return text as LaTeX prints it, on one line."""
    return "".join(_LATEX.get(character, character) for character in _one_line(text))


def _one_line(text: str) -> str:
    """Return text without line breaks."""
    return " ".join(text.split())
