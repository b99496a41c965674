"""How the columns of the tables of selections and of lives are headed and written."""

import pandas as pd

from tsshape._columns import Column, format_decimals, format_percent
from tsshape.cluster._criteria import CLASS_COLUMNS, class_columns_of, criterion_columns

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
# Clusters of series that are no posts.
GROUP_COLUMNS = (
    Column("cluster", "cluster", "{:.0f}".format),
    Column("size", "series", "{:,.0f}".format),
    Column("share", "share", format_percent),
)


def selection_columns(table: pd.DataFrame) -> tuple[Column, ...]:
    """Return the columns of `ClusterSelection.table` without standard deviations: numbers, criteria, known classes."""
    return (
        Column("n_clusters", "clusters", "{:.0f}".format),
        *(Column(name, name.replace("_", " "), "{:,.4g}".format) for name in criterion_columns(table)),
        *(Column(name, f"classes: {CLASS_COLUMNS[name]}", format_decimals) for name in class_columns_of(table)),
    )
