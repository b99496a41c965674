"""A table in parts: a folder of Parquet files, of which nothing is read here but the footers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tsshape._errors import DataError, quote
from tsshape._typing import PathLike
from tsshape.data._parquet import Footer, read_footer
from tsshape.data._reading import ENDINGS, table_files
from tsshape.data._tables import find_id_column

_ENDING = ".parquet"
_STEMS = ("curves", "features")


@dataclass(frozen=True)
class Parts:
    """A folder of Parquet parts of one table, as `find_parts` finds it; nothing of it is read but the footers.

    Attributes
    ----------
    folder : Path
        The folder that the parts lie in.
    files : tuple of Path
        The parts in the order of their names.
    n_rows : tuple of int
        Rows of each part, at least 0.
    columns : tuple of str
        The columns, the same in all parts; empty if there is no part.
    types : tuple of str
        The Arrow type of each column, such as "double"; "mixed" where parts have several of one kind.
    kinds : tuple of str
        What each column holds: "numbers", "text", "categories", "times", or "nothing".

    Examples
    --------
    >>> parts = Parts(Path("curves"), (Path("curves/a.parquet"), Path("curves/b.parquet")), (3, 0), ("id", "day01"))
    >>> [file.name for file in parts.filled], parts.id_column()
    (['a.parquet'], 'id')
    """

    folder: Path
    files: tuple[Path, ...]
    n_rows: tuple[int, ...]
    columns: tuple[str, ...]
    types: tuple[str, ...] = field(default=(), kw_only=True)
    kinds: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def filled(self) -> tuple[Path, ...]:
        """The parts that have rows; the others are no tables for `read_curves` and `read_posts`."""
        return tuple(file for file, n_rows in zip(self.files, self.n_rows, strict=True) if n_rows)

    def id_column(self, name: str | None = None) -> str:
        """Return the column that holds the ids, by default the first there is of `id`, `post_id` and `FlickrId`."""
        return find_id_column(self.folder, self.columns, name)


def find_parts(path: PathLike, stem: str) -> Parts | None:
    """Return the parts of a table that lie in a folder, None if it is no folder of parts.

    Parameters
    ----------
    path : path
        A folder of Parquet files; or the folder of a dataset that has one for each table, such as `curves/*.parquet`
        and `features/*.parquet`. Names that begin with a dot or an underscore are left out.
    stem : str
        The name of the table in the folder of a dataset: "curves" or "features".

    Returns
    -------
    Parts or None

    Raises
    ------
    DataError
        If a part cannot be read, or differs from the first one in its columns or in what they hold (the message names
        the file and column); if the folder has tables of another format or folders of partitions beside the parts; or
        if a dataset has the table as a file and in parts.

    Examples
    --------
    >>> import tempfile
    >>> import tsshape
    >>> from tsshape.data import find_parts, write_table
    >>> curves = tsshape.simulate_spid(5, random_state=0).curves
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for number in range(2):
    ...         write_table(curves[number::2].rename_axis("id"), Path(folder) / f"part-{number:05d}.parquet")
    ...     parts = find_parts(folder, "curves")
    >>> parts.n_rows, len(parts.columns), parts.id_column()
    ((3, 2), 31, 'id')
    """
    path = Path(path)
    try:
        folder = parts_folder(path, stem)
        return None if folder is None else _read_footers(folder)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error


def parts_folder(path: Path, stem: str) -> Path | None:
    """Return the folder that the parts of a table lie in, None if it is not in parts."""
    if not path.is_dir():
        return None
    inside, whole = path / stem, table_files(path, stem)
    if inside.is_dir():
        if whole:
            raise DataError(f"{path} must have {stem} once; it has {whole[0].name} and the folder {stem}")
        return inside
    is_dataset = any(table_files(path, name) or (path / name).is_dir() for name in _STEMS)
    return None if is_dataset or not _names(path, _ENDING) else path


def _names(folder: Path, *endings: str) -> list[str]:
    """Return the sorted names of files with an ending."""
    return sorted(
        each.name
        for each in folder.iterdir()
        if each.name.lower().endswith(endings) and not each.name.startswith((".", "_")) and not each.is_dir()
    )


def _read_footers(folder: Path) -> Parts:
    """Return the parts that lie in a folder."""
    for each in sorted(folder.iterdir()):
        if each.is_dir() and "=" in each.name:
            raise DataError(f"{each} is a folder of a partition: put all parts into {folder} itself")
    names = _names(folder, *ENDINGS)
    for name in names:
        if not name.lower().endswith(_ENDING):
            raise DataError(f"{folder / name} is no Parquet file, as parts of a table are")
    files = [folder / name for name in names]
    footers = [read_footer(file) for file in files]
    kinds = _check_alike(files, footers)
    columns = tuple(footers[0].types) if footers else ()
    return Parts(
        folder,
        tuple(files),
        tuple(footer.n_rows for footer in footers),
        columns,
        types=tuple(_type_of(column, footers) for column in columns),
        kinds=tuple(kinds.get(column, "nothing") for column in columns),
    )


def _check_alike(files: Sequence[Path], footers: Sequence[Footer]) -> dict[str, str]:
    """Check that all parts have the same columns in the same order and that they hold the same; return what they hold.

    Columns that are missing in all rows are left out.
    """
    kinds: dict[str, tuple[str, Path]] = {}
    for file, footer in zip(files, footers, strict=True):
        names, first_names = list(footer.kinds), list(footers[0].kinds)
        for column in names + first_names:
            if column not in footer.kinds or column not in first_names:
                has = "has a" if column in names else "lacks"
                raise DataError(f"{file} {has} column {quote(column)}, unlike {files[0]}: parts have the same columns")
        if names != first_names:
            raise DataError(f"{file} has the columns of {files[0]} in another order; write all parts alike")
        for column, kind in footer.kinds.items():
            # A column of nothing is what writers make of one that is missing in all rows.
            if kind != "nothing" and kind != kinds.setdefault(column, (kind, file))[0]:
                known, first = kinds[column]
                raise DataError(f"{file}: column {quote(column)} holds {kind}, but {known} in {first}: write all alike")
    return {column: kind for column, (kind, _) in kinds.items()}


def _type_of(column: str, footers: Sequence[Footer]) -> str:
    """Return the Arrow type of a column, "mixed" if it has several."""
    found = {str(footer.types[column]) for footer in footers}
    return found.pop() if len(found) == 1 else "mixed"
