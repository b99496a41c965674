"""Many files of an export, each imported by a worker, as the parts of one dataset."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import dask

from tsshape._errors import DataError
from tsshape._files import atomic_folder, write_json
from tsshape._typing import PathLike
from tsshape.adapters.dask._compute import compute
from tsshape.adapters.dask._part_ids import check_hashed, hash_path
from tsshape.data import (
    REPORT_FILE,
    TOTALS_FILE,
    HashedPart,
    ImportedPart,
    ImportOptions,
    ImportReport,
    import_part,
    merge_reports,
)

_IDS_FOLDER, _TOTALS_FOLDER = "ids", "totals"


def import_parts(
    sources: Sequence[PathLike], folder: Path, options: ImportOptions, client: Any = None, *,
    block_rows: int | None = None,
) -> ImportReport:  # fmt: skip
    r"""Import many files of one form, each by itself and by any worker, as a dataset in parts.

    Each file is read as `tsshape.read_export` reads it alone. What the first file was understood as decides: one with
    another layout, other columns, other kinds of columns or another number of steps is refused. So all samples of a
    post are in one file, and its features beside them. Where `options.as_of` does not say when the export was made, it
    is the last sample of each file.

    Parameters
    ----------
    sources : sequence of paths
        The files, which all workers can read.
    folder : Path
        A folder that does not exist, or is empty, and that all workers can write to. It gets `curves/part-*.parquet`,
        `features/part-*.parquet`, `channels/NAME/part-*.parquet` and `import.json`, and `totals.csv` if there are posts
        with one count only; all of it or nothing.
    options : ImportOptions
        What the user says about the files.
    client : distributed.Client, optional
        Where it is computed; by default the scheduler in force.
    block_rows : int, optional
        Most posts of a part, at least 1; by default a part has the posts of a file.

    Returns
    -------
    ImportReport
        What was understood of all files together.

    Raises
    ------
    DataError
        As `tsshape.read_export`; and if a file differs from the first one, or a post is in two files.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = [Path(folder) / f"{month}.csv" for month in ("may", "june")]
    ...     for number, path in enumerate(paths):
    ...         _ = path.write_text(f"id,day1,day2\na{number},1,4\nb{number},2,3\n")
    ...     report = import_parts(paths, Path(folder) / "posts", ImportOptions())
    ...     sorted(path.name for path in (Path(folder) / "posts" / "curves").iterdir())
    ['part-00000.parquet', 'part-00001.parquet']
    >>> report.n_posts, report.options["steps"]
    (4, 2)
    """
    paths = [Path(source).absolute() for source in sources]
    if not paths:
        raise DataError("an import takes at least one file")
    with atomic_folder(folder) as temporary:
        inside = temporary.absolute()
        for name in (_IDS_FOLDER, _TOTALS_FOLDER):
            (inside / name).mkdir()
        hashed = [
            HashedPart(inside / _IDS_FOLDER / f"ids-{at:05d}.parquet", hash_path(inside / _IDS_FOLDER, at), str(path))
            for at, path in enumerate(paths)
        ]

        def task(at: int, first: Any) -> Any:
            return dask.delayed(import_part)(
                paths[at], options, f"part-{at:05d}", inside, ids=hashed[at], first=first, block_rows=block_rows
            )

        first: ImportedPart = compute([task(0, None)], client)[0]
        parts = [first, *compute([task(at, first.form) for at in range(1, len(paths))], client)]
        report = replace(merge_reports(parts, options), sources=tuple(map(str, sources)))
        check_hashed(hashed, report.n_posts + report.n_totals, "id", client)
        shutil.rmtree(inside / _IDS_FOLDER)
        _join_totals(inside / _TOTALS_FOLDER, temporary / TOTALS_FILE)
        write_json(temporary / REPORT_FILE, report.to_dict())
    return report


def _join_totals(folder: Path, path: Path) -> None:
    """Write the posts with one count only of all files to one table, if there are some, and remove theirs."""
    header = b""
    for file in sorted(folder.iterdir()):
        with file.open("rb") as lines, path.open("ab") as whole:
            names = next(lines)
            if not header:
                whole.write(names)
                header = names
            whole.writelines(lines)
    shutil.rmtree(folder)
