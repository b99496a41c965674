"""How well the clusters that a variant learned agree with known classes."""

from collections.abc import Sequence

import pandas as pd

from tsshape.bench._cell import Record
from tsshape.cluster import class_agreement
from tsshape.forecast import ScaleShapeForecaster

_MEANS = ("clusters", "classes", "posts", "ari", "ari_sd", "nmi", "accuracy")


def class_scores(forecaster: ScaleShapeForecaster, curves: pd.DataFrame, classes: pd.Series | None) -> Record:
    """Return the agreement of the clusters of training posts with their known classes; nothing without either."""
    if classes is None or len(forecaster.prototypes_) == 1:
        return {}
    # What was clustered: complete curves that have a shape.
    known = classes[(curves.iloc[:, -1].notna() & (curves.max(axis=1) > 0)).to_numpy()]
    if known.isna().all():
        return {}
    found = class_agreement(known, forecaster.clusterer_.labels_)
    numbers = {"n_classes": int(known.nunique()), "posts": int(known.notna().sum())}
    return {"classes": {**numbers, **found._asdict()}}


def class_table(records: Sequence[Record]) -> pd.DataFrame:
    """Return the agreement of clusters with known classes, of each variant that clusters.

    Parameters
    ----------
    records : sequence of dict
        Records as `run` returns them.

    Returns
    -------
    DataFrame
        Index `variant`; columns, averaged over the runs: `clusters`; the known `classes` of the training `posts` that
        were clustered, and how many of these have one; `ari`, `nmi` and `accuracy` of the clusters, by
        `tsshape.cluster.class_agreement`; and `ari_sd`, the standard deviation of `ari` over the runs. Empty if no
        class is known.

    Examples
    --------
    >>> found = {"n_classes": 2, "posts": 90, "ari": 0.4, "nmi": 0.5, "accuracy": 0.8}
    >>> class_table([{"variant": "a", "n_clusters": 4, "classes": found}]).loc["a", ["classes", "ari"]].tolist()
    [2.0, 0.4]
    """
    rows = [
        {
            "variant": record["variant"],
            "clusters": record["n_clusters"],
            **record["classes"],
            "classes": record["classes"]["n_classes"],
        }
        for record in records
        if record.get("classes")
    ]
    if not rows:
        return pd.DataFrame()
    groups = pd.DataFrame(rows).groupby("variant", sort=False)
    means: pd.DataFrame = groups.mean().astype(float).assign(ari_sd=groups["ari"].std())
    return means[[*_MEANS]]
