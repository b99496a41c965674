"""Text of the kernel of soft-DTW's value and gradient, from a centre to curves: one lane a curve, the centre broadcast.

With K = exp(-cost / gamma), the sum over all paths needs no logarithm and no minimum:

    Z[i, j] = K[i, j] (Z[i-1, j] + Z[i, j-1] + Z[i-1, j-1])          value = -gamma log Z[-1, -1]

and the paths through a cell have the share Z[i, j] B[i, j] / Z[-1, -1], where B is the sum over the paths from the cell
on. To stay in range, everything after row i is divided by the row's largest entry, lane by lane. Where that is not
enough (costs that differ by hundreds of gammas), the curve is computed again in the log domain, by itself. Time O(T U);
memory 2 T U vectors.
"""

import math

import numpy as np
from numba import njit

from tsshape._kernels._elementary import exp
from tsshape._kernels._simd import JIT_OPTIONS, broadcast, fma, load, select, store

LANES = 8
SMALLEST_EXPONENT = -700.0
# Where a row's largest entry is less, or B exceeds this many times the last Z, a path that matters may have been lost.
SMALLEST_ROW, LARGEST_SUM = 1e-70, 1e150
# SMALLEST_ROW to this power is still a normal number.
ROWS_A_LOGARITHM = 4


@njit(**JIT_OPTIONS)
def forward(center, block, n_times, gamma, kernel, sums, largest, least):
    """Write the scaled sums of all paths to each cell, the largest entry of each row, and the least of these."""
    zero = broadcast(0.0, LANES)
    scale = broadcast(1.0, LANES)
    lowest = scale
    width = n_times * LANES
    for i in range(len(center)):
        x = broadcast(center[i], LANES)
        left, corner, most = zero, zero, zero
        if i == 0:
            left = broadcast(1.0, LANES)
        for j in range(n_times):
            cell = i * width + j * LANES
            difference = x - load(block, j * LANES, LANES)
            exponent = difference * difference * (-1.0 / gamma)
            weight = select(exponent < SMALLEST_EXPONENT, 0.0, exp(exponent))
            store(kernel, cell, weight)
            above = zero
            if i > 0:
                above = load(sums, cell - width, LANES)
            left = weight * fma(above + corner, scale, left)
            corner = above
            most = max(most, left)
            store(sums, cell, left)
        store(largest, i * LANES, most)
        lowest = min(lowest, most)
        scale = broadcast(1.0, LANES) / max(most, SMALLEST_ROW)
    store(least, 0, lowest)


@njit(**JIT_OPTIONS)
def backward(center, block, n_times, kernel, sums, largest, below, slopes, visits, most):
    """Write half the gradient and the visits of each step, times the scaled sum of all paths, and the largest sum."""
    zero = broadcast(0.0, LANES)
    n_center, width = len(center), n_times * LANES
    reached = broadcast(1.0, LANES)
    for i in range(n_center - 1, -1, -1):
        x = broadcast(center[i], LANES)
        right, corner, slope, visiting = zero, zero, zero, zero
        if i == n_center - 1:
            right = broadcast(1.0, LANES)
        scale = broadcast(1.0, LANES) / max(load(largest, i * LANES, LANES), SMALLEST_ROW)
        for j in range(n_times - 1, -1, -1):
            cell = i * width + j * LANES
            under = zero
            if i < n_center - 1:
                under = load(below, j * LANES, LANES)
            onward = fma(under + corner, scale, right)
            corner = under
            reached = max(reached, onward)
            right = onward * load(kernel, cell, LANES)
            store(below, j * LANES, right)
            here = onward * load(sums, cell, LANES)
            visiting = visiting + here
            slope = fma(here, x - load(block, j * LANES, LANES), slope)
        store(slopes, i * LANES, slope)
        store(visits, i * LANES, visiting)
    store(most, 0, reached)


@njit(**JIT_OPTIONS)
def value(gamma, sums, largest, n_center, last_cell, lane):
    """Return soft-DTW of one lane, from its scaled sums."""
    logarithm = -math.log(sums[last_cell + lane])
    product = 1.0
    for i in range(n_center - 1):
        product *= largest[i * LANES + lane]
        if i % ROWS_A_LOGARITHM == ROWS_A_LOGARITHM - 1:
            logarithm -= math.log(product)
            product = 1.0
    return gamma * (logarithm - math.log(product))


@njit(**JIT_OPTIONS)
def in_log_domain(center, curve, gamma, weight, shares, costs, gradient, visits):
    """Return soft-DTW of one curve and add its weighted gradient and visits; `shares` has that of each step back."""
    n_center, n_times = len(center), len(curve)
    costs[0, 0] = 0.0
    for j in range(n_times):
        costs[0, j + 1] = math.inf
    for i in range(n_center):
        costs[i + 1, 0] = math.inf
        for j in range(n_times):
            corner, above, left = costs[i, j], costs[i, j + 1], costs[i + 1, j]
            least = min(corner, above, left)
            shares[i, j, 0] = math.exp((least - corner) / gamma)
            shares[i, j, 1] = math.exp((least - above) / gamma)
            shares[i, j, 2] = math.exp((least - left) / gamma)
            total = shares[i, j, 0] + shares[i, j, 1] + shares[i, j, 2]
            for step in range(3):
                shares[i, j, step] /= total
            costs[i + 1, j + 1] = (center[i] - curve[j]) ** 2 + least - gamma * math.log(total)
    soft_dtw = costs[n_center, n_times]
    # From here on `costs` holds the share of the paths that visit each cell.
    costs[:] = 0.0
    costs[n_center, n_times] = 1.0
    for i in range(n_center - 1, -1, -1):
        for j in range(n_times - 1, -1, -1):
            visiting = costs[i + 1, j + 1]
            costs[i, j] += visiting * shares[i, j, 0]
            costs[i, j + 1] += visiting * shares[i, j, 1]
            costs[i + 1, j] += visiting * shares[i, j, 2]
            gradient[i] += 2.0 * weight * visiting * (center[i] - curve[j])
            visits[i] += weight * visiting
    return soft_dtw


@njit(**JIT_OPTIONS)
def add_in_range(scaled, factors, totals):
    """Add the lanes of each step times their factors; a lane of factor 0, out of range, may be infinite: left out."""
    factor = load(factors, 0, LANES)
    for at in range(0, len(scaled), LANES):
        value = select(abs(factor) > 0.0, load(scaled, at, LANES), 0.0)
        store(totals, at, fma(value, factor, load(totals, at, LANES)))


@njit(**JIT_OPTIONS)
def kernel(center, X, weights, gamma, start, stop, values, gradient, visits):
    """Write `values` of the curves from start to stop, and add their weighted gradients and visits."""
    n_center, n_times = len(center), X.shape[1]
    block, below = np.empty(n_times * LANES), np.empty(n_times * LANES)
    kernels, sums = np.empty(n_center * n_times * LANES), np.empty(n_center * n_times * LANES)
    largest, slopes, visiting = np.empty(n_center * LANES), np.empty(n_center * LANES), np.empty(n_center * LANES)
    least, reached, factors = np.empty(LANES), np.empty(LANES), np.empty(LANES)
    total_slopes, total_visits = np.zeros(n_center * LANES), np.zeros(n_center * LANES)
    shares, costs = np.empty((0, 0, 3)), np.empty((n_center + 1, n_times + 1))
    last_cell = (n_center * n_times - 1) * LANES
    for first in range(start, stop, LANES):
        n_curves = min(LANES, stop - first)
        for lane in range(LANES):
            for j in range(n_times):
                block[j * LANES + lane] = X[first + min(lane, n_curves - 1), j]
        forward(center, block, n_times, gamma, kernels, sums, largest, least)
        backward(center, block, n_times, kernels, sums, largest, below, slopes, visiting, reached)
        factors[:] = 0.0
        for lane in range(n_curves):
            curve, total = first + lane, sums[last_cell + lane]
            if least[lane] >= SMALLEST_ROW and reached[lane] <= LARGEST_SUM * total:
                factors[lane] = weights[curve] / total
                values[curve] = value(gamma, sums, largest, n_center, last_cell, lane)
            else:
                if len(shares) == 0:
                    shares = np.empty((n_center, n_times, 3))
                values[curve] = in_log_domain(center, X[curve], gamma, weights[curve], shares, costs, gradient, visits)
        add_in_range(slopes, factors, total_slopes)
        add_in_range(visiting, factors, total_visits)
    for i in range(n_center):
        for lane in range(LANES):
            gradient[i] += 2.0 * total_slopes[i * LANES + lane]
            visits[i] += total_visits[i * LANES + lane]
