"""Further counts of the posts of a dataset, such as likes: tables like the curves, by name."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._validation import check_curves, check_same_ids, check_unique_ids, describe_similar, format_label
from tsshape.data._curves import curves_of
from tsshape.data._reading import ENDINGS, read_table, table_files

CHANNELS_FOLDER = "channels"
# Letters and digits of any script, _, - and single blanks; the name of a channel is that of its file.
_NAME = re.compile(r"[\w-]+(?: [\w-]+)*")
_LONGEST_NAME = 80
# Names that Windows keeps for devices.
_DEVICES = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]")


def check_channels(channels: Mapping[str, pd.DataFrame], curves: pd.DataFrame) -> None:
    """Check the names of channels, and that each has the ids and days of the curves and no impossible count."""
    check_channel_names(channels)
    for name, table in channels.items():
        title = f"channel {quote(name)}"
        if not isinstance(table, pd.DataFrame):
            raise DataError(f"{title} must be a table like the curves; got {type(table).__name__}")
        if not table.index.equals(curves.index):
            check_unique_ids(table.index, name=title)
            check_same_ids(curves.index, table.index, left_name="curves", right_name=title)
            raise DataError(f"{title}: the ids must stand in the order of the curves; use table.loc[curves.index]")
        if not table.columns.equals(curves.columns):
            raise DataError(f"{title}: the columns must be those of the curves, the days 1…{curves.shape[1]}")
        check_curves(table, name=title, missing=True)


def check_channel_names(names: Iterable[str]) -> None:
    """Check that channels can be named so: each name is one of a file on every system, and no two are alike."""
    seen: dict[str, str] = {}
    for name in names:
        if not isinstance(name, str):
            raise DataError(f"the name of a channel must be text; got {format_label(name)}")
        key = name.casefold()
        if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME or _DEVICES.fullmatch(key):
            raise DataError(
                f"{quote(name)} cannot be the name of a channel, which is that of its file: at most {_LONGEST_NAME}"
                " letters, digits, _, - and single blanks between them"
            )
        if key == "views":
            raise DataError(f"no channel may be called {quote(name)}: the views are the curves")
        if key in seen:
            raise DataError(f"channels {quote(seen[key])} and {quote(name)} would be one file on some systems")
        seen[key] = name


def check_savable_channels(folder: Path, names: Iterable[str]) -> None:
    """Check that a folder of a dataset has no channel beside those that will be written, nor one in another format."""
    wanted = {f"{name}.parquet" for name in names}
    for path in channel_files(folder):
        if path.name not in wanted:
            raise DataError(f"{path} is in the way: it would become a channel of the saved dataset; remove it first")


def read_channels(folder: Path, curves: pd.DataFrame, *, source: Path) -> dict[str, pd.DataFrame]:
    """Read the channels of a dataset's folder for the posts and days of its curves, which are those of a file."""
    return {name: read_channel(path, curves, source=source) for name, path in find_channels(folder).items()}


def find_channels(folder: Path) -> dict[str, Path]:
    """Return the files of the channels in a dataset's folder, by name."""
    channels: dict[str, Path] = {}
    for path in channel_files(folder):
        name = next(path.name[: -len(ending)] for ending in ENDINGS if path.name.endswith(ending))
        if name in channels:
            files = " and ".join(each.name for each in table_files(path.parent, name))
            raise DataError(f"{path.parent} must have channel {quote(name)} once; it has {files}")
        channels[name] = path
    return channels


def read_channel(path: Path, curves: pd.DataFrame, *, source: Path, id_column: str | None = None) -> pd.DataFrame:
    """Read a channel for the posts and days of the curves, which are those of another file."""
    table = curves_of(read_table(path).take_ids(id_column), n_times=curves.shape[1])
    if table.shape[1] != curves.shape[1]:
        raise DataError(f"{path} has {table.shape[1]} days, but {source} has {curves.shape[1]}")
    missing = curves.index.difference(table.index, sort=False)
    if len(missing):
        raise DataError(
            f"{path} lacks {len(missing)} ids of {source}, the first of them {quote(missing[0])}"
            f"{describe_similar(missing, table.index)}"
        )
    return table.loc[curves.index]


def channel_files(folder: Path) -> list[Path]:
    """Return the tables in the channels' folder of a dataset's folder, by name."""
    inside = folder / CHANNELS_FOLDER
    try:
        names = sorted(path.name for path in inside.iterdir()) if inside.is_dir() else []
    except OSError as error:
        raise DataError(f"{inside} cannot be read: {error.strerror}") from error
    return [inside / name for name in names if name.endswith(ENDINGS) and not name.startswith(".")]
