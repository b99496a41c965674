"""Curves in blocks of rows, of which no process needs to hold all: the seam between algorithms and a scheduler.

Algorithms that pass over the data take `Blocks`. What computes them is found by the library of the array that a caller
gives, as an entry point of this project, so that nothing of Dask is imported unless the array is Dask's.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from tsshape._entry_points import BLOCKS, find_entry_point, offered_names
from tsshape._typing import Floats, IntArray

# One result for each block, which stays where it was computed.
Kept = Sequence[Any]


class Blocks(Protocol):
    """Curves in blocks of rows.

    Functions are called as `function(block, *common, *of_block)`: `block` is an array with the rows of one block,
    `common` is the same for all, and `along` has one more argument for each block, which may be `Kept`. They must be
    importable by name, so that other processes can run them. Results are the same bits for the same blocks, whatever
    number of processes there is and however often one of them dies.
    """

    # Shape of all curves, and the number of rows of each block.
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    n_rows: tuple[int, ...]

    def map(self, function: Callable[..., Any], *common: Any, along: Sequence[Kept] = ()) -> list[Any]:
        """Return the result of each block, in their order; each must be small."""

    def sum(
        self, function: Callable[..., tuple[Any, ...]], *common: Any, along: Sequence[Kept] = ()
    ) -> tuple[Any, ...]:
        """Return the sums, over the blocks, of each of the arrays or numbers that the function returns.

        They are added as a tree whose form depends on the number of blocks alone.
        """

    def keep(self, function: Callable[..., Any], *common: Any, along: Sequence[Kept] = ()) -> Kept:
        """Compute one result for each block, of any size, and leave it where it was computed."""

    def lazy(self, function: Callable[..., Any], *common: Any, dtype: Any, columns: tuple[int, ...] = ()) -> Any:
        """Return an array as long as the curves, whose blocks the function returns when they are asked for."""

    def take(self, rows: IntArray) -> Floats:
        """Return some curves, by ascending row, in memory."""

    def split(self, values: Any, name: str) -> Kept:
        """Return an array as long as the curves, in memory or not, by block."""


def is_in_blocks(X: Any) -> bool:
    """Whether curves are in blocks: an array of a library that an entry point of this project is named after."""
    library = type(X).__module__.partition(".")[0]
    return library not in {"builtins", "numpy", "pandas"} and (hasattr(X, "n_rows") or library in offered_names(BLOCKS))


def as_blocks(X: Any) -> Blocks:
    """Return curves, for which `is_in_blocks` is true, as blocks."""
    if hasattr(X, "n_rows"):
        blocks: Blocks = X
        return blocks
    find: Any = find_entry_point(BLOCKS, type(X).__module__.partition(".")[0]).load()
    found: Blocks = find(X)
    return found


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
