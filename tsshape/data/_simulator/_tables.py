"""Simulated authors and posts, as rows of the SPID challenge's tables, and the scales of their curves.

An author has a reach, a standard normal score. The log scale of a post follows its author's reach, plus noise. Every
numeric feature is an increasing function of a noisy copy of the author's reach or of the post's log scale; the noise
gives it its rank correlation with the scale.
"""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from tsshape._typing import FloatArray, IntArray
from tsshape.data._simulator._text import (
    CAMERAS,
    COUNTRIES,
    TextArray,
    draw_coordinates,
    draw_descriptions,
    draw_frequent_first,
    draw_tags,
    draw_titles,
)

# Counts in the challenge's training tables (ICIP 2020), of which the simulator keeps the proportions.
_N_POSTS = 20_337
_N_USERS = 22_325
_N_USER_ROWS = 23_000
_N_MISSING = {
    ("Camera",): 7_693,
    ("Latitude", "Longitude", "Country"): 7_091,
    ("Description",): 4_815,
    ("Title",): 954,
}


class _Feature(NamedTuple):
    """A lognormal feature: its rank correlation with the scale, its median, the standard deviation of its logarithm."""

    spearman: float
    median: float
    spread: float
    whole: bool = True


# Published (Dutta & Barbhuiya, arXiv 2108.01326): Spearman's rho with the scale of MeanViews 0.7749 and of GroupsCount
# 0.562. The other correlations, and all medians and spreads, are this simulator's choice.
_AUTHOR_FEATURES = {
    "Contacts": _Feature(0.40, 110, 1.7),
    "PhotoCount": _Feature(0.28, 1_400, 1.5),
    "MeanViews": _Feature(0.7749, 70, 1.7, whole=False),
    "GroupsCount": _Feature(0.562, 25, 1.6),
    "GroupsAvgMembers": _Feature(0.36, 4_000, 1.0, whole=False),
    "GroupsAvgPictures": _Feature(0.32, 60_000, 1.1, whole=False),
}
_POST_FEATURES = {
    "NumSets": _Feature(0.10, 1.5, 0.8),
    "NumGroups": _Feature(0.36, 2.0, 1.4),
    "AvgGroupsMemb": _Feature(0.26, 5_000, 1.1, whole=False),
    "AvgGroupPhotos": _Feature(0.24, 80_000, 1.2, whole=False),
}
# A heavy tail: the mean of this lognormal is exp(2.1² / 2) = 9 times its median.
_SCALE = _Feature(1.0, 75, 2.1, whole=False)
_UNSEEN_SHARE = 0.003

# Posts per author follow a zeta law, cut off: three authors in four have one post, a few have dozens.
_POSTS_PER_AUTHOR_EXPONENT = 2.5
_MOST_POSTS_PER_AUTHOR = 60
_PRO_SHARE = 0.3
_PRO_REACH = 0.4
_STATS_SHARE_OF_PROS = 0.8
_REPEATED_HEADERS_SHARE = 0.01

_HOUR = 3_600
_DAY = 24 * _HOUR
_FIRST_POSTED = 1_546_300_800  # 2019-01-01 00:00 UTC
_POSTED_DAYS = 180
_PEAK_HOUR = 20
_FIRST_POST_ID = 40_000_000_000
_FIRST_USER_ID = 10_000_000


def draw_users(n_posts: int, rng: np.random.Generator) -> tuple[FloatArray, pd.DataFrame]:
    """Draw the reach of each user and the valid rows of the users' table, for this number of posts."""
    n_users = _in_proportion(_N_USERS, n_posts)
    reach = rng.standard_normal(n_users)
    pro = _noisy_copy(reach, _PRO_REACH, rng) > ndtri(1 - _PRO_SHARE)
    ids = _draw_ids(n_users, _FIRST_USER_ID, rng)
    users = {
        "UserId": rng.permutation(ids),
        "Username": [f"simulated user {number}" for number in range(1, n_users + 1)],
        "Ispro": pro.astype(np.int64),
        "HasStats": (pro & (rng.random(n_users) < _STATS_SHARE_OF_PROS)).astype(np.int64),
    }
    follows = _pearson(_AUTHOR_FEATURES["MeanViews"].spearman)
    for name, feature in _AUTHOR_FEATURES.items():
        users[name] = _values(_noisy_copy(reach, _pearson(feature.spearman) / follows, rng), feature)
    return reach, pd.DataFrame(users)


def draw_authors(n_posts: int, n_users: int, rng: np.random.Generator) -> IntArray:
    """Draw the author of each post, as a row of the users from 0."""
    posts_per_author = rng.zipf(_POSTS_PER_AUTHOR_EXPONENT, n_posts).clip(max=_MOST_POSTS_PER_AUTHOR)
    author = np.repeat(rng.permutation(n_users)[:n_posts], posts_per_author)[:n_posts]
    return rng.permutation(author)


def draw_scale_scores(reach: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw each post's log scale as a standard normal score, given its author's reach."""
    return _noisy_copy(reach, _pearson(_AUTHOR_FEATURES["MeanViews"].spearman), rng)


def scales(scale_score: FloatArray) -> FloatArray:
    """Return the views on the last day; the posts with the lowest scores have none."""
    return np.where(scale_score < ndtri(_UNSEEN_SHARE), 0.0, _values(scale_score, _SCALE))


def draw_headers(user_ids: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Draw ids and times of posts by these users, in the order of posting."""
    n_posts = len(user_ids)
    post_ids = _draw_ids(n_posts, _FIRST_POST_ID, rng)
    posted = _FIRST_POSTED + np.sort(rng.integers(_POSTED_DAYS * _DAY, size=n_posts))
    return pd.DataFrame(
        {
            "FlickrId": post_ids,
            "UserId": user_ids.to_numpy(),
            "URL": [f"https://simulated.invalid/{user}/{post}" for user, post in zip(user_ids, post_ids, strict=True)],
            "DatePosted": posted,
            "DateTaken": posted - rng.exponential(30 * _DAY, n_posts).astype(np.int64),
            "DateCrawl": posted + rng.integers(_DAY // 2, size=n_posts),
        }
    )


def draw_images(
    post_ids: pd.Series, author: IntArray, scale_score: FloatArray, topic: TextArray, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the features of each post that are known at upload; an author's posts share a camera and a country."""
    n_users = author.max() + 1
    country = draw_frequent_first(COUNTRIES, n_users, rng)[author]
    latitude, longitude = draw_coordinates(country, rng)
    features = {
        name: _values(_noisy_copy(scale_score, _pearson(feature.spearman), rng), feature)
        for name, feature in _POST_FEATURES.items()
    }
    for name in ("AvgGroupsMemb", "AvgGroupPhotos"):
        features[name] *= features["NumGroups"] > 0
    images = pd.DataFrame(
        {
            "FlickrId": post_ids,
            "Camera": draw_frequent_first(CAMERAS, n_users, rng)[author],
            "Size": rng.integers(1_000_000, 24_000_000, len(author)),
            "Title": draw_titles(topic, rng),
            "Description": draw_descriptions(topic, rng),
            **features,
            "Tags": draw_tags(topic, rng),
            "Latitude": latitude,
            "Longitude": longitude,
            "Country": country,
        }
    )
    for columns, count in _N_MISSING.items():
        images.loc[rng.random(len(images)) < count / _N_POSTS, list(columns)] = np.nan
    return images


def shape_drivers(headers: pd.DataFrame, images: pd.DataFrame, authors: pd.DataFrame) -> pd.DataFrame:
    """Return what a post's shape depends on beside its topic, standardised or between -1 and 1; one row a post."""
    hour = headers["DatePosted"].to_numpy() % _DAY / _HOUR
    return pd.DataFrame(
        {
            "groups": _standardise(images["NumGroups"], _POST_FEATURES["NumGroups"]),
            "contacts": _standardise(authors["Contacts"], _AUTHOR_FEATURES["Contacts"]),
            "pro": authors["Ispro"].to_numpy(),
            "evening": np.cos(2 * np.pi * (hour - _PEAK_HOUR) / 24),
        }
    )


def repeat_headers(headers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Shuffle the headers and repeat a few of them."""
    twice = rng.choice(len(headers), round(_REPEATED_HEADERS_SHARE * len(headers)), replace=False)
    rows = rng.permutation(np.r_[np.arange(len(headers)), twice])
    return headers.iloc[rows].reset_index(drop=True)


def repeat_users(users: pd.DataFrame, n_posts: int, rng: np.random.Generator) -> pd.DataFrame:
    """Add to a few users an outdated row with smaller values before the valid one."""
    n_outdated = _in_proportion(_N_USER_ROWS, n_posts) - len(users)
    rows = np.sort(np.r_[np.arange(len(users)), rng.choice(len(users), n_outdated, replace=False)])
    table = users.iloc[rows].reset_index(drop=True)
    outdated = np.flatnonzero(rows[:-1] == rows[1:])
    shrunk = table.loc[outdated, list(_AUTHOR_FEATURES)] * rng.uniform(0.6, 0.9, (n_outdated, 1))
    for name, feature in _AUTHOR_FEATURES.items():
        table.loc[outdated, name] = _as_recorded(shrunk[name].to_numpy(), feature)
    return table


def _in_proportion(published: int, n_posts: int) -> int:
    """Scale a published count to this number of posts."""
    return round(n_posts * published / _N_POSTS)


def _draw_ids(count: int, first: int, rng: np.random.Generator) -> TextArray:
    """Draw unique increasing numbers with random gaps, as text."""
    return np.cumsum(np.r_[first, rng.integers(1, 2_000, count - 1)]).astype(np.str_)


def _pearson(spearman: float) -> float:
    """Return Pearson's correlation of two normal scores from Spearman's."""
    return 2 * math.sin(math.pi * spearman / 6)


def _noisy_copy(score: FloatArray, correlation: float, rng: np.random.Generator) -> FloatArray:
    """Draw standard normal scores that have this correlation with the given ones."""
    return correlation * score + math.sqrt(1 - correlation**2) * rng.standard_normal(len(score))


def _values(score: FloatArray, feature: _Feature) -> FloatArray | IntArray:
    """Return the values of a feature at standard normal scores."""
    return _as_recorded(feature.median * np.exp(feature.spread * score), feature)


def _as_recorded(values: FloatArray, feature: _Feature) -> FloatArray | IntArray:
    """Round values as the tables have them: counts are integers, averages have three decimals."""
    return values.astype(np.int64) if feature.whole else values.round(3)


def _standardise(values: pd.Series, feature: _Feature) -> FloatArray:
    """Return approximately the standard normal scores that the values of a feature were made from."""
    scores: FloatArray = (np.log1p(values.to_numpy()) - np.log1p(feature.median)) / feature.spread
    return scores
