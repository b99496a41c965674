"""Text of the kernels of elastic distances, made from a `Recurrence`.

A strip of rows of one curve x against vectors of other curves y is held in registers and walks along the columns of the
band; the row above the strip passes from strip to strip through `top`. Each cell inside the Sakoe-Chiba band is
computed once, and none outside it: a strip's first columns hold its upper rows only, its last ones the lower rows, and
both are written out beside the main loop. That takes 2 * window + 2 >= n_rows.

In the text, `s` is the strip's first row and `j` the column; of row `r` and vector `v`, `x{r}` and `y{v}` are the
values, `l{r}_{v}` the cell to the left, `h{v}` the diagonal one, `a{v}` the one above and `g{v}` the one above the
strip in the column before.

Of curves with several channels, which a recurrence of `_multichannel` compares, a step holds `N_CHANNELS` values one
after the other. Their squared differences are added up in `squares{r}_{v}`, a column of the strip at a time.
"""

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from string import Template
from textwrap import indent

from tsshape._kernels._bounded_text import BOUNDED_STRIP, FIRST, LAST
from tsshape._kernels._channel_text import (
    GAP_SQUARES,
    GAP_SQUARES_OF_LANES,
    cells_of_channels,
    column_of_channels,
    gap_of_lanes,
    gap_of_value,
    next_row_of_channels,
    rows_of_channels,
)
from tsshape._kernels._recurrences import Recurrence
from tsshape._kernels._tile import tile_module

STRIP = Template("""
@njit(**JIT_OPTIONS)
def block(x, xo, x_stride, T, y, yo, U, window, constants, by_lag, top, out, oo):
$parameters
    outside = broadcast(OUTSIDE, LANES)
$pair
$border
    corner = broadcast($first_corner, LANES)
    last = (T - 1) % N_ROWS
    for s in range(0, T, N_ROWS):
$rows
        for r in ROWS:
            for v in VECTORS:
                l{r}_{v} = $left
$end_of_top
        if s > window:
            for v in VECTORS:
                g{v} = load(top, (s - window - 1) * WIDTH + {v} * LANES, LANES)
        else:
            for v in VECTORS:
                g{v} = corner
        for p in PARTIAL:
            j = s - window + {p}
            if j >= 0 and j < U:
$first_columns
        for j in range(max(0, s - window + N_ROWS - 1), min(U, s + window + 1)):
$columns
        for p in PARTIAL:
            j = s + window + 1 + {p}
            if j < U:
$last_columns
        corner = $corner
$result
""")
RESULT = Template("""
for r in ROWS:
    if last == {r}:
        for v in VECTORS:
            store(out, oo + {v} * LANES, $final)
""")
# Of the last row of cells each column is kept, where curves may end.
LAST_ROW = Template("""
if s + N_ROWS >= T:
    for r in $rows:
        if last == {r}:
            for v in VECTORS:
                store(out, oo + j * WIDTH + {v} * LANES, l{r}_{v})
""")
EQUAL_BORDER = """
left_border = broadcast(BORDER, LANES)
for j in range(U):
    for v in VECTORS:
        store(top, j * WIDTH + {v} * LANES, left_border)
"""
SUMMED_BORDER = Template("""
for v in VECTORS:
    border{v} = broadcast(ZERO, LANES)
for j in range(U):
    for v in VECTORS:
        border{v} = border{v} + $y
        store(top, j * WIDTH + {v} * LANES, border{v})
total = ZERO
""")
SUMMED_LEFT_BORDER = Template("""
for r in ROWS:
    total += FLOAT($x)
    left_border{r} = broadcast(total, LANES)
""")
# The row above ends one column before this one, where `top` still holds the border.
END_OF_TOP = """
if s > 0 and s + window < U:
    for v in VECTORS:
        store(top, (s + window) * WIDTH + {v} * LANES, outside)
"""
# The modules of the recurrences that come with the package.
HOMES = {
    "ELASTIC": "_recurrences", "ALONG_DIAGONAL": "_recurrences", "ITAKURA": "_recurrences",
    "MULTICHANNEL": "_multichannel", "MULTICHANNEL_ALONG_DIAGONAL": "_multichannel",
    "MULTICHANNEL_ITAKURA": "_multichannel", "PATH_SUMS": "_path_sums",
}  # fmt: skip
# What a function of the recurrence may ask for, as the text of a strip has it.
NAMES = {
    "x": "x{r}", "x_previous": "x_previous{r}", "y": "y{v}", "y_previous": "y_previous{v}",
    "x_own": "broadcast(x[xo - 1], LANES)", "y_own": "load(y, yo - WIDTH + {v} * LANES, LANES)",
    "above": "a{v}", "left": "l{r}_{v}", "diagonal": "h{v}", "value": "l{r}_{v}",
    "squares": "squares{r}_{v}", "squares_above": "squares_above{v}", "squares_left": "squares_left{r}_{v}",
    "squares_diagonal": "squares_diagonal{v}", "x_squares": "x_squares{r}", "y_squares": "y_squares{v}",
    "x_gap_squares": "x_gap_squares{r}", "y_gap_squares": "y_gap_squares{v}",
}  # fmt: skip


def arguments(function: Callable[..., object]) -> tuple[str, ...]:
    """Return the names of a function's arguments."""
    return tuple(inspect.signature(function).parameters)


def call(name: str, function: Callable[..., object], **known: str) -> str:
    """Return a call of a compiled function, with what `known` has for an argument, or else its own name."""
    return f"{name}({', '.join(known.get(argument, argument) for argument in arguments(function))})"


def module_lines(recurrence: Recurrence, origin: str) -> Iterator[str]:
    """Yield the constants and compiled functions of a recurrence, which is found at the expression `origin`."""
    table = origin.split("[", maxsplit=1)[0]
    if table in HOMES:
        yield f"from tsshape._kernels.{HOMES[table]} import {table}"
    for name, value in (("OUTSIDE", recurrence.outside), ("BORDER", recurrence.border)):
        if not callable(value):
            yield f"{name} = FLOAT('{value}')"
    yield f"RECURRENCE = {origin}"
    yield "cell = njit(**JIT_OPTIONS)(RECURRENCE.cell)"
    for name in recurrence.per_pair:
        yield f"pair_{name} = njit(**JIT_OPTIONS)(RECURRENCE.per_pair[{name!r}])"
    for name in recurrence.per_row:
        yield f"row_{name} = njit(**JIT_OPTIONS)(RECURRENCE.per_row[{name!r}])"
    for name in recurrence.per_column:
        yield f"column_{name} = njit(**JIT_OPTIONS)(RECURRENCE.per_column[{name!r}])"
    if recurrence.corner is not None:
        yield "corner_value = njit(**JIT_OPTIONS)(RECURRENCE.corner)"
    if callable(recurrence.border):
        yield "border_cost = njit(**JIT_OPTIONS)(RECURRENCE.border)"
    if recurrence.final is not None:
        yield "final = njit(**JIT_OPTIONS)(RECURRENCE.final)"


def parameter_lines(recurrence: Recurrence) -> Iterator[str]:
    """Yield the lines that unpack the constants of a kernel."""
    for position, name in enumerate((*recurrence.params[:-1], "shorter", "longer", "unscale")):
        yield f"{name} = constants[{position}]"


def wanted_names(recurrence: Recurrence) -> frozenset[str]:
    """Return every name that a function of the recurrence asks for."""
    functions = (recurrence.cell, *recurrence.per_row.values(), *recurrence.per_column.values())
    return frozenset(name for function in functions for name in arguments(function))


def block_of(n_spaces: int, *lines: str) -> str:
    """Return lines as an indented block of text."""
    return indent("\n".join(lines), n_spaces * " ")


def strip_module(
    name: str, recurrence: Recurrence, dtype: str, origin: str, *, n_rows: int, n_vectors: int, driver: str,
    keeps_last_row: bool = False,
) -> str:  # fmt: skip
    """Return the module of one recurrence, dtype and shape of strip: `block`, and a driver that calls it.

    `block` gives the distances, or with `keeps_last_row` the last row of cells, (column, lane).
    """
    gap = GAP_SQUARES + GAP_SQUARES_OF_LANES if "x_gap_squares" in wanted_names(recurrence) else ""
    strip = _strip(recurrence, keeps_last_row=keeps_last_row) if recurrence.bounds is None else _bounded(recurrence)
    text = "\n".join((*module_lines(recurrence, origin), gap, strip, driver))
    ranges = {"PARTIAL": range(n_rows - 1), "BOTTOM": range(n_rows - 1, n_rows)}
    for p in ranges["PARTIAL"]:
        ranges |= {f"FIRST{p}": range(p + 1), f"LAST{p}": range(p + 1, n_rows)}
    return tile_module(f"{name}: strips", text, dtype, n_rows=n_rows, n_vectors=n_vectors, ranges=ranges)


def _strip(recurrence: Recurrence, *, keeps_last_row: bool) -> str:
    """Return the function that takes one curve x against one block of curves y."""
    border, final = recurrence.border, recurrence.final
    border_text, left_borders, left_border, corner = EQUAL_BORDER, "", "left_border", "left_border"
    differs = border != recurrence.outside
    if callable(border):
        of_y = {"x": "load(y, yo + j * WIDTH + {v} * LANES, LANES)", "x_gap_squares": gap_of_lanes("j")}
        of_x = {"x": "x[xo + s + {r}]", "x_gap_squares": gap_of_value("x", "xo + (s + {r}) * N_CHANNELS")}
        border_text = SUMMED_BORDER.substitute(y=call("border_cost", border, **of_y))
        left_borders = SUMMED_LEFT_BORDER.substitute(x=call("border_cost", border, **of_x))
        left_border, corner = "left_border{r}", "broadcast(total, LANES)"
    top = "load(top, j * WIDTH + {v} * LANES, LANES)"
    value = call("final", final, **NAMES) if final else "l{r}_{v}"

    def column(rows: str, *, above: str, diagonal: str) -> Iterator[str]:
        yield from _column(recurrence, rows, above=above, diagonal=diagonal)
        if keeps_last_row:
            yield LAST_ROW.substitute(rows=rows)

    return STRIP.substitute(
        parameters=block_of(4, *parameter_lines(recurrence)),
        pair=block_of(4, *_pair(recurrence)),
        border=block_of(4, border_text),
        rows=block_of(8, *_rows(recurrence), left_borders),
        left=f"{left_border} if s + {{r}} <= window else outside" if differs else "outside",
        corner=corner,
        first_corner="ZERO" if recurrence.corner is None else f"FLOAT({call('corner_value', recurrence.corner)})",
        end_of_top=block_of(8, END_OF_TOP if differs else ""),
        first_columns=block_of(16, *column("FIRST{p}", above=top, diagonal="g{v}")),
        columns=block_of(12, *column("ROWS", above=top, diagonal="g{v}")),
        last_columns=block_of(16, *column("LAST{p}", above="outside", diagonal="l{p}_{v}")),
        result="" if keeps_last_row else block_of(4, RESULT.substitute(final=value)),
    )


def _bounded(recurrence: Recurrence) -> str:
    """Return the same function for cells inside bounds of each row."""
    columns = partial(_column, recurrence, "ROWS", above="load(top, j * WIDTH + {v} * LANES, LANES)", diagonal="g{v}")
    value = call("final", recurrence.final, **NAMES) if recurrence.final else "l{r}_{v}"
    return BOUNDED_STRIP.substitute(
        parameters=block_of(4, *parameter_lines(recurrence)),
        rows=block_of(8, *_rows(recurrence)),
        first=FIRST.format(row="s + {r}"),
        last=LAST.format(row="s + {r}"),
        outer_columns=block_of(12, *columns(bounded=True)),
        columns=block_of(12, *columns()),
        result=block_of(4, RESULT.substitute(final=value)),
    )


def _pair(recurrence: Recurrence) -> Iterator[str]:
    """Yield the lines that compute what all cells of a pair share."""
    for name, function in recurrence.per_pair.items():
        yield "for v in VECTORS:"
        yield f"    {name}{{v}} = {call(f'pair_{name}', function, **NAMES)}"


def _rows(recurrence: Recurrence) -> Iterator[str]:
    """Yield the lines with the values of a strip's rows, and what is computed from them."""
    wanted = wanted_names(recurrence)
    if "squares" in wanted:
        yield from rows_of_channels(wanted)
        if recurrence.per_row:
            yield "for r in ROWS:"
            yield from _per_row(recurrence)
        return
    asks_before = "x_previous" in wanted
    if asks_before:
        yield "x_previous = broadcast(x[xo + s - 1], LANES)"
    yield "for r in ROWS:"
    if asks_before:
        yield "    x_previous{r} = x_previous"
    yield "    x{r} = broadcast(x[xo + s + {r}], LANES)"
    if asks_before:
        yield "    x_previous = x{r}"
    yield from _per_row(recurrence)


def _per_row(recurrence: Recurrence) -> Iterator[str]:
    """Yield the lines with the values that are computed once for each row, as the end of a loop over rows."""
    for name, function in recurrence.per_row.items():
        yield f"    {name}{{r}} = {call(f'row_{name}', function, **NAMES)}"


def _column(recurrence: Recurrence, rows: str, *, above: str, diagonal: str, bounded: bool = False) -> Iterator[str]:
    """Yield the lines with the cells of one column in some rows of the strip, inside bounds of each row or not."""
    wanted = wanted_names(recurrence)
    yield "for v in VECTORS:"
    if "squares" in wanted:
        yield from column_of_channels(wanted)
    else:
        yield "    y{v} = load(y, yo + j * WIDTH + {v} * LANES, LANES)"
    if "y_previous" in wanted:
        yield "    y_previous{v} = load(y, yo + (j - 1) * WIDTH + {v} * LANES, LANES)"
    for name, function in recurrence.per_column.items():
        yield f"    {name}{{v}} = {call(f'column_{name}', function, **NAMES)}"
    yield f"    t{{v}} = {above}"
    yield "    a{v} = t{v}"
    yield f"    h{{v}} = {diagonal}"
    if "squares" in wanted:
        yield from cells_of_channels(wanted, rows)
    yield f"for r in {rows}:"
    if "weight" in wanted:
        yield "    weight = broadcast(by_lag[s + {r} - j + U - 1], LANES)"
    own = {name: f"{name}{{r}}" for name in recurrence.per_row} | {
        name: f"{name}{{v}}" for name in (*recurrence.per_pair, *recurrence.per_column)
    }
    yield "    for v in VECTORS:"
    yield f"        a{{v}} = {call('cell', recurrence.cell, **NAMES, **own)}"
    if bounded:
        yield "        if j < first{r} or j > last{r}:"
        yield "            a{v} = outside"
    yield "        h{v} = l{r}_{v}"
    yield "        l{r}_{v} = a{v}"
    if "squares" in wanted:
        yield from next_row_of_channels(wanted)
    yield "for v in VECTORS:"
    if not rows.startswith("FIRST"):
        yield "    store(top, j * WIDTH + {v} * LANES, a{v})"
    if not rows.startswith("LAST"):
        yield "    g{v} = t{v}"
