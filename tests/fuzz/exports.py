"""Exports, damaged at random: an import refuses one in one line, or what it reads holds what the file says.

`cases(seed, n)` makes damaged files of several kinds, `check(name, content, folder)` imports one and judges the answer.
What counts as right is told without the package, but not for every damage, since an import reads far more than one
form:

- A post whose own rows are as they were keeps its curve to the last bit, if the names of the columns are as they were,
  too. No damage elsewhere in the file may change it. This finds most of what can go wrong with rows and cells.
- Whatever else was damaged: counts are finite and at least 0, an id is a cell of the file, and a value of a curve is a
  number that stands in a row of its post; with counts of each day, a sum of such; with samples, which may be
  interpolated, at most the largest. A day that a cell was read at is not checked then.
- The folder that is written from the import is read back by the strict readers as the same posts.
"""

import csv
import io
import json
import re
import shutil
import warnings
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
from export_damage import damage_export
from parquet_damage import without_rest
from pyarrow import parquet

from tsshape import DataError, load_dataset
from tsshape.data import ImportOptions, import_posts, write_import

KINDS = {
    "wide": (".csv", {}),
    "daily": (".csv", {"counts": "per-step"}),
    "german": (".csv", {"thousands": "."}),
    "dates": (".csv", {}),
    "long": (".csv", {}),
    "dayfirst": (".tsv", {}),
    "transposed": (".csv", {"layout": "transposed"}),
    "ucr": (".tsv", {"layout": "ucr"}),
    "utf16": (".txt", {}),
    "book": (".xlsx", {}),
    "lines": (".jsonl", {}),
    "list": (".json", {}),
    "typed": (".parquet", {}),
}
SEPARATORS = {"german": ";", "dayfirst": "\t", "ucr": "\t", "utf16": "\t"}
IDS = ("007", "7", "ab", "\u00e9t\u00e9", "x y", "1e5", "q", "r")
N_DAYS = 6
Table = tuple[list[Any], list[list[Any]]]


def cases(seed: int, n: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents of `n` damaged files; the name says which kind it was."""
    for number in range(n):
        rng = Random(f"{seed} {number}")  # noqa: S311
        kind = rng.choice(list(KINDS))
        ending = KINDS[kind][0]
        content = damage_export(whole(kind), ending, SEPARATORS.get(kind, ","), rng)
        yield f"{kind}-{seed}-{number}{ending}", content


def check(name: str, content: bytes, folder: Path) -> str:
    """Import the file as its name says: `answered` soundly or `refused` in one line, or else AssertionError."""
    kind, path = name.partition("-")[0], folder / name
    path.write_bytes(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            imported = import_posts(path, ImportOptions(**KINDS[kind][1]))
            curves = imported.dataset.curves
            write_import(imported, folder / "posts")
            again = load_dataset(folder / "posts").curves
    except DataError as error:
        message = str(error)
        assert str(path) in message, f"{name}: the refusal does not name the file: {message!r}"
        assert message.isprintable(), f"{name}: the refusal is not one printable line: {message!r}"
        return "refused"
    except Exception as error:
        raise AssertionError(f"{name}: {type(error).__name__}: {error}") from error
    finally:
        path.unlink()
        shutil.rmtree(folder / "posts", ignore_errors=True)
    assert again.index.tolist() == curves.index.tolist(), f"{name}: the folder holds other ids"
    assert np.array_equal(again, curves, equal_nan=True), f"{name}: the folder holds other counts"
    values = curves.to_numpy()
    assert (np.isnan(values) | ((values >= 0) & (values < np.inf))).all(), f"{name}: a count is infinite or negative"
    judge(name, kind, content, curves)
    return "answered"


def judge(name: str, kind: str, content: bytes, curves: pd.DataFrame) -> None:
    """Compare curves with what the file holds, as far as that can be told without the package."""
    try:
        header, by_post = posts_of(kind, read(kind, content))
    except Exception as error:
        raise AssertionError(f"{name}: was read, but holds no table: {type(error).__name__}: {error}") from error
    cells = [cell for rows in by_post.values() for row in rows for cell in row] + header
    known = set(map(spelled, cells))
    for id_, curve in zip(curves.index, curves.to_numpy(), strict=True):
        rows = by_post.get(id_)
        assert rows is not None or id_ in known, f"{name}: the id {id_!r} is no cell"
        numbers = {number for row in rows or [cells] for cell in row for number in readings(cell)}
        is_held = holds(kind, curve[~np.isnan(curve)], numbers)
        assert is_held, f"{name}: {id_!r} has counts that stand in none of its rows"
    before = original(kind)
    if header != before[0]:
        return
    for id_, rows in before[1].items():
        if by_post.get(id_) == rows and id_ in curves.index:
            expected = before[2].loc[id_].dropna()
            found = curves.loc[id_].reindex(expected.index)
            assert found.equals(expected), f"{name}: {id_!r} has other counts than before, though its rows are the same"


def holds(kind: str, curve: np.ndarray, numbers: set[float]) -> bool:
    """Whether the known values of a curve can come from some numbers."""
    if kind in {"long", "dayfirst", "lines", "list"}:
        return bool((curve <= max(numbers, default=0.0)).all())
    rounding = np.zeros(len(curve))
    if kind == "daily":
        curve, rounding = np.diff(curve, prepend=0.0), 1e-12 * curve
    return all(
        abs(value) <= error or any(abs(value - number) <= 1e-9 * abs(number) + error for number in numbers)
        for value, error in zip(curve, rounding, strict=True)
    )


def readings(cell: Any) -> set[float]:
    """Every number that a cell can be read as."""
    if isinstance(cell, bool) or cell is None:
        return {float(bool(cell))}
    if isinstance(cell, int | float):
        return {float(cell)}
    text = re.sub(r"[ \u00a0\u202f\u2009'\u2019%]", "", str(cell).strip())
    found = set()
    for mark, decimal in ((",", "."), (".", ",")):
        plain = text.replace(mark, "").replace(decimal, ".")
        if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", plain):
            found.add(float(plain))
    return found


def spelled(cell: Any) -> str:
    """A cell as an id."""
    is_whole = isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53
    return str(int(cell)) if is_whole else str(cell).lower() if isinstance(cell, bool) else str(cell)


def posts_of(kind: str, table: Table) -> tuple[list[Any], dict[str, list[Any]]]:
    """What names the columns, and the rows of each post, of a table that was read by hand."""
    header, rows = table
    if kind == "ucr":
        return [], {str(number): [row] for number, row in enumerate([header, *rows], start=1)}
    if kind == "transposed":
        header, *rows = (list(column) for column in zip(*[header, *rows], strict=False))
    by_post = defaultdict(list)
    position = header.index("id") if "id" in header else 0
    for row in rows:
        by_post[spelled(row[position])].append(row)
    return header, {id_: sorted(rows, key=repr) for id_, rows in by_post.items()}


def read(kind: str, content: bytes) -> Table:
    """The cells of a file, by the simplest reader there is."""
    ending = KINDS[kind][0]
    if ending == ".parquet":
        table = parquet.ParquetFile(io.BytesIO(without_rest(content))).read()
        return table.column_names, [list(row.values()) for row in table.to_pylist()]
    if ending == ".xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        header, *rows = ([*row] for row in sheet.iter_rows(values_only=True) if any(cell is not None for cell in row))
        return header, rows
    text = decoded(content).lstrip("\ufeff")
    if ending in {".json", ".jsonl"}:
        lines = [line for line in re.split("[\r\n]", text) if line.strip()]
        records = json.loads(text) if ending == ".json" else [json.loads(line) for line in lines]
        names = sorted({name for record in records for name in record})
        return names, [[record.get(name) for name in names] for record in records]
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(kind, text)))
    header, *rows = (row for row in rows if any(cell.strip() for cell in row))
    return [" ".join(name.split()) for name in header], rows


def separator_of(kind: str, text: str) -> str:
    """The separator of the kind, or where it does not stand in the first line, the one that stands there most."""
    first, usual = text.lstrip().partition("\n")[0], SEPARATORS.get(kind, ",")
    return max((usual, *",;\t|"), key=lambda mark: (mark in first, mark == usual, first.count(mark)))


def decoded(content: bytes) -> str:
    """Text in the encoding that its first bytes show: a byte order mark, or NULs."""
    for mark, encoding in ((b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding)
    if content.count(0) * 4 > len(content):
        even = content[::2].count(0) > content[1::2].count(0)
        return content.decode("utf-16-be" if even else "utf-16-le")
    return content.decode("utf-8-sig")


@cache
def original(kind: str) -> tuple[list[Any], dict[str, list[Any]], pd.DataFrame]:
    """The names of the columns, the rows and the curve of each post before any damage."""
    header, by_post = posts_of(kind, read(kind, whole(kind)))
    ids = list(by_post)
    return header, by_post, counts().set_axis(ids).astype(float)


@cache
def counts() -> pd.DataFrame:
    """Cumulative counts; the last posts are younger."""
    rng = Random(0)  # noqa: S311
    rows = []
    for row in range(len(IDS)):
        per_day = sorted((rng.randint(1, 10 ** rng.randint(2, 5)) for _ in range(N_DAYS)), reverse=True)
        rows.append([sum(per_day[: day + 1]) if day < N_DAYS - row // 3 else None for day in range(N_DAYS)])
    return pd.DataFrame(rows, IDS, range(1, N_DAYS + 1), dtype="Int64")


@cache
def whole(kind: str) -> bytes:
    """The file of a kind before any damage."""
    ending, table = KINDS[kind][0], arranged(kind)
    if ending == ".parquet":
        file = io.BytesIO()
        pd.DataFrame(table[1], columns=table[0]).to_parquet(file, index=False)
        return file.getvalue()
    if ending == ".xlsx":
        return book([table[0], *table[1]])
    if ending in {".json", ".jsonl"}:
        lines = [json.dumps(dict(zip(table[0], row, strict=True)), ensure_ascii=False) for row in table[1]]
        return (("[" + ",\n".join(lines) + "]") if ending == ".json" else "\n".join(lines) + "\n").encode()
    file = io.StringIO()
    writer = csv.writer(file, delimiter=SEPARATORS.get(kind, ","), lineterminator="\n")
    writer.writerows(table[1] if kind == "ucr" else [table[0], *table[1]])
    return file.getvalue().encode("utf-16" if kind == "utf16" else "utf-8")


def arranged(kind: str) -> Table:
    """The names of the columns and the rows of a kind."""
    found = counts()
    posted = {id_: pd.Timestamp("2024-02-24") + pd.Timedelta(days=row % 4) for row, id_ in enumerate(IDS)}
    cells = {id_: [None if pd.isna(cell) else int(cell) for cell in found.loc[id_]] for id_ in IDS}
    if kind == "transposed":
        return ["day", *IDS], [[day + 1, *(cells[id_][day] for id_ in IDS)] for day in range(N_DAYS)]
    if kind == "ucr":
        return [], [[row % 2, *cells[id_]] for row, id_ in enumerate(IDS)]
    if kind == "dates":
        dates = pd.date_range(min(posted.values()), periods=N_DAYS + 5).strftime("%Y-%m-%d").tolist()
        table = {id_: dict.fromkeys(dates) for id_ in IDS}
        for id_ in IDS:
            for day, count in enumerate(cells[id_], start=1):
                table[id_][f"{posted[id_] + pd.Timedelta(days=day):%Y-%m-%d}"] = count
        return ["id", "posted", *dates], [[id_, f"{posted[id_]:%Y-%m-%d}", *table[id_].values()] for id_ in IDS]
    if kind in {"long", "dayfirst", "lines", "list"}:
        spell = "%d/%m/%Y" if kind == "dayfirst" else "%Y-%m-%dT%H:%M:%S"
        return ["id", "posted", "time", "views", "likes"], [
            [id_, *(f"{at:{spell}}" for at in (posted[id_], posted[id_] + pd.Timedelta(days=day))), count, count // 9]
            for day in range(1, N_DAYS + 1)
            for id_ in IDS
            if (count := cells[id_][day - 1]) is not None
        ]
    if kind == "daily":
        cells = {
            id_: [None if each is None else each - (row[day - 1] if day else 0) for day, each in enumerate(row)]
            for id_, row in cells.items()
        }
    if kind == "german":
        cells = {
            id_: [None if each is None else f"{each:,}".replace(",", ".") for each in row] for id_, row in cells.items()
        }
    names = ["id", "followers", "topic", *(f"day{day:02d}" for day in range(1, N_DAYS + 1))]
    return names, [[id_, 10 * row, ("cats", "dogs")[row % 2], *cells[id_]] for row, id_ in enumerate(IDS)]


def book(rows: list[list[Any]]) -> bytes:
    """The bytes of a workbook with these rows."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()
