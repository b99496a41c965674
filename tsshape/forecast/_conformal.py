"""Bands around forecasts, as wide as the errors of forecasts for held-out posts."""

from typing import Self

import numpy as np

from tsshape._typing import FloatArray, IntArray

# Errors are kept as their quantiles at these levels, which are closer together where intervals end.
LEVELS = np.unique(np.concatenate([np.linspace(0.0, 1.0, 101), np.linspace(0.0, 0.1, 41), np.linspace(0.9, 1.0, 41)]))
# Posts are divided by their forecast scale into at most so many bins of at least so many posts.
_MAX_BINS, _MIN_POSTS = 8, 100


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
    errors_ : array of shape (n_groups, n_bins, n_times, n_levels)
        The quantiles of the errors at `LEVELS`.
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
        """
        scale = center[:, -1]
        error = _standardise(true - center, below, above)
        n_bins = int(np.clip(min(np.bincount(group, minlength=n_groups)) // _MIN_POSTS, 1, _MAX_BINS))
        shares = np.arange(1, n_bins) / n_bins
        self.edges_ = np.empty((n_groups, n_bins - 1))
        if n_bins > 1:
            self.edges_[:] = [np.quantile(scale[group == number], shares) for number in range(n_groups)]
        bins = self._bin(scale, group)
        self.errors_ = np.empty((n_groups, n_bins, center.shape[1], len(LEVELS)))
        for number in range(n_groups):
            for bin_ in range(n_bins):
                similar = (group == number) & (bins == bin_)
                self.errors_[number, bin_] = _conformal_quantiles(error[similar] if similar.any() else error)
        return self

    def predict(
        self, center: FloatArray, below: FloatArray, above: FloatArray, group: IntArray, level: float
    ) -> FloatArray:
        """Return the quantile at a level, logarithms of shape (n_posts, n_times); a higher level never gives less."""
        error = _at_level(self.errors_, level)[group, self._bin(center[:, -1], group)]
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


def _conformal_quantiles(errors: FloatArray) -> FloatArray:
    """Return quantiles at `LEVELS` of each column, each moved from the middle by one rank, for the post to come.

    Shape (n_times, n_levels).
    """
    n = len(errors)
    levels = np.clip(0.5 + (LEVELS - 0.5) * (n + 1) / n, 0.0, 1.0)
    days = ~np.isnan(errors).all(axis=0)
    found = np.zeros((errors.shape[1], len(LEVELS)))
    found[days] = np.nanquantile(errors[:, days], levels, axis=0).T
    return found


def _at_level(errors: FloatArray, level: float) -> FloatArray:
    """Return the quantiles at a level between two of `LEVELS`; shape (n_groups, n_bins, n_times)."""
    right = int(np.clip(np.searchsorted(LEVELS, level), 1, len(LEVELS) - 1))
    share = (level - LEVELS[right - 1]) / (LEVELS[right] - LEVELS[right - 1])
    low, high = errors[..., right - 1], errors[..., right]
    # Rounding may lead out of a narrow gap, and quantiles would cross.
    between: FloatArray = np.clip((1 - share) * low + share * high, low, high)
    return between
