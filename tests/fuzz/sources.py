"""Raw exports, damaged at random: the reader gives the cells that a file holds, or refuses it in one line.

`cases(seed, n)` makes damaged files from real ones, `check(name, content, folder)` reads one and judges the answer.
"""

import csv
import io
import json
import os
import sys
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
from hostile_sources import hostile_json, hostile_workbook
from table_damage import damage, damage_bytes

from tsshape import DataError
from tsshape.data._export._sources import read_source

ENDINGS = (".csv", ".txt", ".csv.gz", ".json", ".jsonl", ".xlsx", ".ts")
NAMES = ("id", "posted", "title", "views", "likes")
ROWS = tuple((f"00{row}", f"2024-05-{row + 1:02}", 'a, "b"; c', 10 * row, row / 4) for row in range(12))
# The share of workbooks and JSON that are made to be hostile, instead of damaged.
HOSTILE = 0.4
# The memory that a table may take, and the bytes by which the process may grow at most while it is read or refused.
LIMIT, MOST_GROWTH = "64MB", 450 * 2**20
SHEET = "xl/worksheets/sheet1.xml"


def cases(seed: int, n: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents of `n` damaged files."""
    for number in range(n):
        rng = Random(f"{seed} {number}")  # noqa: S311
        ending = rng.choice(ENDINGS)
        if ending == ".xlsx" and rng.random() < HOSTILE:
            content = hostile_workbook(rng)
        elif ending.startswith(".json") and rng.random() < HOSTILE:
            content = hostile_json(rng, lines=ending == ".jsonl")
        elif ending == ".xlsx":
            content = _damage_workbook(_whole()[ending], rng)
        elif ending.startswith(".csv"):
            content = damage(_whole()[".csv"], ending, rng)
        else:
            content = damage_bytes(_whole()[ending], rng, rng.choice((1, 1, 2, 3)))
        # Where a record has a list of records, what stands beside the list is repeated.
        kind = "nested" if b'{"":{}}' in content.replace(b"\0", b"") else "source"
        yield f"{kind}-{seed}-{number}{ending}", content


def check(name: str, content: bytes, folder: Path) -> str:
    """Read the file: `answered` rightly or `refused` in one line, or else AssertionError."""
    path = folder / name
    path.write_bytes(content)
    os.environ["TSSHAPE_MEMORY_LIMIT"] = LIMIT
    before = _peak()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = read_source(path)
    except DataError as error:
        table = str(error)
    except Exception as error:
        raise AssertionError(f"{name}: {type(error).__name__}: {error}") from error
    finally:
        path.unlink()
        del os.environ["TSSHAPE_MEMORY_LIMIT"]
    assert _peak() - before < MOST_GROWTH, f"{name}: took {_peak() - before:,} bytes"
    if isinstance(table, str):
        assert table.startswith(str(path)), f"{name}: the refusal does not name the file first: {table!r}"
        assert table.isprintable(), f"{name}: the refusal is not one printable line: {table!r}"
        return "refused"
    names, cells = list(table.cells), table.cells.astype(object)
    assert len(cells), f"{name}: a table without rows"
    assert len(set(names)) == len(names), f"{name}: two columns have one name"
    found = Counter(_canonical(cell) for row in cells.to_numpy() for cell in row if not _is_missing(cell))
    if table.format.startswith("JSON") and "nested" not in name:
        assert found == _by_json(content), f"{name}: was read to other values than those that it holds"
    elif "separated text" in table.format and "gzip" not in table.format:
        separator = {"tab": "\t", "semicolon": ";", "bar": "|", "comma": ","}[table.format.partition("-")[0]]
        encoding = table.format.split(", ")[1]
        right = _by_csv(content, encoding, separator)
        assert found == right, f"{name}: was read to other cells than those that it holds"
    return "answered"


def _peak() -> int:
    """The most bytes of memory that the process had; 0 where the system does not say."""
    if sys.platform != "linux":
        return 0
    import resource  # noqa: PLC0415

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 2**10


@cache
def _whole() -> dict[str, bytes]:
    """The file of each kind before any damage."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([NAMES, *ROWS])
    records = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in [NAMES, *ROWS]:
        book.active.append(row)
    book.save(file)
    series = "".join(f"{row[3]},{row[4]},?:{'up' if row[3] else 'down'}\n" for row in ROWS)
    return {
        ".csv": text.getvalue().encode(),
        ".txt": text.getvalue().replace(",", "\t").encode("utf-16"),
        ".json": json.dumps({"items": records}, indent=1).encode(),
        ".jsonl": "\n".join(map(json.dumps, records)).encode(),
        ".xlsx": file.getvalue(),
        ".ts": f"@problemName views\n@univariate true\n@classLabel true up down\n@data\n{series}".encode(),
    }


def _damage_workbook(content: bytes, rng: Random) -> bytes:
    """The workbook with damage in its archive, or in a part of it, mostly the sheet."""
    if rng.random() < 0.2:
        return damage_bytes(content, rng, 1)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as damaged:
        names = archive.namelist()
        part = rng.choice((SHEET, SHEET, SHEET, rng.choice(names)))
        for name in names:
            whole = archive.read(name)
            damaged.writestr(name, damage_bytes(whole, rng, rng.choice((1, 1, 2))) if name == part else whole)
    return file.getvalue()


def _is_missing(cell: Any) -> bool:
    """Whether a cell is missing or blank."""
    return cell is None or cell is pd.NA or cell != cell or not str(cell).strip()  # noqa: PLR0124


def _by_csv(content: bytes, encoding: str, separator: str) -> Counter[str]:
    """The cells below the header of delimited text, read without the package."""
    wide = "utf-16-le" if content[1::2].count(0) > content[::2].count(0) else "utf-16-be"
    marked = {"UTF-8": "utf-8-sig", "UTF-16": "utf-16", "UTF-32": "utf-32"}[encoding]
    has_mark = content.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"))
    text = content.decode(marked if encoding == "UTF-8" or has_mark else wide)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True) if any(row)]
    return Counter(_canonical(cell) for row in rows[1:] for cell in row if cell.strip())


def _by_json(content: bytes) -> Counter[str]:
    """The values in the records of JSON or JSON lines, read without the package."""
    text = content.decode(json.detect_encoding(content), "surrogatepass").removeprefix("\ufeff")
    try:
        root = json.loads(text)
    except json.JSONDecodeError:
        root = [json.loads(line) for line in text.split("\n") if line.strip()]
    lists = list(_lists(root)) or [[root]]
    assert len(lists) == 1, "several lists of records"
    return Counter(_canonical(leaf) for record in lists[0] for leaf in _leaves(record))


def _lists(root: Any) -> Iterator[list[Any]]:
    """The lists of records that a JSON file holds."""
    if isinstance(root, list):
        yield root
    elif isinstance(root, dict):
        for value in root.values():
            yield from _lists(value)


def _leaves(value: Any) -> Iterator[Any]:
    """The values in a record that are no records; a list of text is one text."""
    if isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list) and set(map(type, value)) != {str}:
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, list):
        yield " ".join(value)
    elif value is not None and str(value).strip():
        yield value


def _canonical(cell: Any) -> str:
    """A cell as text, the same for 2, 2.0 and "2", and for 0 with any sign; a truth value is no number."""
    if isinstance(cell, bool | np.bool_):
        return str(cell).lower()
    try:
        return str(float(cell) + 0.0)
    except OverflowError:
        return "inf" if cell > 0 else "-inf"
    except ValueError:
        return str(cell).lower()
