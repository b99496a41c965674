import numpy as np
import pytest

from tsshape.bench._illustration import MOST_EXPLAINED, N_FEATURES, illustrate
from tsshape.bench._splits import splits
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster


@pytest.fixture(scope="module")
def drawn(records):
    """The illustrations by run and variant."""
    return {(record["run"], record["variant"]): record.get("illustration") for record in records}


@pytest.fixture(scope="module")
def forecaster(posts):
    clusterer = ShapeKMeans(3, random_state=0)
    return ScaleShapeForecaster(clusterer, random_state=0).fit(posts.features[:100], posts.curves[:100])


def test_forecasters_of_the_first_split_are_illustrated(drawn):
    have = [cell for cell, illustration in drawn.items() if illustration is not None]
    assert sorted(have) == [(0, name) for name in ("ours", "plain", "trivial: median scale x mean shape", "vectors")]


def test_the_posts_are_test_posts_in_ascending_order_of_scale(drawn, posts, suite):
    split = next(splits(suite, posts))
    shown = drawn[0, "ours"]["posts"]
    assert len(shown) == 6
    assert {post["id"] for post in shown} <= {*posts.curves.index[split.test]}
    scales = [max(post["truth"]) for post in shown]
    assert scales == sorted(scales)


def test_prototypes_come_with_the_sizes_of_their_clusters(drawn, posts, suite):
    train = posts.curves.iloc[next(splits(suite, posts)).train]
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


def test_features_are_those_that_weigh_most_for_the_scale(forecaster, posts):
    test = posts.features[100:], posts.curves[100:], None
    found = illustrate(forecaster, *test, explain=True).features
    table = forecaster.explain(test[0][:MOST_EXPLAINED]).table
    assert [each.feature for each in found] == [*table.index[:N_FEATURES]]
    assert [each.scale for each in found] == [*table["scale"][:N_FEATURES]]


def test_few_posts_are_drawn_once_each(forecaster, posts):
    drawn = illustrate(forecaster, posts.features[100:102], posts.curves[100:102], None, explain=False)
    assert sorted(post.id for post in drawn.posts) == sorted(posts.curves.index[100:102])
