"""Text of kernels that hold a tile, rows of one array by vectors of another, in registers.

The text of such a kernel is plain Python but for loops over names in capitals, such as `for r in ROWS:`. These are
written out: their body is repeated for each value, with `{r}` replaced by it, so that `total{r}_{v}` is a variable of
its own for each row and vector, which the compiler keeps in a register.
"""

import re
from collections.abc import Iterator, Mapping

from tsshape._kernels import _host

UNROLLED = re.compile(r"( *)for (\w+) in ([A-Z]+\d*):\n")
INDENT = 4
MODULE = '''"""{title}; {n_rows} rows by {n_vectors} x {n_lanes} {dtype} at a time.

Written by tsshape._kernels._tile.
"""

import numpy as np
from numba import njit

from tsshape._kernels._simd import JIT_OPTIONS, broadcast, fma, load, select, store

FLOAT = np.{dtype}
ZERO = FLOAT(0)
LANES = {n_lanes}
WIDTH = {n_vectors} * LANES
N_ROWS = {n_rows}
'''


def tile_module(
    title: str, text: str, dtype: str, *, n_rows: int, n_vectors: int, ranges: Mapping[str, range] | None = None
) -> str:
    """Return the module with a kernel's text written out for tiles of `n_rows` rows by `n_vectors` vectors.

    The text finds what `MODULE` imports and defines. Besides `ROWS` and `VECTORS` it may loop over the given ranges.
    """
    header = MODULE.format(title=title, n_rows=n_rows, n_vectors=n_vectors, n_lanes=_host.lanes(dtype), dtype=dtype)
    known = {"ROWS": range(n_rows), "VECTORS": range(n_vectors), **(ranges or {})}
    return header + "".join(_unroll(text.splitlines(keepends=True), known))


def _unroll(lines: list[str], ranges: Mapping[str, range]) -> Iterator[str]:
    """Yield lines with the loops over the named ranges written out."""
    at = 0
    while at < len(lines):
        loop = UNROLLED.match(lines[at])
        at += 1
        if loop is None or loop[3] not in ranges:
            yield lines[at - 1]
            continue
        start, inside = at, loop[1] + INDENT * " "
        while at < len(lines) and (lines[at].startswith(inside) or lines[at].isspace()):
            at += 1
        for value in ranges[loop[3]]:
            body = [line.removeprefix(INDENT * " ").replace(f"{{{loop[2]}}}", str(value)) for line in lines[start:at]]
            yield from _unroll(body, ranges)
