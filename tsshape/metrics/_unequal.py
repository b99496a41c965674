"""Distances of curves of unequal lengths, which are computed for each pair of lengths by itself."""

from collections.abc import Callable

import numpy as np

from tsshape._panels import by_length
from tsshape._typing import Floats, IntArray


def matrix_by_lengths(
    compute: Callable[[Floats, Floats | None], Floats], X: Floats, Y: Floats | None, *, symmetric: bool
) -> Floats:
    """Return the distances, (n, m), of which `compute(first, second)` gives those between curves of two lengths.

    A second panel of None stands for the first one; of a symmetric metric one half of the matrix is then computed.
    """
    half = Y is None and symmetric
    first = list(by_length(X))
    second = first if Y is None else list(by_length(Y))
    matrix = np.empty((len(X), len(X if Y is None else Y)), dtype=X.dtype)
    for number, (rows, curves) in enumerate(first):
        for columns, others in second[number:] if half else second:
            same = half and others is curves
            block = compute(curves, None if same else others)
            matrix[np.ix_(rows, columns)] = block
            if half and not same:
                matrix[np.ix_(columns, rows)] = block.T
    return matrix


def nearest_by_lengths(
    find: Callable[[Floats, Floats], tuple[IntArray, Floats]], X: Floats, centers: Floats
) -> tuple[IntArray, Floats]:
    """Return the nearest centre of each curve and its distance, of which `find` gives those among centres of a length.

    Of centres that tie the first is taken.
    """
    labels, distances = np.empty(len(X), dtype=np.int64), np.full(len(X), np.inf, dtype=X.dtype)
    second = list(by_length(centers))
    for rows, curves in by_length(X):
        for numbers, others in second:
            found, values = find(curves, others)
            found = numbers[found]
            least, kept = distances[rows], labels[rows]
            better = (values < least) | ((values == least) & (found < kept))
            labels[rows], distances[rows] = np.where(better, found, kept), np.where(better, values, least)
    return labels, distances
