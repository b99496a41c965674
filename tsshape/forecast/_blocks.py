"""Forecasts of many posts block by block, so that the memory they take does not grow with the number of posts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tsshape._typing import BoolArray, FloatArray
from tsshape.forecast import _answers
from tsshape.forecast._conformal import posts_needed
from tsshape.forecast._finite import IGNORE_OVERFLOW
from tsshape.forecast._levels import ends_of
from tsshape.forecast._observed import Observed
from tsshape.forecast._prediction import KnownPosts

if TYPE_CHECKING:
    from tsshape.forecast._forecaster import ScaleShapeForecaster

# Posts and counts that are forecast at once: a model is asked about thousands as fast as it can, and what they take in
# memory, about 30 arrays of posts by days, is some hundred megabytes.
_MOST_POSTS, _MOST_COUNTS = 20_000, 600_000


def posts_at_once(n_days: int) -> int:
    """Return how many posts are forecast at once by a model of so many days.

    Examples
    --------
    >>> posts_at_once(7), posts_at_once(30), posts_at_once(365)
    (20000, 20000, 1643)
    """
    return max(1, min(_MOST_POSTS, _MOST_COUNTS // n_days))


class Block:
    """Some posts, encoded once for all that is asked about them.

    Parameters
    ----------
    rows : slice
        Their positions among all posts.
    known : KnownPosts
        What is known of them.
    """

    def __init__(self, rows: slice, known: KnownPosts) -> None:
        self.rows, self.known = rows, known

    @IGNORE_OVERFLOW
    def scale(self) -> pd.Series:
        """Return what `ScaleShapeForecaster.predict_scale` does."""
        return _answers.forecast_scale(self.known)

    @IGNORE_OVERFLOW
    def curves(self) -> pd.DataFrame:
        """Return what `ScaleShapeForecaster.predict` does."""
        return _answers.forecast_table(self.known)

    @IGNORE_OVERFLOW
    def intervals(self, coverages: Sequence[float]) -> dict[float, tuple[pd.DataFrame, pd.DataFrame]]:
        """Return what `ScaleShapeForecaster.predict_interval` does of several coverages."""
        return _answers.interval_tables(self.known, coverages)

    @IGNORE_OVERFLOW
    def summary(self, coverage: float | None, above: Sequence[float]) -> pd.DataFrame:
        """Return what `ScaleShapeForecaster.summary` does."""
        return _answers.summarize(self.known, coverage, above)

    @IGNORE_OVERFLOW
    def covered_today(self, coverage: float) -> BoolArray:
        """Return of each unfinished post with observed days whether the last count is in its interval of upload."""
        n_days, n_times = self.known.observed.n_days, self.known.observed.counts.shape[1]
        rows = np.flatnonzero((n_days > 0) & (n_days < n_times))
        if not len(rows):
            return np.empty(0, dtype=np.bool_)
        seen = self.known.take(rows)
        unseen = Observed(np.full(seen.observed.counts.shape, np.nan), np.zeros(len(rows), dtype=np.int64))
        lower, upper = _answers.interval_tables(replace(seen, observed=unseen), [coverage])[coverage]
        today, last = (np.arange(len(rows)), seen.observed.n_days - 1), seen.observed.last
        covered: BoolArray = (_on(lower, today) <= last) & (last <= _on(upper, today))
        return covered


def forecast_blocks(
    forecaster: "ScaleShapeForecaster",
    features: pd.DataFrame,
    *,
    observed: pd.DataFrame | None = None,
    authors: pd.Series | None = None,
    size: int | None = None,
) -> Iterator[Block]:
    """Yield the posts in blocks of `size`, in their order; a post is forecast the same whatever block it is in.

    Parameters
    ----------
    forecaster : ScaleShapeForecaster
        Fitted.
    features, observed, authors
        As in `ScaleShapeForecaster.predict`; the posts of `observed` are among those of `features`.
    size : int, optional
        The number of posts of a block; by default `posts_at_once`.
    """
    size = size or posts_at_once(len(forecaster.days_))
    for start in range(0, len(features), size):
        rows = slice(start, start + size)
        some = features.iloc[rows]
        seen = None
        if observed is not None:
            where = observed.index.get_indexer(some.index)
            seen = observed.iloc[where[where >= 0]]
        by = None if authors is None else authors.iloc[rows]
        yield Block(rows, _know(forecaster, some, seen, by))


def possible_coverages(forecaster: "ScaleShapeForecaster", coverages: Sequence[float]) -> list[float]:
    """Return those coverages for whose intervals the forecaster was fitted on enough posts."""
    n_posts = _answers.check_intervals(forecaster).n_posts
    return [each for each in coverages if n_posts >= max(map(posts_needed, ends_of(each)))]


@IGNORE_OVERFLOW
def _know(forecaster: "ScaleShapeForecaster", features: pd.DataFrame, observed: Any, authors: Any) -> KnownPosts:
    """Return what is known of the posts of a block."""
    return _answers.know_posts(forecaster, features, observed, authors)


def _on(table: pd.DataFrame, at: tuple[Any, Any]) -> FloatArray:
    """Return the counts of a table at some rows and days."""
    counts: FloatArray = table.to_numpy(np.float64)[at]
    return counts
