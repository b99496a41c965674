"""Curves in blocks of rows, of which no process needs to hold all: the seam between algorithms and a scheduler.

Algorithms that pass over the data take `Blocks`. What computes them is found by the library of the array that a caller
gives, as an entry point of this project, so that nothing of Dask is imported unless the array is Dask's.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from tsshape._entry_points import BLOCKS, find_entry_point, offered_names
from tsshape._typing import Floats, IntArray

# One result for each block, which stays where it was computed.
Kept = Sequence[Any]


@runtime_checkable
class Blocks(Protocol):
    """Curves in blocks of rows.

    Functions are called as `function(block, *common, *of_block)`: `block` is an array with the rows of one block,
    `common` is the same for all, and `along` has one more argument for each block, which may be `Kept`. Without
    `curves`, the block is None, and not read. Functions must be importable by name, so that other processes run them.
    Results are the same bits for the same blocks, whatever number of processes there is and however often one dies.
    """

    # Shape of all curves, and the number of rows of each block.
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    n_rows: tuple[int, ...]

    def map(
        self, function: Callable[..., Any], *common: Any, along: Sequence[Kept] = (), curves: bool = True
    ) -> list[Any]:
        """Return the result of each block, in their order; each must be small."""

    def sum(
        self, function: Callable[..., tuple[Any, ...]], *common: Any, along: Sequence[Kept] = (), curves: bool = True
    ) -> tuple[Any, ...]:
        """Return the sums, over the blocks, of each of the arrays or numbers that the function returns.

        They are added as a tree whose form depends on the number of blocks alone.
        """

    def fold(self, function: Callable[..., Any], state: Any, *common: Any, along: Sequence[Kept] = ()) -> Any:
        """Return `function(block, state, *common, *of_block)` of the last block.

        `state` is what the function returned of the block before.
        """

    def keep(self, function: Callable[..., Any], *common: Any, along: Sequence[Kept] = (), curves: bool = True) -> Kept:
        """Compute one result for each block, of any size, and leave it where it was computed."""

    def lazy(
        self,
        function: Callable[..., tuple[Any, ...]],
        *common: Any,
        dtypes: Sequence[Any],
        columns: tuple[int, ...] = (),
    ) -> tuple[Any, ...]:
        """Return arrays of shape (n_curves, *columns), one for each item of what the function returns.

        Their blocks are computed when they are asked for.
        """

    def lazy_matrix(self, function: Callable[..., Floats], other: Any, *common: Any, dtype: Any) -> Any:
        """Return an array of shape (n_curves, n_others) whose blocks `function(block, other_block, *common)` returns.

        Without `other`, blocks are compared with each other, and None stands for the block itself; the array is then
        symmetric, of which one half is computed.
        """

    def take(self, rows: IntArray) -> Floats:
        """Return some curves, by ascending row, in memory."""

    def split(self, values: Any, name: str) -> Kept:
        """Return an array as long as the curves, in memory or not, by block."""


def is_in_blocks(X: Any) -> bool:
    """Whether curves are in blocks: an array of a library that an entry point of this project is named after."""
    library = type(X).__module__.partition(".")[0]
    in_memory = library in {"builtins", "numpy", "pandas"}
    return not in_memory and (isinstance(X, Blocks) or library in offered_names(BLOCKS))


def as_blocks(X: Any) -> Blocks:
    """Return curves, for which `is_in_blocks` is true, as blocks."""
    if isinstance(X, Blocks):
        return X
    find: Any = find_entry_point(BLOCKS, type(X).__module__.partition(".")[0]).load()
    found: Blocks = find(X)
    return found


def rows_by_block(n_rows: Sequence[int], rows: IntArray) -> list[IntArray]:
    """Return ascending rows by block, counted within it.

    Examples
    --------
    >>> [each.tolist() for each in rows_by_block((3, 2), np.array([0, 2, 3]))]
    [[0, 2], [0]]
    """
    ends = np.cumsum(n_rows)
    cuts = np.searchsorted(rows, [0, *ends])
    return [rows[cuts[at] : cuts[at + 1]] - (ends[at] - n_rows[at]) for at in range(len(n_rows))]


def draw_rows(n_curves: int, size: int, rng: np.random.RandomState) -> IntArray:
    """Return the rows of a sample without repetition, ascending; all, if there are no more than `size`.

    They are drawn one from each of `size` equal stretches, so that each block gives its share and no list of all rows
    is needed.
    """
    if n_curves <= size:
        return np.arange(n_curves)
    ends = np.linspace(0, n_curves, size + 1).astype(np.int64)
    rows: IntArray = ends[:-1] + np.floor(rng.random_sample(size) * np.diff(ends)).astype(np.int64)
    return rows
