"""What clusterers log."""

import logging

import numpy as np
import pytest

from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeDBSCAN,
    ShapeHDBSCAN,
    ShapeKMeans,
    ShapeKMedoids,
    ShapeKShape,
    ShapeMeanShift,
)

SHAPES = np.sort(np.random.default_rng(0).random((30, 5)), axis=1)


@pytest.mark.parametrize(
    "clusterer",
    [
        ShapeKMeans(3),
        ShapeKMedoids(3),
        ShapeAgglomerative(3),
        ShapeKShape(3, random_state=0),
        ShapeMeanShift(0.4),
        ShapeDBSCAN(),
        ShapeHDBSCAN(3),
    ],
    ids=repr,
)
def test_a_clusterer_logs_what_it_fitted(clusterer, caplog):
    with caplog.at_level(logging.INFO, "tsshape"):
        clusterer.fit(SHAPES)
    (record,) = caplog.records
    expected = f"fitted {type(clusterer).__name__} on 30 curves: {len(clusterer.prototypes_)} clusters in "
    assert record.message.startswith(expected)
