"""Pictures of an explanation: contributions of the features to scale and shape."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tsshape.plots._axes import axes_or_new
from tsshape.plots._script import any_script, write_title

_INK = {"scale": "#0072B2", "shape": "#D55E00"}
_LABELS = {"scale": "scale: change of log(1 + views)", "shape": "shape: change of the clusters' scores"}


def plot_contributions(contributions: pd.Series, ax: Axes | None = None) -> Axes:
    """Draw the contributions to scale or shape as bars, the first feature on top.

    Parameters
    ----------
    contributions : Series
        Index: names of features; the name of the Series is `scale` or `shape`.
    ax : Axes, optional
        Where to draw; by default in a new figure.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_contributions(pd.Series({"followers": 0.7}, name="scale"), Figure().subplots()).get_xlabel()
    'scale: change of log(1 + views)'
    """
    ax = axes_or_new(ax, size=(5.0, 1.2 + 0.25 * len(contributions)))
    ax.barh(range(len(contributions)), contributions, color=_INK[str(contributions.name)])
    ax.set_yticks(range(len(contributions)), list(contributions.index), **any_script())
    # Not by invert_yaxis, which would invert axes that share their rows twice.
    ax.set_ylim(len(contributions) - 0.5, -0.5)
    ax.axvline(0.0, color="0.5", linewidth=0.8)
    ax.set_xlabel(_LABELS[str(contributions.name)])
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def draw_explanation(table: pd.DataFrame, *, title: str) -> Figure:
    """Draw the contributions to scale and to shape side by side.

    Parameters
    ----------
    table : DataFrame
        Index: names of features; columns `scale` and `shape`.
    title : str
        Name of what is explained.

    Returns
    -------
    Figure

    Examples
    --------
    >>> table = pd.DataFrame({"scale": [0.7], "shape": [0.1]}, index=["followers"])
    >>> len(draw_explanation(table, title="one feature").axes)
    2
    """
    figure = Figure(figsize=(10.0, 1.5 + 0.3 * len(table)), layout="constrained")
    for column, ax in zip(("scale", "shape"), figure.subplots(1, 2, sharey=True), strict=True):
        plot_contributions(table[column], ax)
    write_title(figure, title)
    return figure
