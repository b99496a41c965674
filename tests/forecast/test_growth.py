import numpy as np
import pytest

from tsshape.forecast import ScaleRegressor
from tsshape.forecast._growth import GrowthModel
from tsshape.forecast._growth_rows import GrowthFold, GrowthRows
from tsshape.forecast._workers import Workers

RNG = np.random.default_rng(0)
N = 3000
X = RNG.uniform(0, 4, (N, 2))
# Heavy-tailed: the conditional mean is far above the conditional median.
SCALE = np.exp(3 + X[:, 0] + RNG.standard_normal(N) * 1.2)
LOSSES = ("median", "mean", "trimmed", "relative")
TRAIN, TEST = slice(0, 2400), slice(2400, N)


@pytest.fixture(scope="module")
def regressors():
    return {loss: ScaleRegressor(loss=loss, random_state=0).fit(X[TRAIN], SCALE[TRAIN]) for loss in LOSSES}


def trimmed_error(pred):
    errors = np.sort(np.abs(pred - SCALE[TEST]))
    return errors[len(errors) // 4 : -len(errors) // 4].mean()


def test_each_loss_is_least_for_its_own_forecast(regressors):
    pred = {loss: each.predict(X[TEST]) for loss, each in regressors.items()}
    assert min(pred, key=lambda loss: trimmed_error(pred[loss])) == "trimmed"
    assert min(pred, key=lambda loss: np.abs(np.log1p(pred[loss]) - np.log1p(SCALE[TEST])).mean()) == "median"
    assert min(pred, key=lambda loss: abs(pred[loss].sum() / SCALE[TEST].sum() - 1)) == "mean"
    assert min(pred, key=lambda loss: ((pred[loss] / SCALE[TEST] - 1) ** 2).mean()) == "relative"


def test_trimmed_forecasts_are_low_and_mean_forecasts_high(regressors):
    low, middle, high = (np.median(regressors[loss].predict(X[TEST])) for loss in ("trimmed", "median", "mean"))
    assert low < middle < high


def test_quantiles_ascend_and_hold_their_share(regressors):
    quantiles = regressors["median"].predict_quantiles(X[TEST])
    assert (np.diff(quantiles, axis=1) >= 0).all()
    shares = (SCALE[TEST][:, None] <= quantiles).mean(axis=0)
    np.testing.assert_allclose(shares, regressors["median"].quantiles, atol=0.05)


def test_the_median_forecast_is_the_middle_quantile(regressors):
    median = regressors["median"]
    np.testing.assert_allclose(median.predict(X[TEST]), median.predict_quantiles(X[TEST])[:, 2], rtol=1e-12)


def test_contributions_add_up_to_the_forecast(regressors):
    for loss, regressor in regressors.items():
        growth, total = regressor.estimator_, regressor.estimator_.contributions(X[:20]).sum(axis=1)
        if loss != "trimmed":  # half of its forecast is a decision over the quantiles
            np.testing.assert_allclose(total, np.log1p(regressor.predict(X[:20])), rtol=1e-9)
        assert growth.gain()[0] > growth.gain()[1]


def test_growth_from_a_base_is_learned():
    base = RNG.uniform(1, 1000, N)
    growth = 0.1 + X[:, 0] * 0.2 + RNG.standard_normal(N) * 0.02
    rows = GrowthRows(X, growth, growth, base, (base > 500).astype(int))
    held = np.arange(N) % 5 == 0
    with Workers(1) as workers:
        for loss in ("trimmed", "relative"):
            model = GrowthModel(loss, (0.1, 0.5, 0.9), 0)
            model.fit(
                rows, [GrowthFold(rows.take(~held), rows.take(held), np.ones(held.sum(), dtype=bool))], [], workers
            )
            assert np.abs(model.forecast(X, base, rows.group, workers).point - growth).mean() < 0.06


@pytest.mark.parametrize("quantiles", [(0.1, 0.9), (0.5, 0.5), (0.9, 0.5), (0.0, 0.5), (0.5, 1.5)])
def test_quantiles_out_of_order_or_without_the_median_are_refused(quantiles):
    with pytest.raises(ValueError, match="quantiles"):
        ScaleRegressor(quantiles=quantiles).fit(X[:50], SCALE[:50])


def test_an_unknown_loss_is_refused():
    with pytest.raises(ValueError, match="loss must be one of"):
        ScaleRegressor(loss="huber").fit(X[:50], SCALE[:50])


def test_few_posts_are_enough():
    for loss in LOSSES:
        assert np.isfinite(ScaleRegressor(loss=loss, random_state=0).fit(X[:3], SCALE[:3]).predict(X[:3])).all()


def test_scales_of_zero_are_forecast_as_zero():
    for loss in LOSSES:
        regressor = ScaleRegressor(loss=loss, random_state=0).fit(X[:100], np.zeros(100))
        np.testing.assert_allclose(regressor.predict(X[:100]), 0.0, atol=0.3)


def test_huge_counts_are_forecast_finite():
    scale = 1e18 * (1 + X[:500, 0])
    for loss in LOSSES:
        pred = ScaleRegressor(loss=loss, random_state=0).fit(X[:500], scale).predict(X[:500])
        assert np.isfinite(pred).all()
        assert 0.5e18 < np.median(pred) < 6e18


def test_features_that_tell_nothing_give_one_forecast():
    for loss in LOSSES:
        regressor = ScaleRegressor(loss=loss, random_state=0).fit(np.ones((100, 1)), SCALE[:100])
        assert len(set(regressor.predict(np.ones((5, 1))))) == 1
        assert np.isfinite(regressor.predict(np.ones((1, 1)))).all()


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_scales_of_which_many_are_equal_are_distinguished(share):
    topic = (np.arange(300) < share * 300).astype(float)[:, None]
    scale = np.where(topic[:, 0] == 1, 5000.0, 20.0)
    quantiles = ScaleRegressor(random_state=0).fit(topic, scale).predict_quantiles(np.array([[0.0], [1.0]]))
    assert (quantiles[0] < 100).all()
    assert (quantiles[1] > 4000).all()
    np.testing.assert_allclose(quantiles[:, 2], [20.0, 5000.0], rtol=0.01)


def test_few_posts_with_a_telling_feature_are_told_apart():
    """Trees of forty posts find nothing in them; a line does."""
    n = 40
    known = RNG.uniform(10, 10_000, n + 200)[:, None]
    scale = 3 * known[:, 0]
    for loss in LOSSES[:1] + LOSSES[2:3]:
        pred = ScaleRegressor(loss=loss, random_state=0).fit(known[:n], scale[:n]).predict(known[n:])
        trivial = np.abs(np.log(np.median(scale[:n])) - np.log(scale[n:])).mean()
        assert np.abs(np.log(pred) - np.log(scale[n:])).mean() < 0.4 * trivial
