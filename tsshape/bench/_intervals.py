"""Intervals and p-values of a mean difference over splits."""

from typing import NamedTuple

import numpy as np
from scipy.stats import bootstrap, t

from tsshape._typing import FloatArray

N_RESAMPLES = 10_000
# With fewer splits, they say too little of how much others would differ.
MIN_SPLITS = 5


class Interval(NamedTuple):
    """The ends of an interval of the mean, and the p-value of a mean of 0; NaN where there is none."""

    lower: float = np.nan
    upper: float = np.nan
    p_value: float = np.nan


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
        return Interval(mean, mean, float(mean == 0))
    width = float(t.ppf((1 + coverage) / 2, n_splits - 1)) * error
    return Interval(mean - width, mean + width, float(2 * t.sf(abs(mean) / error, n_splits - 1)))


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
    return Interval(float(found.confidence_interval.low), float(found.confidence_interval.high))
