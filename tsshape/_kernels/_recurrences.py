"""The elastic distances, each described once.

A `Recurrence` computes one cell of the dynamic programme from its neighbours, in plain Python that works on floats and
on SIMD vectors. From it follow the lane kernels (`_generate`), the kernel of warping paths (`_path`) and the plain
Python twin that the tests compare them with.

Its functions take, by these names, what they need of: `x`, `y` (the two values of the cell), `x_previous`, `y_previous`
(those one step before, 0 before the first), `above`, `left`, `diagonal` (the neighbours' values), `weight` (see
`by_lag`), the parameters, and the names in `per_pair`, `per_row` and `per_column`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tsshape._kernels._elementary import exp, log
from tsshape._kernels._itakura import itakura_bounds
from tsshape._kernels._simd import select
from tsshape._typing import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Recurrence:
    """How an elastic distance is computed.

    Attributes
    ----------
    cell : callable
        Value of a cell.
    params : tuple of str
        Names of the parameters in the order in which they are packed; the last is the window's radius in steps.
    per_curve : callable, optional
        `per_curve(X, *params)`: one number for each curve, of which `per_pair` makes one for each pair.
    per_pair : mapping of str to callable
        Values that are computed once for each pair, from `x_own` and `y_own`, the numbers of its two curves; the same
        if the curves change places.
    per_row, per_column : mapping of str to callable
        Values that are computed once for each row, from `x`, `x_previous` and the parameters; the same for columns.
    by_lag : callable, optional
        `by_lag(lags, longer, *params)`: a weight for each |i - j|.
    bounds : callable, optional
        `bounds(n_rows, n_columns, slope)`: first and last column of each row of cells, in place of the window; the
        slope is the last parameter before it. `border` is then `outside`.
    outside : float
        Value of the cells outside the band.
    border : float or callable
        Value of the cells before the first row and column, except the corner, which is 0. A callable is the cost of
        leaving out a point, summed from the first to the point beside the cell.
    corner : callable, optional
        `corner(shorter, longer)`: value of the corner, if that is not 0.
    gaps : bool
        Whether points may be left out, so that a path lists only the pairs that it matches.
    final : callable, optional
        The distance, from the last cell's `value`, the lengths `shorter` and `longer`, and `unscale`.
    squares : bool
        Whether the result is a root of squares: the curves are then scaled by a power of two, so that squares stay in
        the range of floats, and `final` multiplies by `unscale`.
    values : tuple of str
        Names of the parameters that are values of curves: they count for that power of two.
    heavy : bool
        Whether a cell takes so many instructions that unrolling many cells gains nothing.
    """

    cell: Callable[..., Any]
    params: tuple[str, ...] = ("window",)
    per_curve: Callable[..., FloatArray] | None = None
    per_pair: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    per_row: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    per_column: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    by_lag: Callable[..., FloatArray] | None = None
    bounds: Callable[..., tuple[IntArray, IntArray]] | None = None
    outside: float = math.inf
    border: float | Callable[..., Any] = math.inf
    corner: Callable[..., Any] | None = None
    gaps: bool = False
    final: Callable[..., Any] | None = None
    squares: bool = False
    values: tuple[str, ...] = ()
    heavy: bool = False


def _dtw(x: Any, y: Any, above: Any, left: Any, diagonal: Any) -> Any:
    """Squared difference plus the cheapest neighbour."""
    difference = x - y
    return min(above, min(left, diagonal)) + difference * difference  # noqa: PLW3301 - vectors take two operands


def root(value: Any, unscale: Any) -> Any:
    """Root of a sum of squares, in the unit of the curves."""
    return math.sqrt(value) * unscale


def _wdtw(x: Any, y: Any, above: Any, left: Any, diagonal: Any, weight: Any) -> Any:
    """Squared difference, weighted by the lag, plus the cheapest neighbour."""
    difference = x - y
    return min(above, min(left, diagonal)) + difference * difference * weight  # noqa: PLW3301


def _adtw(x: Any, y: Any, above: Any, left: Any, diagonal: Any, warp_penalty: Any) -> Any:
    """Squared difference plus the cheapest neighbour, of which all but the diagonal one cost a penalty."""
    difference = x - y
    return min(diagonal, min(above, left) + warp_penalty) + difference * difference


def _logistic(lags: FloatArray, longer: int, g: float) -> FloatArray:
    """Logistic weight of a lag; one half at half the longer length."""
    z = g * (lags - longer / 2)
    e = np.exp(-np.abs(z))
    weights: FloatArray = np.where(z < 0, e, 1.0) / (1 + e)
    return weights


def _msm(
    x: Any, y: Any, above: Any, left: Any, diagonal: Any, c: Any, x_fall: Any, x_rise: Any, y_fall: Any, y_rise: Any
) -> Any:
    """Move, split or merge; split and merge cost c plus the distance to the interval between the two values beside it.

    That distance is |x - y| cut to the step between the neighbours, and 0 if the value lies between them.
    """
    difference = x - y
    split = above + abs(min(max(difference, x_fall), x_rise))
    merge = left + abs(min(max(difference, y_fall), y_rise))
    return min(diagonal + abs(difference), min(split, merge) + c)


def _x_fall(x: Any, x_previous: Any) -> Any:
    """Step to x, if downward, else 0."""
    return min(x - x_previous, 0.0)


def _x_rise(x: Any, x_previous: Any) -> Any:
    """Step to x, if upward, else 0."""
    return max(x - x_previous, 0.0)


def _y_fall(y: Any, y_previous: Any) -> Any:
    """Step back from y, if downward, else 0."""
    return min(y_previous - y, 0.0)


def _y_rise(y: Any, y_previous: Any) -> Any:
    """Step back from y, if upward, else 0."""
    return max(y_previous - y, 0.0)


def _twe(
    x: Any,
    y: Any,
    x_previous: Any,
    y_previous: Any,
    above: Any,
    left: Any,
    diagonal: Any,
    weight: Any,
    x_delete: Any,
    y_delete: Any,
) -> Any:
    """Delete from either curve, or match two segments at a cost that grows with their lag."""
    match = diagonal + abs(x - y) + abs(x_previous - y_previous) + weight
    return min(match, min(above + x_delete, left + y_delete))  # noqa: PLW3301


def _x_delete(x: Any, x_previous: Any, nu: Any, lmbda: Any) -> Any:
    """Cost of deleting a point of x."""
    return abs(x - x_previous) + (nu + lmbda)


def _y_delete(y: Any, y_previous: Any, nu: Any, lmbda: Any) -> Any:
    """Cost of deleting a point of y."""
    return abs(y - y_previous) + (nu + lmbda)


def _stiffness(lags: FloatArray, _longer: int, nu: float, _lmbda: float) -> FloatArray:
    """Cost of the lags of the two ends of a matched segment."""
    return 2 * nu * lags


def _erp(x: Any, y: Any, above: Any, left: Any, diagonal: Any, x_gap: Any, y_gap: Any) -> Any:
    """Pair the values, or either of them with the gap value."""
    return min(diagonal + abs(x - y), min(above + x_gap, left + y_gap))  # noqa: PLW3301


def _x_gap(x: Any, g: Any) -> Any:
    """Cost of pairing x with a gap."""
    return abs(x - g)


def _y_gap(y: Any, g: Any) -> Any:
    """Cost of pairing y with a gap."""
    return abs(y - g)


def standard_deviations(X: FloatArray) -> FloatArray:
    """Compute the standard deviation of each curve (n_curves, n_times, n_channels), of any values that floats can be.

    Of several channels it is the root of the sum of their variances: the deviation of a step from the mean step.
    """
    values = X.astype(np.float64, copy=False)
    # A power of two, so that curves of few bits keep an exact deviation.
    units = np.ldexp(1.0, np.frexp(np.abs(values).max(axis=(1, 2)))[1] - 1)
    deviations: FloatArray = np.sqrt((values / units[:, None, None]).var(axis=1).sum(axis=1)) * units
    return deviations


def _lcss(x: Any, y: Any, above: Any, left: Any, diagonal: Any, tolerance: Any) -> Any:
    """Length of the longest common subsequence."""
    return select(abs(x - y) <= tolerance, diagonal + 1.0, max(above, left))


def _common_so_far(x: Any, y: Any, diagonal: Any, tolerance: Any) -> Any:
    """Number of steps at which the values match: the longest common subsequence inside a window of 0."""
    return select(abs(x - y) <= tolerance, diagonal + 1.0, diagonal)


def _lcss_tolerances(X: FloatArray, epsilon: float) -> FloatArray:
    """Return the tolerance that was given, for each curve, or else its standard deviation."""
    return standard_deviations(X) if math.isnan(epsilon) else np.full(len(X), epsilon)


def _smaller(x_own: Any, y_own: Any) -> Any:
    """Smaller of the two tolerances."""
    return min(x_own, y_own)


def _share_not_common(value: Any, shorter: Any) -> Any:
    """Share of the shorter curve that is not in common."""
    return max(1.0 - value / shorter, 0.0)


def _edr(x: Any, y: Any, above: Any, left: Any, diagonal: Any, tolerance: Any) -> Any:
    """Number of edits; values match that differ by no more than the tolerance."""
    matched = select(abs(x - y) <= tolerance, diagonal, diagonal + 1.0)
    return min(matched, min(above, left) + 1.0)


def _edr_tolerances(X: FloatArray, epsilon: float) -> FloatArray:
    """Return the tolerance that was given, for each curve, or else a quarter of its standard deviation."""
    return standard_deviations(X) / 4 if math.isnan(epsilon) else np.full(len(X), epsilon)


def _larger(x_own: Any, y_own: Any) -> Any:
    """Larger of the two tolerances."""
    return max(x_own, y_own)


def _one_edit(x: Any) -> Any:  # noqa: ARG001 - the name says what it is the cost of
    """Cost of leaving out a point."""
    return 1.0


def _share_of_longer(value: Any, longer: Any) -> Any:
    """A number of edits as a share of the longer curve."""
    return value / longer


def _soft_dtw(x: Any, y: Any, above: Any, left: Any, diagonal: Any, gamma: Any, sharpness: Any) -> Any:
    """Squared difference plus the soft minimum of the neighbours.

    Computed relative to the least of them, so that nothing overflows or vanishes for any gamma. (`_path_sums` takes a
    fifth of the time, but leaves the range of floats where gamma is small compared to the distance.)
    """
    least = min(above, min(left, diagonal))  # noqa: PLW3301
    most = max(above, max(left, diagonal))  # noqa: PLW3301
    between = max(min(above, left), min(max(above, left), diagonal))
    total = exp((least - between) * sharpness) + exp((least - most) * sharpness) + 1.0
    difference = x - y
    return least - gamma * log(total) + difference * difference


def _sharpness(gamma: Any) -> Any:
    """Reciprocal of gamma."""
    return 1.0 / gamma


ELASTIC: Mapping[str, Recurrence] = {
    "dtw": Recurrence(_dtw, final=root, squares=True),
    "wdtw": Recurrence(_wdtw, ("g", "window"), by_lag=_logistic),
    "adtw": Recurrence(_adtw, ("warp_penalty", "window")),
    "msm": Recurrence(
        _msm,
        ("c", "window"),
        per_row={"x_fall": _x_fall, "x_rise": _x_rise},
        per_column={"y_fall": _y_fall, "y_rise": _y_rise},
    ),
    "twe": Recurrence(
        _twe,
        ("nu", "lmbda", "window"),
        per_row={"x_delete": _x_delete},
        per_column={"y_delete": _y_delete},
        by_lag=_stiffness,
    ),
    "erp": Recurrence(
        _erp, ("g", "window"), per_row={"x_gap": _x_gap}, per_column={"y_gap": _y_gap}, border=_x_gap, gaps=True
    ),
    "lcss": Recurrence(
        _lcss,
        ("epsilon", "window"),
        per_curve=_lcss_tolerances,
        per_pair={"tolerance": _smaller},
        outside=-math.inf,
        border=0.0,
        gaps=True,
        final=_share_not_common,
    ),
    "edr": Recurrence(
        _edr,
        ("epsilon", "window"),
        per_curve=_edr_tolerances,
        per_pair={"tolerance": _larger},
        border=_one_edit,
        gaps=True,
        final=_share_of_longer,
    ),
    "soft_dtw": Recurrence(_soft_dtw, ("gamma", "window"), per_row={"sharpness": _sharpness}, heavy=True),
}
# The same inside Itakura's parallelogram.
ITAKURA: Mapping[str, Recurrence] = {
    f"itakura_{name}": replace(
        ELASTIC[name], params=(*ELASTIC[name].params[:-1], "itakura_max_slope", "window"), bounds=itakura_bounds
    )
    for name in ("dtw", "wdtw", "adtw")
}
# Inside a window of 0 no step but the diagonal one is left. A common subsequence passes over points that do not match,
# which takes the others, so that it has a recurrence of its own there.
ALONG_DIAGONAL: Mapping[str, Recurrence] = {"lcss": replace(ELASTIC["lcss"], cell=_common_so_far)}
