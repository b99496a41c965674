"""The table of the clusters that `tsshape cluster` finds, and of the noise beside them."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

    from tsshape._typing import Floats, IntArray
    from tsshape.cli._tables import Titled

# What curves are called that belong to no cluster, and their label.
NOISE_NAME, NOISE = "noise", -1


class Counts(NamedTuple):
    """How many curves there are, how many of them are clustered, in each cluster and in none."""

    n_curves: int
    n_shapes: int
    sizes: "IntArray"
    n_noise: int


def count_clusters(labels: "IntArray", n_clusters: int, n_curves: int) -> Counts:
    """Count the curves of each cluster, and of none."""
    import numpy as np

    sizes = np.bincount(labels[labels != NOISE], minlength=n_clusters)
    return Counts(n_curves, len(labels), sizes, int((labels == NOISE).sum()))


def tabulate_lives(counts: "Counts", prototypes: "Floats", *, named: bool) -> "pd.DataFrame":
    """Return the clusters with sizes and shares: quickest first with their lives, or largest first without.

    Of prototypes with several channels, the first gives the names.
    """
    import pandas as pd

    from tsshape._panels import CHANNELS
    from tsshape.cluster import describe_lives

    shares = counts.sizes / counts.n_shapes
    table = pd.DataFrame({"size": counts.sizes, "share": shares}).rename_axis("cluster")
    if not named:
        return table.sort_values("size", ascending=False, kind="stable")
    lives = describe_lives(prototypes if prototypes.ndim < CHANNELS else prototypes[:, 0])
    return lives[["name"]].join(table).join(lives.drop(columns="name"))


def add_noise(lives: "pd.DataFrame", counts: "Counts") -> "pd.DataFrame":
    """Return the clusters with a last row for noise, if there is any."""
    import pandas as pd

    if not counts.n_noise:
        return lives
    row = {"name": NOISE_NAME, "size": counts.n_noise, "share": counts.n_noise / counts.n_shapes}
    noise = pd.DataFrame([row], index=pd.Index([NOISE], name="cluster"))
    return pd.concat([lives, noise.reindex(columns=lives.columns)])


def title_lives(lives: "pd.DataFrame", channel: str | None = None) -> "Titled":
    """Return the clusters as a table: of posts with their lives, by name and number, which are those of a channel."""
    from tsshape.cli._tables import Titled
    from tsshape.cluster import GROUP_COLUMNS, LIFE_COLUMNS

    if "name" not in lives:
        return Titled("Clusters, largest first", lives, GROUP_COLUMNS)
    spelled = [name if number == NOISE else f"{name} ({number})" for number, name in lives["name"].items()]
    named = lives.assign(life=spelled).set_index("life")
    title = "Lives of the posts" if channel is None else f"Lives of the posts by {channel}"
    return Titled(f"{title}, quickest first", named, LIFE_COLUMNS)
