"""The memory of workers, by which blocks are sized."""

from typing import Any

from tsshape._errors import DataError
from tsshape._memory import memory_limit, spell_bytes
from tsshape.adapters.dask._compute import client_in_force
from tsshape.data import Parts, table_size

# The share of a worker's memory that a block of curves may take: algorithms hold some such arrays, and results.
BLOCK_SHARE = 32
# The share that reading one part may take.
PART_SHARE = 2


def worker_memory(client: Any = None) -> int:
    """Return the least memory of a worker for each of its threads, in bytes; without workers, that of a table."""
    client = client or client_in_force()
    workers = [] if client is None else client.scheduler_info(n_workers=-1)["workers"].values()
    limits = [worker["memory_limit"] // worker["nthreads"] for worker in workers if worker["memory_limit"]]
    return min(limits, default=memory_limit())


def check_parts_fit(parts: Parts, memory: int) -> None:
    """Refuse parts that a worker cannot read within half of its memory."""
    for file, n_rows in zip(parts.files, parts.n_rows, strict=True):
        size = table_size(n_rows, len(parts.columns))
        if size > memory // PART_SHARE:
            raise DataError(
                f"{file} has {n_rows:,} rows, which take about {spell_bytes(size)} of memory while they are read, more"
                f" than half of the {spell_bytes(memory)} of a worker: write smaller parts, or give workers more memory"
            )
