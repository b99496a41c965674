"""Text of a strip of cells of curves with several channels: the sums over the channels that a cell asks for.

The names are those of `_multichannel` and `_generate`. `squares_left{r}_{v}` keeps the sums of the column before, as
long as some cell asks for them; the row above the strip is added up again.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

# Sums of a row above or a column before are kept for these only.
KEPT = frozenset({"squares_left", "squares_diagonal"})
# The gap's squared distance from a step, which has one value a channel; of the curves y, from a step of each lane.
GAP_SQUARES = """

@njit(**JIT_OPTIONS)
def gap_squares(x, at, gap):
    total = ZERO
    for channel in range(N_CHANNELS):
        total += (x[at + channel] - gap) * (x[at + channel] - gap)
    return total
"""
GAP_SQUARES_OF_LANES = """

@njit(**JIT_OPTIONS)
def gap_squares_of_lanes(y, at, gap):
    total = broadcast(ZERO, LANES)
    for channel in range(N_CHANNELS):
        difference = load(y, at + channel * WIDTH, LANES) - gap
        total = fma(difference, difference, total)
    return total
"""


def gap_of_value(curve: str, at: str) -> str:
    """Return the text of the gap's squared distance from the step that begins at `at`."""
    return f"gap_squares({curve}, {at}, g / unscale)"


def gap_of_lanes(column: str) -> str:
    """Return the text of the gap's squared distance from a column of the curves y."""
    return f"gap_squares_of_lanes(y, yo + {column} * N_CHANNELS * WIDTH + {{v}} * LANES, g / unscale)"


def rows_of_channels(wanted: AbstractSet[str]) -> Iterator[str]:
    """Yield the lines before the columns of a strip, with the step of x to each row from the one before."""
    if wanted & KEPT:
        yield "for r in ROWS:"
        yield "    for v in VECTORS:"
        yield "        squares_left{r}_{v} = broadcast(ZERO, LANES)"
    if "x_squares" in wanted:
        yield "for r in ROWS:"
        yield "    x_sum = ZERO"
        yield "    for channel in range(N_CHANNELS):"
        yield "        at = xo + (s + {r}) * N_CHANNELS + channel"
        yield "        x_sum += (x[at] - x[at - N_CHANNELS]) * (x[at] - x[at - N_CHANNELS])"
        yield "    x_squares{r} = broadcast(x_sum, LANES)"
    if "x_gap_squares" in wanted:
        yield "for r in ROWS:"
        yield f"    x_gap_squares{{r}} = broadcast({gap_of_value('x', 'xo + (s + {r}) * N_CHANNELS')}, LANES)"


def column_of_channels(wanted: AbstractSet[str]) -> Iterator[str]:
    """Yield the lines, inside a loop over vectors, with the step of y to a column from the one before."""
    if "y_squares" in wanted:
        yield "    y_squares{v} = broadcast(ZERO, LANES)"
        yield "    for channel in range(N_CHANNELS):"
        yield f"        change = {_y('j')} - {_y('(j - 1)')}"
        yield "        y_squares{v} = fma(change, change, y_squares{v})"
    if "y_gap_squares" in wanted:
        yield f"    y_gap_squares{{v}} = {gap_of_lanes('j')}"


def cells_of_channels(wanted: AbstractSet[str], rows: str) -> Iterator[str]:
    """Yield the lines with the sums of the cells of one column in some rows of the strip, and of the row above them."""
    after_others = rows.startswith("LAST")
    yield "for v in VECTORS:"
    if "squares_above" in wanted:
        yield "    squares_above{v} = broadcast(ZERO, LANES)"
    if "squares_diagonal" in wanted:
        yield f"    squares_diagonal{{v}} = {'squares_left{p}_{v}' if after_others else 'broadcast(ZERO, LANES)'}"
    yield f"    for r in {rows}:"
    yield "        squares{r}_{v} = broadcast(ZERO, LANES)"
    yield "for channel in range(N_CHANNELS):"
    yield "    for v in VECTORS:"
    yield f"        y{{v}} = {_y('j')}"
    # The rows that precede the last ones of a strip lie outside the band in this column, as `above` says.
    if not after_others:
        yield from _above(wanted)
    yield f"    for r in {rows}:"
    yield "        x_value = broadcast(x[xo + (s + {r}) * N_CHANNELS + channel], LANES)"
    yield "        for v in VECTORS:"
    yield "            difference = x_value - y{v}"
    yield "            squares{r}_{v} = fma(difference, difference, squares{r}_{v})"


def next_row_of_channels(wanted: AbstractSet[str]) -> Iterator[str]:
    """Yield the lines after a cell, inside loops over rows and vectors: its sums become those beside the next row."""
    if "squares_diagonal" in wanted:
        yield "        squares_diagonal{v} = squares_left{r}_{v}"
    if "squares_above" in wanted:
        yield "        squares_above{v} = squares{r}_{v}"
    if wanted & KEPT:
        yield "        squares_left{r}_{v} = squares{r}_{v}"


def _above(wanted: AbstractSet[str]) -> Iterator[str]:
    """Yield the lines, inside a loop over channels, that add to the sums of the row above the strip."""
    for name, column in (("squares_above", "j"), ("squares_diagonal", "(j - 1)")):
        if name in wanted:
            yield "    x_value = broadcast(x[xo + (s - 1) * N_CHANNELS + channel], LANES)"
            yield "    for v in VECTORS:"
            yield f"        difference = x_value - {_y(column)}"
            yield f"        {name}{{v}} = fma(difference, difference, {name}{{v}})"


def _y(column: str) -> str:
    """Return the text of a vector of values of the curves y."""
    return f"load(y, yo + ({column} * N_CHANNELS + channel) * WIDTH + {{v}} * LANES, LANES)"
