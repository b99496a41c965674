"""Text for the terminal, in which names of posts, columns and files have no effect."""

import json
import re
from collections.abc import Collection
from typing import Any

import typer

# Names of columns that are listed before the rest is counted.
MOST_NAMES = 30
_BARS = "▁▂▃▄▅▆▇█"
# Unicode's categories Cc (control), Cf (format: marks of text direction, invisible characters), Zl and Zp (separators
# of lines and paragraphs), and Cs (surrogates). The joiners stand between characters of a script or an emoji only.
_JOINERS = "\u200c\u200d"
_FORMAT = (
    "\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f"
)
_EFFECT = (
    rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_FORMAT}]"
    rf"|(?<![^\x00-\x7f{_JOINERS}])[{_JOINERS}]|[{_JOINERS}](?![^\x00-\x7f{_JOINERS}])"
)
_SHORT = {"\n": "\\n", "\t": "\\t"}
_IN_DOCUMENT, _IN_LINE = re.compile(_EFFECT), re.compile(rf"[\t\n]|{_EFFECT}")


def printable(text: str) -> str:
    r"""Return text as a line: characters with an effect on the terminal are escaped, as JSON does it.

    They are control characters and line ends, marks of text direction, and invisible characters. Joiners within a word
    of another script or an emoji stay.

    Examples
    --------
    >>> print(printable("\x1b[31mred\x1b[0m, 优酷\nnext\u200e"))
    \u001b[31mred\u001b[0m, 优酷\nnext\u200e
    """
    return _IN_LINE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    """Return a character as JSON may write it."""
    if found[0] in _SHORT:
        return _SHORT[found[0]]
    units = memoryview(found[0].encode("utf-16", "surrogatepass")).cast("H")[1:]
    return "".join(f"\\u{unit:04x}" for unit in units)


def list_names(names: Collection[str]) -> str:
    """Return the first names, and how many more there are.

    Examples
    --------
    >>> list_names(["likes", "length"])
    'likes, length'
    """
    first, rest = [*names][:MOST_NAMES], [*names][MOST_NAMES:]
    return ", ".join(first) + (f" and {len(rest)} more" if rest else "")


def say(line: str = "") -> None:
    """Print a line, with `printable`, so that no name in it can begin another."""
    typer.echo(printable(line))


def say_document(text: str) -> None:
    """Print lines whose ends are meant: those of a format in which names have none."""
    typer.echo(_IN_DOCUMENT.sub(_escape, text))


def say_json(value: Any) -> None:
    """Print a value as JSON."""
    say_document(json.dumps(value, indent=2, ensure_ascii=False))


def warn(text: str) -> None:
    """Write a warning on one line to the standard error, where it shows beside JSON, too."""
    typer.echo(f"tsshape: warning: {printable(text)}", err=True)


def sparkline(shares: list[float]) -> str:
    """Return shares between 0 and 1 as bars."""
    return "".join(_BARS[min(int(share * len(_BARS)), len(_BARS) - 1)] for share in shares)
