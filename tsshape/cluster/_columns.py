"""How the columns of the tables of selections and of lives are headed and written."""

import pandas as pd

from tsshape._columns import Column, format_percent
from tsshape.cluster._criteria import criterion_columns

# The table of `describe_lives`, indexed by name with number (`life`), with sizes and shares of the clusters.
LIFE_COLUMNS = (
    Column("life", "life"),
    Column("size", "posts", "{:,}".format),
    Column("share", "share", format_percent),
    Column("first_day", "on day 1", format_percent),
    Column("half_day", "days to half", "{:.1f}".format),
    Column("nine_tenths_day", "days to 90 %", "{:.1f}".format),
    Column("last_growth", "in the last tenth", format_percent),
)


def selection_columns(table: pd.DataFrame) -> tuple[Column, ...]:
    """Return the numbers of clusters and the criteria of `ClusterSelection.table`, without the standard deviations."""
    return (
        Column("n_clusters", "clusters", "{:.0f}".format),
        *(Column(name, name.replace("_", " "), "{:,.4g}".format) for name in criterion_columns(table)),
    )
