"""Posts from files: curves after cleaning, their shapes, features and authors."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tsshape._choices import Decreasing, Incomplete, Missing
from tsshape._errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from tsshape.data import CleaningReport


class Shapes(NamedTuple):
    """Curves of a file after cleaning, and the shapes of those that have one."""

    curves: "pd.DataFrame"
    shapes: "pd.DataFrame"
    report: "CleaningReport"


class Known(NamedTuple):
    """Features, and the author of each post where the table has a column `author`."""

    features: "pd.DataFrame"
    authors: "pd.Series | None"


def read_clean_curves(
    path: Path, id_column: str | None, *, missing: Missing, decreasing: Decreasing, incomplete: Incomplete
) -> "tuple[pd.DataFrame, CleaningReport]":
    """Read and clean the curves of a file."""
    from tsshape.data import clean_curves, read_curves

    curves = read_curves(path, id_column=id_column)
    return clean_curves(curves, missing=missing, decreasing=decreasing, incomplete=incomplete)


def read_shapes(
    path: Path, id_column: str | None, *, missing: Missing, decreasing: Decreasing, incomplete: Incomplete
) -> Shapes:
    """Read and clean the curves of a file and compute their shapes; a curve of zeros has none."""
    from tsshape.curves import split_scale_shape

    curves, report = read_clean_curves(path, id_column, missing=missing, decreasing=decreasing, incomplete=incomplete)
    viewed = curves[curves.max(axis=1) > 0]
    if viewed.empty:
        raise DataError(f"{path}: no curve rises above 0: there is no shape to cluster")
    return Shapes(curves, split_scale_shape(viewed)[1], report)


def read_known(path: Path, id_column: str | None) -> Known:
    """Read features and authors of a file, without the columns that are not for forecasts."""
    from tsshape.data import read_posts

    posts = read_posts(path, id_column=id_column)
    return Known(posts.features, posts.authors)


def of_curves(known: Known, ids: "pd.Index", *, features_path: Path, curves_path: Path) -> Known:
    """Return the rows of the posts that have curves, in their order; refused if one of them is missing."""
    missing = ids.difference(known.features.index, sort=False)
    if len(missing):
        raise DataError(f"{features_path} lacks {len(missing)} ids of {curves_path}, the first of them {missing[0]!r}")
    return Known(known.features.loc[ids], None if known.authors is None else known.authors.loc[ids])
