"""Warping paths are paths, and cost what the distance says."""

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tslearn.metrics import dtw_path

from tsshape.metrics import Metric, Parameter, alignment_path, distance, get_metric

X, Y = np.random.default_rng(5).normal(size=(2, 12))
CURVES = st.lists(st.one_of(st.integers(-2, 2).map(float), st.floats(-5, 5)), min_size=3, max_size=9)
BANDS = {"window", "itakura_max_slope"}
PARAMETERS = {
    "wdtw": {"g": 0.3},
    "wddtw": {"g": 0.3},
    "adtw": {"warp_penalty": 0.25},
    "shape_dtw": {"reach": 2},
    "msm": {"c": 0.25},
    "twe": {"nu": 0.125, "lmbda": 0.5},
    "erp": {"g": 0.5},
    "lcss": {"epsilon": 0.25},
    "edr": {"epsilon": 0.75},
}


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


@pytest.mark.parametrize("metric", oracles.PATH_COSTS)
@given(x=CURVES, y=CURVES, window=st.none() | st.integers(0, 6), with_parameters=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_path_costs_the_distance(metric, x, y, window, with_parameters):
    parameters = PARAMETERS.get(metric, {}) if with_parameters else {}
    path = alignment_path(x, y, metric, window=window, **parameters)
    assert path.shape[1:] == (2,)
    assert ((path >= 0) & (path < (len(x), len(y)))).all()
    steps = np.diff(path, axis=0)
    assert (steps > 0).all() if metric in {"erp", "lcss", "edr"} else (steps.sum(axis=1) >= 1).all()
    if window is not None:
        assert (np.abs(path[:, 0] - path[:, 1]) <= max(window, abs(len(x) - len(y)))).all()
    bound = [value for name, value in get_metric(metric).bind(parameters).items() if name not in BANDS]
    cost = oracles.PATH_COSTS[metric](path.tolist(), x, y, *bound)
    assert cost == pytest.approx(distance(x, y, metric, window=window, **parameters), rel=1e-12, abs=1e-12)


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


@pytest.mark.parametrize("metric", ["euclidean", "auc", "sbd", "soft_dtw"])
def test_metrics_that_align_nothing_have_no_path(metric):
    with pytest.raises(ValueError, match=f"'{metric}' has no warping path"):
        alignment_path(X, Y, metric)
