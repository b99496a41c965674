import numpy as np
import pytest
from sklearn.linear_model import QuantileRegressor
from sklearn.metrics import mean_pinball_loss

from tsshape.features import DesignMatrix
from tsshape.forecast._line import QuantileLines
from tsshape.forecast._pinball import Problems

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def design(values, categorical=()):
    return DesignMatrix(np.asarray(values, dtype=np.float64), [f"x{j}" for j in range(len(values[0]))], [*categorical])


def noise(n_rows, n_columns, seed=0):
    return np.random.default_rng(seed).standard_normal((n_rows, n_columns))


def median(X, y, values):
    return QuantileLines().fit(X, y, (0.5,)).predict(values)[:, 0]


def test_forty_posts_show_the_one_feature_that_matters_among_forty():
    values = np.exp(2 * noise(240, 40) + 5)
    y = np.log1p(3 * values[:, 7] ** 0.8)
    pred = median(design(values[:40]), y[:40], values[40:])
    assert np.abs(pred - y[40:]).mean() < 0.15 * np.abs(y[40:] - np.median(y[:40])).mean()


def test_features_that_tell_nothing_change_the_median_little():
    values, y = noise(230, 40), noise(230, 1, seed=1)[:, 0]
    pred = median(design(values[:30]), y[:30], values[30:])
    assert np.abs(pred - y[30:]).mean() < 1.05 * np.abs(y[30:] - np.median(y[:30])).mean()


def test_categories_and_missing_values_have_terms_of_their_own():
    code = np.tile([0.0, 1.0, 2.0, np.nan], 20)
    number = np.tile([np.nan, 10.0], 40)
    values = np.column_stack([code, number])
    y = np.array([1.0, 5.0, 3.0])[np.nan_to_num(code, nan=2.0).astype(int)] + np.isnan(number)
    pred = median(design(values, [0]), y, values)
    np.testing.assert_allclose(pred, y, atol=0.2)
    # An unknown category is none of the known ones.
    assert np.isfinite(median(design(values, [0]), y, np.array([[7.0, np.nan]]))).all()


def test_quantiles_ascend_and_follow_a_spread_that_a_feature_tells():
    values = noise(1000, 5)
    y = noise(1000, 1, seed=1)[:, 0] * np.exp(values[:, 0])
    lines = QuantileLines().fit(design(values), y, LEVELS)
    pred = lines.predict(3 * values)
    assert (np.diff(pred, axis=1) >= 0).all()
    np.testing.assert_allclose((y[:, None] <= lines.predict(values)).mean(axis=0), LEVELS, atol=0.03)
    width = lines.predict(values)[:, 4] - lines.predict(values)[:, 0]
    assert np.corrcoef(width, values[:, 0])[0, 1] > 0.9


def test_forecasts_far_outside_the_training_features_stay_near_the_training_range():
    values = noise(50, 2)
    y = 4 * values[:, 0]
    pred = QuantileLines().fit(design(values), y, LEVELS).predict(1e9 * values)
    margin = 0.1 * (y.max() - y.min())
    assert pred.min() >= y.min() - margin
    assert pred.max() <= y.max() + margin


def test_the_same_bits_for_one_row_as_for_many():
    values, y = noise(60, 30), noise(60, 1, seed=1)[:, 0]
    lines = QuantileLines().fit(design(values), y + values[:, 3], LEVELS)
    one_by_one = np.vstack([lines.predict(row[None]) for row in values])
    assert (one_by_one == lines.predict(values)).all()


@pytest.mark.parametrize(
    ("values", "y"),
    [
        ([[1.0]], [2.0]),
        ([[1.0], [3.0]], [2.0, 4.0]),
        ([[0.0]] * 20, np.arange(20.0)),
        ([[np.nan]] * 20, np.arange(20.0)),
        (noise(20, 3), np.full(20, 5.0)),
        (noise(20, 3) * 1e300, np.arange(20.0)),
    ],
    ids=["one post", "two posts", "constant", "missing", "equal targets", "huge numbers"],
)
def test_posts_without_anything_to_learn_get_quantiles_of_the_target(values, y):
    y = np.array(y)
    pred = QuantileLines().fit(design(values), y, LEVELS).predict(np.array(values))
    assert pred.shape == (len(y), 5)
    assert (np.diff(pred, axis=1) >= 0).all()
    assert y.min() - 0.1 * np.ptp(y) <= pred.min()
    assert pred.max() <= y.max() + 0.1 * np.ptp(y)


@pytest.mark.parametrize("penalty", [0.02, 0.1])
def test_a_narrow_kink_gives_the_loss_of_scikit_learns_penalised_lines(penalty):
    terms, y = noise(60, 8).T, noise(60, 1, seed=1)[:, 0]
    y = y + terms[0] - 0.5 * terms[1]
    levels = np.array([0.25, 0.5, 0.75])
    problems = Problems(terms, y, np.ones((3, 60)), levels, 0.01)
    lines = problems.constants()
    for _ in range(20):
        lines = problems.minimise(penalty, lines)
    for level, slopes, intercept in zip(levels, *lines, strict=True):
        exact = QuantileRegressor(quantile=level, alpha=penalty).fit(terms.T, y)
        pinball = [
            mean_pinball_loss(y, at + by @ terms, alpha=level) + penalty * np.abs(by).sum()
            for by, at in ((slopes, intercept), (exact.coef_, exact.intercept_))
        ]
        assert pinball[1] - 1e-9 <= pinball[0] <= pinball[1] + 0.002
