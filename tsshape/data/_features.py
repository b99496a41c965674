"""Reading the features of posts from a table."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype, is_string_dtype

from tsshape._typing import PathLike
from tsshape.data._cells import holds_dates, holds_numbers, parse_dates
from tsshape.data._reading import read_table
from tsshape.data._tables import IdTable

FeatureKind: TypeAlias = Literal["number", "category", "text", "date"]

# What a table of features says about a post beside its features.
SEPARATE_COLUMNS = ("author", "posted", "label", "split")


def read_features(path: PathLike, *, id_column: str | None = None) -> pd.DataFrame:
    r"""Read the features of posts at upload from a CSV or Parquet file.

    The columns `author`, `posted`, `label` and `split` are no features and are left out: `read_posts` returns them
    beside the features, and `load_dataset` reads them with the curves.

    Parameters
    ----------
    path : path
        A `.csv`, `.csv.gz` or `.parquet` file with one row a post. CSV is UTF-8, separated by commas, semicolons or
        tabs.
    id_column : str, optional
        The column that holds the ids; by default the first there is of `id`, `post_id` and `FlickrId`.

    Returns
    -------
    DataFrame of shape (n_posts, n_features)
        The index `id` holds unique text. Numbers and booleans are float64. A CSV column holds numbers if every cell is
        a number, as `read_curves` describes it, or missing (empty, NA, NaN, null); otherwise it is text, missing only
        where empty. Parquet columns keep their type: text, categories, times. Text of which every cell is a date or
        time in ISO 8601, or missing, is read as times, from CSV and from Parquet. Times are in UTC without a time zone.

    Raises
    ------
    DataError
        If the file is not such a table, or would take more than half of the memory (or than TSSHAPE_MEMORY_LIMIT); if
        an id is empty, repeated or holds a control character; if a number is infinite or written with a decimal comma;
        if all cells of a column are dates in another form, as 31.05.2024; or if most are dates and the others only look
        like one, as 2024-02-30 does. The message names the file, row and column.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from tsshape import read_features
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "features.csv"
    ...     _ = path.write_text("id,author,length,topic\na,007,12,art\nb,,,\n")
    ...     read_features(path).to_dict("index")
    {'a': {'length': 12.0, 'topic': 'art'}, 'b': {'length': nan, 'topic': nan}}
    """
    table = read_table(path).take_ids(id_column)
    table.check_unique()
    return features_of(table, {})


def features_of(table: IdTable, kinds: Mapping[str, FeatureKind]) -> pd.DataFrame:
    """Return the features of a table; a column takes the kind that is given for it, or the one that its cells show."""
    names = [name for name in table.cells if name in kinds or name not in SEPARATE_COLUMNS]
    columns = {name: _feature(table, name, kinds.get(name)) for name in names}
    return pd.DataFrame(columns, table.ids, pd.Index(names, dtype="str"))


def _feature(table: IdTable, name: str, kind: FeatureKind | None) -> Any:
    """Return the values of one feature."""
    cells = table.cells[name]
    if kind == "number":
        return table.numbers(name)
    if kind in {"text", "category"}:
        return table.names(name).array
    if kind == "date" or is_datetime64_any_dtype(cells):
        return parse_dates(cells, table.where(name)).array
    if is_numeric_dtype(cells) or (table.is_text and holds_numbers(cells, table.where(name))):
        return table.numbers(name)
    if is_string_dtype(cells) and holds_dates(cells, table.where(name)):
        return parse_dates(cells, table.where(name)).array
    return cells.array
