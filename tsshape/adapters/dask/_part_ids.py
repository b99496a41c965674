"""Ids that are unique over all parts, checked on workers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dask

from tsshape.adapters.dask._compute import compute
from tsshape.adapters.dask._worker_memory import worker_memory
from tsshape.data import HashedPart, Parts, check_range, hash_ranges, read_ids, write_hashes

# The share of a worker's memory that the hashes of one range may take.
_SHARE = 16


def check_part_ids(parts: Parts, folder: Path, client: Any = None, *, id_column: str | None = None) -> None:
    """Check that no id of a table in parts is empty or repeated, within a part or in two of them.

    Parameters
    ----------
    parts : Parts
        What `tsshape.data.find_parts` returns.
    folder : Path
        A folder that all workers can write to, for one file of hashes for each part; they are removed.
    client : distributed.Client, optional
        Where it is computed; by default the scheduler in force.
    id_column : str, optional
        The column that holds the ids; by default the first there is of `id`, `post_id` and `FlickrId`.

    Raises
    ------
    DataError
        If there is such an id; both rows are named.

    Examples
    --------
    >>> import tempfile, tsshape
    >>> from tsshape.data import find_parts, write_table
    >>> curves = tsshape.simulate_spid(5, random_state=0).curves.rename_axis("id")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for number in range(2):
    ...         write_table(curves[number::2], Path(folder) / f"part-{number:05d}.parquet")
    ...     check_part_ids(find_parts(folder, "curves"), Path(folder))
    """
    folder.mkdir(parents=True, exist_ok=True)
    column = parts.id_column(id_column) if parts.columns else ""
    hashed = [HashedPart(file.absolute(), hash_path(folder, at)) for at, file in enumerate(parts.filled)]
    compute([dask.delayed(hash_part)(part, column) for part in hashed], client)
    check_hashed(hashed, sum(parts.n_rows), column, client)


def hash_path(folder: Path, number: int) -> Path:
    """Return the file of the hashes of a part."""
    return folder.absolute() / f"hashes-{number:05d}.npy"


def hash_part(part: HashedPart, id_column: str) -> None:
    """Write the hashes of the ids of a part."""
    write_hashes(read_ids(part.file, id_column).ids, part.hashes)


def check_hashed(parts: Sequence[HashedPart], n_ids: int, id_column: str, client: Any = None) -> None:
    """Check that no id stands in two parts whose hashes are written, and remove the hashes."""
    if not parts:
        return
    shared = dask.delayed(list(parts), traverse=False)
    ranges = hash_ranges(n_ids, worker_memory(client) // _SHARE)
    compute([dask.delayed(check_range)(ends, shared, id_column) for ends in ranges], client)
    for part in parts:
        part.hashes.unlink()
