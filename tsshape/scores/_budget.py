"""The error of a scale x shape forecast, by component."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import Curves, FloatArray
from tsshape._validation import as_floats, check_curves
from tsshape.scores._errors import trimmed_rmse


def error_budget(
    true: Curves, *, scale: npt.ArrayLike, shape: Curves, prototype: Curves, trim: float = 0.25
) -> pd.Series:
    """Return the trimmed error of a forecast when components of it are replaced by the truth.

    Parameters
    ----------
    true : DataFrame or array of shape (n_curves, n_times)
        True curves.
    scale : array-like of shape (n_curves,)
        Forecast scales.
    shape : DataFrame or array of shape (n_curves, n_times)
        Forecast shapes.
    prototype : DataFrame or array of shape (n_curves, n_times)
        The prototype of the cluster to which each true shape is assigned.
    trim : float, default=0.25
        As in `trimmed_rmse`.

    Returns
    -------
    Series
        tRMSE in the unit of the counts, by the component that was replaced: `nothing` (the forecast itself), `scale`,
        `prototype` (the assigned one instead of the forecast shape) and `shape`. The drop from `nothing` to `scale` is
        what a perfect forecast of the scale would gain, and so on.

    Raises
    ------
    DataError
        If the tables do not match or hold missing values.

    Examples
    --------
    >>> import numpy as np
    >>> true = np.array([[5.0, 10.0]])
    >>> error_budget(true, scale=[20.0], shape=[[0.5, 1.0]], prototype=[[0.5, 1.0]]).round(2).to_dict()
    {'nothing': 7.91, 'scale': 0.0, 'prototype': 7.91, 'shape': 7.91}
    """
    truth = check_curves(true, name="true", signed=True)
    forecast = as_floats(scale, name="scale")
    if forecast.shape != truth.shape[:1]:
        raise DataError(f"scale has shape {forecast.shape}, but there are {len(truth)} true curves")
    true_scale = truth.max(axis=1)
    # A curve of zeros has no shape: its shape counts as zeros, so that the whole error is the scale's.
    true_shape = np.divide(truth, true_scale[:, None], out=np.zeros_like(truth), where=true_scale[:, None] != 0)
    variants: dict[str, tuple[FloatArray, Curves]] = {
        "nothing": (forecast, shape),
        "scale": (true_scale, shape),
        "prototype": (forecast, prototype),
        "shape": (forecast, true_shape),
    }
    # Overflow becomes infinite, which `trimmed_rmse` refuses with its row.
    with np.errstate(over="ignore", invalid="ignore"):
        forecasts = {
            known: factor[:, None] * as_floats(share, name="shape") for known, (factor, share) in variants.items()
        }
    errors = {known: trimmed_rmse(truth, curves, trim=trim) for known, curves in forecasts.items()}
    return pd.Series(errors, name="tRMSE").rename_axis("known")
