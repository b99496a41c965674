"""Clusters of curves in blocks: their labels as Parquet parts, which the workers write, and a sample of each."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
import dask.array as da
import numpy as np
import pandas as pd
from pyarrow import parquet

from tsshape._blocks import Blocks, draw_rows, rows_by_block
from tsshape._typing import Floats, IntArray
from tsshape.adapters.dask._compute import compute
from tsshape.adapters.dask._shapes import PreparedShapes
from tsshape.data import write_table


@dataclass(frozen=True, eq=False)
class LabelParts:
    """Files of the shapes with the columns `id`, `cluster` and `life`, one for each block.

    `counts` has the number of curves of each cluster in each of them, shape (n_blocks, n_clusters).
    """

    files: tuple[Path, ...]
    counts: IntArray

    @property
    def sizes(self) -> IntArray:
        """Number of curves of each cluster."""
        sizes: IntArray = self.counts.sum(axis=0)
        return sizes

    @property
    def labels(self) -> Any:
        """The labels as a Dask array, read from the files."""
        return da.concatenate(
            [
                da.from_delayed(dask.delayed(_read_labels)(file), (n_curves,), np.int64)
                for file, n_curves in zip(self.files, self.counts.sum(axis=1).tolist(), strict=True)
            ]
        )


def write_labels(
    blocks: Blocks, labels: Any, prepared: PreparedShapes, names: Sequence[str], folder: Path, *, client: Any
) -> LabelParts:
    """Write the cluster of each shape, with its name, to a new folder that the workers see, a part for each block.

    Parts of curves without a view follow, whose clusters and names are missing.
    """
    folder.mkdir()
    n_blocks, n_zero = len(prepared.ids), len(prepared.zero_ids)
    files = [folder / f"part-{number:05d}.parquet" for number in range(n_blocks + n_zero)]
    of_block = [blocks.split(labels, "labels"), prepared.ids, files[:n_blocks]]
    counts = blocks.map(_write_part, list(names), along=of_block)
    if prepared.zero_ids:
        without = zip(prepared.zero_ids, files[n_blocks:], strict=True)
        compute([dask.delayed(_write_zero)(ids, path) for ids, path in without], client)
    # What a worker has left that was killed while it wrote.
    for stray in folder.glob(".*"):
        shutil.rmtree(stray, ignore_errors=True)
    return LabelParts(tuple(files[:n_blocks]), np.array(counts))


def sample_clusters(
    blocks: Blocks, parts: LabelParts, size: int, rng: np.random.RandomState
) -> tuple[pd.DataFrame, IntArray]:
    """Return a sample of each cluster, of `size` curves or all that it has, by id in their order; and its clusters."""
    n_rows = parts.counts.T.tolist()
    by_cluster = [rows_by_block(counts, draw_rows(sum(counts), size, rng)) for counts in n_rows]
    wanted = [list(of_block) for of_block in zip(*by_cluster, strict=True)]
    taken = blocks.map(_take_members, along=[parts.files, wanted])
    ids, labels, curves = (np.concatenate(each) for each in zip(*taken, strict=True))
    return pd.DataFrame(curves, pd.Index(ids, name="id", dtype="str")), labels


# What follows is called with the curves of one block, or a file.


def _write_part(X: Floats, names: list[str], labels: IntArray, ids: Path, path: Path) -> IntArray:
    """Write the labels of a block; return the number of curves of each cluster."""
    del X
    write_table(pd.DataFrame({"cluster": labels, "life": pd.array(names, dtype="str").take(labels)}, _ids(ids)), path)
    counts: IntArray = np.bincount(labels, minlength=len(names))
    return counts


def _write_zero(ids: Path, path: Path) -> None:
    """Write labels of curves that have none."""
    table = pd.DataFrame(index=_ids(ids))
    table["cluster"], table["life"] = pd.array([None] * len(table), "Int64"), pd.array([None] * len(table), "str")
    write_table(table, path)


def _ids(path: Path) -> pd.Index:
    """Return the ids in a file."""
    return pd.Index(parquet.read_table(path, columns=["id"])["id"].to_pandas(), name="id")


def _take_members(X: Floats, path: Path, members: list[IntArray]) -> tuple[Any, IntArray, Floats]:
    """Return ids, labels and curves of some members of each cluster in a block, by ascending row."""
    table = pd.read_parquet(path, columns=["cluster"])
    labels = table["cluster"].to_numpy()
    chosen = [np.flatnonzero(labels == cluster)[some] for cluster, some in enumerate(members) if len(some)]
    rows = np.sort(np.concatenate([np.empty(0, np.int64), *chosen]))
    return table.index.to_numpy(dtype=object)[rows], labels[rows], X[rows]


def _read_labels(path: Path) -> IntArray:
    """Return the labels in a file."""
    labels: IntArray = parquet.read_table(path, columns=["cluster"])["cluster"].to_numpy()
    return labels
