from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from tsshape import bench
from tsshape.bench import COLUMNS, budget_table, in_flight_table, interval_table, score_table
from tsshape.bench import _measure as measuring
from tsshape.bench._in_flight import _mean_growth
from tsshape.bench._splits import splits


def test_direct_forecasts_are_measured_for_any_loss(records):
    table = score_table(records)
    assert table.index.tolist()[1:3] == ["direct LightGBM", "direct, trimmed"]
    assert np.isfinite(table.loc["direct, trimmed", "trmse"])


def test_asking_for_more_does_not_change_the_forecast(records):
    table = score_table(records)
    assert table.loc["ours", "trmse"] == table.loc["plain", "trmse"]


def test_first_days_are_scored_beside_the_mean_growth(records):
    table = in_flight_table(records)
    assert table.index.tolist() == [("ours", 1), ("ours", 3)]
    assert (table.loc[("ours", 3)] <= table.loc[("ours", 1)] + [0, 0, 0, 0, 1, 1]).all()
    assert table["coverage_90%"].between(0.6, 1.0).all()


def test_intervals_are_scored_overall_and_by_quarter(records):
    table = interval_table(records)
    assert table.index.tolist() == [("ours", nominal) for nominal in ("50%", "80%", "90%", "95%")]
    quarters = table[[f"quarter {number}" for number in (1, 2, 3, 4)]]
    # 15 test posts: quarters of 4, 4, 4 and 3.
    np.testing.assert_allclose((quarters * [4, 4, 4, 3]).sum(axis=1) / 15, table["coverage"])
    assert table.loc[("ours", "90%"), "width"] > table.loc[("ours", "80%"), "width"]


def test_every_column_of_the_tables_has_a_heading(records):
    tables = {
        "scores": score_table(records),
        "budget": budget_table(records),
        "in_flight": in_flight_table(records),
        "intervals": interval_table(records),
    }
    for name, table in tables.items():
        assert {*table.reset_index().columns} == {column.name for column in COLUMNS[name]}


def test_records_without_them_make_empty_tables():
    assert in_flight_table([{"variant": "a"}]).empty
    assert interval_table([{"variant": "a"}]).empty


def test_the_mean_growth_is_that_of_the_training_posts():
    train = np.expm1(np.log(np.array([[2.0, 8.0], [4.0, 16.0]])))
    np.testing.assert_allclose(_mean_growth(train, np.array([[4.0]])), [[19.0]])


class Observed(NamedTuple):
    """What a run of one split fits, forecasts and finds."""

    models: list
    directs: list
    forecasts: list
    records: list


def observed_run(suite, dataset, out, monkeypatch):
    """A run of the first split, with what the harness fits and forecasts on the way."""
    seen = Observed([], [], [], [])

    def fit(*arguments, **options):
        seen.models.append(fit_as_it_is(*arguments, **options))
        return seen.models[-1]

    def scores(true, pred):
        seen.forecasts.append(pred)
        return scores_as_they_are(true, pred)

    class Direct(measuring.DirectForecaster):
        def fit(self, X, y, *, authors=None):
            seen.directs.append(self)
            return super().fit(X, y, authors=authors)

    fit_as_it_is, scores_as_they_are = measuring._fit, measuring._curve_scores
    with monkeypatch.context() as patch:
        patch.setattr(measuring, "_fit", fit)
        patch.setattr(measuring, "_curve_scores", scores)
        patch.setattr(measuring, "DirectForecaster", Direct)
        seen.records.extend(bench.run(suite.model_copy(update={"n_runs": 1}), dataset, out))
    return seen


def test_scrambling_the_curves_of_the_test_posts_changes_no_fitted_model_and_no_forecast(
    suite, posts, tmp_path, monkeypatch
):
    test = next(splits(suite, posts)).test
    scrambled = posts.curves.copy()
    scrambled.iloc[test] = np.random.default_rng(0).permutation(scrambled.iloc[test].to_numpy()) * 7
    models, directs, forecasts, records = observed_run(suite, posts, tmp_path / "plain", monkeypatch)
    others, other_directs, other_forecasts, other_records = observed_run(
        suite, replace(posts, curves=scrambled), tmp_path / "scrambled", monkeypatch
    )
    assert len(forecasts) == len(records) == 6
    for forecast, other in zip(forecasts, other_forecasts, strict=True):
        pd.testing.assert_frame_equal(forecast, other)
    assert records[-1]["trmse"] != other_records[-1]["trmse"]
    for model, other in zip(models, others, strict=True):
        np.testing.assert_array_equal(model.prototypes_, other.prototypes_)
        assert (model.posts_.history is None) == (other.posts_.history is None)
        if model.posts_.history is not None:
            pd.testing.assert_frame_equal(model.posts_.history.table_, other.posts_.history.table_)
    ours, twin = models[1], others[1]
    assert ours.bands_ is not None
    for bands in ("at_upload_", "in_flight_"):
        np.testing.assert_array_equal(getattr(ours.bands_, bands).errors_, getattr(twin.bands_, bands).errors_)
    for growth, same in (
        (ours.regressor_.estimator_, twin.regressor_.estimator_),
        (ours.in_flight_.growth_, twin.in_flight_.growth_),
    ):
        assert texts(growth) == texts(same)
    for direct, other in zip(directs, other_directs, strict=True):
        assert [texts(day) for day in direct.models_] == [texts(day) for day in other.models_]


def texts(growth):
    """The trees of a growth model."""
    return [booster.model_to_string() for booster in (*growth.quantile_boosters, *growth.point_boosters)]
