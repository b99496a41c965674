"""Elastic distances of many pairs: packing, the choice of a lane kernel, and the division into chunks."""

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numba.core.registry import CPUDispatcher

from tsshape._kernels import _host
from tsshape._kernels._cache import load_kernel
from tsshape._kernels._generate import strip_module
from tsshape._kernels._multichannel import find_recurrence
from tsshape._kernels._packing import (
    CHUNK_ROWS,
    ROOM,
    Array,
    by_steps,
    own_numbers,
    pack_constants,
    pack_lanes,
    pack_rows,
    pack_weights,
    scale_of_squares,
)
from tsshape._kernels._path_sums import PATH_SUMS
from tsshape._kernels._path_sums_driver import DRIVER as PATH_SUMS_DRIVER
from tsshape._kernels._recurrences import ELASTIC, Recurrence
from tsshape._kernels._simd import JIT_OPTIONS
from tsshape._kernels._threads import run_chunks

# Cells of the dynamic programme that take about a millisecond on one thread.
CELLS_WORTH_A_THREAD = 5_000_000
TASKS_PER_THREAD = 4
USER_DEFINED = "USER_DEFINED"

DRIVER = """

@njit(**JIT_OPTIONS)
def kernel(
    x, x_stride, n, T, y, m, U, window, constants, by_lag, out, symmetric, direct, mirrored,
    first, last, first_block, last_block,
):
    top = np.empty(U * WIDTH, x.dtype)
    tile = np.empty(CHUNK * WIDTH, x.dtype)
    n_chunks = (n + CHUNK - 1) // CHUNK
    for number in range(first, last):
        for half in range(2):
            chunk = n_chunks - 1 - number if half else number
            if half and chunk == number:
                continue
            start, stop = chunk * CHUNK, min(n, chunk * CHUNK + CHUNK)
            for b in range(max(start // WIDTH, first_block) if symmetric else first_block, last_block):
                yo = (b * (U + 1) + 1) * N_CHANNELS * WIDTH
                for i in range(start, stop, ROWS_AT_ONCE):
                    to = (i - start) * WIDTH
                    block(x, i * x_stride + N_CHANNELS, x_stride, T, y, yo, U, window, constants, by_lag, top, tile, to)
                left, right = b * WIDTH, min(m, b * WIDTH + WIDTH)
                if direct:
                    for i in range(start, stop):
                        for j in range(max(left, i) if symmetric else left, right):
                            out[i, j] = tile[(i - start) * WIDTH + j - left]
                if mirrored:
                    for j in range(left, right):
                        for i in range(start, min(stop, j) if symmetric else stop):
                            out[j, i] = tile[(i - start) * WIDTH + j - left]
"""


def elastic(name: str, X: Array, Y: Array | None, params: tuple[float, ...], n_threads: int) -> Array:
    """Compute elastic distances between the rows of `X` and those of `Y`, or among the rows of `X`.

    Parameters
    ----------
    name : str
        A key of `ELASTIC`.
    X : array of shape (n, T) or (n, n_channels, T), float32 or float64
        C-contiguous, finite. With channels, `name` is a key of `MULTICHANNEL`.
    Y : array of shape (m, U) or (m, n_channels, U) of the same dtype, or None
        None gives the symmetric matrix of `X`.
    params : tuple of float
        In the order of `ELASTIC[name].params`; the window's radius in steps, at least |T - U|, comes last. NaN is a
        tolerance that each pair has from its own curves.
    n_threads : int
        At most as many threads are used; the result is the same bits for any number.

    Returns
    -------
    array of shape (n, m), of the dtype of `X`

    Examples
    --------
    >>> elastic("dtw", np.array([[0.0, 1.0, 2.0], [0.0, 0.0, 2.0]]), None, (3,), 1).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    n_channels = X.shape[1] if X.ndim > 2 else 1  # noqa: PLR2004
    program = find_program(name, n_channels, is_diagonal=params[-1] == 0)
    if n_channels == 1:
        return _run(program, X, Y, params, n_threads)
    return _run(program, by_steps(X), None if Y is None else by_steps(Y), params, n_threads)


def elastic_with_cost(cost: Callable[..., Any], X: Array, Y: Array | None, window: int, n_threads: int) -> Array:
    """Compute sums of a user-defined cost along the best warping paths; otherwise as `elastic`.

    Parameters
    ----------
    cost : callable
        `cost(a, b)` of a value of `X` and one of `Y`, plain or compiled by numba, without branches, made of the
        operations that `_simd` lists. It must not return NaN. A process keeps the last 64 costs compiled.
    X, Y, n_threads
        As for `elastic`; without `Y`, cost(a, b) must equal cost(b, a).
    window : int
        The window's radius in steps, at least |T - U|.
    """
    return _run(_program_of_cost(cost), X, Y, (window,), n_threads)


@dataclass(frozen=True, eq=False)
class Program:
    """A recurrence, its name, and the expression by which its module finds it; a user-defined one is a global."""

    name: str
    recurrence: Recurrence
    origin: str
    n_channels: int = 1

    @property
    def is_user_defined(self) -> bool:
        """Whether the recurrence has a user-defined cost."""
        return self.origin == USER_DEFINED

    @property
    def sums(self) -> Recurrence | None:
        """The same distance as a sum over paths, if there is one."""
        return PATH_SUMS.get(self.name) if self.recurrence is ELASTIC.get(self.name) else None


@functools.cache
def find_program(name: str, n_channels: int = 1, *, is_diagonal: bool) -> Program:
    """Return the program of a built-in recurrence, for a window of 0 or a wider one."""
    full_name = name if n_channels == 1 else f"{name}-{n_channels}-channels"
    return Program(full_name, *find_recurrence(name, n_channels, is_diagonal=is_diagonal), n_channels)


@functools.lru_cache(maxsize=64)
def _program_of_cost(cost: Callable[..., Any]) -> Program:
    """Return the DTW recurrence with a user-defined cost."""
    compiled = cost if isinstance(cost, CPUDispatcher) else njit(**JIT_OPTIONS)(cost)

    def cell(x: Any, y: Any, above: Any, left: Any, diagonal: Any) -> Any:
        return min(above, min(left, diagonal)) + compiled(x, y)  # noqa: PLW3301 - vectors take two operands

    return Program("cost", Recurrence(cell), USER_DEFINED)


def strip_shape(recurrence: Recurrence, window: int) -> tuple[int, int]:
    """Return rows and vectors of a strip: as many rows as were fastest, and no more than the band is wide."""
    if recurrence.heavy:
        return 1, 4
    if recurrence.bounds is not None:
        return 3, 2
    if recurrence.corner is not None or window < 2:  # noqa: PLR2004
        return 2, 2
    return 6, 2


@functools.lru_cache(maxsize=256)
def _kernel(program: Program, dtype: str, n_rows: int, n_vectors: int) -> tuple[Any, int]:
    """Return the lane kernel of a program, and the number of curves in its blocks."""
    if program.sums is not None:
        return _kernel_of_sums(program.sums, dtype, n_rows, n_vectors)
    text = strip_module(
        program.name, program.recurrence, dtype, program.origin, n_rows=n_rows, n_vectors=n_vectors,
        driver=matrix_driver(1, program.n_channels),
    )  # fmt: skip
    objects = {USER_DEFINED: program.recurrence} if program.is_user_defined else None
    return load_kernel(f"{program.name}-{dtype}", text, matrix_signature(dtype), objects), _host.lanes(
        dtype
    ) * n_vectors


def _kernel_of_sums(sums: Recurrence, dtype: str, n_rows: int, n_vectors: int) -> tuple[Any, int]:
    """Return the kernel of sums over paths, which computes in float64 and writes a matrix of `dtype`."""
    text = strip_module(
        "soft_dtw", sums, "float64", "PATH_SUMS['soft_dtw']", n_rows=n_rows, n_vectors=n_vectors,
        driver=f"CHUNK = {CHUNK_ROWS}\n{PATH_SUMS_DRIVER}",
    )  # fmt: skip
    kernel = load_kernel(f"soft_dtw-{dtype}", text, matrix_signature("float64", dtype))
    return kernel, _host.lanes("float64") * n_vectors


def matrix_driver(rows_at_once: int, n_channels: int = 1) -> str:
    """Return the text of the function that runs `block`, which takes so many rows of x, over chunks of pairs."""
    return f"CHUNK, ROWS_AT_ONCE, N_CHANNELS = {CHUNK_ROWS}, {rows_at_once}, {n_channels}\n{DRIVER}"


def matrix_signature(dtype: str, out: str | None = None) -> str:
    """Return the numba signature of the function that `matrix_driver` defines; `out` is the dtype of the matrix."""
    flat, sizes, flags = f"{dtype}[::1]", "intp, intp, intp", "boolean, boolean, boolean"
    return f"void({flat}, {sizes}, {flat}, {sizes}, {flat}, {flat}, {out or dtype}[:, ::1], {flags}, {sizes}, intp)"


def _run(program: Program, X: Array, Y: Array | None, params: tuple[float, ...], n_threads: int) -> Array:
    """Compute the matrix of distances of a program, from curves by steps."""
    recurrence, dtype, n_channels = program.recurrence, X.dtype, program.n_channels
    kernel_dtype = dtype if program.sums is None else np.dtype(np.float64)
    X, Y = X.astype(kernel_dtype, copy=False), None if Y is None else Y.astype(kernel_dtype, copy=False)
    T, U = (len(Z[0]) // n_channels for Z in (X, X if Y is None else Y))
    # For the full matrix the radius is so great that no strip meets the edge of the band.
    window = int(params[-1]) if params[-1] < max(T, U) - 1 else T + U + ROOM
    kernel, width = _kernel(program, dtype.name, *strip_shape(program.sums or recurrence, window))
    scale = scale_of_squares(recurrence, params, X, Y, n_terms=(T + U) * n_channels)
    constants = pack_constants(recurrence, params, T, U, 1 / scale, kernel_dtype)
    # A user-defined cost may depend on the order of its arguments; every built-in recurrence is symmetric.
    swap = Y is not None and len(Y) < len(X) and not program.is_user_defined
    weights = pack_weights(recurrence, params, *((U, T) if swap else (T, U)), kernel_dtype)
    n_cells = T * min(U, 2 * window + 1) * n_channels
    return run_matrix(
        kernel, width, X, Y, window, constants, weights, scale=scale, swap=swap, n_cells=n_cells, n_threads=n_threads,
        own=lambda curves: own_numbers(recurrence, curves, params, n_channels), n_channels=n_channels,
        dtype=dtype,
    )  # fmt: skip


def run_matrix(
    kernel: Any, width: int, X: Array, Y: Array | None, window: int, constants: Array, weights: Array,
    *, scale: float, swap: bool, n_cells: int, n_threads: int, own: Callable[[Array], Array | None] = lambda _: None,
    n_channels: int = 1, dtype: Any = None,
) -> Array:  # fmt: skip
    """Compute the matrix of a kernel's distances; `swap` puts `X` into the lanes, `n_cells` is the work of one pair."""
    symmetric = Y is None
    rows, columns = (X, X) if Y is None else (Y, X) if swap else (X, Y)
    n, m, T, U = len(rows), len(columns), rows.shape[1] // n_channels, columns.shape[1] // n_channels
    x, x_stride = pack_rows(rows, scale, own(rows), n_channels)
    y = pack_lanes(columns, width, scale, own(columns), n_channels)
    out = np.empty((len(X), len(X if Y is None else Y)), X.dtype if dtype is None else dtype)

    def run(task: tuple[int, int, int, int]) -> None:
        kernel(
            x, x_stride, n, T, y, m, U, window, constants, weights, out,
            symmetric, not swap, symmetric or swap, *task,
        )  # fmt: skip

    row_tasks = pair_tasks(n, n_cells * n * m // (1 + symmetric), n_threads)
    # Where there are too few rows for all threads, the blocks are divided too.
    n_parts = 1 if symmetric or n_cells * n * m < CELLS_WORTH_A_THREAD else TASKS_PER_THREAD * n_threads
    block_tasks = _ranges(math.ceil(m / width), math.ceil(n_parts / len(row_tasks)))
    run_chunks(run, [(*chunks, *blocks) for chunks in row_tasks for blocks in block_tasks], n_threads)
    return out


def pair_tasks(n_rows: int, n_cells: int, n_threads: int) -> list[tuple[int, int]]:
    """Return ranges of pairs of chunks: the c-th with the c-th last, so that pairs of a triangle are equal work."""
    n_pairs = math.ceil(n_rows / CHUNK_ROWS / 2)
    n_tasks = 1 if n_cells < CELLS_WORTH_A_THREAD else TASKS_PER_THREAD * n_threads
    return _ranges(n_pairs, n_tasks)


def _ranges(size: int, n_parts: int) -> list[tuple[int, int]]:
    """Divide the numbers below `size` into at most `n_parts` ranges of nearly the same length."""
    edges = np.linspace(0, size, min(size, n_parts) + 1).astype(int).tolist()
    return list(itertools.pairwise(edges))
