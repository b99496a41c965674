"""The memory that a matrix of distances may take."""

import os
import re

import numpy.typing as npt

from tsshape._errors import DataError
from tsshape.metrics._input import choose_dtype

VARIABLE = "TSSHAPE_MEMORY_LIMIT"
UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def memory_limit() -> int:
    """Most bytes that one matrix may take: half of the physical memory, or what TSSHAPE_MEMORY_LIMIT says.

    The environment variable takes bytes or a number with a unit: `500MB`, `2G`.
    """
    text = os.environ.get(VARIABLE)
    if text is None:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", text, flags=re.IGNORECASE)
    if found is None:
        raise ValueError(f"{VARIABLE} must be a number of bytes, such as 2000000000, 500MB or 2GB; got {text!r}")
    return int(float(found[1]) * UNITS[found[2].upper()])


def check_fits(n_rows: int, n_columns: int, dtype: npt.DTypeLike, limit: int | None = None) -> None:
    """Refuse a matrix that is larger than `limit` bytes, or than `memory_limit` allows.

    Raises
    ------
    DataError
        Quoting the size, the limit and the remedy.
    """
    size = n_rows * n_columns * choose_dtype(dtype).itemsize
    limit = memory_limit() if limit is None else limit
    if size > limit:
        raise DataError(
            f"the {n_rows:,} x {n_columns:,} matrix of distances takes {_spell(size)}, more than the limit of "
            f"{_spell(limit)}: use nearest(), which needs no matrix, compute blocks of rows with pairwise(X[a:b], X), "
            f"take dtype float32, or raise {VARIABLE}"
        )


def block_rows(n_columns: int, *, target: int = 2**25) -> int:
    """Rows of a block of float64 distances that takes about `target` bytes, within the limit."""
    return max(1, min(target, memory_limit()) // (8 * n_columns))


def _spell(size: int) -> str:
    """Bytes in the largest unit that leaves a number of at least 1."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 2**10:
            return f"{size:.4g} {unit}"
        size /= 2**10  # type: ignore[assignment]
    return f"{size:.4g} TiB"
