"""A forecaster on posts in the partitions of Dask dataframes."""

from itertools import pairwise

import dask
import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_series_equal

from tsshape import simulate_spid
from tsshape._errors import DataError
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster, _by_partition

POSTS = simulate_spid(130, n_times=6, random_state=1)
# Posts at upload, under way and finished; some have no row.
SEEN = POSTS.curves.where(np.arange(6) < (np.arange(130) % 7)[:, None])[10:]


@pytest.fixture(autouse=True)
def _in_this_thread():
    with dask.config.set(scheduler="synchronous"):
        yield


def in_partitions(table, *cuts):
    """Return a table in partitions that end at some rows."""
    ends = [0, *cuts, len(table)]
    return dd.from_delayed([dask.delayed(table.iloc[at:end]) for at, end in pairwise(ends)])


# The third partition is empty.
CUTS = (40, 90, 90)
FEATURES, AUTHORS = in_partitions(POSTS.features, *CUTS), in_partitions(POSTS.authors, *CUTS)
CURVES = in_partitions(POSTS.curves, *CUTS)
OBSERVED = in_partitions(SEEN, *(cut - 10 for cut in CUTS))


def new_forecaster():
    return ScaleShapeForecaster(ShapeKMeans(3, random_state=0), random_state=0, n_jobs=2)


@pytest.fixture(scope="module")
def forecaster():
    return new_forecaster().fit(POSTS.features, POSTS.curves, authors=POSTS.authors)


def partitions_of(table):
    return dask.compute(*table.to_delayed())


def assert_same(found, expected):
    check = assert_series_equal if isinstance(expected, pd.Series) else assert_frame_equal
    check(found, expected, check_exact=True)


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("predict", {}),
        ("predict_scale", {}),
        ("predict_interval", {}),
        ("predict_interval", {"coverage": (0.5, 0.8)}),
        ("predict_scale_interval", {"coverage": 0.8}),
        ("predict_quantiles", {"levels": [0.5]}),
        ("predict_probability", {"above": [100, 1000]}),
        ("summary", {"above": 100}),
    ],
)
def test_each_partition_is_what_its_posts_get_in_memory(method, options, forecaster):
    found = getattr(forecaster, method)(FEATURES, **options, observed=OBSERVED, authors=AUTHORS)
    expected = [
        getattr(forecaster, method)(features, **options, observed=observed, authors=authors)
        for features, observed, authors in zip(*map(partitions_of, (FEATURES, OBSERVED, AUTHORS)), strict=True)
    ]

    def compare(lazy, tables):
        if isinstance(lazy, dict | tuple):
            for key in lazy if isinstance(lazy, dict) else range(len(lazy)):
                compare(lazy[key], [each[key] for each in tables])
            return
        assert (lazy.npartitions, [*lazy._meta.index.names]) == (4, [*tables[0].index.names])
        for partition, table in zip(partitions_of(lazy), tables, strict=True):
            assert_same(partition, table)

    compare(found, expected)


def test_shapes_and_forecasts_at_upload_need_features_alone(forecaster):
    assert_same(forecaster.predict_shape(FEATURES).compute(), forecaster.predict_shape(POSTS.features))
    assert_same(forecaster.predict(FEATURES).compute(), forecaster.predict(POSTS.features))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"observed": SEEN}, "observed must be in the partitions of the features, as a Dask dataframe or series"),
        ({"authors": in_partitions(POSTS.authors, 40)}, "authors has 2 partitions, and the features have 4"),
        ({"authors": in_partitions(POSTS.authors, 41, 90, 90)}, "counted from 0: authors and features"),
        ({"observed": in_partitions(SEEN, 31, 81, 81)}, "counted from 0: observed has 1 posts that are"),
    ],
)
def test_partitions_that_do_not_belong_together_are_refused(given, message, forecaster):
    with pytest.raises(DataError, match=message):
        forecaster.predict(FEATURES, **given).compute()


def test_a_column_that_is_missing_is_refused_before_anything_is_computed(forecaster):
    with pytest.raises(DataError, match="MeanViews"):
        forecaster.predict(FEATURES.drop(columns="MeanViews"))


def test_few_posts_are_taken_whole_so_that_the_fit_is_the_local_one(forecaster):
    fitted = new_forecaster().fit(FEATURES, CURVES, authors=AUTHORS)
    assert fitted.sample_size_ == forecaster.sample_size_ == 130
    assert_same(fitted.summary(POSTS.features), forecaster.summary(POSTS.features))
    assert_same(fitted.posts_.history.transform(POSTS.authors), forecaster.posts_.history.transform(POSTS.authors))


@pytest.mark.parametrize("cuts", [(), CUTS])
def test_of_more_posts_a_sample_is_drawn_over_all_partitions_whatever_these_are(cuts, monkeypatch, caplog):
    monkeypatch.setattr(_by_partition, "SAMPLE", 26)
    posts = _by_partition.Posts(
        in_partitions(POSTS.features, *cuts),
        in_partitions(POSTS.curves, *cuts),
        None,
        in_partitions(POSTS.posted, *cuts),
    )
    with caplog.at_level("INFO", logger="tsshape"):
        drawn = _by_partition.draw_posts(posts, 0)
    assert "fitting on 26 of 130 posts, drawn evenly over the partitions" in caplog.text
    rows = POSTS.features.index.get_indexer(drawn.features.index)
    # One of every five.
    assert [*(rows // 5)] == [*range(26)]
    assert_same(drawn.curves, POSTS.curves.iloc[rows])
    assert [*drawn.posted] == [*POSTS.posted.iloc[rows]]
    assert drawn.authors is None
    of_array = _by_partition.draw_posts(
        posts._replace(curves=da.from_array(POSTS.curves.to_numpy(), chunks=(50, 3))), 0
    )
    np.testing.assert_array_equal(of_array.curves, drawn.curves)
    again = _by_partition.draw_posts(posts, 1)
    assert [*again.features.index] != [*drawn.features.index]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"curves": POSTS.curves}, "curves must be in partitions, as the features are; got DataFrame"),
        ({"curves": in_partitions(POSTS.curves, 40)}, r"these have 40, 50, 0, 40 posts in them, curves 40, 90"),
        ({"curves": da.zeros((129, 6), chunks=(50, 6))}, "there are 129 curves for 130 posts"),
        ({"curves": CURVES, "authors": POSTS.authors}, "authors must be in partitions, as the features are"),
    ],
)
def test_a_fit_refuses_what_is_not_in_the_partitions_of_the_features(given, message):
    with pytest.raises(DataError, match=message):
        new_forecaster().fit(FEATURES, **given)
