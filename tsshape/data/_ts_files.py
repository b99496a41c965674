"""Read `.ts` files, the format of time series archives, strictly."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._files import open_regular
from tsshape._memory import check_fits, memory_limit
from tsshape._typing import FloatArray, PathLike
from tsshape._validation import LARGEST

# The keys of a header; the archive has both `dimension` and, in newer files, `dimensions`.
TRUTHS = {"timestamps", "missing", "univariate", "equallength", "targetlabel"}
COUNTS = {"dimension", "dimensions", "serieslength"}
KEYS = {"problemname", "classlabel", "data"} | TRUTHS | COUNTS
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
# Upper bounds of the memory, in bytes, that each byte of a line, each series and each value takes while a file is read.
# Measured: 27 for values of one digit, 410 for series of one value, 45 for values of series of 30.
BYTES_PER_BYTE, BYTES_PER_SERIES, BYTES_PER_VALUE = 30, 450, 50


class Header(NamedTuple):
    """What a header says of the data: the classes or None, whether labels are numeric targets, and the length."""

    classes: tuple[str, ...] | None
    targets: bool
    length: int | None


def read_ts(path: PathLike) -> tuple[pd.DataFrame, pd.Series | None]:
    r"""Read curves and their labels from a `.ts` file.

    Parameters
    ----------
    path : path
        A UTF-8 file of univariate series of one length, without time stamps: a header of lines `@key value`, the line
        `@data`, then one series a line, its values separated by commas, and its label behind a colon. Lines that begin
        with `#`, and empty ones, are ignored.

    Returns
    -------
    curves : DataFrame of shape (n_curves, n_times)
        Index: positions from 0, as text, since the format has no ids; columns: the days 1…T. Values may be negative.
    labels : Series of shape (n_curves,) or None
        Classes as text, or targets as float64; None where the header has neither.

    Raises
    ------
    DataError
        If the file is malformed, or has several variables, time stamps, series of different lengths or missing values;
        the message names file and line.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from tsshape.adapters.sktime import read_ts
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "posts.ts"
    ...     _ = path.write_text("@problemName posts\n@classLabel true slow fast\n@data\n1,2,4:slow\n3,4,4:fast\n")
    ...     curves, labels = read_ts(path)
    >>> curves.to_dict("index")
    {'0': {1: 1.0, 2: 2.0, 3: 4.0}, '1': {1: 3.0, 2: 4.0, 3: 4.0}}
    >>> labels.tolist()
    ['slow', 'fast']
    """
    path = Path(path)
    with open_regular(path) as file:
        if path.suffix.lower() != ".ts":
            raise DataError(f"{path}: the name of a file of time series must end in .ts")
        # Whatever else it holds, the file may be one line.
        check_fits(path, path.stat().st_size)
        lines = _without_comments(read_lines(path, file))
        header = _read_header(path, lines)
        rows, labels = _read_series(path, lines, header)
    ids = pd.Index([str(position) for position in range(len(rows))], name="id", dtype="str")
    curves = pd.DataFrame(np.array(rows), ids, range(1, len(rows[0]) + 1))
    if header.targets:
        return curves, pd.Series([float(label) for label in labels], curves.index, name="target")
    if header.classes is not None:
        return curves, pd.Series(labels, curves.index, name="label", dtype="str")
    return curves, None


def read_lines(path: Path, file: BinaryIO) -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each line that is not empty."""
    for number, line in enumerate(file, start=1):
        where = f"{path}, line {number}"
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n")
        except UnicodeDecodeError as error:
            raise DataError(f"{where} is not UTF-8 text") from error
        if text.strip():
            yield where, text


def _without_comments(lines: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the lines that are no comments, without the spaces around them."""
    for where, line in lines:
        text = line.strip()
        if not text.startswith("#"):
            yield where, text


def _read_header(path: Path, lines: Iterator[tuple[str, str]]) -> Header:
    """Read the header, up to and including `@data`."""
    found: dict[str, str] = {}
    for where, text in lines:
        if not text.startswith("@"):
            raise DataError(f"{where}: {quote(text)} stands before @data and is no line of a header (@key value)")
        key, value = (*text[1:].split(maxsplit=1), "", "")[:2]
        key = key.lower()
        if key not in KEYS:
            raise DataError(f"{where}: there is no header {quote('@' + key)}")
        if key in found:
            raise DataError(f"{where}: @{key} appears twice")
        _check_header(where, key, value)
        if key == "data":
            return _as_header(where, found)
        found[key] = value
    raise DataError(f"{path} has no line @data: it is no .ts file, or was cut short")


def _check_header(where: str, key: str, value: str) -> None:
    """Refuse a value that the key cannot have, or that stands for data which is not supported."""
    if key in TRUTHS and value.lower() not in {"true", "false"}:
        raise DataError(f"{where}: @{key} must be true or false; got {quote(value)}")
    if key in COUNTS and not re.fullmatch("[0-9]{1,9}", value, re.ASCII):
        raise DataError(f"{where}: @{key} must be a whole number; got {quote(value)}")
    words = value.lower().split()
    if key == "classlabel" and words != ["false"] and words[:1] != ["true"]:
        raise DataError(f"{where}: @classLabel must be false, or true and the classes; got {quote(value)}")
    if key == "timestamps" and value.lower() == "true":
        raise DataError(f"{where}: series with time stamps are not read; write values that are one step apart")
    if (key == "univariate" and value.lower() == "false") or (key.startswith("dimension") and int(value) != 1):
        raise DataError(f"{where}: series of several variables are not read; curves have one")
    if key == "data" and value:
        raise DataError(f"{where}: @data must stand alone; got {quote(value)}")


def _as_header(where: str, found: dict[str, str]) -> Header:
    """Return the header from its values."""
    words = found.get("classlabel", "false").split()
    classes = tuple(words[1:]) if words[0].lower() == "true" else None
    if classes is not None and not classes:
        raise DataError(f"{where}: @classLabel is true, but no class is named")
    targets = found.get("targetlabel", "false").lower() == "true"
    if targets and classes is not None:
        raise DataError(f"{where}: @classLabel and @targetLabel cannot both be true")
    return Header(classes, targets, int(found["serieslength"]) if "serieslength" in found else None)


def _read_series(path: Path, lines: Iterator[tuple[str, str]], header: Header) -> tuple[list[FloatArray], list[str]]:
    """Read the values and the labels of all series."""
    rows: list[FloatArray] = []
    labels: list[str] = []
    limit = memory_limit()
    labelled = header.targets or header.classes is not None
    for where, text in lines:
        if text.startswith("@"):
            raise DataError(f"{where}: {quote(text)} is a line of the header, and stands after @data")
        held = len(rows) * (BYTES_PER_SERIES + BYTES_PER_VALUE * sum(map(len, rows[:1])))
        if held + BYTES_PER_BYTE * len(text) > limit:
            check_fits(path, held + BYTES_PER_BYTE * len(text))
        fields = text.split(":")
        if len(fields) != 1 + labelled:
            expected = "a series and its label, with a colon between" if labelled else "a series without a label"
            raise DataError(f"{where} must hold {expected}; it has {len(fields) - 1} colons")
        row = np.array([parse_value(where, place, cell) for place, cell in enumerate(fields[0].split(","), start=1)])
        length = header.length if header.length is not None else len(rows[0] if rows else row)
        if len(row) != length:
            raise DataError(f"{where} has {len(row)} values, not {length}; curves have one length")
        rows.append(row)
        if labelled:
            labels.append(_label(where, fields[1].strip(), header))
    if not rows:
        raise DataError(f"{path} has no series after @data")
    return rows, labels


def parse_value(where: str, place: int, cell: str) -> float:
    """Parse a value."""
    text = cell.strip()
    if text.lower() in {"", "?", "nan"}:
        raise DataError(f"{where}: value {place} is missing; fill the gap, or leave the series out")
    value = float(text) if NUMBER.fullmatch(text) else np.nan
    if not abs(value) <= LARGEST:
        raise DataError(f"{where}: value {place}, {quote(text)}, is no number, or beyond {LARGEST:g}")
    return value


def _label(where: str, text: str, header: Header) -> str:
    """Check that a label is one of the classes, or a number."""
    if header.targets and not NUMBER.fullmatch(text):
        raise DataError(f"{where}: the target {quote(text)} is not a number")
    if header.classes is not None and text not in header.classes:
        raise DataError(f"{where}: the label {quote(text)} is none of the classes that @classLabel names")
    return text
