"""A warning of metrics under which curves that differ are all equally far from each other."""

import warnings
from typing import Any

import numpy as np

from tsshape._panels import is_unequal
from tsshape._typing import Floats
from tsshape.cluster._validation import count_distinct
from tsshape.metrics import Metric, compute_distances

# Curves to which the distances of all others are computed, unless those to the first differ already.
N_PROBES = 16
# Rows among which these curves are chosen.
N_ROWS = 256


def warn_of_equal_distances(shapes: Floats, metric: Metric, parameters: dict[str, Any]) -> bool:
    """Warn if all distances between curves that differ are equal, by a sample; return whether they are.

    One distance says nothing, unless it is 0: there must be three distinct curves otherwise.
    """
    n_distinct = count_distinct(shapes, 3)
    if n_distinct == 1:
        return False
    rows = np.linspace(0, len(shapes) - 1, min(N_ROWS, len(shapes))).astype(np.int64)
    comparable = shapes.reshape(len(shapes), -1)
    if is_unequal(shapes):
        # Infinity stands for what is absent behind the ends of shorter curves, because NaN differs from itself.
        comparable = np.where(np.isnan(comparable), np.inf, comparable)
    probes = rows[np.unique(comparable[rows], axis=0, return_index=True)[1]]
    least, most = np.inf, -np.inf
    for probe in probes[:: -(-len(probes) // N_PROBES)]:
        others = shapes[(comparable != comparable[probe]).any(axis=1)]
        distances = compute_distances(metric, others, shapes[[probe]], parameters, 1)
        least, most = min(least, float(distances.min())), max(most, float(distances.max()))
        if most - least > 4 * np.finfo(distances.dtype).eps * abs(most):
            return False
    if n_distinct == 2 and most != 0:  # noqa: PLR2004
        return False
    given = ", ".join(f"{name} {value}" for name, value in parameters.items() if value is not None)
    under = f"{metric.name!r} ({given})" if given else repr(metric.name)
    warnings.warn(
        f"all distances between curves that differ are {most:.4g} under {under}, which cannot tell them apart, so that "
        f"the clusters mean nothing: take another metric{' or another parameter' if given else ''}",
        stacklevel=3,
    )
    return True
