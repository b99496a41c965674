"""The data set that the rest of the package takes: curves, features, and what else is known of the posts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_dtype, is_string_dtype

from tsshape._errors import DataError, list_names
from tsshape._files import check_no_link
from tsshape._html import html_table
from tsshape._typing import PathLike
from tsshape._validation import check_curves, check_same_ids, check_unique_ids, format_label
from tsshape.data._channels import CHANNELS_FOLDER, check_channels, check_savable_channels
from tsshape.data._days import day_column
from tsshape.data._features import SEPARATE_COLUMNS
from tsshape.data._posts import SPLIT_PARTS, PostTable
from tsshape.data._reading import table_files
from tsshape.data._writing import write_table


@dataclass(frozen=True, eq=False)
class EngagementDataset:
    """Posts with their engagement curves and their features at upload.

    All tables must have the same ids in the same order, as `load_dataset` and `load_spid` return them.

    Parameters
    ----------
    curves : DataFrame of shape (n_posts, n_times)
        Cumulative counts, at least 0, NaN where missing; the index holds unique text, the columns are 1…T. Missing
        values at the end of a curve are days that are not over.
    features : DataFrame of shape (n_posts, n_features)
        Numbers, categories, text and dates, with missing values; no column may be named `id`, `author`, `posted`,
        `label` or `split`.
    authors : Series of text of shape (n_posts,), optional
        Each post's author.
    posted : Series of datetime64 of shape (n_posts,), optional
        When each post went up, in UTC without a time zone.
    name : str
        Name of the dataset in reports.
    labels : Series of text of shape (n_posts,), optional
        The known class of each post, missing where it is not known.
    split : Series of shape (n_posts,), optional
        "train" or "test": the published division of the posts.
    channels : mapping of str to DataFrame of shape (n_posts, n_times)
        Further counts of the same posts and days, such as likes, by name. A name has letters, digits, _, - and single
        blanks between them, since a file is named after it; the views are the curves and no channel.

    Raises
    ------
    DataError
        If the tables disagree in their ids, or one of them is not as described.

    Examples
    --------
    >>> import pandas as pd
    >>> from tsshape import EngagementDataset
    >>> curves = pd.DataFrame([[1.0, 4.0]], index=["a"], columns=[1, 2])
    >>> dataset = EngagementDataset(curves, pd.DataFrame({"length": [12.0]}, index=["a"]), name="one post")
    >>> dataset.curves.shape
    (1, 2)
    """

    curves: pd.DataFrame
    features: pd.DataFrame
    authors: pd.Series | None = None
    posted: pd.Series | None = None
    name: str = ""
    labels: pd.Series | None = None
    split: pd.Series | None = None
    channels: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = self.curves.index
        if not is_string_dtype(ids) or ids.hasnans:
            raise DataError(f"curves: the ids must be text; the index holds {ids.dtype}")
        check_unique_ids(ids, name="curves")
        check_curves(self.curves, missing=True)
        if not np.array_equal(self.curves.columns, range(1, self.curves.shape[1] + 1)):
            raise DataError(f"curves: the columns must be the days 1…{self.curves.shape[1]}")
        for name in ("features", "authors", "posted", "labels", "split"):
            _check_same_order(getattr(self, name), ids, name=name)
        names = self.features.columns
        if not names.is_unique or not all(isinstance(name, str) and name for name in names):
            raise DataError("features: the names of the columns must be text, and different")
        for name in ("id", *SEPARATE_COLUMNS):
            if name in names:
                raise DataError(f"features: no column may be called {name!r}, which is not a feature")
        _check_text(self.authors, name="authors")
        _check_text(self.labels, name="labels")
        _check_split(self.split)
        check_channels(self.channels, self.curves)
        if self.posted is not None and not is_datetime64_dtype(self.posted):
            raise DataError(f"posted must be datetime64 without a time zone; got {self.posted.dtype}")

    def _repr_html_(self) -> str:
        return html_table(self.name or "Posts", self._describe().items())

    def _describe(self) -> dict[str, str]:
        """Return what there is of the posts, by its name."""
        n_ended = int(self.curves.iloc[:, -1].isna().sum()) if self.curves.size else 0
        lines = {
            "posts": f"{len(self.curves):,}",
            "days": f"{self.curves.shape[1]}" + (f"; {n_ended:,} curves end earlier" if n_ended else ""),
            "features": f"{self.features.shape[1]}: {list_names(self.features.columns, most=10)}",
        }
        if self.authors is not None:
            lines["authors"] = f"{self.authors.nunique():,}"
        if self.posted is not None and self.posted.notna().any():
            lines["posted"] = f"{self.posted.min():%Y-%m-%d} to {self.posted.max():%Y-%m-%d}"
        if self.labels is not None:
            lines["classes"] = f"{self.labels.nunique():,}"
        if self.split is not None:
            lines["split"] = ", ".join(f"{number:,} {part}" for part, number in self.split.value_counts().items())
        if self.channels:
            lines["channels"] = list_names(self.channels, most=10)
        return lines

    def save(self, folder: PathLike) -> None:
        """Write `curves.parquet`, `features.parquet` and `channels/NAME.parquet`, which `load_dataset` reads.

        Authors, times of posting, labels and the split are the columns `author`, `posted`, `label` and `split` of
        `features.parquet`. Features that are the calendar of `posted` are not written, since they are computed again.

        Parameters
        ----------
        folder : path
            The folder, created if it does not exist; `load_dataset` names the dataset after it. Files of the same names
            are replaced, each whole or not at all.

        Raises
        ------
        DataError
            If the folder has one of the tables in another format, so that it would hold two versions, or a channel
            that the dataset does not have; or if one of the tables is a link.

        Examples
        --------
        >>> import tempfile, tsshape
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     tsshape.simulate_spid(5, random_state=0).save(folder)
        ...     sorted(path.name for path in Path(folder).iterdir())
        ['curves.parquet', 'features.parquet']
        """
        folder = Path(folder)
        check_savable(folder, channels=self.channels)
        folder.mkdir(parents=True, exist_ok=True)
        tables = {folder / f"{name}.parquet": table for name, table in tables_of(self).items()}
        for path in tables:
            check_no_link(path)
            if path.parent != folder:
                check_no_link(path.parent)
        for path, table in tables.items():
            path.parent.mkdir(exist_ok=True)
            write_table(table, path)


def tables_of(dataset: EngagementDataset) -> dict[str, pd.DataFrame]:
    """Return the tables of a dataset as they are saved, by their place in its folder without an ending."""
    posts = PostTable(dataset.features, dataset.authors, dataset.posted, dataset.labels, dataset.split)
    channels = {f"{CHANNELS_FOLDER}/{name}": table for name, table in dataset.channels.items()}
    counts = {"curves": dataset.curves, **channels}
    named = {name: table.rename(columns=day_column) for name, table in counts.items()} | {"features": posts.to_frame()}
    return {name: table.rename_axis("id") for name, table in named.items()}


def check_savable(folder: Path, *, channels: Collection[str] = ()) -> None:
    """Check that a folder has no table that would be taken for a part of the dataset that is to be saved there.

    Curves, features and channels in another format than that of a saved dataset are in the way, and so are channels
    that will not be replaced.

    Parameters
    ----------
    folder : Path
        The folder, which need not exist.
    channels : collection of str
        The channels of the dataset.

    Raises
    ------
    DataError
        If there is such a table; the message names the file.

    Examples
    --------
    >>> check_savable(Path("a folder that does not exist"))
    """
    for stem in ("curves", "features"):
        for path in table_files(folder, stem):
            if path.suffix != ".parquet":
                raise DataError(f"{path} is in the way: {folder} would have {stem} twice; remove it first")
    check_savable_channels(folder, channels)


def _check_same_order(table: pd.DataFrame | pd.Series | None, ids: pd.Index, *, name: str) -> None:
    """Check that the ids of a table are those of the curves, in their order."""
    if table is None or table.index.equals(ids):
        return
    check_unique_ids(table.index, name=name)
    check_same_ids(ids, table.index, left_name="curves", right_name=name)
    raise DataError(f"{name}: the ids must stand in the order of the curves; use {name}.loc[curves.index]")


def _check_text(values: pd.Series | None, *, name: str) -> None:
    """Check that a Series holds text."""
    if values is not None and not is_string_dtype(values.dropna()):
        raise DataError(f"{name} must be text; got {values.dtype}")


def _check_split(split: pd.Series | None) -> None:
    """Check that each post is in one of the two parts."""
    if split is None:
        return
    bad = split[~split.isin(SPLIT_PARTS)]
    if len(bad):
        raise DataError(f"split must be 'train' or 'test'; it is {bad.iloc[0]!r} for id {format_label(bad.index[0])}")
