"""Pictures of a clustering: each prototype over the curves of its cluster."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, inf
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from tsshape._panels import CHANNELS
from tsshape._typing import Curves, FloatArray, IntArray
from tsshape.cluster import describe_lives
from tsshape.plots._axes import axes_or_new
from tsshape.plots._script import any_script, write_title

# Okabe and Ito's blues, which also differ in lightness, for grey print.
_INK, _BAND = "#0072B2", "#A9D6F2"
_QUANTILES = (0.1, 0.9)
_ROUNDING = 1e-6
# By the largest number of clusters: the number of columns of panels, and a panel's width and height in inches.
_COLUMNS: tuple[tuple[float, tuple[int, float, float]], ...] = (
    (1, (1, 4.6, 3.4)),
    (2, (2, 3.6, 2.7)),
    (3, (3, 3.0, 2.2)),
    (12, (4, 2.4, 1.7)),
    (24, (6, 1.7, 1.2)),
    (inf, (8, 1.3, 0.95)),
)
# Inches around the panels and between them, without the lines of headers.
_LEFT, _RIGHT, _ABOVE, _BELOW, _BETWEEN, _HEADER = 0.68, 0.15, 0.55, 0.78, 0.22, 0.18
# Of headers in 8 points: the height of a line in inches, and the letters that fit an inch.
_LINE, _LETTERS = 0.135, 15
# Between the channels of a cluster, and at the left for their names, in inches.
_CHANNEL_GAP, _CHANNEL_NAME = 0.1, 0.17


def plot_cluster(members: FloatArray, prototype: FloatArray, ax: Axes | None = None, *, header: str = "") -> Axes:
    """Draw a prototype as a line over a band from the 10 % to the 90 % quantile of its members on each day.

    Parameters
    ----------
    members : array of shape (n_members, n_times)
        The curves of the cluster, finite. Without any there is no band.
    prototype : array of shape (n_times,)
        The prototype, in the unit of the members.
    ax : Axes, optional
        Where to draw, by default in a new figure; its horizontal axis runs over the days 1…n_times.
    header : str
        Text above the panel.

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
    ax = axes_or_new(ax, size=(4.6, 3.4))
    n_times = len(prototype)
    # One point makes neither a line nor a band: a single day is drawn as a level from 0.5 to 1.5.
    days, repeats = (np.arange(1, n_times + 1), 1) if n_times > 1 else (np.array([0.5, 1.5]), 2)
    if len(members):
        low, high = np.quantile(members, _QUANTILES, axis=0)
        ax.fill_between(days, low.repeat(repeats), high.repeat(repeats), color=_BAND, linewidth=0.5)
    ax.plot(days, np.asarray(prototype).repeat(repeats), color=_INK, linewidth=1.4)
    ax.set_xlim(days[0], days[-1])
    ax.set_xticks(sorted({1, (1 + n_times) // 2, n_times}))
    ax.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.6g}"))
    ax.set_title(header, fontsize=8, pad=3)
    ax.tick_params(labelsize=7, length=2)
    ax.grid(alpha=0.25, linewidth=0.5)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def draw_clusters(
    shapes: Curves,
    labels: IntArray,
    prototypes: Curves,
    *,
    title: str,
    names: Sequence[str] | None = None,
    times: str = "days",
    channels: Sequence[str] | None = None,
    sizes: Sequence[int] | None = None,
) -> Figure:
    r"""Draw one panel per cluster, the quickest first, headed by its name with its number, its size and its share.

    Of curves with several channels, such as views and likes, a cluster has a panel for each, one below the other.

    Parameters
    ----------
    shapes : DataFrame or array of shape (n_curves, n_times) or (n_curves, n_channels, n_times)
        The clustered curves, finite. If they are shapes, the vertical axis is labelled so and runs from 0 to 1;
        otherwise each channel has limits of its own.
    labels : array of shape (n_curves,), int
        Each curve's row of `prototypes`. A curve with any other label, such as -1, is in no panel but counts in the
        shares.
    prototypes : DataFrame or array of shape (n_clusters, n_times) or (n_clusters, n_channels, n_times)
        The prototypes of the clusters.
    title : str
        Name of the data and of the method; in any script.
    names : sequence of str, optional
        The names of the clusters, which are then drawn in this order; by default those of `describe_lives`, in its
        order, of the first channel.
    times : str, default="days"
        The label of the horizontal axis.
    channels : sequence of str, optional
        The names of the channels, which stand at the left; by default "channel 0" and so on if there are several.
    sizes : sequence of int, optional
        The number of curves of each cluster, where `shapes` are a sample of them. Shares are of their sum.

    Returns
    -------
    Figure
        To be saved by `Figure.savefig`. Its axes are those of the first cluster, channel by channel, then the next.

    Raises
    ------
    ValueError
        If there are not as many labels as curves, or names or sizes as prototypes, or names as channels.

    Examples
    --------
    >>> shapes = np.array([[0.2, 1.0], [0.8, 1.0], [0.9, 1.0]])
    >>> figure = draw_clusters(shapes, np.array([0, 1, 1]), shapes[:2], title="three curves")
    >>> [ax.get_title() for ax in figure.axes]
    ['long tail (1)\n2 · 66.7 %', 'still growing (0)\n1 · 33.3 %']
    >>> both = np.stack([shapes, shapes**2], axis=1)
    >>> figure = draw_clusters(both, np.array([0, 1, 1]), both[:2], title="both", channels=["views", "likes"])
    >>> [ax.get_ylabel() for ax in figure.axes]
    ['views', 'likes', '', '']
    """
    curves, centers = _with_channels(shapes), _with_channels(prototypes)
    if len(labels) != len(curves):
        raise ValueError(f"labels must have one entry per curve: got {len(labels)} labels for {len(curves)} curves")
    if names is None:
        named = {int(number): name for number, name in describe_lives(centers[:, 0])["name"].items()}
    elif len(names) == len(centers):
        named = dict(enumerate(names))
    else:
        raise ValueError(f"names must have one entry per prototype: got {len(names)} for {len(centers)} prototypes")
    rows = _name_channels(channels, curves.shape[1])
    members = rows_of_clusters(np.asarray(labels), len(centers))
    if sizes is not None and len(sizes) != len(centers):
        raise ValueError(f"sizes must have one entry per prototype: got {len(sizes)} for {len(centers)} prototypes")
    counts, total = (list(map(len, members)), len(curves)) if sizes is None else (list(sizes), sum(sizes))
    n_letters = int(_LETTERS * _panel(len(centers))[1])
    headers = {
        cluster: header_lines(f"{name} ({cluster})", counts[cluster], total, n_letters)
        for cluster, name in named.items()
    }
    figure, panels = _grid(len(centers), 1 + max(header.count("\n") for header in headers.values()), rows)
    for axes, (cluster, header) in zip(panels, headers.items(), strict=True):
        for channel, ax in enumerate(axes):
            plot_cluster(
                curves[members[cluster], channel], centers[cluster, channel], ax, header="" if channel else header
            )
    shares = all(are_shapes(curves[:, channel], centers[:, channel]) for channel in range(len(rows)))
    for of_channel in zip(*panels, strict=True):
        limit(of_channel, shares=shares)
    _label(
        figure,
        value="value" if not shares else "share of the final views" if channels is None else "share of the final count",
        times=times,
        title=title,
        named="name" if names is not None else f"life by {rows[0]}" if rows[0] else "life",
    )
    return figure


def _with_channels(curves: Curves) -> FloatArray:
    """Return curves as an array of shape (n_curves, n_channels, n_times)."""
    values: FloatArray = np.asarray(curves, dtype=np.float64)
    return values if values.ndim == CHANNELS else values[:, None]


def _name_channels(channels: Sequence[str] | None, n_channels: int) -> Sequence[str]:
    """Return what stands at the left of each channel: nothing of a single one that has no name."""
    if channels is None:
        return [f"channel {number}" for number in range(n_channels)] if n_channels > 1 else [""]
    if len(channels) != n_channels:
        raise ValueError(f"channels must have one name per channel: got {len(channels)} for {n_channels} channels")
    return channels


def rows_of_clusters(labels: IntArray, n_clusters: int) -> list[IntArray]:
    """Return the rows of each cluster, by one sort instead of one pass over the labels per cluster."""
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(n_clusters + 1))
    return [order[start:stop] for start, stop in pairwise(bounds)]


def header_lines(name: str, size: int, total: int, n_letters: int) -> str:
    """Return name, size and share of a cluster as lines; no share above 0 is written as 0.0 %."""
    # A name is broken after its commas first.
    lines = [""]
    for words in name.split(", "):
        joined = f"{lines[-1]}, {words}".removeprefix(", ")
        lines[-1:] = [joined] if len(joined) <= n_letters or not lines[-1] else [lines[-1], words]
    share = size / total
    shown = "< 0.1 %" if 0 < share < 0.0005 else f"{100 * share:.1f} %"  # noqa: PLR2004
    return "\n".join([*(part for line in lines for part in wrap(line, n_letters)), f"{size:,} · {shown}"])


def _panel(n_panels: int) -> tuple[int, float, float]:
    """Return the number of columns, and the width and height of a panel in inches."""
    return next(rest for most, rest in _COLUMNS if n_panels <= most)


def _grid(n_clusters: int, n_lines: int, channels: Sequence[str]) -> tuple[Figure, list[list[Axes]]]:
    """Return a figure, and a panel for each channel of each cluster.

    It is laid out in inches, so that headers of `n_lines` lines fit for any number of rows.
    """
    n_columns, width, height = _panel(n_clusters)
    n_rows = ceil(n_clusters / n_columns)
    block = len(channels) * height + (len(channels) - 1) * _CHANNEL_GAP
    left = _LEFT + (_CHANNEL_NAME if any(channels) else 0)
    above, header = _ABOVE + n_lines * _LINE, _HEADER + n_lines * _LINE
    across = left + n_columns * width + (n_columns - 1) * _BETWEEN + _RIGHT
    down = above + n_rows * block + (n_rows - 1) * header + _BELOW
    figure = Figure(figsize=(across, down), dpi=130)
    cells = figure.add_gridspec(
        n_rows,
        n_columns,
        left=left / across,
        right=1 - _RIGHT / across,
        bottom=_BELOW / down,
        top=1 - above / down,
        wspace=_BETWEEN / width,
        hspace=header / block,
    )
    panels, most = [], int(_LETTERS * height)
    for place in range(n_clusters):
        inner = cells[divmod(place, n_columns)].subgridspec(len(channels), 1, hspace=_CHANNEL_GAP / height)
        axes = list(inner.subplots(squeeze=False)[:, 0])
        for ax, channel in zip(axes, channels, strict=True):
            is_left, is_lowest = place % n_columns == 0, ax is axes[-1] and place + n_columns >= n_clusters
            ax.tick_params(labelleft=is_left, labelbottom=is_lowest)
            if is_left:
                shown = channel if len(channel) <= most else channel[: most - 1].rstrip() + "…"
                ax.set_ylabel(shown, fontsize=8, **any_script())
        panels.append(axes)
    return figure, panels


def are_shapes(curves: FloatArray, centers: FloatArray) -> bool:
    """Return whether the largest value is 1, as in curves divided by their maximum, and no prototype exceeds it."""
    low, high = min(curves.min(), centers.min()), max(curves.max(), centers.max())
    return bool(low >= -_ROUNDING and abs(curves.max() - 1) < _ROUNDING and high <= 1 + _ROUNDING)


def limit(panels: Sequence[Axes], *, shares: bool) -> None:
    """Give all panels the same vertical limits; matplotlib's own shared axes are slow with 50 panels."""
    bounds = np.array([ax.dataLim.intervaly for ax in panels])
    low, high = (0.0, 1.0) if shares else (bounds.min(), bounds.max())
    margin = 0.05 * (high - low) or 0.5
    for ax in panels:
        ax.set_ylim(low - margin, high + margin)
        if shares:
            ax.set_yticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])


def band_handles() -> tuple[Line2D, Patch]:
    """Return what a legend says of the marks in each panel."""
    band = Patch(color=_BAND, label="10 to 90 % of the members, per day")
    return Line2D([], [], color=_INK, label="prototype"), band


def _label(figure: Figure, *, value: str, times: str, title: str, named: str) -> None:
    """Label the axes and add a legend, once for the whole figure."""
    across, down = figure.get_size_inches()
    write_title(figure, title, y=1 - 0.1 / down, va="top")
    figure.supxlabel(times, y=0.34 / down, fontsize=9)
    figure.supylabel(value, x=0.08 / across, fontsize=9)
    handles = (*band_handles(), Line2D([], [], linestyle="none", label=f"above: {named} (cluster), size · share"))
    style = {"ncols": 3, "fontsize": 8, "frameon": False, "borderaxespad": 0.3, "columnspacing": 1.0}
    figure.legend(handles=handles, loc="lower center", **style)
