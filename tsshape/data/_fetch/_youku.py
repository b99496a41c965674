"""Converting the files of the Youku data: tables without names of columns, with tabs and no quotes."""

import csv
import os
from collections.abc import Iterator
from io import TextIOWrapper
from typing import NamedTuple

import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._files import open_regular
from tsshape._memory import check_fits
from tsshape._validation import check_unique_ids
from tsshape.data._curves import wide_curves
from tsshape.data._dataset import EngagementDataset
from tsshape.data._days import day_column
from tsshape.data._delimited import BYTES_PER_BYTE, BoundedFile, Encoding, bounded_lines, read_columns, read_records
from tsshape.data._fetch._sets import AUTHORS, CURVES, PROPERTIES, SPLIT_FILES, TEXT_HEADER, TEXTS, PublicSet
from tsshape.data._fetch._source import Files, SourceFile
from tsshape.data._tables import IdTable, Table

_PROPERTIES = (
    "category", "duration", "publish_hour", "n_streamtypes", "copyright_type", "public_type", "source_name", "author",
)  # fmt: skip
_AUTHORS = (
    "user_age_days", "user_is_verified", "user_is_vip", "user_videos", "user_total_views", "user_favorites",
    "user_playlists", "user_statuses", "user_followers", "user_following",
)  # fmt: skip
_TEXT_NAMES = ("category", "copyright_type", "public_type", "source_name")
_NUMBERS = ("duration", "publish_hour", "n_streamtypes")
_AUTHOR_NUMBERS = tuple(name for name in _AUTHORS if name not in {"user_total_views", "user_statuses"})
_TEXTS = ("title_len", "title_senti", "des_len", "des_senti", "tags_count", "tags_senti")
# Counted when the posts were crawled, after upload, so that a post's own first views are in it.
LATE = "user_total_views"
# What the authors' programs wrote where there was nothing.
_MISSING = "None"
_FLAGS = {"True": "1", "False": "0"}
_UTF8 = Encoding("UTF-8", "the file was saved anew, by a program that changed it")


class Converted(NamedTuple):
    """The posts as a dataset, what was known of them only later, and what a user should know."""

    dataset: EngagementDataset
    late: pd.DataFrame
    remarks: tuple[str, ...]


class _Day(NamedTuple):
    """The posts of one day."""

    curves: pd.DataFrame
    features: pd.DataFrame
    authors: pd.Series
    posted: pd.Series
    late: pd.DataFrame


def convert(chosen: PublicSet, files: Files) -> Converted:
    """Return the posts of all days, in the order of their curves."""
    days = [_read_day(files, day, chosen.n_times) for day in files.days]
    curves, features, authors, posted, late = (pd.concat(parts) for parts in zip(*days, strict=True))
    check_unique_ids(curves.index, name=f"{files.source}, {CURVES}")
    remarks = []
    split = None
    if chosen.has_split:
        split, n_more = _read_split(files, curves.index)
        if n_more and files.days == chosen.days:
            remarks.append(f"{n_more:,} posts of the published division have no curve")
    dataset = EngagementDataset(curves, features, authors, posted, chosen.name, split=split)
    return Converted(dataset, late, tuple(remarks))


def _read_day(files: Files, day: str, n_times: int) -> _Day:
    """Return the posts of one day."""
    counts = _read(files.by_path[f"{CURVES}/{day}"], [day_column(step) for step in range(1, n_times + 1)])
    curves = wide_curves(counts)
    properties = _last_of_each(_read(files.by_path[f"{PROPERTIES}/{day}"], _PROPERTIES))
    texts = _last_of_each(_read(files.by_path[f"{TEXTS}/{day}"], _text_columns(files.by_path[TEXT_HEADER])))
    people = _last_of_each(_read(files.by_path[f"{AUTHORS}/{day}"], _AUTHORS))
    for other in (properties, texts):
        _check_has(other, counts)
    authors = properties.names("author").set_axis(properties.ids).loc[curves.index]
    of_author = _numbers(people, (*_AUTHOR_NUMBERS, LATE)).reindex(authors).set_axis(curves.index)
    names = {name: properties.names(name).array for name in _TEXT_NAMES}
    of_post = _numbers(properties, _NUMBERS).assign(**names).loc[curves.index, [*_PROPERTIES[:-1]]]
    of_text = _numbers(texts, _TEXTS).loc[curves.index]
    features = pd.concat([of_post, of_author.drop(columns=LATE), of_text], axis=1)
    posted = pd.Series(pd.Timestamp(day), curves.index, dtype="datetime64[us]")
    return _Day(curves, features, authors, posted, of_author[[LATE]])


def _read_split(files: Files, ids: pd.Index) -> tuple[pd.Series, int]:
    """Return the part that each post is in, and how many posts of the division are not among those with a curve."""
    parts = []
    for part, path in SPLIT_FILES.items():
        table = _read(files.by_path[path], ("level 7", "level 30", "levels"))
        table.check_unique()
        parts.append(pd.Series(part, table.ids))
    split = pd.concat(parts)
    twice = split.index.duplicated()
    if twice.any():
        raise DataError(
            f"{files.by_path[path].place} has post {quote(split.index[twice.argmax()])} of the training part"
        )
    lacking = ids.difference(split.index, sort=False)
    if len(lacking):
        raise DataError(
            f"{files.source}: {len(lacking)} posts are in no part of the division, first {quote(lacking[0])}"
        )
    return split.loc[ids].astype("str"), len(split) - len(ids)


def _read(file: SourceFile, names: tuple[str, ...] | list[str]) -> IdTable:
    """Return a table whose first column has ids, and whose others get names."""
    with open_regular(file.content) as binary:
        check_fits(file.place, BYTES_PER_BYTE * os.fstat(binary.fileno()).st_size)
        with TextIOWrapper(
            BoundedFile(file.place, binary), encoding="utf-8", errors="surrogateescape", newline=""
        ) as text:
            reader = csv.reader(bounded_lines(file.place, text), delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
            records = _of_length(file, read_records(file.place, reader), 1 + len(names))
            cells = read_columns(file.place, records, ["id", *names], _UTF8)
    if not len(cells):
        raise DataError(f"{file.place} has no rows")
    return Table(file.place, cells.replace(_MISSING, None)).take_ids("id")


def _of_length(
    file: SourceFile, records: Iterator[tuple[int, list[str]]], length: int
) -> Iterator[tuple[int, list[str]]]:
    """Yield the records, all of which must have so many cells."""
    for line, record in records:
        if len(record) != length:
            raise DataError(
                f"{file.place}, line {line}: {len(record)} cells with tabs between, where {length} are expected"
            )
        yield line, record


def _text_columns(file: SourceFile) -> list[str]:
    """Return the names of the columns about texts, without that of the ids."""
    with open_regular(file.content) as binary:
        names = binary.read().decode(errors="replace").strip("\r\n").split("\t")[1:]
    missing = [name for name in _TEXTS if names.count(name) != 1]
    if missing:
        raise DataError(f"{file.place} must name the column {missing[0]!r} once")
    return names


def _last_of_each(table: IdTable) -> IdTable:
    """Return a table with the last row of each id."""
    return table.keep(~table.ids.duplicated(keep="last"))


def _check_has(table: IdTable, counts: IdTable) -> None:
    """Check that a table has every post with a curve."""
    missing = counts.ids.difference(table.ids, sort=False)
    if len(missing):
        raise DataError(
            f"{table.path} lacks {len(missing)} posts of {counts.path}, the first of them {quote(missing[0])}"
        )


def _numbers(table: IdTable, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return some columns as numbers; True is 1 and False 0."""
    plain = IdTable(table.path, table.cells[[*columns]].replace(_FLAGS), table.ids)
    return pd.DataFrame({column: plain.numbers(column) for column in columns}, table.ids)
