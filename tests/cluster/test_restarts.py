"""Barycenters begun anew before and after the steps of DBA k-means."""

import numpy as np
import pytest

from tsshape.cluster import ShapeKMeans
from tsshape.cluster._lloyd import Lloyd
from tsshape.cluster._restarts import close_centers
from tsshape.metrics import get_metric, nearest

RNG = np.random.default_rng(0)
TIMES = np.linspace(0, 1, 40)
# Bumps at random times: a barycenter that begins with one of them keeps much of its form.
CENTERS, WIDTHS = RNG.uniform(0.2, 0.8, (90, 1)), RNG.uniform(0.04, 0.2, (90, 1))
BUMPS = np.exp(-(((TIMES - CENTERS) / WIDTHS) ** 2)) + RNG.normal(0, 0.05, (90, 40))
DTW = get_metric("dtw")


def inertia(centers, weights):
    """The weighted sum of squared distances."""
    return weights @ nearest(BUMPS, centers, "dtw")[1] ** 2


def closed(centers, weights, n_threads=1):
    """The centres after the closing passes."""
    lloyd = Lloyd(BUMPS, weights, DTW, DTW.bind({}))
    return close_centers(lloyd, centers, tol=0.0, n_threads=n_threads)


def test_closing_passes_lower_the_inertia_that_single_steps_reach():
    weights = np.ones(90)
    found = Lloyd(BUMPS, weights, DTW, DTW.bind({})).run(BUMPS[:3], max_iter=100, tol=0.0, n_threads=1)
    centers = closed(found.centers, weights)
    assert inertia(centers, weights) < 0.9 * found.inertia
    np.testing.assert_array_equal(closed(found.centers, weights, n_threads=3), centers)
    # From there, nothing is left to gain: another closing may change little, and never raises the inertia.
    assert 0.98 * inertia(centers, weights) < inertia(closed(centers, weights), weights) <= inertia(centers, weights)


@pytest.mark.parametrize("n_clusters", [1, 4, 60])
def test_closing_passes_never_raise_the_inertia(n_clusters):
    weights = np.where(np.arange(90) % 5, RNG.random(90), 0.0)
    for centers in (BUMPS[:n_clusters], np.repeat(BUMPS[:1], n_clusters, axis=0)):
        assert inertia(closed(centers, weights), weights) <= inertia(centers, weights)


def test_iterations_are_no_more_than_were_allowed():
    for max_iter in (1, 2, 3, 5):
        model = ShapeKMeans(3, metric="dtw", n_init=1, max_iter=max_iter, tol=0, random_state=0).fit(BUMPS)
        assert model.n_iter_ <= max_iter
