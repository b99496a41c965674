"""Curves and parameters in the form in which kernels take them."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tsshape._kernels._bounded_text import pack_bounds
from tsshape._kernels._recurrences import Recurrence

Array = npt.NDArray[Any]
# Rows of X that a chunk of work holds; a tile of their distances to one block stays in the first-level cache.
CHUNK_ROWS = 8
# A padded row of x has a zero before it and room for a strip of rows after its end.
ROOM = 8


def scale_of(*arrays: Array | None, n_terms: int) -> float:
    """Return a power of two that scales the values as far up the range of floats as sums of squares allow.

    Scaling by it is exact; without it the squares of differences below about 1e-154 (1e-19 in float32) would vanish
    and those above 1e154 would overflow.
    """
    present = [array for array in arrays if array is not None]
    largest = max(max(float(array.max()), -float(array.min())) for array in present)
    if largest == 0:
        return 1.0
    top = int(np.finfo(present[0].dtype).maxexp)
    exponent = (top - 4 - math.ceil(math.log2(n_terms))) // 2 - math.frexp(largest)[1]
    # The scale and its reciprocal must both be normal numbers.
    return math.ldexp(1.0, max(2 - top, min(top - 2, exponent)))


def scale_of_squares(recurrence: Recurrence, params: tuple[float, ...], *arrays: Array | None, n_terms: int) -> float:
    """Return the power of two by which a recurrence has the curves scaled: 1 unless it takes squares of them."""
    if not recurrence.squares:
        return 1.0
    given = dict(zip(recurrence.params, params, strict=True))
    values = [np.array([given[name]], arrays[0].dtype) for name in recurrence.values if arrays[0] is not None]
    return scale_of(*arrays, *values, n_terms=n_terms)


def by_steps(X: Array) -> Array:
    """Return curves (n, n_channels, T) as rows (n, T * n_channels): the values of a step follow one another."""
    return np.ascontiguousarray(X.transpose(0, 2, 1)).reshape(len(X), -1)


def pack_rows(X: Array, scale: float = 1.0, own: Array | None = None, n_channels: int = 1) -> tuple[Array, int]:
    """Return the rows of `X` as one flat array, and their distance in it.

    Each row stands between a step of zeros, the last of which is its `own` number if there is one, and `ROOM` such
    steps; rows of zeros fill up the last chunk.
    """
    n, size = X.shape
    stride = size + (1 + ROOM) * n_channels
    rows = np.zeros((-(-n // CHUNK_ROWS) * CHUNK_ROWS, stride), X.dtype)
    if own is not None:
        rows[:n, n_channels - 1] = own
    np.multiply(X, X.dtype.type(scale), out=rows[:n, n_channels : n_channels + size])
    return rows.ravel(), stride


def pack_lanes(Y: Array, width: int, scale: float = 1.0, own: Array | None = None, n_channels: int = 1) -> Array:
    """Return the rows of `Y` in blocks of `width`, as a flat array of (block, 1 + time, lane).

    A time holds the values of its channels one after the other. The one before the first holds zeros, the last of
    which is the `own` number of each row if there is one. The last block is filled up with zeros.
    """
    m, U = Y.shape
    blocks = np.zeros((-(-m // width), U + n_channels, width), Y.dtype)
    n_full = m // width
    factor = Y.dtype.type(scale)
    full = Y[: n_full * width].reshape(n_full, width, U).transpose(0, 2, 1)
    np.multiply(full, factor, out=blocks[:n_full, n_channels:])
    if n_full * width < m:
        np.multiply(Y[n_full * width :].T, factor, out=blocks[n_full, n_channels:, : m - n_full * width])
    if own is not None:
        blocks[:n_full, n_channels - 1] = own[: n_full * width].reshape(n_full, width)
        blocks[n_full:, n_channels - 1, : m - n_full * width] = own[n_full * width :]
    return blocks.ravel()


def pack_constants(
    recurrence: Recurrence, params: tuple[float, ...], T: int, U: int, unscale: float, dtype: Any
) -> Array:
    """Return the `constants` of a kernel: the parameters except the window, both lengths, and the unscaling factor."""
    if len(params) != len(recurrence.params):
        raise ValueError(f"the parameters are {', '.join(recurrence.params)}; got {len(params)} of them")
    return np.array([*params[:-1], min(T, U), max(T, U), unscale], dtype)


def pack_weights(recurrence: Recurrence, params: tuple[float, ...], T: int, U: int, dtype: Any) -> Array:
    """Return the array `by_lag` of a kernel: the weight of i - j at position i - j + U - 1, and bounds of the rows."""
    if recurrence.bounds is not None:
        weights = pack_weights(replace(recurrence, bounds=None), (*params[:-2], params[-1]), T, U, dtype)
        return pack_bounds(weights, recurrence.bounds(T, U, params[-2]), ROOM)
    if recurrence.by_lag is None:
        return np.empty(0, dtype)
    lags = np.abs(np.arange(1 - U, T + ROOM))
    return recurrence.by_lag(lags.astype(np.float64), max(T, U), *params[:-1]).astype(dtype)


def own_numbers(recurrence: Recurrence, X: Array, params: tuple[float, ...], n_channels: int = 1) -> Array | None:
    """Return the number of each curve of which a recurrence makes one for each pair; None if it needs none."""
    if recurrence.per_curve is None:
        return None
    return recurrence.per_curve(X.reshape(len(X), -1, n_channels), *params[:-1])
