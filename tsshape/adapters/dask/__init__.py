"""Curves in blocks on Dask: on the cores of one machine, or on many machines.

`pairwise`, `nearest` and the estimators take `dask.array` themselves, and a forecaster takes `dask.dataframe`; this
package is for naming a scheduler, and for tables in parts.
"""

from typing import TYPE_CHECKING

from tsshape._extras import import_late
from tsshape.adapters.dask._array_blocks import DaskBlocks
from tsshape.adapters.dask._compute import watch_tasks
from tsshape.adapters.dask._each import map_each
from tsshape.adapters.dask._frame_partitions import DaskPartitions
from tsshape.adapters.dask._scheduler import open_scheduler

if TYPE_CHECKING:
    from tsshape.adapters.dask._array_files import write_blocks
    from tsshape.adapters.dask._cells import measure_cells
    from tsshape.adapters.dask._import import import_parts
    from tsshape.adapters.dask._part_ids import check_part_ids
    from tsshape.adapters.dask._shapes import PreparedShapes, prepare_shapes
    from tsshape.adapters.dask._tables import read_curves, read_posts
    from tsshape.adapters.dask._worker_memory import check_parts_fit as check_parts_fit  # for the command line
    from tsshape.adapters.dask._worker_memory import worker_memory as worker_memory  # the same; no public names

__all__ = [
    "DaskBlocks",
    "DaskPartitions",
    "PreparedShapes",
    "check_part_ids",
    "import_parts",
    "map_each",
    "measure_cells",
    "open_scheduler",
    "prepare_shapes",
    "read_curves",
    "read_posts",
    "watch_tasks",
    "write_blocks",
]

# The layers of the benchmark, and the reading of files, are not loaded for an array.
__getattr__ = import_late(
    __name__,
    {
        "_array_files": ("write_blocks",),
        "_cells": ("measure_cells",),
        "_import": ("import_parts",),
        "_part_ids": ("check_part_ids",),
        "_shapes": ("PreparedShapes", "prepare_shapes"),
        "_tables": ("read_curves", "read_posts"),
        "_worker_memory": ("check_parts_fit", "worker_memory"),
    },
)
