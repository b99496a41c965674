"""The results that the paper reports, on data that tsshape has not been measured on."""

from typing import NamedTuple

import pandas as pd

from tsshape._columns import Column, format_decimals

SOURCE = 'A. Dutta, F. A. Barbhuiya, "Predicting Popularity of Images Over 30 Days", arXiv 2108.01326, 2021'


class Reported(NamedTuple):
    """One line of the paper's results; None for a score that it does not report.

    Examples
    --------
    >>> REPORTED[0]
    Reported(what='shape: random forest, K-means 50', accuracy=0.2, rho=None, trmse=None, med=None)
    """

    what: str
    accuracy: float | None = None
    rho: float | None = None
    trmse: float | None = None
    med: float | None = None


# How the columns of `REPORTED` as a table are headed and written.
REPORTED_COLUMNS = (
    Column("what", "what"),
    Column("accuracy", "accuracy", "{:.2f}".format),
    Column("rho", "rho", format_decimals),
    Column("trmse", "tRMSE", "{:.2f}".format),
    Column("med", "MED", "{:.2f}".format),
)
REPORTED = (
    Reported("shape: random forest, K-means 50", accuracy=0.20),
    Reported("shape: random forest, mean shift 0.53", accuracy=0.62),
    Reported("scale: MeanViews", rho=0.7749),
    Reported("scale: MeanViews + GroupsCount", rho=0.7448),
    Reported("scale: MeanViews + Contacts", rho=0.7465),
    Reported("scale: MeanViews + GroupsCount + Contacts", rho=0.7469),
    Reported("scale: five features", rho=0.744),
    Reported("scale and shape: six features", rho=0.761, trmse=12.06, med=8.25),
    Reported("scale and shape: eight features", rho=0.753, trmse=12.2, med=8.5),
)


def reported_table(suite: str) -> pd.DataFrame:
    """Return `REPORTED` as a table for the suite that repeats the paper's experiment; for others it is empty.

    Examples
    --------
    >>> len(reported_table("paper")), len(reported_table("forecast"))
    (9, 0)
    """
    table = pd.DataFrame(REPORTED).set_index("what").astype(float)
    return table if suite == "paper" else table.iloc[:0]
