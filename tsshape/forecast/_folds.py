"""Which posts are held out of which fits: for early stopping, and to learn the width of intervals."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tsshape._typing import BoolArray, IntArray
from tsshape.features import EncodedTable

N_FOLDS = 5
# From so many posts on, one fold tells enough; it has no more posts than that.
_ONE_FOLD = 5000
# With fewer posts than this none can be spared.
_MIN_POSTS = 10
# The share of the posts that are held out with all posts of their author.
_SHARE_BY_AUTHOR = 1 / 3
# The share of the posts that must be of other days than those held out, if only such posts are to be trained on.
_MIN_OTHER_DAYS = 0.3


class Split(NamedTuple):
    """Which posts a fit is made on, and which it is asked for.

    Attributes
    ----------
    train, held : array of int
        Positions of the posts; both ascend. There may be posts in neither.
    at_random : array of bool of shape (n_held,)
        Which posts are held out by themselves and not with all of their author: on these the fit is stopped, since most
        posts to come are by known authors.
    """

    train: IntArray
    held: IntArray
    at_random: BoolArray

    @classmethod
    def of(cls, train: IntArray, held: IntArray) -> "Split":
        """Return a split whose posts are all held out at random."""
        return cls(train, held, np.ones(len(held), dtype=np.bool_))


class Fold(NamedTuple):
    """A split, and all posts as a fit without those held out knows them: their authors' history has no others."""

    train: IntArray
    held: IntArray
    at_random: BoolArray
    posts: EncodedTable


def split_at_random(n_posts: int, seed: int) -> Split:
    """Return a split that holds out a random fifth; with fewer than ten posts all are trained on and held out."""
    drawn = np.random.default_rng(seed).permutation(n_posts)
    if n_posts < _MIN_POSTS:
        return Split.of(np.sort(drawn), np.sort(drawn))
    n_held = n_posts // N_FOLDS
    return Split.of(np.sort(drawn[n_held:]), np.sort(drawn[:n_held]))


def count_splits(n_posts: int) -> int:
    """Return how many splits `draw_splits` returns for so many complete posts."""
    return N_FOLDS if _MIN_POSTS <= n_posts < _ONE_FOLD else 1


def draw_splits(
    complete: BoolArray, seed: int, *, authors: pd.Series | None = None, posted: pd.Series | None = None
) -> list[Split]:
    """Return the splits of a fit: five that hold out each complete post once, or a single one of many posts.

    A third of the posts are held out by whole authors, so that their authors are new, the others at random. A single
    split holds out the latest posts, where they were posted on several days: forecasts are made for later ones. Where
    the complete posts are of one day, those held out are forecast by posts of other days, if these are enough.

    Parameters
    ----------
    complete : array of shape (n_posts,)
        Whether each curve is complete; other posts are never held out.
    seed : int
    authors, posted : Series of shape (n_posts,), optional
        The author, and the time of posting as a timestamp, of each post; missing where unknown.
    """
    rng = np.random.default_rng(seed)
    rows, n_posts = rng.permutation(np.flatnonzero(complete)), len(complete)
    if len(rows) < _MIN_POSTS:
        return [Split.of(np.arange(n_posts), np.sort(rows))]
    if len(rows) >= _ONE_FOLD and posted is not None:
        later = _latest(posted.iloc[rows])
        if later.any():
            return [Split.of(np.setdiff1d(np.arange(n_posts), rows[later]), np.sort(rows[later][:_ONE_FOLD]))]
    n_folds = max(N_FOLDS, -(-len(rows) // _ONE_FOLD))
    fold, whole = _deal(len(rows), n_folds, None if authors is None else authors.iloc[rows], rng)
    by_author = np.zeros(n_posts, dtype=np.bool_)
    by_author[rows[whole]] = True
    held = [np.sort(rows[fold == number]) for number in range(count_splits(len(rows)))]
    others = np.arange(n_posts) if posted is None else _of_other_days(complete, posted)
    return [Split(np.setdiff1d(others, each), each, ~by_author[each]) for each in held]


def _latest(posted: pd.Series) -> BoolArray:
    """Return which posts are the latest fifth, with those of the same time; none where all are of one day."""
    start = posted.sort_values(ascending=False).iloc[(len(posted) - 1) // N_FOLDS]
    later: BoolArray = (posted >= start).to_numpy()
    one_day = posted.dt.normalize().nunique() < 2  # noqa: PLR2004
    return later & (not one_day and later.mean() <= 1 - _MIN_OTHER_DAYS)


def _of_other_days(complete: BoolArray, posted: pd.Series) -> IntArray:
    """Return the posts of other days than the complete ones, if these are of one day; all where they are not enough."""
    days = posted.dt.normalize()
    of_complete = days[complete].unique()
    other = (days != of_complete[0]).to_numpy()
    enough = len(of_complete) == 1 and other.mean() >= _MIN_OTHER_DAYS
    return np.flatnonzero(other) if enough else np.arange(len(days))


def _deal(
    n_posts: int, n_folds: int, authors: pd.Series | None, rng: np.random.Generator
) -> tuple[IntArray, BoolArray]:
    """Return the fold of each of some posts in random order, and whether it is that of all posts of the author."""
    fold, whole = np.arange(n_posts) * n_folds // n_posts, np.zeros(n_posts, dtype=np.bool_)
    if authors is None:
        return fold, whole
    codes, names = authors.factorize()
    # A post whose author is unknown has an author of its own.
    codes[codes < 0] = len(names) + np.arange((codes < 0).sum())
    n_of = np.bincount(codes)
    order = rng.permutation(len(n_of))
    # An author with more posts than half a fold would be all that a fold holds out.
    order = order[n_of[order] <= n_posts // (2 * n_folds)]
    upto = np.cumsum(n_of[order])
    few = upto <= n_posts * _SHARE_BY_AUTHOR
    order, upto = order[few], upto[few]
    if not len(order):
        return fold, whole
    of_author = np.full(len(n_of), -1)
    of_author[order] = (upto - 1) * n_folds // upto[-1]
    whole = of_author[codes] >= 0
    fold[whole] = of_author[codes[whole]]
    fold[~whole] = np.arange((~whole).sum()) * n_folds // max((~whole).sum(), 1)
    return fold, whole
