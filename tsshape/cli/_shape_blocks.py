"""Shapes in blocks for the verbs that cluster them: of a folder of Parquet parts, or of a table that is read here."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tsshape._errors import DataError
from tsshape.cli._posts import Cleaning, Shapes, warn_of_cleaning
from tsshape.cli._scheduler import check_no_block_rows, on_scheduler, task_progress

if TYPE_CHECKING:
    import numpy as np

    from tsshape._typing import Floats
    from tsshape.adapters.dask import DaskBlocks, PreparedShapes
    from tsshape.data import Parts


class Where(NamedTuple):
    """Where blocks are computed: the address of a scheduler or None, the number of its own workers, rows of a block."""

    scheduler: str | None
    n_workers: int | None
    block_rows: int | None


class Source(NamedTuple):
    """Curves that a user names: their path, the column of ids, how they are cleaned, and where."""

    path: Path
    id_column: str | None
    cleaning: Cleaning
    where: Where


class Workplace(NamedTuple):
    """A client of a scheduler, a folder for blocks that is removed in the end, and most rows of a block."""

    client: Any
    folder: Path
    block_rows: int | None


def find_curve_parts(source: Source, **refused: Any) -> "Parts | None":
    """Return the parts of a folder, None if it has none; refuse options of which they have no use.

    Without a scheduler parts are refused, and so is a size of blocks.
    """
    from tsshape.data import find_parts

    parts = find_parts(source.path, "curves")
    if source.where.scheduler is None:
        check_no_block_rows(source.where.block_rows)
        if parts is not None:
            raise DataError(f"{parts.folder} is a folder of Parquet parts, which takes --scheduler, such as 'local'")
    for name, value in refused.items():
        if parts is not None and value:
            raise DataError(f"--{name.replace('_', '-')} is not for a folder of Parquet parts, as {source.path} is")
    return parts


@contextmanager
def open_workplace(out: Path, where: Where) -> Iterator[Workplace]:
    """Give a client, and a folder for blocks beside what is to be written."""
    from tsshape._files import scratch_folder

    # The scheduler is left first, since its workers may still be writing.
    with scratch_folder(out.absolute()) as folder, on_scheduler(str(where.scheduler), where.n_workers) as client:
        yield Workplace(client, folder, where.block_rows)


def prepare_parts(source: Source, parts: "Parts", at: Workplace) -> "PreparedShapes":
    """Clean the curves of parts and write their shapes in blocks, on the workers; warn of a large loss."""
    from tsshape.adapters.dask import prepare_shapes

    with task_progress("clean", "parts"):
        prepared = prepare_shapes(
            parts, at.folder, at.client,
            id_column=source.id_column, block_rows=at.block_rows, **source.cleaning._asdict(),
        )  # fmt: skip
    warn_of_cleaning(prepared.report, str(parts.folder))
    return prepared


def cut_table(curves: "Floats", at: Workplace) -> "DaskBlocks":
    """Return curves that are in memory here as blocks, in files that the workers read."""
    from tsshape.adapters.dask import DaskBlocks, write_blocks

    return DaskBlocks(write_blocks(curves, at.folder, at.client, block_rows=at.block_rows), at.client)


def sample_parts(
    source: Source, parts: "Parts", at: Workplace, size: int, rng: "np.random.RandomState"
) -> tuple[Shapes, int]:
    """Return a sample of the shapes of parts, which has its share of each block, and the number of all shapes."""
    import pandas as pd

    from tsshape._blocks import draw_rows
    from tsshape.adapters.dask import DaskBlocks

    prepared = prepare_parts(source, parts, at)
    blocks = DaskBlocks(prepared.shapes, at.client)
    with task_progress("sample"):
        taken = blocks.take(draw_rows(blocks.shape[0], size, rng))
    sample, report = pd.DataFrame(taken, columns=prepared.days), prepared.report
    shapes = Shapes(sample, sample, None, str(report).splitlines(), report.summary, parts.folder)
    return shapes, blocks.shape[0]
