import numpy as np
import pytest

import tsshape
from tsshape import bench
from tsshape.bench import Suite, in_flight_table, interval_table, score_table
from tsshape.bench._in_flight import _mean_growth

POSTS = tsshape.simulate_spid(150, n_times=5, random_state=0)
LIGHTGBM = {
    "clusterer": {"kind": "kmeans", "n_clusters": 3},
    "classifier": {"kind": "lightgbm"},
    "regressor": {"kind": "lightgbm", "loss": "trimmed"},
    "authors": True,
}
SUITE = Suite.model_validate(
    {
        "name": "tiny",
        "n_runs": 2,
        "variants": [{"name": "ours", "in_flight": True, "intervals": True, **LIGHTGBM}, {"name": "plain", **LIGHTGBM}],
        "direct": [{"name": "direct, trimmed", "loss": "trimmed", "authors": True}],
    }
)


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    return bench.run(SUITE, POSTS, tmp_path_factory.mktemp("run") / "run")


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
    assert table.index.tolist() == [("ours", "80%"), ("ours", "90%")]
    quarters = table[[f"quarter {number}" for number in (1, 2, 3, 4)]]
    # 15 test posts: quarters of 4, 4, 4 and 3.
    np.testing.assert_allclose((quarters * [4, 4, 4, 3]).sum(axis=1) / 15, table["coverage"])
    assert table.loc[("ours", "90%"), "width"] > table.loc[("ours", "80%"), "width"]


def test_records_without_them_make_empty_tables():
    assert in_flight_table([{"variant": "a"}]).empty
    assert interval_table([{"variant": "a"}]).empty


def test_the_mean_growth_is_that_of_the_training_posts():
    train = np.expm1(np.log(np.array([[2.0, 8.0], [4.0, 16.0]])))
    np.testing.assert_allclose(_mean_growth(train, np.array([[4.0]])), [[19.0]])
