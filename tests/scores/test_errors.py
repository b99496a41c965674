import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tsshape import DataError, scores

RNG = np.random.default_rng(0)
TRUE, PRED = RNG.lognormal(3, 2, (101, 30)), RNG.lognormal(3, 2, (101, 30))


def test_the_error_of_a_post_is_the_root_mean_square_over_its_days():
    expected = [
        np.sqrt(sum((t - p) ** 2 for t, p in zip(*rows, strict=True)) / 30) for rows in zip(TRUE, PRED, strict=True)
    ]
    np.testing.assert_allclose(scores.rmse_per_post(TRUE, PRED), expected)


def test_the_trimmed_error_is_scipys_trimmed_mean_of_the_errors_by_post():
    assert scores.trimmed_rmse(TRUE, PRED) == stats.trim_mean(scores.rmse_per_post(TRUE, PRED), 0.25)


def test_the_trimmed_error_drops_a_quarter_from_each_end():
    true = np.zeros((8, 3))
    pred = true + np.array([0, 0, 1, 2, 3, 4, 1e9, 1e9])[:, None]
    assert scores.trimmed_rmse(true, pred) == 2.5


def test_the_median_error_is_the_median_of_the_errors_by_post():
    assert scores.median_rmse(TRUE, PRED) == np.median(scores.rmse_per_post(TRUE, PRED))


def test_the_scales_are_compared_by_rank():
    true, pred = RNG.lognormal(size=50), RNG.lognormal(size=50)
    expected = stats.spearmanr(true, pred).statistic
    assert scores.scale_spearman(true, pred) == pytest.approx(expected)
    assert scores.scale_spearman(true, np.exp(pred)) == pytest.approx(expected)


def test_constant_scales_have_no_rank_correlation():
    assert np.isnan(scores.scale_spearman([1.0, 2.0], [3.0, 3.0]))


def test_tables_of_other_ids_or_shapes_are_refused():
    true = pd.DataFrame(TRUE[:2], index=["a", "b"])
    with pytest.raises(DataError, match="same ids"):
        scores.trimmed_rmse(true, true[::-1])
    with pytest.raises(DataError, match="shape"):
        scores.trimmed_rmse(true, true.iloc[:, :3])


def test_a_missing_forecast_is_refused():
    with pytest.raises(DataError, match="pred holds NaN"):
        scores.trimmed_rmse(np.ones((1, 2)), np.array([[1.0, np.nan]]))


@pytest.mark.parametrize("trim", [-0.1, 0.5])
def test_a_trim_out_of_range_is_refused(trim):
    with pytest.raises(ValueError, match="trim"):
        scores.trimmed_rmse(TRUE, PRED, trim=trim)
