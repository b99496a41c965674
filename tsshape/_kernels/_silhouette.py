"""Silhouettes and Dunn indices of many labelings in one pass over the distances, of which no matrix is kept.

A block of curves stands in the lanes. The distances of all curves to it come in panels, whose tiles of rows are added
to a table (cluster, lane) as `_silhouette_plan` lays it out: whole runs of rows at a time, in registers.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types

from tsshape._kernels import _host
from tsshape._kernels._cache import load_kernel
from tsshape._kernels._pairwise import Array
from tsshape._kernels._silhouette_plan import Plan, make_plan
from tsshape._kernels._threads import run_chunks
from tsshape._typing import FloatArray, IntArray

Distances = Callable[[Array, Array], Array]

# Vectors that are added up at once: enough to hide how long an addition takes, within the registers of AVX2.
N_VECTORS = 8
# 256 rows by 64 float64 are 128 KiB: with their atoms and the clusters they fall into, half a second-level cache.
TILE_ROWS = 256
# A wide block saves packing of rows for the distances (from 64 to 128 float64 8 %), a wider one than this slows the
# additions by more, as panels push tables out of the second-level cache (256 float64: by a half).
BLOCK_VECTORS = 2 * N_VECTORS
PANEL_TILES = 8
# Labelings that share atoms: 4 and 8 take 4 % more additions on k-means labelings with k = 2 to 80, none three times
# as many.
GROUP_SIZE = 6
# Where there are so many clusters that their sums take more than this, blocks are narrower.
TABLE_BYTES = 1 << 24
CHUNKS_PER_THREAD = 4
LINE_BYTES = 64

FOLD = '''"""Tiles of distances to the {operation} of each cluster; written by tsshape._kernels._silhouette."""

from numba import njit

from tsshape._kernels._simd import JIT_OPTIONS, load, store

LANES = {lanes}
WIDTH = {width}


@njit(**JIT_OPTIONS)
def fold(rows, members, starts, targets, first, last, out, oo, fresh):
    for run in range(first, last):
        start, stop = starts[run], starts[run + 1]
        row = members[start] * WIDTH
{first_row}
        for member in range(start + 1, stop):
            row = members[member] * WIDTH
{next_row}
        row = oo + targets[run] * WIDTH
        if not fresh:
{target_row}
{store}


@njit(**JIT_OPTIONS)
def kernel(
    distances, first_tile, tile_rows, members, starts, targets, edges,
    parts, part_starts, clusters, cluster_edges, tile, atoms, table, n_clusters,
):
    n_rows, n_columns = distances.shape
    for left in range(0, n_columns, WIDTH):
        right = min(n_columns, left + WIDTH)
        for top in range(0, n_rows, tile_rows):
            # Copied once, so that every later read is aligned and the rows follow each other.
            for i in range(top, min(n_rows, top + tile_rows)):
                for j in range(left, right):
                    tile[(i - top) * WIDTH + j - left] = distances[i, j]
            t = first_tile + top // tile_rows
            for group in range(len(edges)):
                first, last = edges[group, t], edges[group, t + 1]
                fold(tile, members, starts, targets, first, last, atoms, 0, True)
                first, last = cluster_edges[group, t], cluster_edges[group, t + 1]
                fold(atoms, parts, part_starts, clusters, first, last, table, left * n_clusters, False)
'''
SPLIT = '''"""What a table holds for the own cluster of each curve, and the least for another."""

import numpy as np
from numba import njit

from tsshape._kernels._simd import JIT_OPTIONS


@njit(**JIT_OPTIONS)
def kernel(table, clusters, first, weights, own, others):
    width = table.shape[2]
    for left in range(0, clusters.shape[1], width):
        values = table[left // width]
        for labeling in range(len(clusters)):
            mine, least = clusters[labeling, left : left + width], others[labeling, left : left + width]
            least[:] = np.inf
            for cluster in range(first[labeling], first[labeling + 1]):
                weight = weights[cluster]
                for lane in range(len(mine)):
                    value = values[cluster, lane] * weight
                    least[lane] = min(least[lane], np.inf if mine[lane] == cluster else value)
            for lane in range(len(mine)):
                own[labeling, left + lane] = values[mine[lane], lane]
'''
OPERATIONS = {"sum": ("{} + {}", 0.0), "least": ("min({}, {})", math.inf), "largest": ("max({}, {})", 0.0)}


def separations(
    distances: Distances, X: Array, labelings: IntArray, n_threads: int, *, dunn: bool
) -> tuple[FloatArray, FloatArray | None]:
    """The mean silhouette of each labeling, and its Dunn index where that is asked for.

    Every distance is asked for once and added once a group of labelings, and every atom once a labeling:
    O(n_curves² n_labelings) additions. A thread's memory is a panel of distances and a table (cluster, lane) of the
    clusters of all labelings; nothing is of size n_curves².

    Parameters
    ----------
    distances : callable
        `distances(rows, block)`: distances from the curves of the block to those in the rows, none of them negative or
        NaN, as an array of shape (len(rows), len(block)). It is called from several threads.
    X : array of shape (n_curves, n_times), float32 or float64
        What `distances` gets rows of; the sums have its precision, what is made of them is float64.
    labelings : array of shape (n_labelings, n_curves), int64
        In each labeling from 0 to the number of clusters less 1, at least 2 clusters, and none empty.
    n_threads : int
        At most as many threads are used; the result is the same bits for any number.
    dunn : bool
        Whether Dunn indices are wanted too, which takes about twice as many additions again.

    Returns
    -------
    silhouettes : array of shape (n_labelings,), float64
    dunns : array of shape (n_labelings,), float64, or None
        Infinite where no two curves of a cluster differ, 0 where two of different clusters are equal.
    """
    plan = make_plan(labelings, TILE_ROWS, GROUP_SIZE)
    operations = ("sum", "least", "largest") if dunn else ("sum",)
    width = _block_width(X.dtype.name, len(plan.sizes))
    n_blocks = math.ceil(len(X) / width)
    totals, gaps, diameters = (np.empty((n_blocks, len(labelings))) for _ in range(3))

    def take(start: int, found: list[tuple[FloatArray, FloatArray]]) -> None:
        block = start // width
        totals[block] = _scores(plan, start, *found[0]).sum(axis=1)
        if dunn:
            gaps[block] = found[1][1].min(axis=1)
            diameters[block] = found[2][0].max(axis=1)

    _stream(distances, X, plan, operations, take, n_threads)
    silhouettes = totals.sum(axis=0) / len(X)
    return silhouettes, _ratio(gaps.min(axis=0), diameters.max(axis=0)) if dunn else None


def silhouette_samples(distances: Distances, X: Array, labels: IntArray, n_threads: int) -> FloatArray:
    """The silhouette of each curve, float64, for labels of shape (n_curves,); otherwise as `separations`."""
    plan = make_plan(labels[None], TILE_ROWS, GROUP_SIZE)
    samples = np.empty(len(X))

    def take(start: int, found: list[tuple[FloatArray, FloatArray]]) -> None:
        scores = _scores(plan, start, *found[0])[0]
        samples[plan.order[start : start + len(scores)]] = scores

    _stream(distances, X, plan, ("sum",), take, n_threads)
    return samples


def _stream(
    distances: Distances, X: Array, plan: Plan, operations: tuple[str, ...], take: Callable[[int, Any], None],
    n_threads: int,
) -> None:  # fmt: skip
    """Hand over, block by block of curves, what each operation makes of the distances to own and to other clusters."""
    curves = X[plan.order]
    n_clusters, width = len(plan.sizes), _block_width(X.dtype.name, len(plan.sizes))
    lanes = N_VECTORS * _host.lanes(X.dtype)
    folds = [_fold(operation, X.dtype.name) for operation in operations]
    # The mean distance to a cluster is its sum by its size; extremes are what they are.
    weights = [1 / plan.sizes if operation == "sum" else np.ones(n_clusters) for operation in operations]
    panel = TILE_ROWS * PANEL_TILES

    def run(starts: range) -> None:
        tile, atoms = (_aligned((TILE_ROWS, lanes), X.dtype) for _ in range(2))
        tables = [_aligned((width // lanes, n_clusters, lanes), X.dtype) for _ in operations]
        for start in starts:
            for operation, table in zip(operations, tables, strict=True):
                table.fill(OPERATIONS[operation][1])
            for top in range(0, len(curves), panel):
                found = distances(curves[top : top + panel], curves[start : start + width])
                values = np.ascontiguousarray(found, X.dtype)
                for fold, table in zip(folds, tables, strict=True):
                    fold(
                        values, top // TILE_ROWS, TILE_ROWS, *plan.to_atoms.arrays, *plan.to_clusters.arrays,
                        tile.ravel(), atoms.ravel(), table.ravel(), n_clusters,
                    )  # fmt: skip
            take(start, [_split(table, plan, start, weight) for table, weight in zip(tables, weights, strict=True)])

    starts = range(0, len(curves), width)
    # Each chunk has tables of its own, which take a while to be made.
    n_chunks = min(len(starts), CHUNKS_PER_THREAD * n_threads if n_threads > 1 else 1)
    run_chunks(run, [starts[number::n_chunks] for number in range(n_chunks)], n_threads)


def _block_width(dtype: str, n_clusters: int) -> int:
    """Curves in a block: fewer where there are many clusters."""
    lanes = _host.lanes(dtype)
    affordable = TABLE_BYTES // (n_clusters * np.dtype(dtype).itemsize * lanes * N_VECTORS)
    return lanes * N_VECTORS * max(1, min(BLOCK_VECTORS // N_VECTORS, affordable))


def _split(table: Array, plan: Plan, start: int, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Values for the own cluster of each curve of a block and the least for another, (n_labelings, n_block)."""
    width = table.shape[0] * table.shape[2]
    clusters = np.ascontiguousarray(plan.clusters[:, start : start + width])
    own, others = np.empty(clusters.shape), np.empty(clusters.shape)
    _split_kernel(table.dtype.name)(table, clusters, plan.first, weights, own, others)
    return own, others


def _scores(plan: Plan, start: int, own: FloatArray, others: FloatArray) -> FloatArray:
    """Silhouettes from the sums to the own cluster and the least mean of another; 0 for a cluster of one.

    NaN where a sum of distances left the range of floats.
    """
    sizes = plan.sizes[plan.clusters[:, start : start + own.shape[1]]]
    within = own / np.maximum(sizes - 1, 1)
    larger = np.maximum(within, others)
    with np.errstate(invalid="ignore"):
        return np.divide(others - within, larger, out=np.zeros_like(own), where=(sizes > 1) & (larger > 0))


def _ratio(gaps: FloatArray, diameters: FloatArray) -> FloatArray:
    """Gap by diameter: infinite where only the diameter is 0, and 0 where both are."""
    return np.divide(gaps, diameters, out=np.where(gaps > 0, np.inf, 0.0), where=diameters > 0)


def _aligned(shape: tuple[int, ...], dtype: Any) -> Array:
    """Zeros that begin with a line of the cache: a vector that straddles two is read at half the speed."""
    n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
    memory = np.zeros(n_bytes + LINE_BYTES, np.uint8)
    begin = -memory.ctypes.data % LINE_BYTES
    aligned: Array = memory[begin : begin + n_bytes].view(dtype).reshape(shape)
    return aligned


@functools.cache
def _fold(operation: str, dtype: str) -> Any:
    """The kernel that folds tiles into a table by an operation."""
    lanes, formula = _host.lanes(dtype), OPERATIONS[operation][0]

    def lines(indent: int, line: Callable[[int], str]) -> str:
        return "\n".join(" " * indent + line(v) for v in range(N_VECTORS))

    def combine(source: str) -> Callable[[int], str]:
        return lambda v: f"a{v} = " + formula.format(f"a{v}", f"load({source}, row + {v * lanes}, LANES)")

    text = FOLD.format(
        operation=operation, lanes=lanes, width=lanes * N_VECTORS,
        first_row=lines(8, lambda v: f"a{v} = load(rows, row + {v * lanes}, LANES)"),
        next_row=lines(12, combine("rows")),
        target_row=lines(12, combine("out")),
        store=lines(8, lambda v: f"store(out, row + {v * lanes}, a{v})"),
    )  # fmt: skip
    element, size = getattr(types, dtype), types.intp
    flat, indices = types.Array(element, 1, "C"), types.Array(types.int32, 1, "C")
    runs = (indices, indices, indices, types.Array(types.int32, 2, "C"))
    signature = types.void(types.Array(element, 2, "C"), size, size, *runs, *runs, flat, flat, flat, size)
    return load_kernel(f"silhouette-{operation}-{dtype}", text, signature)


@functools.cache
def _split_kernel(dtype: str) -> Any:
    """The compiled `SPLIT`."""
    table, clusters = types.Array(getattr(types, dtype), 3, "C"), types.Array(types.int32, 2, "C")
    first, weights = types.Array(types.int64, 1, "C"), types.Array(types.float64, 1, "C")
    matrix = types.Array(types.float64, 2, "C")
    return load_kernel(f"silhouette-split-{dtype}", SPLIT, types.void(table, clusters, first, weights, matrix, matrix))
