"""Slow, obvious definitions of the distances, one float at a time, for property tests to hold fast code against.

Each elastic one is written from its paper and takes `window`, the largest |i - j| of a pair; those that warp take a
`Slope` in its place. A path costs what `PATH_COSTS` adds up along it.
"""

import math
from fractions import Fraction
from itertools import pairwise, product

INF = math.inf


def dtw(x, y, window):
    """Root of the least sum of squared differences along a path (Sakoe and Chiba 1978); aeon returns its square."""
    return math.sqrt(_warp(x, y, window, lambda i, j: (x[i] - y[j]) ** 2))


def ddtw(x, y, window):
    """DTW of the derivatives, the first and the last of them repeated (Keogh and Pazzani 2001)."""
    return dtw(derivative(x), derivative(y), window)


def derivative(x):
    """The mean of the slope to the left and that through both neighbours; at the ends, that of the neighbour."""
    inner = [((x[i] - x[i - 1]) + (x[i + 1] - x[i - 1]) / 2) / 2 for i in range(1, len(x) - 1)]
    return [inner[0], *inner, inner[-1]]


def wdtw(x, y, g, window):
    """Weighted DTW (Jeong et al. 2011), no root taken."""
    return _warp(x, y, window, lambda i, j: (x[i] - y[j]) ** 2 * _weight(i - j, max(len(x), len(y)), g))


def wddtw(x, y, g, window):
    """WDTW of the derivatives (Jeong et al. 2011)."""
    return wdtw(derivative(x), derivative(y), g, window)


def shape_dtw(x, y, reach, window):
    """DTW of the values around each step, those at the ends repeated (Zhao and Itti 2018; raw descriptors)."""
    return math.sqrt(_warp(x, y, window, lambda i, j: _around(x, i, y, j, reach)))


def _around(x, i, y, j, reach):
    """The squared distance of the values around two steps."""

    def value(curve, at):
        return curve[min(max(at, 0), len(curve) - 1)]

    return math.fsum((value(x, i + k) - value(y, j + k)) ** 2 for k in range(-reach, reach + 1))


def adtw(x, y, warp_penalty, window):
    """Amerced DTW (Herrmann and Webb 2023): a step that is not diagonal costs the penalty, no root taken."""
    best = {(-1, -1): 0.0}
    for i, j in _band(x, y, window):
        warped = min(best.get((i - 1, j), INF), best.get((i, j - 1), INF)) + warp_penalty
        best[i, j] = (x[i] - y[j]) ** 2 + min(best.get((i - 1, j - 1), INF), warped)
    return best[len(x) - 1, len(y) - 1]


def _weight(lag, longer, g):
    """The logistic weight of a lag, with its midpoint at half the length."""
    return _logistic(g * (abs(lag) - longer / 2))


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


class Slope(float):
    """The greatest slope of a path inside Itakura's parallelogram, given in place of a window."""


def _band(x, y, window):
    """The cells inside the Sakoe-Chiba band or Itakura's parallelogram, row by row."""
    if isinstance(window, Slope):
        return sorted(itakura(len(x), len(y), window))
    return [(i, j) for i in range(len(x)) for j in range(len(y)) if abs(i - j) <= window]


def itakura(n, m, max_slope):
    """The cells inside Itakura's parallelogram (1975), and the nearest one of each step of the longer curve.

    Slopes are relative to the line from corner to corner. A single step is joined to all.
    """
    if n > m:
        return {(i, j) for j, i in itakura(m, n, max_slope)}
    if n == 1:
        return {(0, j) for j in range(m)}
    s, half = Fraction(str(float(max_slope))), Fraction(1, 2)
    cells = {(math.ceil(Fraction(j * (n - 1), m - 1) - half), j) for j in range(m)}
    for i, j in product(range(n), range(m)):
        u, v = Fraction(i, n - 1), Fraction(j, m - 1)
        if u <= s * v and v <= s * u and 1 - u <= s * (1 - v) and 1 - v <= s * (1 - u):
            cells.add((i, j))
    return cells


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
    """Edit distance with real penalty (Chen and Ng 2004): a gap costs the difference to g."""
    return _edit(x, y, window, lambda value: abs(value - g), lambda a, b: abs(a - b))


def edr(x, y, epsilon, window):
    """Edit distance on real sequences (Chen, Özsu and Oria 2005) over the longer length.

    Without epsilon it is a quarter of the larger standard deviation.
    """
    epsilon = max(deviation(x), deviation(y)) / 4 if epsilon is None else epsilon
    edits = _edit(x, y, window, lambda _: 1, lambda a, b: 0 if abs(a - b) <= epsilon else 1)
    return edits / max(len(x), len(y))


def _edit(x, y, window, gap, match):
    """The least cost of editing the first i values of x into the first j of y; pairs only inside the window."""
    best = {(0, 0): 0.0}
    for i, j in product(range(len(x) + 1), range(len(y) + 1)):
        if i == j == 0 or abs(i - j) > window:
            continue
        best[i, j] = min(
            best[i - 1, j - 1] + match(x[i - 1], y[j - 1]) if i and j else INF,
            best.get((i - 1, j), INF) + gap(x[i - 1]) if i else INF,
            best.get((i, j - 1), INF) + gap(y[j - 1]) if j else INF,
        )
    return best[len(x), len(y)]


def lcss(x, y, epsilon, window):
    """Share of the shorter curve outside the longest common subsequence (Vlachos et al. 2002).

    All prefixes are compared; the window limits the pairs that may match, not the cells. Without epsilon it is the
    smaller standard deviation. The paper has |x - y| < epsilon; here equal values match for an epsilon of 0, too.
    """
    epsilon = min(deviation(x), deviation(y)) if epsilon is None else epsilon
    common = {}
    for i, j in product(range(len(x)), range(len(y))):
        if abs(i - j) <= window and abs(x[i] - y[j]) <= epsilon:
            common[i, j] = common.get((i - 1, j - 1), 0) + 1
        else:
            common[i, j] = max(common.get((i - 1, j), 0), common.get((i, j - 1), 0))
    return max(0.0, 1 - common[len(x) - 1, len(y) - 1] / min(len(x), len(y)))


def deviation(x):
    """The standard deviation: the root of the mean squared distance from the mean."""
    mean = math.fsum(x) / len(x)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in x) / len(x))


def _dtw_path(path, x, y):
    """Every cell of the path costs its squared difference."""
    return math.sqrt(math.fsum((x[i] - y[j]) ** 2 for i, j in path))


def _wdtw_path(path, x, y, g):
    """Every cell of the path costs its weighted squared difference."""
    return math.fsum((x[i] - y[j]) ** 2 * _weight(i - j, max(len(x), len(y)), g) for i, j in path)


def _adtw_path(path, x, y, warp_penalty):
    """Every cell of the path costs its squared difference, every step along one curve only the penalty."""
    warped = sum(row == i or column == j for (row, column), (i, j) in pairwise(path))
    return math.fsum((x[i] - y[j]) ** 2 for i, j in path) + warped * warp_penalty


def _msm_path(path, x, y, c):
    """A diagonal step moves a value, one along x splits it, one along y merges it."""
    total = abs(x[0] - y[0])
    for (row, column), (i, j) in pairwise(path):
        if column == j:
            total += _split_cost(x[i], x[i - 1], y[j], c)
        else:
            total += abs(x[i] - y[j]) if row < i else _split_cost(y[j], y[j - 1], x[i], c)
    return total


def _twe_path(path, x, y, nu, lmbda):
    """A diagonal step matches two segments, any other deletes one; a 0 stands before both curves."""
    x, y = [0.0, *x], [0.0, *y]
    total = 0.0
    for (row, column), (i, j) in pairwise([(0, 0), *((i + 1, j + 1) for i, j in path)]):
        if row < i and column < j:
            total += abs(x[i] - y[j]) + abs(x[row] - y[column]) + 2 * nu * abs(i - j)
        else:
            total += nu + lmbda + (abs(x[i] - x[row]) if row < i else abs(y[j] - y[column]))
    return total


def _left_out(path, x, y):
    """The values of both curves that are in no pair."""
    rows, columns = {i for i, _ in path}, {j for _, j in path}
    return [v for i, v in enumerate(x) if i not in rows] + [v for j, v in enumerate(y) if j not in columns]


def _erp_path(path, x, y, g):
    """A pair costs its difference, a value in no pair its difference to g."""
    gaps = math.fsum(abs(value - g) for value in _left_out(path, x, y))
    return gaps + math.fsum(abs(x[i] - y[j]) for i, j in path)


def _edr_path(path, x, y, epsilon):
    """A pair that does not match is an edit, and so is a value in no pair."""
    epsilon = max(deviation(x), deviation(y)) / 4 if epsilon is None else epsilon
    replaced = sum(abs(x[i] - y[j]) > epsilon for i, j in path)
    return (replaced + len(_left_out(path, x, y))) / max(len(x), len(y))


def _lcss_path(path, x, y, epsilon):
    """The share of the shorter curve that is in no pair; all pairs match."""
    epsilon = min(deviation(x), deviation(y)) if epsilon is None else epsilon
    assert all(abs(x[i] - y[j]) <= epsilon for i, j in path)
    return 1 - len(path) / min(len(x), len(y))


def sqeuclidean(x, y):
    """Sum of squared differences."""
    return math.fsum((a - b) ** 2 for a, b in zip(x, y, strict=True))


def euclidean(x, y):
    """Root of the sum of squared differences, without overflow."""
    return math.dist(x, y)


def manhattan(x, y):
    """Sum of absolute differences."""
    return math.fsum(abs(a - b) for a, b in zip(x, y, strict=True))


def minkowski(x, y, p):
    """The p-th root of the sum of p-th powers of absolute differences, as shares of the greatest."""
    differences = [abs(a - b) for a, b in zip(x, y, strict=True)]
    greatest = max(differences)
    return greatest and greatest * math.fsum((each / greatest) ** p for each in differences) ** (1 / p)


def area(x, y):
    """Trapezoid integral of |x - y| over time in steps; nothing for a single point."""
    heights = [abs(a - b) for a, b in zip(x, y, strict=True)]
    return math.fsum((before + after) / 2 for before, after in pairwise(heights))


ELASTIC = {
    "dtw": dtw,
    "wdtw": wdtw,
    "adtw": adtw,
    "soft_dtw": soft_dtw,
    "msm": msm,
    "twe": twe,
    "erp": erp,
    "lcss": lcss,
    "edr": edr,
}
LOCKSTEP = {
    "euclidean": euclidean,
    "sqeuclidean": sqeuclidean,
    "manhattan": manhattan,
    "minkowski": minkowski,
    "area": area,
}
PATH_COSTS = {
    "dtw": _dtw_path,
    "ddtw": lambda path, x, y: _dtw_path(path, derivative(x), derivative(y)),
    "wdtw": _wdtw_path,
    "wddtw": lambda path, x, y, g: _wdtw_path(path, derivative(x), derivative(y), g),
    "adtw": _adtw_path,
    "shape_dtw": lambda path, x, y, reach: math.sqrt(math.fsum(_around(x, i, y, j, reach) for i, j in path)),
    "msm": _msm_path,
    "twe": _twe_path,
    "erp": _erp_path,
    "lcss": _lcss_path,
    "edr": _edr_path,
}
