"""Averages are what the sums of distances are least for."""

import warnings
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsshape import DataError
from tsshape.metrics import Metric, available_metrics, barycenter, get_metric, pairwise
from tsshape.metrics import _medoid as medoid_module
from tsshape.metrics._barycenter import weighted_median
from tsshape.metrics._check import example_shapes

SHAPES = example_shapes()
WEIGHTS = np.random.default_rng(4).integers(1, 4, size=21).astype(float)


@pytest.fixture(scope="module")
def tslearn():
    """The averages of tslearn, which warns on import that an optional library is not there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module("tslearn.barycenters")


def cost(center, curves, metric, power=1, **params):
    """Sum of distances to a power."""
    return (pairwise(center[None], curves, metric, **params) ** power).sum()


@pytest.mark.parametrize("metric", available_metrics())
def test_every_metric_averages_in_the_precision_of_the_curves(metric):
    for dtype in (np.float32, np.float64):
        center = barycenter(SHAPES.astype(dtype), metric)
        assert center.shape == (12,)
        assert center.dtype == dtype
        assert np.isfinite(center).all()


@pytest.mark.parametrize("metric", available_metrics())
def test_whole_weights_count_a_curve_as_often(metric):
    repeated = np.repeat(SHAPES, WEIGHTS.astype(int), axis=0)
    start = SHAPES.mean(axis=0)
    weighed = barycenter(SHAPES, metric, weights=WEIGHTS, start=start)
    assert np.allclose(weighed, barycenter(repeated, metric, start=start), atol=1e-5)


@pytest.mark.parametrize("metric", available_metrics())
def test_a_curve_of_weight_0_does_not_count(metric):
    weights = np.ones(21)
    weights[[0, 7, 20]] = 0
    assert np.array_equal(barycenter(SHAPES, metric, weights=weights), barycenter(SHAPES[weights > 0], metric))


@pytest.mark.parametrize("metric", available_metrics())
def test_the_average_of_one_curve_is_that_curve(metric):
    if metric != "soft_dtw":
        assert np.allclose(barycenter(SHAPES[4:5], metric), SHAPES[4], rtol=1e-12)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_the_weighted_median_is_the_median_of_curves_repeated(weights, random):
    weights = np.array([*weights, 1])
    curves = np.array([[random.choice([0.0, 0.5, 1.0, 2.0]) for _ in range(3)] for _ in weights])
    expected = np.median(np.repeat(curves, weights, axis=0), axis=0)
    used = weights > 0
    assert weighted_median(curves[used], weights[used] / 3).tolist() == expected.tolist()


@pytest.mark.parametrize(("metric", "power"), [("euclidean", 2), ("manhattan", 1), ("area", 1), ("cumulative_area", 2)])
def test_no_curve_near_the_average_is_nearer_to_all(metric, power):
    center = barycenter(SHAPES, metric)
    least = cost(center, SHAPES, metric, power)
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert cost(center + rng.normal(scale=0.01, size=12), SHAPES, metric, power) >= least - 1e-12


def test_the_mean_of_huge_curves_does_not_overflow():
    assert barycenter(np.full((4, 2), 1e308), "euclidean").tolist() == [1e308, 1e308]


@pytest.mark.parametrize("window", [None, 2])
def test_dba_is_no_worse_than_that_of_tslearn(window, tslearn):
    ours = barycenter(SHAPES, "dtw", window=window, max_iter=100)
    theirs = tslearn.dtw_barycenter_averaging(
        SHAPES,
        max_iter=100,
        metric_params={} if window is None else {"global_constraint": "sakoe_chiba", "sakoe_chiba_radius": window},
    ).ravel()
    assert cost(ours, SHAPES, "dtw", 2, window=window) <= 1.02 * cost(theirs, SHAPES, "dtw", 2, window=window)


def test_a_step_of_dba_with_channels_is_that_of_tslearn(tslearn):
    rng = np.random.default_rng(0)
    X, start, weights = rng.normal(size=(37, 3, 25)), rng.normal(size=(3, 25)), rng.random(37)
    theirs = tslearn.dtw_barycenter_averaging(
        X.transpose(0, 2, 1), init_barycenter=start.T, max_iter=1, weights=weights, tol=-np.inf
    )
    ours = barycenter(X, "dtw", start=start, max_iter=1, weights=weights)
    np.testing.assert_allclose(ours, theirs.T, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_dba_is_no_worse_than_its_start_and_stays_where_it_ended(weights):
    start = SHAPES[3]
    center = barycenter(SHAPES, "dtw", weights=weights, start=start, max_iter=200)
    each = np.ones(21) if weights is None else weights
    squared = [(pairwise(c[None], SHAPES, "dtw") ** 2 @ each)[0] for c in (start, center)]
    assert squared[1] < squared[0]
    again = barycenter(SHAPES, "dtw", weights=weights, start=center, max_iter=200)
    assert (pairwise(again[None], SHAPES, "dtw") ** 2 @ each)[0] >= squared[1] * (1 - 1e-4)


@pytest.mark.parametrize("factor", [1e-200, 1e200])
def test_dba_of_huge_and_tiny_curves_is_that_of_usual_ones(factor):
    assert np.allclose(barycenter(SHAPES * factor, "dtw") / factor, barycenter(SHAPES, "dtw"), rtol=1e-9)


def test_a_soft_dtw_barycenter_that_would_overflow_is_refused():
    with pytest.raises(DataError, match="too large for a soft-DTW barycenter"):
        barycenter(SHAPES * 1e200, "soft_dtw")


def test_the_start_decides_the_length_of_a_dtw_average():
    assert barycenter(SHAPES, "dtw", start=np.linspace(0, 1, 8)).shape == (8,)
    assert barycenter(SHAPES, "soft_dtw", start=np.linspace(0, 1, 8)).shape == (8,)


@pytest.mark.parametrize("gamma", [0.1, 1.0])
def test_the_soft_dtw_barycenter_is_that_of_tslearn(gamma, tslearn):
    ours = barycenter(SHAPES, "soft_dtw", gamma=gamma, max_iter=200)
    theirs = tslearn.softdtw_barycenter(SHAPES, gamma=gamma, max_iter=200, init=SHAPES.mean(axis=0)[:, None]).ravel()
    ours_cost, theirs_cost = (cost(c, SHAPES, "soft_dtw", gamma=gamma) for c in (ours, theirs))
    assert ours_cost <= theirs_cost + 1e-3 * abs(theirs_cost)


@pytest.mark.parametrize("n_channels", [1, 3])
def test_the_soft_dtw_barycenter_of_channels_and_unequal_lengths_costs_no_more_than_tslearns(n_channels, tslearn):
    rng = np.random.default_rng(0)
    curves = [rng.normal(size=(n_channels, length)) for length in (6, 8, 9, 7, 8)]
    panel = [curve.squeeze() for curve in curves]
    start = curves[1]
    by_step = [curve.T for curve in curves]
    theirs = tslearn.softdtw_barycenter(by_step, gamma=0.5, init=start.T, max_iter=200).T
    ours = barycenter(panel, "soft_dtw", gamma=0.5, start=start.squeeze(), max_iter=200)
    costs = [pairwise([center.squeeze()], panel, "soft_dtw", gamma=0.5).sum() for center in (ours, theirs)]
    assert costs[0] <= costs[1] + 1e-3 * abs(costs[1])
    assert barycenter(panel, "soft_dtw").shape[-1] in {6, 7, 8, 9}


def test_the_soft_dtw_barycenter_takes_no_window():
    with pytest.raises(ValueError, match="takes no window"):
        barycenter(SHAPES, "soft_dtw", window=3)


@pytest.mark.parametrize("metric", ["ddtw", "sbd", "lcss"])
def test_the_medoid_is_the_curve_with_the_least_sum_of_distances(metric, monkeypatch):
    assert get_metric(metric).average == "medoid"
    expected = SHAPES[(pairwise(SHAPES, metric=metric) @ WEIGHTS).argmin()]
    assert np.array_equal(barycenter(SHAPES, metric, weights=WEIGHTS), expected)
    monkeypatch.setattr(medoid_module, "block_rows", lambda _: 4)
    assert np.array_equal(barycenter(SHAPES, metric, weights=WEIGHTS), expected)


@pytest.mark.parametrize("metric", ["wdtw", "adtw", "msm", "twe", "erp"])
def test_an_average_along_paths_costs_no_more_than_any_curve(metric):
    def cost_of(center):
        return WEIGHTS @ pairwise(SHAPES, center[None], metric)[:, 0]

    average = barycenter(SHAPES, metric, weights=WEIGHTS)
    assert cost_of(average) <= min(map(cost_of, SHAPES))
    assert cost_of(barycenter(SHAPES, metric, weights=WEIGHTS, start=average)) <= cost_of(average)
    alike = np.sort(np.random.default_rng(0).random((9, 12)), axis=1)
    assert cost(barycenter(alike, metric), alike, metric) < min(cost(each, alike, metric) for each in alike)


@pytest.mark.parametrize("n_channels", [1, 3])
def test_a_step_under_dtw_of_channels_and_unequal_lengths_is_that_of_tslearn(n_channels, tslearn):
    rng = np.random.default_rng(0)
    curves = [rng.normal(size=(n_channels, length)) for length in (6, 8, 9, 7, 8)]
    start = rng.normal(size=(n_channels, 7))
    ours = barycenter([curve.squeeze() for curve in curves], "dtw", start=start.squeeze(), max_iter=1)
    by_step = np.full((5, 9, n_channels), np.nan)
    for row, curve in enumerate(curves):
        by_step[row, : curve.shape[1]] = curve.T
    theirs = tslearn.dtw_barycenter_averaging(by_step, init_barycenter=start.T, max_iter=1, tol=0.0)
    np.testing.assert_allclose(ours.reshape(n_channels, 7), theirs.T, rtol=1e-12)


def test_an_embedding_averages_by_the_mean_or_as_it_says():
    last = Metric("last", embed=lambda X: X[:, -1:] ** 2, average="medoid")
    assert barycenter(SHAPES, last).tolist() in SHAPES.tolist()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"weights": np.ones(3)}, r"weights must have shape \(21,\)"),
        ({"weights": np.zeros(21)}, "weights are all 0"),
        ({"weights": np.r_[np.ones(20), -1.0]}, "-1.0 at row 20"),
        ({"weights": np.r_[np.nan, np.ones(20)]}, "nan at row 0"),
        ({"start": SHAPES}, "start must be one curve"),
        ({"start": [np.nan]}, "start holds NaN"),
    ],
)
def test_weights_and_starts_that_cannot_be_used_are_refused(given, message):
    with pytest.raises(DataError, match=message):
        barycenter(SHAPES, "dtw", **given)


def test_no_iteration_is_no_average():
    with pytest.raises(ValueError, match="max_iter must be at least 1; got 0"):
        barycenter(SHAPES, "dtw", max_iter=0)
