"""Curves in parts on the disk, and the same as arrays in memory and in blocks."""

from pathlib import Path
from typing import Any

import dask
import dask.array as da
import numpy as np

N_TIMES, N_CLUSTERS, PART_ROWS = 30, 50, 262_144


def write_parts(folder: Path, n_curves: int) -> None:
    """Write the parts that hold so many curves; those that are there already are kept."""
    folder.mkdir(exist_ok=True)
    for number in range(-(-n_curves // PART_ROWS)):
        path = _part(folder, number)
        rows = min(PART_ROWS, n_curves - number * PART_ROWS)
        if path.exists() and len(np.load(path, mmap_mode="r")) >= rows:
            continue
        np.save(path, _make_part(number)[:rows])


def read_blocks(folder: Path, n_curves: int) -> da.Array:
    """Return the first curves of the parts as an array whose chunks are read by those who compute them."""
    sizes = [min(PART_ROWS, n_curves - at) for at in range(0, n_curves, PART_ROWS)]
    read = dask.delayed(_read, pure=True)
    blocks = [
        da.from_delayed(read(str(_part(folder, number)), rows), (rows, N_TIMES), np.float32)
        for number, rows in enumerate(sizes)
    ]
    return da.concatenate(blocks)


def read_all(folder: Path, n_curves: int) -> np.ndarray:
    """Return the same curves in memory."""
    X = np.empty((n_curves, N_TIMES), np.float32)
    for number, at in enumerate(range(0, n_curves, PART_ROWS)):
        rows = min(PART_ROWS, n_curves - at)
        X[at : at + rows] = _read(_part(folder, number), rows)
    return X


def initial_centers(folder: Path) -> np.ndarray:
    """Return the first curves, from which every clustering begins."""
    return _read(_part(folder, 0), N_CLUSTERS)


def _part(folder: Path, number: int) -> Path:
    """Return the file of a part."""
    return folder / f"part-{number:05d}.npy"


def _read(path: Any, rows: int) -> np.ndarray:
    """Return the first rows of a part."""
    return np.load(path)[:rows]


def _make_part(number: int) -> np.ndarray:
    """Return cumulative curves that end at 1, float32: bursts of several speeds, and steady growth."""
    rng = np.random.default_rng(number)
    t = np.linspace(0, 1, N_TIMES, dtype=np.float32)
    start = rng.choice(np.array([0.05, 0.2, 0.5, 0.8], np.float32), (PART_ROWS, 1))
    start += rng.normal(0, 0.05, (PART_ROWS, 1)).astype(np.float32)
    speed = rng.choice(np.array([5, 15, 40], np.float32), (PART_ROWS, 1))
    views = 1 / (1 + np.exp(-speed * (t - start))) + rng.random((PART_ROWS, 1), np.float32) / 2 * t
    noise = np.float32(0.5) + rng.random((PART_ROWS, N_TIMES), np.float32)
    views = np.cumsum(np.diff(views, axis=1, prepend=np.float32(0)) * noise, axis=1)
    return views / views[:, -1:]
