"""Intervals and p-values of a mean difference over splits, and over the posts of one division."""

from typing import NamedTuple

import numpy as np
from scipy.stats import bootstrap, t

from tsshape._typing import FloatArray

N_RESAMPLES = 10_000
# Of the posts of one division, which may be a hundred thousand.
N_POST_RESAMPLES = 1_000
# With fewer splits, they say too little of how much others would differ.
MIN_SPLITS = 5


class Interval(NamedTuple):
    """The ends of an interval of the mean, the p-value of a mean of 0, and the method; NaN or None without one.

    `method` is a key of `tsshape.bench._compare_columns.METHODS`.
    """

    lower: float = np.nan
    upper: float = np.nan
    p_value: float = np.nan
    method: str | None = None


def corrected_t_interval(differences: FloatArray, test_share: float, coverage: float) -> Interval:
    """Return the corrected resampled t interval of splits that overlap, and the p-value of its test.

    Nadeau & Bengio (2003, Machine Learning 52, 239-281): the variance of the mean over J splits is (1/J + n₂/n₁) times
    that of the differences, n₂/n₁ being test posts a training post, since splits that share posts are not independent.

    Parameters
    ----------
    differences : array of shape (n_splits,)
    test_share : float
        Number of test posts divided by that of training posts.
    coverage : float
        Between 0 and 1.
    """
    n_splits = len(differences)
    if n_splits < MIN_SPLITS:
        return Interval()
    mean = float(np.mean(differences))
    error = float(np.sqrt((1 / n_splits + test_share) * np.var(differences, ddof=1)))
    if error == 0:
        return Interval(mean, mean, float(mean == 0), "corrected t")
    width = float(t.ppf((1 + coverage) / 2, n_splits - 1)) * error
    return Interval(mean - width, mean + width, float(2 * t.sf(abs(mean) / error, n_splits - 1)), "corrected t")


def bootstrap_interval(differences: FloatArray, coverage: float) -> Interval:
    """Return the percentile interval of the mean of splits that do not overlap; a bootstrap has no p-value."""
    if len(differences) < MIN_SPLITS:
        return Interval()
    # Not the corrected interval (BCa): it is undefined where all differences are equal.
    found = bootstrap(
        (differences,),
        np.mean,
        n_resamples=N_RESAMPLES,
        confidence_level=coverage,
        method="percentile",
        random_state=np.random.default_rng(0),
    )
    ends = found.confidence_interval
    return Interval(float(ends.low), float(ends.high), method="by split")


def resample_posts(errors: FloatArray, cut: int) -> FloatArray:
    """Return trimmed means of errors over the posts of each of `N_POST_RESAMPLES` resamples.

    With the errors sorted once, how often each is drawn gives the trimmed mean of a resample without sorting it. The
    resamples are the same in every call with as many posts, so that differences between calls are paired by post.

    Parameters
    ----------
    errors : array of shape (n_posts, n_columns)
        Errors of the same posts.
    cut : int
        Number of posts that are cut from each end; less than half.

    Returns
    -------
    array of shape (N_POST_RESAMPLES, n_columns)
    """
    n_posts, n_columns = errors.shape
    rng = np.random.default_rng(0)
    order = np.argsort(errors.T, kind="stable")
    ordered = np.take_along_axis(errors.T, order, axis=1)
    sums = np.empty((N_POST_RESAMPLES, n_columns))
    for row in sums:
        drawn = np.bincount(rng.integers(n_posts, size=n_posts), minlength=n_posts).astype(np.float64)
        if cut == 0:
            row[:] = drawn @ errors
        else:
            row[:] = [_sum_between(drawn[at], values, cut) for at, values in zip(order, ordered, strict=True)]
    sums /= n_posts - 2 * cut
    return sums


def _sum_between(drawn: FloatArray, values: FloatArray, cut: int) -> float:
    """Return the sum of ascending values, each taken as often as it is drawn, without `cut` of them at each end."""
    ranks = np.cumsum(drawn)
    stop = ranks[-1] - cut
    first, last = int(np.searchsorted(ranks, cut, side="right")), int(np.searchsorted(ranks, stop))
    # Of the values at both ends, only some of those drawn are within.
    below, above = cut - (ranks[first] - drawn[first]), ranks[last] - stop
    kept = slice(first, last + 1)
    return float(drawn[kept] @ values[kept] - below * values[first] - above * values[last])


def percentile_interval(resampled: FloatArray, coverage: float) -> Interval:
    """Return the percentile interval of differences in each resample of the posts."""
    lower, upper = np.quantile(resampled, [(1 - coverage) / 2, (1 + coverage) / 2])
    return Interval(float(lower), float(upper), method="by post")
