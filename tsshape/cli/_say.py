"""Text for the terminal, in which names of posts, columns and files have no effect."""

import re
from collections.abc import Collection

import typer

# Names of columns that are listed before the rest is counted.
MOST_NAMES = 30

# Control characters, line separators, marks of text direction, and surrogates.
_BARS = "▁▂▃▄▅▆▇█"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Escape characters with an effect on the terminal, as JSON does.

    Examples
    --------
    >>> print(printable("\x1b[31mred\x1b[0m, 优酷"))
    \u001b[31mred\u001b[0m, 优酷
    """
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def list_names(names: Collection[str]) -> str:
    """Return the first names, and how many more there are.

    Examples
    --------
    >>> list_names(["likes", "length"])
    'likes, length'
    """
    first, rest = [*names][:MOST_NAMES], [*names][MOST_NAMES:]
    return ", ".join(first) + (f" and {len(rest)} more" if rest else "")


def say(text: str) -> None:
    """Print text, with `printable`."""
    typer.echo(printable(text))


def warn(text: str) -> None:
    """Write a warning on one line to the standard error, where it shows beside JSON, too."""
    line = printable(text).replace("\n", "\\n")
    typer.echo(f"tsshape: warning: {line}", err=True)


def sparkline(shares: list[float]) -> str:
    """Return shares between 0 and 1 as bars."""
    return "".join(_BARS[min(int(share * len(_BARS)), len(_BARS) - 1)] for share in shares)
