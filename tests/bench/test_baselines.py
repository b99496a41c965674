"""Baselines that forecast from observed days are rows of a suite, beside published figures."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import tsshape
from tsshape import bench
from tsshape.bench import COLUMNS, Suite, in_flight_table, load_suite, published_table, score_table
from tsshape.bench._boosting import GrowthBoosting, author_growth
from tsshape.bench._components import Published
from tsshape.forecast import LastValue, MultivariateLinear, SzaboHuberman
from tsshape.scores import mean_relative_squared_error, trimmed_rmse

BASELINES = [
    {"name": "S-H", "kind": "szabo_huberman"},
    {"name": "mean", "kind": "mean_growth", "cutoffs": [2]},
    {"name": "ML", "kind": "linear", "cutoffs": [2]},
    {"name": "trees", "kind": "lightgbm", "loss": "relative", "features": True, "authors": True, "cutoffs": [2]},
]
ALONE = {
    "name": "alone",
    "clusterer": {"kind": "kmeans", "n_clusters": 2},
    "classifier": {"kind": "majority"},
    "regressor": {"kind": "lightgbm", "loss": "relative"},
    "features": False,
    "in_flight": True,
    "cutoffs": [2],
}


@pytest.fixture(scope="module")
def posts():
    """Posts with a published division."""
    posts = tsshape.simulate_spid(150, n_times=5, random_state=0)
    return replace(posts, split=pd.Series(np.where(np.arange(150) % 3, "train", "test"), posts.curves.index))


@pytest.fixture(scope="module")
def records(posts, tmp_path_factory):
    """What a run on that division records."""
    settings = {"name": "b", "split": "predefined", "n_runs": 1}
    suite = Suite.model_validate({**settings, "baselines": BASELINES, "variants": [ALONE]})
    out = tmp_path_factory.mktemp("run") / "run"
    bench.run(suite, posts, out)
    return bench.read_run(out).records


def test_baselines_are_scored_as_they_are_by_hand(posts, records):
    counts = posts.curves.to_numpy()
    is_test = (posts.split == "test").to_numpy()
    table = in_flight_table(records)
    for name, model, days in (
        ("S-H", SzaboHuberman(), 1),
        ("S-H", SzaboHuberman(), 3),
        ("ML", MultivariateLinear(), 2),
    ):
        model.fit(counts[~is_test, :days], counts[~is_test, days:])
        forecast, future = model.predict(counts[is_test, :days]), counts[is_test, days:]
        expected = [trimmed_rmse(future, forecast), mean_relative_squared_error(future[:, -1], forecast[:, -1])]
        np.testing.assert_allclose(table.loc[(name, days), ["trmse", "mrse"]], expected)


def test_each_row_is_measured_after_its_own_cutoffs_and_baselines_have_no_scores_at_upload(records):
    assert in_flight_table(records).index.tolist() == [
        *(("S-H", 1), ("S-H", 3)),
        *((name, 2) for name in ("mean", "ML", "trees", "alone")),
    ]
    assert score_table(records).index.tolist()[2:] == ["alone"]


def test_posts_without_views_count_in_the_mean_and_add_nothing():
    assert mean_relative_squared_error([0.0, 2.0], [9.0, 3.0]) == 0.125


def test_published_figures_stand_beside_those_of_as_many_posts(records):
    quoted = {"n_test": 50, "source": "a paper"}
    published = [
        Published(name="ML", days=2, mrse=0.5, **quoted),
        Published(name="told", days=2, mrse=0.1, oracle=True, **quoted),
    ]
    table = published_table(records, published)
    assert table.loc[(2, "ML"), "published"] == 0.5
    assert table.loc[(2, "ML"), "mrse"] == in_flight_table(records).loc[("ML", 2), "mrse"]
    assert table.loc[(2, "told"), "source"] == "a paper (an oracle)"
    assert table["mrse"].isna().sum() == 1
    assert {*table.reset_index().columns} == {column.name for column in COLUMNS["published"]}
    assert published_table(records, [published[0].model_copy(update={"n_test": 51})]).empty


def test_the_published_table_quotes_the_oracle_as_one():
    (oracle,) = [each for each in load_suite("twostage").published if each.oracle]
    assert (oracle.mrse, oracle.days) == (0.0369876, 7)


def test_the_growth_of_an_author_leaves_the_post_itself_out():
    authors = pd.Series(["a", "a", "b", None, "a"])
    others, mean = author_growth(np.array([1.0, 2.0, 5.0, 7.0, 6.0]), authors)
    np.testing.assert_allclose(others, [4.0, 3.5, np.nan, np.nan, 1.5])
    assert mean.to_dict() == {"a": 3.0, "b": 5.0}


@pytest.mark.parametrize("loss", ["median", "relative"])
def test_the_direct_forecast_finds_a_growth_that_depends_on_the_first_days(loss):
    rng = np.random.default_rng(0)
    seen = np.cumsum(rng.integers(10, 1000, (800, 2)), axis=1).astype(float)
    growth = np.where(seen[:, 1] > 2 * seen[:, 0], 3.0, 1.2)
    later = seen[:, [1]] * growth[:, None] ** np.array([0.5, 1.0])
    forecast = GrowthBoosting(loss).fit(seen[:600], later[:600]).predict(seen[600:])
    naive = LastValue().fit(seen, later).predict(seen[600:])
    for day in (0, 1):
        errors = [mean_relative_squared_error(later[600:, day], each[:, day]) for each in (forecast, naive)]
        assert errors[0] < 0.1 * errors[1]
