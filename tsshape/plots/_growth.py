"""Picture of the growth of posts: the share of the final views by day."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from tsshape._columns import format_percent
from tsshape._typing import Curves, FloatArray
from tsshape._validation import check_curves
from tsshape.plots._axes import GROUPS, axes_or_new, day_ticks, finish, note
from tsshape.plots._script import any_script

# The bands of all posts: quantiles and colours, the widest first.
_BANDS = ((0.1, 0.9, "#D6EAF8"), (0.25, 0.75, "#A9D6F2"))
# More bands would cover each other.
_MOST_BANDS = 3


def draw_growth(curves: Curves, groups: pd.Series | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw the share of their final views that posts have by each day: the median over bands of the others.

    Parameters
    ----------
    curves : DataFrame or array of shape (n_curves, n_times)
        Cumulative counts, or shapes. Posts that end early and posts without views are left out, which a note says.
    groups : Series, optional
        The group of each curve, in the order of the curves; each has a line of its own, and up to three groups a band
        of the middle half. Groups are listed as their categories are ordered, else as they first appear. Curves without
        a group are left out.
    ax : Axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If the curves are no table of counts.
    ValueError
        If no curve is left to draw, or there are not as many groups as curves.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> curves = np.array([[10.0, 15.0, 20.0], [1.0, 1.0, 4.0], [3.0, 3.0, 4.0], [0.0, 0.0, 0.0]])
    >>> ax = draw_growth(curves, ax=Figure().subplots())
    >>> ax.lines[0].get_ydata().tolist()
    [0.5, 0.75, 1.0]
    >>> ax.texts[0].get_text()
    '1 of 4 posts left out: without views, or young'
    """
    values = check_curves(curves, missing=True)
    if groups is not None and len(groups) != len(values):
        raise ValueError(f"groups must have one entry per curve: got {len(groups)} for {len(values)} curves")
    named = pd.Series(["all posts"] * len(values)) if groups is None else groups.reset_index(drop=True)
    tops = np.nan_to_num(values).max(axis=1)
    drawn = ~np.isnan(values).any(axis=1) & (tops > 0) & named.notna().to_numpy()
    if not drawn.any():
        raise ValueError("no curve has views on all days: there is nothing to draw")
    ax = axes_or_new(ax, size=(5.2, 3.6))
    shapes = values[drawn] / tops[drawn, np.newaxis]
    if groups is None:
        _draw_all(ax, shapes)
    else:
        _draw_groups(ax, shapes, named[drawn])
    n_left_out = len(values) - int(drawn.sum())
    if n_left_out:
        ungrouped = "" if named.notna().all() else ", or without a group"
        note(ax, f"{n_left_out:,} of {len(values):,} posts left out: without views, or young{ungrouped}")
    n_days = values.shape[1]
    ax.set_xlim(1 if n_days > 1 else 0.5, n_days if n_days > 1 else 1.5)
    ax.set_xticks(day_ticks(n_days))
    # Room for the lines at 0 and at 1.
    ax.set_ylim(-0.01, 1.02)
    ax.yaxis.set_major_locator(MultipleLocator(0.25))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda share, _: format_percent(share, 0)))
    ax.set_xlabel("days", fontsize=9)
    ax.set_ylabel("share of the final views", fontsize=9)
    legend = ax.legend(fontsize=8, frameon=False, loc="lower right", bbox_to_anchor=(1, 0.08))
    for text in legend.get_texts():
        text.set(**any_script())
    return finish(ax)


def _draw_all(ax: Axes, shapes: FloatArray) -> None:
    """Draw the median over two bands."""
    for low, high, colour in _BANDS:
        label = f"the middle {format_percent(high - low, 0)} of posts"
        _fill(ax, shapes, low, high, color=colour, label=label)
    _line(ax, np.median(shapes, axis=0), color=GROUPS[0], label=f"the median of {len(shapes):,} posts")


def _draw_groups(ax: Axes, shapes: FloatArray, groups: pd.Series) -> None:
    """Draw the median of each group over the middle half of its posts."""
    ordered = groups.cat.remove_unused_categories().cat.categories if hasattr(groups, "cat") else groups.unique()
    found = list(ordered)
    for place, group in enumerate(found):
        members = shapes[(groups == group).to_numpy(dtype=bool)]
        colour = GROUPS[place % len(GROUPS)]
        if len(found) <= _MOST_BANDS:
            _fill(ax, members, 0.25, 0.75, color=colour, alpha=0.15)
        style = "-" if place < len(GROUPS) else "--"
        _line(ax, np.median(members, axis=0), color=colour, linestyle=style, label=f"{group} ({len(members):,})")


def _fill(ax: Axes, shapes: FloatArray, low: float, high: float, **style: Any) -> None:
    """Draw a band between two quantiles of each day."""
    bottom, top = np.quantile(shapes, (low, high), axis=0)
    days, repeats = _days(shapes.shape[1])
    ax.fill_between(days, bottom.repeat(repeats), top.repeat(repeats), linewidth=0, **style)


def _line(ax: Axes, shape: FloatArray, **style: Any) -> None:
    """Draw a shape."""
    days, repeats = _days(len(shape))
    ax.plot(days, shape.repeat(repeats), linewidth=1.5, **style)


def _days(n_days: int) -> tuple[FloatArray, int]:
    """Return the days, and how often each value is drawn: one day is a level with a width."""
    return (np.arange(1.0, n_days + 1), 1) if n_days > 1 else (np.array([0.5, 1.5]), 2)
