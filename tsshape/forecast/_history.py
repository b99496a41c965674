"""The history of an author: how many views the author's other posts got."""

from typing import Any

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import BoolArray, FloatArray, IntArray
from tsshape.features import EncodedTable

COLUMNS = ("author_mean_log_scale", "author_n_posts")

# The share of the training posts whose history is hidden, so that the models also learn to forecast for new authors.
_HIDDEN_SHARE = 0.5
# The parts of the training posts; the history of a post is taken from the other parts.
_N_PARTS = 20
# Mean and number of posts of an author without a history.
_NO_HISTORY = (np.nan, 0.0)


class AuthorHistory:
    """The mean log scale, and the number, of an author's training posts.

    Parameters
    ----------
    seed : int
        Seed of what is drawn at random.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit(self, authors: pd.Series, scale: FloatArray) -> "AuthorHistory":
        """Learn the authors' posts."""
        groups = pd.Series(np.log1p(scale), authors.index).groupby(authors)
        self.table_ = pd.DataFrame({"sum": groups.sum(), "n": groups.size()})
        return self

    def transform(self, authors: pd.Series) -> pd.DataFrame:
        """Return the history of other posts; an unknown author has none."""
        own = self.table_.reindex(authors).fillna(0.0).set_axis(authors.index)
        return _as_columns(own["sum"].to_numpy(), own["n"].to_numpy(), authors.index)


def out_of_fold_history(
    authors: pd.Series, scale: FloatArray, known: BoolArray, seed: int, days: IntArray | None = None
) -> pd.DataFrame:
    """Return the history that models are trained on: of each post, from posts whose scale its forecast may know.

    The history of a post comes from the posts of other days or, where the days are not known, from the other parts of
    the training posts, which are divided at random. If it came from all other posts, an author's history would fall as
    the post's own scale rises, and trees would read the scale from it; and posts of one day are more alike than a post
    to come is to them. Half of the training posts are given no history. Posts that are not `known` are in none.

    Parameters
    ----------
    authors : Series of shape (n_posts,)
        Missing where unknown.
    scale : array of shape (n_posts,)
    known : array of shape (n_posts,)
        Which posts are trained on.
    seed : int
    days : array of shape (n_posts,), optional
        The day of each post as a number from 0 on.
    """
    rng = np.random.default_rng(seed)
    part, hidden = rng.integers(_N_PARTS, size=len(scale)), rng.random(len(scale)) < _HIDDEN_SHARE
    if days is not None:
        part = days
    codes, names = authors.factorize()
    # Missing authors have the code -1, and are counted as one that is left out.
    own = np.where(codes < 0, len(names), codes)
    pairs = np.unique(own * (int(part.max()) + 1) + part, return_inverse=True)[1]
    totals = []
    for value in (np.log1p(scale), np.ones(len(scale))):
        counted = np.where(known, value, 0.0)
        # A post that is not known is in no part, but it may be of the same day.
        left_out = np.where(known | (days is not None), _sum_of_group(pairs, counted), 0.0)
        totals.append(_sum_of_group(own, counted) - left_out)
    history = _as_columns(totals[0], np.where(codes < 0, 0.0, totals[1]), authors.index)
    history.loc[hidden & known] = _NO_HISTORY
    return history


def _sum_of_group(group: IntArray, values: FloatArray) -> FloatArray:
    """Return for each row the sum of the values of its group; groups are numbers from 0 on."""
    return np.asarray(np.bincount(group, values)[group], dtype=np.float64)


def _as_columns(total: FloatArray, n_posts: FloatArray, ids: pd.Index) -> pd.DataFrame:
    """Return the columns of the history from sums and numbers."""
    mean = np.divide(total, n_posts, out=np.full(len(ids), np.nan), where=n_posts > 0)
    return pd.DataFrame(dict(zip(COLUMNS, (mean, n_posts), strict=True)), index=ids)


def has_history(posts: EncodedTable) -> BoolArray:
    """Return whether the history of each post's author is known, shape (n_posts,)."""
    if COLUMNS[1] not in posts.joined_columns:
        return np.zeros(len(posts), dtype=np.bool_)
    known: BoolArray = posts.encoded[COLUMNS[1]].to_numpy() > 0
    return known


def as_authors(authors: Any, ids: pd.Index) -> pd.Series:
    """Return authors as text in the order of the posts, missing where unknown; a Series must have the posts' ids."""
    if authors is None:
        return pd.Series(None, index=ids, dtype="str")
    if isinstance(authors, pd.Series):
        if not authors.index.equals(ids):
            raise DataError("authors and features must have the same ids in the same order")
        named = authors
    else:
        values = np.asarray(authors, dtype=object)
        if values.shape != (len(ids),):
            raise DataError(f"authors have shape {values.shape}, but there are {len(ids)} posts")
        named = pd.Series(values, ids)
    try:
        return named.astype("str").where(named.notna(), None).astype("str")
    except UnicodeEncodeError as error:
        raise DataError(f"authors hold text that is not Unicode: {error.object!r}") from error
