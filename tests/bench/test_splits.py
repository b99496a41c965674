import numpy as np
import pandas as pd
import pytest

import tsshape
from tsshape import DataError, EngagementDataset
from tsshape.bench import Suite
from tsshape.bench._splits import splits

POSTS = tsshape.simulate_spid(300, n_times=3, random_state=0)


def suite(**settings):
    """A suite without variants."""
    return Suite(name="test", variants=(), **settings)


def replaced(**parts):
    """The posts with some parts replaced."""
    fields = {"curves": POSTS.curves, "features": POSTS.features, "authors": POSTS.authors, "posted": POSTS.posted}
    return EngagementDataset(**fields | parts, name="test")


def hours_old(hours):
    """When posts of some ages went up, in hours before noon of a day."""
    now = pd.Timestamp("2020-06-01 12:00")
    return pd.Series([now - pd.Timedelta(hours=float(age)) for age in hours], POSTS.curves.index)


# The 20 oldest of 300 posts of 3 days are complete when the first of 30 test posts goes up.
AGES = np.r_[np.full(20, 72.0), np.linspace(71.9, 1.0, 250), -np.arange(30)]
SHORT = replaced(posted=hours_old(AGES))


# The published division of the posts, in no order.
DIVIDED = pd.Series(np.where(np.arange(300) % 3, "train", "test"), POSTS.curves.index)


def test_the_published_division_is_that_of_every_run_with_another_seed():
    divisions = list(splits(suite(split="predefined", n_runs=3), replaced(split=DIVIDED)))
    assert len({division.seed for division in divisions}) == 3
    for division in divisions:
        np.testing.assert_array_equal(division.test, np.arange(0, 300, 3))
        np.testing.assert_array_equal(division.train, np.flatnonzero(np.arange(300) % 3))


@pytest.mark.parametrize("split", ["random", "author", "time"])
def test_every_post_is_on_exactly_one_side(split):
    for division in splits(suite(split=split), POSTS):
        both = np.concatenate([division.train, division.test])
        np.testing.assert_array_equal(np.sort(both), np.arange(300))


def test_random_splits_are_9_to_1_and_differ():
    divisions = list(splits(suite(n_runs=10), POSTS))
    assert [len(division.test) for division in divisions] == [30] * 10
    assert len({tuple(division.test) for division in divisions}) == 10
    assert len({division.seed for division in divisions}) == 10


def test_a_seed_repeats_its_splits_and_another_does_not():
    first, again, other = (next(splits(suite(seed=seed), POSTS)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.test, again.test)
    assert not np.array_equal(first.test, other.test)


def test_the_first_runs_of_a_long_suite_are_those_of_a_short_one():
    short, long = (list(splits(suite(n_runs=runs), POSTS)) for runs in (2, 5))
    for one, other in zip(short, long, strict=False):
        np.testing.assert_array_equal(one.test, other.test)


def test_no_author_stands_on_both_sides():
    for division in splits(suite(split="author"), POSTS):
        sides = [set(POSTS.authors.iloc[side]) for side in (division.train, division.test)]
        assert not sides[0] & sides[1]


def test_posts_of_unknown_authors_are_not_kept_together():
    unknown = replaced(authors=POSTS.authors.where(np.arange(300) < 10))
    division = next(splits(suite(split="author"), unknown))
    assert np.isin(np.arange(10, 300), division.test).sum() > 5
    assert np.isin(np.arange(10, 300), division.train).sum() > 200


def test_the_split_in_time_tests_on_the_latest_posts():
    (division,) = splits(suite(split="time"), POSTS)
    assert POSTS.posted.iloc[division.train].max() < POSTS.posted.iloc[division.test].min()
    assert len(division.test) == 30


def test_posts_of_one_moment_stay_together():
    days = pd.Series(pd.to_datetime(["2020-01-01"] * 100 + ["2020-01-02"] * 200), POSTS.curves.index)
    (division,) = splits(suite(split="time"), replaced(posted=days))
    np.testing.assert_array_equal(division.test, np.arange(100, 300))


@pytest.mark.parametrize("split", ["random", "author", "time", "rolling"])
def test_fewer_training_posts_are_drawn_from_those_of_the_split(split):
    whole, some, fewer = (
        next(splits(suite(split=split, n_train=n), SHORT if split == "rolling" else POSTS)) for n in (None, 60, 20)
    )
    assert (len(some.train), len(fewer.train)) == (60, 20)
    assert {*fewer.train} < {*some.train} < {*whole.train}
    np.testing.assert_array_equal(some.test, whole.test)
    if split == "rolling":
        np.testing.assert_array_equal(some.seen, whole.seen[np.isin(whole.train, some.train)])


def test_more_training_posts_than_there_are_are_refused():
    with pytest.raises(DataError, match="n_train is 271; run 0 has 270 training posts"):
        list(splits(suite(n_train=271), POSTS))


@pytest.mark.parametrize("split", ["random", "author", "time", "rolling"])
def test_models_are_told_when_posts_went_up_unless_posts_are_drawn(split):
    assert next(splits(suite(split=split), SHORT)).dated == (split != "random")


def test_a_rolling_split_knows_what_was_over_when_the_first_test_post_went_up():
    divisions = list(splits(suite(split="rolling", n_runs=3), SHORT))
    np.testing.assert_array_equal(np.concatenate([division.test for division in divisions]), np.arange(270, 300))
    for hours, division in zip((0, 10, 20), divisions, strict=True):
        age = AGES[division.train] + hours
        assert age.min() >= 24
        np.testing.assert_array_equal(division.seen, np.minimum(age // 24, 3))
        assert AGES[np.setdiff1d(np.arange(300), division.train)].max() + hours < 24


def test_posts_of_one_moment_are_tested_in_one_window():
    ages = np.r_[np.full(270, 100.0), np.zeros(25), np.full(5, -9.0)]
    divisions = list(splits(suite(split="rolling", n_runs=2), replaced(posted=hours_old(ages))))
    assert [len(division.test) for division in divisions] == [30]


def test_steps_of_other_lengths_are_over_sooner():
    (division,) = splits(suite(split="rolling", n_runs=1, step_minutes=60), SHORT)
    np.testing.assert_array_equal(division.seen, np.minimum(AGES[division.train] // 1, 3))
    assert len(division.train) == 270


@pytest.mark.parametrize(
    ("parts", "settings", "message"),
    [
        ({"posted": None}, {}, "needs the column 'posted'"),
        ({}, {"test_size": 0.99}, "at least 20 posts whose 3 days were over .* seen_days = "),
        ({}, {"test_size": 0.99, "seen_days": (1,)}, "at least 20 posts that are earlier than the latest date"),
    ],
)
def test_data_that_give_no_rolling_split_are_refused(parts, settings, message):
    with pytest.raises(DataError, match=message):
        list(splits(suite(split="rolling", **settings), replaced(**parts)))


def test_dates_that_span_less_than_a_life_are_seen_for_some_days(real_data):
    dataset = tsshape.load_dataset(real_data / "youku30_3days")
    divisions = list(splits(suite(split="rolling", seen_days=(1, 3, 7)), dataset))
    for days, division in zip((1, 3, 7), divisions, strict=True):
        dates = dataset.posted.iloc[division.train].astype(str)
        assert {*zip(dates, division.seen, strict=True)} == {("2015-12-14", 30), ("2015-12-15", days)}
        assert set(dataset.posted.iloc[division.test].astype(str)) == {"2015-12-16"}


@pytest.mark.parametrize(
    ("split", "parts", "message"),
    [
        ("author", {"authors": None}, "needs the column 'author'"),
        ("author", {"authors": pd.Series("x", POSTS.curves.index)}, "one author"),
        ("predefined", {}, "needs the column 'split'"),
        ("predefined", {"split": DIVIDED.where(DIVIDED == "train", "train")}, "all posts are in one part"),
        ("time", {"posted": None}, "needs the column 'posted'"),
        ("time", {"posted": POSTS.posted.where(np.arange(300) > 3)}, f"id '{POSTS.curves.index[0]}' has none"),
        ("time", {"posted": pd.Series(pd.Timestamp("2020-01-01"), POSTS.curves.index)}, "no post is earlier"),
    ],
)
def test_data_without_what_the_split_needs_are_refused(split, parts, message):
    with pytest.raises(DataError, match=message):
        list(splits(suite(split=split), replaced(**parts)))


def test_the_real_days_are_split_into_two_and_one(real_data):
    dataset = tsshape.load_dataset(real_data / "youku30_3days")
    (division,) = splits(suite(split="time"), dataset)
    assert set(dataset.posted.iloc[division.test].astype(str)) == {"2015-12-16"}
    assert dataset.posted.iloc[division.train].nunique() == 2
