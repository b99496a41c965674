"""The growth baselines are what their papers say, checked against least squares written out."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

import tsshape
from tsshape import DataError
from tsshape.forecast import LastValue, MultivariateLinear, RadialBasis, SzaboHuberman

CURVES = tsshape.simulate_spid(450, n_times=10, random_state=0).curves
COUNTS = CURVES[CURVES[10] > 0].to_numpy()[:400]
SEEN, FINAL = COUNTS[:, :3].copy(), COUNTS[:, -1].copy()
# A post without views at the end has no relative error.
FINAL[:5] = 0.0
ALL = [LastValue(), SzaboHuberman(), SzaboHuberman("log"), MultivariateLinear(), RadialBasis(20, random_state=0)]


def relative_error(true, forecast):
    """The sum of squared relative errors, of the posts that have one."""
    return np.square(forecast[true > 0] / true[true > 0] - 1).sum()


def test_one_factor_minimises_the_relative_errors():
    (factor,) = SzaboHuberman().fit(SEEN, FINAL).factor_
    found = minimize_scalar(lambda each: relative_error(FINAL, each * SEEN[:, -1]))
    assert factor == pytest.approx(found.x, rel=1e-6)
    share = SEEN[5:, -1] / FINAL[5:]
    assert factor == pytest.approx(share.sum() / (share**2).sum(), rel=1e-12)


def test_the_factor_of_logarithms_is_that_of_a_normal_growth():
    final = COUNTS[:, -1]
    growth = np.log((1 + final) / (1 + SEEN[:, -1]))
    expected = (1 + SEEN[:, -1]) * np.exp(growth.mean() + growth.var() / 2) - 1
    np.testing.assert_allclose(SzaboHuberman("log").fit(SEEN, final).predict(SEEN), expected)


def test_the_linear_model_is_weighted_least_squares_without_intercept():
    views = np.column_stack([SEEN[:, 0], SEEN[:, 1] - SEEN[:, 0], SEEN[:, 2] - SEEN[:, 1]])[5:]
    weight = 1 / FINAL[5:] ** 2
    expected = np.linalg.solve((views.T * weight) @ views, (views.T * weight) @ FINAL[5:])
    model = MultivariateLinear().fit(SEEN, FINAL)
    np.testing.assert_allclose(model.coef_[0], expected, rtol=1e-8)
    np.testing.assert_allclose(model.predict(SEEN)[5:], np.maximum(views @ expected, 0))


def test_bumps_are_added_by_ridge_regression():
    model = RadialBasis(8, width=2.0, penalty=0.01, random_state=0).fit(SEEN, FINAL)
    views = np.diff(SEEN, axis=1, prepend=0.0)[5:]
    distance = np.linalg.norm(np.log1p(views)[:, None] - model.centers_, axis=2)
    shares = np.hstack([views, np.exp(-(distance**2) / 8)]) / FINAL[5:, None]
    size = np.sqrt((shares**2).mean(axis=0))
    # Ridge regression is least squares with a further row for each penalised weight.
    further = np.sqrt(0.01 * len(shares)) * np.eye(11)[3:]
    rows, ones = np.vstack([shares / size, further]), np.r_[np.ones(len(shares)), np.zeros(8)]
    expected = np.linalg.lstsq(rows, ones, rcond=None)[0] / size
    np.testing.assert_allclose(model.coef_[0], expected, rtol=1e-5)


def test_width_and_penalty_are_chosen_where_they_are_not_given():
    model = RadialBasis(20, random_state=0).fit(SEEN, FINAL)
    assert (RadialBasis(20, width=model.width_, random_state=0).fit(SEEN, FINAL).penalty_) == model.penalty_
    linear = MultivariateLinear().fit(SEEN, FINAL)
    assert relative_error(FINAL, model.predict(SEEN)) < relative_error(FINAL, linear.predict(SEEN))


@pytest.mark.parametrize("model", ALL, ids=str)
def test_each_later_day_is_learned_by_itself(model):
    if isinstance(model, RadialBasis):
        model = RadialBasis(20, width=2.0, penalty=0.01, random_state=0)
    together = model.fit(SEEN, COUNTS[:, 3:]).predict(SEEN)
    assert together.shape == (400, 7)
    np.testing.assert_allclose(together[:, 4], model.fit(SEEN, COUNTS[:, 7]).predict(SEEN))


@pytest.mark.parametrize("model", ALL, ids=str)
def test_what_is_no_count_is_refused_by_its_row(model):
    table = pd.DataFrame(SEEN, [f"p{row}" for row in range(400)], ["d1", "d2", "d3"])
    with pytest.raises(DataError, match=r"X holds -1\.0 at row 'p7'"):
        model.fit(table.mask((table.index.to_numpy() == "p7")[:, None] & (table.columns == "d2"), -1.0), FINAL)
    with pytest.raises(DataError, match="y holds NaN"):
        model.fit(SEEN, np.full(400, np.nan))


@pytest.mark.parametrize("model", [SzaboHuberman(), MultivariateLinear(), RadialBasis()], ids=str)
def test_posts_without_any_later_view_have_no_relative_error(model):
    with pytest.raises(DataError, match="y is 0 for all posts"):
        model.fit(SEEN, np.zeros(400))


@pytest.mark.parametrize("model", ALL[1:], ids=str)
def test_counts_too_different_for_a_float_are_refused(model):
    counts = np.where(np.arange(400)[:, None] % 2, 1e299, 1e-300) * np.ones((400, 3))
    try:
        assert np.isfinite(model.fit(counts, counts[::-1, 0]).predict(counts)).all()
    except DataError as error:
        assert "orders of magnitude" in str(error)  # noqa: PT017 - either answer will do
