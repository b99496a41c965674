"""Tables in partitions of rows, of which no process needs to hold all: the seam between estimators and a scheduler."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from tsshape._entry_points import PARTITIONS, find_entry_point, offered_names
from tsshape._typing import IntArray


class Partitions(Protocol):
    """A table in partitions of rows.

    Functions are called as `function(partition, *common, **of_partition)`: `partition` is a pandas table with the rows
    of one partition, `common` is the same for all, and `along` has for each name a further table or column in the same
    partitions. They must be importable by name, so that other processes can run them.
    """

    # The table without rows, in memory: its columns and their types.
    empty: Any

    def lazy(self, function: Callable[..., Any], *common: Any, along: Mapping[str, Any]) -> Any:
        """Return the tables that a function returns, or tuples or dicts of them, as tables in the same partitions.

        The function is called once without rows, at once, to learn their types; the rest when they are asked for.
        """

    def count(self) -> list[int]:
        """Return the number of rows of each partition."""

    def take(self, rows: IntArray, n_rows: list[int]) -> Any:
        """Return some rows, by ascending position, in memory; `n_rows` is what `count` returned."""


def is_in_partitions(table: Any) -> bool:
    """Whether a table is in partitions: one of a library that an entry point of this project is named after."""
    library = type(table).__module__.partition(".")[0]
    known = library in {"builtins", "numpy", "pandas", "scipy", "tsshape"}
    return not known and hasattr(table, "divisions") and library in offered_names(PARTITIONS)


def as_partitions(table: Any) -> Partitions:
    """Return a table, for which `is_in_partitions` is true, as partitions."""
    find: Any = find_entry_point(PARTITIONS, type(table).__module__.partition(".")[0]).load()
    found: Partitions = find(table)
    return found
