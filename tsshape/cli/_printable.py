"""Text in which names of posts, columns and files have no effect on the terminal."""

import re

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


def printable_lines(text: str) -> str:
    """Return text as `printable` does, in which line ends and tabs stay."""
    return _IN_DOCUMENT.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    """Return a character as JSON may write it."""
    if found[0] in _SHORT:
        return _SHORT[found[0]]
    units = memoryview(found[0].encode("utf-16", "surrogatepass")).cast("H")[1:]
    return "".join(f"\\u{unit:04x}" for unit in units)
