"""Checks of what the functions of metrics take, and the form in which kernels take it."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tsshape._errors import DataError
from tsshape._panels import CHANNELS, check_series
from tsshape._typing import Floats
from tsshape._validation import as_floats, check_choice
from tsshape.metrics._metric import SLOPE, WINDOW, Metric

# Steps by which the product of a fraction and a length may exceed a whole number and still be it.
ROUNDING = 1e-9


def check_curve(x: Any, *, name: str) -> Floats:
    """Check one curve, and return it as an array of shape (1, n_times) or (1, n_channels, n_times)."""
    values = np.asarray(x)
    if values.ndim not in {1, 2}:
        raise DataError(f"{name} must be one curve, of 1 dimension, or 2 with channels; got {values.ndim}")
    return check_series(values[None], name=name, unequal=True)


def check_panels(X: Any, Y: Any, metric: Metric, *, dtype: Any = None) -> tuple[Floats, Floats | None]:
    """Check both panels, of which `Y` may be None, and return them in one dtype."""
    first = check_series(X, dtype=dtype, unequal=metric.elastic)
    if Y is None:
        refuse_channels(first, metric, name="X")
        return first, None
    second = check_series(Y, name="Y", dtype=dtype, unequal=metric.elastic)
    check_lengths(first, second, metric, names=("X", "Y"))
    return same_dtype(first, second)


def same_dtype(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Return both panels, in float64 if their dtypes differ."""
    if first.dtype == second.dtype:
        return first, second
    return first.astype(np.float64, copy=False), second.astype(np.float64, copy=False)


def check_lengths(first: Floats, second: Floats, metric: Metric, *, names: tuple[str, str]) -> None:
    """Refuse panels whose channels differ, or whose lengths differ unless the metric is elastic."""
    check_same_channels(first, second, metric, names=names)
    if first.shape[-1] != second.shape[-1] and not metric.elastic:
        raise DataError(
            f"the metric {metric.name!r} compares curves of the same length; {names[0]} has {first.shape[-1]} time "
            f"steps and {names[1]} has {second.shape[-1]}: resample them, or take an elastic metric such as 'dtw'"
        )


def check_same_channels(first: Floats, second: Floats, metric: Metric, *, names: tuple[str, str]) -> None:
    """Refuse panels whose channels differ, and several channels where the metric compares one."""
    channels = [panel.shape[1] if panel.ndim == CHANNELS else 1 for panel in (first, second)]
    if channels[0] != channels[1]:
        raise DataError(f"{names[0]} has {channels[0]} channels and {names[1]} has {channels[1]}: compare equal ones")
    refuse_channels(first, metric, name=names[0])


def refuse_channels(panel: Floats, metric: Metric, *, name: str) -> None:
    """Refuse several channels where the metric compares curves of one."""
    if panel.ndim == CHANNELS and not metric.multichannel:
        raise DataError(
            f"the metric {metric.name!r} compares curves of one channel; {name} has {panel.shape[1]}: take one, "
            "or another metric, such as 'dtw' or 'euclidean'"
        )


def check_weights(weights: Any, n_curves: int) -> npt.NDArray[np.float64]:
    """Check weights (not negative, not all 0), and return them as float64; None stands for ones."""
    if weights is None:
        return np.ones(n_curves)
    values = as_floats(weights, name="weights")
    if values.shape != (n_curves,):
        raise DataError(f"weights must have shape ({n_curves},), one for each curve; got {values.shape}")
    bad = ~np.isfinite(values) | (values < 0)
    if bad.any():
        raise DataError(f"weights holds {values[bad][0]} at row {int(np.argmax(bad))} (counted from 0)")
    if not values.any():
        raise DataError("weights are all 0: there is nothing to average")
    return values


def check_dtype(dtype: npt.DTypeLike | None) -> None:
    """Refuse a dtype that the kernels do not have."""
    if dtype is not None:
        check_choice("dtype", np.dtype(dtype).name, ("float32", "float64"))


def window_steps(window: float | None, n_times: int, m_times: int) -> int:
    """Return a Sakoe-Chiba radius in steps, at least the difference of the lengths so that a path exists.

    A fraction of the length is rounded up, as by the UCR archive; what is whole but for rounding stays: 0.07 of 427
    steps is 30, and 0.07 of 100 is 7, although the product of these floats is 7.000000000000001.
    """
    longest = max(n_times, m_times)
    if window is None:
        return longest
    steps = window if isinstance(window, int) else math.ceil(window * longest - ROUNDING)
    return min(max(steps, abs(n_times - m_times)), longest)


def pack(parameters: dict[str, Any], n_times: int, m_times: int) -> tuple[float, ...]:
    """Return the parameters in declared order, as kernels take them: numbers, the window in steps, NaN for None."""
    return tuple(
        window_steps(value, n_times, m_times) if name == WINDOW else math.nan if value is None else float(value)
        for name, value in parameters.items()
    )


def kernel_call(
    metric: Metric, parameters: dict[str, Any], n_times: int, m_times: int
) -> tuple[str, tuple[float, ...]]:
    """Return the elastic kernel of a metric, and its packed parameters: those of a band that was given."""
    others = {name: value for name, value in parameters.items() if name not in metric.prepared_by}
    if others.get(SLOPE) is not None:
        return f"itakura_{metric.kernel}", pack(others, n_times, m_times)
    others.pop(SLOPE, None)
    return str(metric.kernel), pack(others, n_times, m_times)


def takes_unequal(parameters: dict[str, Any]) -> bool:
    """Whether the kernels of unequal lengths take the parameters: not those of a window of 0 or a slope."""
    return parameters.get(SLOPE) is None and (parameters[WINDOW] is None or parameters[WINDOW] > 0)


def pack_unequal(metric: Metric, parameters: dict[str, Any]) -> tuple[tuple[float, ...], float | None]:
    """Return the parameters as kernels of unequal lengths take them: numbers, and the window as it was given."""
    left_out = {WINDOW, SLOPE, *metric.prepared_by}
    others = {name: value for name, value in parameters.items() if name not in left_out}
    return pack(others, 0, 0), parameters[WINDOW]
