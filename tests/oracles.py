"""Slow, obvious definitions of the distances, one float at a time, for property tests to hold fast code against.

Each elastic one takes `window`, the largest |i - j| of a pair, and follows aeon 1.6 but where its docstring says else.
"""

import math
from itertools import pairwise

INF = math.inf


def dtw(x, y, window):
    """Root of the least sum of squared differences along a path (Sakoe and Chiba 1978); aeon returns its square."""
    return math.sqrt(_warp(x, y, window, lambda i, j: (x[i] - y[j]) ** 2))


def wdtw(x, y, g, window):
    """Weighted DTW (Jeong et al. 2011), no root taken."""
    longer = max(len(x), len(y))
    return _warp(x, y, window, lambda i, j: (x[i] - y[j]) ** 2 * _logistic(g * (abs(i - j) - longer / 2)))


def _logistic(z):
    """1 / (1 + exp(-z)), written so that exp cannot overflow."""
    return 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))


def warp_with_cost(cost, x, y, window):
    """The least sum of a cost along a path."""
    return _warp(x, y, window, lambda i, j: cost(x[i], y[j]))


def _warp(x, y, window, cost):
    """The least sum of cost(i, j) along a path."""
    best = {(-1, -1): 0.0}
    for i, j in _band(x, y, window):
        best[i, j] = cost(i, j) + min(
            best.get((i - 1, j), INF), best.get((i, j - 1), INF), best.get((i - 1, j - 1), INF)
        )
    return best[len(x) - 1, len(y) - 1]


def _band(x, y, window):
    """The cells inside the Sakoe-Chiba band, row by row."""
    return [(i, j) for i in range(len(x)) for j in range(len(y)) if abs(i - j) <= window]


def soft_dtw(x, y, gamma, window):
    """Soft-DTW (Cuturi and Blondel 2017), which may be negative; aeon returns its absolute value."""
    best = {(-1, -1): 0.0}
    for i, j in _band(x, y, window):
        above, left, diagonal = best.get((i - 1, j), INF), best.get((i, j - 1), INF), best.get((i - 1, j - 1), INF)
        least = min(above, left, diagonal)
        total = sum(math.exp(-(value - least) / gamma) for value in (above, left, diagonal))
        best[i, j] = (x[i] - y[j]) ** 2 + least - gamma * math.log(total)
    return best[len(x) - 1, len(y) - 1]


def msm(x, y, c, window):
    """Move-split-merge (Stefan et al. 2013)."""
    best = {}
    for i, j in _band(x, y, window):
        if i == j == 0:
            best[0, 0] = abs(x[0] - y[0])
            continue
        move = best.get((i - 1, j - 1), INF) + abs(x[i] - y[j])
        split = best[i - 1, j] + _split_cost(x[i], x[i - 1], y[j], c) if (i - 1, j) in best else INF
        merge = best[i, j - 1] + _split_cost(y[j], y[j - 1], x[i], c) if (i, j - 1) in best else INF
        best[i, j] = min(move, split, merge)
    return best[len(x) - 1, len(y) - 1]


def _split_cost(value, before, other, c):
    """Cost of splitting or merging `value`, which stands beside `before` and `other`."""
    if before <= value <= other or before >= value >= other:
        return c
    return c + min(abs(value - before), abs(value - other))


def twe(x, y, nu, lmbda, window):
    """Time warp edit distance (Marteau 2009), each curve with a 0 in front."""
    best = {(-1, -1): 0.0}
    for i, j in _band(x, y, window):
        x_before, y_before = x[i - 1] if i else 0.0, y[j - 1] if j else 0.0
        best[i, j] = min(
            best.get((i - 1, j), INF) + abs(x[i] - x_before) + nu + lmbda,
            best.get((i, j - 1), INF) + abs(y[j] - y_before) + nu + lmbda,
            best.get((i - 1, j - 1), INF) + abs(x[i] - y[j]) + abs(x_before - y_before) + 2 * nu * abs(i - j),
        )
    return best[len(x) - 1, len(y) - 1]


def erp(x, y, g, window):
    """Edit distance with real penalty (Chen and Ng 2004); as in aeon, a border cell costs all gaps of its curve."""
    best = {(i, -1): sum(abs(value - g) for value in x) for i in range(len(x))}
    best |= {(-1, j): sum(abs(value - g) for value in y) for j in range(len(y))}
    best[-1, -1] = 0.0
    for i, j in _band(x, y, window):
        best[i, j] = min(
            best.get((i - 1, j - 1), INF) + abs(x[i] - y[j]),
            best.get((i - 1, j), INF) + abs(x[i] - g),
            best.get((i, j - 1), INF) + abs(y[j] - g),
        )
    return best[len(x) - 1, len(y) - 1]


def lcss(x, y, epsilon, window):
    """Share of the shorter curve outside the longest common subsequence (Vlachos et al. 2002)."""
    common = {}
    for i, j in _band(x, y, window):
        if abs(x[i] - y[j]) <= epsilon:
            common[i, j] = common.get((i - 1, j - 1), 0) + 1
        else:
            common[i, j] = max(common.get((i - 1, j), 0), common.get((i, j - 1), 0))
    return max(0.0, 1 - common[len(x) - 1, len(y) - 1] / min(len(x), len(y)))


def edr(x, y, epsilon, window):
    """Edit distance on real sequences (Chen et al. 2005) over the longer length, as aeon has it: free border cells."""
    best = {(i, -1): 0.0 for i in range(-1, len(x))} | {(-1, j): 0.0 for j in range(len(y))}
    for i, j in _band(x, y, window):
        best[i, j] = min(
            best.get((i - 1, j - 1), INF) + (0 if abs(x[i] - y[j]) < epsilon else 1),
            best.get((i - 1, j), INF) + 1,
            best.get((i, j - 1), INF) + 1,
        )
    return best[len(x) - 1, len(y) - 1] / max(len(x), len(y))


def sqeuclidean(x, y):
    """Sum of squared differences."""
    return math.fsum((a - b) ** 2 for a, b in zip(x, y, strict=True))


def euclidean(x, y):
    """Root of the sum of squared differences, without overflow."""
    return math.dist(x, y)


def manhattan(x, y):
    """Sum of absolute differences."""
    return math.fsum(abs(a - b) for a, b in zip(x, y, strict=True))


def area(x, y):
    """Trapezoid integral of |x - y| over time in steps; nothing for a single point."""
    heights = [abs(a - b) for a, b in zip(x, y, strict=True)]
    return math.fsum((before + after) / 2 for before, after in pairwise(heights))


ELASTIC = {
    "dtw": dtw,
    "wdtw": wdtw,
    "soft_dtw": soft_dtw,
    "msm": msm,
    "twe": twe,
    "erp": erp,
    "lcss": lcss,
    "edr": edr,
}
LOCKSTEP = {"euclidean": euclidean, "sqeuclidean": sqeuclidean, "manhattan": manhattan, "area": area}
