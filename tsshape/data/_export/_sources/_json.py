"""Reading JSON: a list of records, an object that holds one, or one record a line."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tsshape._errors import DataError, quote
from tsshape._memory import check_fits
from tsshape.data._delimited import SURROGATE
from tsshape.data._export._sources._raw import RawTable, Source
from tsshape.data._export._sources._records import Numbered, Record, table_of_records
from tsshape.data._export._sources._text import TextFile

# Bytes of memory for each character of JSON, and for each object and list in it, until it is decoded. Measured: 8 a
# character for nested records, 16 for lists of short ones; an object in an object takes 184, a list in a list 88.
_BYTES_PER_CHARACTER, _BYTES_PER_OBJECT, _BYTES_PER_LIST = 20, 150, 50
_CHARACTERS_PER_CHECK = 2**20
_LINES_PER_REPORT = 2**12
_N_FIELDS_SHOWN = 6
_LINE_END = "\n"
_BEGINS = re.compile(r'\s*(?:\[\s*)?\{\s*(?:["}]|$)|\s*\[\s*(?:\]|$)')


def is_json(file: TextFile) -> bool:
    """Whether a file begins as JSON does, so that it is no delimited text."""
    return bool(_BEGINS.match(file.lines[0]))


def read_json(source: Source, file: TextFile, *, lines_only: bool) -> RawTable:
    """Return the table of a JSON or JSON lines file, with the types that the values have.

    `lines_only` says that a single line is a record, and not an object that holds a list of them.
    """
    path = source.path
    by_line = (lines_only or any(line.strip() for line in file.lines[1:])) and _first_line_is_record(path, file)
    try:
        if by_line:
            cells, notes = table_of_records(path, _records_of_lines(source, file), "line")
        else:
            records, notes = _find_records(source, _decode_whole(source, file))
            cells, more = table_of_records(path, records, "record")
            notes += more
    except RecursionError as error:
        raise DataError(f"{path}: records are nested too deeply") from error
    kind = file.describe("JSON lines" if by_line else "JSON")
    return RawTable(path, cells, header=True, format=kind, typed=True, notes=tuple(notes))


class _FaultError(ValueError):
    """What JSON holds cannot be taken as it is; `pos` is where that is known, else 0."""

    def __init__(self, message: str, pos: int = 0) -> None:
        super().__init__(message)
        self.pos = pos


def _record(pairs: list[tuple[str, Any]]) -> Record:
    """Return an object as a dict; no key may stand twice."""
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for position, key in enumerate(keys) if key in keys[:position])
        raise _FaultError(f"the key {quote(twice)} stands twice in one object")
    return record


def _refuse_constant(word: str) -> None:
    """Raise an error for NaN and Infinity, which are no JSON."""
    raise _FaultError(f"{word} is no JSON number; write null where a value is missing")


_DECODER = json.JSONDecoder(object_pairs_hook=_record, parse_constant=_refuse_constant)


def _first_line_is_record(path: Path, file: TextFile) -> bool:
    """Whether the first line is a whole JSON object."""
    check_fits(path, _size_of(file.lines[0]))
    try:
        return type(_DECODER.decode(file.lines[0])) is dict
    except json.JSONDecodeError:
        return False
    except (ValueError, RecursionError):
        # It is said with its line when it is read.
        return file.lines[0].rstrip().endswith("}")


def _records_of_lines(source: Source, file: TextFile) -> Iterator[Numbered]:
    """Yield the record of each line that is not blank."""
    for number, line in enumerate(file, start=file.first_line):
        if not number % _LINES_PER_REPORT:
            source.report()
        if not line.strip():
            continue
        place = f"{source.path}, line {number}"
        try:
            _check_encoding(line, file)
            if len(line) > _CHARACTERS_PER_CHECK:
                check_fits(source.path, _size_of(line))
            record = _DECODER.decode(line)
        except (ValueError, RecursionError) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(f"{place}: {_reason(error)}") from error
        if type(record) is not dict:
            raise DataError(f'{place}: the line is no record; write one as {{"id": "a", "views": 1}}')
        yield number, record


def _decode_whole(source: Source, file: TextFile) -> Any:
    """Return what a JSON file holds."""
    parts, size = list(file.lines), sum(map(_size_of, file.lines))
    check_fits(source.path, size)
    while part := file.rest.read(_CHARACTERS_PER_CHECK):
        parts.append(part)
        size += _size_of(part)
        check_fits(source.path, size)
        source.report()
    text = "".join(parts)
    parts.clear()
    file.lines.clear()
    try:
        _check_encoding(text, file)
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        place = str(source.path)
        if position := getattr(error, "pos", 0):
            place += f", line {file.first_line + text.count(_LINE_END, 0, position)}"
        raise DataError(f"{place}: {_reason(error)}") from error


def _size_of(text: str) -> int:
    """Return the bytes of memory that JSON takes when it is decoded."""
    return _BYTES_PER_CHARACTER * len(text) + _BYTES_PER_OBJECT * text.count("{") + _BYTES_PER_LIST * text.count("[")


def _check_encoding(text: str, file: TextFile) -> None:
    """Check that no bytes were those of another encoding."""
    found = SURROGATE.search(text)
    if found is not None:
        raise _FaultError(f"not {file.encoding.name}; {file.encoding.remedy}", found.start())


def _reason(error: Exception) -> str:
    """Return why JSON was not decoded."""
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON, {error.msg[:1].lower()}{error.msg[1:]} at character {error.colno}"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return str(error) if isinstance(error, _FaultError) else "a number has too many digits"


def _find_records(source: Source, content: Any) -> tuple[Iterator[Numbered], list[str]]:
    """Return the records of a list, or of the only list of records in an object, and what was left out beside it."""
    path, notes = source.path, []
    if type(content) is dict:
        found = dict(_lists_of_records(content))
        if len(found) != 1:
            has = f"has {len(found)} lists of records, {', '.join(map(quote, found))}" if found else "has none"
            raise DataError(f"{path}: a JSON object must hold one list of records; this one {has}")
        (name, content), fields = found.popitem(), list(content)
        beside = [field for field in fields if field != name.partition(".")[0]]
        notes.append(f"took the records of {quote(name)}")
        if beside:
            notes[0] += f", and left out what is beside it: {', '.join(map(quote, beside[:_N_FIELDS_SHOWN]))}"
            notes[0] += " and more" if len(beside) > _N_FIELDS_SHOWN else ""
    if type(content) is not list:
        raise DataError(f'{path}: JSON must be a list of records, as [{{"id": "a", "views": 1}}]')
    return _numbered(path, content), notes


def _lists_of_records(content: Record, prefix: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Yield the lists of records in an object, and in the objects in it, by name."""
    for key, value in content.items():
        if type(value) is list and value and all(type(element) is dict for element in value):
            yield prefix + key, value
        elif type(value) is dict and not prefix:
            yield from _lists_of_records(value, f"{key}.")


def _numbered(path: Path, records: list[Any]) -> Iterator[Numbered]:
    """Yield each record with its number."""
    for number, record in enumerate(records, start=1):
        if type(record) is not dict:
            raise DataError(f'{path}, record {number}: it is no record; write one as {{"id": "a", "views": 1}}')
        yield number, record
