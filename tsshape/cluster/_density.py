"""What the clusterings by density share: which metrics they take, their prototypes, and noise."""

import warnings
from typing import Any

import numpy as np
from sklearn.utils import gen_batches

from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.cluster._silhouette import check_separable
from tsshape.metrics import Metric

# The label of a curve that belongs to no cluster, as in scikit-learn.
NOISE = -1
# Distances that are looked at in one block.
BLOCK_CELLS = 2**22


def check_density_metric(metric: Metric, parameters: dict[str, Any], shapes: Floats) -> None:
    """Refuse a metric that is asymmetric, negative, or not 0 between a curve and itself."""
    if not metric.symmetric:
        raise ValueError(f"a density needs a symmetric metric, and {metric.name!r} is not; ShapeKMedoids takes it")
    check_separable(shapes, metric, parameters, what="a density")


def reach_of_clusters(distances: Floats, labels: IntArray) -> FloatArray:
    """Return the greatest distance from a member of each cluster to its nearest other member, shape (n_clusters,)."""
    reach = np.zeros(int(labels.max()) + 1)
    for label in range(len(reach)):
        members = np.flatnonzero(labels == label)
        for batch in gen_batches(len(members), max(1, BLOCK_CELLS // len(members))):
            block = distances[np.ix_(members[batch], members)]
            block[np.arange(len(block)), np.arange(batch.start, batch.stop)] = np.inf
            reach[label] = max(reach[label], float(block.min(axis=1).max()))
    return reach


def warn_of_noise(labels: IntArray, remedy: str) -> None:
    """Warn if no curve belongs to a cluster."""
    if (labels == NOISE).all():
        warnings.warn(f"all {len(labels)} curves are noise, so that there is no cluster: {remedy}", stacklevel=3)
