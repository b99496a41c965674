"""What an author's other posts tell about the next one."""

from typing import Any

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import FloatArray

COLUMNS = ("author_mean_log_scale", "author_n_posts")

# An author may be new when a forecast is asked for, however well known the authors of the training posts are: from
# half of the training posts the history is withheld, so that the models learn to do without.
_WITHHELD = 0.5


class AuthorHistory:
    """The mean log scale, and the number, of an author's other training posts.

    A training post never counts in its own history, and from half of them, drawn at random, the history is withheld.

    Parameters
    ----------
    seed : int
        Of the draw.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit_transform(self, authors: pd.Series, scale: FloatArray) -> pd.DataFrame:
        """Learn the authors' posts; the history of each of them."""
        log_scale = pd.Series(np.log1p(scale), authors.index)
        groups = log_scale.groupby(authors)
        self.table_ = pd.DataFrame({"sum": groups.sum(), "n": groups.size()})
        own = self._look_up(authors)
        history = _as_columns(own["sum"] - log_scale, own["n"] - 1)
        withheld = np.random.default_rng(self.seed).random(len(history)) < _WITHHELD
        history.loc[withheld] = _UNKNOWN
        return history

    def transform(self, authors: pd.Series) -> pd.DataFrame:
        """The history of posts that were not learned from; an unknown author has none."""
        own = self._look_up(authors)
        return _as_columns(own["sum"], own["n"])

    def _look_up(self, authors: pd.Series) -> pd.DataFrame:
        """Sum and number of each post's author; 0 for a missing or unknown one."""
        return self.table_.reindex(authors).fillna(0.0).set_axis(authors.index)


# Mean and number of posts where there are none.
_UNKNOWN = (np.nan, 0.0)


def _as_columns(total: pd.Series, n_posts: pd.Series) -> pd.DataFrame:
    """The columns that a sum and a number give."""
    mean = total / n_posts.where(n_posts > 0)
    return pd.DataFrame(dict(zip(COLUMNS, (mean, n_posts.clip(lower=0.0)), strict=True)), index=total.index)


def as_authors(authors: Any, ids: pd.Index) -> pd.Series:
    """Authors as text in the order of the posts, missing where they are not known; refused if they are other posts'."""
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
