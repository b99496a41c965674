"""Known classes beside clusters, as a report shows them."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pydantic import BaseModel, ConfigDict, FiniteFloat, NonNegativeInt

from tsshape._columns import Column, format_decimals, format_percent, format_whole
from tsshape._errors import DataError
from tsshape.data import read_table
from tsshape.report._lives import Life
from tsshape.report._page import Table, as_table, count_of

CLASSES_FILE = "classes.csv"
# A table with more rows or columns is folded.
MOST_OPEN = 12


class KnownClasses(BaseModel):
    """How many classes are known, and of how many shapes."""

    model_config = ConfigDict(extra="ignore")

    n_classes: NonNegativeInt
    n_curves: NonNegativeInt

    @property
    def words(self) -> str:
        """Return both numbers as a setting of the report."""
        return f"{self.n_classes:,} known, of {count_of(self.n_curves, 'curve')}"


class Agreement(KnownClasses):
    """Known classes, and how well the clusters agree with them."""

    ari: FiniteFloat
    nmi: FiniteFloat
    accuracy: FiniteFloat


class Classes(NamedTuple):
    """The agreement with known classes in words, and the shapes of each class in each cluster."""

    sentence: str
    table: Table
    folded: bool


def compare_classes(folder: Path, agreement: Agreement | None, found: Sequence[Life]) -> Classes | None:
    """Return what a clustering's folder holds of known classes; None if there are none."""
    if agreement is None:
        return None
    path = folder / CLASSES_FILE
    read = read_table(path)
    rows = {str(life.number): life.title for life in found} | ({"-1": "noise"} if "-1" in read.cells else {})
    if {*read.cells} != {"class", *rows}:
        raise DataError(f"{path} must have a column 'class', and one for each of the {len(found)} clusters")
    # Not as ids: a class may hold any character.
    names = read.names("class").tolist()
    # The columns are named by position: a class may have any name, even "cluster".
    columns = [Column(str(position), str(name), format_whole) for position, name in enumerate(names)]
    table = pd.DataFrame(
        [read.numbers(number) for number in rows],
        pd.Index([*rows.values()], name="cluster"),
        [column.name for column in columns],
    )
    scores = f"ARI {format_decimals(agreement.ari)}, NMI {format_decimals(agreement.nmi)}"
    accuracy = format_percent(agreement.accuracy)
    return Classes(
        f"{agreement.words}: {scores}, accuracy {accuracy}: the share of the curves in the cluster "
        "of their class, where clusters and classes are matched one to one so that it is greatest.",
        as_table(table, [Column("cluster", "cluster"), *columns], caption="Curves of each known class in each cluster"),
        folded=max(table.shape) > MOST_OPEN,
    )
