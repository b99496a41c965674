"""The elastic kernels against the definitions."""

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twin import twin

from tsshape._kernels import ELASTIC, _pairwise, elastic, elastic_with_cost

PARAMETERS = {
    "dtw": (),
    "wdtw": (0.05,),
    "adtw": (1.0,),
    "msm": (1.0,),
    "twe": (0.001, 1.0),
    "erp": (0.25,),
    "lcss": (1.0,),
    "edr": (0.1,),
    "soft_dtw": (1.0,),
}
TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
ALL = sorted(ELASTIC)
MAX_LENGTH = 15


@st.composite
def curve(draw, n_times):
    """A curve of multiples of 1/64, which float32 holds exactly: any, constant, tied, or with a single point."""
    kind = draw(st.sampled_from(["any", "constant", "tied", "single point"]))
    if kind == "any":
        values = draw(st.lists(st.integers(-200, 200), min_size=n_times, max_size=n_times))
    elif kind == "tied":
        values = draw(st.lists(st.sampled_from([0, 64, 128]), min_size=n_times, max_size=n_times))
    else:
        values = [draw(st.integers(-200, 200)) if kind == "constant" else 0] * n_times
        if kind == "single point":
            values[draw(st.integers(0, n_times - 1))] = 64
    return [value / 64 for value in values]


@st.composite
def problem(draw):
    """Two sets of curves of their own lengths and a window that reaches from corner to corner."""
    lengths = [draw(st.integers(1, MAX_LENGTH)) for _ in range(2)]
    X, Y = ([draw(curve(n_times)) for _ in range(draw(st.integers(1, 3)))] for n_times in lengths)
    return np.array(X), np.array(Y), abs(lengths[0] - lengths[1]) + draw(st.integers(0, MAX_LENGTH))


def expected(name, X, Y, params):
    return np.array([[oracles.ELASTIC[name](x, y, *params) for y in Y.tolist()] for x in X.tolist()])


def assert_close(name, values, truth, dtype):
    """Compare to a relative tolerance, and soft-DTW, which may cancel to nothing, to one relative to gamma."""
    floor = 2 * MAX_LENGTH * TOLERANCE[dtype] if name == "soft_dtw" else 0.0
    np.testing.assert_allclose(values, truth, rtol=TOLERANCE[dtype], atol=floor)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ALL)
def test_a_kernel_equals_the_oracle_on_any_constant_tied_and_single_point_curves_of_any_lengths(name, dtype):
    @settings(max_examples=40, deadline=None)
    @given(problem())
    def check(drawn):
        X, Y, window = drawn
        # The float64 run meets narrow bands too, which have a kernel of their own.
        window = max(window, 2) if dtype == "float32" else window
        params = (*PARAMETERS[name], window)
        values = elastic(name, X.astype(dtype), Y.astype(dtype), params, 1)
        assert values.dtype == dtype
        assert_close(name, values, expected(name, X, Y, params), dtype)

    check()


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=40, deadline=None)
@given(drawn=problem())
def test_the_plain_python_twin_equals_the_oracle(name, drawn):
    X, Y, window = drawn
    params = (*PARAMETERS[name], window)
    x, y = X[0].tolist(), Y[0].tolist()
    assert twin(name, x, y, params) == pytest.approx(oracles.ELASTIC[name](x, y, *params), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("window", [0, 1, 2, 3, 7, 29, 30, 100])
@pytest.mark.parametrize("name", ALL)
def test_a_kernel_equals_the_oracle_on_blocks_that_are_not_full(name, window):
    X = np.random.default_rng(window).normal(size=(19, 30))
    params = (*PARAMETERS[name], window)
    values = elastic(name, X, None, params, 1)
    np.testing.assert_array_equal(values, values.T)
    some = [0, 7, 8, 18]
    assert_close(name, values[np.ix_(some, some)], expected(name, X[some], X[some], params), "float64")


@pytest.mark.parametrize("name", ALL)
def test_the_symmetric_matrix_equals_the_one_of_two_sets_whichever_is_longer(name):
    X = np.random.default_rng(0).normal(size=(41, 17))
    params = (*PARAMETERS[name], 5)
    whole = elastic(name, X, None, params, 1)
    np.testing.assert_allclose(elastic(name, X, X[:3], params, 1), whole[:, :3], rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(elastic(name, X[:3], X, params, 1), whole[:3], rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("name", ALL)
def test_the_number_of_threads_does_not_change_a_bit(name, monkeypatch):
    monkeypatch.setattr(_pairwise, "CELLS_WORTH_A_THREAD", 0)
    X = np.random.default_rng(1).normal(size=(101, 12))
    params = (*PARAMETERS[name], 12)
    one, two, many = (elastic(name, X, None, params, n_threads) for n_threads in (1, 2, 7))
    assert one.tobytes() == two.tobytes() == many.tobytes()
    for some in (X[:50], X[:3]):
        assert elastic(name, X, some, params, 1).tobytes() == elastic(name, X, some, params, 2).tobytes()


@pytest.mark.parametrize(
    ("dtype", "exponent"),
    [("float64", 498), ("float64", -498), ("float64", 1000), ("float64", -1000), ("float32", 100), ("float32", -100)],
)
def test_dtw_of_huge_and_tiny_curves_is_dtw_scaled_to_the_bit(dtype, exponent):
    X = (np.random.default_rng(2).integers(-200, 200, size=(20, 9)) / 64).astype(dtype)
    factor = np.ldexp(np.ones((), dtype), exponent)
    np.testing.assert_array_equal(elastic("dtw", X * factor, None, (9,), 1), elastic("dtw", X, None, (9,), 1) * factor)


def test_dtw_of_tiny_curves_beside_huge_ones_does_not_vanish():
    X = np.array([[1e150, 0.0], [1e-150, 0.0], [0.0, 0.0]])
    distances = elastic("dtw", X, None, (0,), 1)
    np.testing.assert_allclose(distances[1, 2], 1e-150, rtol=1e-12)
    np.testing.assert_allclose(distances[0, 2], 1e150, rtol=1e-12)


@pytest.mark.parametrize("factor", [1e150, 1e-150])
@pytest.mark.parametrize("name", [name for name in ALL if name != "soft_dtw"])
def test_a_kernel_equals_the_oracle_on_huge_and_tiny_curves(name, factor):
    X = np.random.default_rng(3).integers(-200, 200, size=(4, 9)) / 64 * factor
    params = (*PARAMETERS[name], 9)
    assert_close(name, elastic(name, X, None, params, 1), expected(name, X, X, params), "float64")


@pytest.mark.parametrize("window", [2, 13])
@pytest.mark.parametrize("gamma", [1e-3, 1.0, 1e3])
def test_soft_dtw_is_exact_whether_gamma_is_small_or_large_beside_the_distance(gamma, window):
    # Neighbours in a block of pairs, of which some stay in the range of sums over paths and others do not.
    factors = np.resize([1e-3, 1.0, 1.0, 1e6, 1e-3, 30.0], 21)
    X = np.random.default_rng(4).normal(size=(21, 13)) * factors[:, None]
    params = (gamma, window)
    truth = expected("soft_dtw", X, X, params)
    for values in (
        elastic("soft_dtw", X, None, params, 1),
        elastic("soft_dtw", X, X[:9], params, 1),
        elastic("soft_dtw", X[:9], X, params, 1),
    ):
        here = truth[: values.shape[0], : values.shape[1]]
        np.testing.assert_allclose(values, here, rtol=1e-12, atol=30e-12 * gamma)


@pytest.mark.parametrize("gamma", [1e-3, 0.3, 1e3])
@pytest.mark.parametrize("lengths", [(2, 4500), (150, 170)])
def test_soft_dtw_of_long_curves_is_exact(lengths, gamma):
    X, Y = (np.random.default_rng(4).normal(size=(2, n_times)) for n_times in lengths)
    params = (gamma, max(lengths))
    truth = expected("soft_dtw", X, Y, params)
    np.testing.assert_allclose(elastic("soft_dtw", X, Y, params, 1), truth, rtol=1e-11)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_cost_of_the_users_rides_the_lanes_in_the_order_of_its_arguments(dtype):
    def cost(a, b):
        return max(a - b, 0.0) + 0.5 * max(b - a, 0.0)

    X = (np.random.default_rng(5).integers(-200, 200, size=(19, 7)) / 64).astype(dtype)
    truth = np.array([[oracles.warp_with_cost(cost, x, y, 4) for y in X[:5].tolist()] for x in X.tolist()])
    np.testing.assert_allclose(elastic_with_cost(cost, X, X[:5], 4, 1), truth, rtol=TOLERANCE[dtype])


def test_a_wrong_number_of_parameters_is_refused():
    with pytest.raises(ValueError, match="the parameters are c, window; got 1"):
        elastic("msm", np.zeros((2, 3)), None, (3,), 1)


# aeon 1.6.0 (numba 0.63.1) on these curves with its default parameters, lcss with epsilon 1; the root is ours. Its erp
# and edr depart from their papers at the borders.
AEON_X = [0.0, 1.5, -0.25, 2.0, 0.5, 3.0]
AEON_Y = [1.0, 0.25, 0.0, 2.5, -1.0, 2.75]
AEON = {
    "dtw": 4.125**0.5,
    "wdtw": 1.9143272168894379,
    "adtw": 5.1875,
    "msm": 4.75,
    "twe": 9.25,
    "lcss": 0.33333333333333337,
    "soft_dtw": 2.8651235766362837,
}


@pytest.mark.parametrize("name", sorted(AEON))
def test_a_kernel_equals_aeon(name):
    X, Y = np.array([AEON_X]), np.array([AEON_Y])
    assert elastic(name, X, Y, (*PARAMETERS[name], 6), 1)[0, 0] == pytest.approx(AEON[name], rel=1e-12)


def test_dtw_equals_tslearn():
    metrics = pytest.importorskip("tslearn.metrics")
    X, Y = np.random.default_rng(6).normal(size=(3, 11)), np.random.default_rng(7).normal(size=(4, 8))
    truth = [[metrics.dtw(x, y) for y in Y] for x in X]
    np.testing.assert_allclose(elastic("dtw", X, Y, (11,), 1), truth, rtol=1e-12)
