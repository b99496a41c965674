"""What is known of each criterion for the number of clusters: its name, which values are better, how it votes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from tsshape.cluster._knee import find_knee

# Stabilities that differ by no more are equal.
STABILITY_TOLERANCE = 1e-3
# Columns of a selection's table that compare the clusters with known classes, and how they are headed. They are no
# criteria: a number of clusters is chosen where classes are not known.
CLASS_COLUMNS = {"class_ari": "ARI", "class_nmi": "NMI", "class_accuracy": "accuracy"}


@dataclass(frozen=True)
class Criterion:
    """A criterion for the number of clusters.

    Attributes
    ----------
    name : str
        Column of its means in the table of a selection; that of their standard deviations ends in `_sd`.
    label : str
        What a chart calls it.
    better : {"higher", "lower"} or None
        Which values are better; None where they fall with the number of clusters anyway.
    needs : {"clusterings", "distances", "resamples"}
        What it is computed from: the clusterings alone, a pass over all distances, or clusterings of further data sets.
    any_metric : bool
        Whether it has a meaning under a metric whose distances may be negative.
    rule : callable, optional
        `rule(means, table)`: the number of clusters it votes for, or None; by default that of the best mean.

    Examples
    --------
    >>> dunn = CRITERIA["dunn"]
    >>> dunn.axis_label, dunn.vote(pd.DataFrame({"dunn": [0.1, 0.4, 0.2]}, index=[2, 3, 4]))
    ('Dunn index (higher is better)', 3)
    """

    name: str
    label: str
    better: Literal["higher", "lower"] | None
    needs: Literal["clusterings", "distances", "resamples"] = "clusterings"
    any_metric: bool = False
    rule: Callable[[pd.Series, pd.DataFrame], int | None] | None = None

    @property
    def axis_label(self) -> str:
        """The label, and which values are better."""
        return f"{self.label} ({f'{self.better} is better' if self.better else 'it falls with k anyway'})"

    def vote(self, table: pd.DataFrame) -> int | None:
        """Return the number of clusters that the criterion votes for; None if for none."""
        means = table[self.name]
        if means.isna().all():
            return None
        if self.rule is not None:
            return self.rule(means, table)
        return int(means.idxmax() if self.better == "higher" else means.idxmin())


def find_criterion(name: str) -> Criterion:
    """Return what is known of a criterion; of a user-defined one, lower values are better."""
    return CRITERIA.get(name) or Criterion(name, name, "lower")


def criterion_columns(table: pd.DataFrame) -> list[str]:
    """Return the columns of a selection's table that are criteria: no standard deviations, no known classes."""
    return [name for name in _means(table) if name not in CLASS_COLUMNS]


def class_columns_of(table: pd.DataFrame) -> list[str]:
    """Return the columns of a selection's table that compare the clusters with known classes."""
    return [name for name in _means(table) if name in CLASS_COLUMNS]


def _means(table: pd.DataFrame) -> list[str]:
    """Return the columns that are not the standard deviation of another."""
    return [name for name in table.columns if not (name.endswith("_sd") and name.removesuffix("_sd") in table.columns)]


def _knee(inertia: pd.Series, table: pd.DataFrame) -> int | None:  # noqa: ARG001 - rules share a signature
    """Return the number of clusters at which the inertia stops falling fast."""
    return find_knee(inertia.index.to_numpy(), inertia.to_numpy(dtype=np.float64))


def _first_gap(gap: pd.Series, table: pd.DataFrame) -> int | None:
    """Return the smallest k whose gap is at least that of the next minus its standard error."""
    enough = gap.to_numpy()[:-1] >= (gap - table["gap_sd"]).to_numpy()[1:]
    return int(gap.index[int(np.argmax(enough))]) if enough.any() else None


def _finest_stable(stability: pd.Series, table: pd.DataFrame) -> int:  # noqa: ARG001 - rules share a signature
    """Return the largest k that is as stable as the most stable: of these, the finer clustering says more."""
    return int(stability[stability >= stability.max() - STABILITY_TOLERANCE].index[-1])


CRITERIA = {
    each.name: each
    for each in (
        Criterion("inertia", "inertia", None, any_metric=True, rule=_knee),
        Criterion("silhouette", "silhouette", "higher", needs="distances"),
        Criterion("calinski_harabasz", "Calinski-Harabasz", "higher"),
        Criterion("davies_bouldin", "Davies-Bouldin", "lower"),
        Criterion("dunn", "Dunn index", "higher", needs="distances"),
        Criterion("gap", "gap statistic", "higher", needs="resamples", rule=_first_gap),
        Criterion("stability", "stability", "higher", needs="resamples", any_metric=True, rule=_finest_stable),
    )
}
