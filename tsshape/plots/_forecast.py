"""Pictures of forecasts: a fan of intervals, the observed days, and the truth where it is known."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter
from scipy.interpolate import PchipInterpolator

from tsshape._columns import format_percent
from tsshape._typing import FloatArray
from tsshape._validation import as_floats
from tsshape.plots._axes import axes_or_new, day_ticks, finish, grid_or_new, note, share_legend
from tsshape.plots._script import any_script

Interval = tuple[npt.ArrayLike, npt.ArrayLike]

_INK, _SEEN, _TRUTH = "#0072B2", "#000000", "#D55E00"
# From the widest band to the narrowest.
_BANDS = ("#D6EAF8", "#A9D6F2", "#6FB5E3", "#3E93CE")
# A band of this ratio between its ends on the last day is drawn on a logarithmic axis.
_DECADES = 100
# A linear axis is cut where a band reaches higher than the first number times all else, and then shows the second.
_CUT, _SHOWN = 4, 3
# Points per day of a smooth line.
_POINTS = 8


def draw_forecast(
    forecast: npt.ArrayLike,
    intervals: Mapping[float, Interval] | None = None,
    *,
    observed: npt.ArrayLike | None = None,
    truth: npt.ArrayLike | None = None,
    log: bool | None = None,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the forecast of a post as a line over the fan of its intervals.

    Parameters
    ----------
    forecast : array of shape (n_times,)
        The cumulative counts that are forecast for the days 1…n_times.
    intervals : mapping of float to (lower, upper), optional
        The ends of the intervals, arrays of shape (n_times,), by coverage between 0 and 1, such as a row of each table
        that `ScaleShapeForecaster.predict_interval` returns.
    observed : array of shape (n_observed,), optional
        The counts of the first days, drawn as points; missing ones are left out.
    truth : array of shape (n_times,), optional
        The true counts where they are known; missing ones are left out.
    log : bool, optional
        Whether the axis of the counts is logarithmic; by default where the widest interval spans a factor of 100 on the
        last day. Counts below 1 are then drawn at 1, which a note says. A linear axis is cut where a band would flatten
        all else, which a note says, too.
    title : str
        What stands above, in any script.
    ax : Axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the arrays do not have as many days as the forecast, the forecast or an interval misses a count, or a
        coverage is not between 0 and 1.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> fan = {0.5: ([2, 5, 6], [2, 9, 12]), 0.9: ([2, 4, 4], [2, 12, 20])}
    >>> ax = draw_forecast([2, 7, 9], fan, observed=[2], truth=[2, 6, 10], ax=Figure().subplots())
    >>> ax.get_legend_handles_labels()[1]
    ['90 % of posts', '50 % of posts', 'forecast', 'truth', 'observed']
    """
    line = _days(forecast, "forecast")
    fan = {coverage: _ends(ends, coverage, len(line)) for coverage, ends in sorted((intervals or {}).items())[::-1]}
    seen = _days([] if observed is None else observed, "observed", most=len(line), missing=True)
    known = _days(np.full(len(line), np.nan) if truth is None else truth, "truth", exactly=len(line), missing=True)
    own, ax = ax is None, axes_or_new(ax, size=(5.6, 3.8))
    log = _spans_decades(fan) if log is None else log
    # A count cannot be drawn at 0 on a logarithmic axis.
    floor = 1.0 if log else -np.inf
    _draw_fan(ax, fan, floor)
    ax.plot(*_smooth(line, floor), color=_INK, linewidth=1.5, label="forecast")
    days = np.arange(1, len(line) + 1)
    if np.isfinite(known).any():
        ax.plot(days, np.maximum(known, floor), "--", color=_TRUTH, linewidth=1.3, label="truth")
    if np.isfinite(seen).any():
        ax.plot(days[: len(seen)], np.maximum(seen, floor), "o", color=_SEEN, markersize=4, label="observed")
    below = [values for values in (line, seen, known, *(low for low, _ in fan.values())) if (values < floor).any()]
    _scale(ax, fan, np.concatenate([line, seen, known]), log=log, below=bool(below))
    ax.set_xlim(1 if len(line) > 1 else 0.5, len(line) if len(line) > 1 else 1.5)
    ax.set_xticks(day_ticks(len(line)))
    ax.set_xlabel("days", fontsize=9)
    ax.set_ylabel("views (log scale)" if log else "views", fontsize=9)
    ax.set_title(title, fontsize=9, **any_script())
    if own:
        share_legend([ax])
    return finish(ax)


def draw_forecasts(
    forecasts: pd.DataFrame,
    intervals: Mapping[float, tuple[pd.DataFrame, pd.DataFrame]] | None = None,
    *,
    observed: pd.DataFrame | None = None,
    truth: pd.DataFrame | None = None,
    log: bool | None = None,
    titles: Mapping[str, str] | None = None,
    axes: Sequence[Axes] | None = None,
) -> list[Axes]:
    """Draw forecasts of several posts, each in a panel of its own as `draw_forecast` draws it.

    Parameters
    ----------
    forecasts : DataFrame of shape (n_posts, n_times)
        One row per post, as `ScaleShapeForecaster.predict` returns; pick the rows to draw.
    intervals : mapping of float to (lower, upper), optional
        Tables with those rows by coverage, as `ScaleShapeForecaster.predict_interval` returns.
    observed, truth : DataFrame, optional
        Counts of those posts, for the first days and for all; posts that they lack have none.
    log : bool, optional
        As for `draw_forecast`; by default for all posts if half of them have such an interval, else for none.
    titles : mapping of str to str, optional
        What stands above a panel, by id; by default the id.
    axes : sequence of Axes, optional
        Where to draw, one per post; by default in a new figure, with one legend for all panels.

    Returns
    -------
    list of Axes

    Raises
    ------
    ValueError
        If there are no posts, or not as many axes as posts.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> forecasts = pd.DataFrame([[2.0, 7.0], [40.0, 50.0]], index=["a", "b"], columns=[1, 2])
    >>> panels = draw_forecasts(forecasts, {0.9: (forecasts / 2, forecasts * 2)}, axes=Figure().subplots(1, 2))
    >>> [ax.get_title() for ax in panels]
    ['a', 'b']
    """
    if forecasts.empty:
        raise ValueError("forecasts has no rows: there is nothing to draw")
    panels = grid_or_new(axes, len(forecasts), size=(3.4, 2.6))
    if log is None:
        last = [(lower.iloc[:, -1], upper.iloc[:, -1]) for lower, upper in (intervals or {}).values()]
        wide = [upper >= _DECADES * lower.clip(1) for lower, upper in last]
        log = bool(wide) and bool(pd.concat(wide, axis=1).any(axis=1).mean() >= 0.5)  # noqa: PLR2004
    for ax, post in zip(panels, forecasts.index, strict=True):
        draw_forecast(
            forecasts.loc[post],
            {coverage: (lower.loc[post], upper.loc[post]) for coverage, (lower, upper) in (intervals or {}).items()},
            observed=None if observed is None or post not in observed.index else observed.loc[post],
            truth=None if truth is None or post not in truth.index else truth.loc[post],
            log=log,
            title=(titles or {}).get(post, str(post)),
            ax=ax,
        )
    if axes is None:
        share_legend(panels)
    return panels


def _days(
    values: Any, name: str, *, most: int | None = None, exactly: int | None = None, missing: bool = False
) -> FloatArray:
    """Return a row of counts; refuse one of another length than it must have."""
    counts = as_floats(values, name=name)
    if counts.ndim != 1 or (exactly is None and most is None and not len(counts)):
        raise ValueError(f"{name} must be an array of the counts of one post by day; got shape {counts.shape}")
    if not missing and not np.isfinite(counts).all():
        raise ValueError(f"{name} holds a missing or an infinite count")
    if (most is not None and len(counts) > most) or exactly not in {None, len(counts)}:
        raise ValueError(f"{name} has {len(counts)} days, the forecast {most or exactly}")
    return counts


def _ends(ends: Interval, coverage: float, n_days: int) -> tuple[FloatArray, FloatArray]:
    """Return the ends of an interval; refuse a coverage that is none."""
    if not 0 < coverage < 1:
        raise ValueError(f"a coverage must be between 0 and 1; got {coverage}")
    lower, upper = ends
    name = f"the interval for {format_percent(coverage, 0)}"
    return _days(lower, name, exactly=n_days), _days(upper, name, exactly=n_days)


def _spans_decades(fan: Mapping[float, tuple[FloatArray, FloatArray]]) -> bool:
    """Return whether the widest interval spans decades on the last day."""
    return any(upper[-1] >= _DECADES * max(lower[-1], 1.0) for lower, upper in fan.values())


def _draw_fan(ax: Axes, fan: Mapping[float, tuple[FloatArray, FloatArray]], floor: float) -> None:
    """Draw the bands, the widest first."""
    colours = _BANDS[max(0, 3 - len(fan)) :]
    for place, (coverage, (lower, upper)) in enumerate(fan.items()):
        days, low = _smooth(lower, floor)
        colour = colours[min(place, len(colours) - 1)]
        label = f"{format_percent(coverage, 0)} of posts"
        ax.fill_between(days, low, _smooth(upper, floor)[1], color=colour, linewidth=0, label=label)


def _smooth(values: FloatArray, floor: float) -> tuple[FloatArray, FloatArray]:
    """Return a line through the values of all days that rises only where they do; one day is a level."""
    days, values = np.arange(1.0, len(values) + 1), np.maximum(values, floor)
    if len(values) == 1:
        return np.array([0.5, 1.5]), values.repeat(2)
    fine = np.linspace(1, len(values), _POINTS * (len(values) - 1) + 1)
    # On a logarithmic axis a line is smooth if the logarithms are.
    smooth = (
        np.exp(PchipInterpolator(days, np.log(values))(fine)) if floor > 0 else PchipInterpolator(days, values)(fine)
    )
    return fine, smooth


def _limit(ax: Axes, low: float, high: float) -> None:
    """Set the limits of the counts; wider if the axis is shared with panels that need more."""
    others = [each for each in ax.get_shared_y_axes().get_siblings(ax) if each is not ax and each.has_data()]
    bounds = [each.get_ylim() for each in others]
    ax.set_ylim(min([low, *(bound[0] for bound in bounds)]), max([high, *(bound[1] for bound in bounds)]))


def _scale(
    ax: Axes, fan: Mapping[float, tuple[FloatArray, FloatArray]], lines: FloatArray, *, log: bool, below: bool
) -> None:
    """Set the limits and the ticks of the counts; say what is not drawn where it is."""
    tops = {coverage: float(upper.max()) for coverage, (_, upper) in fan.items()}
    core = max(float(np.nanmax(lines)), min(tops.values(), default=0.0))
    if log:
        lowest = min(float(np.nanmin(lines)), *(float(lower.min()) for lower, _ in fan.values()), np.inf)
        bottom = 0.9 * 10 ** np.floor(np.log10(max(lowest, 1.0)))
        ax.set_yscale("log")
        _limit(ax, bottom, max(1.6 * max(core, *tops.values(), 1.0), 10 * bottom))
        ax.yaxis.set_major_locator(LogLocator(numticks=8))
        ax.yaxis.set_minor_formatter(NullFormatter())
    else:
        cut = any(reached > _CUT * core for reached in tops.values())
        top = _SHOWN * core if cut else max(core, *tops.values(), 0.0)
        _limit(ax, 0.0, 1.05 * top or 1.0)
        words = [f"↑ cut: {format_percent(each, 0)} reach {reached:,.0f}" for each, reached in tops.items()]
        hidden = [line for line, reached in zip(words, tops.values(), strict=True) if reached > top]
        if hidden:
            note(ax, "\n".join(hidden), top=True)
    if below:
        note(ax, "counts below 1 are drawn at 1")
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
