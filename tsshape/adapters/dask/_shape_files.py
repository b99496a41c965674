"""What workers do for shapes in blocks: read a part, clean it, and write the shapes."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tsshape._choices import Decreasing, Incomplete, Missing
from tsshape._errors import DataError
from tsshape._files import atomic_path
from tsshape._typing import Floats
from tsshape.curves import split_scale_shape
from tsshape.data import (
    CleaningReport,
    HashedPart,
    LeastDays,
    clean_part,
    least_days,
    read_curves,
    write_hashes,
    write_table,
)

# Curves are cleaned some at a time, since cleaning takes a hundred bytes of memory for each cell.
_CELLS_AT_ONCE = 2**19


class Cleaning(NamedTuple):
    """What becomes of missing cells, decreases, and curves that end early; and the days to which all are cut."""

    missing: Missing
    decreasing: Decreasing
    incomplete: Incomplete
    n_times: int | None = None


class ShapeFiles(NamedTuple):
    """The names of the files of one part, of which `block` is the number, and how its shapes are written."""

    folder: Path
    number: int
    block_rows: int
    dtype: str

    def shapes(self, block: int) -> Path:
        """Return the file of the shapes of a block."""
        return self.folder / f"shapes-{self.number:05d}-{block:04d}.npy"

    def ids(self, block: int) -> Path:
        """Return the file of the ids of a block."""
        return self.folder / f"ids-{self.number:05d}-{block:04d}.parquet"

    def zero_ids(self, block: int) -> Path:
        """Return the file of the ids of a block's curves without a view."""
        return self.folder / f"zero-ids-{self.number:05d}-{block:04d}.parquet"


class WrittenPart(NamedTuple):
    """The report of cleaning a part, and in each of its blocks the number of shapes and of curves without a view.

    Where there is none, there is no file.
    """

    report: CleaningReport
    n_shapes: list[int]
    n_zero: list[int]


def find_least_days(file: Path, id_column: str) -> LeastDays:
    """Return how many days every curve of a part has."""
    return least_days(read_curves(file, id_column=id_column))


def write_shapes(part: HashedPart, id_column: str, cleaning: Cleaning, files: ShapeFiles) -> WrittenPart:
    """Write the shapes and ids of a part in blocks, and the hashes of all of its ids."""
    curves = read_curves(part.file, id_column=id_column)
    write_hashes(curves.index, part.hashes)
    n_blocks = -(-len(curves) // files.block_rows)
    ends = np.linspace(0, len(curves), n_blocks + 1).astype(np.int64)
    reports, n_shapes, n_zero = [], [], []
    for block, (start, stop) in enumerate(pairwise(ends)):
        shapes: list[Floats] = []
        ids: list[pd.Index] = []
        zero_ids: list[pd.Index] = []
        for cleaned, report in clean_some(part.file, curves, range(start, stop), cleaning):
            is_viewed = cleaned.max(axis=1) > 0
            viewed = cleaned[is_viewed]
            if len(viewed):
                shapes.append(split_scale_shape(viewed)[1].to_numpy(files.dtype))
                ids.append(viewed.index)
            zero_ids.append(cleaned.index[~is_viewed])
            reports.append(report)
        n_shapes.append(sum(map(len, ids)))
        n_zero.append(sum(map(len, zero_ids)))
        if shapes:
            with atomic_path(files.shapes(block)) as temporary, temporary.open("wb") as file:
                np.save(file, np.concatenate(shapes))
            _write_ids(ids, files.ids(block))
        if n_zero[-1]:
            _write_ids(zero_ids, files.zero_ids(block))
    return WrittenPart(CleaningReport.of_parts(reports), n_shapes, n_zero)


def _write_ids(ids: list[pd.Index], path: Path) -> None:
    """Write ids as a table with the column `id` alone."""
    write_table(pd.DataFrame(index=ids[0].append(ids[1:]).rename("id")), path)


def clean_some(
    file: Path, curves: pd.DataFrame, rows: range, cleaning: Cleaning
) -> Iterator[tuple[pd.DataFrame, CleaningReport]]:
    """Give some rows of the curves of a part after cleaning, with its report, as many as are cleaned at once."""
    options: dict[str, Any] = cleaning._asdict()
    for some in np.array_split(rows, max(1, -(-len(rows) * curves.shape[1] // _CELLS_AT_ONCE))):
        try:
            yield clean_part(curves.iloc[some[0] : some[-1] + 1], **options)
        except DataError:
            try:
                # All at once, so that the error counts all such curves of the part.
                clean_part(curves, **options)
            except DataError as error:
                raise DataError(f"{file}: {error}") from error
            raise


def load_block(path: Path) -> Floats:
    """Return the shapes of a block."""
    shapes: Floats = np.load(path, allow_pickle=False)
    return shapes
