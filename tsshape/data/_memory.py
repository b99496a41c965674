"""The memory that a table may take, known before it is taken."""

from pathlib import Path

from tsshape._errors import DataError
from tsshape._memory import VARIABLE, memory_limit, spell_bytes

# Memory that a column takes at most, however short it is. Measured: 5,000, and 3,000 while it is text of Python's.
BYTES_A_COLUMN = 8_000


def check_fits(path: Path, size: int) -> None:
    """Refuse a table that would take more bytes than `memory_limit` allows."""
    limit = memory_limit()
    if size > limit:
        raise DataError(
            f"{path} would take about {spell_bytes(size)} of memory, more than the limit of {spell_bytes(limit)}: "
            f"split the table, or raise {VARIABLE}"
        )
