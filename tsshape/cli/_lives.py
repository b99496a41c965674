"""The table of the clusters that `tsshape cluster` finds, and of the noise beside them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from tsshape.cli._tables import Titled

# What curves are called that belong to no cluster, and their label.
NOISE_NAME, NOISE = "noise", -1


def tabulate_lives(estimator: Any, *, named: bool) -> "pd.DataFrame":
    """Return the clusters with sizes and shares: quickest first with their lives, or largest first without."""
    import numpy as np
    import pandas as pd

    from tsshape.cluster import describe_lives

    labels = estimator.labels_
    sizes = np.bincount(labels[labels != NOISE], minlength=len(estimator.cluster_centers_))
    table = pd.DataFrame({"size": sizes, "share": sizes / len(labels)}).rename_axis("cluster")
    if not named:
        return table.sort_values("size", ascending=False, kind="stable")
    lives = describe_lives(estimator.cluster_centers_)
    return lives[["name"]].join(table).join(lives.drop(columns="name"))


def add_noise(lives: "pd.DataFrame", labels: Any) -> "pd.DataFrame":
    """Return the clusters with a last row for noise, if there is any."""
    import pandas as pd

    n_noise = int((labels == NOISE).sum())
    if not n_noise:
        return lives
    row = {"name": NOISE_NAME, "size": n_noise, "share": n_noise / len(labels)}
    noise = pd.DataFrame([row], index=pd.Index([NOISE], name="cluster"))
    return pd.concat([lives, noise.reindex(columns=lives.columns)])


def title_lives(lives: "pd.DataFrame") -> "Titled":
    """Return the clusters as a table: of posts with their lives, by name and number."""
    from tsshape.cli._tables import Titled
    from tsshape.cluster import GROUP_COLUMNS, LIFE_COLUMNS

    if "name" not in lives:
        return Titled("Clusters, largest first", lives, GROUP_COLUMNS)
    spelled = [name if number == NOISE else f"{name} ({number})" for number, name in lives["name"].items()]
    named = lives.assign(life=spelled).set_index("life")
    return Titled("Lives of the posts, quickest first", named, LIFE_COLUMNS)
