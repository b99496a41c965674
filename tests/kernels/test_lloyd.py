"""One step of Lloyd's algorithm, and the costs of k-means++, against the obvious."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from tsshape._kernels import LaneCosts, _lloyd, lloyd_points, lloyd_step, lloyd_sums


def problem(n_curves, n_centers, n_times, seed=0, dtype="float64"):
    """Curves, centres among them and weights."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_curves, n_times)).astype(dtype)
    return X, X[rng.choice(n_curves, n_centers, replace=False)].copy(), rng.random(n_curves)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.integers(1, 40), st.integers(1, 35), st.integers(0, 99))
def test_labels_sums_and_totals_are_those_of_the_nearest_centres(n_curves, n_centers, n_times, seed):
    X, centers, weights = problem(n_curves, min(n_centers, n_curves), n_times, seed)
    labels, sums, totals = lloyd_step(lloyd_points(X), centers, weights, 1)
    distances = cdist(X, centers)
    np.testing.assert_allclose(distances[np.arange(n_curves), labels], distances.min(axis=1), atol=1e-7)
    for center in range(len(centers)):
        mine = labels == center
        np.testing.assert_allclose(sums[center], weights[mine] @ X[mine], atol=1e-12)
        np.testing.assert_allclose(totals[center], weights[mine].sum(), atol=1e-12)
    for mine, theirs in zip(lloyd_sums(X, centers, weights, X.mean(axis=0)), (sums, totals), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-12)


@pytest.mark.parametrize(("dtype", "same"), [("float64", 1.0), ("float32", 0.9995)])
def test_a_great_common_offset_leaves_the_labels(dtype, same):
    X, centers, weights = problem(5000, 20, 30, dtype=dtype)
    near = lloyd_step(lloyd_points(X), centers, weights, 1)[0]
    offset = X.dtype.type(64)
    far = lloyd_step(lloyd_points(X + offset), centers + offset, weights, 1)[0]
    assert np.mean(near == far) >= same


@pytest.mark.parametrize("factor", [1e-150, 1e150])
def test_tiny_and_huge_curves_keep_their_labels(factor):
    X, centers, weights = problem(300, 7, 12)
    expected = lloyd_step(lloyd_points(X), centers, weights, 1)[0]
    np.testing.assert_array_equal(lloyd_step(lloyd_points(X * factor), centers * factor, weights, 1)[0], expected)


def test_chunks_and_threads_leave_every_bit(monkeypatch):
    X, centers, weights = problem(1000, 9, 11)
    points = lloyd_points(X)
    monkeypatch.setattr(_lloyd, "LLOYD_CHUNK", 96)
    one, two = (lloyd_step(points, centers, weights, n_threads) for n_threads in (1, 2))
    for mine, theirs in zip(one, two, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(one[0], cdist(X, centers).argmin(axis=1))
    for mine, theirs in zip(lloyd_sums(X, centers, weights, X.mean(axis=0)), one[1:], strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("n_curves", "n_times"), [(1003, 30), (70, 3), (48, 16)])
def test_curves_are_centred_and_transposed_into_lanes(dtype, n_curves, n_times):
    X = problem(n_curves, 1, n_times, dtype=dtype)[0]
    points = lloyd_points(X)
    lanes = points.lanes.reshape(-1, n_times + 1, _lloyd._kernel(dtype)[1])
    rows = lanes[:, 1:].transpose(0, 2, 1).reshape(-1, n_times)
    np.testing.assert_array_equal(rows[:n_curves], (X - points.mean) * X.dtype.type(points.scale))
    assert not rows[n_curves:].any()
    assert not lanes[:, 0].any()


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 200), st.integers(1, 9), st.integers(1, 7), st.integers(0, 99))
def test_costs_are_squared_distances_to_the_nearest_centre(n_curves, n_times, n_candidates, seed):
    X, _, weights = problem(n_curves, 1, n_times, seed)
    points = lloyd_points(X)
    costs = LaneCosts(points, weights, 1)
    costs.add_best(X[:1])
    unit = points.scale**2 / weights.max()
    first = cdist(X, X[:1])[:, 0] ** 2
    np.testing.assert_allclose(costs.potentials, first * weights * unit, rtol=1e-9, atol=1e-9 * unit)
    candidates = X[np.arange(n_candidates) % n_curves]
    with_each = np.minimum(first[:, None], cdist(X, candidates) ** 2)
    sums = weights @ with_each
    best = costs.add_best(candidates)
    assert sums[best] <= sums.min() * (1 + 1e-9) + 1e-12
    np.testing.assert_allclose(costs.potentials, with_each[:, best] * weights * unit, rtol=1e-9, atol=1e-9 * unit)
