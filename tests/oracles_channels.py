"""Slow definitions for curves of several channels: those of `oracles`, with points in space for values."""

import math
from itertools import pairwise

import numpy as np
import oracles


class Point:
    """The values of one step; points subtract, and their absolute value is the Euclidean length."""

    def __init__(self, values):
        self.values = tuple(values)

    def __sub__(self, other):
        others = other.values if isinstance(other, Point) else [other] * len(self.values)
        return Point(a - b for a, b in zip(self.values, others, strict=True))

    def __rsub__(self, other):
        return self - other

    def __abs__(self):
        return math.hypot(*self.values)

    def __pow__(self, exponent):
        return math.fsum(value**exponent for value in self.values)


def points(curve):
    """The steps of a curve (n_channels, n_times)."""
    return [Point(step) for step in curve.T.tolist()]


def elastic(name, x, y, *params):
    """An elastic distance of two curves (n_channels, n_times)."""
    define = msm if name == "msm" else oracles.ELASTIC[name]
    return define(points(x), points(y), *params)


def path_cost(name, path, x, y, *params):
    """The cost of a path of two curves (n_channels, n_times)."""
    if name in {"ddtw", "wddtw"}:
        x, y = (np.array([oracles.derivative(channel) for channel in curve.tolist()]) for curve in (x, y))
        name = name.replace("dd", "d")
    if name == "msm":
        return _msm_path(path, points(x), points(y), *params)
    return oracles.PATH_COSTS[name](path, points(x), points(y), *params)


def _msm_path(path, x, y, c):
    """A diagonal step moves a point, one along x splits it, one along y merges it."""
    total = abs(x[0] - y[0])
    for (row, column), (i, j) in pairwise(path):
        if column == j:
            total += _split_cost(x[i], x[i - 1], y[j], c)
        else:
            total += abs(x[i] - y[j]) if row < i else _split_cost(y[j], y[j - 1], x[i], c)
    return total


def msm(x, y, c, window):
    """Move-split-merge of points (Shifaz et al. 2023): in place of an interval, the ball around its middle."""
    best = {(0, 0): abs(x[0] - y[0])}
    for i in range(len(x)):
        for j in range(len(y)):
            if abs(i - j) > window or i == j == 0:
                continue
            move = best.get((i - 1, j - 1), math.inf) + abs(x[i] - y[j])
            split = best[i - 1, j] + _split_cost(x[i], x[i - 1], y[j], c) if (i - 1, j) in best else math.inf
            merge = best[i, j - 1] + _split_cost(y[j], y[j - 1], x[i], c) if (i, j - 1) in best else math.inf
            best[i, j] = min(move, split, merge)
    return best[len(x) - 1, len(y) - 1]


def _split_cost(value, before, other, c):
    """Cost of splitting or merging a point, which stands beside `before` and `other`."""
    middle = Point((a + b) / 2 for a, b in zip(before.values, other.values, strict=True))
    if (value - middle) ** 2 <= (before - other) ** 2 / 4:
        return c
    return c + min(abs(value - before), abs(value - other))
