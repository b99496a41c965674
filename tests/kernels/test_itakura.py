"""Itakura's parallelogram: its cells, and the kernels and paths inside it."""

import numpy as np
import oracles
import oracles_channels
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tslearn.metrics import itakura_mask

from tsshape._kernels import elastic, warping_path
from tsshape._kernels._itakura import itakura_bounds

PARAMETERS = {"dtw": (), "wdtw": (0.3,), "adtw": (0.25,)}
SLOPES = [1.0, 1.05, 1.5, 1.7, 2.0, 3.0, 10.0]


def cells(n_rows, n_columns, max_slope):
    first, last = itakura_bounds(n_rows, n_columns, max_slope)
    return {(i, j) for i in range(n_rows) for j in range(first[i], last[i] + 1)}


def curves(n_curves, n_times, n_channels=1, seed=0):
    shape = (n_curves, n_times) if n_channels == 1 else (n_curves, n_channels, n_times)
    return np.random.default_rng(seed).normal(size=shape)


@given(st.integers(1, 14), st.integers(1, 14), st.sampled_from(SLOPES))
@settings(max_examples=150, deadline=None)
def test_the_cells_are_those_of_the_definition_whichever_curve_is_longer(n_rows, n_columns, max_slope):
    assert cells(n_rows, n_columns, max_slope) == oracles.itakura(n_rows, n_columns, max_slope)
    assert cells(n_columns, n_rows, max_slope) == {(j, i) for i, j in cells(n_rows, n_columns, max_slope)}


@pytest.mark.parametrize("n_times", [2, 5, 12, 31])
@pytest.mark.parametrize("max_slope", [1.0, 1.5, 2.0, 3.0, 10.0])
def test_of_equal_lengths_the_cells_are_those_of_tslearn(n_times, max_slope):
    assert cells(n_times, n_times, max_slope) == {
        tuple(cell) for cell in np.argwhere(itakura_mask(n_times, n_times, max_slope)).tolist()
    }


@pytest.mark.parametrize("dtype", ["float64", pytest.param("float32", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", PARAMETERS)
def test_a_kernel_equals_the_oracle_on_blocks_that_are_not_full(name, dtype):
    X = curves(19, 17).astype(dtype)
    tolerance = 1e-12 if dtype == "float64" else 1e-5
    for n_times, max_slope in [(17, 1.0), (17, 1.05), (17, 2.0), (17, 10.0), (9, 1.5), (4, 2.0), (1, 2.0)]:
        Y, params = curves(3, n_times, seed=1).astype(dtype), (*PARAMETERS[name], max_slope)
        values = elastic(f"itakura_{name}", X, Y, (*params, 17), 1)
        define, slope = oracles.ELASTIC[name], oracles.Slope(max_slope)
        truth = [[define(x, y, *params[:-1], slope) for y in Y.tolist()] for x in X.tolist()]
        np.testing.assert_allclose(values, truth, rtol=tolerance)
        np.testing.assert_allclose(elastic(f"itakura_{name}", Y, X, (*params, 17), 1), values.T, rtol=tolerance)


def test_a_kernel_of_several_channels_equals_the_oracle():
    X, Y = curves(2, 12, 3), curves(2, 8, 3, seed=1)
    values = elastic("itakura_dtw", X, Y, (2.0, 12), 1)
    truth = [[oracles_channels.elastic("dtw", x, y, oracles.Slope(2.0)) for y in Y] for x in X]
    np.testing.assert_allclose(values, truth, rtol=1e-12)


@given(st.integers(1, 12), st.integers(1, 12), st.sampled_from(SLOPES), st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_a_path_stays_inside_and_costs_the_distance(n_times, m_times, max_slope, seed):
    x, y = curves(1, n_times, seed=seed)[0], curves(1, m_times, seed=seed + 100)[0]
    path = warping_path("itakura_dtw", x, y, (max_slope, 12)).tolist()
    assert {tuple(cell) for cell in path} <= oracles.itakura(n_times, m_times, max_slope)
    assert oracles.PATH_COSTS["dtw"](path, x, y) == pytest.approx(oracles.dtw(x, y, oracles.Slope(max_slope)))
