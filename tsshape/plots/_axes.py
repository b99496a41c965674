"""Where a picture is drawn if no axes are given, and what all axes have in common."""

from collections.abc import Sequence
from math import ceil

from matplotlib.axes import Axes

# Okabe and Ito's colours, which colour-blind readers can distinguish: of groups, in their order.
GROUPS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#000000")


def axes_or_new(ax: Axes | None, *, size: tuple[float, float]) -> Axes:
    """Return the axes, or those of a new figure of pyplot, which notebooks show."""
    if ax is not None:
        return ax
    from matplotlib import pyplot as plt  # noqa: PLC0415 - slow, and chooses a backend

    return plt.figure(figsize=size, layout="constrained").subplots()


def grid_or_new(axes: Sequence[Axes] | None, n_panels: int, *, size: tuple[float, float]) -> list[Axes]:
    """Return the axes, or those of a new figure of pyplot with panels of this size in up to four columns."""
    if axes is not None:
        if len(axes) != n_panels:
            raise ValueError(f"axes must be as many as there are panels, {n_panels}; got {len(axes)}")
        return list(axes)
    from matplotlib import pyplot as plt  # noqa: PLC0415 - slow, and chooses a backend

    n_columns = n_panels if n_panels <= 3 else 4 if n_panels > 6 else ceil(n_panels / 2)  # noqa: PLR2004
    n_rows = ceil(n_panels / n_columns)
    figure = plt.figure(figsize=(size[0] * n_columns, size[1] * n_rows + 0.4), layout="constrained")
    panels = list(figure.subplots(n_rows, n_columns, squeeze=False).flat)
    for spare in panels[n_panels:]:
        spare.remove()
    return panels[:n_panels]


def finish(ax: Axes) -> Axes:
    """Give axes a light grid and no frame above and on the right."""
    ax.tick_params(labelsize=8)
    ax.grid(alpha=0.25, linewidth=0.5)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def day_ticks(n_days: int) -> list[int]:
    """Return the first day, the last and about four between them, whole steps apart."""
    step = next(step for step in (1, 2, 5, 7, 10, 15, 30, 50, 100, n_days) if n_days / step <= 6 or step == n_days)  # noqa: PLR2004
    between = [day for day in range(step, n_days, step) if 1 < day <= n_days - 0.6 * step]
    return sorted({1, *between, n_days} - ({2} if step > 1 else set()))


def note(ax: Axes, words: str, *, top: bool = False) -> None:
    """Write a note in small letters into the lower right corner, or on lines from the upper left one."""
    ax.annotate(
        words,
        (0, 1) if top else (1, 0),
        xycoords="axes fraction",
        xytext=(4, -3) if top else (-3, 4),
        textcoords="offset points",
        ha="left" if top else "right",
        va="top" if top else "bottom",
        fontsize=7,
        fontstyle="italic",
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5},
    )


def share_legend(axes: Sequence[Axes]) -> None:
    """Write one legend below all panels of a figure, which have the same marks."""
    figure = axes[0].figure.get_figure(root=True)
    marks = {text: mark for ax in axes for mark, text in zip(*ax.get_legend_handles_labels(), strict=True)}
    figure.legend(marks.values(), marks.keys(), loc="outside lower center", ncols=len(marks), fontsize=8, frameon=False)
