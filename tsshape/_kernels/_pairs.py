"""Distances by a user-defined function of two curves, compiled; the general and slow route."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numba.core.registry import CPUDispatcher

from tsshape._kernels._cache import load_kernel
from tsshape._kernels._packing import CHUNK_ROWS, Array
from tsshape._kernels._pairwise import pair_tasks
from tsshape._kernels._threads import run_chunks

# A user-defined function may return NaN or test for it, so it is not compiled with the kernels' flags.
OPTIONS = {"error_model": "numpy", "nogil": True}
SOURCE = f'''"""Distances by a user-defined function of two curves."""

from numba import njit


@njit(error_model="numpy", nogil=True)
def kernel(X, Y, params, out, symmetric, first, last):
    n = len(X)
    n_chunks = (n + {CHUNK_ROWS} - 1) // {CHUNK_ROWS}
    for number in range(first, last):
        for half in range(2):
            chunk = n_chunks - 1 - number if half else number
            if half and chunk == number:
                continue
            for i in range(chunk * {CHUNK_ROWS}, min(n, chunk * {CHUNK_ROWS} + {CHUNK_ROWS})):
                for j in range(i if symmetric else 0, len(Y)):
                    out[i, j] = pair(X[i], Y[j], params)
                    if symmetric:
                        out[j, i] = out[i, j]
'''


def with_pair(
    pair: Callable[..., Any],
    X: Array,
    Y: Array | None,
    params: tuple[float, ...],
    n_threads: int,
    symmetric: bool,  # noqa: FBT001 - the last of the arguments that every route has
) -> Array:
    """Compute distances by `pair(x, y, params)`, a function that numba can compile.

    Parameters
    ----------
    pair : callable
        Takes two 1-D arrays and the tuple of parameters, and must not change them.
    X : array of shape (n, T), float32 or float64
    Y : array of shape (m, U) of the same dtype, or None
        None is the same as `X`.
    params : tuple of float
    n_threads : int
    symmetric : bool
        Whether pair(x, y) equals pair(y, x), so that without `Y` one triangle is enough.

    Returns
    -------
    array of shape (n, m), of the dtype of `X`
    """
    one_triangle = symmetric and Y is None
    columns = X if Y is None else Y
    params = tuple(float(value) for value in params)
    kernel = _kernel(pair, X.dtype.name, len(params))
    out = np.empty((len(X), len(columns)), X.dtype)
    # The cost of a pair is unknown: it is estimated as a dynamic programme, about thirty times slower than in lanes.
    n_cells = 30 * X.size * columns.size
    run_chunks(
        lambda task: kernel(X, columns, params, out, one_triangle, *task),
        pair_tasks(len(X), n_cells, n_threads),
        n_threads,
    )
    return out


@functools.lru_cache(maxsize=64)
def _kernel(pair: Callable[..., Any], dtype: str, n_params: int) -> Any:
    """Compile the kernel of one user-defined function."""
    matrix, params = f"{dtype}[:, ::1]", f"UniTuple(float64, {n_params})" if n_params else "Tuple(())"
    compiled = pair if isinstance(pair, CPUDispatcher) else njit(**OPTIONS)(pair)
    signature = f"void({matrix}, {matrix}, {params}, {matrix}, boolean, intp, intp)"
    return load_kernel("pair", SOURCE, signature, {"pair": compiled})
