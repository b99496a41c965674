"""Picture of the lives of posts: each prototype over its members, by name, with example posts."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from tsshape._typing import Curves, FloatArray, IntArray
from tsshape.cluster import describe_lives
from tsshape.plots._axes import GROUPS, grid_or_new
from tsshape.plots._clusters import are_shapes, band_handles, header_lines, limit, plot_cluster, rows_of_clusters
from tsshape.plots._script import any_script

# Example posts, by the share of the members that are nearer to the prototype: the nearest one first.
_EXAMPLES = (0.0, 0.5, 0.9)
_EXAMPLE_COLOURS = GROUPS[1:]
_MOST_LETTERS = 24
_PANEL = (3.2, 2.4)


def draw_lives(
    shapes: Curves,
    labels: IntArray,
    prototypes: Curves,
    *,
    n_examples: int = 2,
    titles: Mapping[str, str] | None = None,
    axes: Sequence[Axes] | None = None,
) -> list[Axes]:
    """Draw a panel per life, the quickest first: its prototype over the band of its members, with example posts.

    Parameters
    ----------
    shapes : DataFrame or array of shape (n_curves, n_times)
        The clustered shapes. Where they are a DataFrame, a legend names the example posts by id.
    labels : array of shape (n_curves,), int
        Each curve's row of `prototypes`.
    prototypes : DataFrame or array of shape (n_clusters, n_times)
        The prototypes of the clusters, which `describe_lives` names and orders.
    n_examples : int, default 2
        How many posts to draw in each panel, from 0 to 3: the one nearest to the prototype, one that half of the
        members are nearer than, and one that nine tenths are nearer than.
    titles : mapping of str to str, optional
        What the legend calls posts, by id.
    axes : sequence of Axes, optional
        Where to draw, one per prototype; by default in a new figure.

    Returns
    -------
    list of Axes

    Raises
    ------
    ValueError
        If there are not as many labels as curves, or as many axes as prototypes, or `n_examples` is not from 0 to 3.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> day = np.arange(1, 31) / 30
    >>> shapes = pd.DataFrame([day, day**1.1, day**0.05], index=["a", "b", "c"])
    >>> panels = draw_lives(shapes, np.array([1, 1, 0]), shapes.iloc[[2, 0]], axes=Figure().subplots(1, 2))
    >>> [ax.get_title().splitlines()[0] for ax in panels]
    ['front-loaded (0)', 'steady (1)']
    >>> panels[1].get_legend_handles_labels()[1]
    ['a', 'b']
    """
    curves, centers = np.asarray(shapes, dtype=np.float64), np.asarray(prototypes, dtype=np.float64)
    if len(labels) != len(curves):
        raise ValueError(f"labels must have one entry per curve: got {len(labels)} labels for {len(curves)} curves")
    if not 0 <= n_examples <= len(_EXAMPLES):
        raise ValueError(f"n_examples must be from 0 to {len(_EXAMPLES)}; got {n_examples}")
    lives = describe_lives(centers)
    members = rows_of_clusters(np.asarray(labels), len(centers))
    panels = grid_or_new(axes, len(centers), size=_PANEL)
    n_letters = int(13 * _PANEL[0])
    for ax, (cluster, name) in zip(panels, lives["name"].items(), strict=True):
        rows = members[cluster]
        ax.set_xlabel("days", fontsize=8)
        header = header_lines(f"{name} ({cluster})", len(rows), len(curves), n_letters)
        plot_cluster(curves[rows], centers[cluster], ax, header=header)
        examples = rows[_examples(curves[rows], centers[cluster], n_examples)]
        _draw_examples(ax, curves, examples, _names(shapes, examples, titles or {}))
    shares = are_shapes(curves, centers)
    limit(panels, shares=shares)
    if axes is None:
        figure = panels[0].figure.get_figure(root=True)
        figure.supylabel("share of the final views" if shares else "value", fontsize=9)
        figure.legend(handles=band_handles(), loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return panels


def _examples(members: FloatArray, prototype: FloatArray, n_examples: int) -> IntArray:
    """Return the rows of example posts, each once."""
    if not len(members):
        return np.empty(0, dtype=np.int64)
    by_distance = np.argsort(((members - prototype) ** 2).sum(axis=1), kind="stable")
    places = [int(share * len(members)) for share in _EXAMPLES[:n_examples]]
    return by_distance[list(dict.fromkeys(places))]


def _names(shapes: Curves, rows: IntArray, titles: Mapping[str, str]) -> list[str]:
    """Return the names of example posts, cut where they are long; none for the rows of an array."""
    if not isinstance(shapes, pd.DataFrame):
        return [""] * len(rows)
    names = [titles.get(post, str(post)) for post in shapes.index[rows]]
    return [name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…" for name in names]


def _draw_examples(ax: Axes, curves: FloatArray, rows: IntArray, names: list[str]) -> None:
    """Draw example posts as thin lines, and name them in a corner that is free."""
    days = np.arange(1, curves.shape[1] + 1)
    for row, name, colour in zip(rows, names, _EXAMPLE_COLOURS, strict=False):
        ax.plot(days, curves[row], color=colour, linewidth=0.9, label=name or None)
    if any(names):
        middle = curves[rows, (len(days) - 1) // 2].mean()
        high = middle > 0.5  # noqa: PLR2004
        legend = ax.legend(fontsize=7, frameon=False, loc="lower right" if high else "upper left")
        for text in legend.get_texts():
            text.set(**any_script())
