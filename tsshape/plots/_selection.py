"""Pictures of the choice of k: criteria over the number of clusters."""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

import tsshape
from tsshape.plots._axes import axes_or_new
from tsshape.plots._script import any_script, write_title

# Okabe and Ito's colours, which colour-blind readers can distinguish; the markers differ in form as well.
_INK, _BAND, _BEST, _RECOMMENDED = "#0072B2", "#A9D6F2", "#D55E00", "#000000"


def plot_criterion(
    table: pd.DataFrame,
    criterion: str,
    ax: Axes | None = None,
    *,
    votes: Mapping[str, int | None] | None = None,
    recommended: int | None = None,
) -> Axes:
    """Draw a criterion over the number of clusters, with a band of one standard deviation and a mark at its best k.

    Parameters
    ----------
    table : DataFrame
        Index: numbers of clusters, ascending; columns: the criterion's mean over the seeds and, named `<criterion>_sd`,
        its standard deviation. A mean that is not finite is left out of the line, a deviation out of the band.
    criterion : str
        A column of `table`. Of a user-defined criterion, lower is taken to be better.
    ax : Axes, optional
        Where to draw; by default in a new figure.
    votes : mapping of str to int or None, optional
        The number of clusters that each criterion votes for, which is marked; by default the one with the best
        value, and none for the inertia.
    recommended : int, optional
        A number of clusters to mark with a dashed line.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> table = pd.DataFrame({"silhouette": [np.nan, 0.4, 0.3]}, index=[1, 2, 3])
    >>> ax = plot_criterion(table, "silhouette", Figure().subplots())
    >>> ax.get_ylabel(), ax.texts[0].get_text()
    ('silhouette (higher is better)', 'k = 2')
    """
    ax = axes_or_new(ax, size=(6.0, 4.1))
    record = tsshape.cluster.find_criterion(criterion)
    values = _finite(table[criterion])
    deviations = table.get(f"{criterion}_sd", pd.Series(np.nan, table.index)).reindex(values.index)
    ax.plot(values.index, values, ".-", color=_INK, markersize=4, linewidth=1.2, label="mean over the seeds")
    if deviations.notna().any():
        low, high = values - deviations, values + deviations
        ax.fill_between(values.index, low, high, color=_BAND, linewidth=1, label="± one standard deviation")
    if not len(values):
        ax.text(0.5, 0.5, "no value", transform=ax.transAxes, ha="center", fontsize=8)
    vote = votes.get(criterion) if votes is not None else _best(values, record.better)
    if vote is not None and vote in values.index:
        _mark_vote(ax, vote, values[vote], values.index, above=record.better == "higher")
    if recommended is not None:
        ax.axvline(
            recommended, color=_RECOMMENDED, linestyle="--", linewidth=1, label=f"recommended: k = {recommended}"
        )
    _finish(ax, table.index, recommended)
    if record.better is None and values.min() > 0:
        ax.set_ylim(bottom=0)
    ax.set_ylabel(record.axis_label, fontsize=8, **any_script())
    return ax


def draw_selection(
    table: pd.DataFrame,
    *,
    criteria: Sequence[str] | None = None,
    votes: Mapping[str, int | None] | None = None,
    recommended: int | None = None,
    title: str,
) -> Figure:
    """Draw one panel per criterion over the number of clusters.

    Parameters
    ----------
    table : DataFrame
        As for `plot_criterion`, with the columns of one or more criteria.
    criteria : sequence of str, optional
        The criteria to draw, in this order; by default all of `table`. `("inertia",)` gives the elbow figure.
    votes : mapping of str to int or None, optional
        As for `plot_criterion`.
    recommended : int, optional
        A number of clusters to mark in each panel.
    title : str
        Name of the data and of the method; in any script.

    Returns
    -------
    Figure
        To be saved by `Figure.savefig`.

    Examples
    --------
    >>> table = pd.DataFrame({"inertia": [9.0, 4.0], "inertia_sd": [0.0, 0.1], "gap": [0.1, 0.3]}, index=[1, 2])
    >>> [ax.get_ylabel() for ax in draw_selection(table, title="two").axes]
    ['inertia (it falls with k anyway)', 'gap statistic (higher is better)']
    >>> len(draw_selection(table, criteria=("inertia",), title="elbow").axes)
    1
    """
    names = tsshape.cluster.criterion_columns(table) if criteria is None else list(criteria)
    figure, panels = _grid(len(names))
    for name, ax in zip(names, panels, strict=True):
        plot_criterion(table, name, ax, votes=votes, recommended=recommended)
    write_title(figure, title)
    # One legend for the whole figure, because the panels have the same marks.
    marks = {text: mark for ax in panels for mark, text in zip(*ax.get_legend_handles_labels(), strict=True)}
    n_columns = 2 if len(panels) == 1 else 4
    figure.legend(marks.values(), marks.keys(), loc="outside lower center", ncols=n_columns, fontsize=8, frameon=False)
    return figure


def _finite(values: pd.Series) -> pd.Series:
    """Return the finite values: Dunn's index is infinite if no cluster has a width."""
    return values[np.isfinite(values)]


def _best(values: pd.Series, better: str | None) -> int | None:
    """Return the k of the best value, the smallest one of ties."""
    if better is None or values.empty:
        return None
    return int(values.idxmax() if better == "higher" else values.idxmin())


def _mark_vote(ax: Axes, vote: int, value: float, index: pd.Index, *, above: bool) -> None:
    """Draw a diamond at the k that a criterion votes for, and its number above or below, away from the line."""
    side = _side(vote, index)
    ax.plot(vote, value, "D", color=_BEST, markersize=6, clip_on=False, label="vote of this criterion")
    ax.annotate(
        f"k = {vote}",
        (vote, value),
        xytext=({"left": 5, "right": -5, "center": 0}[side], 7 if above else -7),
        textcoords="offset points",
        ha=side,
        va="bottom" if above else "top",
        fontsize=8,
        color=_BEST,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5},
    )


def _side(best: int, index: pd.Index) -> str:
    """Return the alignment of a number that keeps it within the panel."""
    place = (best - index[0]) / max(index[-1] - index[0], 1)
    return "left" if place < 0.1 else "right" if place > 0.9 else "center"  # noqa: PLR2004


def _grid(n_panels: int) -> tuple[Figure, list[Axes]]:
    """Return a figure of this many panels, in at most three columns."""
    n_columns = n_panels if n_panels <= 3 else 2 if n_panels == 4 else 3  # noqa: PLR2004
    n_rows = ceil(n_panels / n_columns)
    width = 6.0 if n_panels == 1 else 4.2
    figure = Figure(figsize=(n_columns * width, 0.9 + n_rows * 0.68 * width), layout="constrained", dpi=130)
    axes = list(figure.subplots(n_rows, n_columns, squeeze=False).flat)
    for spare in axes[n_panels:]:
        spare.remove()
    return figure, axes[:n_panels]


def _finish(ax: Axes, numbers: Iterable[int], recommended: int | None) -> None:
    """Label the axes, with integer ticks below, one of them at the recommended k, and room for the best k."""
    numbers = [*numbers] if recommended is None else [*numbers, recommended]
    # Less than one on either side, so that there is no tick at k = 0.
    ax.set_xlim(min(numbers) - 0.75, max(numbers) + 0.75)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))
    if recommended is not None:
        low, high = ax.get_xlim()
        # A tick nearer than this would touch the one at the recommended k.
        apart = 0.06 * (high - low)
        others = [tick for tick in ax.get_xticks() if low <= tick <= high and abs(tick - recommended) > apart]
        ax.set_xticks(sorted({*others, recommended}), [f"{tick:g}" for tick in sorted({*others, recommended})])
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
    ax.margins(y=0.14)
    ax.set_xlabel("number of clusters k", fontsize=8)
    ax.tick_params(labelsize=8)
    ax.grid(alpha=0.25, linewidth=0.5)
    ax.spines[["top", "right"]].set_visible(False)
