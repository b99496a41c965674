"""How well clusters agree with classes that are known."""

from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

from tsshape._errors import DataError


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
        The class of each curve, numbers or text.
    labels : array-like of shape (n_curves,)
        The cluster of each curve.

    Returns
    -------
    ClassAgreement

    Raises
    ------
    DataError
        If the two differ in length or are empty.

    Examples
    --------
    >>> class_agreement(["a", "a", "b", "b"], [1, 1, 0, 0]).ari
    1.0
    >>> class_agreement(["a", "a", "b", "b"], [0, 1, 2, 2]).accuracy
    0.75
    """
    known, found = np.asarray(classes), np.asarray(labels)
    if known.shape != found.shape or known.ndim != 1 or not len(known):
        raise DataError(
            f"classes and labels must have one value for each curve; got shapes {known.shape} and {found.shape}"
        )
    counts = contingency_matrix(known, found)
    matched = counts[linear_sum_assignment(counts, maximize=True)].sum()
    return ClassAgreement(
        float(adjusted_rand_score(known, found)),
        float(normalized_mutual_info_score(known, found)),
        float(matched / len(known)),
    )
