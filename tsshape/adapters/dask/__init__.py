"""Curves in blocks on Dask: on the cores of one machine, or on many machines.

`pairwise`, `nearest` and the estimators take `dask.array` themselves, and a forecaster takes `dask.dataframe`; this
package is for naming a scheduler.
"""

from tsshape.adapters.dask._array_blocks import DaskBlocks
from tsshape.adapters.dask._compute import watch_tasks
from tsshape.adapters.dask._frame_partitions import DaskPartitions
from tsshape.adapters.dask._scheduler import open_scheduler

__all__ = ["DaskBlocks", "DaskPartitions", "open_scheduler", "watch_tasks"]
