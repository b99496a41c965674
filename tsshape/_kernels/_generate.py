"""Source of the lane kernels, written out from a `Recurrence`.

A lane kernel holds a strip of `n_rows` rows of one curve x against `n_vectors` vectors of other curves y in registers
and walks along the columns of the band; the row above the strip passes from strip to strip through `top`. Each cell
inside the Sakoe-Chiba band is computed once, and none outside it: a strip's first columns hold its upper rows only, its
last ones the lower rows, and both are written out beside the main loop. That takes 2 * window + 2 >= n_rows.

In the text, `s` is the strip's first row and `j` the column; of row `r` and vector `v`, `x{r}` and `y{v}` are the
values, `l{r}_{v}` the cell to the left, `h{v}` the diagonal one, `a{v}` the one above and `g{v}` the one above the
strip in the column before.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tsshape._kernels._recurrences import Recurrence

# Rows of X that a chunk of work holds; a tile of their distances to one block stays in the first-level cache.
CHUNK_ROWS = 8

HEADER = '''"""{title}; written by tsshape._kernels._generate."""

import numpy as np
from numba import njit

from tsshape._kernels._recurrences import ELASTIC
from tsshape._kernels._simd import JIT_OPTIONS, broadcast, load, store

LANES = {lanes}
OUTSIDE = np.{dtype}({outside})
BORDER = np.{dtype}({border})
ZERO = np.{dtype}(0)
'''

DRIVER = """

@njit(**JIT_OPTIONS)
def kernel(
    x, x_stride, n, T, y, m, U, window, constants, by_lag, out, symmetric, direct, mirrored,
    first, last, first_block, last_block,
):
    width = {width}
    top = np.empty(U * width, x.dtype)
    tile = np.empty({chunk} * width, x.dtype)
    n_chunks = (n + {chunk} - 1) // {chunk}
    for number in range(first, last):
        for half in range(2):
            chunk = n_chunks - 1 - number if half else number
            if half and chunk == number:
                continue
            start, stop = chunk * {chunk}, min(n, chunk * {chunk} + {chunk})
            for b in range(max(start // width, first_block) if symmetric else first_block, last_block):
                yo = (b * (U + 1) + 1) * width
                for i in range(start, stop, {rows_at_once}):
                    to = (i - start) * width
                    block(x, i * x_stride + 1{stride}, T, y, yo, U, window, constants, by_lag, top, tile, to)
                left, right = b * width, min(m, b * width + width)
                if direct:
                    for i in range(start, stop):
                        for j in range(max(left, i) if symmetric else left, right):
                            out[i, j] = tile[(i - start) * width + j - left]
                if mirrored:
                    for j in range(left, right):
                        for i in range(start, min(stop, j) if symmetric else stop):
                            out[j, i] = tile[(i - start) * width + j - left]
"""


def arguments(function: Callable[..., object]) -> tuple[str, ...]:
    """Names of a function's arguments."""
    return tuple(inspect.signature(function).parameters)


def driver(width: int, *, rows_at_once: int = 1) -> str:
    """The function that runs `block` over chunks of pairs; a block of several rows is told their distance in x."""
    stride = ", x_stride" if rows_at_once > 1 else ""
    return DRIVER.format(width=width, chunk=CHUNK_ROWS, rows_at_once=rows_at_once, stride=stride)


def function_lines(recurrence: Recurrence, origin: str) -> Iterator[str]:
    """The functions of a recurrence as compiled functions of a generated module, found at the expression `origin`."""
    yield f"RECURRENCE = {origin}"
    yield "cell = njit(**JIT_OPTIONS)(RECURRENCE.cell)"
    for name in recurrence.per_row:
        yield f"row_{name} = njit(**JIT_OPTIONS)(RECURRENCE.per_row[{name!r}])"
    for name in recurrence.per_column:
        yield f"column_{name} = njit(**JIT_OPTIONS)(RECURRENCE.per_column[{name!r}])"
    if callable(recurrence.border):
        yield "border_cost = njit(**JIT_OPTIONS)(RECURRENCE.border)"
    if recurrence.final is not None:
        yield "final = njit(**JIT_OPTIONS)(RECURRENCE.final)"


def parameter_lines(recurrence: Recurrence) -> Iterator[str]:
    """Lines of a kernel that unpack its constants."""
    names = (*recurrence.params[:-1], "shorter", "longer", "unscale")
    for position, name in enumerate(names):
        yield f"    {name} = constants[{position}]"


@dataclass(frozen=True)
class LaneKernel:
    """The lane kernel of one recurrence, dtype and shape of strip; `source` is its module."""

    name: str
    recurrence: Recurrence
    dtype: str
    n_lanes: int
    n_rows: int
    n_vectors: int
    origin: str

    @property
    def source(self) -> str:
        """Text of the module: `block`, and the `kernel` that runs it over a matrix."""
        return self.block_source + driver(self.n_lanes * self.n_vectors)

    @property
    def block_source(self) -> str:
        """Text of the module down to `block`, for another driver to follow."""
        r = self.recurrence
        border = 0.0 if callable(r.border) else r.border
        header = HEADER.format(
            title=f"{self.name}: strips of {self.n_rows} rows by {self.n_vectors} x {self.n_lanes} {self.dtype}",
            lanes=self.n_lanes,
            dtype=self.dtype,
            outside=_spell(r.outside),
            border=_spell(border),
        )
        functions = "\n".join(function_lines(r, self.origin))
        return f"{header}{functions}\n\n\n" + "\n".join(self._block()) + "\n"

    @cached_property
    def _wanted(self) -> frozenset[str]:
        """Every name that a function of the recurrence asks for."""
        r = self.recurrence
        functions = (r.cell, *r.per_row.values(), *r.per_column.values())
        return frozenset(name for function in functions for name in arguments(function))

    @property
    def _has_border(self) -> bool:
        """Whether the cells before the first row and column differ from those outside the band."""
        return self.recurrence.border != self.recurrence.outside

    def _call(self, function: str, wanted: tuple[str, ...], r: int, v: int) -> str:
        """A call with the arguments that the function asks for, for row `r` and vector `v`."""
        known = {
            "x": f"x{r}", "x_previous": f"x{r - 1}" if r else "x_before", "y": f"y{v}", "y_previous": f"q{v}",
            "above": f"a{v}", "left": f"l{r}_{v}", "diagonal": f"h{v}", "weight": f"w{r}", "value": f"l{r}_{v}",
        }  # fmt: skip
        known |= {name: f"{name}_{r}" for name in self.recurrence.per_row}
        known |= {name: f"{name}_{v}" for name in self.recurrence.per_column}
        return f"{function}({', '.join(known.get(name, name) for name in wanted)})"

    def _block(self) -> Iterator[str]:
        """The function that takes one curve x against one block of curves y."""
        width, n_rows = self.n_lanes * self.n_vectors, self.n_rows
        yield "@njit(**JIT_OPTIONS)"
        yield "def block(x, xo, T, y, yo, U, window, constants, by_lag, top, out, oo):"
        yield from parameter_lines(self.recurrence)
        yield "    outside = broadcast(OUTSIDE, LANES)"
        yield from self._borders()
        yield "    for j in range(U):"
        for v in range(self.n_vectors):
            yield f"        store(top, j * {width} + {v * self.n_lanes}, border{v})"
        yield "    corner = broadcast(ZERO, LANES)"
        yield f"    for s in range(0, T, {n_rows}):"
        yield from self._rows_of_strip()
        yield from self._start_of_strip()
        for p in range(n_rows - 1):
            yield f"        j = s - window + {p}"
            yield "        if j >= 0 and j < U:"
            yield from self._column("            ", range(p + 1))
        yield f"        for j in range(max(0, s - window + {n_rows - 1}), min(U, s + window + 1)):"
        yield from self._column("            ", range(n_rows))
        for p in range(1, n_rows):
            yield f"        j = s + window + {p}"
            yield "        if j < U:"
            yield from self._column("            ", range(p, n_rows))
        yield "        corner = left_border"
        yield f"    last = (T - 1) % {n_rows}"
        final = self.recurrence.final
        for r in range(n_rows):
            yield f"    if last == {r}:"
            for v in range(self.n_vectors):
                value = self._call("final", arguments(final), r, v) if final else f"l{r}_{v}"
                yield f"        store(out, oo + {v * self.n_lanes}, {value})"

    def _borders(self) -> Iterator[str]:
        """The values of the cells before the first column and the first row."""
        border = self.recurrence.border
        if not callable(border):
            yield "    left_border = broadcast(BORDER, LANES)"
            for v in range(self.n_vectors):
                yield f"    border{v} = left_border"
            return
        others = "".join(f", {name}" for name in arguments(border)[1:])
        yield "    total = ZERO"
        yield "    for i in range(T):"
        yield f"        total += border_cost(x[xo + i]{others})"
        yield "    left_border = broadcast(total, LANES)"
        for v in range(self.n_vectors):
            yield f"    border{v} = broadcast(ZERO, LANES)"
        yield "    for j in range(U):"
        for v in range(self.n_vectors):
            value = f"load(y, yo + j * {self.n_lanes * self.n_vectors} + {v * self.n_lanes}, LANES)"
            yield f"        border{v} = border{v} + border_cost({value}{others})"

    def _rows_of_strip(self) -> Iterator[str]:
        """The values of a strip's rows, and what is worked out from them."""
        if "x_previous" in self._wanted:
            yield "        x_before = broadcast(x[xo + s - 1], LANES)"
        for r in range(self.n_rows):
            yield f"        x{r} = broadcast(x[xo + s + {r}], LANES)"
        for name, function in self.recurrence.per_row.items():
            for r in range(self.n_rows):
                yield f"        {name}_{r} = {self._call(f'row_{name}', arguments(function), r, 0)}"

    def _start_of_strip(self) -> Iterator[str]:
        """The cells to the left of a strip and those above its first column."""
        width, n_rows, vectors = self.n_lanes * self.n_vectors, self.n_rows, range(self.n_vectors)
        for r in range(n_rows):
            start = f"left_border if s + {r} <= window else outside" if self._has_border else "outside"
            for v in vectors:
                yield f"        l{r}_{v} = {start}"
        if self._has_border:
            # The row above ends one column before this one, where `top` still holds the border.
            yield "        if s > 0 and s + window < U:"
            for v in vectors:
                yield f"            store(top, (s + window) * {width} + {v * self.n_lanes}, outside)"
        yield "        if s > window:"
        for v in vectors:
            yield f"            g{v} = load(top, (s - window - 1) * {width} + {v * self.n_lanes}, LANES)"
        yield "        else:"
        for v in vectors:
            yield f"            g{v} = corner"

    def _column(self, indent: str, rows: range) -> Iterator[str]:
        """The cells of one column in some rows of the strip."""
        width, vectors = self.n_lanes * self.n_vectors, range(self.n_vectors)
        from_top, to_top = rows.start == 0, rows.stop == self.n_rows
        for v in vectors:
            yield f"{indent}y{v} = load(y, yo + j * {width} + {v * self.n_lanes}, LANES)"
            if "y_previous" in self._wanted:
                yield f"{indent}q{v} = load(y, yo + (j - 1) * {width} + {v * self.n_lanes}, LANES)"
            for name, function in self.recurrence.per_column.items():
                yield f"{indent}{name}_{v} = {self._call(f'column_{name}', arguments(function), 0, v)}"
            yield f"{indent}t{v} = " + (
                f"load(top, j * {width} + {v * self.n_lanes}, LANES)" if from_top else "outside"
            )
            yield f"{indent}a{v} = t{v}"
            yield f"{indent}h{v} = " + (f"g{v}" if from_top else f"l{rows.start - 1}_{v}")
        for r in rows:
            if "weight" in self._wanted:
                yield f"{indent}w{r} = broadcast(by_lag[s + {r} - j + U - 1], LANES)"
            for v in vectors:
                yield f"{indent}a{v} = {self._call('cell', arguments(self.recurrence.cell), r, v)}"
                yield f"{indent}h{v} = l{r}_{v}"
                yield f"{indent}l{r}_{v} = a{v}"
        for v in vectors:
            if to_top:
                yield f"{indent}store(top, j * {width} + {v * self.n_lanes}, a{v})"
            if from_top:
                yield f"{indent}g{v} = t{v}"


def _spell(value: float) -> str:
    """A number as source."""
    return "np.inf" if value == float("inf") else repr(value)
