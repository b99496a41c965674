"""Distances that compare curves time by time: Euclidean, Manhattan, area.

Differences are summed as they are (no |x|² + |y|² - 2xy), so that near curves lose no digits. A tile of rows of x by
vectors of y accumulates in registers while both stream by, once each.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tsshape._kernels import _host
from tsshape._kernels._cache import load_kernel
from tsshape._kernels._generate import arguments, driver
from tsshape._kernels._pairwise import Array, matrix_signature, run_matrix, scale_of
from tsshape._kernels._recurrences import root

N_VECTORS = 2
HEADER = '''"""{name}: tiles of {rows} rows by {vectors} x {lanes} {dtype}; written by tsshape._kernels._lockstep."""

import numpy as np
from numba import njit

from tsshape._kernels._lockstep import LOCKSTEP
from tsshape._kernels._simd import JIT_OPTIONS, broadcast, load, store

LANES = {lanes}
ZERO = np.{dtype}(0)
add = njit(**JIT_OPTIONS)(LOCKSTEP[{name!r}].add)
'''


@dataclass(frozen=True, eq=False)
class Lockstep:
    """A distance that is a sum over time: how a difference is added, and what is made of the sum.

    `squares` as in `Recurrence`; `weights(T)` gives the weight of each time, where there is one.
    """

    add: Callable[..., Any]
    final: Callable[..., Any] | None = None
    weights: Callable[[int], Array] | None = None
    squares: bool = False


def _add_square(total: Any, difference: Any) -> Any:
    """The sum with a square more."""
    return total + difference * difference


def _add_absolute(total: Any, difference: Any) -> Any:
    """The sum with an absolute value more."""
    return total + abs(difference)


def _add_weighted(total: Any, difference: Any, weight: Any) -> Any:
    """The sum with a weighted absolute value more."""
    return total + abs(difference) * weight


def _trapezoid_weights(n_times: int) -> Array:
    """Weights of the trapezoid rule in steps: one half at either end, nothing for a single point."""
    weights = np.ones(n_times)
    weights[0] -= 0.5
    weights[-1] -= 0.5
    return weights


LOCKSTEP: Mapping[str, Lockstep] = {
    "euclidean": Lockstep(_add_square, final=root, squares=True),
    "sqeuclidean": Lockstep(_add_square),
    "manhattan": Lockstep(_add_absolute),
    "area": Lockstep(_add_weighted, weights=_trapezoid_weights),
}


def lockstep(name: str, X: Array, Y: Array | None, n_threads: int) -> Array:
    """Distances between rows of equal length, compared time by time.

    Parameters
    ----------
    name : str
        A key of `LOCKSTEP`; "area" is the trapezoid integral of |x - y| over time in steps.
    X : array of shape (n, T), float32 or float64
        C-contiguous, finite.
    Y : array of shape (m, T) of the same dtype, or None
        None gives the symmetric matrix of `X`.
    n_threads : int
        At most as many threads are used; the result is the same bits for any number.

    Returns
    -------
    array of shape (n, m), of the dtype of `X`

    Examples
    --------
    >>> lockstep("area", np.array([[0.0, 1.0, 2.0]]), np.array([[0.0, 0.0, 2.0]]), 1).tolist()
    [[1.0]]
    """
    distance, n_times = LOCKSTEP[name], X.shape[1]
    kernel, width = _kernel(name, X.dtype.name)
    scale = scale_of(X, Y, n_terms=n_times) if distance.squares else 1.0
    weights = (distance.weights(n_times) if distance.weights else np.empty(0)).astype(X.dtype)
    unscale = np.array([1 / scale], X.dtype)
    swap = Y is not None and len(Y) < len(X)
    return run_matrix(
        kernel, width, X, Y, 0, unscale, weights, scale=scale, swap=swap, n_cells=n_times, n_threads=n_threads
    )


@functools.cache
def _kernel(name: str, dtype: str) -> tuple[Any, int]:
    """The kernel of one distance, and the number of curves in its blocks."""
    n_lanes = _host.lanes(dtype)
    n_rows = 8 if _host.n_registers() >= 32 else 4  # noqa: PLR2004
    header = HEADER.format(name=name, rows=n_rows, vectors=N_VECTORS, lanes=n_lanes, dtype=dtype)
    block = "\n".join(_block(LOCKSTEP[name], n_rows, n_lanes, name))
    width = n_lanes * N_VECTORS
    text = header + block + "\n" + driver(width, rows_at_once=n_rows)
    return load_kernel(f"{name}-{dtype}", text, matrix_signature(dtype)), width


def _block(distance: Lockstep, n_rows: int, n_lanes: int, name: str) -> Iterator[str]:
    """The function that takes some rows of x against one block of curves y."""
    width = n_lanes * N_VECTORS
    tile = [(r, v) for r in range(n_rows) for v in range(N_VECTORS)]
    if distance.final:
        yield f"final = njit(**JIT_OPTIONS)(LOCKSTEP[{name!r}].final)"
    yield "\n\n@njit(**JIT_OPTIONS)"
    yield "def block(x, xo, x_stride, T, y, yo, U, window, constants, weights, top, out, oo):"
    yield "    unscale = constants[0]"
    for r, v in tile:
        yield f"    total{r}_{v} = broadcast(ZERO, LANES)"
    yield "    for t in range(T):"
    if distance.weights:
        yield "        weight = broadcast(weights[t], LANES)"
    for v in range(N_VECTORS):
        yield f"        y{v} = load(y, yo + t * {width} + {v * n_lanes}, LANES)"
    wanted = "".join(f", {argument}" for argument in arguments(distance.add)[2:])
    for r, v in tile:
        if v == 0:
            yield f"        x{r} = broadcast(x[xo + {r} * x_stride + t], LANES)"
        yield f"        total{r}_{v} = add(total{r}_{v}, x{r} - y{v}{wanted})"
    for r, v in tile:
        value = f"final(total{r}_{v}, unscale)" if distance.final else f"total{r}_{v}"
        yield f"    store(out, oo + {r * width + v * n_lanes}, {value})"
