"""Reading engagement curves from a table of days (wide) or of samples (long)."""

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._memory import check_fits
from tsshape._typing import PathLike
from tsshape.data._cells import parse_timestamps
from tsshape.data._days import day_number
from tsshape.data._reading import read_table
from tsshape.data._resample import resample
from tsshape.data._tables import IdTable

_SAMPLE_COLUMNS = {"posted", "time", "views"}
# Bytes of memory for each sample at most: those of a post with one sample, whose curve is 30 days. Measured.
_BYTES_PER_SAMPLE = 800


def read_curves(path: PathLike, *, id_column: str | None = None, n_times: int = 30) -> pd.DataFrame:
    r"""Read cumulative engagement curves from a CSV or Parquet file.

    A wide table has an id column and one column for each day, in any order. The names of these columns end in the
    number of the day, 1…T: `day01`, `Day01`, `d1`, `t001`, `1`. A long table has an id column and exactly the columns
    `posted`, `time` and `views`, and one row for each sample; `resample` makes curves of `n_times` days of it. Times
    are ISO 8601 or unix seconds, in UTC if they have no time zone. Empty cells are missing; among counts, so are the
    words NA, NaN and null.

    Numbers consist of the digits 0 to 9, optionally with a sign, a decimal point and an exponent. They are read
    exactly: 1e5 and -0 are numbers; 1,5, 1 000, 1_000, 0x1F and digits of other scripts are not. Ids are text,
    character by character: 007, 1e5 and NA are ids. Integer ids in Parquet become text.

    Parameters
    ----------
    path : path
        A `.csv`, `.csv.gz` or `.parquet` file. CSV is UTF-8, separated by commas, semicolons or tabs.
    id_column : str, optional
        The column that holds the ids; by default the first there is of `id`, `post_id` and `FlickrId`.
    n_times : int, default=30
        Number of days, at least 1, of the curves of a long table; a wide table has as many as it has.

    Returns
    -------
    DataFrame of shape (n_curves, n_times)
        Cumulative counts as float64, NaN where missing; the index `id` holds unique text, the columns are 1…T.

    Raises
    ------
    DataError
        If the file is not such a table, or would take more than half of the memory (or than TSSHAPE_MEMORY_LIMIT); if
        an id is empty, repeated or holds a control character; if a column is not a day, or a day is missing or named
        twice; or if a count is a word, infinite or negative. The message names the file, row and column.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from tsshape import read_curves
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "curves.csv"
    ...     _ = path.write_text("id;day1;day2\n007;1;4\nb;;2.5\n")
    ...     read_curves(path).to_dict("index")
    {'007': {1: 1.0, 2: 4.0}, 'b': {1: nan, 2: 2.5}}
    """
    return curves_of(read_table(path).take_ids(id_column), n_times=n_times)


def curves_of(table: IdTable, *, n_times: int = 30) -> pd.DataFrame:
    """Return the curves of a wide or long table; those of a long one have `n_times` days."""
    return _from_samples(table, n_times) if set(table.cells) == _SAMPLE_COLUMNS else wide_curves(table)


def wide_curves(table: IdTable) -> pd.DataFrame:
    """Return curves from a table whose columns are the days 1…T in any order."""
    table.check_unique()
    days = _days_in_order(table)
    values = np.empty((len(table.cells), len(days)))
    for position, column in enumerate(days):
        values[:, position] = table.numbers(column)
    negative = values < 0
    if negative.any():
        row, day = np.argwhere(negative)[0]
        raise DataError(f"{table.where(days[day])(row)}: {values[row, day]} is negative; counts are at least 0")
    return pd.DataFrame(values, index=table.ids, columns=range(1, len(days) + 1), copy=False)


def _days_in_order(table: IdTable) -> list[str]:
    """Return the columns in the order of their days, which must be exactly 1…T."""
    by_day: dict[int, str] = {}
    for column in table.cells:
        day = day_number(column)
        if day is None:
            raise DataError(
                f"{table.path}: column {quote(column)} is no day; beside the ids a table of curves has only columns"
                " that end in the day's number (day01, day02, …), or exactly posted, time and views"
            )
        if day in by_day:
            raise DataError(f"{table.path}: columns {quote(by_day[day])} and {quote(column)} are both day {day}")
        by_day[day] = column
    if not by_day:
        raise DataError(f"{table.path} has no column of counts beside the ids")
    for position, day in enumerate(sorted(by_day), start=1):
        if day != position:
            raise DataError(
                f"{table.path}: no column is day {position}, though {quote(by_day[day])} is day {day}; "
                "the days must be 1, 2, … without a gap"
            )
    return [by_day[day] for day in sorted(by_day)]


def _from_samples(table: IdTable, n_times: int) -> pd.DataFrame:
    """Return curves on the daily grid from a table of samples."""
    check_fits(table.path, _BYTES_PER_SAMPLE * len(table.cells))
    samples = {name: parse_timestamps(table.cells[name], table.where(name)) for name in ("posted", "time")}
    views = table.numbers("views")
    try:
        return resample(pd.DataFrame({"id": table.ids.to_numpy(), **samples, "views": views}), n_times=n_times)
    except DataError as error:
        raise DataError(f"{table.path}: {error}") from error
