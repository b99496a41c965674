from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

import tsshape
from tsshape import bench
from tsshape.bench import (
    COLUMNS,
    alert_table,
    budget_table,
    calibration_table,
    class_table,
    coverage_table,
    in_flight_table,
    interval_table,
    rolling_table,
    score_table,
    top_table,
)
from tsshape.bench import _measure as measuring
from tsshape.bench._alerts import _count_right, _flag_by_count
from tsshape.bench._mean_growth import MeanGrowth
from tsshape.bench._probabilities import _precision, _tenths
from tsshape.bench._splits import splits
from tsshape.cluster import ShapeKMeans, class_agreement


def test_direct_forecasts_are_measured_for_any_loss(records):
    table = score_table(records)
    assert table.index.tolist()[1:3] == ["direct LightGBM", "direct, trimmed"]
    assert np.isfinite(table.loc["direct, trimmed", "trmse"])


def test_asking_for_more_does_not_change_the_forecast(records):
    table = score_table(records)
    assert table.loc["ours", "trmse"] == table.loc["plain", "trmse"]


def test_errors_are_smaller_once_more_days_are_observed(records):
    table = in_flight_table(records)
    assert table.index.tolist() == [("ours", 1), ("ours", 3)]
    errors = table[["trmse", "med", "mrse"]]
    assert (errors.loc[("ours", 3)] < errors.loc[("ours", 1)]).all()
    of_runs = [record["in_flight"]["3"]["mrse"] for record in records if "in_flight" in record]
    np.testing.assert_allclose(table.loc[("ours", 3), "mrse_sd"], np.std(of_runs, ddof=1))
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
        "classes": class_table(records),
        "in_flight": in_flight_table(records),
        "intervals": interval_table(records),
        "coverage": coverage_table(FIVE),
        "rolling": rolling_table(ROLLING),
        "calibration": calibration_table(records),
        "top": top_table(records),
        "alerts": alert_table(records),
    }
    for name, table in tables.items():
        assert {*table.reset_index().columns} == {column.name for column in COLUMNS[name]}


def test_clusters_of_training_posts_are_compared_with_their_known_classes(records, posts, suite):
    table = class_table(records)
    assert table.index.tolist() == ["ours", "plain", "vectors"]
    assert table["classes"].tolist() == [2.0] * 3
    split = next(splits(suite, posts))
    curves, labels = posts.curves.iloc[split.train], posts.labels.iloc[split.train]
    viewed = curves.max(axis=1) > 0
    model = ShapeKMeans(3, random_state=split.seed).fit(tsshape.split_scale_shape(curves[viewed])[1])
    found = next(record["classes"] for record in records if record["variant"] == "plain")
    assert found["posts"] == labels[viewed].notna().sum() < len(curves)
    assert found["ari"] == class_agreement(labels[viewed], model.labels_).ari > 0.2
    assert table.loc["ours", "ari"] == pytest.approx(
        np.mean([record["classes"]["ari"] for record in records if record["variant"] == "ours"])
    )
    assert class_table([{"variant": "a", "n_clusters": 2}]).empty


def of_run(run):
    """A record of intervals, and of counts that were learned from."""
    levels = {f"{level}%": level / 100 - run / 100 for level in (50, 80, 90)}
    return {
        "variant": "a",
        "run": run,
        "intervals": {name: {"coverage": share, "width": 10.0 + run} for name, share in levels.items()},
        "in_flight": {
            "3": {f"coverage_{name}": share for name, share in levels.items()} | {"log_width_90%": np.log(2)}
        },
    }


FIVE = [of_run(run) for run in range(5)]
ROLLING = [
    {"variant": name, "run": run, "n_train": 9, "n_unfinished": 4, "steps_seen": 2.0, "trmse": 3.0, "med": 2.0}
    for run in range(2)
    for name in ("b", "a")
]


def test_coverage_is_shown_with_its_least_and_greatest_from_five_runs_on():
    table = coverage_table([*FIVE, {"variant": "a", "run": 5, "error": "lost"}])
    np.testing.assert_allclose(
        table.loc[[("a", 0), ("a", 3)], ["coverage_50%", "coverage_80%", "coverage_90%", "least", "greatest"]],
        [[0.48, 0.78, 0.88, 0.86, 0.9]] * 2,
    )
    np.testing.assert_allclose(table.loc[("a", 0), ["ratio", "width"]], [np.nan, 12.0])
    np.testing.assert_allclose(table.loc[("a", 3), ["ratio", "width"]], [2.0, np.nan])
    assert coverage_table(FIVE[:4]).empty


def test_coverage_without_intervals_for_90_percent_has_no_widths():
    few = {"50%": {"coverage": 0.5, "quarters": [None, 0.5, 0.5, 0.5], "width": 3.0, "log_width": 0.1}}
    table = coverage_table([{"variant": "a", "run": run, "intervals": few} for run in range(5)])
    assert table.loc[("a", 0), "coverage_50%"] == 0.5
    assert table.loc[("a", 0), ["coverage_90%", "ratio", "width"]].isna().all()


def test_widths_are_recorded_at_upload_and_in_flight(records):
    (ours, *_) = [record for record in records if record["variant"] == "ours"]
    wider = [ours["intervals"][level]["log_width"] for level in ("50%", "80%", "90%")]
    assert 0 < wider[0] < wider[1] < wider[2]
    assert ours["in_flight"]["3"]["log_width_90%"] < wider[2]


def test_runs_of_a_rolling_split_are_shown_one_by_one_in_the_order_of_the_variants():
    table = rolling_table([*ROLLING, {"variant": "b", "run": 2, "error": "lost"}])
    assert table.index.tolist() == [("b", 0), ("b", 1), ("a", 0), ("a", 1)]
    assert table["n_unfinished"].tolist() == [4] * 4


def test_records_without_them_make_empty_tables():
    assert coverage_table([{"variant": "a"}]).empty
    assert rolling_table([{"variant": "a"}]).empty
    assert in_flight_table([{"variant": "a"}]).empty
    assert interval_table([{"variant": "a"}]).empty
    assert calibration_table([{"variant": "a"}]).empty
    assert top_table([{"variant": "a"}]).empty
    assert alert_table([{"variant": "a", "n_test": 3}]).empty


def test_every_test_post_is_in_one_tenth_of_each_probability(records):
    table = calibration_table(records)
    posts = table.groupby(["above", "days seen"])["posts"].sum()
    assert posts.to_dict() == dict.fromkeys([(above, days) for above in (50.0, 300.0) for days in (0, 1, 3)], 30)
    low, high = np.array([name.split(" ")[0].split("-") for name in table.index.get_level_values("tenth")], float).T
    assert (table["forecast"].between(low / 100, high / 100)).all()


def test_tenths_of_all_runs_are_pooled_by_their_posts():
    rows = [{"above": 5.0, "days": 0, "tenth": 3, "posts": n, "forecast": 0.2, "share": share}
            for n, share in ((10, 0.5), (30, 0.1))]  # fmt: skip
    table = calibration_table([{"variant": "a", "probability": [row]} for row in rows])
    assert table.index.tolist() == [("a", 5.0, 0, "20-30 %")]
    np.testing.assert_allclose(
        table[["posts", "share", "gap", "error"]], [[40, 0.2, 0.0, 100 * (0.2 * 0.8 / 40) ** 0.5]]
    )


def test_probabilities_of_0_and_1_are_in_the_outer_tenths():
    found = _tenths(pd.Series([0.0, 0.05, 0.1, 1.0]), np.array([False, True, False, True]))
    assert [(each["tenth"], each["posts"], each["share"]) for each in found] == [(1, 2, 0.5), (2, 1, 0.0), (10, 1, 1.0)]


def test_precision_among_the_top_is_that_of_a_twentieth():
    final = np.arange(40.0)
    assert _precision(final, final) == 1
    assert _precision(final, np.where(final == 39, 0, final)) == 0.5


def test_the_ranking_by_last_count_begins_after_upload(records):
    table = top_table(records)
    assert table.index.tolist() == [("ours", 0), ("ours", 1), ("ours", 3)]
    assert table["last_count"].isna().tolist() == [True, False, False]


def test_alerts_are_counted_beside_as_many_by_last_count(records):
    table = alert_table(records)
    assert table.index.tolist() == [("ours", 1), ("ours", 3)]
    assert table["flagged"].between(0, 1).all()
    assert _flag_by_count(np.array([5.0, 1, 9, 7]), n_above=2, n_below=1).tolist() == [0, -1, 1, 1]
    assert _flag_by_count(np.array([5.0, 1]), n_above=0, n_below=0).tolist() == [0, 0]
    assert _count_right(np.array([0, 1, 1, -1]), np.array([0, 1, -1, -1])) == 2


def test_the_mean_growth_is_that_of_the_training_posts():
    train = np.expm1(np.log(np.array([[2.0, 8.0], [4.0, 16.0]])))
    np.testing.assert_allclose(MeanGrowth().fit(train[:, :1], train[:, 1:]).predict(np.array([[4.0]])), [[19.0]])


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
            np.testing.assert_array_equal(model.posts_.history.means_, other.posts_.history.means_)
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
