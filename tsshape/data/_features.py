"""Features of posts from a table."""

from typing import Any

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from tsshape._typing import PathLike
from tsshape.data._cells import holds_numbers, parse_timestamps
from tsshape.data._reading import read_table
from tsshape.data._tables import IdTable


def read_features(path: PathLike, *, id_column: str | None = None) -> pd.DataFrame:
    r"""What is known of posts at upload, from a CSV or Parquet file.

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
        The index `id` holds unique text. Numbers and truth values are float64. A CSV column is one of numbers if every
        cell is a number or missing (empty, NA, NaN, null), else it is text, missing only where empty; `read_curves`
        says what a number is. Parquet columns keep their type: text, categories, times, the latter in UTC without a
        time zone. The column `author` holds names, and so is text always.

    Raises
    ------
    DataError
        If the file is no such table or would take more memory than half of what there is (TSSHAPE_MEMORY_LIMIT says
        otherwise), an id is empty, repeated or holds a control character, or a number is infinite or written with a
        decimal comma; the message names the file, row and column.

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
    """The values of one feature."""
    cells = table.cells[name]
    if name == "author":
        return table.names(name).array
    if is_numeric_dtype(cells) or (table.is_text and holds_numbers(cells, table.where(name))):
        return table.numbers(name)
    if is_datetime64_any_dtype(cells):
        return parse_timestamps(cells, table.where(name)).array
    return cells.array
