"""The nearest of a few centres for each of many curves, in one pass and without the matrix of all distances."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tsshape._kernels._cache import load_kernel
from tsshape._kernels._lockstep import lockstep
from tsshape._kernels._nearest_dtw import nearest_dtw
from tsshape._kernels._packing import Array
from tsshape._kernels._pairwise import elastic
from tsshape._kernels._threads import run_chunks
from tsshape._kernels._unequal import elastic_unequal
from tsshape._typing import IntArray

# Distances of one chunk of curves to all centres: few enough to stay in the second-level cache.
CHUNK_PAIRS = 1 << 17
SMALLEST_CHUNK = 256
SOURCE = '''"""Row and value of the least entry of each column; the first row of equals."""

from numba import njit

from tsshape._kernels._simd import JIT_OPTIONS


@njit(**JIT_OPTIONS)
def kernel(distances, labels, least):
    labels[:] = 0
    least[:] = distances[0]
    for i in range(1, len(distances)):
        for j in range(len(labels)):
            if distances[i, j] < least[j]:
                least[j] = distances[i, j]
                labels[j] = i
'''


def nearest_elastic(
    name: str, X: Array, centers: Array, params: tuple[float, ...], n_threads: int
) -> tuple[IntArray, Array]:
    """Find the nearest centre of every curve under an elastic distance, and that distance.

    Parameters
    ----------
    name : str
        A key of `ELASTIC`.
    X : array of shape (n_curves, T) or (n_curves, n_channels, T), float32 or float64
        C-contiguous, finite. With channels, `name` is a key of `MULTICHANNEL`.
    centers : array of shape (n_centers, U) or (n_centers, n_channels, U) of the same dtype
    params : tuple of float
        As for `elastic`.
    n_threads : int
        At most as many threads are used; the result is the same bits for any number.

    Returns
    -------
    labels : array of shape (n_curves,), int64
        Number of the nearest centre, the first of those that tie.
    distances : array of shape (n_curves,), of the dtype of `X`
    """
    # The bounds are those of curves of one channel.
    if name == "dtw" and X.ndim == 2 and X.shape[1] == centers.shape[1]:  # noqa: PLR2004
        return nearest_dtw(X, centers, int(params[-1]), n_threads)
    return _stream(lambda chunk: elastic(name, centers, chunk, params, 1), X, len(centers), n_threads)


def nearest_unequal(
    name: str, X: Array, centers: Array, params: tuple[float, ...], window: float | None, n_threads: int
) -> tuple[IntArray, Array]:
    """Find the nearest centre of curves and centres of unequal lengths: `elastic_unequal` in place of `elastic`."""
    # Curves of about the same length follow one another.
    order = np.argsort(-np.isnan(X).sum(axis=tuple(range(1, X.ndim))), kind="stable")
    found = _stream(
        lambda chunk: elastic_unequal(name, centers, chunk, params, window, 1), X[order], len(centers), n_threads
    )
    labels, distances = np.empty_like(found[0]), np.empty_like(found[1])
    labels[order], distances[order] = found
    return labels, distances


def nearest_lockstep(
    name: str, X: Array, centers: Array, n_threads: int, params: tuple[float, ...] = ()
) -> tuple[IntArray, Array]:
    """Find the nearest centre of every curve under a lockstep distance, and that distance; see `nearest_elastic`."""
    return _stream(lambda chunk: lockstep(name, centers, chunk, 1, params), X, len(centers), n_threads)


def _stream(distances_to: Callable[[Array], Array], X: Array, n_centers: int, n_threads: int) -> tuple[IntArray, Array]:
    """Return row and value of the least entry of each column of `distances_to(chunk)`, (n_centers, n_chunk)."""
    least_of_columns = _least_of_columns(X.dtype.name)
    labels, least = np.empty(len(X), np.int64), np.empty(len(X), X.dtype)
    size = max(SMALLEST_CHUNK, CHUNK_PAIRS // n_centers)

    def take(start: int) -> None:
        chunk = slice(start, start + size)
        least_of_columns(distances_to(X[chunk]), labels[chunk], least[chunk])

    run_chunks(take, range(0, len(X), size), n_threads)
    return labels, least


@functools.cache
def _least_of_columns(dtype: str) -> Any:
    """Compile `SOURCE`."""
    return load_kernel(f"least-of-columns-{dtype}", SOURCE, f"void({dtype}[:, ::1], int64[::1], {dtype}[::1])")
