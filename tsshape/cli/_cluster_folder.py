"""The files that `tsshape cluster` writes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tsshape.cli._lives import NOISE, NOISE_NAME, Counts, count_clusters, tabulate_lives

if TYPE_CHECKING:
    import pandas as pd

    from tsshape._typing import Floats, IntArray
    from tsshape.cli._posts import Shapes
    from tsshape.cluster._members import Members

# How many curves of each known class are in each cluster.
CLASSES_FILE = "classes.csv"
# What there is beside it and the labels.
FILES = ("prototypes.csv", "bands.csv", "clusters.png", "clusters.svg", "summary.json")


class Found(NamedTuple):
    """A clustering: labels, prototypes by number without weights, their members, and the table of lives.

    Labels and members may be those of a sample; the counts, and sizes and shares of the lives, are those of all curves.
    """

    labels: "IntArray"
    prototypes: "Floats"
    members: "list[Members]"
    lives: "pd.DataFrame"
    counts: Counts


def describe_found(read: "Shapes", labels: "IntArray", centers: Any, counts: Counts | None = None) -> Found:
    """Describe a clustering; counts are those of what was read, unless that is a sample."""
    import numpy as np

    from tsshape.cluster import describe_members

    members = describe_members(np.asarray(read.fitted), labels, centers)
    prototypes = read.prototypes_of(centers)
    counts = counts or count_clusters(labels, len(centers), len(read.curves))
    lives = tabulate_lives(counts, prototypes, named=read.noun == "shapes")
    return Found(labels, prototypes, members, lives, counts)


def write_found(
    folder: Path, read: "Shapes", found: Found, summary: dict[str, Any], *, title: str, spreadsheet_safe: bool
) -> None:
    """Write all that was found to a folder, without the labels."""
    from tsshape._files import write_json
    from tsshape.data import write_table

    write_table(_prototypes(read, found), folder / "prototypes.csv")
    write_table(_bands(read, found), folder / "bands.csv")
    _draw(folder, read, found, title)
    if read.classes is not None:
        _write_classes(folder / CLASSES_FILE, read.classes, found, spreadsheet_safe=spreadsheet_safe)
    write_json(folder / "summary.json", summary)


def write_labels(path: Path, read: "Shapes", found: Found, *, spreadsheet_safe: bool) -> None:
    """Write the cluster of each post."""
    from tsshape.data import write_table

    write_table(_labels(read, found), path, spreadsheet_safe=spreadsheet_safe)


def _labels(read: "Shapes", found: Found) -> "pd.DataFrame":
    """Return the cluster of each post, with its life; empty for curves of zeros."""
    import pandas as pd

    labels = pd.Series(found.labels, read.shapes.index, name="cluster", dtype="Int64").reindex(read.curves.index)
    table = labels.rename_axis("id").to_frame()
    if "name" in found.lives:
        table["life"] = labels.map({NOISE: NOISE_NAME, **found.lives["name"]})
    return table


def _prototypes(read: "Shapes", found: Found) -> "pd.DataFrame":
    """Return the prototypes, quickest first, with a row for each channel if these were named."""
    import pandas as pd

    from tsshape.data import day_column

    days = read.shapes.columns.map(day_column)
    tables = [
        pd.DataFrame(values, columns=days).rename_axis("cluster").loc[found.lives.index]
        for values in _by_channel(found.prototypes)
    ]
    for table in tables:
        if "name" in found.lives:
            table.insert(0, "name", found.lives["name"])
    return _join_channels(read, tables, found.lives.index)


def _bands(read: "Shapes", found: Found) -> "pd.DataFrame":
    """Return the ends of the bands of the members by cluster, channel and day."""
    import numpy as np
    import pandas as pd

    lower, upper = (
        _by_channel(read.prototypes_of(np.array(ends)))
        for ends in ([each.lower for each in found.members], [each.upper for each in found.members])
    )
    numbers = np.arange(len(found.members))
    tables = [
        pd.DataFrame(
            {
                "cluster": numbers.repeat(read.shapes.shape[1]),
                "day": np.tile(read.shapes.columns, len(numbers)),
                "lower": low.ravel(),
                "upper": high.ravel(),
            }
        ).set_index("cluster")
        for low, high in zip(lower, upper, strict=True)
    ]
    return _join_channels(read, tables, numbers)


def _by_channel(curves: "Floats") -> "list[Floats]":
    """Return curves of one channel each, (n_curves, n_times)."""
    from tsshape._panels import CHANNELS

    return [curves] if curves.ndim < CHANNELS else list(curves.swapaxes(0, 1))


def _join_channels(read: "Shapes", tables: "list[pd.DataFrame]", order: Any) -> "pd.DataFrame":
    """Return tables of channels as one with a column `channel`, by cluster; the only one as it is without channels."""
    import pandas as pd

    if read.channels is None:
        return tables[0]
    for table, name in zip(tables, read.channels.weights, strict=True):
        table.insert(int("name" in table), "channel", name)
    return pd.concat([table.loc[[number]] for number in order for table in tables])


def _draw(folder: Path, read: "Shapes", found: Found, title: str) -> None:
    """Write the picture."""
    from tsshape._files import atomic_path
    from tsshape.plots import draw_clusters

    drawn: dict[str, Any] = {}
    if "name" not in found.lives:
        drawn = {"names": ["cluster"] * len(found.lives), "times": "steps"}
    if read.channels is not None:
        drawn["channels"] = list(read.channels.weights)
    if len(found.labels) < found.counts.n_shapes:
        drawn["sizes"] = found.counts.sizes.tolist()
    shapes = read.shapes if read.channels is None else read.channels.shapes
    figure = draw_clusters(shapes, found.labels, found.prototypes, title=title, **drawn)
    for name in ("clusters.png", "clusters.svg"):
        with atomic_path(folder / name) as temporary:
            figure.savefig(temporary)


def _write_classes(path: Path, classes: "pd.Series", found: Found, *, spreadsheet_safe: bool) -> None:
    """Write a row for each known class: how many of its curves are in each cluster, and last, if any are, in noise."""
    from tsshape.cluster import class_counts
    from tsshape.data import write_table

    counts = class_counts(classes, found.labels)
    columns = [*range(len(found.prototypes)), *([NOISE] if (found.labels == NOISE).any() else [])]
    table = counts.reindex(columns=columns, fill_value=0)
    write_table(table, path, spreadsheet_safe=spreadsheet_safe)
