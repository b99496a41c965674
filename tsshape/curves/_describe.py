"""Summary of a table of curves."""

from typing import NamedTuple

import numpy as np

from tsshape._typing import Curves, FloatArray
from tsshape._validation import check_curves

QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0)


class CurvesDescription(NamedTuple):
    """The result of `describe_curves`, where the attributes are described.

    Examples
    --------
    >>> describe_curves([[1.0, 2.0], [0.0, 0.0], [4.0, 3.0]]).zero_curves
    1
    """

    n_curves: int
    n_times: int
    missing_cells: int
    curves_with_missing: int
    decreases: int
    curves_with_decreases: int
    zero_curves: int
    scale_quantiles: dict[float, float]
    mean_shape: list[float]


def describe_curves(curves: Curves) -> CurvesDescription:
    """Summarise a table of curves as it is, before any cleaning.

    Parameters
    ----------
    curves : DataFrame or array of shape (n_curves, n_times)
        Cumulative counts, at least 0; NaN where missing.

    Returns
    -------
    CurvesDescription
        `n_curves`, `n_times`; `missing_cells` and `curves_with_missing`; `decreases` (days with a count below the last
        count before) and `curves_with_decreases`; `zero_curves` (0 on every day that is not missing);
        `scale_quantiles` (of the maxima of all curves with any count, in the unit of the counts) and `mean_shape`
        (mean share of the scale on each day, over the complete curves that are not 0; empty if there are none).

    Raises
    ------
    DataError
        If a value is infinite or negative.

    Examples
    --------
    >>> import numpy as np
    >>> describe_curves(np.array([[1.0, 2.0], [0.0, 0.0], [4.0, np.nan]])).mean_shape
    [0.5, 1.0]
    """
    values = check_curves(curves, missing=True)
    missing = np.isnan(values)
    known = values[~missing.all(axis=1)]
    scale = np.nanmax(known, axis=1)
    decreases = np.diff(_carry_forward(known), axis=1) < 0
    complete = known[~np.isnan(known).any(axis=1) & (scale > 0)]
    shapes = complete / complete.max(axis=1, keepdims=True)
    return CurvesDescription(
        n_curves=len(values),
        n_times=values.shape[1],
        missing_cells=int(missing.sum()),
        curves_with_missing=int(missing.any(axis=1).sum()),
        decreases=int(decreases.sum()),
        curves_with_decreases=int(decreases.any(axis=1).sum()),
        zero_curves=int((scale == 0).sum()),
        scale_quantiles=dict(zip(QUANTILES, np.quantile(scale, QUANTILES).tolist(), strict=True)) if len(scale) else {},
        mean_shape=shapes.mean(axis=0).tolist() if len(shapes) else [],
    )


def _carry_forward(values: FloatArray) -> FloatArray:
    """Return values with each missing cell replaced by the last one before it; leading ones stay missing."""
    days = np.where(np.isnan(values), 0, np.arange(values.shape[1]))
    return np.take_along_axis(values, np.maximum.accumulate(days, axis=1), axis=1)
