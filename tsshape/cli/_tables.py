"""Tables on the terminal."""

from collections.abc import Sequence

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tsshape._columns import Column
from tsshape.cli._say import printable


def print_table(frame: pd.DataFrame, columns: Sequence[Column], *, title: str) -> None:
    """Print those columns and levels of the index that the table has; a missing value is a dash."""
    flat = frame.reset_index()
    shown = [column for column in columns if column.name in flat]
    table = Table(title=Text(printable(title)), title_justify="left", title_style="bold")
    for column in shown:
        if column.name in frame.index.names:
            table.add_column(Text(column.label), overflow="fold")
        else:
            table.add_column(Text(column.label), justify="right")
    for _, row in flat.iterrows():
        table.add_row(*(Text(printable(column.text(row[column.name]))) for column in shown))
    console().print(table)


def console() -> Console:
    """Return the terminal, or a page wide enough for a table where the output goes to a file."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=150)
