"""One iteration of DTW barycenter averaging against the walk along every path."""

import numpy as np
import oracles_averages
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tsshape._kernels import dba_update, elastic


@st.composite
def problems(draw):
    """Curves, a centre of its own length, weights and a window; integers, so that the oracle's ties are exact."""
    n_times, n_center = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    values = st.integers(-3, 3).map(float)
    X = draw(hnp.arrays(np.float64, (draw(st.integers(1, 40)), n_times), elements=values))
    center = draw(hnp.arrays(np.float64, n_center, elements=values))
    weights = draw(hnp.arrays(np.float64, len(X), elements=st.sampled_from([0.0, 0.5, 1.0, 3.0])))
    return X, center, weights, abs(n_times - n_center) + draw(st.integers(0, 8))


@settings(max_examples=150, deadline=None)
@given(problems(), st.sampled_from(["float32", "float64"]))
def test_sums_counts_and_cost_are_the_oracles(problem, dtype):
    X, center, weights, window = problem
    result = dba_update(X.astype(dtype), center.astype(dtype), weights, window, 1)
    for values, truth in zip(result, oracles_averages.dba_update(X, center, weights, window), strict=True):
        np.testing.assert_array_equal(values, truth)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-5)])
@pytest.mark.parametrize("window", [3, 30])
def test_sums_and_cost_of_real_numbers_are_the_oracles(window, dtype, tolerance):
    rng = np.random.default_rng(0)
    X = np.cumsum(rng.random((37, 30)), axis=1).astype(dtype)
    center, weights = X[:5].mean(axis=0), rng.random(37)
    sums, counts, cost = dba_update(X, center, weights, window, 1)
    truth = oracles_averages.dba_update(X, center, weights, window)
    np.testing.assert_allclose(sums, truth[0], rtol=tolerance)
    np.testing.assert_allclose(counts, truth[1], rtol=tolerance)
    np.testing.assert_allclose(cost, truth[2], rtol=tolerance)


def test_the_cost_is_the_weighted_sum_of_squared_distances():
    rng = np.random.default_rng(0)
    X, center, weights = rng.normal(size=(100, 20)), rng.normal(size=15), rng.random(100)
    _, _, cost = dba_update(X, center, weights, 8, 1)
    distances = elastic("dtw", X, center[None], (8,), 1)[:, 0]
    np.testing.assert_allclose(cost, weights @ distances**2, rtol=1e-12)


def test_a_channel_of_zeros_changes_no_bit():
    rng = np.random.default_rng(0)
    X, start, weights = rng.normal(size=(37, 3, 25)), rng.normal(size=(3, 25)), rng.random(37)
    one = dba_update(X[:, 0], start[0], weights, 4, 1)
    two = dba_update(X * [[1.0], [0], [0]], start * [[1.0], [0], [0]], weights, 4, 1)
    for first, second in zip(one, (two[0][0], *two[1:]), strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_huge_and_tiny_values_keep_their_alignment(scale):
    rng = np.random.default_rng(0)
    X, center, weights = rng.normal(size=(20, 9)), rng.normal(size=9), np.ones(20)
    sums, counts, cost = dba_update(X * scale, center * scale, weights, 9, 1)
    plain = dba_update(X, center, weights, 9, 1)
    np.testing.assert_allclose(sums / scale, plain[0], rtol=1e-12)
    np.testing.assert_array_equal(counts, plain[1])
    np.testing.assert_allclose(cost / scale / scale, plain[2], rtol=1e-12)
