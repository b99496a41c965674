"""From files of features and curves to what a forecaster is fitted on, and asked for."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tsshape._errors import DataError

if TYPE_CHECKING:
    import pandas as pd


class Known(NamedTuple):
    """Features, and the author of each post where the table has a column `author`."""

    features: "pd.DataFrame"
    authors: "pd.Series | None"


def read_known(path: Path, id_column: str | None) -> Known:
    """Features of a file, without the columns that are not for forecasts."""
    from tsshape.data import read_features, separate_features

    features, authors, _ = separate_features(read_features(path, id_column=id_column), source=str(path))
    return Known(features, authors)


def of_curves(known: Known, ids: "pd.Index", *, features_path: Path, curves_path: Path) -> Known:
    """The rows of the posts that have curves, in their order; refused if one of them is missing."""
    lacking = ids.difference(known.features.index, sort=False)
    if len(lacking):
        raise DataError(f"{features_path} lacks {len(lacking)} ids of {curves_path}, the first of them {lacking[0]!r}")
    return Known(known.features.loc[ids], None if known.authors is None else known.authors.loc[ids])
