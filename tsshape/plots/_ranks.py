"""The critical-difference picture: mean ranks over data sets, and which variants do not differ."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tsshape.plots._axes import axes_or_new
from tsshape.plots._script import any_script, write_title

_INK, _BAR = "#000000", "#0072B2"
# Heights, in rows of a name: of the first bar below the axis, and between two bars.
_FIRST_BAR, _BAR_STEP = 0.4, 0.35


def plot_ranks(ranks: pd.Series, groups: Sequence[Sequence[str]], ax: Axes | None = None) -> Axes:
    """Draw mean ranks on a line, the best on the left, and a bar over variants that do not differ significantly.

    Parameters
    ----------
    ranks : Series of float
        Mean rank of each variant, the best first.
    groups : sequence of sequence of str
        Variants that do not differ significantly, each group in the order of `ranks`; as
        `tsshape.bench.compare_datasets` finds them.
    ax : Axes, optional
        Where to draw, by default in a new figure.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ranks = pd.Series({"ours": 1.25, "direct": 2.0, "trivial": 2.75})
    >>> ax = plot_ranks(ranks, [["ours", "direct"]], Figure().subplots())
    >>> [text.get_text() for text in ax.texts]
    ['ours (1.25)', 'direct (2.00)', 'trivial (2.75)']
    """
    ax = axes_or_new(ax, size=_size(ranks, groups))
    n_left = (len(ranks) + 1) // 2
    top = _FIRST_BAR + _BAR_STEP * len(groups) + 0.3
    for number, (name, rank) in enumerate(ranks.items()):
        on_left = number < n_left
        edge, height = (1.0, top + number) if on_left else (float(len(ranks)), top + len(ranks) - 1 - number)
        ax.plot([rank, rank, edge], [0, height, height], color=_INK, linewidth=0.8, clip_on=False)
        ax.annotate(
            f"{name} ({rank:.2f})",
            (edge, height),
            xytext=(-4 if on_left else 4, 0),
            textcoords="offset points",
            ha="right" if on_left else "left",
            va="center",
            fontsize=9,
            annotation_clip=False,
            **any_script(),
        )
    for number, group in enumerate(groups):
        height, margin = _FIRST_BAR + _BAR_STEP * number, 0.02 * len(ranks)
        ends = [ranks[group[0]] - margin, ranks[group[-1]] + margin]
        ax.plot(ends, [height, height], color=_BAR, linewidth=4, solid_capstyle="butt", clip_on=False)
    ax.set_xlim(1, len(ranks))
    ax.set_ylim(top + n_left - 0.5, 0)
    ax.set_xticks(range(1, len(ranks) + 1))
    ax.xaxis.tick_top()
    ax.yaxis.set_visible(False)
    ax.spines[["left", "right", "bottom"]].set_visible(False)
    return ax


def draw_ranks(ranks: pd.Series, groups: Sequence[Sequence[str]], *, title: str) -> Figure:
    """Draw a critical-difference picture with a title.

    Parameters
    ----------
    ranks, groups
        As for `plot_ranks`.
    title : str
        What is compared, and on how many data sets.

    Returns
    -------
    Figure
        To be saved by `Figure.savefig`.

    Examples
    --------
    >>> draw_ranks(pd.Series({"ours": 1.0, "trivial": 2.0}), [], title="Mean ranks of tRMSE").get_suptitle()
    'Mean ranks of tRMSE'
    """
    figure = Figure(figsize=_size(ranks, groups), layout="constrained", dpi=120)
    plot_ranks(ranks, groups, figure.subplots())
    write_title(figure, title)
    return figure


def _size(ranks: pd.Series, groups: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Return width and height in inches."""
    return 9.0, 1.2 + 0.28 * ((len(ranks) + 1) // 2 + _BAR_STEP * len(groups))
