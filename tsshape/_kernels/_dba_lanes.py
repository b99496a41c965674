"""Text of the kernel of one iteration of DTW barycenter averaging: one lane a curve, the centre broadcast.

Instead of walking one path after the other, the forward pass keeps two bits a cell and lane (whether the path came from
the diagonal, and if not, whether from above), and the backward pass moves the paths of all lanes at once, as words with
a bit for each lane whose path visits the cell. Time O(T U) vectors a block, less what lies outside the band; memory two
words a cell. Ties go to the diagonal, then to above, as in the oracle and in tslearn.

`LANES` is the same on every processor, because a word has 16 bits: the compiler splits vectors that are wider than a
register, and the loops need few enough registers for the parts (float64: 1.9 times as fast as one register of eight).

Channels are warped together: a cell costs the sum of their squared differences. `CHANNELS` is written into the text, so
that the loops over them are unrolled; value c of time j stands at (j * CHANNELS + c) * LANES.
"""

import numpy as np
from llvmlite import ir
from numba import njit
from numba.extending import intrinsic

from tsshape._kernels._simd import JIT_OPTIONS, Mask, broadcast, fma, load, mask_bits, select, store

LANES = 16
CHANNELS = 1
WORD = np.uint16
NONE = WORD(0)
ALL = WORD(0xFFFF)


@intrinsic
def mask_of(_context, bits):
    """Return the mask with the bits of a word: the reverse of `mask_bits`."""

    def emit(_context, builder, _signature, operands):
        return builder.bitcast(operands[0], ir.VectorType(ir.IntType(1), LANES))

    return Mask(LANES)(bits), emit


@njit(**JIT_OPTIONS)
def align(center, block, n_times, window, row, diagonal, above, cost):
    """Forward pass of one block: write the bits of each cell's step back, and the cost of each lane."""
    infinite = broadcast(center.dtype.type(np.inf), LANES)
    left = infinite
    for j in range(n_times):
        store(row, j * LANES, infinite)
    for i in range(center.shape[1]):
        left, corner = infinite, infinite
        first, last = max(0, i - window), min(n_times, i + window + 1)
        if i == 0:
            corner = broadcast(center.dtype.type(0), LANES)
        elif first > 0:
            corner = load(row, (first - 1) * LANES, LANES)
        for j in range(first, last):
            up = load(row, j * LANES, LANES)
            beside = min(up, left)
            diagonal[i, j] = mask_bits(corner <= beside)
            above[i, j] = mask_bits(up <= left)
            left = min(corner, beside)
            for c in range(CHANNELS):
                difference = broadcast(center[c, i], LANES) - load(block, (j * CHANNELS + c) * LANES, LANES)
                left = fma(difference, difference, left)
            corner = up
            store(row, j * LANES, left)
    store(cost, 0, left)


@njit(**JIT_OPTIONS)
def collect(block, n_times, window, diagonal, above, weight, to_above, to_diagonal, sums, counts):
    """Backward pass of one block: add the weighted values of all lanes to the sums of each time step of the centre."""
    to_above[:] = NONE
    to_diagonal[:] = NONE
    starting = ALL
    for i in range(len(diagonal) - 1, -1, -1):
        first, last = max(0, i - window), min(n_times, i + window + 1)
        total, count = load(sums, i * CHANNELS * LANES, LANES), load(counts, i * LANES, LANES)
        to_left = NONE
        # The next row has sent its paths to column j by to_above[j] and to_diagonal[j + 1].
        from_diagonal = to_diagonal[last]
        for j in range(last - 1, first - 1, -1):
            here = to_above[j] | to_left | from_diagonal | starting
            starting = NONE
            from_diagonal = to_diagonal[j]
            beside = here & ~diagonal[i, j]
            to_diagonal[j] = here & diagonal[i, j]
            to_above[j] = beside & above[i, j]
            to_left = WORD(beside & ~above[i, j])
            if here != NONE:
                visited = mask_of(WORD(here))
                total = select(visited, fma(weight, load(block, j * CHANNELS * LANES, LANES), total), total)
                count = select(visited, count + weight, count)
                # The first channel stays in a register.
                for c in range(1, CHANNELS):
                    place = (i * CHANNELS + c) * LANES
                    value, other = load(block, (j * CHANNELS + c) * LANES, LANES), load(sums, place, LANES)
                    store(sums, place, select(visited, fma(weight, value, other), other))
        store(sums, i * CHANNELS * LANES, total)
        store(counts, i * LANES, count)


@njit(**JIT_OPTIONS)
def pack(X, order, weights, first, stop, block, lane_weights):
    """Transpose curves into lanes, in their order from `first` on; missing ones repeat the last with weight 0."""
    curves = np.empty(LANES, np.intp)
    for lane in range(LANES):
        curves[lane] = order[min(first + lane, stop - 1)]
        lane_weights[lane] = weights[curves[lane]] if first + lane < stop else 0
    # Time by time, so that the rows, which lie apart, are fetched side by side.
    for j in range(X.shape[2]):
        for c in range(CHANNELS):
            for lane in range(LANES):
                block[(j * CHANNELS + c) * LANES + lane] = X[curves[lane], c, j]


@njit(**JIT_OPTIONS)
def kernel(center, X, order, weights, window, start, stop, out):
    """Add to `out` sums, (CHANNELS, n_center), counts and cost, in float64, of the curves in rows order[start:stop]."""
    n_center, n_times = center.shape[1], X.shape[2]
    n_sums = CHANNELS * n_center
    block, lane_weights = np.empty(n_times * CHANNELS * LANES, X.dtype), np.empty(LANES, X.dtype)
    row, cost = np.empty(n_times * LANES, X.dtype), np.empty(LANES, X.dtype)
    sums, counts = np.zeros(n_sums * LANES, X.dtype), np.zeros(n_center * LANES, X.dtype)
    diagonal, above = np.empty((n_center, n_times), WORD), np.empty((n_center, n_times), WORD)
    to_above, to_diagonal = np.empty(n_times + 1, WORD), np.empty(n_times + 1, WORD)
    for first in range(start, stop, LANES):
        pack(X, order, weights, first, stop, block, lane_weights)
        align(center, block, n_times, window, row, diagonal, above, cost)
        weight = load(lane_weights, 0, LANES)
        collect(block, n_times, window, diagonal, above, weight, to_above, to_diagonal, sums, counts)
        for lane in range(LANES):
            out[n_sums + n_center] += np.float64(lane_weights[lane]) * np.float64(cost[lane])
    for i in range(n_center):
        for lane in range(LANES):
            out[n_sums + i] += counts[i * LANES + lane]
            for c in range(CHANNELS):
                out[c * n_center + i] += sums[(i * CHANNELS + c) * LANES + lane]
