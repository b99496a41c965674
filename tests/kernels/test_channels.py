"""Kernels of several channels against the definitions; the text of every strip is run by Python, too."""

import numpy as np
import oracles_channels
import pytest

from tsshape._kernels import MULTICHANNEL, elastic, warping_path

PARAMETERS = {
    "dtw": (),
    "wdtw": (0.05,),
    "adtw": (1.0,),
    "msm": (1.0,),
    "twe": (0.001, 1.0),
    "erp": (0.5,),
    "lcss": (1.0,),
    "edr": (0.6,),
    "soft_dtw": (1.0,),
}
# aeon 1.6.0 on panel(9, 3, 17)[0] and [5] with these parameters; the root is ours. Its msm has squared distances,
# its edr and erp have other borders.
AEON = {
    "dtw": 80.62140889492262**0.5,
    "wdtw": 33.418450220641425,
    "adtw": 90.62140889492262,
    "twe": 65.61377115115921,
    "lcss": 0.6470588235294117,
    "soft_dtw": 78.3659548279529,
}
ALL = sorted(MULTICHANNEL)


def panel(n_curves, n_channels, n_times, seed=0):
    return np.random.default_rng(seed).normal(size=(n_curves, n_channels, n_times))


def expected(name, X, Y, params):
    return np.array([[oracles_channels.elastic(name, x, y, *params) for y in Y] for x in X])


@pytest.mark.usefixtures("run_by_python")
@pytest.mark.parametrize(("n_times", "window"), [(17, 17), (17, 5), (17, 2), (17, 1), (17, 0), (9, 8), (1, 16)])
@pytest.mark.parametrize("name", ALL)
def test_the_text_of_a_kernel_gives_what_the_oracle_gives(name, n_times, window):
    X, Y = panel(2, 3, 17), panel(2, 3, n_times, seed=1)
    params = (*PARAMETERS[name], window)
    for first, second in ((X, Y), (Y, X)):
        truth = expected(name, first, second, params)
        np.testing.assert_allclose(elastic(name, first, second, params, 1), truth, rtol=1e-12, atol=1e-12)


@pytest.mark.usefixtures("run_by_python")
@pytest.mark.parametrize("name", ALL)
def test_where_one_channel_alone_differs_the_distance_is_that_of_one_channel(name):
    X = panel(3, 1, 11)
    params = (*PARAMETERS[name], 4)
    # The gap of erp has the same value in all channels.
    others = np.full_like(X, 0.5 if name == "erp" else 0.0)
    both = np.concatenate((others, X, others), axis=1)
    alone = elastic(name, X[:, 0], None, params, 1)
    np.testing.assert_allclose(elastic(name, both, None, params, 1), alone, rtol=1e-12, atol=1e-12)


@pytest.mark.usefixtures("run_by_python")
@pytest.mark.parametrize("name", AEON)
def test_a_distance_of_several_channels_is_that_of_aeon(name):
    X = panel(9, 3, 17)
    value = elastic(name, X[:1], X[5:6], (*PARAMETERS[name], 17), 1)[0, 0]
    assert value == pytest.approx(AEON[name], rel=1e-12)


# Compiling takes seconds; the text of the others is checked above, and what they are made of is compiled here.
@pytest.mark.parametrize(
    "name", ["dtw", "erp", *(pytest.param(name, marks=pytest.mark.slow) for name in ("msm", "lcss"))]
)
def test_a_compiled_kernel_equals_the_oracle_on_blocks_that_are_not_full(name):
    X, params = panel(19, 3, 14), (*PARAMETERS[name], 5)
    values = elastic(name, X, None, params, 1)
    np.testing.assert_array_equal(values, values.T)
    some = [0, 7, 8, 18]
    truth = expected(name, X[some], X[some], params)
    np.testing.assert_allclose(values[np.ix_(some, some)], truth, rtol=1e-12, atol=1e-12)


def test_values_of_several_channels_neither_overflow_nor_vanish():
    for factor in (1e150, 1e-150):
        X = panel(4, 3, 9)
        values = elastic("dtw", X * factor, None, (5,), 1)
        np.testing.assert_allclose(values, elastic("dtw", X, None, (5,), 1) * factor, rtol=1e-12)


@pytest.mark.parametrize("name", ["dtw", "msm"])
def test_a_path_of_several_channels_leads_from_corner_to_corner_inside_the_window(name):
    x, y = panel(2, 3, 9)
    path = warping_path(name, x, y, (*PARAMETERS[name], 4))
    assert path[[0, -1]].tolist() == [[0, 0], [8, 8]]
    assert {tuple(step) for step in np.diff(path, axis=0).tolist()} <= {(1, 1), (1, 0), (0, 1)}
    assert np.abs(path[:, 0] - path[:, 1]).max() <= 4
    x[1:], y[1:] = 0, 0
    path = warping_path(name, x, y, (*PARAMETERS[name], 4))
    assert path.tolist() == warping_path(name, x[0], y[0], (*PARAMETERS[name], 4)).tolist()
