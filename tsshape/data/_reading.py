"""Reading a CSV or Parquet file strictly: nothing is guessed or repaired."""

from collections.abc import Collection
from pathlib import Path

from tsshape._errors import DataError
from tsshape._files import open_regular
from tsshape._typing import PathLike
from tsshape.data._csv import read_csv
from tsshape.data._parquet import read_parquet
from tsshape.data._tables import Table

ENDINGS = (".csv", ".csv.gz", ".parquet")


def read_table(path: PathLike, columns: Collection[str] | None = None) -> Table:
    """Read a CSV or Parquet file as a table with at least one row and unique column names.

    Of a Parquet file, only those of the `columns` are read that it has.
    """
    path = Path(path)
    with open_regular(path) as file:
        if not path.name.lower().endswith(ENDINGS):
            raise DataError(f"{path}: a table's name must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
        try:
            cells = read_parquet(path, file, columns) if path.suffix.lower() == ".parquet" else read_csv(path, file)
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    if not len(cells):
        raise DataError(f"{path} has column names but no rows")
    return Table(path, cells)


def table_files(folder: Path, stem: str) -> list[Path]:
    """Return the files in the folder that hold a table of this name."""
    return [path for path in (folder / f"{stem}{ending}" for ending in ENDINGS) if path.exists()]
