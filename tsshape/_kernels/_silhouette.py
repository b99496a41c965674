"""Silhouettes and Dunn indices of many labelings in one pass over the distances, of which no matrix is kept.

The curves are sorted by their labels, so that those of a cluster follow each other in most labelings. The distances
from some curves to a block of them come in panels. For each labeling a kernel adds them up in registers as long as the
cluster stays the same, and then adds the sum to a table (cluster, curve of the block).

Of a symmetric metric a panel serves the curves of its rows as well as those of its columns, so that one half of the
distances is enough. This takes the tables of all blocks at once. Where they would be too large, every distance is
computed from both of its curves, with the table of one block a thread.
"""

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from tsshape._kernels import _host
from tsshape._kernels._cache import load_kernel
from tsshape._kernels._packing import Array
from tsshape._kernels._threads import run_chunks, shared_threads
from tsshape._typing import FloatArray, IntArray

Distances = Callable[[Array, Array], Array]
Take = Callable[[int, slice, list[Array]], None]

# Vectors that are added up at once: enough to hide how long an addition takes, within the registers of AVX2.
N_VECTORS = 8
# 64 rows by 64 float64 are 32 KiB: they stay in the first-level cache while all labelings add them up.
TILE_ROWS = 64
PANEL_ROWS = 2048
CHUNKS_PER_THREAD = 4
LINE_BYTES = 64
# One half of the distances: the most bytes of all tables, and the least curves for each of the clusters, so that the
# tables stay far smaller than a matrix. Squares of distances have at most 256 curves a side, 0.5 MiB of float64, and
# there are 16 or more a side if there can be, so that each round has work for many threads.
TABLES_BYTES, CURVES_PER_CLUSTER = 2**28, 16
SQUARE_CURVES, SQUARES_A_SIDE = 256, 16

SOURCE = '''"""The {operation} of the distances to each cluster; written by tsshape._kernels._silhouette."""

from numba import njit

from tsshape._kernels._simd import JIT_OPTIONS, load, store

WIDTH = {width}


@njit(**JIT_OPTIONS)
def combine(a, b):
    return {formula}


@njit(**JIT_OPTIONS)
def kernel(distances, clusters, first, tile, table):
    """Combine distances (row, column) with the table (cluster, column); row i belongs to clusters[:, first + i]."""
    n_rows, n_columns = distances.shape
    tile_rows = len(tile) // WIDTH
    for top in range(0, n_rows, tile_rows):
        n_here = min(tile_rows, n_rows - top)
        # Copied once, so that every later read is aligned and the rows follow each other.
        for i in range(n_here):
            for j in range(n_columns):
                tile[i * WIDTH + j] = distances[top + i, j]
        for labeling in range(len(clusters)):
            own = clusters[labeling, first + top : first + top + n_here]
            start = 0
            while start < n_here:
                stop = start + 1
                while stop < n_here and own[stop] == own[start]:
                    stop += 1
                total = load(tile, start * WIDTH, WIDTH)
                for i in range(start + 1, stop):
                    total = combine(total, load(tile, i * WIDTH, WIDTH))
                to = own[start] * WIDTH
                store(table, to, combine(total, load(table, to, WIDTH)))
                start = stop
'''
OPERATIONS = {"sum": ("a + b", 0.0), "least": ("min(a, b)", math.inf), "largest": ("max(a, b)", 0.0)}


class _Labelings(NamedTuple):
    """Many labelings of curves that are sorted by their labels.

    Attributes
    ----------
    order : array of shape (n_curves,)
        The curves in sorted order.
    clusters : array of shape (n_labelings, n_curves), int32
        Cluster of each curve in that order; the clusters of all labelings are numbered through.
    first : array of shape (n_labelings,)
        Number of the first cluster of each labeling.
    sizes : array of shape (n_clusters,)
        Number of curves in each cluster.
    """

    order: IntArray
    clusters: Array
    first: IntArray
    sizes: IntArray


def separations(
    distances: Distances, X: Array, labelings: IntArray, n_threads: int,
    *, dunn: bool, mirror: bool, weights: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray | None]:  # fmt: skip
    """Return the mean silhouette of each labeling, and its Dunn index if `dunn`.

    Every distance is computed once, or twice if not `mirror`, and added twice for each labeling:
    O(n_curves² n_labelings) additions. The memory is a panel of distances a thread and tables (cluster, curve) of the
    clusters of all labelings, of a block of curves a thread or of all curves if `TABLES_BYTES` allow; nothing is of
    size n_curves².

    Parameters
    ----------
    distances : callable
        `distances(rows, block)`: distances from the curves of the block to those in the rows, none of them negative or
        NaN, as an array of shape (len(rows), len(block)). It is called from several threads.
    X : array of shape (n_curves, ...), float32 or float64
        The curves whose rows `distances` gets. Sums are in this precision, silhouettes in float64.
    labelings : array of shape (n_labelings, n_curves), int64
        In each labeling from 0 to the number of clusters less 1, at least 2 clusters, and none empty.
    n_threads : int
        At most as many threads are used; the result is the same bits for any number.
    dunn : bool
        Whether to compute Dunn indices, which takes about twice as many operations again.
    symmetric : bool
        Whether a distance that is computed from one curve serves the other too; they must be symmetric then. This is
        faster, except where few curves have distances that take hardly longer than to be added up.
    weights : array of shape (n_clusters,), float64, optional
        How many curves each curve of a cluster stands for, by default 1; the clusters of all labelings follow each
        other.

    Returns
    -------
    silhouettes : array of shape (n_labelings,), float64
    dunns : array of shape (n_labelings,), float64, or None
        Infinite where no two curves of a cluster differ, 0 where two of different clusters are equal.
    """
    labels = _sort(labelings)
    operations = ("sum", "least", "largest") if dunn else ("sum",)
    n_blocks = math.ceil(len(X) / _width(X.dtype))
    totals, gaps, diameters = (np.empty((n_blocks, len(labelings))) for _ in range(3))

    def take(block: int, rows: slice, tables: list[Array]) -> None:
        found = _silhouettes(labels, rows, tables[0])
        totals[block] = (found if weights is None else found * weights[labels.clusters[:, rows]]).sum(axis=1)
        if dunn:
            gaps[block] = _split(labels, rows, tables[1])[1].min(axis=1)
            diameters[block] = _split(labels, rows, tables[2])[0].max(axis=1)

    _stream(distances, X, labels, operations, take, n_threads, mirror=mirror)
    gap, diameter = gaps.min(axis=0), diameters.max(axis=0)
    # Infinite where only the diameter is 0, and 0 where both are.
    dunns = np.divide(gap, diameter, out=np.where(gap > 0, np.inf, 0.0), where=diameter > 0) if dunn else None
    n_curves = len(X) if weights is None else np.add.reduceat(weights * labels.sizes, labels.first)
    return totals.sum(axis=0) / n_curves, dunns


def silhouette_samples(distances: Distances, X: Array, labels: IntArray, n_threads: int, *, mirror: bool) -> FloatArray:
    """Return the silhouette of each curve, float64, for labels of shape (n_curves,); otherwise as `separations`."""
    sorted_labels = _sort(labels[None])
    samples = np.empty(len(X))

    def take(_block: int, rows: slice, tables: list[Array]) -> None:
        samples[sorted_labels.order[rows]] = _silhouettes(sorted_labels, rows, tables[0])[0]

    _stream(distances, X, sorted_labels, ("sum",), take, n_threads, mirror=mirror)
    return samples


def _sort(labelings: IntArray) -> _Labelings:
    """Sort curves by their labels, those of the finest labeling first: what it puts together mostly stays together."""
    n_clusters = labelings.max(axis=1) + 1
    first = np.cumsum(n_clusters) - n_clusters
    # numpy sorts 16 bits several times as fast.
    narrow = np.int16 if n_clusters.max() <= np.iinfo(np.int16).max else np.int64
    order = np.lexsort(labelings[np.argsort(n_clusters, kind="stable")].astype(narrow))
    clusters = (labelings[:, order] + first[:, None]).astype(np.int32)
    return _Labelings(order, clusters, first, np.bincount(clusters.ravel()))


def _stream(
    distances: Distances, X: Array, labels: _Labelings, operations: tuple[str, ...], take: Take, n_threads: int,
    *, mirror: bool,
) -> None:  # fmt: skip
    """Call `take` with each block's number, its rows in sorted order, and a table (cluster, row) of each operation."""
    n_bytes = len(operations) * len(labels.sizes) * len(X) * X.itemsize
    half = mirror and n_bytes <= TABLES_BYTES and CURVES_PER_CLUSTER * len(labels.sizes) <= len(X)
    stream = _stream_half if half else _stream_all
    stream(distances, X[labels.order], labels, operations, take, n_threads)


def _stream_all(
    distances: Distances, curves: Array, labels: _Labelings, operations: tuple[str, ...], take: Take, n_threads: int
) -> None:
    """Compute the distances from all curves to each block, with tables of one block at a time."""
    dtype, width = curves.dtype, _width(curves.dtype)
    kernels = [_kernel(operation, dtype.name) for operation in operations]
    n_blocks = math.ceil(len(curves) / width)

    def run(blocks: range) -> None:
        tile = _aligned((TILE_ROWS, width), dtype).ravel()
        tables = [_aligned((len(labels.sizes), width), dtype) for _ in operations]
        for block in blocks:
            rows = slice(block * width, min(len(curves), (block + 1) * width))
            for operation, table in zip(operations, tables, strict=True):
                table.fill(OPERATIONS[operation][1])
            for top in range(0, len(curves), PANEL_ROWS):
                found = distances(curves[top : top + PANEL_ROWS], curves[rows])
                found = np.ascontiguousarray(found, dtype)
                for kernel, table in zip(kernels, tables, strict=True):
                    kernel(found, labels.clusters, top, tile, table.ravel())
            take(block, rows, [table[:, : rows.stop - rows.start] for table in tables])

    # Each chunk has tables of its own, which take a while to be made.
    n_chunks = min(n_blocks, CHUNKS_PER_THREAD * n_threads if n_threads > 1 else 1)
    run_chunks(run, [range(number, n_blocks, n_chunks) for number in range(n_chunks)], n_threads)


def _stream_half(
    distances: Distances, curves: Array, labels: _Labelings, operations: tuple[str, ...], take: Take, n_threads: int
) -> None:
    """Compute each distance once, in squares of some blocks by others, with the tables of all blocks."""
    dtype, width = curves.dtype, _width(curves.dtype)
    n_blocks = math.ceil(len(curves) / width)
    tables = [_aligned((n_blocks, len(labels.sizes) * width), dtype) for _ in operations]
    for operation, table in zip(operations, tables, strict=True):
        table.fill(OPERATIONS[operation][1])
    kernels = [_kernel(operation, dtype.name) for operation in operations]
    side = max(1, min(SQUARE_CURVES // width, n_blocks // SQUARES_A_SIDE)) * width

    def add(found: Array, first: int, left: int) -> None:
        tile = _aligned((TILE_ROWS, width), dtype).ravel()
        for at in range(0, found.shape[1], width):
            for kernel, table in zip(kernels, tables, strict=True):
                kernel(found[:, at : at + width], labels.clusters, first, tile, table[(left + at) // width])

    def run(square: tuple[int, int]) -> None:
        top, left = side * square[0], side * square[1]
        rows = curves[top : top + side]
        found = distances(rows, rows if top == left else curves[left : left + side]).astype(dtype, copy=False)
        add(found, top, left)
        if top != left:
            add(found.T, left, top)

    def finish(block: int) -> None:
        rows = slice(block * width, min(len(curves), (block + 1) * width))
        take(block, rows, [table[block].reshape(-1, width)[:, : rows.stop - rows.start] for table in tables])

    with shared_threads(n_threads):
        for squares in _rounds(math.ceil(len(curves) / side)):
            run_chunks(run, squares, n_threads)
        run_chunks(finish, range(n_blocks), n_threads)


def _rounds(n: int) -> Iterator[list[tuple[int, int]]]:
    """Yield all unordered pairs of numbers below n, each with itself too, in rounds that have no number twice.

    Hence a round's squares can be added up at once, and each table gets its sums in the order of the rounds.
    """
    yield [(number, number) for number in range(n)]
    # The circle method: the last stands, the others move by one place each round.
    last = n - 1 + n % 2
    for turn in range(last):
        pairs = [((turn + step) % last, (turn - step) % last) for step in range(1, (last + 1) // 2)]
        yield [pair for pair in [(turn, last), *pairs] if max(pair) < n]


def _silhouettes(labels: _Labelings, rows: slice, sums: Array) -> FloatArray:
    """Compute silhouettes, shape (n_labelings, n_rows), from sums of distances to each cluster; 0 in a cluster of one.

    NaN where a sum of distances left the range of floats.
    """
    sizes = labels.sizes[labels.clusters[:, rows]]
    within = _split(labels, rows, sums)[0] / np.maximum(sizes - 1, 1)
    others = _split(labels, rows, sums * (1 / labels.sizes)[:, None])[1]
    larger = np.maximum(within, others)
    with np.errstate(invalid="ignore"):
        return np.divide(others - within, larger, out=np.zeros_like(within), where=(sizes > 1) & (larger > 0))


def _split(labels: _Labelings, rows: slice, values: Array) -> tuple[FloatArray, FloatArray]:
    """Return the values of each row's own cluster and the least of another, shape (n_labelings, n_rows), float64."""
    own = labels.clusters[:, rows], np.arange(values.shape[1])
    others = values.astype(np.float64)
    others[own] = np.inf
    return values[own].astype(np.float64), np.minimum.reduceat(others, labels.first, axis=0)


def _aligned(shape: tuple[int, int], dtype: Any) -> Array:
    """Return zeros that begin with a line of the cache: a vector that straddles two is read at half the speed."""
    n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
    memory = np.zeros(n_bytes + LINE_BYTES, np.uint8)
    begin = -memory.ctypes.data % LINE_BYTES
    aligned: Array = memory[begin : begin + n_bytes].view(dtype).reshape(shape)
    return aligned


def _width(dtype: Any) -> int:
    """Return the number of curves in a block."""
    return N_VECTORS * _host.lanes(dtype)


@functools.cache
def _kernel(operation: str, dtype: str) -> Any:
    """Compile `SOURCE` for one of the `OPERATIONS`."""
    text = SOURCE.format(operation=operation, width=_width(dtype), formula=OPERATIONS[operation][0])
    signature = f"void({dtype}[:, :], int32[:, ::1], intp, {dtype}[::1], {dtype}[::1])"
    return load_kernel(f"silhouette-{operation}-{dtype}", text, signature)
