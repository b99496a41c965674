"""Curves centred, scaled and transposed into lanes.

As many steps of as many curves as a vector has lanes are transposed in registers. Writing them one by one would take as
long as half of the step of Lloyd's algorithm that follows.
"""

import functools
from typing import Any

from tsshape._kernels import _host
from tsshape._kernels._cache import load_kernel

TEXT = '''"""Transpose curves, centred and scaled, into lanes that begin with a zero each."""

from numba import njit

from tsshape._kernels._simd import JIT_OPTIONS, interleave, load, store


@njit(**JIT_OPTIONS)
def tile(X, at, T, mean, t, factor, lanes, to, width):
    middle = load(mean, t, {n})
{rows}
{rounds}
{stores}


@njit(**JIT_OPTIONS)
def kernel(X, mean, factor, width, first, last, lanes):
    T = len(mean)
    n = len(X) // T
    for b in range(first, last):
        start, to = b * width, b * (T + 1) * width
        for i in range(start, min(n, start + width), {n}):
            lane = to + width + i - start
            if i + {n} <= n and T >= {n}:
                for t in range(0, T - {n} + 1, {n}):
                    tile(X, i * T + t, T, mean, t, factor, lanes, lane + t * width, width)
                # The last steps, some of which are written again.
                t = T - {n}
                tile(X, i * T + t, T, mean, t, factor, lanes, lane + t * width, width)
            else:
                for k in range(i, min(n, i + {n})):
                    for t in range(T):
                        lanes[lane + t * width + k - i] = (X[k * T + t] - mean[t]) * factor
'''


@functools.cache
def load_pack(dtype: str) -> Any:
    """Return the kernel, called with flat curves, their middle, the scale, the width of lanes, blocks and lanes."""
    n = _host.lanes(dtype)
    rows = [f"    r0_{k} = (load(X, at + {k} * T, {n}) - middle) * factor" for k in range(n)]
    rounds, number = [], 0
    for number in range(1, n.bit_length()):
        # Rows of both halves in turn, as often as halves can be halved, make columns of rows.
        rounds += [
            f"    r{number}_{2 * k + half} = interleave(r{number - 1}_{k}, r{number - 1}_{k + n // 2}, {half})"
            for k in range(n // 2)
            for half in (0, 1)
        ]
    stores = [f"    store(lanes, to + {k} * width, r{number}_{k})" for k in range(n)]
    text = TEXT.format(n=n, rows="\n".join(rows), rounds="\n".join(rounds), stores="\n".join(stores))
    flat = f"{dtype}[::1]"
    return load_kernel(f"lloyd-pack-{dtype}", text, f"void({flat}, {flat}, {dtype}, intp, intp, intp, {flat})")
