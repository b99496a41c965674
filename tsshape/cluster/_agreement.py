"""How well clusters agree with classes that are known."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

from tsshape._errors import DataError
from tsshape._typing import Curves, FloatArray
from tsshape.cluster._criteria import CLASS_COLUMNS


class ClassAgreement(NamedTuple):
    """Agreement of clusters with known classes; each measure is 1 where they are the same but for their names.

    Attributes
    ----------
    ari : float
        Adjusted Rand index; 0 is what clusters by chance have on average, and less is possible.
    nmi : float
        Mutual information divided by the mean of the two entropies, from 0 to 1.
    accuracy : float
        Share of curves in the cluster of their class, where each cluster stands for one class and each class for one
        cluster, matched so that it is greatest. Clusters beyond the number of classes count as wrong.

    Examples
    --------
    >>> ClassAgreement(1.0, 1.0, 1.0).accuracy
    1.0
    """

    ari: float
    nmi: float
    accuracy: float


def class_agreement(classes: Any, labels: Any) -> ClassAgreement:
    """Compare clusters with known classes.

    Parameters
    ----------
    classes : array-like of shape (n_curves,)
        The class of each curve, numbers or text; None or NaN where it is not known. Such curves are left out.
    labels : array-like of shape (n_curves,)
        The cluster of each curve.

    Returns
    -------
    ClassAgreement

    Raises
    ------
    DataError
        If the two differ in length, or no class is known.

    Examples
    --------
    >>> class_agreement(["a", "a", "b", "b"], [1, 1, 0, 0]).ari
    1.0
    >>> class_agreement(["a", "a", "b", "b"], [0, 1, 2, 2]).accuracy
    0.75
    """
    names, found = _known(classes, labels)
    known = pd.factorize(names)[0]
    counts = contingency_matrix(known, found)
    matched = counts[linear_sum_assignment(counts, maximize=True)].sum()
    return ClassAgreement(
        float(adjusted_rand_score(known, found)),
        float(normalized_mutual_info_score(known, found)),
        float(matched / len(known)),
    )


def class_counts(classes: Any, labels: Any) -> pd.DataFrame:
    """Count the curves of each known class in each cluster.

    Parameters
    ----------
    classes, labels
        As for `class_agreement`.

    Returns
    -------
    DataFrame
        Index `class`, as text, by number if all are numbers; columns `cluster`, those that have curves of known
        classes, in ascending order.

    Raises
    ------
    DataError
        As for `class_agreement`.

    Examples
    --------
    >>> class_counts(["10", "10", "9", None], [0, 1, 1, 1]).to_numpy().tolist()
    [[0, 1], [1, 1]]
    """
    names, found = _known(classes, labels)
    counts = pd.crosstab(names.astype(str), found)
    numbers = pd.to_numeric(pd.Series(counts.index), errors="coerce")
    if numbers.notna().all():
        counts = counts.iloc[np.argsort(numbers, kind="stable")]
    return counts.rename_axis(index="class", columns="cluster")


def class_columns(classes: Any, labelings: Sequence[Sequence[Any]]) -> dict[str, FloatArray]:
    """Compute mean and standard deviation of the agreement over the seeds, for clusterings by (number, seed)."""
    found = np.array([[class_agreement(classes, labels) for labels in seeds] for seeds in labelings])
    columns: dict[str, FloatArray] = {}
    for position, name in enumerate(CLASS_COLUMNS):
        values = found[:, :, position]
        spread = values.std(axis=1, ddof=1) if values.shape[1] > 1 else np.full(len(values), np.nan)
        columns |= {name: values.mean(axis=1), f"{name}_sd": spread}
    return columns


def match_classes(classes: Any, X: Curves) -> Any:
    """Return the classes of curves in their order: those of a table and a Series are matched by id."""
    if isinstance(classes, pd.Series) and isinstance(X, pd.DataFrame):
        if not classes.index.is_unique:
            raise DataError("classes must name each id once")
        classes = classes.reindex(X.index)
    names = pd.Series(np.asarray(classes, dtype=object))
    if len(names) != len(X):
        raise DataError(f"classes must have one value for each curve; there are {len(names)} for {len(X)} curves")
    if names.isna().all():
        raise DataError("no class is known of these curves: leave classes out, or match them by id")
    return names


def _known(classes: Any, labels: Any) -> tuple[pd.Series, NDArray[Any]]:
    """Return the classes and clusters of the curves whose class is known."""
    names, found = np.asarray(classes, dtype=object), np.asarray(labels)
    if names.shape != found.shape or names.ndim != 1:
        raise DataError(
            f"classes and labels must have one value for each curve; got shapes {names.shape} and {found.shape}"
        )
    known = ~pd.isna(names)
    if not known.any():
        raise DataError("no class is known: there is nothing to compare the clusters with")
    return pd.Series(names[known]), found[known]
