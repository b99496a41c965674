"""Picture of a calibration: how many posts the intervals hold, beside how many they should."""

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from tsshape._columns import format_percent
from tsshape._validation import as_floats, check_choice
from tsshape.plots._axes import GROUPS, axes_or_new, finish
from tsshape.plots._script import any_script

_LABELS = {
    "coverage": ("nominal coverage of the intervals", "share of posts within them"),
    "probability": ("forecast probability", "share of posts where it happened"),
}
_MARKS = "osD^vX"


def draw_calibration(
    measured: pd.DataFrame | pd.Series,
    *,
    quantity: Literal["coverage", "probability"] = "coverage",
    n_posts: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw measured over nominal shares: on the diagonal, forecasts are as certain as they say.

    Parameters
    ----------
    measured : DataFrame or Series
        Index: nominal coverages, or forecast probabilities, between 0 and 1; values: the shares of posts that were
        within the intervals, or where it happened. Each column is a group with a line of its own, such as the number of
        observed days or a quarter of the posts by scale. Missing values are left out.
    quantity : {"coverage", "probability"}
        What the index holds.
    n_posts : int, optional
        The number of posts that each share was measured on. Nineteen in twenty shares of that many posts would be
        within the grey band if the forecasts were calibrated.
    ax : Axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the table is empty, or holds a share outside 0 to 1.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> measured = pd.DataFrame({"at upload": [0.52, 0.91], "after 3 days": [0.47, 0.88]}, index=[0.5, 0.9])
    >>> ax = draw_calibration(measured, n_posts=400, ax=Figure().subplots())
    >>> ax.get_legend_handles_labels()[1]
    ['calibrated', '95 % of chance, 400 posts', 'at upload', 'after 3 days']
    """
    check_choice("quantity", quantity, _LABELS)
    table = measured.to_frame(measured.name or "measured") if isinstance(measured, pd.Series) else measured
    nominal = as_floats(table.index.to_numpy(), name="the index of measured")
    shares = as_floats(table, name="measured")
    if not shares.size or np.isnan(shares).all():
        raise ValueError("measured holds no share: there is nothing to draw")
    if not ((nominal >= 0) & (nominal <= 1)).all() or (shares < 0).any() or (shares > 1).any():
        raise ValueError("measured must hold shares between 0 and 1 by nominal shares between 0 and 1")
    ax = axes_or_new(ax, size=(4.4, 4.2))
    lowest = max(0.0, np.floor(10 * min(nominal.min(), np.nanmin(shares)) - 0.5) / 10)
    line = np.linspace(lowest, 1, 201)
    ax.plot(line, line, color="0.4", linewidth=1, linestyle="--", label="calibrated")
    if n_posts is not None:
        chance = 1.96 * np.sqrt(line * (1 - line) / n_posts)
        low, high = np.clip(line - chance, 0, 1), np.clip(line + chance, 0, 1)
        ax.fill_between(line, low, high, color="0.88", linewidth=0, label=f"95 % of chance, {n_posts:,} posts")
    order = np.argsort(nominal)
    for place, name in enumerate(table.columns):
        style = f"{_MARKS[place % len(_MARKS)]}-"
        colour = GROUPS[place % len(GROUPS)]
        known = order[~np.isnan(shares[order, place])]
        ax.plot(nominal[known], shares[known, place], style, color=colour, markersize=4, linewidth=1.2, label=str(name))
    x_label, y_label = _LABELS[quantity]
    ax.set_xlabel(x_label, fontsize=9)
    ax.set_ylabel(y_label, fontsize=9)
    # Room for marks at 1.
    ax.set_xlim(lowest, 1.02)
    ax.set_ylim(lowest, 1.02)
    ax.set_aspect("equal")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MultipleLocator(0.2 if lowest < 0.5 else 0.1))  # noqa: PLR2004
        axis.set_major_formatter(FuncFormatter(lambda share, _: format_percent(share, 0)))
    legend = ax.legend(fontsize=8, frameon=False, loc="upper left")
    for text in legend.get_texts():
        text.set(**any_script())
    return finish(ax)
