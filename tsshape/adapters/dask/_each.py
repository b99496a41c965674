"""A function of each of some things, on workers."""

from collections.abc import Callable, Sequence
from typing import Any

import dask

from tsshape.adapters.dask._compute import compute
from tsshape.adapters.dask._packed import pack


def map_each(
    function: Callable[..., Any], things: Sequence[Any], *common: Any, client: Any = None, block_rows: int | None = None
) -> list[Any]:
    """Return `function(thing, *common)` of each thing, in their order, computed as a task each.

    Parameters
    ----------
    function : callable
        Importable by name; what it returns is small. It may be called twice, if a worker is lost.
    things : sequence
        Small, as the names of files are.
    *common
        What is the same for all, of any size: it is sent once.
    client : distributed.Client, optional
        Where it is computed; by default the scheduler in force.
    block_rows : int, optional
        The rows that a task takes at once, which the message names if the memory of workers is too small.

    Raises
    ------
    MemoryError
        If workers die again and again in the same task.

    Examples
    --------
    >>> map_each(pow, [1, 2, 3], 2)
    [1, 4, 9]
    """
    shared = pack((function, common))
    return compute([dask.delayed(_call)(thing, shared) for thing in things], client, block_rows=block_rows)


def _call(thing: Any, shared: Any) -> Any:
    """Return what a function returns of one thing."""
    function, common = shared
    return function(thing, *common)
