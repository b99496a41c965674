"""The nearest centre under DTW: most centres are ruled out by a lower bound, many curves at once.

LB_Keogh (Keogh & Ratanamahatana 2005, Knowledge and Information Systems 7, 358-386): the squares by which a curve lies
outside the envelope of a centre are a lower bound of the cost of any path within the window. A block of lanes skips a
centre whose bound exceeds the least distance that each of its lanes has found so far. For that the curves are sorted,
some thousands at a time, by a guess of their nearest centre (mostly the nearest along the diagonal is the nearest of
all), so that the lanes of a block agree. The result is exact for any guess: the limits allow for rounding of the bound.
"""

import functools
from typing import Any

import numpy as np

from tsshape._kernels._cache import load_kernel
from tsshape._kernels._generate import strip_module
from tsshape._kernels._nearest_dtw_pairs import LEAST_WINDOW, envelope, nearest_dtw_pairs, pairs_are_worth_it
from tsshape._kernels._packing import ROOM, Array, pack_constants, pack_rows, pack_weights, scale_of
from tsshape._kernels._pairwise import strip_shape
from tsshape._kernels._recurrences import ELASTIC
from tsshape._kernels._threads import run_chunks
from tsshape._typing import IntArray

# Number of curves that are sorted together: most blocks then have a single guess, and the curves stay in the cache.
CHUNK_CURVES = 8192
# Few curves are divided into smaller chunks, so that every thread gets some.
SMALLEST_CHUNK, FEWEST_CHUNKS = 2048, 4
# The guess compares every third time step only.
GUESS_STEP = 3
# Pairs of their own in the lanes are faster for long curves in a wide band, and where there are too few curves for a
# centre to fill blocks of them; if a sample costs no more than a share of the full matrix.
LONG, WIDE_BAND, FEW_CURVES = 48, 51, 64
SHARE_OF_MANY, SHARE_OF_FEW = 0.6, 0.9

DRIVER = '''
from tsshape._kernels._simd import mask_bits


@njit(**JIT_OPTIONS)
def pack(X, curves, start, factor, y):
    """Transpose rows of X into lanes that begin with a zero each; lanes that are left over repeat the last row."""
    T = X.shape[1]
    for lane in range(WIDTH):
        y[lane] = ZERO
        curve = curves[min(start + lane, len(curves) - 1)]
        for t in range(T):
            y[(t + 1) * WIDTH + lane] = X[curve, t] * factor


@njit(**JIT_OPTIONS)
def may_be_nearer(upper, lower, to, T, y, limit):
    """Return whether the bound of any lane is within the lane's limit."""
    for lane in range(0, WIDTH, LANES):
        bound = broadcast(ZERO, LANES)
        for t in range(T):
            value = load(y, (t + 1) * WIDTH + lane, LANES)
            outside = max(max(value - upper[to + t], lower[to + t] - value), ZERO)
            bound = fma(outside, outside, bound)
        if mask_bits(bound <= load(limit, lane, LANES)) != 0:
            return True
    return False


@njit(**JIT_OPTIONS)
def update(found, label, nearest, least, limit, scale, slack):
    """Take the distances that were found where they are nearer, and lower the limits of the bound."""
    for lane in range(0, WIDTH, LANES):
        value, best = load(found, lane, LANES), load(least, lane, LANES)
        store(nearest, lane, select(value < best, label, load(nearest, lane, LANES)))
        store(least, lane, min(value, best))
        scaled = value * scale
        store(limit, lane, min(load(limit, lane, LANES), scaled * scaled * slack))


@njit(**JIT_OPTIONS)
def guess(x, x_stride, n, T, y, nearest, least):
    """Find the nearest centre of each lane by the squared Euclidean distance at some of the times."""
    least[:] = np.inf
    for c in range(n):
        for lane in range(0, WIDTH, LANES):
            total = broadcast(ZERO, LANES)
            for t in range(STEP // 2, T, STEP):
                difference = load(y, (t + 1) * WIDTH + lane, LANES) - x[c * x_stride + 1 + t]
                total = fma(difference, difference, total)
            best = load(least, lane, LANES)
            store(nearest, lane, select(total < best, x.dtype.type(c), load(nearest, lane, LANES)))
            store(least, lane, min(total, best))


@njit(**JIT_OPTIONS)
def order_by_guess(x, x_stride, n, X, factor, start, stop, y, nearest, least, curves, guesses):
    """Sort the curves from start to stop by their guessed centre."""
    T = X.shape[1]
    ends = np.zeros(n, np.int64)
    for i in range(stop - start):
        curves[i] = start + i
    own = np.empty(stop - start, np.int64)
    for first in range(0, stop - start, WIDTH):
        pack(X, curves[: stop - start], first, factor, y)
        guess(x, x_stride, n, T, y, nearest, least)
        for lane in range(min(WIDTH, stop - start - first)):
            own[first + lane] = np.int64(nearest[lane])
            ends[own[first + lane]] += 1
    for c in range(1, n):
        ends[c] += ends[c - 1]
    for i in range(stop - start - 1, -1, -1):
        ends[own[i]] -= 1
        curves[ends[own[i]]] = start + i
        guesses[ends[own[i]]] = own[i]


@njit(**JIT_OPTIONS)
def kernel(
    x, x_stride, n, X, window, constants, by_lag, upper, lower, scale, slack, start, stop, labels, distances
):
    T = X.shape[1]
    y, top = np.empty((T + 1) * WIDTH, X.dtype), np.empty(T * WIDTH, X.dtype)
    guessed, found, limit = np.empty(WIDTH, X.dtype), np.empty(WIDTH, X.dtype), np.empty(WIDTH, X.dtype)
    nearest, least = np.empty(WIDTH, X.dtype), np.empty(WIDTH, X.dtype)
    curves, guesses = np.empty(stop - start, np.int64), np.empty(stop - start, np.int64)
    order_by_guess(x, x_stride, n, X, scale, start, stop, y, nearest, least, curves, guesses)
    for first in range(0, stop - start, WIDTH):
        pack(X, curves, first, scale, y)
        likely = guesses[min(first + WIDTH // 2, stop - start - 1)]
        block(x, likely * x_stride + 1, x_stride, T, y, WIDTH, T, window, constants, by_lag, top, guessed, 0)
        # The guess sets the first limit, but is compared in its turn, so that the first of equals wins.
        limit[:] = np.inf
        least[:] = np.inf
        update(guessed, ZERO, nearest, least, limit, scale, slack)
        least[:] = np.inf
        for c in range(n):
            if c == likely:
                update(guessed, X.dtype.type(c), nearest, least, limit, scale, slack)
            elif may_be_nearer(upper, lower, c * T, T, y, limit):
                block(x, c * x_stride + 1, x_stride, T, y, WIDTH, T, window, constants, by_lag, top, found, 0)
                update(found, X.dtype.type(c), nearest, least, limit, scale, slack)
        for lane in range(min(WIDTH, stop - start - first)):
            labels[curves[first + lane]] = np.int64(nearest[lane])
            distances[curves[first + lane]] = least[lane]
'''


def nearest_dtw(X: Array, centers: Array, window: int, n_threads: int) -> tuple[IntArray, Array]:
    """Return labels and distances of the nearest centres under DTW; all curves and centres have the same length."""
    recurrence, dtype = ELASTIC["dtw"], X.dtype
    (n_curves, n_times), n_centers = X.shape, len(centers)
    radius = min(window, n_times - 1)
    if _suits_pairs(X, centers, radius):
        return nearest_dtw_pairs(X, centers, window, n_threads)
    window = window if window < n_times - 1 else 2 * n_times + ROOM
    kernel = _kernel(dtype.name, *strip_shape(recurrence, window))
    scale = scale_of(X, centers, n_terms=2 * n_times)
    x, x_stride = pack_rows(centers, scale)
    upper, lower = envelope(centers * dtype.type(scale), radius)
    constants = pack_constants(recurrence, (window,), n_times, n_times, 1 / scale, dtype)
    by_lag = pack_weights(recurrence, (window,), n_times, n_times, dtype)
    # Each of the sums rounds by at most half an eps a term.
    slack = dtype.type(1 + 4 * (n_times + 4) * np.finfo(dtype).eps)
    labels, distances = np.empty(n_curves, np.int64), np.empty(n_curves, dtype)
    size = min(CHUNK_CURVES, max(SMALLEST_CHUNK, -(-n_curves // FEWEST_CHUNKS)))

    def search(start: int) -> None:
        stop = min(n_curves, start + size)
        kernel(
            x, x_stride, n_centers, X, window, constants, by_lag, upper, lower,
            dtype.type(scale), slack, start, stop, labels, distances,
        )  # fmt: skip

    run_chunks(search, range(0, n_curves, size), n_threads)
    return labels, distances


def _suits_pairs(X: Array, centers: Array, radius: int) -> bool:
    """Return whether the search in pairs is likely to be faster than that in blocks of curves."""
    n_curves, n_times = X.shape
    if radius < LEAST_WINDOW or n_times < LONG:
        return False
    if n_curves < FEW_CURVES * len(centers):
        return pairs_are_worth_it(X, centers, radius, SHARE_OF_FEW)
    width = min(2 * radius + 1, n_times)
    return width >= WIDE_BAND and pairs_are_worth_it(X, centers, radius, SHARE_OF_MANY)


@functools.cache
def _kernel(dtype: str, n_rows: int, n_vectors: int) -> Any:
    """Compile the search around the lane kernel of DTW."""
    text = strip_module(
        "dtw", ELASTIC["dtw"], dtype, "ELASTIC['dtw']", n_rows=n_rows, n_vectors=n_vectors,
        driver=f"STEP = {GUESS_STEP}\n{DRIVER}",
    )  # fmt: skip
    flat, one = f"{dtype}[::1]", dtype
    signature = (
        f"void({flat}, intp, intp, {dtype}[:, ::1], intp, {flat}, {flat}, {flat}, {flat}, {one}, {one}, intp, intp, "
        f"int64[::1], {flat})"
    )
    return load_kernel(f"nearest-dtw-{dtype}", text, signature)
