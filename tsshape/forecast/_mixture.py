"""The forecast that minimises a trimmed mean of errors: several kinds of forecasts, averaged."""

import itertools
from collections.abc import Sequence

import numpy as np

from tsshape._typing import FloatArray, IntArray
from tsshape.forecast._bounded import Bounds, bounds_by_group
from tsshape.forecast._counts import grown
from tsshape.forecast._decision import decide_trimmed, draw_growth
from tsshape.forecast._growth_rows import GrowthRows

# The level of the quantile that is averaged in; where it has no model of its own, it is weighed with few rows only.
_BELOW_MEDIAN = 0.4
# The most weight of forecasts by other models than those that minimise the loss.
_MOST_OF_OTHERS = 0.7
# With fewer rows held out, which do not tell what each kind is worth, the weights are those that are best for samples
# of 30 to 1,000 posts (benchmarks/forecast/few_posts.py).
_FEWEST_TO_WEIGH, _WEIGHTS_OF_FEW = 1000, (0.0, 0.4, 0.6)
# How often the bounds of the loss are found anew from the errors of the decisions that they lead to.
_BOUNDS_PASSES = 2


class TrimmedMixture:
    """The weighted mean of the logarithms of three kinds of forecasts.

    They are the forecast of models that minimise the loss, the decision that minimises it over the distribution of a
    row, and a quantile a little below the median. The weights are those that are best for rows held out. A single
    quantile is no distribution: then the models' forecast is taken as it is.

    Parameters
    ----------
    levels : sequence of float
        Of the quantiles.

    Attributes
    ----------
    bounds : Bounds
        The quartiles of the absolute errors of each group of rows.
    weights : array of shape (n_kinds,)
    """

    def __init__(self, levels: Sequence[float]) -> None:
        self.levels = tuple(levels)
        self.bounds, self.weights = Bounds(np.empty(0), np.empty(0)), np.eye(self.n_kinds)[0]

    @property
    def n_kinds(self) -> int:
        """The number of kinds of forecasts."""
        return 1 if len(self.levels) == 1 else len(_WEIGHTS_OF_FEW)

    def bounds_of(self, group: IntArray) -> Bounds:
        """Return the bounds of rows of some groups."""
        return Bounds(self.bounds.low[group], self.bounds.high[group])

    def fit_bounds(self, held: GrowthRows, quantiles: FloatArray, median: FloatArray, n_groups: int) -> None:
        """Find bounds from the quantiles of rows held out, before there is a model that minimises the loss."""
        self._bound(held, median, n_groups)
        for _ in range(_BOUNDS_PASSES):
            self._bound(held, self._decide(quantiles, held.base, held.group), n_groups)

    def fit_weights(self, held: GrowthRows, quantiles: FloatArray, forecast: FloatArray) -> None:
        """Find weights, and bounds again, from the quantiles and the models' forecast for rows held out."""
        kinds = self._kinds(forecast, quantiles, held.base, held.group)
        if len(held.growth) >= _FEWEST_TO_WEIGH:
            self.weights = self._weigh(kinds, held)
        elif self.n_kinds > 1:
            self.weights = np.array(_WEIGHTS_OF_FEW)
        self._bound(held, np.einsum("ki,k->i", kinds, self.weights), len(self.bounds.low))

    def forecast(self, models: FloatArray, quantiles: FloatArray, base: FloatArray, group: IntArray) -> FloatArray:
        """Return the log growth, given the models' forecast of it and its quantiles."""
        mean: FloatArray = np.einsum("ki,k->i", self._kinds(models, quantiles, base, group), self.weights)
        return mean

    def _kinds(self, models: FloatArray, quantiles: FloatArray, base: FloatArray, group: IntArray) -> FloatArray:
        """Return the forecasts of each kind, (n_kinds, n_rows)."""
        if self.n_kinds == 1:
            return models[None]
        below_median = draw_growth(quantiles, self.levels, np.array([_BELOW_MEDIAN]))[:, 0]
        return np.stack([models, self._decide(quantiles, base, group), below_median])

    def _decide(self, quantiles: FloatArray, base: FloatArray, group: IntArray) -> FloatArray:
        """Return the log growth that is best over the distribution of each row."""
        return decide_trimmed(quantiles, self.levels, base, self.bounds_of(group))

    def _weigh(self, kinds: FloatArray, held: GrowthRows) -> FloatArray:
        """Return the weights of the least mean error, clipped to the bounds and in units of the upper one."""
        low, high = self.bounds_of(held.group)
        true = grown(held.base, held.growth)

        def error(weights: FloatArray) -> float:
            forecast = grown(held.base, np.einsum("ki,k->i", kinds, weights))
            return float((np.clip(np.abs(forecast - true), low, high) / high).mean())

        return min(_weights(others=1 + (_BELOW_MEDIAN in self.levels)), key=error)

    def _bound(self, held: GrowthRows, forecast: FloatArray, n_groups: int) -> None:
        """Find the error bounds of each group of rows."""
        errors = np.abs(grown(held.base, forecast) - grown(held.base, held.growth))
        self.bounds = bounds_by_group(errors, held.group, n_groups)


def _weights(others: int) -> list[FloatArray]:
    """Return the weights that are tried: tenths that add up to 1, not all of them of so many other kinds."""
    tenths = itertools.product(range(11), repeat=others)
    shares = [np.array(each) / 10 for each in tenths if sum(each) <= 10 * _MOST_OF_OTHERS]
    n_kinds = len(_WEIGHTS_OF_FEW)
    return [np.array([1 - each.sum(), *each, *np.zeros(n_kinds - 1 - others)]) for each in shares]
