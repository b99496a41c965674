"""Distances equal what their definitions and other libraries give."""

import numpy as np
import oracles
import pytest
from scipy.spatial.distance import cdist
from tslearn import metrics as tslearn_metrics

from tsshape.metrics import available_metrics, distance, get_metric, pairwise
from tsshape.metrics._check import example_shapes

SHAPES = example_shapes()
OTHERS = np.random.default_rng(1).normal(size=(7, 12))
# Values of aeon 1.6.0 for SHAPES[4] and OTHERS[0] at its defaults, which are ours but for lcss. Its erp, edr and ddtw
# depart from their papers, and its soft_dtw is the absolute value of Cuturi and Blondel's: tslearn's is compared below.
AEON = {
    "wdtw": ({}, 1.96681034684486),
    "adtw": ({}, 6.22463014161605),
    "msm": ({}, 7.311407483742839),
    "twe": ({}, 14.169527954098124),
    "lcss": ({"epsilon": 1.0}, 0.08333333333333337),
}
# aeon 1.6.0: sbd_distance(OTHERS[0], OTHERS[1])
AEON_SBD = 0.5704350691478581


@pytest.mark.parametrize("metric", available_metrics())
def test_every_listed_metric_keeps_its_shape_and_its_claims(metric):
    square, cross = pairwise(SHAPES, metric=metric), pairwise(SHAPES, OTHERS, metric)
    assert square.shape == (21, 21)
    assert cross.shape == (21, 7)
    record = get_metric(metric)
    if record.symmetric:
        assert np.array_equal(square, square.T)
    if record.zero_self:
        assert np.allclose(np.diagonal(square), 0, atol=1e-12)


@pytest.mark.parametrize("metric", available_metrics())
def test_a_pair_has_the_distance_that_the_matrix_gives_it(metric):
    cross = pairwise(SHAPES, OTHERS, metric)
    for i, j in ((0, 0), (3, 6), (20, 2)):
        assert distance(SHAPES[i], OTHERS[j], metric) == pytest.approx(cross[i, j], rel=1e-12, abs=1e-12)


# Kernels take seconds to be compiled; those of single precision differ in nothing else.
SINGLE = [
    pytest.param(name, marks=[pytest.mark.slow] if name in {"adtw", "erp", "edr", "twe", "wdtw", "shape_dtw"} else [])
    for name in available_metrics()
]


@pytest.mark.parametrize("metric", SINGLE)
def test_float32_agrees_with_float64(metric):
    first, second = SHAPES.astype(np.float32), (OTHERS / 10 + 0.5).astype(np.float32)
    close = pairwise(first, second, metric)
    assert close.dtype == np.float32
    assert np.allclose(close, pairwise(first, second, metric, dtype="float64"), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("metric", available_metrics())
def test_curves_of_few_steps_have_distances(metric):
    n_times = 3 if metric in {"ddtw", "wddtw"} else 1
    assert np.isfinite(pairwise(OTHERS[:, :n_times], metric=metric)).all()


@pytest.mark.parametrize(
    ("metric", "definition"),
    [
        ("euclidean", cdist),
        ("sqeuclidean", lambda X, Y: cdist(X, Y, "sqeuclidean")),
        ("manhattan", lambda X, Y: cdist(X, Y, "cityblock")),
        ("area", lambda X, Y: np.trapezoid(np.abs(X[:, None] - Y[None]), axis=2)),
        ("auc", lambda X, Y: np.abs(np.trapezoid(X, axis=1)[:, None] - np.trapezoid(Y, axis=1))),
        ("dtw", tslearn_metrics.cdist_dtw),
        ("soft_dtw", tslearn_metrics.cdist_soft_dtw),
    ],
)
def test_distances_equal_their_definition_or_tslearn(metric, definition):
    assert np.allclose(pairwise(SHAPES, OTHERS, metric), definition(SHAPES, OTHERS), rtol=1e-12, atol=1e-12)
    assert np.allclose(pairwise(SHAPES, metric=metric), definition(SHAPES, SHAPES), rtol=1e-12, atol=1e-12)


def test_area_on_shapes_is_the_mean_number_of_steps_by_which_views_arrive_later():
    early, late = np.array([0.0, 1.0, 1.0, 1.0, 1.0]), np.array([0.0, 0.0, 0.0, 1.0, 1.0])
    assert distance(early, late, "area") == 2.0


def test_cumulative_area_is_the_euclidean_distance_of_the_running_trapezoid_sums():
    def running(curve):
        return np.array([np.trapezoid(curve[: i + 1]) for i in range(len(curve))])

    expected = [[np.linalg.norm(running(x) - running(y)) for y in OTHERS] for x in SHAPES]
    assert np.allclose(pairwise(SHAPES, OTHERS, "cumulative_area"), expected, rtol=1e-12)


@pytest.mark.parametrize("window", [0, 1, 3, 11, 50])
def test_an_int_window_is_the_radius_in_steps(window):
    expected = tslearn_metrics.cdist_dtw(
        SHAPES, OTHERS, global_constraint="sakoe_chiba", sakoe_chiba_radius=min(window, 11)
    )
    assert np.allclose(pairwise(SHAPES, OTHERS, window=window), expected, rtol=1e-12)


def test_a_float_window_is_a_fraction_of_the_longer_length_rounded_up():
    for fraction, steps in ((0.0, 0), (0.25, 3), (0.26, 4), (1.0, 12)):
        assert np.array_equal(pairwise(SHAPES, window=fraction), pairwise(SHAPES, window=steps))
        assert np.array_equal(
            pairwise(SHAPES, OTHERS[:, :9], window=fraction), pairwise(SHAPES, OTHERS[:, :9], window=max(steps, 3))
        )


def test_no_window_is_the_full_matrix():
    assert np.array_equal(pairwise(SHAPES, window=None), pairwise(SHAPES, window=12))


def test_a_window_narrower_than_the_difference_of_the_lengths_still_leaves_a_path():
    assert np.array_equal(pairwise(SHAPES, OTHERS[:, :8], window=0), pairwise(SHAPES, OTHERS[:, :8], window=4))


def test_ddtw_needs_a_derivative():
    expected = [[oracles.ddtw(x, y, 12) for y in OTHERS] for x in SHAPES]
    assert np.allclose(pairwise(SHAPES, OTHERS, "ddtw"), expected, rtol=1e-12)
    with pytest.raises(ValueError, match="at least 3 time steps; got 2"):
        pairwise(SHAPES[:, :2], metric="ddtw")


def plain_shape_based(x, y):
    """1 minus the greatest normalised cross-correlation, shift by shift."""
    best = -np.inf
    for shift in range(-len(y) + 1, len(x)):
        total = sum(x[i] * y[i - shift] for i in range(len(x)) if 0 <= i - shift < len(y))
        best = max(best, total / np.sqrt((x @ x) * (y @ y)))
    return 1 - best


@pytest.mark.parametrize("n_times", [12, 7, 1])
def test_sbd_equals_its_definition_for_any_lengths(n_times):
    others = OTHERS[:, :n_times]
    expected = [[plain_shape_based(x, y) for y in others] for x in SHAPES]
    assert np.allclose(pairwise(SHAPES, others, "sbd", standardize=False), expected, atol=1e-12)


def test_sbd_of_standardized_curves_knows_no_scale_or_level():
    moved = 1e150 * OTHERS + 3e149
    assert np.allclose(pairwise(moved, OTHERS, "sbd"), pairwise(OTHERS, metric="sbd"), atol=1e-12)
    assert distance(OTHERS[0], OTHERS[1], "sbd") == pytest.approx(AEON_SBD, rel=1e-12)


def test_a_constant_curve_is_at_sbd_0_from_a_constant_and_at_1_from_any_other():
    curves = np.array([[0.1, 0.1, 0.1], [0.0, 0.0, 0.0], [0.0, 1.0, 2.0]])
    assert pairwise(curves, metric="sbd").round(12).tolist() == [[0, 0, 1], [0, 0, 1], [1, 1, 0]]


@pytest.mark.parametrize("factor", [1e-150, 1e150])
@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "area", "auc", "cumulative_area", "dtw", "ddtw", "erp"])
def test_huge_and_tiny_curves_keep_their_distances(metric, factor):
    assert np.allclose(
        pairwise(SHAPES * factor, OTHERS * factor, metric) / factor, pairwise(SHAPES, OTHERS, metric), rtol=1e-11
    )


@pytest.mark.parametrize("metric", AEON)
def test_elastic_metrics_have_the_values_of_aeon(metric):
    parameters, expected = AEON[metric]
    assert distance(SHAPES[4], OTHERS[0], metric, **parameters) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("metric", "params", "message"),
    [
        ("dtw", {"radius": 3}, "'dtw' has no parameter 'radius'; its parameters are itakura_max_slope, window"),
        ("euclidean", {"window": 3}, "'euclidean' has no parameter 'window'; it has none"),
        ("dtw", {"window": -1}, "window of metric 'dtw' .* got -1"),
        ("dtw", {"window": 1.5}, "window of metric 'dtw' .* got 1.5"),
        ("dtw", {"window": True}, "window of metric 'dtw' .* got True"),
        ("dtw", {"window": "3"}, "window of metric 'dtw' .* got '3'"),
        ("soft_dtw", {"gamma": 0.0}, "gamma of metric 'soft_dtw' must be finite and more than 0; got 0.0"),
        ("msm", {"c": -1}, "c of metric 'msm' must be finite and between 0 and inf; got -1"),
        ("msm", {"c": float("nan")}, "c of metric 'msm' .* got nan"),
        ("msm", {"c": "1"}, "c of metric 'msm' must be a number; got '1'"),
        ("msm", {"c": None}, "c of metric 'msm' must be a number; got None"),
        ("edr", {"epsilon": -1}, "epsilon of metric 'edr' must be finite and between 0 and inf; got -1"),
        ("lcss", {"epsilon": "1"}, "epsilon of metric 'lcss' must be a number; got '1'"),
        ("sbd", {"standardize": 1}, "standardize of metric 'sbd' must be True or False; got 1"),
        ("dwt", {}, "there is no metric 'dwt'; there are euclidean, .* sbd"),
        (None, {}, "metric must be a name, a Metric or a function of two curves; got None"),
    ],
)
def test_a_wrong_metric_or_parameter_is_refused_by_name(metric, params, message):
    with pytest.raises(ValueError, match=message):
        pairwise(SHAPES, metric=metric, **params)


def test_numpy_numbers_are_numbers():
    assert np.array_equal(pairwise(SHAPES, window=np.int64(3)), pairwise(SHAPES, window=3))
    assert np.array_equal(pairwise(SHAPES, metric="msm", c=np.float32(0.5)), pairwise(SHAPES, metric="msm", c=0.5))
