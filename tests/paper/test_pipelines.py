import numpy as np
import pandas as pd
import pytest

import tsshape
from tsshape import paper, scores
from tsshape.paper._feature_sets import published_or_ranked

POSTS = tsshape.simulate_spid(300, n_times=10, random_state=0)
TRAIN, TEST = slice(0, 240), slice(240, 300)


@pytest.mark.parametrize("clustering", ["kmeans", "mean_shift"])
def test_the_whole_pipeline_runs_on_the_schema_of_the_paper(clustering):
    model = paper.forecaster(clustering, random_state=0).fit(POSTS.features[TRAIN], POSTS.curves[TRAIN])
    pred = model.predict(POSTS.features[TEST])
    assert np.isfinite(pred).all(axis=None)
    assert model.regressor_.columns_ == list(paper.FEATURE_SETS["six"])
    assert scores.scale_spearman(POSTS.curves[TEST].max(axis=1), pred.max(axis=1)) > 0.4


def test_the_machine_is_the_published_one():
    machine = paper.scale_regressor().estimator.regressor[-1]
    assert (machine.kernel, machine.C, machine.epsilon) == ("rbf", 1.0, 0.001)


@pytest.mark.parametrize("feature_set", paper.FEATURE_SETS)
def test_every_published_set_is_found_by_name(feature_set):
    scale = POSTS.curves.max(axis=1)
    assert published_or_ranked(POSTS.features, scale, feature_set=feature_set) == list(paper.FEATURE_SETS[feature_set])


def test_another_table_gives_the_columns_that_rank_highest():
    scale = pd.Series(np.arange(50.0))
    rng = np.random.default_rng(0)
    table = pd.DataFrame({f"noise{i}": rng.random(50) for i in range(4)} | {"close": -scale, "topic": ["a", "b"] * 25})
    chosen = published_or_ranked(table, scale, feature_set="six")
    assert chosen[0] == "close"
    assert len(chosen) == 5
    assert "topic" not in chosen


def test_a_table_of_categories_alone_gives_a_category():
    table = pd.DataFrame({"topic": ["a", "b"] * 25})
    assert published_or_ranked(table, pd.Series(np.arange(50.0)), feature_set="six") == ["topic"]


def test_the_forest_is_searched_for_and_seeded():
    numbers = POSTS.features.select_dtypes("number")
    labels = np.arange(300) % 3
    one, two = (paper.shape_classifier(random_state=1).fit(numbers, labels).predict_proba(numbers) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_an_unknown_name_is_refused_with_the_names():
    with pytest.raises(ValueError, match="'kmeans', 'mean_shift'"):
        paper.forecaster("dbscan")
    with pytest.raises(ValueError, match="'views', 'views_groups'"):
        paper.scale_regressor("nine")


def test_reported_scores_are_distinguished_from_measured_ones():
    assert "2108.01326" in paper.SOURCE
    assert {line.trmse for line in paper.REPORTED if line.trmse} == {12.06, 12.2}
