"""Tables on the terminal."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tsshape.cli._say import printable

# How columns are headed where their names are not words.
LABELS = {
    "n_clusters": "clusters",
    "trmse": "tRMSE",
    "trmse_sd": "sd",
    "med": "MED",
    "pps": "PPS",
    "pps_reverse": "PPS reverse",
    "spearman_p": "p-value",
    "naive_trmse": "naive tRMSE",
    "naive_med": "naive MED",
    "coverage_80%": "80 % covers",
    "coverage_90%": "90 % covers",
}


def print_table(frame: pd.DataFrame, formats: Mapping[str, Callable[[Any], str]], *, title: str) -> None:
    """Print a table with its index; `formats` names the columns to show and how; a missing figure is a dash."""
    names = [name or "" for name in frame.index.names]
    table = Table(title=Text(printable(title)), title_justify="left", title_style="bold")
    for name in names:
        table.add_column(Text(name), overflow="fold")
    for column in formats:
        table.add_column(Text(LABELS.get(column, column.replace("_", " "))), justify="right")
    for label, row in frame.iterrows():
        labels = [Text(printable(str(part))) for part in (label if isinstance(label, tuple) else (label,))]
        cells = ["-" if pd.isna(row[column]) else form(row[column]) for column, form in formats.items()]
        table.add_row(*labels, *cells)
    console().print(table)


def console() -> Console:
    """The terminal, or a page wide enough for a table where the output goes to a file."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=150)
