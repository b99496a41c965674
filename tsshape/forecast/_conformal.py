"""Bands around forecasts, as wide as the errors of forecasts for posts that were held out."""

from typing import Self

import numpy as np

from tsshape._typing import FloatArray, IntArray

# Errors are kept as their quantiles at these levels, which are closer together where intervals end.
LEVELS = np.unique(np.concatenate([np.linspace(0.0, 1.0, 101), np.linspace(0.0, 0.1, 41), np.linspace(0.9, 1.0, 41)]))
# Posts are divided by their forecast scale into so many groups, as long as each has so many posts.
_GROUPS, _FEWEST = 8, 100


class ConformalBands:
    """Quantiles of standardised errors, day by day, for posts of similar forecast scale.

    An error is the logarithm of a count less that of its forecast, divided by the half-width that the post's own
    quantiles of the scale give on that side: posts whose scale is hard to tell get wide bands. Errors are compared
    among posts that are of one kind (seen for as long) and similar in forecast scale, since one width would be too
    wide for some and too narrow for others.

    References
    ----------
    Y. Romano, E. Patterson, E. Candès, "Conformalized quantile regression", NeurIPS 2019; V. Vovk et al., "Mondrian
    confidence machine", 2003, for the groups.

    Attributes
    ----------
    edges_ : array of shape (n_kinds, n_groups - 1)
        The forecast scales, in logarithms, between the groups.
    errors_ : array of shape (n_kinds, n_groups, n_times, n_levels)
        The quantiles of the errors at `LEVELS`.
    """

    def fit(
        self,
        center: FloatArray,
        below: FloatArray,
        above: FloatArray,
        true: FloatArray,
        kind: IntArray,
        *,
        n_kinds: int = 1,
    ) -> Self:
        """Learn from forecasts for posts held out.

        Parameters
        ----------
        center, true : array of shape (n_posts, n_times)
            Logarithms of 1 + the forecast and of 1 + the true counts; NaN in both for days that need no band.
        below, above : array of shape (n_posts,)
            Half-widths on the log scale.
        kind : array of shape (n_posts,)
            0, 1, …, n_kinds - 1. A kind without a post gets the errors of all.
        """
        scale = center[:, -1]
        error = _standardise(true - center, below, above)
        n_groups = int(np.clip(min(np.bincount(kind, minlength=n_kinds)) // _FEWEST, 1, _GROUPS))
        shares = np.arange(1, n_groups) / n_groups
        self.edges_ = np.empty((n_kinds, n_groups - 1))
        if n_groups > 1:
            self.edges_[:] = [np.quantile(scale[kind == each], shares) for each in range(n_kinds)]
        group = self._group(scale, kind)
        self.errors_ = np.empty((n_kinds, n_groups, center.shape[1], len(LEVELS)))
        for each in range(n_kinds):
            for part in range(n_groups):
                alike = (kind == each) & (group == part)
                self.errors_[each, part] = _conformal_quantiles(error[alike] if alike.any() else error)
        return self

    def predict(
        self, center: FloatArray, below: FloatArray, above: FloatArray, kind: IntArray, coverage: float
    ) -> tuple[FloatArray, FloatArray]:
        """The ends of the bands, logarithms of shape (n_posts, n_times)."""
        group = self._group(center[:, -1], kind)
        ends = []
        for level in ((1 - coverage) / 2, (1 + coverage) / 2):
            error = _at_level(self.errors_, level)[kind, group]
            ends.append(center + np.where(error < 0, below[:, None], above[:, None]) * error)
        return ends[0], ends[1]

    def _group(self, scale: FloatArray, kind: IntArray) -> IntArray:
        """The group of each post."""
        group: IntArray = (scale[:, None] > self.edges_[kind]).sum(axis=1)
        return group


def _standardise(error: FloatArray, below: FloatArray, above: FloatArray) -> FloatArray:
    """Errors in half-widths."""
    scaled: FloatArray = error / np.where(error < 0, below[:, None], above[:, None])
    return scaled


def _conformal_quantiles(errors: FloatArray) -> FloatArray:
    """Quantiles at `LEVELS` of each column, away from the middle by the one post to come; (n_times, n_levels)."""
    n = len(errors)
    levels = np.clip(0.5 + (LEVELS - 0.5) * (n + 1) / n, 0.0, 1.0)
    days = ~np.isnan(errors).all(axis=0)
    found = np.zeros((errors.shape[1], len(LEVELS)))
    found[days] = np.nanquantile(errors[:, days], levels, axis=0).T
    return found


def _at_level(errors: FloatArray, level: float) -> FloatArray:
    """The quantiles between two of `LEVELS`; shape (n_kinds, n_groups, n_times)."""
    right = int(np.clip(np.searchsorted(LEVELS, level), 1, len(LEVELS) - 1))
    share = (level - LEVELS[right - 1]) / (LEVELS[right] - LEVELS[right - 1])
    between: FloatArray = (1 - share) * errors[..., right - 1] + share * errors[..., right]
    return between
