"""Curves of several channels: all metrics that take them, and what is refused."""

import numpy as np
import oracles
import oracles_channels
import pytest
from tslearn import metrics as tslearn_metrics

from tsshape import DataError, _kernels
from tsshape.metrics import BUILT_IN, Metric, Parameter, alignment_path, distance, nearest, pairwise

CURVES = np.random.default_rng(0).normal(size=(9, 3, 10))
OTHERS = np.random.default_rng(1).normal(size=(4, 3, 10))
PARAMETERS = {
    "wdtw": {"g": 0.3},
    "wddtw": {"g": 0.3},
    "adtw": {"warp_penalty": 1.5},
    "shape_dtw": {"reach": 2},
    "msm": {"c": 0.75},
    "twe": {"nu": 0.125, "lmbda": 0.5},
    "erp": {"g": 0.5},
    "lcss": {"epsilon": 2.0},
    "edr": {"epsilon": 2.0},
}
TAKING = [name for name, metric in BUILT_IN.items() if metric.multichannel]


def absolute(a, b):
    return abs(a - b)


ABSOLUTE = Metric("absolute_dtw", (Parameter("window", None),), cost=absolute, elastic=True)


def by_channel(metric, combine):
    """Distances of the channels by themselves, combined."""
    matrices = [pairwise(CURVES[:, c], OTHERS[:, c], metric) for c in range(3)]
    return combine(np.array(matrices))


def of_squares(matrices):
    return np.sqrt((matrices**2).sum(axis=0))


def total(matrices):
    return matrices.sum(axis=0)


@pytest.mark.parametrize(
    ("metric", "combine"),
    [
        ("euclidean", of_squares),
        ("sqeuclidean", total),
        ("manhattan", total),
        ("area", total),
        ("auc", of_squares),
        ("cumulative_area", of_squares),
    ],
)
def test_a_metric_that_compares_step_by_step_adds_up_over_the_channels(metric, combine):
    matrix = pairwise(CURVES, OTHERS, metric)
    np.testing.assert_allclose(matrix, by_channel(metric, combine), rtol=1e-12)
    labels, distances = nearest(CURVES, OTHERS, metric)
    np.testing.assert_array_equal(labels, matrix.argmin(axis=1))
    np.testing.assert_allclose(distances, matrix.min(axis=1), rtol=1e-12)


@pytest.mark.parametrize("metric", TAKING)
def test_a_panel_of_one_channel_is_a_panel_of_curves(metric):
    alone = CURVES[:, 0]
    np.testing.assert_array_equal(pairwise(alone[:, None], metric=metric), pairwise(alone, metric=metric))


def test_dtw_warps_all_channels_together_as_in_tslearn():
    X, Y = (Z.transpose(0, 2, 1) for Z in (CURVES, OTHERS))
    window, band = 2, {"global_constraint": "sakoe_chiba", "sakoe_chiba_radius": 2}
    matrix = pairwise(CURVES, OTHERS, window=window)
    np.testing.assert_allclose(matrix, tslearn_metrics.cdist_dtw(X, Y, **band), rtol=1e-12)
    assert distance(CURVES[0], OTHERS[1], window=window) == pytest.approx(matrix[0, 1], rel=1e-12)
    assert alignment_path(CURVES[0], OTHERS[1], window=window).tolist() == [
        list(step) for step in tslearn_metrics.dtw_path(X[0], Y[1], **band)[0]
    ]
    labels, distances = nearest(CURVES, OTHERS, window=window)
    np.testing.assert_array_equal(labels, matrix.argmin(axis=1))
    np.testing.assert_allclose(distances, matrix.min(axis=1), rtol=1e-12)
    assert nearest(CURVES, OTHERS, window=window, k=2)[0][:, 0].tolist() == labels.tolist()


def test_ddtw_is_dtw_of_the_derivatives_of_each_channel():
    def derivative(x):
        inner = [((x[i] - x[i - 1]) + (x[i + 1] - x[i - 1]) / 2) / 2 for i in range(1, len(x) - 1)]
        return [inner[0], *inner, inner[-1]]

    X, Y = ([[derivative(channel) for channel in curve] for curve in curves] for curves in (CURVES, OTHERS))
    np.testing.assert_allclose(pairwise(CURVES, OTHERS, "ddtw"), pairwise(X, Y, "dtw"), rtol=1e-12)


def slow_unless_compiled(names):
    # Kernels of several channels take seconds to be compiled.
    return [
        pytest.param(name, marks=[pytest.mark.slow] if name not in {"dtw", "erp", "wdtw"} else []) for name in names
    ]


@pytest.mark.parametrize("metric", slow_unless_compiled(oracles.PATH_COSTS))
def test_a_path_of_several_channels_costs_the_distance_and_that_is_the_oracles(metric):
    rng = np.random.default_rng(2)
    for _ in range(10):
        n_times, m_times = rng.integers(3, 9, size=2)
        x, y = (
            rng.integers(-2, 3, size=(3, n_times)).astype(float),
            rng.integers(-2, 3, size=(3, m_times)).astype(float),
        )
        parameters = PARAMETERS.get(metric, {})
        value = distance(x, y, metric, **parameters)
        assert value == pytest.approx(distance(y, x, metric, **parameters), rel=1e-12, abs=1e-12)
        path = alignment_path(x, y, metric, **parameters).tolist()
        cost = oracles_channels.path_cost(metric, path, x, y, *parameters.values())
        assert cost == pytest.approx(value, rel=1e-12, abs=1e-12)
        if metric in oracles.ELASTIC:
            assert oracles_channels.elastic(metric, x, y, *parameters.values(), 9) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("metric", ["sbd", ABSOLUTE], ids=["sbd", "cost"])
def test_a_metric_of_one_channel_refuses_several(metric):
    for compute in (pairwise, lambda X, metric: nearest(X, X, metric)):
        with pytest.raises(DataError, match="compares curves of one channel; X has 3"):
            compute(CURVES, metric=metric)
    with pytest.raises(DataError, match="compares curves of one channel; x has 3"):
        distance(CURVES[0], OTHERS[0], metric)


def test_panels_of_different_channels_are_refused():
    with pytest.raises(DataError, match="X has 3 channels and Y has 2"):
        pairwise(CURVES, OTHERS[:, :2])
    with pytest.raises(DataError, match=r"X has 3 channels and centers has 1"):
        nearest(CURVES, OTHERS[:, 0])
    with pytest.raises(DataError, match="x has 3 channels and y has 1"):
        alignment_path(CURVES[0], OTHERS[0, 0])
    with pytest.raises(DataError, match="10 time steps and Y has 9"):
        pairwise(CURVES, OTHERS[..., :9], "manhattan")


def test_a_value_that_is_not_finite_is_refused_with_its_channel():
    broken = CURVES.copy()
    broken[4, 1, 7] = np.nan
    with pytest.raises(DataError, match=r"X holds NaN .* at row 4, channel 1, column 7"):
        pairwise(broken)
    with pytest.raises(DataError, match=r"at least one curve, one channel and one day; got shape \(2, 0, 5\)"):
        pairwise(np.empty((2, 0, 5)))


def test_every_elastic_kernel_takes_several_channels():
    assert set(_kernels.ELASTIC) == set(_kernels.MULTICHANNEL)
