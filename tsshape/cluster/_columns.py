"""How the columns of a selection's table are headed and written."""

import pandas as pd

from tsshape._columns import Column
from tsshape.cluster._criteria import criterion_columns


def selection_columns(table: pd.DataFrame) -> tuple[Column, ...]:
    """Return the numbers of clusters and the criteria of `ClusterSelection.table`, without the standard deviations."""
    return (
        Column("n_clusters", "clusters"),
        *(Column(name, name.replace("_", " "), "{:,.4g}".format) for name in criterion_columns(table)),
    )
