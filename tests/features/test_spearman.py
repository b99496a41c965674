from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import spearmanr

from tsshape.features import spearman

cells = st.integers(-5, 5).map(float)


@given(st.lists(st.tuples(cells | st.just(np.nan), cells | st.just(np.nan)), min_size=1, max_size=30))
def test_rho_is_that_of_scipy_on_the_complete_rows(pairs: list[tuple[float, float]]) -> None:
    x, y = np.array(pairs).T
    rho, p = spearman(x.reshape(-1, 1), y)
    complete = ~np.isnan(x + y)
    if complete.sum() < 3 or np.ptp(x[complete]) == 0 or np.ptp(y[complete]) == 0:
        assert (rho[0], p[0]) == (0, 1)
    else:
        expected = spearmanr(x[complete], y[complete])
        assert_allclose(rho[0], expected.statistic, rtol=1e-12)
        if complete.sum() > 9:
            assert_allclose(p[0], expected.pvalue, rtol=1e-12)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([1, 2, 3], [1, 2, 3]),
        ([1, 2, 3, 4, 5], [1, 3, 2, 5, 4]),
        ([1, 1, 2, 2, 7, 8], [5, 1, 2, 2, 3, 9]),
        ([0, 0, 0, 0, 0, 1], [1, 2, 2, 3, 4, 5]),
    ],
)
def test_p_of_few_rows_is_the_share_of_all_permutations(x: list[float], y: list[float]) -> None:
    rho, p = spearman(np.array([x], dtype=float).T, y)
    others = [abs(spearmanr(x, order).statistic) for order in permutations(y)]
    assert p[0] == pytest.approx(np.mean(np.array(others) >= abs(rho[0]) - 1e-9))


def test_p_is_exact_up_to_nine_rows() -> None:
    assert spearman(np.arange(9.0)[:, None], np.arange(9.0))[1][0] == pytest.approx(2 / 362_880)
    assert spearman(np.arange(10.0)[:, None], np.arange(10.0))[1][0] < 1e-9


def test_each_column_ignores_only_its_own_missing_values() -> None:
    y = np.arange(6.0)
    X = np.column_stack([y, np.where(y < 3, np.nan, -y), y])
    X[0, 2] = np.nan
    rho, _ = spearman(X, y)
    assert_allclose(rho, [1, -1, 1])


def test_any_increasing_function_of_the_target_has_rho_one() -> None:
    y = np.random.default_rng(0).normal(size=50)
    rho, p = spearman(pd.DataFrame({"a": np.exp(y), "b": y**3}), y)
    assert_allclose(rho, [1, 1])
    assert_allclose(p, [0, 0], atol=1e-12)


def test_a_constant_column_or_target_has_rho_zero_without_a_warning() -> None:
    assert spearman([[1.0], [1.0], [1.0]], [1, 2, 3]) == (0, 1)
    assert spearman([[1.0], [2.0], [3.0]], [1, 1, 1]) == (0, 1)


def test_no_columns_give_no_correlations() -> None:
    rho, p = spearman(np.empty((5, 0)), np.arange(5))
    assert rho.shape == p.shape == (0,)
