import numpy as np
import pytest

from tsshape.metrics import barycenter, get_metric, pairwise
from tsshape.metrics._averages import MEDOID_CANDIDATES, update_centers
from tsshape.metrics._dba import sort_by_cluster

RNG = np.random.default_rng(0)
X = np.sort(RNG.random((60, 9)), axis=1)
LABELS = RNG.integers(0, 3, 60)
WEIGHTS = RNG.choice([0.0, 0.5, 2.0], 60)
METRICS = [("euclidean", {}), ("area", {}), ("dtw", {"window": 2}), ("soft_dtw", {"gamma": 0.1}), ("msm", {})]


def averages(metric, params, centers, labels=LABELS, n_threads=1):
    """One step of the averages of the clusters."""
    chosen = get_metric(metric)
    parameters = chosen.bind(params)
    return update_centers(chosen, X, labels, WEIGHTS, centers, parameters=parameters, n_threads=n_threads)


def costs(metric, params, centers):
    """What the curves of each cluster cost at its centre."""
    power = get_metric(metric).power
    distances = pairwise(X, centers, metric, **params)[np.arange(60), LABELS] ** power
    return np.bincount(LABELS, weights=distances * WEIGHTS)


@pytest.mark.parametrize(("metric", "params"), METRICS)
def test_no_cluster_costs_more_than_before(metric, params):
    before = X[[0, 1, 2]]
    after = averages(metric, params, before)
    assert (costs(metric, params, after) <= costs(metric, params, before) + 1e-9).all()


@pytest.mark.parametrize(("metric", "params"), METRICS)
def test_at_the_barycenters_there_is_little_left_to_gain(metric, params):
    found = np.array(
        [
            barycenter(X[label == LABELS], metric, weights=WEIGHTS[label == LABELS], max_iter=200, **params)
            for label in range(3)
        ]
    )
    later = found
    for _ in range(20):
        later = averages(metric, params, later)
    np.testing.assert_allclose(costs(metric, params, later), costs(metric, params, found), rtol=0.01, atol=1e-9)


@pytest.mark.parametrize(("metric", "params"), METRICS)
def test_an_empty_cluster_keeps_its_centre(metric, params):
    centers = X[[0, 1, 2]]
    moved = averages(metric, params, centers, labels=np.where(LABELS == 1, 0, LABELS))
    np.testing.assert_array_equal(moved[1], centers[1])
    assert (moved[0] != centers[0]).any()


def test_curves_without_weight_are_left_out_and_the_others_stand_by_cluster():
    clusters = sort_by_cluster(X, LABELS, WEIGHTS, 4)
    occupied = dict(clusters.occupied())
    assert list(occupied) == [0, 1, 2]
    for label, rows in occupied.items():
        np.testing.assert_array_equal(rows, np.flatnonzero((label == LABELS) & (WEIGHTS > 0)))


def test_the_medoid_of_a_large_cluster_is_sought_among_evenly_spaced_curves():
    many = np.sort(np.random.default_rng(1).random((2 * MEDOID_CANDIDATES, 3)), axis=1)
    metric, n = get_metric("ddtw"), len(many)
    (found,) = update_centers(
        metric, many, np.zeros(n, int), np.ones(n), many[:1], parameters=metric.bind({}), n_threads=1
    )
    sums = pairwise(many[::37], many, "ddtw").sum(axis=1)
    mine = pairwise(found[None], many, "ddtw").sum()
    assert (found == many).all(axis=1).any()
    assert mine <= np.quantile(sums, 0.05)
