"""How much memory a matrix of distances or a table may take."""

import os
import re
import sys
from pathlib import Path

from tsshape._errors import DataError

if sys.platform == "win32":
    import ctypes
else:
    import resource

VARIABLE = "TSSHAPE_MEMORY_LIMIT"
# Where Linux says what a container may take: a number, or "max".
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")
UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def memory_limit() -> int:
    """Return the most bytes that one matrix or table may take: half of the memory there is, or TSSHAPE_MEMORY_LIMIT.

    The environment variable is a number of bytes, or a number with a unit: `500MB`, `2G`.

    Raises
    ------
    DataError
        If the variable is not a size.
    """
    text = os.environ.get(VARIABLE)
    if text is None:
        return _available() // 2
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", text, flags=re.IGNORECASE)
    if found is None:
        raise DataError(f"{VARIABLE} must be a number of bytes, such as 2000000000, 500MB or 2GB; got {text!r}")
    return int(float(found[1]) * UNITS[found[2].upper()])


def _available() -> int:
    """Return the bytes of memory of the machine, or of the container or the process's limit where one is smaller."""
    if sys.platform == "win32":
        # The structure MEMORYSTATUSEX: its own size, then bytes of physical memory.
        status = (ctypes.c_uint64 * 8)(64)
        if not ctypes.windll.kernel32.GlobalMemoryStatusEx(status):
            raise ctypes.WinError()
        limits = [status[1]]
    else:
        limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
        address_space, _ = resource.getrlimit(resource.RLIMIT_AS)
        if address_space != resource.RLIM_INFINITY:
            limits.append(address_space)
    if CONTAINER_LIMIT.is_file() and (text := CONTAINER_LIMIT.read_text(encoding="ascii").strip()).isdecimal():
        limits.append(int(text))
    return min(limits)


def check_fits(path: Path, size: int) -> None:
    """Refuse a file whose table would take more bytes than `memory_limit` allows."""
    limit = memory_limit()
    if size > limit:
        raise DataError(
            f"{path} would take about {spell_bytes(size)} of memory, more than the limit of {spell_bytes(limit)}: "
            f"split the table, or raise {VARIABLE}"
        )


def spell_bytes(size: int) -> str:
    """Return a number of bytes as text, in the largest unit of which there is at least 1."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 2**10:
            return f"{size:.4g} {unit}"
        size /= 2**10  # type: ignore[assignment]
    return f"{size:.4g} TiB"
