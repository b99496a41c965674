"""A forecast does not depend on the block that its post is in."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_series_equal

from tsshape import simulate_spid
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster, forecast_blocks

POSTS = simulate_spid(130, n_times=6, random_state=1)
# Posts at upload, under way and finished, in an order of their own; some have no row.
SEEN = POSTS.curves.where(np.arange(6) < (np.arange(130) % 7)[:, None])[10:].iloc[::-1]
COVERAGES = (0.5, 0.8)


@pytest.fixture(scope="module")
def forecaster():
    made = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), random_state=0)
    return made.fit(POSTS.features, POSTS.curves, authors=POSTS.authors)


@pytest.mark.parametrize("size", [1, 48, 130])
def test_blocks_answer_what_the_forecaster_does(size, forecaster):
    features = POSTS.features[:40] if size == 1 else POSTS.features
    known = {"observed": SEEN[SEEN.index.isin(features.index)], "authors": POSTS.authors[: len(features)]}
    blocks = [*forecast_blocks(forecaster, features, **known, size=size)]
    assert [len(features.iloc[each.rows]) for each in blocks] == [len(each.known.ids) for each in blocks]
    assert len(blocks) == -(-len(features) // size)
    assert_frame_equal(pd.concat([each.curves() for each in blocks]), forecaster.predict(features, **known))
    assert_series_equal(pd.concat([each.scale() for each in blocks]), forecaster.predict_scale(features, **known))
    summary = forecaster.summary(features, **known, coverage=0.8, above=[100])
    assert_frame_equal(pd.concat([each.summary(0.8, [100]) for each in blocks]), summary, check_exact=True)
    intervals = forecaster.predict_interval(features, **known, coverage=COVERAGES)
    found = [each.intervals(COVERAGES) for each in blocks]
    for coverage in COVERAGES:
        for end, expected in enumerate(intervals[coverage]):
            assert_frame_equal(pd.concat([each[coverage][end] for each in found]), expected, check_exact=True)


def test_coverage_is_measured_on_unfinished_posts_from_upload(forecaster):
    (block,) = forecast_blocks(forecaster, POSTS.features, observed=SEEN, authors=POSTS.authors)
    days = SEEN.notna().sum(axis=1).reindex(POSTS.features.index, fill_value=0)
    open_ = days[(days > 0) & (days < 6)]
    lower, upper = forecaster.predict_interval(POSTS.features, coverage=0.8, authors=POSTS.authors)
    inside = [lower.loc[id_, day] <= POSTS.curves.loc[id_, day] <= upper.loc[id_, day] for id_, day in open_.items()]
    assert block.covered_today(0.8).tolist() == inside
    assert 0 < sum(inside) < len(inside)
    (unseen,) = forecast_blocks(forecaster, POSTS.features)
    assert not len(unseen.covered_today(0.8))
