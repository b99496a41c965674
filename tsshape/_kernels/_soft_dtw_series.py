"""Text of the kernel of soft-DTW's gradient for curves of several channels: one curve after the other.

`_soft_dtw_lanes` takes many curves of one channel at once. The forward pass fills the table of the values r of all
cells, the backward pass that of the shares e of the paths that pass through them, both as Cuturi & Blondel (2017) have
it; in logarithms, relative to the least neighbour, so that nothing overflows for any gamma. A value is -inf or inf
nowhere but on the border.
"""

import math

import numpy as np
from numba import njit

from tsshape._kernels._simd import JIT_OPTIONS


@njit(**JIT_OPTIONS)
def squared_distance(center, i, curve, j):
    total = 0.0
    for channel in range(len(center)):
        difference = center[channel, i] - curve[channel, j]
        total += difference * difference
    return total


@njit(**JIT_OPTIONS)
def forward(center, curve, gamma, r):
    """Fill r, whose row and column 0 are the border, and return the value."""
    n, m = center.shape[1], curve.shape[1]
    r[:] = np.inf
    r[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            least = min(r[i - 1, j - 1], r[i - 1, j], r[i, j - 1])
            total = (
                math.exp((least - r[i - 1, j - 1]) / gamma)
                + math.exp((least - r[i - 1, j]) / gamma)
                + math.exp((least - r[i, j - 1]) / gamma)
            )
            r[i, j] = squared_distance(center, i - 1, curve, j - 1) + least - gamma * math.log(total)
    return r[n, m]


@njit(**JIT_OPTIONS)
def share(r, i, j, cost, before, gamma):
    """Share of the paths to cell (i, j) that come from a neighbour of value `before`."""
    return math.exp((r[i, j] - before - cost) / gamma)


@njit(**JIT_OPTIONS)
def backward(center, curve, gamma, r, e):
    """Fill e, (n, m): how much of all paths passes through each cell."""
    n, m = center.shape[1], curve.shape[1]
    e[:] = 0.0
    e[n - 1, m - 1] = 1.0
    for i in range(n, 0, -1):
        for j in range(m, 0, -1):
            here = e[i - 1, j - 1]
            cost = squared_distance(center, i - 1, curve, j - 1)
            if i > 1 and j > 1:
                e[i - 2, j - 2] += here * share(r, i, j, cost, r[i - 1, j - 1], gamma)
            if i > 1:
                e[i - 2, j - 1] += here * share(r, i, j, cost, r[i - 1, j], gamma)
            if j > 1:
                e[i - 1, j - 2] += here * share(r, i, j, cost, r[i, j - 1], gamma)


@njit(**JIT_OPTIONS)
def kernel(center, X, weights, gamma, start, stop, values, gradient, visits):
    """Write the values of the curves from start to stop, and add to the gradient and the visits."""
    n, m = center.shape[1], X.shape[2]
    r, e = np.empty((n + 1, m + 1)), np.empty((n, m))
    for row in range(start, stop):
        values[row] = forward(center, X[row], gamma, r)
        backward(center, X[row], gamma, r, e)
        for i in range(n):
            for j in range(m):
                visits[i] += weights[row] * e[i, j]
                for channel in range(len(center)):
                    change = 2.0 * e[i, j] * (center[channel, i] - X[row, channel, j])
                    gradient[channel, i] += weights[row] * change
