"""The time-by-time kernels against the definitions."""

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsshape._kernels import LOCKSTEP, _pairwise, lockstep, with_pair

ALL = sorted(LOCKSTEP)
PARAMS = {"minkowski": (3.5,)}
TOLERANCE = {"float64": 1e-12, "float32": 1e-5}


@st.composite
def curves(draw):
    """Two sets of curves of one length, of multiples of 1/64, which float32 holds exactly; often tied."""
    n_times = draw(st.integers(1, 12))
    values = st.integers(-200, 200) | st.sampled_from([0, 64])
    row = st.lists(values, min_size=n_times, max_size=n_times)
    X, Y = (np.array(draw(st.lists(row, min_size=1, max_size=4))) / 64 for _ in range(2))
    return X, Y


def expected(name, X, Y):
    return np.array([[oracles.LOCKSTEP[name](x, y, *PARAMS.get(name, ())) for y in Y.tolist()] for x in X.tolist()])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ALL)
@settings(max_examples=40, deadline=None)
@given(drawn=curves())
def test_a_kernel_equals_the_oracle(name, dtype, drawn):
    X, Y = drawn
    values = lockstep(name, X.astype(dtype), Y.astype(dtype), 1, PARAMS.get(name, ()))
    assert values.dtype == dtype
    np.testing.assert_allclose(values, expected(name, X, Y), rtol=TOLERANCE[dtype])


@pytest.mark.parametrize("name", ALL)
def test_the_symmetric_matrix_equals_the_oracle_on_blocks_that_are_not_full(name):
    X = np.random.default_rng(0).normal(size=(37, 30))
    values = lockstep(name, X, None, 1, PARAMS.get(name, ()))
    np.testing.assert_array_equal(values, values.T)
    np.testing.assert_allclose(values, expected(name, X, X), rtol=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_the_number_of_threads_does_not_change_a_bit(name, monkeypatch):
    monkeypatch.setattr(_pairwise, "CELLS_WORTH_A_THREAD", 0)
    X = np.random.default_rng(1).normal(size=(101, 12))
    one, two = (lockstep(name, X, None, n_threads, PARAMS.get(name, ())) for n_threads in (1, 2))
    assert one.tobytes() == two.tobytes()
    one, two = (lockstep(name, X[:9], X, n_threads, PARAMS.get(name, ())) for n_threads in (1, 2))
    assert one.tobytes() == two.tobytes()


@pytest.mark.parametrize("exponent", [498, -498, 1000, -1000])
def test_the_euclidean_distance_of_huge_and_tiny_curves_is_scaled_to_the_bit(exponent):
    X = np.random.default_rng(2).integers(-200, 200, size=(20, 9)) / 64
    np.testing.assert_array_equal(
        lockstep("euclidean", np.ldexp(X, exponent), None, 1), np.ldexp(lockstep("euclidean", X, None, 1), exponent)
    )


@pytest.mark.parametrize("name", ALL)
def test_values_of_1e150_and_1e_minus_150_neither_overflow_nor_vanish(name):
    for factor in (1e150, 1e-150):
        X = np.random.default_rng(3).integers(-200, 200, size=(4, 9)) / 64 * factor
        np.testing.assert_allclose(lockstep(name, X, None, 1, PARAMS.get(name, ())), expected(name, X, X), rtol=1e-12)


def test_near_curves_of_large_values_lose_no_digits():
    X = 1e8 + np.random.default_rng(4).integers(0, 4, size=(20, 30)) / 64
    np.testing.assert_allclose(lockstep("euclidean", X, None, 1), expected("euclidean", X, X), rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_function_of_two_curves_of_the_users_is_computed_for_every_pair(dtype):
    def pair(x, y, params):
        total = 0.0
        for t in range(len(x)):
            total += abs(x[t] - y[t]) ** params[0]
        return total

    X = np.random.default_rng(5).normal(size=(23, 6)).astype(dtype)
    truth = lockstep("sqeuclidean", X, None, 1)
    for n_threads in (1, 2):
        values = with_pair(pair, X, None, (2.0,), n_threads, symmetric=True)
        np.testing.assert_allclose(values, truth, rtol=TOLERANCE[dtype], atol=1e-12)
    np.testing.assert_allclose(
        with_pair(pair, X, X[:4], (2.0,), 1, symmetric=True), truth[:, :4], rtol=TOLERANCE[dtype], atol=1e-12
    )


def test_a_function_that_is_not_symmetric_is_computed_for_both_orders():
    def pair(x, y, params):  # noqa: ARG001 - parameters are handed to every function
        return x[0] - y[0]

    X = np.arange(5.0)[:, None]
    np.testing.assert_array_equal(with_pair(pair, X, None, (), 1, symmetric=False), X - X.T)
