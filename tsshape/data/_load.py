"""Reading a dataset from its folder."""

from pathlib import Path

import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._typing import PathLike
from tsshape.data._cells import parse_timestamps
from tsshape.data._curves import read_curves
from tsshape.data._dataset import EngagementDataset
from tsshape.data._features import read_features
from tsshape.data._reading import ENDINGS, table_files
from tsshape.data._spid import POPULARITY_FILE, load_spid


def load_dataset(folder: PathLike) -> EngagementDataset:
    """Read the dataset of a folder with `curves.*` and `features.*`, or with the four tables of the SPID challenge.

    Parameters
    ----------
    folder : path
        The folder, with one table for `read_curves` and one for `read_features`. The columns `author` and `posted` (ISO
        8601 or unix seconds) of the latter become the authors and times of posting. Features of posts without a curve
        are left out.

    Returns
    -------
    EngagementDataset
        The posts in the order of the curves; its name is the folder's.

    Raises
    ------
    DataError
        If a table is missing, is there in two formats or cannot be used, or a curve has no features.

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
    features = read_features(features_path)
    missing = curves.index.difference(features.index, sort=False)
    if len(missing):
        raise DataError(
            f"{features_path} lacks {len(missing)} ids of {curves_path}, the first of them {quote(missing[0])}"
        )
    features, authors, posted = separate_features(features.loc[curves.index], source=str(features_path))
    return EngagementDataset(curves, features, authors, posted, name=folder.resolve().name)


def separate_features(
    features: pd.DataFrame, *, source: str = "features"
) -> tuple[pd.DataFrame, pd.Series | None, pd.Series | None]:
    """Split a table into features, authors and times of posting.

    Parameters
    ----------
    features : DataFrame of shape (n_posts, n_columns)
        As `read_features` returns it.
    source : str
        Name of the table in messages.

    Returns
    -------
    features : DataFrame
        The table without the columns `author` and `posted`.
    authors : Series of text, or None
        The column `author`.
    posted : Series of datetime64, or None
        The column `posted`, in UTC without a time zone.

    Raises
    ------
    DataError
        If a time cannot be read; the message names the id.

    Examples
    --------
    >>> table = pd.DataFrame({"author": ["mo"], "posted": ["2024-05-01"], "length": [12.0]}, index=["a"])
    >>> features, authors, posted = separate_features(table)
    >>> list(features.columns), authors["a"], posted["a"].year
    (['length'], 'mo', 2024)
    """
    authors = features.get("author")
    posted = features.get("posted")
    if authors is not None:
        authors = authors.astype("str")
    if posted is not None:
        posted = parse_timestamps(posted, lambda row: f"{source}, id {quote(features.index[row])}, column 'posted'")
    return features.drop(columns=["author", "posted"], errors="ignore"), authors, posted


def _find_tables(folder: Path) -> tuple[Path, Path] | None:
    """Return the paths of curves and features in a folder; None if it holds the tables of the challenge."""
    try:
        if not folder.is_dir():
            raise DataError(f"{folder}: there is no such folder")
        if not table_files(folder, "curves") and (folder / POPULARITY_FILE).exists():
            return None
        return find_table(folder, "curves"), find_table(folder, "features")
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
        raise DataError(f"{path} has no {' or '.join(stem + ending for ending in ENDINGS)}")
    if len(paths) > 1:
        raise DataError(f"{path} must have {stem} once; it has {' and '.join(each.name for each in paths)}")
    return paths[0]
