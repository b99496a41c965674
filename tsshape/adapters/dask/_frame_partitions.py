"""A Dask dataframe as a table in partitions of rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dask
import dask.dataframe as dd
import pandas as pd
from dask.dataframe.dispatch import concat, make_meta

from tsshape._blocks import rows_by_block
from tsshape._errors import DataError
from tsshape._typing import IntArray
from tsshape.adapters.dask._compute import compute
from tsshape.adapters.dask._packed import pack


class DaskPartitions:
    """A Dask dataframe: what a `ScaleShapeForecaster` takes like the dataframe.

    Parameters
    ----------
    table : dask.dataframe.DataFrame or Series
        Its index has the ids; divisions may be unknown.

    Examples
    --------
    >>> import dask.dataframe as dd, numpy as np, pandas as pd
    >>> table = dd.from_pandas(pd.DataFrame({"views": [3, 1, 2]}, index=["a", "b", "c"]), npartitions=2)
    >>> partitions = DaskPartitions(table)
    >>> partitions.count(), partitions.take(np.array([0, 2]), [2, 1])["views"].to_dict()
    ([2, 1], {'a': 3, 'c': 2})
    >>> partitions.lazy(pd.DataFrame.add, 1, along={})["views"].compute().tolist()
    [4, 2, 3]
    """

    def __init__(self, table: Any) -> None:
        self.empty = make_meta(table)
        self._divisions = table.divisions
        self._partitions: list[Any] = table.to_delayed()

    def lazy(self, function: Callable[..., Any], *common: Any, along: Mapping[str, Any]) -> Any:
        """Return the tables of `function(partition, *common, **of_partition)`, with the partitions of this one."""
        others = {name: self._split(table, name) for name, table in along.items()}
        empty = function(self.empty, *common, **{name: make_meta(table) for name, table in along.items()})
        shared = pack((function, common))
        tasks = [
            dask.delayed(_call)(partition, number, shared, **{name: parts[number] for name, parts in others.items()})
            for number, partition in enumerate(self._partitions)
        ]
        return self._tables(tasks, empty)

    def count(self) -> list[int]:
        """Return the number of rows of each partition."""
        return [int(each) for each in compute([dask.delayed(len)(each) for each in self._partitions])]

    def take(self, rows: IntArray, n_rows: list[int]) -> Any:
        """Return some rows, by ascending position, in memory."""
        chosen = rows_by_block(n_rows, rows)
        tasks = [
            # All of a partition is taken as it is.
            partition if len(some) == size else dask.delayed(_rows)(partition, some)
            for partition, some, size in zip(self._partitions, chosen, n_rows, strict=True)
            if len(some)
        ]
        return concat(compute(tasks, block_rows=max(n_rows))) if tasks else self.empty

    def _split(self, table: Any, name: str) -> list[Any]:
        """Return the partitions of a further table; refuse one that cannot have the same rows."""
        if not hasattr(table, "divisions"):
            raise DataError(
                f"{name} must be in the partitions of the features, as a Dask dataframe or series; got "
                f"{type(table).__name__}"
            )
        if table.npartitions != len(self._partitions):
            raise DataError(
                f"{name} has {table.npartitions} partitions, and the features have {len(self._partitions)}: both must "
                "have the same posts in the same partition"
            )
        parts: list[Any] = table.to_delayed()
        return parts

    def _tables(self, tasks: Sequence[Any], empty: Any) -> Any:
        """Return what tasks return, tables of the form of `empty` or several of them, as lazy tables."""
        if isinstance(empty, pd.DataFrame | pd.Series):
            return dd.from_delayed(tasks, meta=empty, divisions=self._divisions, verify_meta=False)
        keys = empty if isinstance(empty, dict) else range(len(empty))
        tables = {key: self._tables([dask.delayed(_item)(task, key) for task in tasks], empty[key]) for key in keys}
        return tables if isinstance(empty, dict) else tuple(tables.values())


def _call(partition: Any, number: int, shared: Any, **of_partition: Any) -> Any:
    """Return what a function returns for a partition; an error names the partition."""
    function, common = shared
    try:
        return function(partition, *common, **of_partition)
    except DataError as error:
        raise DataError(f"partition {number}, counted from 0: {error}") from error


def _rows(partition: Any, rows: IntArray) -> Any:
    """Return some rows of a partition."""
    return partition.iloc[rows]


def _item(results: Any, key: Any) -> Any:
    """Return one of several results."""
    return results[key]
