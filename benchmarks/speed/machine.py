"""What the processor could do at most, measured."""

import platform
import time
from pathlib import Path

import numpy as np
from numba import types

from tsshape._kernels import _host
from tsshape._kernels._cache import load_kernel

# Enough independent cells to fill the pipelines, few enough to stay in the registers.
N_CELLS = 16
TURNS = 10_000_000
SOURCE = '''"""The four operations of a DTW cell on values that never leave the registers."""

from numba import njit

from tsshape._kernels._simd import JIT_OPTIONS, fma, load, store

LANES = {lanes}


@njit(**JIT_OPTIONS)
def cell(above, left, diagonal):
    difference = left - diagonal
    return fma(difference, difference, min(above, min(left, diagonal)))


@njit(**JIT_OPTIONS)
def kernel(values, n):
    x, y = load(values, 0, LANES), load(values, LANES, LANES)
{loads}
    for _ in range(n):
{steps}
{stores}
'''


def limit_ns_per_cell(dtype: str) -> float:
    """The least time of a cell of DTW on one core: a subtraction, two minima and a multiply-add, no memory."""
    lanes = _host.lanes(dtype)
    cells = range(N_CELLS)
    source = SOURCE.format(
        lanes=lanes,
        loads="\n".join(f"    a{k} = load(values, {(k + 2) * lanes}, LANES)" for k in cells),
        steps="\n".join(f"        a{k} = cell(y, x, a{k})" for k in cells),
        stores="\n".join(f"    store(values, {(k + 2) * lanes}, a{k})" for k in cells),
    )
    vector = types.Array(getattr(types, dtype), 1, "C")
    kernel = load_kernel(f"limit-{dtype}", source, types.void(vector, types.intp))
    values = np.random.default_rng(0).random((N_CELLS + 2) * lanes).astype(dtype)
    seconds = min(_seconds(kernel, values) for _ in range(5))
    return seconds / (TURNS * N_CELLS * lanes) * 1e9


def _seconds(kernel: object, values: np.ndarray) -> float:
    """CPU seconds of all turns."""
    start = time.process_time()
    kernel(values, TURNS)
    return time.process_time() - start


def describe() -> str:
    """Processor and vector width in one line."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()}, vectors of {8 * _host.register_bytes()} bits"
