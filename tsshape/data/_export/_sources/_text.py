"""Opening a text file in whatever encoding it has."""

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from tsshape._errors import DataError, quote
from tsshape._memory import check_fits
from tsshape.data._delimited import BYTES_PER_BYTE, BoundedFile, BoundedGzip, Encoding
from tsshape.data._export._sources._raw import Source

GZIP_MAGIC = b"\x1f\x8b"
# So many bytes at the beginning tell the encoding.
N_FIRST_BYTES = 4096
# UTF-32 first: its byte order mark begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF8: ("utf-8-sig", "UTF-8"),
    codecs.BOM_UTF32_LE: ("utf-32", "UTF-32"),
    codecs.BOM_UTF32_BE: ("utf-32", "UTF-32"),
    codecs.BOM_UTF16_LE: ("utf-16", "UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16", "UTF-16"),
}
_WIDTHS = {"utf-16": 2, "utf-32": 4}
_OPTION = "name its encoding: --encoding windows-1252, or another (encoding in Python)"
# The format and the separator are told by so many lines, and characters, at most.
_N_LINES, _N_CHARACTERS = 100, 2**18
_HANDLER = "tsshape-surrogate"


def _as_surrogate(error: UnicodeError) -> tuple[str, int]:
    """Decode bytes that the encoding does not have as a surrogate, by which their place is found later."""
    if isinstance(error, UnicodeDecodeError):
        return "\udc80", error.end
    raise error


codecs.register_error(_HANDLER, _as_surrogate)


@dataclass(frozen=True)
class TextFile:
    """An open text file whose first lines have been read to tell its format.

    Attributes
    ----------
    encoding : Encoding
        As it is spelled in messages.
    packed : bool
        Whether the file is gzipped.
    first_line : int
        Number of the first line that is not blank.
    lines : list of str
        That line, and some after it.
    rest : TextIO
        What comes after them.
    """

    encoding: Encoding
    packed: bool
    first_line: int
    lines: list[str]
    rest: TextIO

    def __iter__(self) -> Iterator[str]:
        """Iterate over the lines from the first one that is not blank."""
        return chain(self.lines, self.rest)

    def describe(self, kind: str) -> str:
        """Return what the file is, for people."""
        return f"{kind}, {self.encoding.name}{', gzip' if self.packed else ''}"


@contextmanager
def open_text(source: Source, bytes_per_character: float = BYTES_PER_BYTE) -> Iterator[TextFile]:
    """Open a file, unpacked if it is gzipped, as text; check that its table fits in memory.

    `bytes_per_character` is the memory that the table takes.
    """
    packed = source.peek(2) == GZIP_MAGIC
    stream: Any = (BoundedGzip if packed else BoundedFile)(source.path, source.file, bytes_per_character)
    codec, used = _find_encoding(source.path, stream.peek(N_FIRST_BYTES)[:N_FIRST_BYTES], source.encoding)
    width = next((width for name, width in _WIDTHS.items() if codec.startswith(name)), 1)
    stream.bytes_per_byte = bytes_per_character / width
    if not packed:
        check_fits(source.path, int(stream.bytes_per_byte * source.size))
    with TextIOWrapper(stream, encoding=codec, errors=_HANDLER, newline="") as text:
        try:
            first_line, lines = _first_lines(text)
            if not lines:
                raise DataError(f"{source.path} is empty")
            yield TextFile(used, packed, first_line, lines, text)
        except UnicodeError as error:
            # Few codecs refuse bytes without asking the handler.
            raise DataError(f"{source.path}: not {used.name}, {error}; {used.remedy}") from error


def _first_lines(file: TextIO) -> tuple[int, list[str]]:
    """Return the number of the first line that is not blank, and some lines from there on."""
    number, size = 1, 0
    lines: list[str] = []
    for line in file:
        text = line.removeprefix("\ufeff") if number == 1 and not lines else line
        if not lines and not text.strip():
            number += 1
            continue
        lines.append(text)
        size += len(text)
        # The second line tells JSON from JSON lines, however long the first one is.
        if len(lines) == _N_LINES or (size > _N_CHARACTERS and len(lines) > 1):
            break
    return number, lines


def _find_encoding(path: Path, first: bytes, named: str | None) -> tuple[str, Encoding]:
    """Return the codec of a text file, and its name for people with what to do about other bytes."""
    marked = next((found for mark, found in _MARKS.items() if first.startswith(mark)), None)
    if named is not None:
        codec = _codec(named)
        if marked is not None and not codec.startswith(marked[1].lower()):
            raise DataError(
                f"{path} begins with the byte order mark of {marked[1]}, so it is not {named}; leave out --encoding"
            )
        if marked is None and codec in _WIDTHS:
            # Python expects a mark in them.
            codec = _wide_encoding(first) or f"{codec}-le"
        return (marked[0] if marked else codec), Encoding(named, "name its own encoding with --encoding")
    if marked is not None:
        return marked[0], Encoding(marked[1], "save it again, the file may be damaged")
    if wide := _wide_encoding(first):
        return wide, Encoding(wide[:6].upper(), _OPTION)
    return "utf-8", Encoding("UTF-8", f"save the file as UTF-8, or {_OPTION}")


def _codec(named: str) -> str:
    """Return the codec of a text encoding that the user named."""
    try:
        info = codecs.lookup(named)
        # Python has codecs that are no encodings of text, as rot13, and some that read no files.
        TextIOWrapper(BytesIO(), encoding=named).close()
        info.incrementaldecoder(_HANDLER).decode(b"a", final=True)
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise DataError(
            f"--encoding {quote(named)} is no text encoding that Python knows; usual ones are utf-8, utf-16,"
            " windows-1252, latin-1, gb18030 and shift_jis"
        ) from error
    return re.sub("[ _]", "-", info.name.lower())


def _wide_encoding(first: bytes) -> str | None:
    """Return UTF-16 or UTF-32 with its byte order for text without a mark; None where NULs do not show it."""
    first = first[: len(first) // 4 * 4]
    if not first:
        return None
    none, most, every = 0, len(first) / 8, len(first) // 4
    zeros = tuple(first[offset::4].count(0) for offset in range(4))
    if zeros[0] == none and zeros[2:] == (every, every):
        return "utf-32-le"
    if zeros[3] == none and zeros[:2] == (every, every):
        return "utf-32-be"
    for codec, low, high in (("utf-16-le", zeros[::2], zeros[1::2]), ("utf-16-be", zeros[1::2], zeros[::2])):
        if max(low) == none and min(high) >= most:
            return codec
    return None
