"""Distances that compare curves time by time: Euclidean, Manhattan, Minkowski, area.

Differences are summed directly (not by |x|² + |y|² - 2xy), so that similar curves lose no digits. A tile of rows of x
by vectors of y accumulates in registers while both stream by, once each.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Template
from textwrap import indent
from typing import Any

import numpy as np

from tsshape._kernels import _host
from tsshape._kernels._cache import load_kernel
from tsshape._kernels._generate import arguments, call
from tsshape._kernels._packing import Array, scale_of
from tsshape._kernels._pairwise import matrix_driver, matrix_signature, run_matrix
from tsshape._kernels._power import power
from tsshape._kernels._recurrences import root
from tsshape._kernels._simd import select
from tsshape._kernels._tile import tile_module

N_VECTORS = 2
BLOCK = Template("""
from tsshape._kernels._lockstep import LOCKSTEP

add = njit(**JIT_OPTIONS)(LOCKSTEP["$name"].add)
final = njit(**JIT_OPTIONS)(LOCKSTEP["$name"].final)


@njit(**JIT_OPTIONS)
def block(x, xo, x_stride, T, y, yo, U, window, constants, weights, top, out, oo):
$parameters
$greatest
    for r in ROWS:
        for v in VECTORS:
            total{r}_{v} = broadcast(ZERO, LANES)
    for t in range(T):
$weight
        for v in VECTORS:
            y{v} = load(y, yo + t * WIDTH + {v} * LANES, LANES)
        for r in ROWS:
            x{r} = broadcast(x[xo + {r} * x_stride + t], LANES)
            for v in VECTORS:
                total{r}_{v} = $add
    for r in ROWS:
        for v in VECTORS:
            store(out, oo + {r} * WIDTH + {v} * LANES, $final)
""")


# A first pass over the curves.
GREATEST = """
for r in ROWS:
    for v in VECTORS:
        greatest{r}_{v} = broadcast(ZERO, LANES)
for t in range(T):
    for v in VECTORS:
        y{v} = load(y, yo + t * WIDTH + {v} * LANES, LANES)
    for r in ROWS:
        x{r} = broadcast(x[xo + {r} * x_stride + t], LANES)
        for v in VECTORS:
            greatest{r}_{v} = max(greatest{r}_{v}, abs(x{r} - y{v}))
"""


def _total(value: Any) -> Any:
    """Return the sum itself."""
    return value


@dataclass(frozen=True, eq=False)
class Lockstep:
    """A distance that is a sum over time: `add` adds a difference, `final` makes the distance of the sum.

    `weights(T)` returns the weight of each time step, if there are weights; `squares` is as in `Recurrence`. Both
    functions may take the parameters in `params`, and `greatest`, the greatest absolute difference.
    """

    add: Callable[..., Any]
    final: Callable[..., Any] = _total
    weights: Callable[[int], Array] | None = None
    params: tuple[str, ...] = ()
    squares: bool = False


def _add_square(total: Any, difference: Any) -> Any:
    """Return the sum with another square added."""
    return total + difference * difference


def _add_absolute(total: Any, difference: Any) -> Any:
    """Return the sum with another absolute value added."""
    return total + abs(difference)


def _add_weighted(total: Any, difference: Any, weight: Any) -> Any:
    """Return the sum with another weighted absolute value added."""
    return total + abs(difference) * weight


def _add_power(total: Any, difference: Any, greatest: Any, p: Any) -> Any:
    """Return the sum with the power of another absolute value added, as a share of the greatest."""
    # Where all curves are equal the share is 0 / 1.
    return total + power(abs(difference) / select(greatest > 0.0, greatest, 1.0), p)


def _root_of_powers(value: Any, greatest: Any, p: Any) -> Any:
    """Return the root of a sum of powers, in the unit of the curves."""
    return power(value, 1.0 / p) * greatest


def _trapezoid_weights(n_times: int) -> Array:
    """Return the weights of the trapezoid rule in steps: one half at either end, 0 for a single point."""
    weights = np.ones(n_times)
    weights[0] -= 0.5
    weights[-1] -= 0.5
    return weights


LOCKSTEP: Mapping[str, Lockstep] = {
    "euclidean": Lockstep(_add_square, final=root, squares=True),
    "sqeuclidean": Lockstep(_add_square),
    "manhattan": Lockstep(_add_absolute),
    "minkowski": Lockstep(_add_power, final=_root_of_powers, params=("p",)),
    "area": Lockstep(_add_weighted, weights=_trapezoid_weights),
}
# Minkowski distances that are computed without powers, which take a hundred times as long.
WITHOUT_POWERS: Mapping[tuple[str, tuple[float, ...]], str] = {
    ("minkowski", (1.0,)): "manhattan",
    ("minkowski", (2.0,)): "euclidean",
}


def lockstep(name: str, X: Array, Y: Array | None, n_threads: int, params: tuple[float, ...] = ()) -> Array:
    """Compute distances between rows of equal length, compared time by time.

    Parameters
    ----------
    name : str
        A key of `LOCKSTEP`; "area" is the trapezoid integral of |x - y| over time in steps.
    X : array of shape (n, T) or (n, n_channels, T), float32 or float64
        C-contiguous, finite. What is added up over time is added up over channels, too.
    Y : array of shape (m, T) or (m, n_channels, T) of the same dtype, or None
        None gives the symmetric matrix of `X`.
    n_threads : int
        At most as many threads are used; the result is the same bits for any number.
    params : tuple of float
        In the order of `LOCKSTEP[name].params`.

    Returns
    -------
    array of shape (n, m), of the dtype of `X`

    Examples
    --------
    >>> lockstep("area", np.array([[0.0, 1.0, 2.0]]), np.array([[0.0, 0.0, 2.0]]), 1).tolist()
    [[1.0]]
    """
    if (name, params) in WITHOUT_POWERS:
        name, params = WITHOUT_POWERS[name, params], ()
    distance, n_times = LOCKSTEP[name], X.shape[-1]
    X, Y = X.reshape(len(X), -1), None if Y is None else Y.reshape(len(Y), -1)
    n_terms = X.shape[1]
    kernel, width = _kernel(name, X.dtype.name)
    scale = scale_of(X, Y, n_terms=n_terms) if distance.squares else 1.0
    of_channel = (distance.weights(n_times) if distance.weights else np.empty(0)).astype(X.dtype)
    weights = np.tile(of_channel, n_terms // n_times)
    constants = np.array([*params, 1 / scale], X.dtype)
    swap = Y is not None and len(Y) < len(X)
    return run_matrix(
        kernel, width, X, Y, 0, constants, weights, scale=scale, swap=swap, n_cells=n_terms, n_threads=n_threads
    )


@functools.cache
def _kernel(name: str, dtype: str) -> tuple[Any, int]:
    """Return the kernel of one distance, and the number of curves in its blocks."""
    distance, n_rows = LOCKSTEP[name], 8 if _host.n_registers() >= 32 else 4  # noqa: PLR2004
    block = BLOCK.substitute(
        name=name,
        parameters="\n".join(
            f"    {each} = constants[{position}]" for position, each in enumerate((*distance.params, "unscale"))
        ),
        greatest=indent(GREATEST, "    ") if "greatest" in arguments(distance.add) else "",
        weight="        weight = broadcast(weights[t], LANES)" if distance.weights else "",
        add=call("add", distance.add, total="total{r}_{v}", difference="x{r} - y{v}", greatest="greatest{r}_{v}"),
        final=call("final", distance.final, value="total{r}_{v}", greatest="greatest{r}_{v}"),
    )
    text = tile_module(name, block + matrix_driver(n_rows), dtype, n_rows=n_rows, n_vectors=N_VECTORS)
    return load_kernel(f"{name}-{dtype}", text, matrix_signature(dtype)), N_VECTORS * _host.lanes(dtype)
