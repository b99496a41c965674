"""Shapes of a table in parts: cleaned on workers, written in blocks, and read as a Dask array."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import dask
import dask.array as da

from tsshape._choices import Decreasing, IncompleteRemoved, Missing
from tsshape._errors import DataError
from tsshape._validation import check_choice
from tsshape.adapters.dask._compute import compute
from tsshape.adapters.dask._part_ids import check_hashed, hash_path
from tsshape.adapters.dask._shape_files import Cleaning, ShapeFiles, find_least_days, load_block, write_shapes
from tsshape.adapters.dask._worker_memory import BLOCK_SHARE, check_parts_fit, worker_memory
from tsshape.data import CleaningReport, HashedPart, LeastDays, Parts, check_left

_SAMPLE_COLUMNS = {"posted", "time", "views"}


@dataclass(frozen=True)
class PreparedShapes:
    """The shapes of a table in parts, in blocks that lie in files.

    Attributes
    ----------
    shapes : dask.array of shape (n_shapes, n_times)
        Curves divided by their maximum, in the order of the parts and their rows; as float32 if all counts of the table
        are, else as float64. Each chunk is read from a `.npy` file.
    ids : tuple of Path
        A Parquet file for each chunk, with the column `id`, in the order of its rows.
    days : tuple of int
        The columns of the curves: 1…n_times.
    report : CleaningReport
        What was cleaned, of all parts together.
    n_curves : int
        Curves after cleaning.
    n_zero : int
        Curves without a view among them, which have no shape.

    Examples
    --------
    >>> import tempfile
    >>> import tsshape
    >>> from tsshape.data import find_parts, write_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     curves = tsshape.simulate_spid(20, random_state=0).curves.rename_axis("id")
    ...     write_table(curves, Path(folder) / "part-00000.parquet")
    ...     prepared = prepare_shapes(find_parts(folder, "curves"), Path(folder) / "blocks")
    >>> prepared.n_curves, prepared.n_zero, prepared.report.summary
    (20, 0, 'nothing to clean in 20 curves of 30 days')
    """

    shapes: Any
    ids: tuple[Path, ...]
    days: tuple[int, ...]
    report: CleaningReport
    n_curves: int
    n_zero: int
    zero_ids: tuple[Path, ...] = ()


def prepare_shapes(
    parts: Parts,
    folder: Path,
    client: Any = None,
    *,
    id_column: str | None = None,
    missing: Missing = "interpolate",
    decreasing: Decreasing = "keep",
    incomplete: IncompleteRemoved = "drop",
    block_rows: int | None = None,
) -> PreparedShapes:
    """Clean the curves of all parts as `clean_curves` cleans the whole table, and write their shapes in blocks.

    A worker reads one part at a time. Results are the same bits for the same parts and size of blocks.

    Parameters
    ----------
    parts : Parts
        What `tsshape.data.find_parts` returns, of curves in the wide form of `tsshape.read_curves`.
    folder : Path
        A folder that all workers can write to, created if it does not exist. It gets the blocks, and what an error
        leaves: the caller removes it, as `tsshape._files.atomic_folder` does.
    client : distributed.Client, optional
        Where it is computed; by default the scheduler in force.
    id_column : str, optional
        The column that holds the ids; by default the first there is of `id`, `post_id` and `FlickrId`.
    missing, decreasing : str
        As `tsshape.clean_curves` takes them.
    incomplete : {"drop", "truncate", "refuse"}
        As `tsshape.clean_curves` takes it; "truncate" reads all parts twice.
    block_rows : int, optional
        Most rows of a block, at least 1; by default so many that a block takes at most 1/32 of the least memory that a
        worker has for each of its threads. A part of more rows becomes several blocks of about equal size.

    Returns
    -------
    PreparedShapes

    Raises
    ------
    DataError
        If a part cannot be read or cleaned, is too large for a worker, or has samples instead of days; if an id is
        repeated, in one part or in two; or if no shape is left. The message names the file, and the row, day or id.
    MemoryError
        If workers die again and again in the same part.

    Examples
    --------
    >>> import tempfile
    >>> import tsshape
    >>> from tsshape.data import find_parts, write_table
    >>> curves = tsshape.simulate_spid(50, random_state=0).curves.rename_axis("id")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for number in range(2):
    ...         write_table(curves[number::2], Path(folder) / f"part-{number:05d}.parquet")
    ...     prepared = prepare_shapes(find_parts(folder, "curves"), Path(folder) / "blocks", block_rows=20)
    ...     prepared.shapes.chunks, float(prepared.shapes.max().compute())
    (((12, 13, 12, 13), (30,)), 1.0)
    """
    check_choice("incomplete", incomplete, get_args(IncompleteRemoved))
    column, dtype = _check_form(parts, id_column)
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    memory, n_times = worker_memory(client), len(parts.columns) - 1
    check_parts_fit(parts, memory)
    hashed = [HashedPart(file.absolute(), hash_path(folder, at)) for at, file in enumerate(parts.filled)]
    if block_rows is None:
        block_rows = max(1, memory // BLOCK_SHARE // (n_times * int(dtype[-2:]) // 8))
    cleaning = Cleaning(missing, decreasing, incomplete)
    if incomplete == "truncate":
        least = compute([dask.delayed(find_least_days)(part.file, column) for part in hashed], client)
        cleaning = cleaning._replace(n_times=_name_errors(parts, LeastDays.of_parts(least).check))
    files = [ShapeFiles(folder, at, block_rows, dtype) for at in range(len(hashed))]
    tasks = [dask.delayed(write_shapes)(part, column, cleaning, to) for part, to in zip(hashed, files, strict=True)]
    written = compute(tasks, client, block_rows=block_rows)
    check_hashed(hashed, sum(parts.n_rows), column, client)
    report = CleaningReport.of_parts([part.report for part in written])
    _name_errors(parts, check_left, report, incomplete, last_day=n_times)
    blocks = [
        (to.shapes(at), to.ids(at), n_shapes)
        for to, part in zip(files, written, strict=True)
        for at, n_shapes in enumerate(part.n_shapes)
        if n_shapes
    ]
    if not blocks:
        raise DataError(f"{parts.folder}: no curve rises above 0: there is no shape")
    chunks = [
        da.from_delayed(dask.delayed(load_block)(path), (n_shapes, report.n_times_out), dtype)
        for path, _, n_shapes in blocks
    ]
    return PreparedShapes(
        da.concatenate(chunks),
        tuple(ids for _, ids, _ in blocks),
        tuple(range(1, report.n_times_out + 1)),
        report,
        report.n_curves_out,
        report.zero_curves,
        tuple(
            to.zero_ids(at)
            for to, part in zip(files, written, strict=True)
            for at, n_zero in enumerate(part.n_zero)
            if n_zero
        ),
    )


def _check_form(parts: Parts, id_column: str | None) -> tuple[str, str]:
    """Return the column of ids and the type of the shapes; DataError if there are no rows, or rows of samples."""
    if not sum(parts.n_rows):
        raise DataError(f"{parts.folder} has no rows")
    column = parts.id_column(id_column)
    if {*parts.columns} - {column} == _SAMPLE_COLUMNS:
        raise DataError(
            f"{parts.files[0]} has a row for each sample, and parts of curves have a column for each day:"
            " `tsshape import SOURCE… --out FOLDER` makes curves of samples"
        )
    if len(parts.columns) == 1:
        raise DataError(f"{parts.files[0]} has ids alone, and no day")
    counts = {kind for name, kind in zip(parts.columns, parts.types, strict=True) if name != column}
    return column, "float32" if counts == {"float"} else "float64"


def _name_errors(parts: Parts, function: Any, *arguments: Any, **options: Any) -> Any:
    """Return what a function returns; its DataError gets the folder in front."""
    try:
        return function(*arguments, **options)
    except DataError as error:
        raise DataError(f"{parts.folder}: {error}") from error
