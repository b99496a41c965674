"""Reading .ts files, the form of sktime and aeon: a header of @ lines, then one series a line, and its class."""

import re
from collections.abc import Iterator
from pathlib import Path

from tsshape._errors import DataError, quote
from tsshape._memory import check_fits
from tsshape.data._delimited import read_columns
from tsshape.data._export._sources._raw import RawTable, Source
from tsshape.data._export._sources._text import TextFile
from tsshape.data._tables import BYTES_PER_COLUMN

# Bytes of memory for each cell until it is a number.
_BYTES_PER_CELL = 30
_TAG = re.compile(r"\s*@(\w+)\s*(.*?)\s*$")
_KNOWN = ("problemname", "timestamps", "missing", "univariate", "equallength", "serieslength", "classlabel")
_LABEL = "label"


def is_timeseries(file: TextFile) -> bool:
    """Whether a file begins as .ts files do: with comments and an @ line that they know."""
    for line in file.lines:
        if line.strip() and not line.lstrip().startswith("#"):
            found = _TAG.match(line)
            return found is not None and found[1].lower() in _KNOWN
    return False


def read_timeseries(source: Source, file: TextFile) -> RawTable:
    """Return a row for each series: its values as text under "1", "2", ..., padded with missing cells, and `label`."""
    path = source.path
    lines = enumerate(file, start=file.first_line)
    header = _read_header(path, lines)
    with_label = _has_label(path, header)
    series = [(number, line.strip()) for number, line in lines if line.strip() and line.lstrip()[0] != "#"]
    length = max((line.count(",") + 1 for _, line in series), default=0)
    names = [str(step) for step in range(1, length + 1)] + ([_LABEL] if with_label else [])
    check_fits(path, len(names) * (BYTES_PER_COLUMN + _BYTES_PER_CELL * len(series)))
    if not series:
        raise DataError(f"{path} has no series after @data")
    rows = _rows(path, series, length, header.get("classlabel", "").split()[1:] if with_label else None)
    cells = read_columns(path, rows, names, file.encoding, source.report)
    return RawTable(path, cells, header=False, format=".ts", typed=False)


def _read_header(path: Path, lines: Iterator[tuple[int, str]]) -> dict[str, str]:
    """Return the tags before @data in lower case; check that the series are of a form that is read."""
    header: dict[str, str] = {}
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _TAG.match(line)
        if found is None:
            raise DataError(f"{path}, line {number}: a .ts file has lines with @ until @data; this one has none")
        tag, value = found[1].lower(), found[2]
        if tag == "data":
            return header
        header[tag] = value
        is_multivariate = tag == "univariate" and value.lower() == "false"
        if is_multivariate or (tag in {"dimensions", "dimension"} and value != "1"):
            raise DataError(f"{path}, line {number}: the series have several dimensions; import reads univariate ones")
        if tag == "timestamps" and value.lower() == "true":
            raise DataError(f"{path}, line {number}: the series have timestamps; import reads .ts files without")
    raise DataError(f"{path} has no line @data")


def _has_label(path: Path, header: dict[str, str]) -> bool:
    """Return whether each series ends in its class or its target."""
    said = [header.get(tag, "false").split()[0].lower() for tag in ("classlabel", "targetlabel") if header.get(tag)]
    if not set(said) <= {"true", "false"}:
        raise DataError(f"{path}: after @classLabel comes true or false")
    return "true" in said


def _rows(
    path: Path, series: list[tuple[int, str]], length: int, labels: list[str] | None
) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each series; `labels` are the classes there are, if any are listed, or None without labels."""
    for number, line in series:
        parts = [part.strip() for part in line.split(":")]
        if len(parts) != (1 if labels is None else 2) or "(" in line:
            raise DataError(
                f"{path}, line {number}: not one series of numbers{'' if labels is None else ', a colon and a label'};"
                " import reads univariate series without timestamps"
            )
        values = ["" if value.strip() == "?" else value.strip() for value in parts[0].split(",")]
        row = values + [""] * (length - len(values))
        if labels is not None:
            if labels and parts[1] not in labels:
                raise DataError(f"{path}, line {number}: the label {quote(parts[1])} is not among those of @classLabel")
            row.append(parts[1])
        yield number, row
