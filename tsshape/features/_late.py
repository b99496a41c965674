"""Features that look as if they had been taken after upload: they know the views of the very post."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.utils import check_consistent_length

from tsshape._columns import Column
from tsshape._typing import FloatArray, IntArray
from tsshape._validation import check_curves, check_same_ids
from tsshape.features._columns import as_numbers, as_seconds, as_stamps, is_categorical, named_columns, value_kind
from tsshape.features._late_signs import FEWEST, almost_perfect, nearer_than_posts

# How the check is headed and written beside a ranking.
LATE_COLUMN = Column("late", "taken later?", lambda late: "may be" if late else "no sign")


class _Group(NamedTuple):
    """Posts to compare, or pairs of posts whose differences are compared, and their description."""

    words: str
    chosen_by: str | None
    first: IntArray
    second: IntArray | None = None


def find_late_features(
    features: pd.DataFrame, curves: pd.DataFrame, *, authors: Any = None, posted: Any = None
) -> pd.DataFrame:
    """Find features that may have been taken after upload, because they know the views of the posts themselves.

    A count of an author that was taken later, such as the views of all videos, holds the views of the post that is to
    be forecast. A model learns to read them back, and its forecasts fail on new posts, whose counts do not hold them.

    Parameters
    ----------
    features : DataFrame of shape (n_posts, n_features)
        Numbers, booleans and dates are checked; text and categories are not. Missing values are allowed.
    curves : DataFrame of shape (n_posts, n_times)
        Cumulative counts with the ids of the features. The first and the last step are used, each for the posts that
        have it.
    authors : Series or array of shape (n_posts,), optional
        The author of each post. Posts without one are left out.
    posted : Series or array of datetime64 of shape (n_posts,), optional
        When the posts went up, to compare posts with the next one in time; without it the order of the rows is taken.

    Returns
    -------
    found : DataFrame of shape (n_features, 2)
        Index: the features. `late`, boolean: True for a feature that may have been taken later, False for one that
        shows no sign of it, missing for one that cannot be checked; and `reason`, the sign in a line, missing
        unless `late`.

    Raises
    ------
    DataError
        If a column name is repeated, a column holds an infinite number or values of mixed or unknown type, curves are
        not numbers, or the ids differ.

    Notes
    -----
    A feature is marked for one of three signs at the first or at the last step:

    1. Among posts whose author has no other post here, its rank correlation with the count is beyond 0.9: what is known
       of an author never tells a single post so well. An author with many older posts hides the sign, so it is
       looked for also among the 20 and the 200 of these posts that are lowest in each other feature, such as the number
       of videos. Without `authors`, the posts are compared as in 2, each with the next one in time.
    2. Between two posts of one author, the difference of its ranks correlates beyond 0.9 with that of the counts.
    3. For a feature of the author, which is the same for both posts of authors with two: its squared correlation with
       the count is more than 0.02 above the correlation of the two posts with each other. What was known before
       cannot be above it, by the inequality of Cauchy and Schwarz. A total over both posts is; it correlates by at
       least 0.7.

    "Beyond" means that a lower bound is: one-sided at 0.1 %, from the standard error of Bonett and Wright [1]_ for 1
    and 2, by the delta method over authors for 3. Each sign needs at least 20 posts, pairs or authors, and is not
    looked for where one value is that of more than half of them.

    No sign is no proof: the views of one post vanish in the total of an author with thousands. That a feature of the
    author does not tell the posts of one author apart is no sign either; that is so for all that is the same for them.

    References
    ----------
    .. [1] D. G. Bonett and T. A. Wright, "Sample size requirements for estimating Pearson, Kendall and Spearman
       correlations", Psychometrika 65, 2000.

    See Also
    --------
    rank_features : How strongly each feature is related to a target.

    Examples
    --------
    >>> from tsshape import simulate_spid
    >>> from tsshape.features import find_late_features
    >>> posts = simulate_spid(300, random_state=0)
    >>> features = posts.features[["MeanViews", "Contacts"]]
    >>> total = posts.curves[30].groupby(posts.authors).transform("sum")
    >>> found = find_late_features(features.assign(total=total), posts.curves, authors=posts.authors)
    >>> found["late"].tolist()
    [False, False, True]
    >>> found.loc["total", "reason"]
    'rank correlation 1.00 with day 30 in 95 posts whose author has no other post'
    """
    check_curves(curves, missing=True)
    check_same_ids(features.index, curves.index, left_name="features", right_name="curves")
    curves = curves.reindex(features.index)
    columns = {
        name: values for name, column in named_columns(features).items() if (values := _numbers(column)) is not None
    }
    codes = np.zeros(len(features), dtype=np.int64)
    if authors is not None:
        codes = pd.factorize(_aligned(authors, features, "authors"))[0].astype(np.int64)
    order = np.arange(len(features))
    if posted is not None:
        order = np.argsort(as_stamps(_aligned(posted, features, "posted")).to_numpy(), kind="stable")
    order = order[codes[order] >= 0]
    checked: set[str] = set()
    reasons: dict[str, str] = {}
    for step in dict.fromkeys((curves.columns[0], curves.columns[-1])):
        views = curves[step].to_numpy(dtype=np.float64)
        rows = order[~np.isnan(views[order])]
        signs = _signs(columns, views, rows, codes, f"day {step}", with_authors=authors is not None)
        for name, reason in signs:
            checked.add(name)
            if reason:
                reasons.setdefault(name, reason)
    names = list(features.columns.map(str))
    late = pd.array([name in reasons if name in checked else None for name in names], dtype="boolean")
    told = pd.Series([reasons.get(name) for name in names], names, dtype="str")
    return pd.DataFrame({"late": late, "reason": told}, index=names)


def _signs(
    columns: dict[str, FloatArray], views: FloatArray, rows: IntArray, codes: IntArray, day: str, *, with_authors: bool
) -> Iterator[tuple[str, str | None]]:
    """Yield each feature once for every sign that could be looked for: the reason, or None where there is none."""
    groups = [*_groups(columns, rows, codes, with_authors=with_authors)]
    if with_authors:
        first, second = _pairs(rows, codes)
        groups.append(_Group("pairs of posts of one author", None, first, second))
    # Authors with two posts: the larger the share of a post in a total, the clearer the sign.
    n_posts = np.bincount(codes[rows], minlength=1)[codes[rows]]
    first, second = _pairs(rows[n_posts == 2], codes) if with_authors else (rows[:0], rows[:0])  # noqa: PLR2004
    for name, values in columns.items():
        for group in groups:
            if group.chosen_by == name:
                continue
            found = almost_perfect(values, views, group.first, group.second)
            if found:
                what = "rank correlation" if group.second is None else "correlation of the differences in rank"
                yield name, f"{what} {found.rho:.2f} with {day} in {found.n:,} {group.words}" if found.late else None
        nearer = nearer_than_posts(values, views, first, second)
        if nearer:
            reason = (
                f"rank correlation {nearer.rho:.2f} with {day}, but {nearer.rho_of_posts:.2f} between the two posts "
                f"of an author, with {nearer.n:,} authors of two posts"
            )
            yield name, reason if nearer.late else None


def _groups(columns: dict[str, FloatArray], rows: IntArray, codes: IntArray, *, with_authors: bool) -> Iterator[_Group]:
    """Yield the posts whose author has no other post, and those of them that are lowest in a feature."""
    base, size, all_posts = rows, 2 * FEWEST, "pairs of posts, one after the other"
    if with_authors:
        base = rows[np.bincount(codes[rows], minlength=1)[codes[rows]] == 1]
        size, all_posts = FEWEST, "posts whose author has no other post"
    chosen: list[tuple[str | None, IntArray]] = [(None, base)]
    for name, values in columns.items():
        present = base[~np.isnan(values[base])]
        n_before = 0
        for n_least in (size, 10 * size):
            if 2 * n_least <= len(present):
                lowest = present[values[present] <= np.partition(values[present], n_least - 1)[n_least - 1]]
                if n_before < len(lowest) <= len(present) / 2:
                    chosen.append((name, lowest))
                    n_before = len(lowest)
    for by, posts in chosen:
        words = all_posts if by is None else f"{all_posts}, those lowest in {by}"
        yield _Group(words, by, *((posts,) if with_authors else _pairs(posts, codes)))


def _pairs(rows: IntArray, codes: IntArray) -> tuple[IntArray, IntArray]:
    """Return pairs of rows of the same author that follow each other; no row is in two of them."""
    rows = rows[np.argsort(codes[rows], kind="stable")]
    of = codes[rows]
    starts = np.flatnonzero(np.append(True, of[1:] != of[:-1])) if len(rows) else rows
    nth = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
    first = np.flatnonzero((nth[:-1] % 2 == 0) & (of[1:] == of[:-1]))
    return rows[first], rows[first + 1]


def _numbers(column: pd.Series) -> FloatArray | None:
    """Return numbers, booleans and dates as float64; None for text, categories and empty columns."""
    kind = value_kind(column)
    if kind in (None, "text") or is_categorical(column):
        return None
    return as_seconds(column) if kind == "date" else as_numbers(column)


def _aligned(values: Any, features: pd.DataFrame, name: str) -> pd.Series:
    """Return one value for each post; a Series is matched to the features by its index."""
    if isinstance(values, pd.Series):
        check_same_ids(features.index, values.index, left_name="features", right_name=name)
        return values.reindex(features.index)
    check_consistent_length(features, values)
    return pd.Series(values, index=features.index)
