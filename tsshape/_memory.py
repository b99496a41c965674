"""The memory that one thing may take: a matrix of distances, a table that is read."""

import os
import re
import resource
from pathlib import Path

from tsshape._errors import DataError

VARIABLE = "TSSHAPE_MEMORY_LIMIT"
# Where Linux says what a container may take: a number, or "max".
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")
UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def memory_limit() -> int:
    """Most bytes that one matrix or table may take: half of the memory there is, or what TSSHAPE_MEMORY_LIMIT says.

    The environment variable takes bytes or a number with a unit: `500MB`, `2G`.

    Raises
    ------
    DataError
        If the variable is no size.
    """
    text = os.environ.get(VARIABLE)
    if text is None:
        return _available() // 2
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", text, flags=re.IGNORECASE)
    if found is None:
        raise DataError(f"{VARIABLE} must be a number of bytes, such as 2000000000, 500MB or 2GB; got {text!r}")
    return int(float(found[1]) * UNITS[found[2].upper()])


def _available() -> int:
    """Bytes of memory that this process may take: of the machine, the container or the limit that it runs under."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    address_space, _ = resource.getrlimit(resource.RLIMIT_AS)
    if address_space != resource.RLIM_INFINITY:
        limits.append(address_space)
    if CONTAINER_LIMIT.is_file() and (text := CONTAINER_LIMIT.read_text(encoding="ascii").strip()).isdecimal():
        limits.append(int(text))
    return min(limits)


def check_fits(path: Path, size: int) -> None:
    """Refuse a table that would take more bytes than `memory_limit` allows."""
    limit = memory_limit()
    if size > limit:
        raise DataError(
            f"{path} would take about {spell_bytes(size)} of memory, more than the limit of {spell_bytes(limit)}: "
            f"split the table, or raise {VARIABLE}"
        )


def spell_bytes(size: int) -> str:
    """Bytes in the largest unit that leaves a number of at least 1."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 2**10:
            return f"{size:.4g} {unit}"
        size /= 2**10  # type: ignore[assignment]
    return f"{size:.4g} TiB"
