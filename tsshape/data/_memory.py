"""The memory that a table may take, known before it is taken."""

from pathlib import Path

from tsshape._errors import DataError
from tsshape._memory import VARIABLE, memory_limit, spell_bytes


def check_fits(path: Path, size: int) -> None:
    """Refuse a table of more bytes than `memory_limit` allows, quoting its size, the limit and the remedy."""
    limit = memory_limit()
    if size > limit:
        raise DataError(
            f"{path} would take about {spell_bytes(size)} of memory, more than the limit of {spell_bytes(limit)}: "
            f"split the table, or raise {VARIABLE}"
        )
