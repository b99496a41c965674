from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeRegressor

from tsshape.features import FeatureSelector, spearman

RNG = np.random.default_rng(0)
X = RNG.normal(size=(150, 6))
Y = 3 * X[:, 4] + 2 * X[:, 1] + X[:, 2] + 0.1 * RNG.normal(size=150)


def selector(**settings: Any) -> FeatureSelector:
    return FeatureSelector(LinearRegression(), **{"random_state": 0} | settings)


def test_columns_are_chosen_in_the_order_of_their_use() -> None:
    fitted = selector(max_features=3).fit(X, Y)
    assert fitted.selected_.tolist() == [4, 1, 2]
    assert fitted.support_.tolist() == [False, True, True, False, True, False]
    assert np.all(np.diff(fitted.scores_) > 0)
    assert_array_equal(fitted.transform(X), X[:, [1, 2, 4]])


def test_each_score_is_the_correlation_of_the_cross_validated_prediction() -> None:
    cv = KFold(4)
    fitted = selector(max_features=2, cv=cv).fit(X, Y)
    for n_selected in (1, 2):
        predicted = cross_val_predict(LinearRegression(), X[:, sorted(fitted.selected_[:n_selected])], Y, cv=cv)
        assert fitted.scores_[n_selected - 1] == spearman(predicted.reshape(-1, 1), Y)[0]


def test_selection_stops_when_no_column_adds_enough() -> None:
    fitted = selector(min_gain=0.01).fit(X, Y)
    assert set(fitted.selected_) == {1, 2, 4}
    assert selector(min_gain=0.5).fit(X, Y).selected_.tolist() == [4]


def test_at_least_one_column_is_selected_where_none_tells_anything() -> None:
    assert selector(min_gain=1.0).fit(np.ones((30, 2)), Y[:30]).selected_.tolist() == [0]


def test_all_columns_can_be_selected() -> None:
    assert sorted(selector(max_features=99, min_gain=-1).fit(X, Y).selected_) == list(range(6))


def test_equal_columns_are_chosen_in_their_order() -> None:
    twins = np.column_stack([X[:, 4], X[:, 4], X[:, 4]])
    assert selector(max_features=1).fit(twins, Y).selected_.tolist() == [0]


def test_the_selection_does_not_depend_on_the_number_of_jobs() -> None:
    one, two = (selector(n_jobs=n_jobs).fit(X, Y) for n_jobs in (1, 2))
    assert_array_equal(one.selected_, two.selected_)
    assert_array_equal(one.scores_, two.scores_)


def test_a_data_frame_keeps_its_names_and_categories() -> None:
    table = pd.DataFrame({"noise": X[:, 0], "Country": pd.Categorical(np.where(Y > 0, "IT", "FR")), "gaps": X[:, 4]})
    table.loc[:20, "gaps"] = np.nan
    estimator = HistGradientBoostingRegressor(max_iter=10, random_state=0)
    fitted = FeatureSelector(estimator, max_features=2, cv=3, random_state=0).fit(table, Y)
    assert fitted.get_feature_names_out().tolist() == ["Country", "gaps"]
    assert fitted.feature_names_in_[fitted.selected_].tolist() == ["Country", "gaps"]
    assert fitted.transform(table)["Country"].dtype == table["Country"].dtype
    make_pipeline(fitted, estimator).fit(table, Y).predict(table)


def test_missing_values_are_the_estimators_business() -> None:
    gaps = np.where(np.abs(X) > 2, np.nan, X)
    with pytest.raises(ValueError, match="NaN"):
        selector().fit(gaps, Y)
    estimator = DecisionTreeRegressor(max_depth=3, random_state=0)
    assert FeatureSelector(estimator, max_features=1, random_state=0).fit(gaps, Y).selected_.tolist() == [4]


@pytest.mark.parametrize("settings", [{"max_features": 0}, {"min_gain": "0"}, {"max_features": 1.5}])
def test_a_wrong_parameter_is_named(settings: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError), match=next(iter(settings))):
        selector(**settings).fit(X, Y)


def test_a_table_and_a_target_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="inconsistent"):
        selector().fit(pd.DataFrame(X), Y[1:])
