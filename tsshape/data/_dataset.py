"""The data set that the rest of the package takes: curves, features, authors and times of posting."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_dtype, is_string_dtype

from tsshape._errors import DataError
from tsshape._typing import PathLike
from tsshape._validation import check_curves, check_same_ids, check_unique_ids
from tsshape.data._days import day_column
from tsshape.data._reading import table_files
from tsshape.data._writing import write_table

_SEPARATE_COLUMNS = ("author", "posted")


@dataclass(frozen=True, eq=False)
class EngagementDataset:
    """Posts with their engagement curves and their features at upload.

    All tables must have the same ids in the same order, as `load_dataset` and `load_spid` return them.

    Parameters
    ----------
    curves : DataFrame of shape (n_posts, n_times)
        Cumulative counts, at least 0, NaN where missing; the index holds unique text, the columns are 1…T.
    features : DataFrame of shape (n_posts, n_features)
        Numbers, categories and text, with missing values; no column may be named `id`, `author` or `posted`.
    authors : Series of text of shape (n_posts,), optional
        Each post's author.
    posted : Series of datetime64 of shape (n_posts,), optional
        When each post went up, in UTC without a time zone.
    name : str
        Name of the dataset in reports.

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

    def __post_init__(self) -> None:
        ids = self.curves.index
        if not is_string_dtype(ids) or ids.hasnans:
            raise DataError(f"curves: the ids must be text; the index holds {ids.dtype}")
        check_unique_ids(ids, name="curves")
        check_curves(self.curves, missing=True)
        if not np.array_equal(self.curves.columns, range(1, self.curves.shape[1] + 1)):
            raise DataError(f"curves: the columns must be the days 1…{self.curves.shape[1]}")
        for name in ("features", "authors", "posted"):
            _check_same_order(getattr(self, name), ids, name=name)
        names = self.features.columns
        if not names.is_unique or not all(isinstance(name, str) and name for name in names):
            raise DataError("features: the names of the columns must be text, and different")
        for name in ("id", *_SEPARATE_COLUMNS):
            if name in names:
                raise DataError(f"features: no column may be called {name!r}, which is not a feature")
        if self.authors is not None and not is_string_dtype(self.authors.dropna()):
            raise DataError(f"authors must be text; got {self.authors.dtype}")
        if self.posted is not None and not is_datetime64_dtype(self.posted):
            raise DataError(f"posted must be datetime64 without a time zone; got {self.posted.dtype}")

    def save(self, folder: PathLike) -> None:
        """Write `curves.parquet` and `features.parquet`, which `load_dataset` reads.

        Parameters
        ----------
        folder : path
            The folder, created if it does not exist; `load_dataset` names the dataset after it. Files of the same names
            are replaced, each whole or not at all.

        Raises
        ------
        DataError
            If the folder has curves or features in another format, so that it would hold two versions.

        Examples
        --------
        >>> import tempfile, tsshape
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     tsshape.simulate_spid(5, random_state=0).save(folder)
        ...     sorted(path.name for path in Path(folder).iterdir())
        ['curves.parquet', 'features.parquet']
        """
        folder = Path(folder)
        check_savable(folder)
        folder.mkdir(parents=True, exist_ok=True)
        apart = {"author": self.authors, "posted": self.posted}
        features = self.features.assign(**{name: values for name, values in apart.items() if values is not None})
        for stem, table in (("curves", self.curves.rename(columns=day_column)), ("features", features)):
            write_table(table.rename_axis("id"), folder / f"{stem}.parquet")


def check_savable(folder: Path) -> None:
    """Check that a folder has no curves or features in another format than the one that a dataset is saved in.

    Parameters
    ----------
    folder : Path
        The folder, which need not exist.

    Raises
    ------
    DataError
        If it has, so that there would be two versions of a table; the message names the file that is in the way.

    Examples
    --------
    >>> check_savable(Path("a folder that does not exist"))
    """
    for stem in ("curves", "features"):
        for path in table_files(folder, stem):
            if path.suffix != ".parquet":
                raise DataError(f"{path} is in the way: {folder} would have {stem} twice; remove it first")


def _check_same_order(table: pd.DataFrame | pd.Series | None, ids: pd.Index, *, name: str) -> None:
    """Check that the ids of a table are those of the curves, in their order."""
    if table is None or table.index.equals(ids):
        return
    check_unique_ids(table.index, name=name)
    check_same_ids(ids, table.index, left_name="curves", right_name=name)
    raise DataError(f"{name}: the ids must stand in the order of the curves; use {name}.loc[curves.index]")
