"""Curves that are in memory, cut into blocks in files that workers read."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import dask
import dask.array as da
import numpy as np

from tsshape._files import atomic_path
from tsshape._typing import Floats
from tsshape.adapters.dask._shape_files import load_block
from tsshape.adapters.dask._worker_memory import BLOCK_SHARE, worker_memory

# A small table has so many blocks, too, that several workers share them.
LEAST_BLOCKS = 16


def write_blocks(curves: Floats, folder: Path, client: Any = None, *, block_rows: int | None = None) -> Any:
    """Write curves in blocks of rows to a folder, and return them as a Dask array that is read from there.

    Parameters
    ----------
    curves : array of shape (n_curves, n_times) or (n_curves, n_channels, n_times)
        The curves.
    folder : Path
        A folder that all workers can read.
    client : distributed.Client, optional
        Where it will be computed; by default the scheduler in force.
    block_rows : int, optional
        Most rows of a block, at least 1; by default so many that there are at least 16 blocks and each takes at most
        1/32 of the least memory that a worker has for each of its threads.

    Returns
    -------
    dask.array of the shape of the curves

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     X = write_blocks(np.arange(10.0).reshape(5, 2), Path(folder), block_rows=3)
    ...     X.chunks, float(X.sum().compute())
    (((2, 3), (2,)), 45.0)
    """
    if block_rows is None:
        fitting = worker_memory(client) // BLOCK_SHARE // curves[0].nbytes
        block_rows = max(1, min(fitting, -(-len(curves) // LEAST_BLOCKS)))
    ends = np.linspace(0, len(curves), -(-len(curves) // block_rows) + 1).astype(np.int64)
    chunks = []
    for number, (start, stop) in enumerate(pairwise(ends.tolist())):
        path = folder.absolute() / f"block-{number:05d}.npy"
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            np.save(file, curves[start:stop])
        chunks.append(da.from_delayed(dask.delayed(load_block)(path), curves[start:stop].shape, curves.dtype))
    return da.concatenate(chunks)
