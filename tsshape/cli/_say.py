"""Printing to the terminal, on which names of posts, columns and files have no effect."""

import json
from typing import Any

import typer

from tsshape.cli._printable import printable, printable_lines

# Names of columns that are listed before the rest is counted.
MOST_NAMES = 30

_BARS = "▁▂▃▄▅▆▇█"


def say(line: str = "") -> None:
    """Print a line, with `printable`, so that no name in it can begin another."""
    typer.echo(printable(line))


def say_document(text: str) -> None:
    """Print lines whose ends are meant: those of a format in which names have none."""
    typer.echo(printable_lines(text))


def say_json(value: Any) -> None:
    """Print a value as JSON."""
    say_document(json.dumps(value, indent=2, ensure_ascii=False))


def warn(text: str) -> None:
    """Write a warning on one line to the standard error, where it shows beside JSON, too."""
    typer.echo(f"tsshape: warning: {printable(text)}", err=True)


def sparkline(shares: list[float]) -> str:
    """Return shares between 0 and 1 as bars."""
    return "".join(_BARS[min(int(share * len(_BARS)), len(_BARS) - 1)] for share in shares)
