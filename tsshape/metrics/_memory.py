"""Memory limits of matrices of distances."""

import numpy.typing as npt

from tsshape._errors import DataError
from tsshape._memory import VARIABLE, memory_limit, spell_bytes
from tsshape._validation import choose_dtype


def check_fits(n_rows: int, n_columns: int, dtype: npt.DTypeLike, limit: int | None = None) -> None:
    """Refuse a matrix that is larger than `limit` bytes, by default those of `memory_limit`.

    Raises
    ------
    DataError
        With the size, the limit and what to do.
    """
    size = n_rows * n_columns * choose_dtype(dtype).itemsize
    limit = memory_limit() if limit is None else limit
    if size > limit:
        raise DataError(
            f"the {n_rows:,} x {n_columns:,} matrix of distances takes {spell_bytes(size)}, more than the limit of "
            f"{spell_bytes(limit)}: use nearest(), which needs no matrix, compute blocks with pairwise(X[a:b], X), "
            f"take dtype float32, or raise {VARIABLE}"
        )


def block_rows(n_columns: int, *, target: int = 2**25) -> int:
    """Return the rows of a block of float64 distances that takes about `target` bytes, within the limit."""
    return max(1, min(target, memory_limit()) // (8 * n_columns))
