"""Reading a dataset from its folder."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._typing import PathLike
from tsshape._validation import describe_similar
from tsshape.data._calendar import add_calendar
from tsshape.data._channels import read_channels
from tsshape.data._curves import read_curves
from tsshape.data._dataset import EngagementDataset
from tsshape.data._features import FeatureKind
from tsshape.data._parts import parts_folder
from tsshape.data._posts import PostTable, read_bare_posts
from tsshape.data._reading import ENDINGS, table_files
from tsshape.data._spid import POPULARITY_FILE, load_spid


def load_dataset(folder: PathLike, *, kinds: Mapping[str, FeatureKind] | None = None) -> EngagementDataset:
    """Read the dataset of a folder with `curves.*`, or with the four tables of the SPID challenge.

    Parameters
    ----------
    folder : path
        The folder, with a table `curves.*` for `read_curves` and, optionally, a table `features.*` for `read_posts` and
        further counts `channels/NAME.*` in the form of the curves. Posts without a curve are left out.
    kinds : mapping of str to {"number", "category", "text", "date"}, optional
        What columns of the features are known to hold, as for `read_posts`: for a forecast, what the model was fitted
        on. The tables of the challenge have kinds of their own.

    Returns
    -------
    EngagementDataset
        The posts in the order of the curves; its name is the folder's. It has the calendar features that `read_posts`
        adds.

    Raises
    ------
    DataError
        If there are no curves, a table is there in two formats or cannot be used, or a post with a curve is not in
        the features or in a channel.

    Examples
    --------
    >>> import tempfile
    >>> from tsshape import load_dataset, simulate_spid
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     simulate_spid(50, random_state=0).save(folder)
    ...     load_dataset(folder).curves.shape
    (50, 30)
    """
    folder = Path(folder)
    paths = _find_tables(folder)
    if paths is None:
        return load_spid(folder)
    curves_path, features_path = paths
    curves = read_curves(curves_path)
    posts = PostTable(pd.DataFrame(index=curves.index))
    if features_path is not None:
        posts = read_bare_posts(features_path, kinds=kinds)
        missing = curves.index.difference(posts.features.index, sort=False)
        if len(missing):
            raise DataError(
                f"{features_path} lacks {len(missing)} ids of {curves_path}, the first of them {quote(missing[0])}"
                f"{describe_similar(missing, posts.features.index)}"
            )
        posts = posts.take(curves.index)
    return EngagementDataset(
        curves,
        add_calendar(posts.features, posts.posted, kinds),
        posts.authors,
        posts.posted,
        name=folder.resolve().name,
        labels=posts.labels,
        split=posts.split,
        channels=read_channels(folder, curves, source=curves_path),
    )


def _find_tables(folder: Path) -> tuple[Path, Path | None] | None:
    """Return the paths of curves and, if any, features in a folder; None if it holds the tables of the challenge."""
    try:
        if not folder.is_dir():
            raise DataError(f"{folder}: there is no such folder")
        if not table_files(folder, "curves") and (folder / POPULARITY_FILE).exists():
            return None
        features_path = find_table(folder, "features") if table_files(folder, "features") else None
        return find_table(folder, "curves"), features_path
    except OSError as error:
        raise DataError(f"{folder} cannot be read: {error.strerror}") from error


def find_table(path: PathLike, stem: str) -> Path:
    """Return the path of a table that was named by its file, or by the dataset folder that it lies in.

    Parameters
    ----------
    path : path
        A folder, or anything else, which is returned as it is.
    stem : str
        The name of the table in the folder, without an ending: "curves" or "features".

    Returns
    -------
    Path

    Raises
    ------
    DataError
        If the folder has no such table, or has it in two formats.

    Examples
    --------
    >>> import tempfile, tsshape
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tsshape.simulate_spid(5, random_state=0).save(folder)
    ...     find_table(folder, "curves").name
    'curves.parquet'
    >>> find_table("posts.csv", "curves").name
    'posts.csv'
    """
    path = Path(path)
    if not path.is_dir():
        return path
    paths = table_files(path, stem)
    if not paths:
        in_parts = parts_folder(path, stem) is not None
        hint = "; a table in parts is for verbs with --scheduler, and for tsshape.adapters.dask" if in_parts else ""
        raise DataError(f"{path} has no {' or '.join(stem + ending for ending in ENDINGS)}{hint}")
    if len(paths) > 1:
        raise DataError(f"{path} must have {stem} once; it has {' and '.join(each.name for each in paths)}")
    return paths[0]
