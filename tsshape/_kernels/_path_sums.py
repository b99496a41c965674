"""Soft-DTW of pairs as sums over all their warping paths, where these stay in the range of floats.

    Z[i, j] = exp(-(x_i - y_j)^2 / gamma) (Z[i-1, j] + Z[i, j-1] + Z[i-1, j-1])         soft-DTW = -gamma log Z[-1, -1]

takes one exponential a cell, and neither minimum nor logarithm. So that the number of paths does not overflow, a step
right or down halves the sum and a diagonal one quarters it, which is 2**-(T + U) for every path. A sum still grows, by
5/4 a step at most; the first corner is so much smaller than the largest float.

No cell falls below 2**-1000: cells that would are too large instead. Where the last cell is so large that all of these
cannot change it, soft-DTW follows from it. Otherwise (costs of more than about a thousand gammas) the result is
infinite here, and the pair is computed by the recurrence of `ELASTIC`. Computed in float64 whatever the dtype.
"""

import math
from collections.abc import Mapping
from typing import Any

from numba.extending import register_jitable

from tsshape._kernels._elementary import log
from tsshape._kernels._recurrences import ELASTIC, Recurrence
from tsshape._kernels._simd import (
    JIT_OPTIONS,
    LEAST_EXPONENT,
    SHIFT,
    exponent,
    fma,
    scaled_down,
    select,
    times_power_of_two,
)

LOG_2 = math.log(2)
MOST_EXPONENT = 1000
# Bits by which a sum grows in a step: log2(5 / 4), rounded up.
GROWTH = 0.322
# What is too large by all cells together must be so many bits below the last one.
PRECISION = 60


def _sum(x: Any, y: Any, above: Any, left: Any, diagonal: Any, rate: Any) -> Any:
    """Sum of the neighbours, halved, times 2**power; that is 2**n by the exponent, and 2**r by a polynomial."""
    difference = x - y
    power = max(difference * difference * rate, 2.0 * LEAST_EXPONENT)
    shifted = power + SHIFT
    r = power - (shifted - SHIFT)
    # 2**r / 2 at 12 Chebyshev nodes of |r| <= 1/2: within 3e-18 of it.
    p = fma(r, 2.2279089541680322e-10, 3.5370971486442605e-09)
    p = fma(p, r, 5.0890285438669704e-08)
    p = fma(p, r, 6.607716267956188e-07)
    p = fma(p, r, 7.626366920778387e-06)
    p = fma(p, r, 7.701765231862176e-05)
    p = fma(p, r, 0.0006666779073203235)
    p = fma(p, r, 0.004809064553793628)
    p = fma(p, r, 0.027752054332410812)
    p = fma(p, r, 0.12011325347955079)
    p = fma(p, r, 0.34657359027997264)
    p = fma(p, r, 0.5)
    return scaled_down(p * fma(diagonal, 0.5, above + left), shifted)


def _rate(gamma: Any) -> Any:
    """Factor of a squared difference in the power of two that belongs to it."""
    return -1.0 / (LOG_2 * gamma)


@register_jitable(**JIT_OPTIONS)
def _first_exponent(shorter: Any, longer: Any) -> Any:
    """Power of two of the corner before the first cell."""
    return max(MOST_EXPONENT - math.ceil(GROWTH * (shorter + longer)), LEAST_EXPONENT)


def _corner(shorter: Any, longer: Any) -> Any:
    """Sum of the one path before the first cell."""
    return math.ldexp(1.0, int(_first_exponent(shorter, longer)))


def _soft_minimum(value: Any, gamma: Any, shorter: Any, longer: Any) -> Any:
    """Soft-DTW from the last sum, infinite if that is too small."""
    power = exponent(value)
    least = LEAST_EXPONENT + PRECISION + GROWTH * (shorter + longer) + 2.0 * math.log2(longer)
    halvings = shorter + longer - _first_exponent(shorter, longer)
    logarithm = log(times_power_of_two(value, -power)) + (power + halvings) * LOG_2
    return select(power > least, -gamma * logarithm, math.inf)


PATH_SUMS: Mapping[str, Recurrence] = {
    "soft_dtw": Recurrence(
        _sum, ELASTIC["soft_dtw"].params, per_row={"rate": _rate}, outside=0.0, border=0.0, corner=_corner,
        final=_soft_minimum,
    ),
}  # fmt: skip
