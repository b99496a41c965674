"""One step of Lloyd's algorithm under the Euclidean distance: nearest centres, and the sums of their curves.

The nearest centre c of x is the one with the least |c|²/2 - x·c: one multiply-add for each value, where |x - c|² would
take two operations. The curves are centred first, so that the difference of large numbers loses few digits; even so it
is only used to choose the centre, never returned as a distance. A tile of centres by vectors of curves accumulates in
registers.
"""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from tsshape._kernels import _host
from tsshape._kernels._cache import load_kernel
from tsshape._kernels._lloyd_pack import load_pack
from tsshape._kernels._packing import Array, scale_of
from tsshape._kernels._threads import run_chunks
from tsshape._kernels._tile import tile_module
from tsshape._typing import FloatArray, IntArray

# Sums over curves need room in the range of floats besides that for sums over times.
HEADROOM = 2**40
# Curves of a chunk. One thread adds up a chunk, and the chunks are added in order: the same bits for any threads.
LLOYD_CHUNK = 8192
NEAREST = """
LARGEST = FLOAT(np.finfo(FLOAT).max)


@njit(**JIT_OPTIONS)
def nearest(centers, halves, n_centers, T, y, yo, label):
    for v in VECTORS:
        best{v} = broadcast(LARGEST, LANES)
        label{v} = broadcast(ZERO, LANES)
    for c in range(0, n_centers, N_ROWS):
        for r in ROWS:
            for v in VECTORS:
                value{r}_{v} = broadcast(halves[c + {r}], LANES)
        for t in range(T):
            for v in VECTORS:
                y{v} = load(y, yo + t * WIDTH + {v} * LANES, LANES)
            for r in ROWS:
                x = broadcast(centers[c * T + t * N_ROWS + {r}], LANES)
                for v in VECTORS:
                    value{r}_{v} = fma(x, y{v}, value{r}_{v})
        for r in ROWS:
            for v in VECTORS:
                label{v} = select(value{r}_{v} < best{v}, FLOAT(c + {r}), label{v})
                best{v} = min(value{r}_{v}, best{v})
    for v in VECTORS:
        store(label, {v} * LANES, label{v})
"""
DRIVER = """

@njit(**JIT_OPTIONS)
def kernel(centers, halves, n_centers, y, X, weights, first, last, labels, sums):
    n, T = X.shape
    label = np.empty(WIDTH, X.dtype)
    for b in range(first, last):
        nearest(centers, halves, n_centers, T, y, (b * (T + 1) + 1) * WIDTH, label)
        for i in range(b * WIDTH, min(n, b * WIDTH + WIDTH)):
            c = np.int64(label[i - b * WIDTH])
            labels[i] = c
            weight = weights[i]
            sums[c, T] += weight
            for t in range(T):
                sums[c, t] += weight * X[i, t]
"""


@dataclass(frozen=True, eq=False)
class LloydPoints:
    """Curves prepared for many steps: `X` itself, and `lanes`, the curves centred, scaled and transposed into lanes."""

    X: Array
    mean: Array
    scale: float
    lanes: Array


def lloyd_points(X: Array, n_threads: int = 1) -> LloydPoints:
    """Prepare curves of shape (n_curves, n_times), float32 or float64, C-contiguous, finite."""
    (n_curves, n_times), (_, width, _) = X.shape, _kernel(X.dtype.name)
    # Any point near the middle serves, because it is subtracted from centres too: the mean of evenly spaced curves.
    mean = X[:: -(-n_curves // LLOYD_CHUNK)].mean(axis=0, dtype=np.float64).astype(X.dtype)
    scale = scale_of(X, mean[None], n_terms=8 * n_times * HEADROOM)
    n_blocks = -(-n_curves // width)
    lanes = np.zeros(n_blocks * (n_times + 1) * width, X.dtype)
    step, pack = max(1, LLOYD_CHUNK // width), load_pack(X.dtype.name)
    run_chunks(
        lambda first: pack(X.ravel(), mean, X.dtype.type(scale), width, first, min(n_blocks, first + step), lanes),
        range(0, n_blocks, step),
        n_threads,
    )
    return LloydPoints(X, mean, scale, lanes)


def lloyd_step(
    points: LloydPoints, centers: Array, weights: FloatArray, n_threads: int
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Find the nearest centre of every curve, and compute the sums that the next centres follow from.

    Parameters
    ----------
    points : LloydPoints
    centers : array of shape (n_centers, n_times)
    weights : array of shape (n_curves,)
        Not negative.
    n_threads : int
        At most as many threads are used; the result is the same bits for any number.

    Returns
    -------
    labels : array of shape (n_curves,), int64
        Number of the nearest centre; either of two that are equally near except for rounding.
    sums : array of shape (n_centers, n_times), float64
        Weighted sum of each centre's curves.
    totals : array of shape (n_centers,), float64
        Sum of their weights.
    """
    X = points.X
    (n_curves, n_times), n_centers = X.shape, len(centers)
    kernel, width, n_rows = _kernel(X.dtype.name)
    packed, halves = _pack_centers((centers - points.mean) * X.dtype.type(points.scale), n_rows)
    blocks_per_chunk = max(1, LLOYD_CHUNK // width)
    n_blocks = -(-n_curves // width)
    starts = range(0, n_blocks, blocks_per_chunk)
    labels, parts = np.empty(n_curves, np.int64), np.zeros((len(starts), n_centers, n_times + 1))

    def step(start: int) -> None:
        stop = min(n_blocks, start + blocks_per_chunk)
        kernel(
            packed, halves, n_centers, points.lanes, X, weights, start, stop, labels, parts[start // blocks_per_chunk]
        )

    run_chunks(step, starts, n_threads)
    sums = parts.sum(axis=0)
    return labels, np.ascontiguousarray(sums[:, :-1]), sums[:, -1].copy()


def lloyd_sums(X: Array, centers: Array, weights: FloatArray, middle: Array) -> tuple[FloatArray, FloatArray]:
    """Compute the sums and totals of `lloyd_step` for curves that are compared with these centres alone.

    They are centred at `middle` and transposed chunk by chunk, in memory that stays in the cache, by one thread, as a
    block of curves has.
    """
    (n_curves, n_times), n_centers = X.shape, len(centers)
    kernel, width, n_rows = _kernel(X.dtype.name)
    n_blocks = max(1, LLOYD_CHUNK // width)
    lanes, labels = np.zeros(n_blocks * (n_times + 1) * width, X.dtype), np.empty(n_blocks * width, np.int64)
    sums, pack = np.zeros((n_centers, n_times + 1)), load_pack(X.dtype.name)
    for start in range(0, n_curves, n_blocks * width):
        rows = slice(start, min(n_curves, start + n_blocks * width))
        chunk, n_chunk = X[rows], -(-(rows.stop - start) // width)
        scale = X.dtype.type(scale_of(chunk, centers, n_terms=8 * n_times * HEADROOM))
        pack(chunk.ravel(), middle, scale, width, 0, n_chunk, lanes)
        packed, halves = _pack_centers((centers - middle) * scale, n_rows)
        kernel(packed, halves, n_centers, lanes, chunk, weights[rows], 0, n_chunk, labels, sums)
    return np.ascontiguousarray(sums[:, :-1]), sums[:, -1].copy()


def _pack_centers(centers: Array, n_rows: int) -> tuple[Array, Array]:
    """Return the negated centres in groups of `n_rows`, flat in order (group, time, row), and half their squares."""
    n_groups = -(-len(centers) // n_rows)
    padded = np.zeros((n_groups * n_rows, centers.shape[1]), centers.dtype)
    np.negative(centers, out=padded[: len(centers)])
    halves = np.full(len(padded), np.finfo(centers.dtype).max, centers.dtype)
    halves[: len(centers)] = np.einsum("ij,ij->i", centers, centers) / 2
    return np.ascontiguousarray(padded.reshape(n_groups, n_rows, -1).transpose(0, 2, 1)).ravel(), halves


def vectors_of_points() -> int:
    """Return the number of vectors in a block of lanes: as many as leave registers for a tile of centres."""
    return 3 if _host.n_registers() >= 32 else 2  # noqa: PLR2004


@functools.cache
def _kernel(dtype: str) -> tuple[Any, int, int]:
    """Return the kernel, the number of curves in its blocks and the number of centres in its tiles."""
    n_vectors = vectors_of_points()
    n_rows = 8 if n_vectors > 2 else 4  # noqa: PLR2004
    text = tile_module("nearest centres", NEAREST + DRIVER, dtype, n_rows=n_rows, n_vectors=n_vectors)
    flat, matrix = f"{dtype}[::1]", f"{dtype}[:, ::1]"
    signature = f"void({flat}, {flat}, intp, {flat}, {matrix}, float64[::1], intp, intp, int64[::1], float64[:, ::1])"
    return load_kernel(f"lloyd-{dtype}", text, signature), _host.lanes(dtype) * n_vectors, n_rows
