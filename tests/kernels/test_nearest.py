"""The nearest centres against the full matrix of distances."""

import numpy as np
import oracles_averages
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tsshape._kernels import ELASTIC, LOCKSTEP, elastic, lockstep, nearest_elastic, nearest_lockstep
from tsshape._kernels import _nearest as nearest_module
from tsshape._kernels import _nearest_dtw as blocks_module
from tsshape._kernels._nearest_dtw import nearest_dtw
from tsshape._kernels._nearest_dtw_pairs import LEAST_WINDOW, nearest_dtw_pairs

PARAMS = {
    "wdtw": (0.05,),
    "adtw": (1.0,),
    "msm": (1.0,),
    "twe": (0.001, 1.0),
    "erp": (0.0,),
    "lcss": (1.0,),
    "edr": (0.1,),
    "soft_dtw": (1.0,),
}
LOCKSTEP_PARAMS = {"minkowski": (3.5,)}
DTYPES = ["float32", "float64"]


@st.composite
def problems(draw):
    """Curves and centres of the same length; integers, so that distances tie, and some curves are centres."""
    n_times = draw(st.integers(1, 9))
    values = st.integers(-3, 3).map(float)
    centers = draw(hnp.arrays(np.float64, (draw(st.integers(1, 6)), n_times), elements=values))
    curves = draw(hnp.arrays(np.float64, (draw(st.integers(1, 40)), n_times), elements=values))
    return np.concatenate((curves, centers)), centers, draw(st.integers(0, 9))


def walks(n_curves, n_times, dtype, seed=0):
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(n_curves, n_times)), axis=1).astype(dtype)


@settings(max_examples=50, deadline=None)
@given(problems(), st.sampled_from([nearest_dtw, nearest_dtw_pairs]))
def test_the_nearest_dtw_centre_is_the_oracles_first_of_equals(problem, search):
    X, centers, window = problem
    window = max(window, LEAST_WINDOW if search is nearest_dtw_pairs else 0)
    labels, distances = search(X, centers, window, 1)
    truth = oracles_averages.nearest(X, centers, lambda x, y: oracles_averages.dtw(x, y, window))
    np.testing.assert_array_equal(labels, truth[0])
    np.testing.assert_allclose(distances, truth[1], rtol=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("window", [0, 1, 3, 30])
@pytest.mark.parametrize("n_curves", [1, 31, 33, 9000])
def test_pruned_dtw_gives_the_very_numbers_of_the_full_matrix(n_curves, window, dtype):
    X, centers = walks(n_curves, 30, dtype), walks(7, 30, dtype, seed=1)
    labels, distances = nearest_elastic("dtw", X, centers, (window,), 1)
    matrix = elastic("dtw", X, centers, (window,), 1)
    np.testing.assert_array_equal(labels, matrix.argmin(axis=1))
    np.testing.assert_array_equal(distances, matrix.min(axis=1))
    assert labels.dtype == np.int64
    assert distances.dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("window", [3, 7, 12, 40, 99])
@pytest.mark.parametrize(("n_curves", "n_centers", "n_times"), [(1, 70, 50), (90, 33, 61), (600, 2, 50)])
def test_pairs_of_curves_give_the_very_numbers_of_the_full_matrix(n_curves, n_centers, n_times, window, dtype):
    X, centers = walks(n_curves, n_times, dtype), walks(n_centers, n_times, dtype, seed=1)
    # Bounds and limits of a centre that is a curve are 0; equal centres tie.
    centers[-1] = centers[n_centers // 2] = X[n_curves // 2]
    labels, distances = nearest_dtw_pairs(X, centers, window, 2)
    matrix = elastic("dtw", X, centers, (window,), 1)
    np.testing.assert_array_equal(labels, matrix.argmin(axis=1))
    np.testing.assert_array_equal(distances, matrix.min(axis=1))


@pytest.mark.parametrize(
    ("size", "window", "noise", "in_pairs"),
    [
        ((3300, 50, 30), 29, 0.01, False),
        ((3300, 50, 96), 3, 0.01, False),
        ((300, 70, 96), 2, 0.01, False),
        ((300, 70, 96), 3, 0.01, True),
        ((3300, 50, 96), 95, 0.01, True),
        ((300, 70, 96), 3, 100.0, False),
    ],
)
def test_pairs_are_searched_where_the_bounds_leave_few(size, window, noise, in_pairs, monkeypatch):
    monkeypatch.setattr(blocks_module, "nearest_dtw_pairs", lambda *_: "pairs")
    monkeypatch.setattr(blocks_module, "_kernel", lambda *_: lambda *_: None)
    n_curves, n_centers, n_times = size
    centers = walks(n_centers, n_times, "float64")
    X = np.resize(centers, (n_curves, n_times)) + noise * np.random.default_rng(1).normal(size=(n_curves, n_times))
    found = nearest_dtw(X, centers, window, 1)
    assert (found == "pairs") == in_pairs


@pytest.mark.parametrize("scale", [1e-150, 1e-20, 1e20, 1e150])
@pytest.mark.parametrize("search", [nearest_dtw, nearest_dtw_pairs])
def test_nearest_dtw_survives_huge_and_tiny_values(search, scale):
    X, centers = walks(50, 12, "float64"), walks(5, 12, "float64", seed=1)
    labels, distances = search(X * scale, centers * scale, 3, 1)
    truth, plain = search(X, centers, 3, 1)
    np.testing.assert_array_equal(labels, truth)
    np.testing.assert_allclose(distances, plain * scale, rtol=1e-12)


@pytest.mark.parametrize("name", sorted(ELASTIC))
def test_every_elastic_distance_finds_the_least_of_the_matrix(name, monkeypatch):
    monkeypatch.setattr(nearest_module, "SMALLEST_CHUNK", 8)
    monkeypatch.setattr(nearest_module, "CHUNK_PAIRS", 1)
    X, centers = walks(20, 9, "float64"), walks(4, 7, "float64", seed=1)
    params = (*PARAMS.get(name, ()), 4)
    labels, distances = nearest_elastic(name, X, centers, params, 2)
    matrix = elastic(name, X, centers, params, 1)
    np.testing.assert_array_equal(labels, matrix.argmin(axis=1))
    np.testing.assert_allclose(distances, matrix.min(axis=1), rtol=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", sorted(LOCKSTEP))
def test_every_lockstep_distance_finds_the_least_of_the_matrix(name, dtype):
    X, centers = walks(700, 9, dtype), walks(4, 9, dtype, seed=1)
    labels, distances = nearest_lockstep(name, X, centers, 1, LOCKSTEP_PARAMS.get(name, ()))
    matrix = lockstep(name, X, centers, 1, LOCKSTEP_PARAMS.get(name, ()))
    np.testing.assert_array_equal(labels, matrix.argmin(axis=1))
    np.testing.assert_allclose(distances, matrix.min(axis=1), rtol=1e-6)
