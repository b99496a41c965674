from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tsshape import EngagementDataset, load_dataset, simulate_spid
from tsshape._errors import DataError
from tsshape.features import find_late_features

POSTS = simulate_spid(600, random_state=0)


def posts_of_authors(n_authors: int, n_each: int, *, older: int = 0) -> EngagementDataset:
    """Posts, equally many per author, with features that were known before; totals are added by a test."""
    rng = np.random.default_rng(n_authors + n_each)
    author = np.repeat(np.arange(n_authors), n_each)
    reach = rng.normal(size=n_authors)[author]
    views = np.exp(4 + reach + rng.normal(size=len(author)))
    ids = pd.Index([f"p{i}" for i in range(len(author))])
    features = pd.DataFrame({"reach": reach, "noise": rng.normal(size=len(author))}, ids)
    n_videos = rng.integers(1, 6, n_authors)[author] if older else np.ones(len(author))
    features["videos"] = n_videos
    features["older"] = older * (n_videos - 1) * np.exp(4 + rng.normal(size=n_authors)[author])
    curves = pd.DataFrame({1: views, 2: views * rng.uniform(1, 2, len(author))}, ids)
    return EngagementDataset(curves, features, authors=pd.Series(author.astype(str), ids))


def find(posts: EngagementDataset, **columns: object) -> pd.DataFrame:
    return find_late_features(posts.features.assign(**columns), posts.curves, authors=posts.authors)


def marked(found: pd.DataFrame) -> list[str]:
    return found.index[found["late"] == True].tolist()  # noqa: E712 - missing is not marked


def total(posts: EngagementDataset, step: int) -> pd.Series:
    return posts.curves[step].groupby(posts.authors).transform("sum")


@pytest.mark.parametrize("step", [1, 30])
@pytest.mark.parametrize("how", ["sum", "mean"])
def test_totals_and_means_of_an_author_that_hold_the_post_are_marked_and_no_other_feature(step: int, how: str) -> None:
    known = POSTS.features[["MeanViews", "Contacts", "TagCount", "Ispro", "Title"]]
    posts = EngagementDataset(POSTS.curves, known, authors=POSTS.authors)
    noise = np.exp(np.random.default_rng(1).normal(scale=0.2, size=len(POSTS.curves)))
    own = POSTS.curves[step].groupby(POSTS.authors).transform(how)
    found = find(posts, late=own * noise)
    assert marked(found) == ["late"]
    assert f"with day {step} in" in found.loc["late", "reason"]
    assert found.loc["MeanViews", "late"] == False  # noqa: E712 - neither True nor missing
    assert found.loc[["Title", "Ispro"], "late"].isna().all()


def test_a_total_over_older_posts_is_seen_at_the_authors_with_the_fewest() -> None:
    posts = posts_of_authors(600, 1, older=20)
    found = find(posts, views_of_all=posts.features["older"] + posts.curves[1])
    assert found["late"].tolist() == [False, False, False, False, True]
    assert "no other post, those lowest in" in found.loc["views_of_all", "reason"]


def test_a_total_over_two_posts_is_nearer_to_them_than_they_are_to_each_other() -> None:
    posts = posts_of_authors(200, 2)
    found = find(posts, views_of_all=total(posts, 1))
    assert found.loc["views_of_all", "late"]
    assert "between the two posts of an author, with 200 authors" in found.loc["views_of_all", "reason"]
    # What an author is, known without noise, is at the border and shows no sign.
    assert not found.loc["reach", "late"]


def test_a_count_of_the_post_is_seen_between_the_posts_of_one_author() -> None:
    posts = posts_of_authors(5, 60)
    found = find(posts, likes=(posts.curves[2] / 10).round())
    assert "with day 1 in 150 pairs of posts of one author" in found.loc["likes", "reason"]
    assert marked(found) == ["likes"]


def test_without_authors_a_trend_is_no_sign_and_a_count_of_the_post_is() -> None:
    posts = posts_of_authors(1, 200)
    days = pd.Series(np.arange(200.0), posts.curves.index)
    growing = posts.curves.mul(np.exp(days / 10), axis=0)
    features = posts.features.assign(day=days, likes=growing[2])
    found = find_late_features(features, growing, posted=pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="D"))
    assert days.corr(growing[1], method="spearman") > 0.95
    assert marked(found) == ["likes"]
    assert "pairs of posts, one after the other" in found.loc["likes", "reason"]


def test_too_few_posts_say_nothing() -> None:
    posts = posts_of_authors(19, 1)
    found = find(posts, views=posts.curves[1])
    assert found["late"].isna().all()
    assert found["reason"].isna().all()
    enough = posts_of_authors(20, 1)
    assert find(enough, views=enough.curves[1]).loc["views", "late"]
    empty = find_late_features(enough.features, enough.curves, authors=np.full(20, None))
    assert empty["late"].isna().all()


def test_tables_are_matched_by_their_ids() -> None:
    features = POSTS.features[["MeanViews"]].assign(views=POSTS.curves[30])
    expected = find_late_features(features, POSTS.curves, authors=POSTS.authors, posted=POSTS.posted)
    turned = (POSTS.curves[::-1], POSTS.authors[::-1], POSTS.posted[::-1])
    found = find_late_features(features, turned[0], authors=turned[1], posted=turned[2])
    assert_frame_equal(found, expected)
    for argument, said in ((POSTS.authors[1:], "authors lacks 1"), (POSTS.authors.to_numpy()[1:], "inconsistent")):
        with pytest.raises(ValueError, match=said):
            find_late_features(features, POSTS.curves, authors=argument)
    with pytest.raises(DataError, match="curves lacks 1"):
        find_late_features(features, POSTS.curves[1:])


@pytest.mark.parametrize("name", ["youku30", "youtube15"])
def test_on_real_posts_the_late_features_are_marked_and_no_other(real_data: Path, name: str) -> None:
    posts = load_dataset(real_data / name)
    last = posts.curves[posts.curves.columns[-1]]
    added = {"likes": (last / 30).round()}
    if posts.authors is not None:
        # As on Youku: the views of all videos of the author, of which the own posts are the newest.
        older = (posts.features["user_videos"] - posts.authors.map(posts.authors.value_counts())).clip(lower=0)
        added["user_total_views"] = older * 100 + total(posts, 1)
        added["user_mean_views"] = added["user_total_views"] / posts.features["user_videos"].clip(lower=1)
    features = posts.features.assign(**added)
    found = find_late_features(features, posts.curves, authors=posts.authors, posted=posts.posted)
    assert marked(found) == [*added]
