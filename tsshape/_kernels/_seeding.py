"""Squared Euclidean distances of curves to initial centres, for k-means++.

A tile of candidates by vectors of curves accumulates in registers. The costs of the curves with each candidate added to
the centres are written and summed in the same pass, so that the costs with the best candidate are known at once.
"""

import functools
from typing import Any

import numpy as np

from tsshape._kernels import _host
from tsshape._kernels._cache import load_kernel
from tsshape._kernels._lloyd import LLOYD_CHUNK, LloydPoints, vectors_of_points
from tsshape._kernels._packing import Array
from tsshape._kernels._threads import run_chunks
from tsshape._kernels._tile import tile_module
from tsshape._typing import FloatArray

# Candidates in a tile; k-means++ tries about 2 + log(n_clusters) of them.
N_ROWS = 2
BLOCK = """

@njit(**JIT_OPTIONS)
def block(centers, c, T, y, yo, costs, weights, to, n_lanes, lowered, totals):
    for r in ROWS:
        for v in VECTORS:
            total{r}_{v} = broadcast(ZERO, LANES)
    for t in range(T):
        for v in VECTORS:
            y{v} = load(y, yo + t * WIDTH + {v} * LANES, LANES)
        for r in ROWS:
            x = broadcast(centers[(c + {r}) * T + t], LANES)
            for v in VECTORS:
                difference = x - y{v}
                total{r}_{v} = fma(difference, difference, total{r}_{v})
    for v in VECTORS:
        cost{v} = load(costs, to + {v} * LANES, LANES)
        weight{v} = load(weights, to + {v} * LANES, LANES)
    for r in ROWS:
        for v in VECTORS:
            cost = min(cost{v}, total{r}_{v})
            store(lowered, (c + {r}) * n_lanes + to + {v} * LANES, cost)
            at = (c + {r}) * WIDTH + {v} * LANES
            store(totals, at, fma(cost, weight{v}, load(totals, at, LANES)))
"""
DRIVER = """

@njit(**JIT_OPTIONS)
def kernel(centers, n_centers, T, y, costs, weights, first, last, lowered, sums):
    totals = np.zeros(n_centers * WIDTH, costs.dtype)
    for b in range(first, last):
        for c in range(0, n_centers, N_ROWS):
            block(centers, c, T, y, (b * (T + 1) + 1) * WIDTH, costs, weights, b * WIDTH, len(costs), lowered, totals)
    for c in range(n_centers):
        for lane in range(WIDTH):
            sums[c] += totals[c * WIDTH + lane]
"""


class LaneCosts:
    """Squared distance of each curve to the nearest of the centres so far, in the unit of the points' lanes.

    Parameters
    ----------
    points : LloydPoints
    weights : array of shape (n_curves,), float64
        Not negative, and not all 0.
    n_threads : int
        At most as many threads are used; the results are the same bits for any number.
    """

    def __init__(self, points: LloydPoints, weights: FloatArray, n_threads: int) -> None:
        self._points, self._n_threads = points, n_threads
        self._kernel, width = _kernel(points.X.dtype.name)
        self._n_curves, self._n_blocks = len(points.X), -(-len(points.X) // width)
        self._blocks_per_chunk = max(1, LLOYD_CHUNK // width)
        # Lanes beyond the last curve have weight 0.
        self._weights = np.zeros(self._n_blocks * width, points.X.dtype)
        self._weights[: len(weights)] = weights / weights.max()
        self._costs = np.full(len(self._weights), np.finfo(points.X.dtype).max, points.X.dtype)
        self._lowered = np.empty((0, 0), points.X.dtype)

    @property
    def potentials(self) -> FloatArray:
        """Weighted cost of each curve, shape (n_curves,)."""
        costs, weights = self._costs[: self._n_curves], self._weights[: self._n_curves]
        return np.multiply(costs, weights, dtype=np.float64)

    def add_best(self, candidates: Array) -> int:
        """Add the candidate, of shape (n, n_times), that lowers the sum of the potentials most; return its row."""
        points = self._points
        n_rows = -(-len(candidates) // N_ROWS) * N_ROWS
        # The last candidate fills up the last tile.
        rows = (candidates - points.mean)[np.minimum(np.arange(n_rows), len(candidates) - 1)]
        packed = (rows * points.X.dtype.type(points.scale)).ravel()
        if self._lowered.shape[0] != n_rows:
            # Kept from call to call: fresh memory of this size costs as much as the arithmetic.
            self._lowered = np.empty((n_rows, len(self._costs)), points.X.dtype)
        lowered = self._lowered
        starts = range(0, self._n_blocks, self._blocks_per_chunk)
        sums = np.zeros((len(starts), n_rows))

        def run(start: int) -> None:
            stop = min(self._n_blocks, start + self._blocks_per_chunk)
            part = sums[start // self._blocks_per_chunk]
            self._kernel(
                packed, n_rows, points.X.shape[1], points.lanes, self._costs, self._weights,
                start, stop, lowered.ravel(), part,
            )  # fmt: skip

        run_chunks(run, starts, self._n_threads)
        best = int(np.argmin(sums.sum(axis=0)[: len(candidates)]))
        np.copyto(self._costs, lowered[best])
        return best


@functools.cache
def _kernel(dtype: str) -> tuple[Any, int]:
    """Return the kernel, and the number of curves in its blocks, which is that of the points' lanes."""
    n_vectors = vectors_of_points()
    text = tile_module("costs at candidates", BLOCK + DRIVER, dtype, n_rows=N_ROWS, n_vectors=n_vectors)
    flat = f"{dtype}[::1]"
    signature = f"void({flat}, intp, intp, {flat}, {flat}, {flat}, intp, intp, {flat}, float64[::1])"
    return load_kernel(f"seeding-{dtype}", text, signature), _host.lanes(dtype) * n_vectors
