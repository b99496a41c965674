"""Faults for exports: in cells, names, rows and records, or in bytes that know nothing of them."""

import io
import json
from random import Random
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import IllegalCharacterError
from table_damage import BYTES, CELLS, damage

# What an export may hold that can be read in several ways, or not at all.
ODD_CELLS = (
    *("1.2K", "3.4M", "5\u4e07", "1.551", "1,551", "1.551.000", "1,234,567", "1 234", "12'345", "12%", "4.5 %"),
    *("-", "n/a", "\u2013", "#N/A"),
    *("24/02/2024", "02/24/2024", "03/04/2024", "Feb 26, 2024", "2024-02-30", "9999-12-31", "1900-01-01", "20240301"),
    *("1709251200", "1709251200000", "2024-03-01T12:00:00+02:00", "2024-03-01 09:00", "23:50", "2024-W09", "2024-03"),
    *("Total", "unknown", "=1+1", "https://example.org/a", "day7", "week2", "views", "2016", "posted", "time"),
    *CELLS,
)
ODD_VALUES = (*ODD_CELLS, None, True, 0, -1, 7, 2**70, 1e300, 0.5, [], {}, [1, 2], {"views": 3}, [{"views": 4}], ["a"])


def damage_export(content: bytes, ending: str, separator: str, rng: Random) -> bytes:
    """The file with one to three faults in its structure, or in its bytes."""
    if ending == ".parquet":
        return damage(content, ".parquet", rng)
    if rng.random() < (0.15 if ending == ".xlsx" else 0.3):
        # Faults of the bytes, and for text also those of its encoding and its separator.
        return damage(content, "" if ending == ".xlsx" else ".csv", rng) if ending != ".xlsx" else _bytes(content, rng)
    for _ in range(rng.choice((1, 1, 1, 1, 2, 3))):
        if ending == ".xlsx":
            content = _edit_book(content, rng)
        elif ending in {".json", ".jsonl"}:
            content = _edit_records(content, ending, rng)
        else:
            content = _edit_text(content, separator, rng)
    return content


def _bytes(content: bytes, rng: Random) -> bytes:
    """Content in which some bytes are others."""
    start = rng.randrange(len(content))
    return content[:start] + rng.choice(BYTES) + content[start + rng.choice((0, 1, 8)) :]


def _edit(rows: list[list[Any]], values: tuple[Any, ...], rng: Random) -> None:
    """Damage a cell, a row, a column or a name of a table."""
    row = rng.randrange(len(rows)) if rng.random() < 0.8 else 0
    column = rng.randrange(len(rows[row])) if rows[row] else 0
    choice = rng.randrange(10)
    if choice < 5 and rows[row]:
        rows[row][column] = rng.choice(values)
    elif choice == 5:
        rows.insert(rng.randrange(len(rows) + 1), list(rows[row]))
    elif choice == 6 and len(rows) > 1:
        del rows[row]
    elif choice == 7:
        rows.insert(rng.randrange(len(rows) + 1), rows.pop(row))
    elif choice == 8:
        other = rng.randrange(len(rows))
        if column < len(rows[other]) and column < len(rows[row]):
            rows[row][column], rows[other][column] = rows[other][column], rows[row][column]
    else:
        for each in rows:
            if column < len(each):
                each.insert(rng.choice((column, len(each))), each[column] if rng.random() < 0.3 else each.pop(column))


def _edit_text(content: bytes, separator: str, rng: Random) -> bytes:
    """Delimited text with a fault."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = content.decode(encoding, "replace")
    rows = [line.split(separator) for line in text.removesuffix("\n").split("\n")]
    _edit(rows, ODD_CELLS, rng)
    return ("\n".join(separator.join(row) for row in rows) + "\n").encode(encoding)


def _edit_records(content: bytes, ending: str, rng: Random) -> bytes:
    """JSON with a fault in a value or a record."""
    try:
        text = content.decode()
        records = json.loads(text) if ending == ".json" else [json.loads(line) for line in text.split("\n") if line]
        record = rng.choice(records)
        name = rng.choice(list(record))
    except (ValueError, IndexError, AttributeError, TypeError):
        return _bytes(content, rng)
    choice = rng.randrange(6)
    if choice < 3:
        record[name] = rng.choice(ODD_VALUES)
    elif choice == 3:
        record[rng.choice(ODD_CELLS)] = record.pop(name)
    elif choice == 4:
        records.insert(rng.randrange(len(records) + 1), dict(record))
    else:
        records.remove(record)
    lines = [json.dumps(each, ensure_ascii=False) for each in records]
    return (("[" + ",\n".join(lines) + "]") if ending == ".json" else "\n".join(lines) + "\n").encode(errors="replace")


def _edit_book(content: bytes, rng: Random) -> bytes:
    """A workbook with a fault in its cells."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = [[*row] for row in sheet.iter_rows(values_only=True)]
    _edit(rows, tuple(value for value in ODD_VALUES if not isinstance(value, list | dict)), rng)
    book = openpyxl.Workbook()
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            try:
                book.active.cell(line, column, value)
            except (ValueError, IllegalCharacterError):  # a character that no workbook can hold
                book.active.cell(line, column, "?")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
