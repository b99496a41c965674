"""Soft-DTW's value and gradient against the sum over all paths."""

import numpy as np
import oracles_averages
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tslearn.metrics import SoftDTW, SquaredEuclidean

from tsshape._kernels import elastic, soft_dtw_gradient


@st.composite
def problems(draw):
    """A few short curves, a centre of its own length, weights, and a gamma from much below to much above the costs."""
    values = st.floats(-1, 1).map(lambda value: round(value, 6))
    X = draw(hnp.arrays(np.float64, (draw(st.integers(1, 9)), draw(st.integers(1, 5))), elements=values))
    center = draw(hnp.arrays(np.float64, draw(st.integers(1, 5)), elements=values))
    weights = draw(hnp.arrays(np.float64, len(X), elements=st.sampled_from([0.0, 0.5, 1.0])))
    return X, center, draw(st.sampled_from([1e-6, 1e-4, 1e-3, 0.01, 0.1, 1.0, 100.0])), weights


def assert_agrees(X, center, gamma, weights):
    values, gradient, _ = soft_dtw_gradient(X, center, gamma, weights, 1)
    truth = [oracles_averages.soft_dtw_and_gradient(center, x, gamma) for x in X]
    slopes = np.array([slope for _, slope in truth])
    # A soft minimum is the difference of costs and gamma times a logarithm: their sizes set its rounding.
    np.testing.assert_allclose(values, [value for value, _ in truth], rtol=1e-12, atol=1e-13 * gamma)
    largest = np.abs(X).max() + np.abs(center).max()
    np.testing.assert_allclose(gradient, weights @ slopes, rtol=1e-9, atol=1e-11 * largest * len(X))


@settings(max_examples=150, deadline=None)
@given(problems())
def test_value_and_gradient_are_the_sums_over_all_paths(problem):
    assert_agrees(*problem)


@pytest.mark.parametrize("scale", [1e-150, 1e-3, 1e3, 1e100, 1e150])
@pytest.mark.parametrize("gamma", [1e-3, 1.0, 1e3])
def test_any_ratio_of_cost_to_gamma_stays_in_range(scale, gamma):
    rng = np.random.default_rng(0)
    assert_agrees(rng.normal(size=(9, 5)) * scale, rng.normal(size=5) * scale, gamma, rng.random(9))


def test_a_path_through_a_very_dear_row_is_not_lost():
    center = np.array([0.0, 50.0, 0.0, 50.0, 0.0])
    X = np.array([[0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 50.0, 0.0, 50.0, 0.0], [50.0, 0.0, 50.0, 0.0, 50.0]])
    assert_agrees(X, center, 1.0, np.ones(3))


@pytest.mark.parametrize("gamma", [0.001, 0.1, 1.0])
def test_tslearn_finds_the_same_for_longer_curves(gamma):
    rng = np.random.default_rng(0)
    X, center = np.cumsum(rng.random((11, 60)), axis=1) / 40, np.cumsum(rng.random(50)) / 40
    values, gradient, _ = soft_dtw_gradient(X, center, gamma, np.ones(11), 1)
    reference, slopes = [], np.zeros(50)
    for x in X:
        cost = SquaredEuclidean(center[:, None], x[:, None])
        soft_dtw = SoftDTW(cost, gamma=gamma)
        reference.append(soft_dtw.compute())
        slopes += cost.jacobian_product(soft_dtw.grad()).ravel()
    np.testing.assert_allclose(values, reference, rtol=1e-10)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-8, atol=1e-10)


def test_the_values_are_those_of_the_pairwise_kernel():
    rng = np.random.default_rng(0)
    X, center = rng.normal(size=(40, 30)), rng.normal(size=30)
    values, *_ = soft_dtw_gradient(X, center, 1.0, np.ones(40), 1)
    np.testing.assert_allclose(values, elastic("soft_dtw", X, center[None], (1.0, 30), 1)[:, 0], rtol=1e-10)


def test_a_weight_of_zero_leaves_the_gradient_alone():
    rng = np.random.default_rng(0)
    X, center = rng.normal(size=(2, 6)), rng.normal(size=6)
    _, both, _ = soft_dtw_gradient(X, center, 1.0, np.array([1.0, 0.0]), 1)
    _, alone, _ = soft_dtw_gradient(X[:1], center, 1.0, np.ones(1), 1)
    np.testing.assert_array_equal(both, alone)


@pytest.mark.parametrize("gamma", [1e-4, 0.1, 100.0])
def test_the_visits_are_half_the_gradient_where_all_values_differ_by_one(gamma):
    _, gradient, visits = soft_dtw_gradient(np.zeros((9, 4)), np.ones(5), gamma, np.arange(9.0), 1)
    np.testing.assert_allclose(visits, gradient / 2, rtol=1e-12)
    # Every path visits every step.
    assert visits.min() >= np.arange(9.0).sum() * (1 - 1e-12)


@pytest.mark.parametrize("gamma", [1e-3, 1.0, 100.0])
def test_of_several_channels_they_are_the_value_of_the_distance_and_its_slope(gamma):
    rng = np.random.default_rng(0)
    X, center, weights = rng.normal(size=(9, 3, 7)), rng.normal(size=(3, 5)), rng.random(9)
    values, gradient, visits = soft_dtw_gradient(X, center, gamma, weights, 2)
    np.testing.assert_allclose(values, elastic("soft_dtw", X, center[None], (gamma, 7), 1)[:, 0], rtol=1e-11)
    step = 1e-6
    for channel, i in ((0, 0), (2, 4), (1, 2)):
        ends = [center.copy(), center.copy()]
        ends[0][channel, i] -= step
        ends[1][channel, i] += step
        low, high = (elastic("soft_dtw", X, end[None], (gamma, 7), 1)[:, 0] @ weights for end in ends)
        assert gradient[channel, i] == pytest.approx((high - low) / (2 * step), rel=1e-5)
    # Every path visits each step of the centre.
    assert (visits >= weights.sum() * (1 - 1e-9)).all()
    alone = soft_dtw_gradient(X[:, 0], center[0], gamma, weights, 1)
    for one, other in zip(soft_dtw_gradient(X[:, :1], center[:1], gamma, weights, 1), alone, strict=True):
        np.testing.assert_allclose(one.ravel(), other, rtol=1e-9, atol=1e-9)
