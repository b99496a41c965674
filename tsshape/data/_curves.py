"""Reading engagement curves from a table of days (wide) or of samples (long)."""

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._memory import check_fits
from tsshape._typing import FloatArray, PathLike
from tsshape.data._cells import match_cells, parse_timestamps, strip_cells
from tsshape.data._days import parse_day
from tsshape.data._reading import read_table
from tsshape.data._resample import resample
from tsshape.data._tables import IdTable

_SAMPLE_COLUMNS = {"posted", "time", "views"}
# Bytes of memory for each sample at most: those of a post with one sample, whose curve is 30 days. Measured.
_BYTES_PER_SAMPLE = 800
# The curves and a copy of them, beyond those 30 days.
_BYTES_PER_CELL = 16
# No platform is so old; a post of so many days was most likely given the time 0, or one in another unit.
_MOST_DAYS = 10_000
# So many counts of three digits behind a dot are no chance.
_LEAST_GROUPED = 5
_WITH_DOT, _GROUPED = r".*\..*", r"[1-9][0-9]{0,2}\.[0-9]{3}"
_IMPORT = "`tsshape import FILE --out FOLDER` reads such tables"


def read_curves(path: PathLike, *, id_column: str | None = None, n_times: int | None = None) -> pd.DataFrame:
    r"""Read cumulative engagement curves from a CSV or Parquet file.

    A wide table has an id column and one column for each day, in any order. The names of these columns are one common
    prefix and the number of the day, 1…T: `day01` or `Day01`, `d1`, `t001`, `1`. A long table has an id column and
    exactly the columns `posted`, `time` and `views`, and one row for each sample; `resample` makes daily curves of it.
    Times are ISO 8601 or unix seconds, in UTC if they have no time zone. Empty cells are missing; among counts, so are
    the words NA, NaN and null. `tsshape import` and `tsshape.read_export` read tables in other forms: with calendar
    dates, months or weeks for columns, with a row for each day, or with other numbers and times.

    Numbers consist of the digits 0 to 9, optionally with a sign, a decimal point and an exponent. They are read
    exactly: 1e5 and -0 are numbers; 1,5, 1 000, 1_000, 0x1F and digits of other scripts are not. Ids are text,
    character by character: 007, 1e5 and NA are ids. Integer ids in Parquet become text.

    Parameters
    ----------
    path : path
        A `.csv`, `.csv.gz` or `.parquet` file. CSV is UTF-8, separated by commas, semicolons or tabs.
    id_column : str, optional
        The column that holds the ids; by default the first there is of `id`, `post_id` and `FlickrId`.
    n_times : int, optional
        Number of days, at least 1, of the curves of a long table; by default as many as its oldest post has. A wide
        table has the days that it has.

    Returns
    -------
    DataFrame of shape (n_curves, n_times)
        Cumulative counts as float64, NaN where missing; the index `id` holds unique text, the columns are 1…T.

    Raises
    ------
    DataError
        If the file is not such a table, or would take more than half of the memory (or than TSSHAPE_MEMORY_LIMIT); if
        an id is empty, repeated or holds a control character; if two ids are the same but for blanks around them or
        their Unicode form; if a column is not a day, or a day is missing or named twice; or if a count is a word,
        infinite or negative. The message names the file, row and column.

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


def curves_of(table: IdTable, *, n_times: int | None = None) -> pd.DataFrame:
    """Return the curves of a table; those of a long one have `n_times` days, or as many as its oldest post has."""
    return _from_samples(table, n_times) if set(table.cells) == _SAMPLE_COLUMNS else wide_curves(table)


def wide_curves(table: IdTable) -> pd.DataFrame:
    """Return curves from a table whose columns are the days 1…T in any order."""
    # First the columns: samples with a further column repeat ids, but that is not what is wrong with them.
    days = _days_in_order(table)
    table.check_unique()
    values = np.empty((len(table.cells), len(days)))
    for position, column in enumerate(days):
        values[:, position] = table.numbers(column)
    negative = values < 0
    if negative.any():
        row, day = np.argwhere(negative)[0]
        raise DataError(f"{table.where(days[day])(row)}: {values[row, day]} is negative; counts are at least 0")
    _refuse_grouped(table, days, values)
    return pd.DataFrame(values, index=table.ids, columns=range(1, len(days) + 1), copy=False)


def _days_in_order(table: IdTable) -> list[str]:
    """Return the columns in the order of their days, which must be exactly 1…T."""
    by_day: dict[int, str] = {}
    first: tuple[str, str] | None = None
    for column in table.cells:
        found = parse_day(column)
        if isinstance(found, str):
            raise DataError(
                f"{table.path}: column {quote(column)} {found}; beside the ids a table of curves has only columns named"
                f" by one prefix and the day's number (day01, day02, …), or exactly posted, time and views; {_IMPORT}"
            )
        first = first or (found.prefix, column)
        if found.prefix != first[0]:
            raise DataError(
                f"{table.path}: columns {quote(first[1])} and {quote(column)} begin with different words, and only one"
                f" count can be read; {_IMPORT}"
            )
        if found.day in by_day:
            both = f"{quote(by_day[found.day])} and {quote(column)}"
            raise DataError(f"{table.path}: columns {both} are both day {found.day}")
        by_day[found.day] = column
    if not by_day:
        raise DataError(f"{table.path} has no column of counts beside the ids")
    for position, day in enumerate(sorted(by_day), start=1):
        if day != position:
            raise DataError(
                f"{table.path}: no column is day {position}, though {quote(by_day[day])} is day {day}; "
                f"the days must be 1, 2, … without a gap; {_IMPORT}"
            )
    return [by_day[day] for day in sorted(by_day)]


def _refuse_grouped(table: IdTable, columns: list[str], values: FloatArray) -> None:
    """Refuse text counts below 1,000 of which all with a dot have three digits behind it: 1.551 may be 1551."""
    if not table.is_text or not _may_be_grouped(values):
        return
    first: tuple[str, int] | None = None
    for column in columns:
        text = strip_cells(table.cells[column])
        grouped = match_cells(text, _GROUPED)
        if (match_cells(text, _WITH_DOT) & ~grouped).any():
            return
        if first is None and grouped.any():
            first = column, int(grouped.argmax())
    if first is not None:
        column, row = first
        raise DataError(
            f"{table.where(column)(row)}: {quote(table.cells[column].iloc[row])} is a fraction, or a thousand and more:"
            " all counts with a dot have three digits behind it; `tsshape import FILE --out FOLDER` with --decimal . or"
            " --thousands . reads them as the one or the other"
        )


def _may_be_grouped(values: FloatArray) -> bool:
    """Whether some counts are fractions, of 1 and more, and none is 1,000 or more."""
    n_fractions = 0
    # A column at a time, which takes little memory.
    for counts in np.atleast_2d(values.T):
        known = counts[~np.isnan(counts)]
        fractions = known[known % 1 > 0]
        if (known >= 1000).any() or (fractions < 1).any():  # noqa: PLR2004
            return False
        n_fractions += len(fractions)
    return n_fractions >= _LEAST_GROUPED


def _from_samples(table: IdTable, n_times: int | None) -> pd.DataFrame:
    """Return curves on the daily grid from a table of samples."""
    check_fits(table.path, _BYTES_PER_SAMPLE * len(table.cells))
    table.check_distinct()
    samples = {name: parse_timestamps(table.cells[name], table.where(name)) for name in ("posted", "time")}
    views = table.numbers("views")
    _refuse_grouped(table, ["views"], views)
    if n_times is None:
        n_times = _days_of_oldest(table, samples["time"] - samples["posted"])
    check_fits(table.path, _BYTES_PER_SAMPLE * len(table.cells) + _BYTES_PER_CELL * table.ids.nunique() * n_times)
    try:
        return resample(pd.DataFrame({"id": table.ids.to_numpy(), **samples, "views": views}), n_times=n_times)
    except DataError as error:
        raise DataError(f"{table.path}: {error}") from error


def _days_of_oldest(table: IdTable, ages: pd.Series) -> int:
    """Return the number of whole days of the oldest post, at least 1."""
    days = ages // pd.Timedelta("1D")
    oldest = days.max()
    if oldest > _MOST_DAYS:
        raise DataError(
            f"{table.where('time')(int(days.argmax()))}: the sample was taken {int(oldest):,} days after the post;"
            f" curves of at most {_MOST_DAYS:,} days are made of samples"
        )
    return int(max(1, oldest)) if pd.notna(oldest) else 1
