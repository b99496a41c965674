"""`exp` and `log` for numbers and vectors, as far as a soft minimum needs them.

Of vectors, exp takes arguments up to 0 (where the result would be less than about 1e-308, or 1e-38 in float32, it stays
there); log takes arguments from 1 to 3. Both are exact to a few units in the last place of the larger of 1 and the
result: polynomials on a reduced range, so that no lane branches.
"""

import math
from collections.abc import Callable
from typing import Any

from numba.core import types
from numba.extending import overload

from tsshape._kernels._simd import JIT_OPTIONS, Vector, fma, nearest_integer, select, times_power_of_two

LOG2_E = 1 / math.log(2)
# log 2 in two parts, the first with so few bits that its multiples are exact.
LOG2_HIGH, LOG2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
LOG2_HIGH_SINGLE, LOG2_LOW_SINGLE = 0.693359375, -2.12194440e-4
LEAST, LEAST_SINGLE = -708.0, -87.0
# log is expanded about the middles of [1, sqrt 3] and [sqrt 3, 3], measured by ratio.
HALFWAY, LOWER_MIDDLE, UPPER_MIDDLE = math.sqrt(3), 3**0.25, 3**0.75
LOG_LOWER_MIDDLE, LOG_UPPER_MIDDLE = 0.25 * math.log(3), 0.75 * math.log(3)


def _exp(x: Any) -> Any:
    """Compute the exponential of float64 lanes: 2**n times a Taylor polynomial of degree 12 on |r| <= log(2) / 2."""
    x = max(x, LEAST)
    n = nearest_integer(x * LOG2_E)
    r = (x - n * LOG2_HIGH) - n * LOG2_LOW
    p = fma(r, 1 / 479001600, 1 / 39916800)
    p = fma(p, r, 1 / 3628800)
    p = fma(p, r, 1 / 362880)
    p = fma(p, r, 1 / 40320)
    p = fma(p, r, 1 / 5040)
    p = fma(p, r, 1 / 720)
    p = fma(p, r, 1 / 120)
    p = fma(p, r, 1 / 24)
    p = fma(p, r, 1 / 6)
    p = fma(p, r, 0.5)
    p = fma(p, r, 1.0)
    return times_power_of_two(fma(p, r, 1.0), n)


def _exp_single(x: Any) -> Any:
    """Compute the exponential of float32 lanes, with degree 7."""
    x = max(x, LEAST_SINGLE)
    n = nearest_integer(x * LOG2_E)
    r = (x - n * LOG2_HIGH_SINGLE) - n * LOG2_LOW_SINGLE
    p = fma(r, 1 / 5040, 1 / 720)
    p = fma(p, r, 1 / 120)
    p = fma(p, r, 1 / 24)
    p = fma(p, r, 1 / 6)
    p = fma(p, r, 0.5)
    p = fma(p, r, 1.0)
    return times_power_of_two(fma(p, r, 1.0), n)


def _log(x: Any) -> Any:
    """Compute the logarithm of float64 lanes: log(middle) + 2 artanh((x - middle) / (x + middle)) to degree 21."""
    upper = x > HALFWAY
    middle = select(upper, UPPER_MIDDLE + 0 * x, LOWER_MIDDLE)
    z = (x - middle) / (x + middle)
    q = z * z
    p = fma(q, 2 / 21, 2 / 19)
    p = fma(p, q, 2 / 17)
    p = fma(p, q, 2 / 15)
    p = fma(p, q, 2 / 13)
    p = fma(p, q, 2 / 11)
    p = fma(p, q, 2 / 9)
    p = fma(p, q, 2 / 7)
    p = fma(p, q, 2 / 5)
    p = fma(p, q, 2 / 3)
    p = fma(p, q, 2.0)
    return fma(p, z, select(upper, LOG_UPPER_MIDDLE + 0 * x, LOG_LOWER_MIDDLE))


def _log_single(x: Any) -> Any:
    """Compute the logarithm of float32 lanes, to the 9th power."""
    upper = x > HALFWAY
    middle = select(upper, UPPER_MIDDLE + 0 * x, LOWER_MIDDLE)
    z = (x - middle) / (x + middle)
    q = z * z
    p = fma(q, 2 / 9, 2 / 7)
    p = fma(p, q, 2 / 5)
    p = fma(p, q, 2 / 3)
    p = fma(p, q, 2.0)
    return fma(p, z, select(upper, LOG_UPPER_MIDDLE + 0 * x, LOG_LOWER_MIDDLE))


def exp(x: Any) -> Any:
    """Return the exponential of a number or, in compiled code, of a vector of numbers up to 0."""
    return math.exp(x)


def log(x: Any) -> Any:
    """Return the natural logarithm of a number or, in compiled code, of a vector of numbers from 1 to 3."""
    return math.log(x)


def _overload(function: Callable[[Any], Any], double: Callable[..., Any], single: Callable[..., Any]) -> None:
    """Compile a function as that of the C library for numbers, and as a polynomial for vectors."""

    def implement(x: Any) -> Any:
        if isinstance(x, Vector):
            return double if x.element == types.float64 else single
        return function

    overload(function, jit_options=JIT_OPTIONS)(implement)


_overload(exp, _exp, _exp_single)
_overload(log, _log, _log_single)
