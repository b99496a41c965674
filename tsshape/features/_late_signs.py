"""The two signs of a feature that knows the views of the posts themselves."""

from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from tsshape._typing import FloatArray, IntArray

# Posts, pairs or authors that a sign needs at least.
FEWEST = 20
# The normal quantile of a one-sided error of 0.1 %: some hundred comparisons are made for a feature.
_Z = 3.1
# What is known before tells a post less well than this: on real data the best feature, subscribers, is at 0.86.
_ALMOST_PERFECT = 0.9
# Sign of author totals: the least excess over the agreement of posts, the least correlation that a total over two posts
# has, and the share of its variance that a feature of the author may have within authors.
_MARGIN, _LEAST_OF_TOTAL, _MOST_WITHIN = 0.02, 0.7, 0.0025


class AlmostPerfect(NamedTuple):
    """A correlation with the views, the number of posts or pairs, and whether it is beyond the border."""

    rho: float
    n: int
    late: bool


class NearerThanPosts(NamedTuple):
    """The correlation of a feature with the views, that of two posts of an author, the authors, and the decision."""

    rho: float
    rho_of_posts: float
    n: int
    late: bool


def almost_perfect(
    values: FloatArray, views: FloatArray, first: IntArray, second: IntArray | None
) -> AlmostPerfect | None:
    """Compare ranks, or differences of ranks in pairs; None where there are too few or one value prevails."""
    present = ~np.isnan(values[first])
    if second is None:
        first = first[present]
        x, y = rankdata(values[first]), rankdata(views[first])
    else:
        present &= ~np.isnan(values[second])
        first, second = first[present], second[present]
        both = np.concatenate([first, second])
        x, y = (ranks[: len(first)] - ranks[len(first) :] for ranks in (rankdata(values[both]), rankdata(views[both])))
    n = len(first)
    if n < FEWEST or _prevails(x) or _prevails(y):
        return None
    rho = float(np.corrcoef(x, y)[0, 1])
    certain = min(abs(rho), 1 - 1e-12)
    bound = np.tanh(np.arctanh(certain) - _Z * np.sqrt((1 + rho**2 / 2) / (n - 3)))
    return AlmostPerfect(rho, n, bool(bound > _ALMOST_PERFECT))


def nearer_than_posts(
    values: FloatArray, views: FloatArray, first: IntArray, second: IntArray
) -> NearerThanPosts | None:
    """Compare a feature of the author with two posts, and these with each other; None where that says nothing."""
    present = ~(np.isnan(values[first]) | np.isnan(values[second]))
    n = int(present.sum())
    if n < FEWEST:
        return None
    both = np.concatenate([first[present], second[present]])
    if _prevails(values[both]) or _prevails(views[both]):
        return None
    x, y = (_standardized_ranks(column[both]) for column in (values, views))
    within = float(((x[:n] - x[n:]) ** 2).mean() / 2)
    if within > _MOST_WITHIN:
        return None
    rho, agreement = float((x * y).mean()), float((y[:n] * y[n:]).mean())
    shared = max(agreement, 0.0)
    # Cauchy-Schwarz between and within authors; the second term is 0 for a feature that is equal for both posts.
    most = (np.sqrt((1 - within) * shared) + np.sqrt(within * (1 - shared))) ** 2
    of_rho = (x * y - rho / 2 * (x**2 + y**2)).reshape(2, n).mean(axis=0)
    of_agreement = y[:n] * y[n:] - agreement / 2 * (y[:n] ** 2 + y[n:] ** 2)
    error = float((2 * rho * of_rho - of_agreement).std() / np.sqrt(n))
    late = abs(rho) > _LEAST_OF_TOTAL and rho**2 - most - _Z * error > _MARGIN
    return NearerThanPosts(rho, agreement, n, bool(late))


def _standardized_ranks(values: FloatArray) -> FloatArray:
    """Return ranks with mean 0 and variance 1."""
    ranks = rankdata(values)
    standardized: FloatArray = (ranks - ranks.mean()) / ranks.std()
    return standardized


def _prevails(values: FloatArray) -> bool:
    """Whether more than half of the values are equal."""
    ordered = np.sort(values)
    half = len(ordered) // 2
    return bool((ordered[half:] == ordered[: len(ordered) - half]).any())
