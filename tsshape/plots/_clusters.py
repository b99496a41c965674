"""The picture of a clustering: each prototype over the curves that it stands for."""

from itertools import pairwise
from math import ceil, inf

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from tsshape._typing import Curves, FloatArray, IntArray
from tsshape.plots._script import write_title

# Okabe and Ito's blues, which differ in lightness too, so that they part in grey print.
_INK, _BAND = "#0072B2", "#A9D6F2"
_QUANTILES = (0.1, 0.9)
_ROUNDING = 1e-6
# Up to so many clusters: so many columns of panels, their width and height in inches; the last holds for any number.
_COLUMNS: tuple[tuple[float, tuple[int, float, float]], ...] = (
    (1, (1, 4.6, 3.4)),
    (2, (2, 3.6, 2.7)),
    (3, (3, 3.0, 2.2)),
    (12, (4, 2.4, 1.7)),
    (24, (6, 1.7, 1.2)),
    (inf, (8, 1.3, 0.95)),
)
# Inches around the panels and between them: "49 · 123,456 · 12.3 %" in 8 points is 1.14 in wide.
_LEFT, _RIGHT, _ABOVE, _BELOW, _BETWEEN, _HEADER = 0.68, 0.15, 0.6, 0.78, 0.22, 0.32


def plot_cluster(members: FloatArray, prototype: FloatArray, ax: Axes, *, header: str = "") -> Axes:
    """Draw a prototype as a line over the band that holds the middle 80 % of its members, day by day.

    Parameters
    ----------
    members : array of shape (n_members, n_times)
        The curves of the cluster, finite; none at all is allowed, and leaves the band out.
    prototype : array of shape (n_times,)
        The curve that stands for them, in their unit.
    ax : Axes
        Where to draw; its horizontal axis runs over the days 1…n_times.
    header : str
        What to write above the panel.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> members = np.array([[0.2, 1.0], [0.4, 1.0], [0.6, 1.0]])
    >>> ax = plot_cluster(members, members.mean(axis=0), Figure().subplots(), header="0 · 3 · 100.0 %")
    >>> ax.lines[0].get_ydata().round(1).tolist()
    [0.4, 1.0]
    """
    n_times = len(prototype)
    # A single day is drawn as a level that lasts the whole day, because one point makes neither a line nor a band.
    days, repeats = (np.arange(1, n_times + 1), 1) if n_times > 1 else (np.array([0.5, 1.5]), 2)
    if len(members):
        low, high = np.quantile(members, _QUANTILES, axis=0)
        ax.fill_between(days, low.repeat(repeats), high.repeat(repeats), color=_BAND, linewidth=0.5)
    ax.plot(days, np.asarray(prototype).repeat(repeats), color=_INK, linewidth=1.4)
    ax.set_xlim(days[0], days[-1])
    ax.set_xticks(sorted({1, (1 + n_times) // 2, n_times}))
    ax.yaxis.set_major_locator(MaxNLocator(3))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.6g}"))
    ax.set_title(header, fontsize=8, pad=3)
    ax.tick_params(labelsize=7, length=2)
    ax.grid(alpha=0.25, linewidth=0.5)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def draw_clusters(shapes: Curves, labels: IntArray, prototypes: Curves, *, title: str) -> Figure:
    """One panel a cluster, the largest first, with its number, its size and its share of the curves above it.

    Parameters
    ----------
    shapes : DataFrame or array of shape (n_curves, n_times)
        The clustered curves, finite. Where they are shapes, the vertical axis says so and shows 0 to 1.
    labels : array of shape (n_curves,), int
        The row of `prototypes` that each curve belongs to. A curve with any other label, such as -1, is in no panel and
        still counts in the shares.
    prototypes : DataFrame or array of shape (n_clusters, n_times)
        The curves that stand for the clusters.
    title : str
        What was clustered, and how; in any script.

    Returns
    -------
    Figure
        To be saved by `Figure.savefig`.

    Raises
    ------
    ValueError
        If there is not one label a curve.

    Examples
    --------
    >>> shapes = np.array([[0.2, 1.0], [0.8, 1.0], [0.9, 1.0]])
    >>> figure = draw_clusters(shapes, np.array([0, 1, 1]), shapes[:2], title="three curves")
    >>> [ax.get_title() for ax in figure.axes]
    ['1 · 2 · 66.7 %', '0 · 1 · 33.3 %']
    """
    curves, centers = np.asarray(shapes, dtype=np.float64), np.asarray(prototypes, dtype=np.float64)
    if len(labels) != len(curves):
        raise ValueError(f"labels must have one entry a curve: got {len(labels)} labels for {len(curves)} curves")
    members = _members(np.asarray(labels), len(centers))
    by_size = sorted(range(len(centers)), key=lambda cluster: -len(members[cluster]))
    figure, panels = _grid(len(centers))
    for ax, cluster in zip(panels, by_size, strict=True):
        rows = members[cluster]
        plot_cluster(curves[rows], centers[cluster], ax, header=_header(cluster, len(rows), len(curves)))
    shares = _are_shapes(curves, centers)
    _limit(panels, shares=shares)
    _label(figure, value="share of the final views" if shares else "value", title=title)
    return figure


def _members(labels: IntArray, n_clusters: int) -> list[IntArray]:
    """The rows of each cluster, by one sort instead of a pass over all labels a cluster."""
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(n_clusters + 1))
    return [order[start:stop] for start, stop in pairwise(bounds)]


def _header(cluster: int, size: int, total: int) -> str:
    """Number, size and share of a cluster; a share that rounds to nothing is not called nothing."""
    share = size / total
    return f"{cluster} · {size:,} · " + ("< 0.1 %" if 0 < share < 0.0005 else f"{100 * share:.1f} %")  # noqa: PLR2004


def _grid(n_panels: int) -> tuple[Figure, list[Axes]]:
    """A figure with so many panels, laid out in inches, so that headers keep their distance in any number of rows."""
    n_columns, width, height = next(rest for most, rest in _COLUMNS if n_panels <= most)
    n_rows = ceil(n_panels / n_columns)
    across = _LEFT + n_columns * width + (n_columns - 1) * _BETWEEN + _RIGHT
    down = _ABOVE + n_rows * height + (n_rows - 1) * _HEADER + _BELOW
    figure = Figure(figsize=(across, down), dpi=130)
    place = {"left": _LEFT / across, "right": 1 - _RIGHT / across, "bottom": _BELOW / down, "top": 1 - _ABOVE / down}
    gaps = {"wspace": _BETWEEN / width, "hspace": _HEADER / height}
    axes = list(figure.subplots(n_rows, n_columns, squeeze=False, gridspec_kw=place | gaps).flat)
    for spare in axes[n_panels:]:
        spare.remove()
    for place_, ax in enumerate(axes[:n_panels]):
        ax.tick_params(labelleft=place_ % n_columns == 0, labelbottom=place_ + n_columns >= n_panels)
    return figure, axes[:n_panels]


def _are_shapes(curves: FloatArray, centers: FloatArray) -> bool:
    """Whether curves run up to 1, as a curve divided by its maximum does, and prototypes keep to the same unit."""
    low, high = min(curves.min(), centers.min()), max(curves.max(), centers.max())
    return bool(low >= -_ROUNDING and abs(curves.max() - 1) < _ROUNDING and high <= 1 + _ROUNDING)


def _limit(panels: list[Axes], *, shares: bool) -> None:
    """The same vertical axis for all; set by hand, because sharing it makes matplotlib slow with 50 panels."""
    bounds = np.array([ax.dataLim.intervaly for ax in panels])
    low, high = (0.0, 1.0) if shares else (bounds.min(), bounds.max())
    margin = 0.05 * (high - low) or 0.5
    for ax in panels:
        ax.set_ylim(low - margin, high + margin)
        if shares:
            ax.set_yticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])


def _label(figure: Figure, *, value: str, title: str) -> None:
    """Name the axes and the marks once for the whole figure."""
    across, down = figure.get_size_inches()
    write_title(figure, title, y=1 - 0.1 / down, va="top")
    figure.supxlabel("days", y=0.34 / down, fontsize=9)
    figure.supylabel(value, x=0.08 / across, fontsize=9)
    handles = (
        Line2D([], [], color=_INK, label="prototype"),
        Patch(color=_BAND, label="10 to 90 % of the members, per day"),
        Line2D([], [], linestyle="none", label="above: cluster · size · share"),
    )
    style = {"ncols": 3, "fontsize": 8, "frameon": False, "borderaxespad": 0.3, "columnspacing": 1.0}
    figure.legend(handles=handles, loc="lower center", **style)
