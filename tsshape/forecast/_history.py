"""The history of an author: how many views the author's other posts got, and how far their counts grew."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import BoolArray, FloatArray, IntArray
from tsshape.features import DesignMatrix, EncodedTable

COLUMNS = ("author_mean_log_scale", "author_n_posts")
# Of each cutoff in flight, followed by its number.
_GROWTH = "author_mean_log_growth_"

# The share of the training posts whose history is hidden, so that the models also learn to forecast for new authors.
_HIDDEN_SHARE = 0.5
# The parts of the training posts; the history of a post is taken from the other parts.
_N_PARTS = 20
# Mean and number of posts of an author without a history.
_NO_HISTORY = (np.nan, 0.0)


class Outcomes(NamedTuple):
    """What became of training posts, as far as it is known: of this the history of an author is made.

    Attributes
    ----------
    scale : array of shape (n_posts,)
    growth : array of shape (n_posts, n_cutoffs), or None
        The log growth from each cutoff to the last step, NaN for a curve that ends early.
    """

    scale: FloatArray
    growth: FloatArray | None = None

    @property
    def logs(self) -> FloatArray:
        """The log scale and the growth, shape (n_posts, 1 + n_cutoffs)."""
        scale = np.log1p(self.scale)[:, None]
        return scale if self.growth is None else np.hstack([scale, self.growth])


class AuthorHistory:
    """The number of an author's training posts, and the means of their log scales and of their growth.

    Parameters
    ----------
    seed : int
        Seed of what is drawn at random.

    Attributes
    ----------
    authors_ : Index of str
    n_posts_ : array of shape (n_authors,)
    means_ : array of shape (n_authors, 1 + n_cutoffs)
        Of `Outcomes.logs`; NaN where there is none.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit(self, authors: pd.Series, outcomes: Outcomes) -> "AuthorHistory":
        """Learn the authors' posts."""
        codes, self.authors_ = authors.factorize()
        named = codes >= 0
        totals, counts = (_sum_by_group(codes[named], each[named]) for each in _values_and_counts(outcomes.logs))
        self.means_, self.n_posts_ = _means(totals, counts), counts[:, 0]
        return self

    def transform(self, authors: pd.Series) -> pd.DataFrame:
        """Return the history of other posts; an unknown author has none."""
        at = self.authors_.get_indexer(authors)
        known, n_columns = at >= 0, self.means_.shape[1]
        means, n_posts = np.full((len(at), n_columns), np.nan), np.zeros(len(at))
        means[known], n_posts[known] = self.means_[at[known]], self.n_posts_[at[known]]
        return _as_columns(means, n_posts, authors.index)


def out_of_fold_history(
    authors: pd.Series, outcomes: Outcomes, known: BoolArray, seed: int, days: IntArray | None = None
) -> pd.DataFrame:
    """Return the history that models are trained on: of each post, from posts whose scale its forecast may know.

    The history of a post comes from the posts of other days or, where the days are not known, from the other parts of
    the training posts, which are divided at random. If it came from all other posts, an author's history would fall as
    the post's own scale rises, and trees would read the scale from it; and posts of one day are more alike than a post
    to come is to them. Half of the training posts are given no history of scales. Posts not `known` are in none.

    Parameters
    ----------
    authors : Series of shape (n_posts,)
        Missing where unknown.
    outcomes : Outcomes
    known : array of shape (n_posts,)
        Which posts are trained on.
    seed : int
    days : array of shape (n_posts,), optional
        The day of each post as a number from 0 on.
    """
    logs = outcomes.logs
    rng = np.random.default_rng(seed)
    part, hidden = rng.integers(_N_PARTS, size=len(logs)), rng.random(len(logs)) < _HIDDEN_SHARE
    if days is not None:
        part = days
    codes, names = authors.factorize()
    # Missing authors have the code -1, and are counted as one that is left out.
    own = np.where(codes < 0, len(names), codes)
    pairs = np.unique(own * (int(part.max()) + 1) + part, return_inverse=True)[1]
    # A post that is not known is in no part, but it may be of the same day.
    in_part = known | (days is not None)
    of_others = []
    for each in _values_and_counts(logs):
        counted = np.where(known[:, None], each, 0.0)
        left_out = np.where(in_part[:, None], _sum_by_group(pairs, counted)[pairs], 0.0)
        of_others.append(np.where(codes[:, None] < 0, 0.0, _sum_by_group(own, counted)[own] - left_out))
    totals, counts = of_others
    history = _as_columns(_means(totals, counts), counts[:, 0], authors.index)
    history.loc[hidden & known, list(COLUMNS)] = _NO_HISTORY
    return history


def _values_and_counts(logs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return values, 0 where they are missing, and 1 where they are not."""
    return np.nan_to_num(logs), (~np.isnan(logs)).astype(np.float64)


def _sum_by_group(group: IntArray, values: FloatArray) -> FloatArray:
    """Return the sum of the rows of each group, (n_groups, n_columns); groups are numbers from 0 on."""
    return np.column_stack([np.bincount(group, column) for column in values.T]).astype(np.float64)


def _means(totals: FloatArray, counts: FloatArray) -> FloatArray:
    """Return means, NaN of nothing."""
    means: FloatArray = np.divide(totals, counts, out=np.full(totals.shape, np.nan), where=counts > 0)
    return means


def _as_columns(means: FloatArray, n_posts: FloatArray, ids: pd.Index) -> pd.DataFrame:
    """Return the columns of the history from means and numbers."""
    names = [*COLUMNS, *(f"{_GROWTH}{cutoff}" for cutoff in range(1, means.shape[1]))]
    return pd.DataFrame(np.column_stack([means[:, 0], n_posts, means[:, 1:]]), ids, names)


def split_growth(posts: DesignMatrix, n_cutoffs: int) -> tuple[FloatArray, FloatArray]:
    """Return the columns of posts without their authors' growth, and this growth from each cutoff, if there is any."""
    of_growth = np.isin(posts.names, [f"{_GROWTH}{cutoff}" for cutoff in range(1, n_cutoffs + 1)])
    values: FloatArray = posts.values  # noqa: PD011
    return values[:, ~of_growth], values[:, of_growth]


def without_growth(posts: EncodedTable) -> EncodedTable:
    """Return posts without their authors' growth, as models at upload take them."""
    of_growth = [name for name in posts.joined_columns if name.startswith(_GROWTH)]
    return EncodedTable(posts.table, posts.encoder, posts.encoded.drop(columns=of_growth))


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
