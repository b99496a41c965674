"""The simulated SPID tables have the published schema and numbers, and can be learned from, partly."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_series_equal
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier

from tsshape import EngagementDataset, load_spid, simulate_spid
from tsshape.data import simulate_spid_tables, write_spid_tables
from tsshape.data._simulator import SpidTables
from tsshape.data._simulator._curves import FAMILIES, draw_shapes
from tsshape.data._simulator._text import TOPICS

N_PUBLISHED = 20_337
SEEDS = (0, 1)


@cache
def tables(seed: int) -> SpidTables:
    return simulate_spid_tables(20_000, random_state=seed)


@cache
def dataset(seed: int) -> EngagementDataset:
    return simulate_spid(20_000, random_state=seed)


def rank_correlations(data: EngagementDataset) -> pd.Series:
    features = data.features.select_dtypes("number")
    return features.corrwith(data.curves.max(axis=1), method="spearman")


def test_the_tables_have_the_schema_of_the_challenge() -> None:
    headers, images, users, popularity = simulate_spid_tables(50, random_state=0)
    assert " ".join(headers) == "FlickrId UserId URL DatePosted DateTaken DateCrawl"
    assert " ".join(images) == (
        "FlickrId Camera Size Title Description NumSets NumGroups AvgGroupsMemb AvgGroupPhotos Tags"
        " Latitude Longitude Country"
    )
    assert " ".join(users) == (
        "UserId Username Ispro HasStats Contacts PhotoCount MeanViews GroupsCount GroupsAvgMembers GroupsAvgPictures"
    )
    assert list(popularity) == ["FlickrId", *(f"Day{day:02d}" for day in range(1, 31))]


def test_ids_are_unique_digits_and_the_tables_agree_on_them() -> None:
    headers, images, users, popularity = tables(0)
    assert images["FlickrId"].is_unique
    assert images["FlickrId"].str.fullmatch(r"\d+").all()
    assert users["UserId"].str.fullmatch(r"\d+").all()
    assert set(headers["FlickrId"]) == set(images["FlickrId"]) == set(popularity["FlickrId"])
    assert set(headers["UserId"]) < set(users["UserId"])


def test_a_few_header_rows_stand_twice() -> None:
    headers = tables(0).headers
    assert 0.005 < headers.duplicated().mean() < 0.02
    assert headers.drop_duplicates()["FlickrId"].is_unique


def test_a_post_is_taken_then_posted_then_crawled() -> None:
    headers = tables(0).headers
    assert (headers["DateTaken"] <= headers["DatePosted"]).all()
    assert (headers["DatePosted"] <= headers["DateCrawl"]).all()


def test_users_and_their_rows_are_as_many_as_published_in_proportion() -> None:
    users = tables(0).users
    assert users["UserId"].nunique() / 20_000 == pytest.approx(22_325 / N_PUBLISHED, abs=1e-3)
    assert len(users) / 20_000 == pytest.approx(23_000 / N_PUBLISHED, abs=1e-3)


def test_the_last_row_of_a_user_is_the_newest() -> None:
    users = tables(0).users
    repeated = users[users["UserId"].duplicated(keep=False)].groupby("UserId")
    for column in ("Contacts", "PhotoCount", "MeanViews", "GroupsCount"):
        assert (repeated[column].last() >= repeated[column].first()).all()
    assert (repeated["PhotoCount"].last() > repeated["PhotoCount"].first()).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_missing_shares_are_as_published(seed: int) -> None:
    missing = tables(seed).images.isna()
    published = {
        "Camera": 7_693,
        "Latitude": 7_091,
        "Longitude": 7_091,
        "Country": 7_091,
        "Description": 4_815,
        "Title": 954,
    }
    for column, count in published.items():
        assert missing[column].mean() == pytest.approx(count / N_PUBLISHED, abs=0.015)
    assert not missing.drop(columns=list(published)).any(axis=None)
    assert missing["Latitude"].equals(missing["Longitude"])
    assert missing["Latitude"].equals(missing["Country"])


@pytest.mark.parametrize("seed", SEEDS)
def test_mean_views_rank_the_scale_as_published(seed: int) -> None:
    assert rank_correlations(dataset(seed))["MeanViews"] == pytest.approx(0.7749, abs=0.03)


@pytest.mark.parametrize("seed", SEEDS)
def test_group_counts_rank_the_scale_as_published(seed: int) -> None:
    assert rank_correlations(dataset(seed))["GroupsCount"] == pytest.approx(0.562, abs=0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_other_counts_rank_the_scale_more_weakly(seed: int) -> None:
    others = [
        *("Contacts", "PhotoCount", "GroupsAvgMembers", "GroupsAvgPictures"),
        *("NumGroups", "AvgGroupsMemb", "AvgGroupPhotos"),
    ]
    assert rank_correlations(dataset(seed))[others].between(0.2, 0.45).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_scales_have_a_heavy_tail(seed: int) -> None:
    scale = dataset(seed).curves.max(axis=1)
    assert 50 < scale.median() < 150
    assert scale.mean() > 5 * scale.median()


@pytest.mark.parametrize("seed", range(5))
def test_scales_of_few_posts_have_a_heavy_tail_too(seed: int) -> None:
    scale = simulate_spid(2000, n_times=1, random_state=seed).curves.max(axis=1)
    assert scale.mean() > 5 * scale.median()


@pytest.mark.parametrize("seed", SEEDS)
def test_curves_are_cumulative_and_interpolated(seed: int) -> None:
    curves = dataset(seed).curves.to_numpy()
    assert (curves >= 0).all()
    assert (np.diff(curves, axis=1) >= 0).all()
    assert (curves % 1 != 0).mean() > 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_a_few_posts_are_never_seen(seed: int) -> None:
    assert 0.001 < (dataset(seed).curves.max(axis=1) == 0).mean() < 0.006


def test_most_authors_have_one_post_and_a_few_have_dozens() -> None:
    posts = dataset(0).authors.value_counts()
    assert 0.6 < (posts == 1).mean() < 0.9
    assert 24 < posts.max() < 100


def test_posts_of_an_author_share_the_features_of_the_author() -> None:
    data = dataset(0)
    columns = ["Ispro", "HasStats", "Contacts", "PhotoCount", "MeanViews", "GroupsCount"]
    by_author = data.features.groupby(data.authors)[columns]
    assert_frame_equal(by_author.min(), by_author.max())


def test_tags_are_json_lists_of_distinct_words_some_of_them_not_ascii() -> None:
    tags = tables(0).images["Tags"].map(json.loads)
    assert all(isinstance(names, list) and len(set(names)) == len(names) for names in tags)
    assert not tags.map(" ".join).str.isascii().all()


def test_coordinates_are_on_the_globe_and_near_those_of_the_country() -> None:
    places = tables(0).images.dropna(subset="Country").groupby("Country")[["Latitude", "Longitude"]]
    assert places.ngroups > 10
    assert (places.max() - places.min() < 20).all(axis=None)
    assert places.max().max().le([90, 180]).all()
    assert places.min().min().ge([-90, -180]).all()


def test_a_forest_predicts_shape_clusters_better_than_the_majority_and_far_from_perfectly() -> None:
    data = simulate_spid(4000, random_state=0)
    seen = data.curves.max(axis=1) > 0
    curves, features = data.curves[seen], data.features[seen]
    cluster = KMeans(10, n_init=4, random_state=0).fit_predict(curves.div(curves.max(axis=1), axis=0))
    tags = features["Tags"].str.get_dummies(" ").add_prefix("tag ")
    X = features.select_dtypes("number").join(tags).to_numpy()
    train = np.random.default_rng(0).random(len(X)) < 0.75
    forest = RandomForestClassifier(100, min_samples_leaf=3, random_state=0).fit(X[train], cluster[train])
    majority = np.mean(cluster[~train] == np.bincount(cluster[train]).argmax())
    accuracy = forest.score(X[~train], cluster[~train])
    assert majority + 0.03 < accuracy < 0.9


@pytest.mark.parametrize("name", FAMILIES)
def test_shapes_of_each_family_rise_to_one(name: str) -> None:
    family = np.full(200, list(FAMILIES).index(name))
    shapes = draw_shapes(family, 30, np.random.default_rng(0))
    assert (np.diff(shapes, axis=1) >= 0).all()
    assert (shapes >= 0).all()
    assert (shapes[:, -1] == 1).all()


def test_each_topic_that_favours_a_family_is_a_topic_of_posts() -> None:
    assert {family.topic for family in FAMILIES.values()} - {""} <= set(TOPICS)


@pytest.mark.parametrize("n_posts", [1, 2, 7])
@pytest.mark.parametrize("n_times", [1, 2, 120])
def test_any_number_of_posts_and_days_can_be_simulated(n_posts: int, n_times: int) -> None:
    data = simulate_spid(n_posts, n_times=n_times, random_state=0)
    assert data.curves.shape == (n_posts, n_times)
    assert list(data.curves.columns) == list(range(1, n_times + 1))


@pytest.mark.parametrize("sizes", [{"n_posts": 0}, {"n_posts": -3}, {"n_times": 0}])
def test_no_posts_or_no_days_are_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(sizes))} must be at least 1"):
        simulate_spid(**sizes)


def test_the_same_seed_gives_the_same_tables() -> None:
    for first, second in zip(*(simulate_spid_tables(300, random_state=5) for _ in range(2)), strict=True):
        assert_frame_equal(first, second, check_exact=True)


def test_another_seed_gives_other_curves() -> None:
    first, second = (simulate_spid_tables(300, random_state=seed).popularity for seed in (5, 6))
    assert not first["Day30"].equals(second["Day30"])


def test_a_generator_is_drawn_from() -> None:
    rng = np.random.default_rng(5)
    first, second = (simulate_spid_tables(300, random_state=rng).popularity for _ in range(2))
    assert_frame_equal(first, simulate_spid_tables(300, random_state=5).popularity)
    assert not first["Day30"].equals(second["Day30"])


def test_written_tables_load_as_the_simulated_dataset_exactly(tmp_path: Path) -> None:
    write_spid_tables(simulate_spid_tables(500, random_state=3), tmp_path / "new" / "spid")
    written, simulated = load_spid(tmp_path / "new" / "spid"), simulate_spid(500, random_state=3)
    assert_frame_equal(written.curves, simulated.curves, check_exact=True)
    assert_frame_equal(written.features, simulated.features, check_exact=True)
    assert_series_equal(written.authors, simulated.authors)
    assert_series_equal(written.posted, simulated.posted)
    assert sorted(path.name for path in (tmp_path / "new" / "spid").iterdir()) == [
        *("headers_TRAIN.csv", "img_info_TRAIN.csv", "popularity_TRAIN.csv", "users_TRAIN.csv")
    ]
