"""Tables of posts, damaged at random: what comes of reading one is right, or a refusal in one line.

`cases(seed, n)` makes damaged files from real ones, `check(name, content, folder)` reads one and judges the answer.
"""

import csv
import gzip
import io
import math
import os
import re
import tempfile
import unicodedata
import warnings
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pandas as pd
import pyarrow as pa
from parquet_damage import without_rest
from pyarrow import parquet
from table_damage import damage

from tsshape import DataError, read_curves, read_features, resample, simulate_spid
from tsshape.data._writing import write_table

ENDINGS = (".csv", ".csv.gz", ".parquet")
SEPARATE_COLUMNS = {"author", "posted", "label", "split"}
SAMPLE_COLUMNS = {"posted", "time", "views"}
MISSING = ("", "na", "nan", "null")
EPOCH = pd.Timestamp(0).as_unit("us")
DATE = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}([T ]|\Z)")
# The memory that a table may take, and the bytes by which the process may grow at most while it is read or refused.
LIMIT, MOST_GROWTH = "64MB", 450 * 2**20
PEAK = Path("/proc/self/clear_refs")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def cases(seed: int, n: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents of `n` damaged files; the name says which table it was."""
    for number in range(n):
        rng = Random(f"{seed} {number}")  # noqa: S311
        kind, ending = rng.choice(list(_tables())), rng.choice(ENDINGS)
        yield f"{kind}-{seed}-{number}{ending}", damage(_whole(kind, ending), ending, rng)


def check(name: str, content: bytes, folder: Path) -> str:
    """Read the file as its name says: `answered` rightly or `refused` in one line, or else AssertionError."""
    kind, path = name.partition("-")[0], folder / name
    path.write_bytes(content)
    clear_peak()
    before = peak_bytes()
    try:
        with warnings.catch_warnings(), mock.patch.dict(os.environ, TSSHAPE_MEMORY_LIMIT=LIMIT):
            warnings.simplefilter("error")
            table = (read_features if kind == "features" else read_curves)(path)
    except DataError as error:
        table = str(error)
    except Exception as error:
        raise AssertionError(f"{name}: {type(error).__name__}: {error}") from error
    finally:
        path.unlink()
    assert peak_bytes() - before < MOST_GROWTH, f"{name}: took {peak_bytes() - before >> 20} MiB of memory"
    if isinstance(table, str):
        assert table.startswith(str(path)), f"{name}: the refusal does not name the file first: {table!r}"
        assert table.isprintable(), f"{name}: the refusal is not one printable line: {table!r}"
        return "refused"
    try:
        is_parquet = path.suffix == ".parquet"
        if is_parquet and _spelled(table) == _original(kind):
            return "answered"
        right = _by_pyarrow(kind, without_rest(content)) if is_parquet else _by_hand(kind, content)
    except Exception as error:
        raise AssertionError(f"{name}: was read, but should not be: {type(error).__name__}: {error}") from error
    assert _spelled(table) == right, f"{name}: was read, but to other values than those that it holds"
    return "answered"


def clear_peak() -> None:
    """Let Linux measure the most memory of this process from now on."""
    if PEAK.exists():
        PEAK.write_text("5")


def peak_bytes() -> int:
    """The most memory that this process had at once since then; 0 on other systems."""
    if not PEAK.exists():
        return 0
    return 2**10 * int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])


@cache
def _tables() -> dict[str, pd.DataFrame]:
    """The tables before any damage, by kind."""
    dataset = simulate_spid(25, n_times=6, random_state=0)
    curves = dataset.curves.rename(columns="day{:02d}".format).rename_axis("id")
    features = dataset.features[["Title", "Country", "Latitude", "NumGroups", "TagCount"]]
    features = features.assign(author=dataset.authors, posted=dataset.posted, taken=dataset.posted).rename_axis("id")
    samples = [
        pd.DataFrame(
            {"posted": dataset.posted, "time": dataset.posted + pd.Timedelta(days=day), "views": dataset.curves[day]}
        )
        for day in (1, 3, 6)
    ]
    return {"wide": curves, "features": features, "long": pd.concat(samples).rename_axis("id")}


@cache
def _whole(kind: str, ending: str) -> bytes:
    """The file of a table before any damage."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"whole{ending.removesuffix('.gz')}"
        write_table(_tables()[kind], path)
        return path.read_bytes()


def _spelled(table: pd.DataFrame) -> str:
    """Ids, columns and values to the last bit, as text; missing values are None."""
    columns = [[None if pd.isna(value) else value for value in table[name].astype(object)] for name in table]
    return repr((list(table.index), list(table), columns))


@cache
def _original(kind: str) -> str:
    """The table before any damage."""
    return _by_pyarrow(kind, _whole(kind, ".parquet"))


def _by_pyarrow(kind: str, content: bytes) -> str:
    """What a Parquet file holds when nothing of the package reads it."""
    table = parquet.ParquetFile(io.BytesIO(content), page_checksum_verification=True).read()
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        # Without its time zone a column holds UTC.
        plain = column.cast(pa.timestamp(column.type.unit)) if pa.types.is_timestamp(column.type) else column
        columns[name] = [_stamp(value) if hasattr(value, "year") else value for value in plain.to_pylist()]
    return _spelled(_arranged(kind, columns, typed=True))


def _by_hand(kind: str, content: bytes) -> str:
    """What a CSV file holds, read cell by cell."""
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    text = content.decode("utf-8-sig")
    assert "\0" not in text, "a NUL"
    header = io.StringIO(text, newline="").readline()
    mark = max(",;\t", key=lambda each: len(next(csv.reader([header], delimiter=each))))
    names, *rows = (row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True) if row)
    names = [name.strip() for name in names]
    assert len(set(names)) == len(names), "a name stands twice"
    cells = [[cell or None for cell in column] for column in zip(*rows, strict=True)]
    return _spelled(_arranged(kind, dict(zip(names, cells, strict=True)), typed=False))


def _arranged(kind: str, columns: dict[str, list[Any]], *, typed: bool) -> pd.DataFrame:
    """The curves or features that the columns of a file make; an exception if they make none."""
    id_column = next(name for name in ("id", "post_id", "FlickrId") if name in columns)
    ids = [str(id_) for id_ in columns.pop(id_column) if id_ is not None and str(id_).strip()]
    assert not any(unicodedata.category(character) == "Cc" for character in "".join(ids)), "a control character"
    alike = {unicodedata.normalize("NFC", id_.strip()) for id_ in ids}
    assert len(alike) == len(set(ids)), "two ids that look the same"
    if kind != "features" and set(columns) == SAMPLE_COLUMNS:
        times = {name: _instants(columns[name]) for name in ("posted", "time")}
        ages = [(time - posted).days for time, posted in zip(times["time"], times["posted"], strict=True)]
        samples = pd.DataFrame({"id": ids, **times, "views": _numbers(columns["views"])})
        return resample(samples, n_times=max(1, *ages))
    assert len(set(ids)) == len(ids), "an id stands twice"
    if kind == "features":
        values = {name: _feature(cells, typed=typed) for name, cells in columns.items() if name not in SEPARATE_COLUMNS}
        return pd.DataFrame(values, index=ids, dtype=object)
    prefixes = {name.rstrip("0123456789").casefold() for name in columns}
    assert len(prefixes) == 1, "two prefixes"
    assert not any(map(str.isdigit, *prefixes)), "a date"
    by_day = {int(re.search("[0-9]+$", name)[0]): _numbers(cells) for name, cells in columns.items()}
    assert sorted(by_day) == list(range(1, len(columns) + 1)), "the days have gaps"
    assert not any(value < 0 for cells in by_day.values() for value in cells), "a negative count"
    return pd.DataFrame(dict(sorted(by_day.items())), index=ids)


def _feature(cells: list[Any], *, typed: bool) -> list[Any]:
    """The values of a feature."""
    words = [cell for cell in cells if isinstance(cell, str) and cell.strip().lower() not in MISSING]
    if words and all(map(_is_date, words)):
        return [_stamp(cell) if cell in words else None for cell in cells]
    is_text = any(isinstance(cell, str) for cell in cells) and (typed or not words or not all(map(_is_number, words)))
    return cells if is_text or any(isinstance(cell, pd.Timestamp) for cell in cells) else _numbers(cells)


def _numbers(cells: list[Any]) -> list[float]:
    """Cells as finite numbers, NaN where missing."""
    values = []
    for cell in cells:
        missing = cell is None or (isinstance(cell, str) and cell.strip().lower() in MISSING)
        assert missing or not isinstance(cell, str) or _is_number(cell), f"{cell!r} is no number"
        values.append(math.nan if missing else float(cell))
    assert not any(map(math.isinf, values)), "an infinite number"
    return values


def _instants(cells: list[Any]) -> list[pd.Timestamp | None]:
    """Cells as UTC times, None where missing: unix seconds throughout, or none."""
    words = [cell for cell in cells if isinstance(cell, str) and cell.strip().lower() not in MISSING]
    if all(map(_is_number, words)) and not any(isinstance(cell, pd.Timestamp) for cell in cells):
        seconds = _numbers(cells)
        return [None if math.isnan(each) else EPOCH + pd.Timedelta(round(each * 1e6), "us") for each in seconds]
    return [_stamp(cell) if cell in words or isinstance(cell, pd.Timestamp) else None for cell in cells]


def _stamp(value: Any) -> pd.Timestamp:
    """A date, a time or ISO 8601 text as a time in UTC."""
    stamp = pd.Timestamp(datetime.fromisoformat(value.strip()) if isinstance(value, str) else value)
    return (stamp if stamp.tz is None else stamp.tz_convert(None)).as_unit("us")


def _is_date(cell: str) -> bool:
    """Whether a cell is a date or time, and no number, as the package reads them."""
    try:
        datetime.fromisoformat(cell.strip())
    except ValueError:
        return False
    return DATE.match(cell.strip()) is not None and not _is_number(cell)


def _is_number(cell: str) -> bool:
    """Whether a cell is a number as the package reads them."""
    return NUMBER.fullmatch(cell.strip()) is not None
