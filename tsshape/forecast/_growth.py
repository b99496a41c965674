"""How far a count will grow: the model behind the scale of a post, at upload and in flight."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from lightgbm import Booster, Dataset

from tsshape._choices import Loss
from tsshape._typing import FloatArray, IntArray
from tsshape.forecast import _lightgbm
from tsshape.forecast._bounded import Bounds, bounded_loss, bounds_by_group, clipped_error
from tsshape.forecast._counts import grown
from tsshape.forecast._decision import decide_trimmed
from tsshape.forecast._growth_rows import Binned, GrowthFold, GrowthRows
from tsshape.forecast._relative import relative_error, relative_loss
from tsshape.forecast._workers import Workers

MEDIAN = 0.5

# The quantile from which the models of the trimmed loss start: the loss favours forecasts below the median.
_START_QUANTILE = 0.3
# The largest label for the mean: LightGBM keeps labels in single precision and sums their squares.
_MAX_LOG_LABEL = 40.0
# How often the bounds of the trimmed loss are found anew from the errors of the forecasts that they lead to.
_BOUNDS_PASSES = 2


class Forecast(NamedTuple):
    """Forecasts of the log growth: quantiles of shape (n_rows, n_quantiles), ascending, and the point forecast."""

    quantiles: FloatArray
    point: FloatArray


class GrowthModel:
    """The distribution of log((1 + final) / (1 + base)) given features, and the point forecast that minimises a loss.

    For the trimmed loss two forecasts are averaged: that of models which minimise it, and the decision that minimises
    it over the distribution.

    Parameters
    ----------
    loss : {"median", "mean", "trimmed", "relative"}
        What the point forecast minimises.
    quantiles : sequence of float
        Levels of the quantiles, ascending, 0.5 among them.
    seed : int
    leaves : int
        Maximum number of leaves of a tree of the models for the trimmed loss.
    bags : int
        Number of models whose mean is the forecast for the trimmed loss: the loss has many local minima, and each
        model finds its own.

    Attributes
    ----------
    quantile_boosters : list of Booster
        One for each level.
    point_boosters : list of Booster
        Empty for the median.
    start : float
        Added to the output of the point boosters.
    bounds : Bounds
        The quartiles of the absolute errors of each group of rows, for the trimmed loss; otherwise without entries.
    validation_quantiles : array of shape (n_held, n_quantiles)
        Out-of-fold forecasts for the rows held out, fold by fold.
    """

    def __init__(self, loss: Loss, quantiles: Sequence[float], seed: int, *, leaves: int = 63, bags: int = 2) -> None:
        self.loss, self.quantiles, self.seed, self.leaves, self.bags = loss, tuple(quantiles), seed, leaves, bags
        self.quantile_boosters: list[Booster] = []
        self.point_boosters: list[Booster] = []
        self.start = 0.0
        self.bounds = Bounds(np.empty(0), np.empty(0))

    def fit(self, rows: GrowthRows, folds: Sequence[GrowthFold], categorical: list[int], workers: Workers) -> Self:
        """Fit on rows.

        Models fitted without the rows held out by the first fold find the number of rounds and the bounds of the
        errors; then the models are fitted on all rows and, to forecast the rows that they hold out, on the other folds.

        Parameters
        ----------
        rows : GrowthRows
        folds : sequence of GrowthFold
            At least one.
        categorical : list of int
            The positions of the columns that hold codes of categories.
        workers : Workers
        """
        binned = Binned.of(rows, folds[0], categorical)
        trials = workers.map(lambda level: self._train_quantile(level, binned.train, valid=binned.held), self.quantiles)
        rounds = [_lightgbm.best_rounds(trial) for trial in trials]
        first = self._rearrange(trials, folds[0].held.values)
        point = workers.submit(self._try_point, rows, folds[0], binned, first)
        final = [
            workers.submit(self._train_quantile, level, binned.full, each)
            for level, each in zip(self.quantiles, rounds, strict=True)
        ]
        others = workers.map(lambda fold: self._validate(fold, rounds, categorical), folds[1:])
        self.validation_quantiles = np.concatenate([first, *others])
        self.quantile_boosters = [each.result() for each in final]
        point_rounds, self.bounds = point.result()
        n_models = {"median": 0, "trimmed": self.bags}.get(self.loss, 1)
        self.point_boosters = workers.map(
            lambda bag: self._train_point(rows, binned.full, self.bounds, rounds=point_rounds, bag=bag), range(n_models)
        )
        return self

    def forecast(self, values: FloatArray, base: FloatArray, group: IntArray, workers: Workers) -> Forecast:
        """Return quantiles and the point forecast; arguments as the columns of `GrowthRows`."""
        boosters = [*self.quantile_boosters, *self.point_boosters]
        scores = _lightgbm.predict(boosters, values, workers)
        n_levels = len(self.quantiles)
        quantiles = rearrange(np.column_stack(scores[:n_levels]), self._median)
        if self.loss == "median":
            return Forecast(quantiles, quantiles[:, self._median])
        point = self.start + np.mean(scores[n_levels:], axis=0)
        if self.loss == "trimmed":
            bounds = Bounds(self.bounds.low[group], self.bounds.high[group])
            point = (point + decide_trimmed(quantiles, self.quantiles, base, bounds)) / 2
        return Forecast(quantiles, point)

    def contributions(self, values: FloatArray) -> FloatArray:
        """Return what each feature adds to the models' point forecast of the log growth; last comes the mean forecast.

        Shapley values of the trees, by LightGBM's `pred_contrib`; shape (n_rows, n_features + 1).
        """
        parts: FloatArray = np.mean(
            [booster.predict(values, pred_contrib=True, num_threads=1) for booster in self._deciding_boosters()], axis=0
        )
        parts[:, -1] += self.start
        return parts

    def gain(self) -> FloatArray:
        """Return by how much the splits on each feature reduced the training loss, shape (n_features,)."""
        gains: FloatArray = np.sum(
            [booster.feature_importance("gain") for booster in self._deciding_boosters()], axis=0
        )
        return gains

    def count_fits(self, n_folds: int) -> int:
        """Return the number of models that a fit trains, with those that find the number of rounds."""
        of_point = {"median": 0, "mean": 2, "relative": 2, "trimmed": 1 + self.bags}[self.loss]
        return (1 + n_folds) * len(self.quantiles) + of_point

    @property
    def _median(self) -> int:
        """The position of the median among the quantiles."""
        return self.quantiles.index(MEDIAN)

    def _deciding_boosters(self) -> list[Booster]:
        """Return the models whose mean is the point forecast."""
        return self.point_boosters or [self.quantile_boosters[self._median]]

    def _train_quantile(
        self, level: float, rows: Dataset, rounds: int = _lightgbm.SCALE_ROUNDS, valid: Dataset | None = None
    ) -> Booster:
        """Train the model of one quantile."""
        return _lightgbm.train_quantile(level, rows, self.seed, rounds=rounds, valid_set=valid)

    def _validate(self, fold: GrowthFold, rounds: Sequence[int], categorical: list[int]) -> FloatArray:
        """Return the quantiles of the rows that a fold holds out."""
        dataset = _lightgbm.dataset(fold.train.values, fold.train.drawn, categorical)
        boosters = [
            self._train_quantile(level, dataset, each) for level, each in zip(self.quantiles, rounds, strict=True)
        ]
        return self._rearrange(boosters, fold.held.values)

    def _rearrange(self, boosters: Sequence[Booster], values: FloatArray) -> FloatArray:
        """Return the quantiles that boosters forecast, in ascending order."""
        return rearrange(np.column_stack([each.predict(values, num_threads=1) for each in boosters]), self._median)

    def _try_point(
        self, rows: GrowthRows, fold: GrowthFold, binned: Binned, quantiles: FloatArray
    ) -> tuple[int, Bounds]:
        """Return the number of rounds of the models of the loss, and the bounds; `quantiles` are those of held rows."""
        if self.loss == "median":
            return 0, self.bounds
        self.start = self._find_start(rows.growth)
        held, bounds, decision = fold.held, self.bounds, np.empty(0)
        if self.loss == "trimmed":
            n_groups = 1 + int(rows.group.max())
            decision = quantiles[:, self._median]
            for _ in range(_BOUNDS_PASSES):
                bounds = self._bound_errors(held, decision, n_groups)
                each = Bounds(bounds.low[held.group], bounds.high[held.group])
                decision = decide_trimmed(quantiles, self.quantiles, held.base, each)
        trial = self._train_point(fold.train, binned.train, bounds, valid=binned.held, held=held)
        if self.loss == "trimmed":
            score = self.start + np.asarray(trial.predict(held.values, raw_score=True, num_threads=1))
            bounds = self._bound_errors(held, (score + decision) / 2, len(bounds.low))
        return _lightgbm.best_rounds(trial), bounds

    def _find_start(self, growth: FloatArray) -> float:
        """Return the forecast that the models of the loss start from."""
        if self.loss == "mean":
            # Growth that single precision cannot hold is divided by exp(start), which does not move the minimum.
            return max(0.0, float(growth.max()) - _MAX_LOG_LABEL)
        return float(np.quantile(growth, _START_QUANTILE))

    def _bound_errors(self, held: GrowthRows, forecast: FloatArray, n_groups: int) -> Bounds:
        """Return the error bounds of each group of rows."""
        errors = np.abs(grown(held.base, forecast) - grown(held.base, held.growth))
        return bounds_by_group(errors, held.group, n_groups)

    def _train_point(
        self,
        rows: GrowthRows,
        dataset: Dataset,
        bounds: Bounds,
        *,
        rounds: int = _lightgbm.SCALE_ROUNDS,
        bag: int = 0,
        valid: Dataset | None = None,
        held: GrowthRows | None = None,
    ) -> Booster:
        """Train one model of the loss; with the rows held out and their dataset, until early stopping."""
        if self.loss == "mean":
            # Tweedie's deviance of the growth itself is least at the mean.
            dataset = _lightgbm.relabel(dataset, np.exp(rows.growth - self.start))
            valid = (
                None
                if valid is None or held is None
                else _lightgbm.relabel(valid, np.exp(held.growth - self.start), reference=dataset)
            )
            return _lightgbm.train("tweedie", dataset, self.seed, rounds=rounds, valid_set=valid)
        loss, error = (bounded_loss, clipped_error) if self.loss == "trimmed" else (relative_loss, relative_error)

        def arguments(of: GrowthRows) -> tuple[FloatArray, Bounds, FloatArray, float]:
            each = Bounds(bounds.low[of.group], bounds.high[of.group]) if len(bounds.low) else bounds
            return of.base, each, of.growth, self.start

        return _lightgbm.train(
            loss(*arguments(rows)),
            dataset,
            self.seed + bag,
            rounds=rounds,
            valid_set=valid,
            error=None if held is None else error(*arguments(held)),
            num_leaves=self.leaves,
        )


def rearrange(quantiles: FloatArray, median: int) -> FloatArray:
    """Return quantiles in ascending order in each row: each has a model of its own, and two may cross.

    V. Chernozhukov, I. Fernandez-Val, A. Galichon, "Improving point and interval estimators of monotone functions by
    rearrangement", Biometrika 96, 2009; here on either side of the median, which stays what its own model forecasts.
    """
    middle = quantiles[:, [median]]
    below, above = np.minimum(quantiles[:, :median], middle), np.maximum(quantiles[:, median + 1 :], middle)
    return np.hstack([np.sort(below, axis=1), middle, np.sort(above, axis=1)])
