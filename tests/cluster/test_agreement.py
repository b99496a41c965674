"""Agreement of clusters with known classes, against values computed by hand."""

import numpy as np
import pytest

from tsshape import DataError
from tsshape.cluster import class_agreement, class_counts

CLASSES = np.repeat(["a", "b", "c"], 4)


def test_clusters_that_are_the_classes_agree_whatever_their_names():
    assert class_agreement(CLASSES, np.repeat([7, 0, 3], 4)) == pytest.approx((1.0, 1.0, 1.0))


def test_one_cluster_tells_nothing():
    assert class_agreement(CLASSES, np.zeros(12, dtype=int)) == pytest.approx((0.0, 0.0, 4 / 12))


def test_measures_are_those_computed_by_hand():
    # Counts: a 4 0 0; b 2 2 0; c 0 1 3.
    found = class_agreement(CLASSES, [0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2])
    assert found.accuracy == 9 / 12
    # Pairs together in both 6 + 1 + 1 + 3 = 11, in a class 18, in a cluster 15 + 3 + 3 = 21, of 66.
    assert found.ari == pytest.approx((11 - 18 * 21 / 66) / ((18 + 21) / 2 - 18 * 21 / 66))


def test_a_cluster_stands_for_one_class_only():
    # The greatest count of each row, 3 and 2, are in one cluster: 3 + 1 is less than 2 + 2.
    classes, labels = [*"aaaaabbb"], [0, 0, 0, 1, 1, 0, 0, 1]
    assert class_agreement(classes, labels).accuracy == 4 / 8


def test_curves_without_a_known_class_are_left_out():
    classes = [None, *CLASSES, np.nan]
    assert class_agreement(classes, np.repeat(range(7), 2)) == class_agreement(CLASSES, np.repeat(range(7), 2)[1:-1])
    counts = class_counts(["10", "9", "9", None, "10"], [4, 1, 1, 2, 1])
    assert (counts.index.tolist(), counts.columns.tolist()) == (["9", "10"], [1, 4])
    assert counts.to_numpy().tolist() == [[2, 0], [1, 1]]


def test_lengths_that_differ_are_refused():
    with pytest.raises(DataError, match=r"\(12,\) and \(2,\)"):
        class_agreement(CLASSES, [0, 1])
    with pytest.raises(DataError, match="no class is known"):
        class_agreement([None, np.nan], [0, 1])
