"""Warping paths are paths, and cost what the distance says."""

import numpy as np
import pytest
from tslearn.metrics import dtw_path

from tsshape.metrics import Metric, Parameter, alignment_path, distance
from tsshape.metrics._check import example_shapes

SHAPES = example_shapes()
X, Y = np.random.default_rng(5).normal(size=(2, 12))
ALIGNING = ("dtw", "ddtw", "wdtw", "msm", "twe", "erp", "lcss", "edr")


def absolute(a, b):
    return abs(a - b)


ABSOLUTE = Metric("absolute_dtw", (Parameter("window", None),), cost=absolute, elastic=True)


@pytest.mark.parametrize("metric", ["dtw", "ddtw", "wdtw", ABSOLUTE], ids=["dtw", "ddtw", "wdtw", "cost"])
@pytest.mark.parametrize("n_times", [12, 7])
def test_a_path_leads_from_start_to_end_by_steps_of_one(metric, n_times):
    path = alignment_path(X, Y[:n_times], metric)
    assert path.dtype == np.int64
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [11, n_times - 1]
    steps = set(map(tuple, np.diff(path, axis=0)))
    assert steps <= {(0, 1), (1, 0), (1, 1)}


@pytest.mark.parametrize("metric", ALIGNING)
def test_every_aligning_metric_has_a_path_in_order_of_time(metric):
    path = alignment_path(SHAPES[4], SHAPES[9], metric)
    assert path.shape[1] == 2
    assert (np.diff(path, axis=0) >= 0).all()
    assert path.min() >= 0
    assert path.max() <= 11


@pytest.mark.parametrize("window", [None, 1, 4])
def test_a_dtw_path_costs_the_distance_and_is_that_of_tslearn(window):
    path = alignment_path(X, Y, window=window)
    assert np.sqrt(((X[path[:, 0]] - Y[path[:, 1]]) ** 2).sum()) == pytest.approx(distance(X, Y, window=window))
    constraint = {} if window is None else {"global_constraint": "sakoe_chiba", "sakoe_chiba_radius": window}
    assert path.tolist() == [list(step) for step in dtw_path(X, Y, **constraint)[0]]


@pytest.mark.parametrize("window", [None, 1, 4])
def test_the_path_of_a_cost_costs_the_distance(window):
    path = alignment_path(X, Y, ABSOLUTE, window=window)
    total = np.abs(X[path[:, 0]] - Y[path[:, 1]]).sum()
    assert total == pytest.approx(distance(X, Y, ABSOLUTE, window=window))
    if window is not None:
        assert np.abs(path[:, 0] - path[:, 1]).max() <= window


def test_the_path_of_ddtw_is_that_of_the_derivatives_with_the_ends_aligned():
    def derivative(x):
        return ((x[1:-1] - x[:-2]) + (x[2:] - x[:-2]) / 2) / 2

    inner = alignment_path(derivative(X), derivative(Y)) + 1
    assert alignment_path(X, Y, "ddtw").tolist() == [[0, 0], *inner.tolist(), [11, 11]]


@pytest.mark.parametrize("metric", ["euclidean", "auc", "sbd", "soft_dtw"])
def test_metrics_that_align_nothing_have_no_path(metric):
    with pytest.raises(ValueError, match=f"'{metric}' has no warping path"):
        alignment_path(X, Y, metric)
