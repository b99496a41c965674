"""The history of an author: how many views the author's other posts got."""

from typing import Any

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import BoolArray, FloatArray
from tsshape.features import EncodedTable

COLUMNS = ("author_mean_log_scale", "author_n_posts")

# The share of the training posts whose history is hidden, so that the models also learn to forecast for new authors.
_HIDDEN_SHARE = 0.5
# Mean and number of posts of an author without a history.
_NO_HISTORY = (np.nan, 0.0)


class AuthorHistory:
    """The mean log scale, and the number, of an author's other training posts.

    A training post never counts in its own history, and half of them, drawn at random, are given none.

    Parameters
    ----------
    seed : int
        Seed of the draw.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit_transform(self, authors: pd.Series, scale: FloatArray) -> pd.DataFrame:
        """Learn the authors' posts, and return the history of each post."""
        log_scale = pd.Series(np.log1p(scale), authors.index)
        groups = log_scale.groupby(authors)
        self.table_ = pd.DataFrame({"sum": groups.sum(), "n": groups.size()})
        own = self._look_up(authors)
        history = _as_columns(own["sum"] - log_scale, own["n"] - 1)
        hidden = np.random.default_rng(self.seed).random(len(history)) < _HIDDEN_SHARE
        history.loc[hidden] = _NO_HISTORY
        return history

    def transform(self, authors: pd.Series) -> pd.DataFrame:
        """Return the history of other posts; an unknown author has none."""
        own = self._look_up(authors)
        return _as_columns(own["sum"], own["n"])

    def _look_up(self, authors: pd.Series) -> pd.DataFrame:
        """Return sum and number of each post's author; 0 for a missing or unknown one."""
        return self.table_.reindex(authors).fillna(0.0).set_axis(authors.index)


def _as_columns(total: pd.Series, n_posts: pd.Series) -> pd.DataFrame:
    """Return the columns of the history from sums and numbers."""
    mean = total / n_posts.where(n_posts > 0)
    return pd.DataFrame(dict(zip(COLUMNS, (mean, n_posts.clip(lower=0.0)), strict=True)), index=total.index)


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
