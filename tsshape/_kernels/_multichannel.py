"""The elastic distances of curves with several channels, all of which are warped together.

A step has one value a channel, and two steps are compared by the Euclidean distance of their values. Most functions are
those of `ELASTIC` with that distance for |x - y|; of one channel every distance is the one that `ELASTIC` has. Instead
of `x` and `y` a function asks for squared distances, sums over the channels that the kernels add up in registers:
`squares` between step i of x and step j of y, `squares_above` between i - 1 and j, `squares_left` between i and j - 1,
`squares_diagonal` between i - 1 and j - 1, `x_squares` and `y_squares` between a step of a curve and the one before,
`x_gap_squares` and `y_gap_squares` between a step and one that has the parameter `g` in all channels.

Where `Recurrence.squares` is set, the curves are scaled so that squares of small values do not vanish, and
`root(squares, unscale)` is a distance in the unit of the curves.

dtw, wdtw and adtw add up the channels as Shokoohi-Yekta et al. (2017, Data Mining and Knowledge Discovery 31, 1-31),
twe and msm take Euclidean distances of steps as Shifaz et al. (2023, Knowledge and Information Systems 65,
2665-2698).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from numba.extending import register_jitable

from tsshape._kernels._recurrences import ALONG_DIAGONAL, ELASTIC, ITAKURA, Recurrence, root
from tsshape._kernels._simd import JIT_OPTIONS, select

# Of a right angle the two sides of the comparison in `_msm` are equal, and round differently.
ROUNDING = 1e-12

distance = register_jitable(**JIT_OPTIONS)(root)
lcss_cell = register_jitable(**JIT_OPTIONS)(ELASTIC["lcss"].cell)
common_cell = register_jitable(**JIT_OPTIONS)(ALONG_DIAGONAL["lcss"].cell)
edr_cell = register_jitable(**JIT_OPTIONS)(ELASTIC["edr"].cell)
soft_dtw_cell = register_jitable(**JIT_OPTIONS)(ELASTIC["soft_dtw"].cell)


def _dtw(squares: Any, above: Any, left: Any, diagonal: Any) -> Any:
    """Squared distance plus the cheapest neighbour."""
    return min(above, min(left, diagonal)) + squares  # noqa: PLW3301 - vectors take two operands


def _wdtw(squares: Any, above: Any, left: Any, diagonal: Any, weight: Any) -> Any:
    """Squared distance, weighted by the lag, plus the cheapest neighbour."""
    return min(above, min(left, diagonal)) + squares * weight  # noqa: PLW3301


def _adtw(squares: Any, above: Any, left: Any, diagonal: Any, warp_penalty: Any) -> Any:
    """Squared distance plus the cheapest neighbour, of which all but the diagonal one cost a penalty."""
    return min(diagonal, min(above, left) + warp_penalty) + squares


def _soft_dtw(squares: Any, above: Any, left: Any, diagonal: Any, gamma: Any, sharpness: Any, unscale: Any) -> Any:
    """Squared distance plus the soft minimum of the neighbours."""
    return soft_dtw_cell(distance(squares, unscale), 0.0, above, left, diagonal, gamma, sharpness)


def _lcss(squares: Any, above: Any, left: Any, diagonal: Any, tolerance: Any, unscale: Any) -> Any:
    """Length of the longest common subsequence of steps whose distance is at most the tolerance."""
    return lcss_cell(distance(squares, unscale), 0.0, above, left, diagonal, tolerance)


def _common_so_far(squares: Any, diagonal: Any, tolerance: Any, unscale: Any) -> Any:
    """Number of steps that match: the longest common subsequence inside a window of 0."""
    return common_cell(distance(squares, unscale), 0.0, diagonal, tolerance)


def _edr(squares: Any, above: Any, left: Any, diagonal: Any, tolerance: Any, unscale: Any) -> Any:
    """Number of edits; steps match whose distance is at most the tolerance."""
    return edr_cell(distance(squares, unscale), 0.0, above, left, diagonal, tolerance)


def _erp(squares: Any, above: Any, left: Any, diagonal: Any, x_gap: Any, y_gap: Any, unscale: Any) -> Any:
    """Pair the steps, or either of them with the gap."""
    return min(diagonal + distance(squares, unscale), min(above + x_gap, left + y_gap))  # noqa: PLW3301


def _x_gap(x_gap_squares: Any, unscale: Any) -> Any:
    """Cost of pairing a step of x with the gap, which has the same value in all channels."""
    return distance(x_gap_squares, unscale)


def _y_gap(y_gap_squares: Any, unscale: Any) -> Any:
    """Cost of pairing a step of y with the gap."""
    return distance(y_gap_squares, unscale)


def _twe(
    squares: Any, squares_diagonal: Any, above: Any, left: Any, diagonal: Any,
    weight: Any, x_delete: Any, y_delete: Any, unscale: Any,
) -> Any:  # fmt: skip
    """Delete from either curve, or match two segments at a cost that grows with their lag."""
    match = diagonal + distance(squares, unscale) + distance(squares_diagonal, unscale) + weight
    return min(match, min(above + x_delete, left + y_delete))  # noqa: PLW3301


def _x_delete(x_squares: Any, nu: Any, lmbda: Any, unscale: Any) -> Any:
    """Cost of deleting a step of x."""
    return distance(x_squares, unscale) + (nu + lmbda)


def _y_delete(y_squares: Any, nu: Any, lmbda: Any, unscale: Any) -> Any:
    """Cost of deleting a step of y."""
    return distance(y_squares, unscale) + (nu + lmbda)


def _msm(
    squares: Any, squares_above: Any, squares_left: Any, x_squares: Any, y_squares: Any, x_step: Any, y_step: Any,
    above: Any, left: Any, diagonal: Any, c: Any, unscale: Any,
) -> Any:  # fmt: skip
    """Move, split or merge; split and merge cost c, plus the distance to the nearer of the two steps beside the step.

    That distance is left out where the step lies in the ball that has the two for a diameter: where they are seen from
    it under a right angle or a wider one, so that the squares of its distances add up to no more than theirs (Thales).
    """
    move = distance(squares, unscale)
    is_between = x_squares + squares <= squares_above * (1.0 + ROUNDING)
    split = above + select(is_between, 0.0, min(x_step, move))
    is_between = y_squares + squares <= squares_left * (1.0 + ROUNDING)
    merge = left + select(is_between, 0.0, min(y_step, move))
    return min(diagonal + move, min(split, merge) + c)


def _x_step(x_squares: Any, unscale: Any) -> Any:
    """Distance between a step of x and the one before."""
    return distance(x_squares, unscale)


def _y_step(y_squares: Any, unscale: Any) -> Any:
    """Distance between a step of y and the one before."""
    return distance(y_squares, unscale)


MULTICHANNEL: Mapping[str, Recurrence] = {
    "dtw": replace(ELASTIC["dtw"], cell=_dtw),
    "wdtw": replace(ELASTIC["wdtw"], cell=_wdtw),
    "adtw": replace(ELASTIC["adtw"], cell=_adtw),
    "soft_dtw": replace(ELASTIC["soft_dtw"], cell=_soft_dtw),
    "lcss": replace(ELASTIC["lcss"], cell=_lcss, squares=True),
    "edr": replace(ELASTIC["edr"], cell=_edr, squares=True),
    "erp": replace(
        ELASTIC["erp"],
        cell=_erp,
        squares=True,
        values=("g",),
        per_row={"x_gap": _x_gap},
        per_column={"y_gap": _y_gap},
        border=_x_gap,
    ),
    "twe": replace(
        ELASTIC["twe"], cell=_twe, squares=True, per_row={"x_delete": _x_delete}, per_column={"y_delete": _y_delete}
    ),
    "msm": replace(
        ELASTIC["msm"], cell=_msm, squares=True, per_row={"x_step": _x_step}, per_column={"y_step": _y_step}
    ),
}
MULTICHANNEL_ITAKURA: Mapping[str, Recurrence] = {
    name: replace(recurrence, cell=MULTICHANNEL[name.removeprefix("itakura_")].cell)
    for name, recurrence in ITAKURA.items()
}
MULTICHANNEL_ALONG_DIAGONAL: Mapping[str, Recurrence] = {"lcss": replace(MULTICHANNEL["lcss"], cell=_common_so_far)}
TABLES = {
    "ELASTIC": ELASTIC,
    "ALONG_DIAGONAL": ALONG_DIAGONAL,
    "ITAKURA": ITAKURA,
    "MULTICHANNEL": MULTICHANNEL,
    "MULTICHANNEL_ALONG_DIAGONAL": MULTICHANNEL_ALONG_DIAGONAL,
    "MULTICHANNEL_ITAKURA": MULTICHANNEL_ITAKURA,
}


def find_recurrence(name: str, n_channels: int, *, is_diagonal: bool) -> tuple[Recurrence, str]:
    """Return the recurrence for a window of 0 or a wider one, and the expression by which modules find it."""
    homes = ("ELASTIC", "ALONG_DIAGONAL", "ITAKURA")
    if n_channels > 1:
        homes = ("MULTICHANNEL", "MULTICHANNEL_ALONG_DIAGONAL", "MULTICHANNEL_ITAKURA")
    home = homes[2 if name in ITAKURA else is_diagonal and name in TABLES[homes[1]]]
    return TABLES[home][name], f"{home}[{name!r}]"
