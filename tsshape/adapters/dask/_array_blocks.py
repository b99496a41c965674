"""A Dask array of curves as blocks of rows."""

from collections.abc import Callable, Sequence
from typing import Any

import dask
import dask.array as da
import numpy as np

from tsshape._blocks import Kept, rows_by_block
from tsshape._errors import DataError
from tsshape._typing import Floats, IntArray
from tsshape._validation import choose_dtype
from tsshape.adapters.dask._compute import as_current, compute, persist

# Results that are added at once: with more, a sum would wait for many blocks; with fewer, there would be more tasks.
FAN_IN = 8


class DaskBlocks:
    """A Dask array of curves, bound to a client: what `pairwise`, `nearest` and the estimators take like the array.

    Parameters
    ----------
    X : dask.array of shape (n_curves, n_times) or (n_curves, n_channels, n_times), or dask.dataframe
        Real numbers in chunks of rows of known sizes; chunks along other axes are joined. Where a metric takes curves
        of unequal lengths, NaN stands behind the end of a curve. The partitions of a dataframe are counted at once.
    client : distributed.Client, optional
        Where it is computed; by default the scheduler in force.

    Raises
    ------
    DataError
        If the sizes of the chunks are unknown, or a dimension is missing or empty.

    Examples
    --------
    >>> from tsshape.cluster import ShapeKMeans
    >>> blocks = DaskBlocks(da.from_array(np.arange(8.0).reshape(4, 2), chunks=(3, 2)))
    >>> sorted(ShapeKMeans(2, random_state=0).fit(blocks).prototypes_[:, 0].tolist())
    [1.0, 5.0]

    The methods are for algorithms of your own, which call a function with each block:

    >>> blocks.n_rows, blocks.map(len), blocks.sum(lambda block: (block.sum(axis=0), len(block)))
    ((3, 1), [3, 1], (array([12., 16.]), 4))
    >>> sizes = blocks.keep(len)  # stays on the workers
    >>> blocks.map(lambda block, size: float(size * block[0, 0]), along=[sizes])
    [0.0, 6.0]
    >>> blocks.fold(lambda block, total, power: total + (block**power).sum(), 0.0, 2)
    np.float64(140.0)
    >>> blocks.lazy(lambda block: (block[:, 0],), dtypes=[float])[0].compute()
    array([0., 2., 4., 6.])
    >>> blocks.lazy_matrix(lambda block, other: np.subtract.outer(block[:, 0], other[:, 0]), blocks, dtype=float).shape
    (4, 4)
    >>> blocks.take(np.array([0, 3])).tolist(), len(blocks.split(np.ones(4), "weights"))
    ([[0.0, 1.0], [6.0, 7.0]], 2)
    """

    def __init__(self, X: Any, client: Any = None) -> None:
        if hasattr(X, "to_dask_array"):
            with as_current(client):
                X = X.to_dask_array(lengths=True)
        if X.ndim not in {2, 3}:
            raise DataError(f"X must have 2 dimensions (curves, days), or 3 with channels; got {X.ndim}")
        if np.isnan(X.shape).any():
            raise DataError("the sizes of the chunks of X are unknown: call X.compute_chunk_sizes() first")
        if 0 in X.shape:
            raise DataError(f"X must have at least one curve and one day; got shape {X.shape}")
        if X.dtype.kind not in "fiub":
            raise DataError(f"X must hold real numbers only; got dtype {X.dtype}")
        # Chunks without rows, as of a part whose curves were all dropped, are left out.
        whole_rows = X.rechunk({0: tuple(n for n in X.chunks[0] if n), **dict.fromkeys(range(1, X.ndim), -1)})
        self._array = whole_rows.astype(choose_dtype(X.dtype)) if X.dtype.kind != "f" else whole_rows
        self._client = client
        self.shape: tuple[int, ...] = tuple(map(int, X.shape))
        self.dtype = choose_dtype(X.dtype)
        self.n_rows: tuple[int, ...] = tuple(map(int, whole_rows.chunks[0]))
        self._starts: list[int] = np.cumsum([0, *self.n_rows[:-1]]).tolist()
        self._blocks: list[Any] = list(self._array.to_delayed().ravel())

    def map(
        self, function: Callable[..., Any], *common: Any, along: Sequence[Kept] = (), curves: bool = True
    ) -> list[Any]:
        """Return `function(block, *common, *of_block)` of each block, in their order, in memory."""
        return self._compute(self._tasks(function, common, along, curves=curves))

    def sum(
        self, function: Callable[..., tuple[Any, ...]], *common: Any, along: Sequence[Kept] = (), curves: bool = True
    ) -> tuple[Any, ...]:
        """Return the sums over the blocks of what the function returns, added in an order that never changes."""
        level = sums = _add_some(self._tasks(function, common, along, curves=curves))
        while len(level) > 1:
            level = _add_some(level)
        total: tuple[Any, ...] = self._compute(level, watched=sums)[0]
        return total

    def fold(self, function: Callable[..., Any], state: Any, *common: Any, along: Sequence[Kept] = ()) -> Any:
        """Return `function(block, state, *common, *of_block)` of the last block, each after the one before."""
        shared, folded = dask.delayed(common, pure=False, traverse=False), state
        for at, of_block in enumerate(self._by_block(along)):
            folded = self._task(at, of_block, function=function, common=dask.delayed(_put_first)(folded, shared))
        return self._compute([folded])[0]

    def keep(self, function: Callable[..., Any], *common: Any, along: Sequence[Kept] = (), curves: bool = True) -> Kept:
        """Compute the function of each block and leave the results where they are."""
        return persist(self._tasks(function, common, along, curves=curves), self._client)

    def lazy(
        self,
        function: Callable[..., tuple[Any, ...]],
        *common: Any,
        dtypes: Sequence[Any],
        columns: tuple[int, ...] = (),
    ) -> tuple[Any, ...]:
        """Return Dask arrays ``(n_curves, *columns)``, whose blocks are the items that the function returns."""
        tasks = self._tasks(function, common)
        return tuple(
            da.concatenate(
                [
                    da.from_delayed(task[item], (n_rows, *columns), dtype)
                    for task, n_rows in zip(tasks, self.n_rows, strict=True)
                ]
            )
            for item, dtype in enumerate(dtypes)
        )

    def lazy_matrix(self, function: Callable[..., Floats], other: "DaskBlocks | None", *common: Any, dtype: Any) -> Any:
        """Return the Dask array of `function(block, other_block, *common)`, shape (n_curves, n_others).

        Without `other` it is symmetric: one half is computed, and None stands for a block that is compared with itself.
        """
        shared, columns = dask.delayed(common, pure=False, traverse=False), other or self

        def block(row: int, column: int) -> Any:
            if other is None and row > column:
                return rows[column][row].T
            against = None if other is None and row == column else columns._blocks[column]  # noqa: SLF001 - its own kind
            task = dask.delayed(call_pair)(
                self._blocks[row], against, (self._starts[row], columns._starts[column]),  # noqa: SLF001
                function=function, common=shared, dtype=dtype,
            )  # fmt: skip
            return da.from_delayed(task, (self.n_rows[row], columns.n_rows[column]), dtype)

        rows: list[list[Any]] = []
        for row in range(len(self.n_rows)):
            rows.append([])
            for column in range(len(columns.n_rows)):
                rows[row].append(block(row, column))
        return da.block(rows)

    def take(self, rows: IntArray) -> Floats:
        """Return some curves, by ascending row, in memory."""
        chosen = rows_by_block(self.n_rows, rows)
        wanted = [at for at, some in enumerate(chosen) if len(some)]
        tasks = [self._task(at, (), function=_rows, common=(chosen[at],)) for at in wanted]
        taken: Floats = np.concatenate(self._compute(tasks))
        return taken

    def split(self, values: Any, name: str) -> Kept:
        """Return a one-dimensional array as long as the curves by block, delayed."""
        values = values if hasattr(values, "shape") else np.asarray(values)
        if values.shape != self.shape[:1]:
            raise DataError(f"{name} must have shape {self.shape[:1]}, one for each curve; got {values.shape}")
        whole = values if isinstance(values, da.Array) else da.from_array(np.asarray(values), chunks=(self.n_rows,))
        return list(whole.rechunk((self.n_rows,)).to_delayed())

    def _compute(self, tasks: list[Any], watched: Sequence[Any] = ()) -> list[Any]:
        """Return the results of tasks, of which each takes a block."""
        return compute(tasks, self._client, block_rows=max(self.n_rows), watched=watched)

    def _tasks(
        self, function: Callable[..., Any], common: tuple[Any, ...], along: Sequence[Kept] = (), *, curves: bool = True
    ) -> list[Any]:
        """Return the call of each block, delayed."""
        # Wrapped once, so that arrays that all blocks share are sent once.
        shared = dask.delayed(common, pure=False, traverse=False)
        return [
            self._task(at, of_block, function=function, common=shared, curves=curves)
            for at, of_block in enumerate(self._by_block(along))
        ]

    def _by_block(self, along: Sequence[Kept]) -> list[tuple[Any, ...]]:
        """Return the further arguments of each block."""
        return list(zip(*along, strict=True)) or [()] * len(self._blocks)

    def _task(
        self, at: int, of_block: tuple[Any, ...], *, function: Callable[..., Any], common: Any, curves: bool = True
    ) -> Any:
        """Return the call of one block, delayed."""
        block, start = self._blocks[at] if curves else None, self._starts[at]
        return dask.delayed(call)(block, start, *of_block, function=function, common=common, dtype=self.dtype)


def call(
    block: Any, start: int, *of_block: Any, function: Callable[..., Any], common: tuple[Any, ...], dtype: Any
) -> Any:
    """Return what a function returns of one block, as an array in C order; `start` is its first row."""
    if block is None:
        return function(None, *common, *of_block)
    try:
        return function(np.ascontiguousarray(block, dtype), *common, *of_block)
    except DataError as error:
        raise DataError(f"in {_spell_rows(block, start)} of X: {error}") from error


def call_pair(
    first: Any,
    second: Any,
    starts: tuple[int, int],
    *,
    function: Callable[..., Any],
    common: tuple[Any, ...],
    dtype: Any,
) -> Any:
    """Return what a function returns of two blocks; the second may be None."""
    others = None if second is None else np.ascontiguousarray(second, dtype)
    try:
        return function(np.ascontiguousarray(first, dtype), others, *common)
    except DataError as error:
        against = "" if second is None else f" against {_spell_rows(second, starts[1])} of Y"
        raise DataError(f"in {_spell_rows(first, starts[0])} of X{against}: {error}") from error


def _spell_rows(block: Any, start: int) -> str:
    """Name a block by its rows."""
    return f"rows {start:,} to {start + len(block) - 1:,}"


def _put_first(state: Any, common: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return common arguments behind another."""
    return (state, *common)


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
