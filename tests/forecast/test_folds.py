import numpy as np
import pandas as pd
import pytest

from tsshape.forecast._folds import count_splits, draw_splits, split_at_random

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("n_posts", [10, 300, 4999])
def test_few_posts_are_each_held_out_once_and_young_ones_never(n_posts):
    complete = RNG.permutation(np.arange(n_posts + 50) < n_posts)
    splits = draw_splits(complete, 0)
    assert len(splits) == count_splits(n_posts) == 5
    np.testing.assert_array_equal(np.sort(np.concatenate([split.held for split in splits])), np.flatnonzero(complete))
    for split in splits:
        np.testing.assert_array_equal(np.sort(np.concatenate(split[:2])), np.arange(n_posts + 50))


@pytest.mark.parametrize(("n_posts", "n_held"), [(5000, 1000), (100_000, 5000)])
def test_of_many_posts_one_split_is_enough(n_posts, n_held):
    (split,) = draw_splits(np.ones(n_posts, dtype=bool), 0)
    assert len(split.held) == pytest.approx(n_held, abs=1)
    assert len(split.train) + len(split.held) == n_posts


@pytest.mark.parametrize("n_posts", [1, 9])
def test_where_none_can_be_spared_all_are_trained_on_and_held_out(n_posts):
    for split in (*draw_splits(np.ones(n_posts, dtype=bool), 0), split_at_random(n_posts, 0)):
        assert split.train.tolist() == split.held.tolist() == list(range(n_posts))


@pytest.mark.parametrize("n_posts", [600, 6000])
def test_a_third_of_the_posts_are_held_out_by_whole_authors(n_posts):
    authors = pd.Series([f"a{number // 3}" for number in range(n_posts)], dtype="str").where(RNG.random(n_posts) < 0.9)
    new = []
    for split in draw_splits(np.ones(n_posts, dtype=bool), 0, authors=authors):
        held = authors.iloc[split.held]
        is_new = held.isna() | ~held.isin(authors.iloc[split.train])
        assert is_new[~split.at_random].all()
        new.append(np.mean(~split.at_random))
    assert 0.3 < np.mean(new) < 0.35


def test_an_author_of_very_many_posts_is_not_held_out_as_a_whole():
    authors = pd.Series(["one"] * 300 + ["two"] * 10, dtype="str")
    for split in draw_splits(np.ones(310, dtype=bool), 0, authors=authors):
        assert 50 < len(split.held) < 75
        assert (authors.iloc[split.train] == "one").any()


@pytest.mark.parametrize(("n_posts", "n_folds"), [(300, 5), (6000, 1)])
def test_complete_posts_of_one_day_are_forecast_by_young_ones_of_other_days(n_posts, n_folds):
    young = np.arange(2 * n_posts) >= n_posts
    posted = pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(young.astype(int), unit="D"))
    splits = draw_splits(~young, 0, posted=posted)
    assert len(splits) == n_folds
    for split in splits:
        np.testing.assert_array_equal(split.train, np.flatnonzero(young))
        assert not young[split.held].any()
    # A few young posts are not enough to train on.
    few = slice(0, int(1.2 * n_posts))
    for split in draw_splits(~young[few], 0, posted=posted[few]):
        assert not young[split.train].all()


def test_of_many_posts_the_latest_are_held_out():
    day = RNG.integers(10, size=6000)
    posted = pd.Series(pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(day, unit="D"))
    (split,) = draw_splits(np.ones(6000, dtype=bool), 0, posted=posted)
    assert set(day[split.held]) == {8, 9}
    assert set(day[split.train]) == set(range(8))
    # Times within one day are no earlier and later posts, and a few earlier ones are too few to train on.
    for same in (posted.dt.normalize().min() + pd.to_timedelta(day, unit="h"), posted.where(day < 1, posted.max())):
        (split,) = draw_splits(np.ones(6000, dtype=bool), 0, posted=pd.Series(same))
        assert len(split.held) == 1200
        assert len(set(day[split.held])) == 10
