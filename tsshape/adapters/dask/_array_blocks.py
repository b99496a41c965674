"""A Dask array of curves as blocks of rows."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import dask
import dask.array as da
import numpy as np

from tsshape._blocks import Kept
from tsshape._errors import DataError
from tsshape._typing import Floats, IntArray
from tsshape._validation import choose_dtype
from tsshape.adapters.dask._compute import compute, persist

# Results that are added at once: with more, a sum would wait for many blocks; with fewer, there would be more tasks.
FAN_IN = 8


class DaskBlocks:
    """A Dask array of curves, bound to a client: what `pairwise`, `nearest` and the estimators take like the array.

    Parameters
    ----------
    X : dask.array of shape (n_curves, n_times) or (n_curves, n_channels, n_times)
        Real numbers in chunks of rows of known sizes; chunks along other axes are joined. Where a metric takes curves
        of unequal lengths, NaN stands behind the end of a curve.
    client : distributed.Client, optional
        Where it is computed; by default the scheduler in force.

    Raises
    ------
    DataError
        If the sizes of the chunks are unknown, or a dimension is missing or empty.

    Examples
    --------
    >>> import dask.array as da, numpy as np
    >>> blocks = DaskBlocks(da.from_array(np.arange(8.0).reshape(4, 2), chunks=(3, 2)))
    >>> blocks.n_rows, blocks.take(np.array([0, 3])).tolist()
    ((3, 1), [[0.0, 1.0], [6.0, 7.0]])
    """

    def __init__(self, X: Any, client: Any = None) -> None:
        if X.ndim not in {2, 3}:
            raise DataError(f"X must have 2 dimensions (curves, days), or 3 with channels; got {X.ndim}")
        if np.isnan(X.shape).any():
            raise DataError("the sizes of the chunks of X are unknown: call X.compute_chunk_sizes() first")
        if 0 in X.shape:
            raise DataError(f"X must have at least one curve and one day; got shape {X.shape}")
        if X.dtype.kind not in "fiub":
            raise DataError(f"X must hold real numbers only; got dtype {X.dtype}")
        whole_rows = X.rechunk(dict.fromkeys(range(1, X.ndim), -1))
        self._array = whole_rows.astype(choose_dtype(X.dtype)) if X.dtype.kind != "f" else whole_rows
        self._client = client
        self.shape: tuple[int, ...] = tuple(map(int, X.shape))
        self.dtype = choose_dtype(X.dtype)
        self.n_rows: tuple[int, ...] = tuple(map(int, whole_rows.chunks[0]))
        self._blocks: list[Any] = list(self._array.to_delayed().ravel())

    def map(self, function: Callable[..., Any], *common: Any, along: Sequence[Kept] = ()) -> list[Any]:
        """Return `function(block, *common, *of_block)` of each block, in their order, in memory."""
        return self._compute(self._tasks(function, common, along))

    def sum(
        self, function: Callable[..., tuple[Any, ...]], *common: Any, along: Sequence[Kept] = ()
    ) -> tuple[Any, ...]:
        """Return the sums over the blocks of what the function returns, added in an order that never changes."""
        level = sums = _add_some(self._tasks(function, common, along))
        while len(level) > 1:
            level = _add_some(level)
        total: tuple[Any, ...] = self._compute(level, watched=sums)[0]
        return total

    def keep(self, function: Callable[..., Any], *common: Any, along: Sequence[Kept] = ()) -> Kept:
        """Compute the function of each block and leave the results where they are."""
        return persist(self._tasks(function, common, along), self._client)

    def lazy(self, function: Callable[..., Any], *common: Any, dtype: Any, columns: tuple[int, ...] = ()) -> Any:
        """Return a Dask array of shape (n_curves, *columns) whose blocks the function returns."""
        axes = list(range(1, self._array.ndim))
        return self._array.map_blocks(
            partial(call, function=function, common=common, dtype=self.dtype),
            dtype=dtype,
            drop_axis=axes,
            new_axis=list(range(1, 1 + len(columns))),
            chunks=(self.n_rows, *columns),
            meta=np.empty((0,) * (1 + len(columns)), dtype),
        )

    def take(self, rows: IntArray) -> Floats:
        """Return some curves, by ascending row, in memory."""
        ends = np.cumsum(self.n_rows)
        starts = ends - self.n_rows
        cuts = np.searchsorted(rows, [*starts, ends[-1]])
        chosen = [rows[cuts[at] : cuts[at + 1]] - starts[at] for at in range(len(starts))]
        wanted = [at for at, some in enumerate(chosen) if len(some)]
        tasks = [
            dask.delayed(call)(self._blocks[at], function=_rows, common=(chosen[at],), dtype=self.dtype)
            for at in wanted
        ]
        taken: Floats = np.concatenate(self._compute(tasks))
        return taken

    def split(self, values: Any, name: str) -> Kept:
        """Return a one-dimensional array as long as the curves by block, delayed."""
        if values.shape != self.shape[:1]:
            raise DataError(f"{name} must have shape {self.shape[:1]}, one for each curve; got {values.shape}")
        whole = values if isinstance(values, da.Array) else da.from_array(np.asarray(values), chunks=(self.n_rows,))
        return list(whole.rechunk((self.n_rows,)).to_delayed())

    def _compute(self, tasks: list[Any], watched: Sequence[Any] = ()) -> list[Any]:
        """Return the results of tasks, of which each takes a block."""
        return compute(tasks, self._client, block_rows=max(self.n_rows), watched=watched)

    def _tasks(self, function: Callable[..., Any], common: tuple[Any, ...], along: Sequence[Kept]) -> list[Any]:
        """Return the call of each block, delayed."""
        # Wrapped once, so that arrays that all blocks share are sent once.
        shared = dask.delayed(common, pure=False, traverse=False)
        return [
            dask.delayed(call)(block, *of_block, function=function, common=shared, dtype=self.dtype)
            for block, *of_block in zip(self._blocks, *along, strict=True)
        ]


def call(block: Any, *of_block: Any, function: Callable[..., Any], common: tuple[Any, ...], dtype: Any) -> Any:
    """Return what a function returns of one block, as an array in C order."""
    return function(np.ascontiguousarray(block, dtype), *common, *of_block)


def _add_some(tasks: list[Any]) -> list[Any]:
    """Return the sums of some neighbouring tasks each, delayed."""
    return [dask.delayed(add)(tasks[at : at + FAN_IN]) for at in range(0, len(tasks), FAN_IN)]


def add(parts: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Return the sums of the items of several tuples, added from the first on."""
    total = parts[0]
    for part in parts[1:]:
        total = tuple(left + right for left, right in zip(total, part, strict=True))
    return total


def _rows(block: Floats, rows: IntArray) -> Floats:
    """Return some rows of a block."""
    return block[rows]
