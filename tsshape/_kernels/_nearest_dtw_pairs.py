"""The nearest centre under DTW with a wide band: only cells that can be part of a nearer path are computed.

Each lane holds a pair of its own. A curve takes its centres in the order of a lower bound, until the bound exceeds the
least distance that was found: LB_Keogh (Keogh & Ratanamahatana 2005, Knowledge and Information Systems 7, 358-386) on
both sides, the envelope of the centre and that of the curve, with the exact costs at both ends, where every path must
pass. Inside a pair, cells above the limit lead nowhere (Herrmann & Webb 2021, Data Mining and Knowledge Discovery 35,
2577-2601): a strip of rows begins and ends at the columns where the row above, or the strip itself, is within the limit
of any lane. The cells within the limit get the same bits as those of the full matrix, so that the result is exact.
"""

import functools
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tsshape._kernels._cache import load_kernel
from tsshape._kernels._nearest_dtw_pairs_text import DRIVER, PAIRS
from tsshape._kernels._packing import ROOM, Array, pack_rows, scale_of
from tsshape._kernels._threads import run_chunks
from tsshape._kernels._tile import tile_module
from tsshape._typing import IntArray

# The more lanes, the more cells are within the limit of one of them: blocks are one vector wide, as the bounds assume.
N_ROWS, N_VECTORS = 8, 1
# A strip needs a column that all of its rows have.
LEAST_WINDOW = N_ROWS // 2 - 1
# Curves whose bounds are kept at a time, and how many bounds at most, unless that would leave lanes empty.
CHUNK_CURVES, CHUNK_BOUNDS, SMALLEST_CHUNK = 2048, 1 << 19, 256
FEWEST_CHUNKS = 4
# Measured costs, in cells of a full matrix: of a cell here, of a time step of a pair, and of one of a bound.
CELL_COST, PACK_COST, BOUND_COST = 1.3, 42.0, 4.0
# Curves on which the search is tried.
SAMPLE = 16


def nearest_dtw_pairs(X: Array, centers: Array, window: int, n_threads: int) -> tuple[IntArray, Array]:
    """Do what `nearest_dtw` does; the window is at least `LEAST_WINDOW`."""
    labels, distances = np.empty(len(X), np.int64), np.empty(len(X), X.dtype)
    size = min(CHUNK_CURVES, max(SMALLEST_CHUNK, min(CHUNK_BOUNDS // len(centers), -(-len(X) // FEWEST_CHUNKS))))
    search = _search(X, centers, window)

    def search_chunk(start: int) -> None:
        search(start, min(len(X), start + size), labels, distances, np.inf)

    run_chunks(search_chunk, range(0, len(X), size), n_threads)
    return labels, distances


def pairs_are_worth_it(X: Array, centers: Array, window: int, share: float) -> bool:
    """Return whether some of the curves cost less than this share of all cells in their bands, when few are left."""
    n_times, radius = X.shape[1], min(window, X.shape[1] - 1)
    some = np.ascontiguousarray(X[:: max(1, len(X) // SAMPLE)][:SAMPLE])
    n_cells = n_times**2 - (n_times - 1 - radius) * (n_times - radius)
    found = np.empty(len(some), np.int64), np.empty(len(some), X.dtype)
    return bool(_search(some, centers, window)(0, len(some), *found, share * n_cells * len(some) * len(centers)))


def _search(X: Array, centers: Array, window: int) -> Callable[..., bool]:
    """Return the search for curves from one to another; it gives up where it costs more than its budget of cells."""
    dtype, n_times = X.dtype, X.shape[1]
    kernel = _kernel(dtype.name)
    window = window if window < n_times - 1 else 2 * n_times + ROOM
    scale = scale_of(X, centers, n_terms=2 * n_times)
    x, x_stride = pack_rows(centers, scale)
    upper, lower = envelope(centers * dtype.type(scale), min(window, n_times - 1))
    # Each of the sums rounds by at most half an eps a term.
    slack = dtype.type(1 + 4 * (n_times + 4) * np.finfo(dtype).eps)
    return partial(
        kernel, x, x_stride, len(centers), X, window, dtype.type(1 / scale), upper, lower, dtype.type(scale), slack
    )


def envelope(centers: Array, radius: int) -> tuple[Array, Array]:
    """Return the largest and the least value of each centre within the window of each time, as flat arrays."""
    # Of windows one after the other, each twice as long as the last: from a time on, and then also before it.
    padded = np.pad(centers, ((0, 0), (radius, radius)), mode="edge")
    upper = lower = padded
    length, size = 1, 2 * radius + 1
    while length < size:
        step = min(length, size - length)
        upper = np.maximum(upper[:, :-step], upper[:, step:])
        lower = np.minimum(lower[:, :-step], lower[:, step:])
        length += step
    return upper.ravel(), lower.ravel()


@functools.cache
def _kernel(dtype: str) -> Any:
    """Compile the search around the lane kernel of pairs."""
    ranges = {"PARTIAL": range(N_ROWS - 1), "TWO": range(2)}
    for p in ranges["PARTIAL"]:
        ranges |= {f"FIRST{p}": range(p + 1), f"LAST{p}": range(p + 1, N_ROWS)}
    head = (
        "from tsshape._kernels._recurrences import ELASTIC\nfrom tsshape._kernels._simd import mask_bits\n"
        f"OUTSIDE, CELL_COST, PACK_COST, BOUND_COST = FLOAT('inf'), {CELL_COST}, {PACK_COST}, {BOUND_COST}\n"
        "cell, final = njit(**JIT_OPTIONS)(ELASTIC['dtw'].cell), njit(**JIT_OPTIONS)(ELASTIC['dtw'].final)\n"
    )
    text = tile_module("nearest dtw", head + PAIRS + DRIVER, dtype, n_rows=N_ROWS, n_vectors=N_VECTORS, ranges=ranges)
    flat, one = f"{dtype}[::1]", dtype
    signature = (
        f"boolean({flat}, intp, intp, {dtype}[:, ::1], intp, {one}, {flat}, {flat}, {one}, {one}, intp, intp, "
        f"int64[::1], {flat}, float64)"
    )
    return load_kernel(f"nearest-dtw-pairs-{dtype}", text, signature)
