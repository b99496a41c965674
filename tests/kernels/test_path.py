"""Warping paths: valid, best, and the oracle's where costs are exact."""

import math

import numpy as np
import oracles_averages
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tslearn.metrics import dtw_path
from twin import twin_cells

from tsshape._kernels import ELASTIC, elastic, warping_path

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
# Those that leave no point out.
WITHOUT_GAPS = sorted(name for name, recurrence in ELASTIC.items() if not recurrence.gaps)
curve = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=9).map(np.array)


@settings(max_examples=200, deadline=None)
@given(curve, curve, st.integers(0, 9))
def test_the_dtw_path_is_the_oracles(x, y, extra):
    window = abs(len(x) - len(y)) + extra
    path = warping_path("dtw", x, y, (window,))
    assert [tuple(cell) for cell in path.tolist()] == oracles_averages.dtw_path(x, y, window)


@pytest.mark.parametrize("name", WITHOUT_GAPS)
@settings(max_examples=50, deadline=None)
@given(x=curve, y=curve, extra=st.integers(0, 9))
def test_every_path_runs_from_corner_to_corner_inside_the_window(name, x, y, extra):
    window = abs(len(x) - len(y)) + extra
    path = warping_path(name, x, y, (*PARAMS.get(name, ()), window))
    assert path.dtype == np.int64
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [len(x) - 1, len(y) - 1]
    assert {tuple(step) for step in np.diff(path, axis=0).tolist()} <= {(1, 1), (1, 0), (0, 1)}
    assert np.abs(path[:, 0] - path[:, 1]).max() <= window


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30).map(np.array), st.integers(0, 5))
def test_the_costs_on_the_dtw_path_add_up_to_the_distance(values, window):
    x, y = values, values[::-1].copy()
    i, j = warping_path("dtw", x, y, (window,)).T
    distance = elastic("dtw", x[None], y[None], (window,), 1)[0, 0]
    # hypot, unlike a sum of squares, keeps differences whose squares would vanish.
    np.testing.assert_allclose(math.hypot(*(x[i] - y[j])), distance, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("name", ["wdtw", "msm", "twe"])
def test_along_a_path_the_cells_of_the_twin_never_fall(name):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=20), rng.normal(size=17)
    params = (*PARAMS[name], 6)
    cells = twin_cells(name, x, y, params)[1:, 1:]
    i, j = warping_path(name, x, y, params).T
    assert (np.diff(cells[i, j]) >= -1e-12).all()


def test_the_path_of_a_curve_to_itself_is_the_diagonal():
    x = np.arange(12.0)
    for name in sorted(set(ELASTIC) - {"soft_dtw"}):
        path = warping_path(name, x, x, (*PARAMS.get(name, ()), 12))
        np.testing.assert_array_equal(path, np.repeat(np.arange(12), 2).reshape(-1, 2), err_msg=name)


def test_tslearn_finds_the_same_path():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=40), rng.normal(size=40)
    path, _ = dtw_path(x, y, global_constraint="sakoe_chiba", sakoe_chiba_radius=5)
    np.testing.assert_array_equal(warping_path("dtw", x, y, (5,)), path)


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_huge_and_tiny_values_keep_their_path(scale):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=20), rng.normal(size=20)
    np.testing.assert_array_equal(warping_path("dtw", x * scale, y * scale, (20,)), warping_path("dtw", x, y, (20,)))


def test_float32_curves_have_paths_too():
    x = np.array([0.0, 1.0, 2.0], np.float32)
    assert warping_path("dtw", x, x[1:], (2,)).tolist() == [[0, 0], [1, 0], [2, 1]]
