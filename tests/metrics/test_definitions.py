"""Through the public functions too, every kernel metric equals its definition, parameters and all."""

import numpy as np
import oracles
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from tsshape._kernels import ELASTIC
from tsshape._kernels._recurrences import ITAKURA
from tsshape.metrics import alignment_path, available_metrics, barycenter, distance, get_metric, nearest, pairwise
from tsshape.metrics._check import example_shapes
from tsshape.metrics._input import window_steps

VALUES = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(-10, 10, width=32))
CURVES = st.lists(VALUES, min_size=1, max_size=9)
# Values that are no default, by name and not in the order of the kernels.
PARAMETERS = {
    "minkowski": {"p": 3.5},
    "wdtw": {"g": 0.3},
    "wddtw": {"g": 0.3},
    "adtw": {"warp_penalty": 0.25},
    "shape_dtw": {"reach": 2},
    "soft_dtw": {"gamma": 0.5},
    "msm": {"c": 0.25},
    "twe": {"lmbda": 0.5, "nu": 0.125},
    "erp": {"g": 0.5},
    "lcss": {"epsilon": 0.25},
    "edr": {"epsilon": 0.75},
}
KERNELS = [name for name in available_metrics() if get_metric(name).kernel == name]
# Worked out by hand from the formulas of the papers: metric, curves, parameters, distance.
PUBLISHED = [
    # A gap costs the difference to g: of three series whose values are positive, ERP with g = 0 is that of their sums.
    ("erp", [0], [1, 2], {}, 3),
    ("erp", [1, 2], [2, 3, 3], {}, 5),
    ("erp", [0], [2, 3, 3], {}, 8),
    ("erp", [1, 2, 3], [2, 3], {}, 1),
    ("erp", [0, 0, 0.5, 1, 0, 0], [0.5, 1, 0, 0, 0, 0], {}, 0),
    ("erp", [4, 1, 2], [1, 2], {"g": 3}, 1),
    # The first value is deleted: one edit, as a share of the longer curve.
    ("edr", [9, 1, 2, 3], [1, 2, 3], {"epsilon": 0.1}, 1 / 4),
    ("edr", [1, 2, 3], [1, 2, 3], {"epsilon": 0}, 0),
    ("edr", [1, 2], [1.25, 2], {"epsilon": 0.25}, 0),
    ("edr", [5, 6], [1, 2, 3], {"epsilon": 1}, 1),
    # The deviations are 1 and 2, so that values match that differ by 0.5 and not those that differ by more.
    ("edr", [0, 2], [0.5, 4.5], {}, 1 / 2),
    ("edr", [0, 2], [0.5625, 4.5625], {}, 1),
    # The smaller deviation is 1.
    ("lcss", [0, 2], [1, 5], {}, 1 / 2),
    ("lcss", [0, 2], [1.125, 5.125], {}, 1 / 2),
    ("lcss", [0, 2], [3.125, 7.125], {}, 1),
    ("lcss", [5, 1, 5], [5, 2, 5], {"epsilon": 0, "window": 0}, 1 / 3),
    ("lcss", [1, 2, 3, 4], [9, 2, 4], {"epsilon": 0}, 1 / 3),
    # Each step that is not diagonal costs the penalty: (0, 0), (1, 0), (2, 1), (2, 2), or the diagonal for 1.
    ("adtw", [0, 0, 1], [0, 1, 1], {"warp_penalty": 0.25}, 1 / 2),
    ("adtw", [0, 0, 1], [0, 1, 1], {}, 1),
    # Derivatives 1.5, 1.5, 3.5, 3.5.
    ("ddtw", [0, 1, 4, 9], [0, 0, 0, 0], {}, 29**0.5),
]
WINDOWS = [(0.07, 427, 30), (0.07, 100, 7), (0.29, 100, 29), (0.01, 60, 1), (0.3, 12, 4), (1.0, 9, 9), (0.0, 9, 0)]


@pytest.mark.parametrize(("metric", "x", "y", "parameters", "expected"), PUBLISHED)
def test_a_distance_has_the_value_that_its_paper_gives(metric, x, y, parameters, expected):
    assert distance(x, y, metric, **parameters) == pytest.approx(expected, abs=1e-15)
    assert distance(y, x, metric, **parameters) == pytest.approx(expected, abs=1e-15)


@given(curves=st.tuples(*3 * [st.lists(st.integers(-3, 3), min_size=1, max_size=7)]), g=st.integers(-2, 2))
@settings(max_examples=60, deadline=None)
def test_erp_keeps_the_triangle_inequality(curves, g):
    x, y, z = curves
    assert distance(x, z, "erp", g=g) <= distance(x, y, "erp", g=g) + distance(y, z, "erp", g=g)


@pytest.mark.parametrize("dtype", [float, np.float32, np.float64])
@pytest.mark.parametrize(("share", "n_times", "steps"), WINDOWS)
def test_a_share_of_the_length_is_rounded_up_to_steps(share, n_times, steps, dtype):
    assert window_steps(get_metric("dtw").bind({"window": dtype(share)})["window"], n_times, n_times) == steps


@pytest.mark.parametrize("factor", [1e-300, 1e300])
@pytest.mark.parametrize("metric", ["edr", "lcss"])
def test_tolerances_follow_the_scale_of_the_curves(metric, factor):
    x, y = np.random.default_rng(0).normal(size=(2, 12))
    assert 0 < distance(x * factor, y * factor, metric) == distance(x, y, metric) < 1


def test_every_kernel_metric_has_an_oracle():
    assert set(KERNELS) == {*oracles.ELASTIC, *oracles.LOCKSTEP}


@pytest.mark.parametrize("name", oracles.ELASTIC)
def test_parameters_are_declared_in_the_order_in_which_the_kernel_takes_them(name):
    declared = tuple(parameter.name for parameter in get_metric(name).parameters)
    assert tuple(each for each in declared if each != "itakura_max_slope") == ELASTIC[name].params
    assert "itakura_max_slope" not in declared or declared == ITAKURA[f"itakura_{name}"].params


@pytest.mark.parametrize("name", oracles.ELASTIC)
@given(x=CURVES, y=CURVES, window=st.none() | st.integers(0, 9), own_tolerance=st.booleans())
@settings(max_examples=40, deadline=None)
def test_an_elastic_distance_is_its_definition(name, x, y, window, own_tolerance):
    parameters = PARAMETERS.get(name, {})
    if own_tolerance and "epsilon" in parameters:
        parameters = {"epsilon": None}
    ordered = [parameters[each] for each in ELASTIC[name].params[:-1]]
    longest = max(len(x), len(y))
    radius = longest if window is None else max(window, abs(len(x) - len(y)))
    expected = oracles.ELASTIC[name](x, y, *ordered, radius)
    assert distance(x, y, name, window=window, **parameters) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", ["dtw", "ddtw", "wdtw", "wddtw", "shape_dtw", "adtw"])
def test_a_slope_takes_the_place_of_the_window(name):
    x, y = np.random.default_rng(0).normal(size=(2, 12))
    ordered = PARAMETERS.get(name, {})
    define = getattr(oracles, name)
    for other in (y, y[:7]):
        expected = define(x.tolist(), other.tolist(), *ordered.values(), oracles.Slope(1.5))
        parameters = ordered | {"itakura_max_slope": 1.5}
        assert distance(x, other, name, **parameters) == pytest.approx(expected, rel=1e-12)
        path = alignment_path(x, other, name, **parameters).tolist()
        assert oracles.PATH_COSTS[name](path, x, other, *ordered.values()) == pytest.approx(expected, rel=1e-12)
    X = [x, y, y[:7]]
    matrix = pairwise(X, metric=name, **parameters)
    assert matrix[0].tolist() == pytest.approx([distance(x, other, name, **parameters) for other in X], abs=1e-12)
    assert nearest(X, X[1:], name, **parameters)[1].tolist() == pytest.approx(matrix[:, 1:].min(axis=1), abs=1e-12)


# aeon 1.6.0: shape_dtw_distance(x, y, reach=reach), the squared differences of the values along the path.
@pytest.mark.parametrize(
    ("reach", "aeon", "of_channels"),
    [(0, 4.470660732230961, 80.62140889492265), (1, 4.596859951452903, 109.23162580091478),
     (3, 4.85448884465859, 100.36362589512495),
     pytest.param(15, 5.340207210049483, 100.36362589512495, marks=pytest.mark.slow)],
)  # fmt: skip
def test_the_path_of_shape_dtw_is_that_of_aeon(reach, aeon, of_channels):
    panel = np.random.default_rng(0).normal(size=(9, 3, 17))
    pairs = [(example_shapes()[4], np.random.default_rng(1).normal(size=(7, 12))[0]), (panel[0], panel[5])]
    for (x, y), expected in zip(pairs, (aeon, of_channels), strict=True):
        i, j = alignment_path(x, y, "shape_dtw", reach=reach).T
        assert ((x[..., i] - y[..., j]) ** 2).sum() == pytest.approx(expected, rel=1e-12)


def test_shape_dtw_is_dtw_of_the_values_around_each_step():
    X, Y = np.random.default_rng(0).normal(size=(2, 3, 9))
    expected = [[oracles.shape_dtw(x, y, 2, 9) for y in Y.tolist()] for x in X.tolist()]
    np.testing.assert_allclose(pairwise(X, Y, "shape_dtw", reach=2), expected, rtol=1e-12)
    np.testing.assert_array_equal(pairwise(X, Y, "shape_dtw", reach=0), pairwise(X, Y, "dtw"))
    channels = np.stack((X, 2 * X[::-1]), axis=1)
    around = np.concatenate([np.pad(channels, ((0, 0), (0, 0), (2, 2)), "edge")[..., k : k + 9] for k in range(5)], 1)
    np.testing.assert_allclose(pairwise(channels, metric="shape_dtw", reach=2), pairwise(around), rtol=1e-12)
    with pytest.raises(ValueError, match=r"reach of metric 'shape_dtw' must be a whole number of steps; got 1\.5"):
        pairwise(X, metric="shape_dtw", reach=1.5)


def test_a_slope_and_a_window_exclude_each_other():
    curves = np.random.default_rng(0).normal(size=(4, 9))
    with pytest.raises(ValueError, match="metric 'dtw' takes window or itakura_max_slope, not both"):
        pairwise(curves, window=3, itakura_max_slope=2)
    with pytest.raises(ValueError, match="itakura_max_slope of metric 'dtw' must be finite and between 1 and inf"):
        pairwise(curves, itakura_max_slope=0.5)
    average = barycenter(curves, itakura_max_slope=2)
    costs = (pairwise(curves, average[None], itakura_max_slope=2) ** 2).sum()
    assert costs < (pairwise(curves, itakura_max_slope=2) ** 2).sum(axis=0).min()


@pytest.mark.parametrize("name", oracles.LOCKSTEP)
@given(pairs=st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=9))
@settings(max_examples=40, deadline=None)
def test_a_lockstep_distance_is_its_definition(name, pairs):
    x, y = zip(*pairs, strict=True)
    parameters = PARAMETERS.get(name, {})
    expected = oracles.LOCKSTEP[name](x, y, *parameters.values())
    assert distance(x, y, name, **parameters) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("p", [1, 1.5, 2, 3, 40])
def test_minkowski_is_that_of_scipy_and_added_up_over_channels(p):
    X = np.random.default_rng(0).normal(size=(21, 3, 9))
    np.testing.assert_allclose(
        pairwise(X[:, 0], metric="minkowski", p=p), cdist(X[:, 0], X[:, 0], "minkowski", p=p), rtol=1e-12
    )
    rows = X.reshape(21, -1)
    matrix = cdist(rows, rows[:4], "minkowski", p=p)
    np.testing.assert_allclose(pairwise(X, X[:4], "minkowski", p=p), matrix, rtol=1e-12)
    np.testing.assert_allclose(nearest(X, X[:4], "minkowski", p=p)[1], matrix.min(axis=1), rtol=1e-12)
    # Powers as such would overflow or vanish.
    np.testing.assert_allclose(pairwise(X * 1e-200, X[:4] * 1e-200, "minkowski", p=p), matrix * 1e-200, rtol=1e-12)


@pytest.mark.parametrize("name", KERNELS)
def test_a_frame_gives_what_its_array_gives(name):
    curves = np.random.default_rng(0).random((5, 6))
    frame = pd.DataFrame(curves, index=list("abcde"), columns=range(1, 7))
    assert pairwise(frame, metric=name).tobytes() == pairwise(curves, metric=name).tobytes()


@pytest.mark.parametrize("name", available_metrics())
def test_curves_that_may_not_be_written_to_can_be_read(name):
    curves = np.random.default_rng(0).random((5, 6))
    curves.setflags(write=False)
    assert np.isfinite(pairwise(curves, metric=name)).all()
