"""Reading the features of posts from a table."""

from typing import Any

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from tsshape._typing import PathLike
from tsshape.data._cells import holds_numbers, parse_timestamps
from tsshape.data._reading import read_table
from tsshape.data._tables import IdTable


def read_features(path: PathLike, *, id_column: str | None = None) -> pd.DataFrame:
    r"""Read the features of posts at upload from a CSV or Parquet file.

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
        where empty. Parquet columns keep their type: text, categories, times; times are in UTC without a time zone.
        The column `author` holds names and is always text.

    Raises
    ------
    DataError
        If the file is not such a table, or would take more than half of the memory (or than TSSHAPE_MEMORY_LIMIT); if
        an id is empty, repeated or holds a control character; or if a number is infinite or written with a decimal
        comma. The message names the file, row and column.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from tsshape import read_features
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "features.csv"
    ...     _ = path.write_text("id,author,length\na,007,12\nb,,\n")
    ...     read_features(path).to_dict("index")
    {'a': {'author': '007', 'length': 12.0}, 'b': {'author': nan, 'length': nan}}
    """
    table = read_table(path).take_ids(id_column)
    table.check_unique()
    return pd.DataFrame({name: _feature(table, name) for name in table.cells}, table.ids, table.cells.columns)


def _feature(table: IdTable, name: str) -> Any:
    """Return the values of one feature."""
    cells = table.cells[name]
    if name == "author":
        return table.names(name).array
    if is_numeric_dtype(cells) or (table.is_text and holds_numbers(cells, table.where(name))):
        return table.numbers(name)
    if is_datetime64_any_dtype(cells):
        return parse_timestamps(cells, table.where(name)).array
    return cells.array
