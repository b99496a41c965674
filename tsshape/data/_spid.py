"""Reading the four tables of the SPID challenge (ICIP 2020) as one dataset."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from tsshape._errors import DataError, quote
from tsshape._typing import FloatArray, PathLike
from tsshape._validation import check_same_ids
from tsshape.data._cells import parse_numbers, parse_timestamps
from tsshape.data._curves import wide_curves
from tsshape.data._dataset import EngagementDataset
from tsshape.data._reading import read_table
from tsshape.data._tables import IdTable, Table

POPULARITY_FILE = "popularity_TRAIN.csv"
SPID_FILES = ("headers_TRAIN.csv", "img_info_TRAIN.csv", "users_TRAIN.csv", POPULARITY_FILE)
_HEADER_COLUMNS = ("UserId", "DatePosted", "DateTaken")
_IMAGE_TEXTS = ("Camera", "Title", "Description", "Country")
_IMAGE_NUMBERS = ("Size", "NumSets", "NumGroups", "AvgGroupsMemb", "AvgGroupPhotos", "Latitude", "Longitude")
_USER_FLAGS = ("Ispro", "HasStats")
_USER_NUMBERS = ("Contacts", "PhotoCount", "MeanViews", "GroupsCount", "GroupsAvgMembers", "GroupsAvgPictures")


def load_spid(folder: PathLike) -> EngagementDataset:
    """Read the posts of the SPID challenge from a folder with its four tables.

    Parameters
    ----------
    folder : path
        The folder with `headers_TRAIN.csv`, `img_info_TRAIN.csv`, `users_TRAIN.csv` and `popularity_TRAIN.csv`.

    Returns
    -------
    EngagementDataset
        Curves, features, authors and times of posting, named like the folder.

    Raises
    ------
    DataError
        If a table or a column is missing, a post is not in all of headers, img_info and popularity, its author is not
        in users, or a cell cannot be read; the message names the file, row and column.

    Notes
    -----
    docs/public-data.md names the addresses under which the data are said to have been offered.

    References
    ----------
    A. Ortis, G. M. Farinella, S. Battiato, "Predicting Social Image Popularity Dynamics at Time Zero", IEEE Access 7,
    2019.

    Examples
    --------
    >>> import tempfile
    >>> from tsshape import load_spid
    >>> from tsshape.data import simulate_spid_tables, write_spid_tables
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_spid_tables(simulate_spid_tables(50, random_state=0), folder)
    ...     load_spid(folder).curves.shape
    (50, 30)
    """
    folder = Path(folder)
    return _join(*(read_table(folder / file) for file in SPID_FILES), name=folder.resolve().name)


def join_spid_tables(
    headers: pd.DataFrame, images: pd.DataFrame, users: pd.DataFrame, popularity: pd.DataFrame, *, name: str = ""
) -> EngagementDataset:
    """Join the four tables of the SPID challenge into a dataset.

    The first header of a post and the last row of a user are used. Features are the columns of img_info and, by author,
    of users, without names and addresses; `Tags` becomes text of tags separated by blanks,
    beside `TagCount`; `PostedHour` (0 to 23, UTC), `PostedWeekday` (0 is Monday) and `DaysTakenToPosted` come from the
    headers. Missing values stay missing.

    Parameters
    ----------
    headers, images, users, popularity : DataFrame
        The tables `headers_TRAIN`, `img_info_TRAIN`, `users_TRAIN` and `popularity_TRAIN`; cells may be text.
    name : str
        The name of the dataset.

    Returns
    -------
    EngagementDataset
        The posts in the order of `popularity`.

    Raises
    ------
    DataError
        As `load_spid`.
    """
    tables = (headers, images, users, popularity)
    return _join(*(Table(Path(file), cells) for file, cells in zip(SPID_FILES, tables, strict=True)), name=name)


def _join(headers: Table, images: Table, users: Table, popularity: Table, *, name: str) -> EngagementDataset:
    """Join the four tables."""
    curves = wide_curves(popularity.take_ids("FlickrId"))
    posts = headers.take_ids("FlickrId")
    posts = posts.keep(~posts.ids.duplicated())
    pictures = images.take_ids("FlickrId")
    pictures.check_unique()
    for other in (posts, pictures):
        check_same_ids(curves.index, other.ids, left_name=str(popularity.path), right_name=str(other.path))
    people = users.take_ids("UserId")
    people = people.keep(~people.ids.duplicated(keep="last"))

    times = _times(posts).loc[curves.index]
    authors = times["author"]
    unknown = (~authors.isin(people.ids)).to_numpy()
    if unknown.any():
        first = int(unknown.argmax())
        raise DataError(
            f"{users.path} lacks the authors of {unknown.sum()} posts, the first of them {quote(authors.iloc[first])}"
            f" of post {quote(authors.index[first])}"
        )
    features = pd.concat(
        [
            _image_features(pictures).loc[curves.index],
            _user_features(people).loc[authors].set_axis(curves.index),
            times.drop(columns=["author", "posted"]),
        ],
        axis=1,
    )
    return EngagementDataset(curves, features, authors, times["posted"], name)


def _times(headers: IdTable) -> pd.DataFrame:
    """Return author and time of each post, and the features made of the time."""
    _check_columns(headers, _HEADER_COLUMNS)
    posted, taken = (
        parse_timestamps(headers.cells[column], headers.where(column)) for column in ("DatePosted", "DateTaken")
    )
    authors = headers.names("UserId")
    empty = authors.isna().to_numpy()
    if empty.any():
        raise DataError(f"{headers.where('UserId')(int(empty.argmax()))}: the author is empty")
    columns = {
        "author": authors,
        "posted": posted,
        "PostedHour": posted.dt.hour.astype(np.float64),
        "PostedWeekday": posted.dt.dayofweek.astype(np.float64),
        "DaysTakenToPosted": (posted - taken) / pd.Timedelta(days=1),
    }
    return pd.DataFrame(columns).set_axis(headers.ids)


def _image_features(images: IdTable) -> pd.DataFrame:
    """Return the features of each post."""
    _check_columns(images, (*_IMAGE_TEXTS, *_IMAGE_NUMBERS, "Tags"))
    tags = _tags(images)
    columns = {
        **{column: images.cells[column].astype("str").array for column in _IMAGE_TEXTS},
        **{column: images.numbers(column) for column in _IMAGE_NUMBERS},
        "Tags": pd.array([None if names is None else " ".join(names) for names in tags], dtype="str"),
        "TagCount": np.array([np.nan if names is None else float(len(names)) for names in tags]),
    }
    return pd.DataFrame(columns, index=images.ids)


def _user_features(users: IdTable) -> pd.DataFrame:
    """Return the features of each author."""
    _check_columns(users, (*_USER_FLAGS, *_USER_NUMBERS))
    columns = {
        **{column: _flags(users, column) for column in _USER_FLAGS},
        **{column: users.numbers(column) for column in _USER_NUMBERS},
    }
    return pd.DataFrame(columns, index=users.ids)


def _flags(table: Table, column: str) -> FloatArray:
    """Return a column of 0 and 1, or of True and False, as numbers."""
    cells = table.cells[column]
    if not is_numeric_dtype(cells):
        cells = cells.astype("str").str.lower().replace({"true": "1", "false": "0"})
    return parse_numbers(cells, table.where(column))


def _tags(images: IdTable) -> list[list[str] | None]:
    """Return the tags of each post, None if missing."""
    where = images.where("Tags")
    tags: list[list[str] | None] = []
    for position, cell in enumerate(images.cells["Tags"]):
        if pd.isna(cell):
            tags.append(None)
            continue
        try:
            names = json.loads(cell)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{where(position)}: {quote(cell)} is not a JSON list of tags: {error}") from error
        if not isinstance(names, list) or not all(isinstance(name, str) and _is_clean(name) for name in names):
            raise DataError(f"{where(position)}: {quote(cell)} is not a JSON list of strings")
        tags.append(names)
    return tags


def _is_clean(text: str) -> bool:
    """Return whether a text has no NUL and no surrogate, which JSON can escape but a file of text cannot hold."""
    return "\0" not in text and text.encode(errors="ignore").decode() == text


def _check_columns(table: Table, columns: tuple[str, ...]) -> None:
    """Refuse a table in which one of the columns is missing."""
    missing = [column for column in columns if column not in table.cells]
    if missing:
        raise DataError(f"{table.path} lacks the columns {', '.join(map(repr, missing))}")
