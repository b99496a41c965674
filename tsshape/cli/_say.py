"""Lines for the terminal, which names of posts, columns and files cannot command."""

import re

import typer

# Control characters, line separators, signs that turn the direction of text, and halves of characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Text with characters that a terminal would obey spelled out, as JSON spells them.

    Examples
    --------
    >>> print(printable("\x1b[31mred\x1b[0m, 优酷"))
    \u001b[31mred\u001b[0m, 优酷
    """
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def say(text: str) -> None:
    """Print lines for a person, or JSON for a program."""
    typer.echo(printable(text))
