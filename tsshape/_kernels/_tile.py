"""Source of kernels that work on a tile, rows of one array by vectors of another, held in registers.

The text of such a kernel is plain Python but for two loops, `for r in ROWS:` and `for v in VECTORS:`. They are written
out: their body is repeated for each value, with `{r}` and `{v}` replaced by it, so that `total{r}_{v}` is a variable of
its own for each cell of the tile, which the compiler keeps in a register.
"""

import re
from collections.abc import Iterator, Mapping

UNROLLED = re.compile(r"( *)for (\w+) in ([A-Z]+):")
INDENT = 4
MODULE = '''"""{title}; written by tsshape._kernels._tile."""

import numpy as np
from numba import njit

from tsshape._kernels._simd import JIT_OPTIONS, broadcast, fma, load, select, store

LANES = {lanes}
WIDTH = {width}
ZERO = np.{dtype}(0)
'''


def tile_module(title: str, text: str, dtype: str, *, n_rows: int, n_vectors: int, n_lanes: int) -> str:
    """Return the module with a kernel's text written out for a tile.

    The text finds the functions of `_simd`, and `LANES` of a vector, `WIDTH` of all vectors, and `ZERO` of the dtype.
    """
    title = f"{title}: tiles of {n_rows} rows by {n_vectors} x {n_lanes} {dtype}"
    header = MODULE.format(title=title, lanes=n_lanes, width=n_lanes * n_vectors, dtype=dtype)
    ranges = {"ROWS": range(n_rows), "VECTORS": range(n_vectors)}
    return header + "".join(unroll(text.splitlines(keepends=True), ranges))


def unroll(lines: list[str], ranges: Mapping[str, range]) -> Iterator[str]:
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
            body = [line[INDENT:].replace(f"{{{loop[2]}}}", str(value)) for line in lines[start:at]]
            yield from unroll(body, ranges)
