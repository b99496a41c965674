"""Averages along best paths against the paths themselves, and against the kernel of DTW barycenter averaging."""

import numpy as np
import pytest

from tsshape._kernels import aligned_sums, dba_updates, elastic, warping_path

RNG = np.random.default_rng(0)
PARAMETERS = {"dtw": (), "wdtw": (0.05,), "adtw": (1.0,), "msm": (1.0,), "twe": (0.001, 1.0), "erp": (0.5,)}
CASES = [*((name, 1) for name in PARAMETERS), ("dtw", 3), ("erp", 3)]


def panel(n_curves, n_channels, n_times):
    X = RNG.normal(size=(n_curves, n_channels, n_times))
    return X if n_channels > 1 else X[:, 0]


@pytest.mark.usefixtures("run_by_python")
@pytest.mark.parametrize("window", [4, 9])
@pytest.mark.parametrize(("name", "n_channels"), CASES)
def test_sums_are_those_of_the_values_that_the_paths_match(name, n_channels, window):
    X, centers, weights = panel(20, n_channels, 9), panel(2, n_channels, 7), RNG.random(20)
    params = (*PARAMETERS[name], window)
    order, bounds = RNG.permutation(20)[:15], [0, 6, 15]
    sums, counts, costs = aligned_sums(name, X, order, bounds, centers, weights, params, 1)
    for center, rows in enumerate((order[:6], order[6:])):
        expected, weight = np.zeros(centers[0].shape), np.zeros(7)
        for row in rows:
            for i, j in warping_path(name, centers[center], X[row], params):
                expected[..., i] += weights[row] * X[row, ..., j]
                weight[i] += weights[row]
        np.testing.assert_allclose(sums[center], expected, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(counts[center], weight, rtol=1e-12)
        distances = elastic(name, np.ascontiguousarray(X[rows]), centers[[center]], params, 1)[:, 0]
        power = 2 if name == "dtw" else 1
        assert costs[center] == pytest.approx(weights[rows] @ distances**power, rel=1e-12)


def test_under_dtw_they_are_those_of_the_kernel_of_averages():
    X, centers, weights = panel(300, 1, 12), panel(2, 1, 12), RNG.random(300)
    expected = dba_updates(X, np.arange(300), [0, 130, 300], centers, weights, 3, 1)
    for n_threads in (1, 2):
        found = aligned_sums("dtw", X, np.arange(300), [0, 130, 300], centers, weights, (3,), n_threads)
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


def test_costs_of_large_and_small_values_are_finite():
    for factor in (1e150, 1e-150):
        X = panel(4, 1, 6)
        sums, _, costs = aligned_sums("dtw", X * factor, np.arange(4), [0, 4], X[:1] * factor, np.ones(4), (6,), 1)
        plain, _, cost = aligned_sums("dtw", X, np.arange(4), [0, 4], X[:1], np.ones(4), (6,), 1)
        np.testing.assert_allclose(sums, plain * factor, rtol=1e-12)
        np.testing.assert_allclose(costs / factor / factor, cost, rtol=1e-9)
