"""Writing a table as CSV or Parquet, whole or not at all."""

from pathlib import Path

import pandas as pd
from pandas.api.types import is_string_dtype

from tsshape._files import atomic_path

# A spreadsheet takes a cell for a formula if it begins with one of these.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_table(table: pd.DataFrame, path: Path, *, spreadsheet_safe: bool = False) -> None:
    """Write a table to a CSV or Parquet file, with its index as the first column; Parquet gets page checksums.

    Parameters
    ----------
    table : DataFrame
        The table; its index must have a name.
    path : Path
        The file; it is CSV unless it ends in `.parquet`.
    spreadsheet_safe : bool
        Whether text in a CSV that a spreadsheet would take for a formula gets an apostrophe in front, which changes
        the text.

    Examples
    --------
    >>> import tempfile
    >>> table = pd.DataFrame({"day01": [3.0]}, index=pd.Index(["=a"], name="id"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "forecast.csv"
    ...     write_table(table, path, spreadsheet_safe=True)
    ...     path.read_text().split()
    ['id,day01', "'=a,3.0"]
    """
    with atomic_path(path) as temporary:
        if path.suffix.lower() == ".parquet":
            table.to_parquet(temporary, engine="pyarrow", write_page_checksum=True)
        else:
            (_without_formulas(table) if spreadsheet_safe else table).to_csv(temporary, lineterminator="\n")


def _without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before each text, id and column name that begins like a formula."""
    flat = table.reset_index()
    for name in flat.columns[[is_string_dtype(dtype) for dtype in flat.dtypes]]:
        flat[name] = flat[name].map(_inert, na_action="ignore")
    flat.columns = flat.columns.map(_inert)
    return flat.set_index(flat.columns[0])


def _inert(text: object) -> object:
    """Return a text as one that no spreadsheet takes for a formula; return anything else unchanged."""
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text
