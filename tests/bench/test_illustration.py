import numpy as np
import pytest

import tsshape
from tsshape import bench
from tsshape.bench import Suite
from tsshape.bench._illustration import MOST_EXPLAINED, N_FEATURES, illustrate
from tsshape.bench._splits import splits
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster

POSTS = tsshape.simulate_spid(150, n_times=5, random_state=0)
PARTS = {"clusterer": {"kind": "kmeans", "n_clusters": 3}, "classifier": {"kind": "lightgbm"}}
SUITE = Suite.model_validate(
    {
        "name": "tiny",
        "n_runs": 2,
        "variants": [
            {"name": "ours", "in_flight": True, "intervals": True, **PARTS, "regressor": {"kind": "lightgbm"}},
            {"name": "vectors", **PARTS, "regressor": {"kind": "svr", "feature_set": "six"}},
        ],
    }
)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """The illustrations by run and variant, as a reader of the folder has them."""
    out = tmp_path_factory.mktemp("run") / "run"
    bench.run(SUITE, POSTS, out)
    records = bench.read_run(out).records
    return {(record["run"], record["variant"]): record.get("illustration") for record in records}


@pytest.fixture(scope="module")
def forecaster():
    clusterer = ShapeKMeans(3, random_state=0)
    return ScaleShapeForecaster(clusterer, random_state=0).fit(POSTS.features[:100], POSTS.curves[:100])


def test_forecasters_of_the_first_split_are_illustrated(drawn):
    have = [cell for cell, illustration in drawn.items() if illustration is not None]
    assert sorted(have) == [(0, "ours"), (0, "trivial: median scale x mean shape"), (0, "vectors")]


def test_the_posts_are_test_posts_in_ascending_order_of_scale(drawn):
    split = next(splits(SUITE, POSTS))
    posts = drawn[0, "ours"]["posts"]
    assert len(posts) == 6
    assert {post["id"] for post in posts} <= {*POSTS.curves.index[split.test]}
    scales = [max(post["truth"]) for post in posts]
    assert scales == sorted(scales)


def test_prototypes_come_with_the_sizes_of_their_clusters(drawn):
    train = POSTS.curves.iloc[next(splits(SUITE, POSTS)).train]
    illustration = drawn[0, "ours"]
    assert np.shape(illustration["prototypes"]) == (3, 5)
    assert sum(illustration["sizes"]) == (train.max(axis=1) > 0).sum()


def test_forecasts_from_first_days_on_run_through_them_and_have_bands(drawn):
    for post in drawn[0, "ours"]["posts"]:
        assert list(post["forecasts"]) == ["0", "1", "3"]
        assert post["forecasts"]["3"]["forecast"][:3] == post["truth"][:3]
        for each in post["forecasts"].values():
            assert (np.array(each["lower"]) <= np.array(each["upper"])).all()


def test_a_variant_is_drawn_with_what_it_was_asked_for(drawn):
    for post in drawn[0, "vectors"]["posts"]:
        assert list(post["forecasts"]) == ["0"]
        assert post["forecasts"]["0"]["lower"] is None
    assert drawn[0, "vectors"]["features"] is None


def test_features_are_those_that_weigh_most_for_the_scale(forecaster):
    test = POSTS.features[100:], POSTS.curves[100:], None
    told = illustrate(forecaster, *test, explain=True).features
    table = forecaster.explain(test[0][:MOST_EXPLAINED]).table
    assert [each.feature for each in told] == [*table.index[:N_FEATURES]]
    assert [each.scale for each in told] == [*table["scale"][:N_FEATURES]]


def test_few_posts_are_drawn_once_each(forecaster):
    drawn = illustrate(forecaster, POSTS.features[100:102], POSTS.curves[100:102], None, explain=False)
    assert sorted(post.id for post in drawn.posts) == sorted(POSTS.curves.index[100:102])
