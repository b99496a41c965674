"""Pictures of a benchmark: the errors of the variants and their error budgets."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from tsshape._columns import format_count
from tsshape.plots._axes import axes_or_new
from tsshape.plots._script import any_script, write_title

# Okabe and Ito's colours, which colour-blind readers can distinguish.
_INK, _KNOWN = "#0072B2", {"nothing": "#000000", "scale": "#D55E00", "prototype": "#009E73", "shape": "#CC79A7"}
_MARKS = {"nothing": "o", "scale": "s", "prototype": "D", "shape": "^"}


def plot_scores(scores: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the tRMSE of each variant as a point and its standard deviation over the runs as a bar.

    Parameters
    ----------
    scores : DataFrame
        Index: names of variants; columns `trmse` and `trmse_sd` (NaN if there is one run).
    ax : Axes, optional
        Where to draw, by default in a new figure; its horizontal axis becomes logarithmic.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"trmse": [90.0, 65.0], "trmse_sd": [4.0, 3.0]}, index=["trivial", "direct"])
    >>> plot_scores(table, Figure().subplots()).get_xlabel()
    'tRMSE, views (log scale; lower is better)'
    """
    ax = axes_or_new(ax, size=(6.5, 1.8 + 0.5 * len(scores)))
    rows = range(len(scores))
    ax.errorbar(scores["trmse"], rows, xerr=scores["trmse_sd"].fillna(0.0), fmt="o", color=_INK, capsize=3)
    for row, error in zip(rows, scores["trmse"], strict=True):
        ax.annotate(
            format_count(error), (error, row), xytext=(0, 6), textcoords="offset points", ha="center", fontsize=8
        )
    return _finish(ax, scores.index, "tRMSE, views (log scale; lower is better)")


def plot_budget(budget: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the error budget of each variant: tRMSE if nothing, the scale, the prototype or the shape were known.

    Parameters
    ----------
    budget : DataFrame
        As `tsshape.bench.budget_table` returns it; a row of NaN for a variant without a budget.
    ax : Axes, optional
        Where to draw, by default in a new figure; its horizontal axis becomes logarithmic.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"nothing": [90.0], "scale": [12.0]}, index=["trivial"])
    >>> plot_budget(table, Figure().subplots()).get_xlabel()
    'tRMSE, views, if this were known'
    """
    ax = axes_or_new(ax, size=(6.5, 1.8 + 0.5 * len(budget)))
    rows = range(len(budget))
    for known in budget.columns:
        ax.plot(budget[known], rows, _MARKS[known], color=_KNOWN[known], label=known, markersize=6, alpha=0.85)
    if len(budget.columns):
        ax.legend(title="known", fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=len(budget.columns))
    return _finish(ax, budget.index, "tRMSE, views, if this were known")


def draw_benchmark(scores: pd.DataFrame, budget: pd.DataFrame, *, title: str) -> Figure:
    """Draw the scores and the error budgets side by side.

    Parameters
    ----------
    scores, budget : DataFrame
        As for `plot_scores` and `plot_budget`; variants may be missing in `budget`.
    title : str
        Name of the suite and of the data.

    Returns
    -------
    Figure
        To be saved by `Figure.savefig`.

    Examples
    --------
    >>> scores = pd.DataFrame({"trmse": [90.0], "trmse_sd": [4.0]}, index=["trivial"])
    >>> budget = pd.DataFrame({"nothing": [90.0], "scale": [12.0]}, index=["trivial"])
    >>> len(draw_benchmark(scores, budget, title="smoke").axes)
    2
    """
    figure = Figure(figsize=(13, 1.8 + 0.5 * len(scores)), layout="constrained", dpi=120)
    left, right = figure.subplots(1, 2, sharey=True)
    plot_scores(scores, left)
    plot_budget(budget.reindex(scores.index), right)
    write_title(figure, title)
    return figure


def _finish(ax: Axes, names: pd.Index, label: str) -> Axes:
    """Name the variants on the left, make the horizontal axis logarithmic and draw a light grid."""
    # Errors that are all 0 cannot be drawn on a logarithmic axis.
    if ax.dataLim.x1 > 0:
        # The margin beside very large errors may overflow; matplotlib then draws none.
        with np.errstate(over="ignore"):
            ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 3.0, 5.0)))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.4g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel(label)
    ax.set_yticks(range(len(names)), names, **any_script())
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.grid(axis="x", alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    return ax
