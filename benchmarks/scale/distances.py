"""A matrix of distances that is larger than the memory, written in blocks."""

import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import curves
import dask
import dask.array as da
import numpy as np
from clusterings import METRICS
from memory import Memory

from tsshape.adapters.dask import open_scheduler
from tsshape.metrics import pairwise

N_WORKERS, WORKER_MEMORY = 2, "1GiB"
# Of each of the two arrays; a block of the matrix is BLOCK x BLOCK, 64 MB in single precision.
BLOCK = 4_000
# It is no dependency of the project.
HAS_ZARR = find_spec("zarr") is not None


def written(folder: Path, metric: str, n_curves: int) -> dict[str, Any]:
    """Write the distances of all pairs, and compare the last rows with those computed in memory."""
    parameters, some = METRICS[metric], curves.read_all(folder, n_curves)
    X = curves.read_blocks(folder, n_curves).rechunk((BLOCK, -1))
    with tempfile.TemporaryDirectory(dir=folder) as made:
        matrix = Path(made) / "distances"
        with open_scheduler("local", n_workers=N_WORKERS, memory_limit=WORKER_MEMORY), Memory() as memory:
            pairwise(X[:100].rechunk((50, -1)), metric=metric, **parameters).compute()
            start = time.perf_counter()
            _write(pairwise(X, metric=metric, **parameters), matrix)
            seconds = time.perf_counter() - start
        found = _read_rows(matrix, 10)
        size = sum(path.stat().st_size for path in matrix.rglob("*") if path.is_file())
    expected = pairwise(some[-len(found) :], some, metric=metric, **parameters)
    return {
        "seconds": seconds, "memory": memory.total, "one": memory.one, "size": size, "dtype": str(found.dtype),
        "difference": float(np.abs(found - expected).max()), "form": "Zarr" if HAS_ZARR else ".npy",
    }  # fmt: skip


def _write(distances: da.Array, folder: Path) -> None:
    """Write a file for each block."""
    if HAS_ZARR:
        da.to_zarr(distances, str(folder))
        return
    folder.mkdir()
    blocks = distances.to_delayed()
    save = dask.delayed(np.save)
    dask.compute([save(str(folder / f"{i}-{j}.npy"), blocks[i, j]) for i, j in np.ndindex(blocks.shape)])


def _read_rows(folder: Path, n_rows: int) -> np.ndarray:
    """Return the last rows of the matrix from the files."""
    if HAS_ZARR:
        rows: np.ndarray = da.from_zarr(str(folder))[-n_rows:].compute()
        return rows
    files = {tuple(map(int, path.stem.split("-"))): path for path in folder.iterdir()}
    last = max(files)[0]
    blocks = [np.load(files[last, j], mmap_mode="r")[-n_rows:] for j in range(last + 1)]
    return np.concatenate(blocks, axis=1)
