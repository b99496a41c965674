"""Bands around forecasts, as wide as the errors of forecasts for held-out posts."""

import math
import sys
from typing import Self

import numpy as np

from tsshape._typing import FloatArray, IntArray

# Errors are kept as their quantiles at these levels, which are closer together where intervals end.
LEVELS = np.unique(np.concatenate([np.linspace(0.0, 1.0, 101), np.linspace(0.0, 0.1, 41), np.linspace(0.9, 1.0, 41)]))
# Posts are divided by their forecast scale into at most so many bins.
_MAX_BINS = 8
# 1 / (1 - 0.95) is a little more than 20.
_TOLERANCE = 1e-6


class ConformalBands:
    """Quantiles of standardised errors, day by day, for posts of similar forecast scale.

    An error is the logarithm of a count less that of its forecast, divided by the half-width on that side, which comes
    from the post's own quantiles of the scale: a post whose scale is uncertain gets a wide band. Errors are compared
    among posts of one group (the same number of days observed) and similar forecast scale, since one width would be too
    wide for some and too narrow for others.

    References
    ----------
    Y. Romano, E. Patterson, E. Candès, "Conformalized quantile regression", NeurIPS 2019; V. Vovk et al., "Mondrian
    confidence machine", 2003, for the groups.

    Attributes
    ----------
    edges_ : array of shape (n_groups, n_bins - 1)
        The forecast scales, as logarithms, between the bins.
    errors_ : array of shape (n_groups, n_bins + 1, n_times, n_levels)
        The quantiles of the errors at `LEVELS`; those of the last bin are of the whole group.
    n_posts_ : array of shape (n_groups, n_bins + 1)
        The number of posts in each bin, and in the group.
    """

    def fit(
        self,
        center: FloatArray,
        below: FloatArray,
        above: FloatArray,
        true: FloatArray,
        group: IntArray,
        *,
        n_groups: int = 1,
        min_posts: int = 100,
    ) -> Self:
        """Learn from forecasts for held-out posts.

        Parameters
        ----------
        center, true : array of shape (n_posts, n_times)
            Logarithms of 1 + the forecast and of 1 + the true counts; NaN in both for days that need no band.
        below, above : array of shape (n_posts,)
            Half-widths on the log scale.
        group : array of shape (n_posts,)
            0, 1, …, n_groups - 1. A group without a post gets the errors of all.
        min_posts : int
            The least number of posts of a bin.
        """
        scale = center[:, -1]
        error = _standardise(true - center, below, above)
        n_bins = int(np.clip(min(np.bincount(group, minlength=n_groups)) // min_posts, 1, _MAX_BINS))
        shares = np.arange(1, n_bins) / n_bins
        self.edges_ = np.empty((n_groups, n_bins - 1))
        if n_bins > 1:
            self.edges_[:] = [np.quantile(scale[group == number], shares) for number in range(n_groups)]
        bins = self._bin(scale, group)
        self.errors_ = np.empty((n_groups, n_bins + 1, center.shape[1], len(LEVELS)))
        self.n_posts_ = np.empty((n_groups, n_bins + 1), dtype=np.int64)
        for number in range(n_groups):
            for bin_ in range(n_bins + 1):
                similar = (group == number) & ((bins == bin_) | (bin_ == n_bins))
                errors = error[similar] if similar.any() else error
                self.errors_[number, bin_], self.n_posts_[number, bin_] = _quantiles(errors), len(errors)
        return self

    def predict(
        self, center: FloatArray, below: FloatArray, above: FloatArray, group: IntArray, level: float
    ) -> FloatArray:
        """Return the quantile at a level, logarithms of shape (n_posts, n_times); a higher level never gives less.

        Where a bin has too few posts for a level, all of its group are compared. Where these are too few as well, it is
        the outermost error of the group.
        """
        bins = self._bin(center[:, -1], group)
        bins = np.where(self.n_posts_[group, bins] < posts_needed(level), self.n_posts_.shape[1] - 1, bins)
        error = _at_level(self.errors_, level)[group, bins]
        quantile: FloatArray = center + np.where(error < 0, below[:, None], above[:, None]) * error
        return quantile

    def _bin(self, scale: FloatArray, group: IntArray) -> IntArray:
        """Return the bin of each post."""
        bins: IntArray = (scale[:, None] > self.edges_[group]).sum(axis=1)
        return bins


def _standardise(error: FloatArray, below: FloatArray, above: FloatArray) -> FloatArray:
    """Return errors in half-widths."""
    scaled: FloatArray = error / np.where(error < 0, below[:, None], above[:, None])
    return scaled


def _quantiles(errors: FloatArray) -> FloatArray:
    """Return the order statistics at `LEVELS` of each column, shape (n_times, n_levels).

    Of n errors the i-th smallest is at level i / (n + 1), so that the error of the post to come is below it with that
    probability. Beyond the first and the last it is the first and the last: see `posts_needed`.
    """
    days = ~np.isnan(errors).all(axis=0)
    found = np.zeros((errors.shape[1], len(LEVELS)))
    found[days] = np.nanquantile(errors[:, days], LEVELS, axis=0, method="weibull").T
    return found


def posts_needed(level: float) -> int:
    """Return how many errors it takes to know a quantile of the error to come, at a level from 0 to 1.

    Examples
    --------
    >>> posts_needed(0.05), posts_needed(0.95), posts_needed(0.995)
    (19, 19, 199)
    """
    outside = min(level, 1 - level)
    return math.ceil(1 / outside - 1 - _TOLERANCE) if outside > 0 else sys.maxsize


def _at_level(errors: FloatArray, level: float) -> FloatArray:
    """Return the quantiles at a level between two of `LEVELS`; shape (n_groups, n_bins, n_times)."""
    right = int(np.clip(np.searchsorted(LEVELS, level), 1, len(LEVELS) - 1))
    share = (level - LEVELS[right - 1]) / (LEVELS[right] - LEVELS[right - 1])
    low, high = errors[..., right - 1], errors[..., right]
    # Rounding may lead out of a narrow gap, and quantiles would cross.
    between: FloatArray = np.clip((1 - share) * low + share * high, low, high)
    return between
