"""Slow definitions of nearest centres, DBA accumulations and the soft-DTW gradient, with float loops and no numba."""

from collections.abc import Callable, Iterator, Sequence
from math import inf, log, sqrt

import numpy as np

Curve = Sequence[float]
Distance = Callable[[Curve, Curve], float]
Matrix = list[list[float]]


def nearest(X: Sequence[Curve], centers: Sequence[Curve], distance: Distance) -> tuple[list[int], list[float]]:
    """The nearest centre of each curve (the first of equals) and its distance, by trying every one."""
    table = [[distance(x, center) for center in centers] for x in X]
    return [row.index(min(row)) for row in table], [min(row) for row in table]


def accumulated_costs(x: Curve, y: Curve, window: int) -> Matrix:
    """Cheapest sum of squared differences to each cell; inf outside the window."""
    costs = [[inf] * len(y) for _ in x]
    for i, a in enumerate(x):
        for j, b in enumerate(y):
            if abs(i - j) <= window:
                costs[i][j] = (float(a) - float(b)) ** 2 + (min(_before(costs, i, j)) if i or j else 0.0)
    return costs


def dtw(x: Curve, y: Curve, window: int) -> float:
    """Root of the cheapest sum of squared differences."""
    return sqrt(accumulated_costs(x, y, window)[-1][-1])


def dtw_path(x: Curve, y: Curve, window: int) -> list[tuple[int, int]]:
    """Cells of a cheapest path; among equal steps back the diagonal first, then the one that leaves a row."""
    costs = accumulated_costs(x, y, window)
    i, j = len(x) - 1, len(y) - 1
    path = [(i, j)]
    while i or j:
        diagonal, above, left = _before(costs, i, j)
        if diagonal <= above and diagonal <= left:
            i, j = i - 1, j - 1
        elif above <= left:
            i -= 1
        else:
            j -= 1
        path.append((i, j))
    return path[::-1]


def dba_update(
    X: Sequence[Curve], center: Curve, weights: Sequence[float], window: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Weighted sums and weights of the values aligned to each time of `center`, and the weighted squared cost."""
    sums, counts, cost = np.zeros(len(center)), np.zeros(len(center)), 0.0
    for y, weight in zip(X, weights, strict=True):
        cost += weight * accumulated_costs(center, y, window)[-1][-1]
        for i, j in dtw_path(center, y, window):
            sums[i] += weight * float(y[j])
            counts[i] += weight
    return sums, counts, cost


def soft_dtw_and_gradient(x: Curve, y: Curve, gamma: float) -> tuple[float, np.ndarray]:
    """Soft-DTW and its gradient with respect to `x`, summed over every path there is: for a few points only."""
    paths = list(_paths(len(x) - 1, len(y) - 1))
    costs = np.array([sum((x[i] - y[j]) ** 2 for i, j in path) for path in paths])
    weights = np.exp(-(costs - costs.min()) / gamma)
    gradient = np.zeros(len(x))
    for path, weight in zip(paths, weights / weights.sum(), strict=True):
        for i, j in path:
            gradient[i] += weight * 2.0 * (x[i] - y[j])
    return costs.min() - gamma * log(weights.sum()), gradient


def _paths(i: int, j: int) -> Iterator[list[tuple[int, int]]]:
    """Every warping path from (0, 0) to (i, j)."""
    if i == j == 0:
        yield [(0, 0)]
    for before in ((i - 1, j - 1), (i - 1, j), (i, j - 1)):
        if min(before) >= 0:
            yield from ([*path, (i, j)] for path in _paths(*before))


def _before(costs: Matrix, i: int, j: int) -> tuple[float, float, float]:
    """The cells diagonally before, above and left of a cell; inf outside the matrix."""
    return (
        costs[i - 1][j - 1] if i and j else inf,
        costs[i - 1][j] if i else inf,
        costs[i][j - 1] if j else inf,
    )
