"""How far a count will grow: the model behind the scale of a post, at upload and in flight."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from lightgbm import Booster, Dataset

from tsshape._choices import Loss
from tsshape._typing import FloatArray, IntArray
from tsshape.features import DesignMatrix
from tsshape.forecast import _lightgbm
from tsshape.forecast._bounded import bounded_loss, clipped_error
from tsshape.forecast._growth_rows import Binned, GrowthFold, GrowthRows
from tsshape.forecast._line import QuantileLines
from tsshape.forecast._mixture import TrimmedMixture
from tsshape.forecast._relative import relative_error, relative_loss, start_of_relative
from tsshape.forecast._workers import Workers

MEDIAN = 0.5

# The quantile from which the models of the trimmed loss start: the loss favours forecasts below the median.
_START_QUANTILE = 0.3
# The largest label for the mean: LightGBM keeps labels in single precision and sums their squares.
_MAX_LOG_LABEL = 40.0
# Up to the first number of rows lines have their largest weight, from the second on none.
_FEW_ROWS, _MANY_ROWS, _MOST_OF_LINE = 1000, 5000, 0.75


class Forecast(NamedTuple):
    """Forecasts of the log growth.

    Attributes
    ----------
    quantiles : array of shape (n_rows, n_quantiles)
        Ascending.
    ends : array of shape (n_rows, 3)
        The outermost quantiles and the median between them, as intervals are learned of them; of a single quantile, one
        column.
    point : array of shape (n_rows,)
    """

    quantiles: FloatArray
    ends: FloatArray
    point: FloatArray


class GrowthModel:
    """The distribution of log((1 + final) / (1 + base)) given features, and the point forecast that minimises a loss.

    Parameters
    ----------
    loss : {"median", "mean", "trimmed", "relative"}
        What the point forecast minimises.
    quantiles : sequence of float
        Levels of the quantiles, ascending, 0.5 among them.
    seed : int
    leaves : int
        Maximum number of leaves of a tree of the models for the trimmed loss.
    lines : bool
        Whether the quantiles of few rows are mostly lines of the features, in which trees of few rows find little.
    bags : int
        Number of models whose mean is the forecast for the trimmed loss: the loss has many local minima, and each
        model finds its own.

    Attributes
    ----------
    quantile_boosters : list of Booster
        One for each level.
    point_boosters : list of Booster
        Empty for the median.
    line : QuantileLines or None
        Averaged with the quantile boosters, with the weight `line_weight`.
    start : float
        Added to the output of the point boosters.
    mixture : TrimmedMixture or None
        For the trimmed loss, what else the forecast of the point boosters is averaged with.
    validation_ends : array of shape (n_held, 3)
        Out-of-fold forecasts of `Forecast.ends` for the rows held out, fold by fold.
    """

    def __init__(
        self, loss: Loss, quantiles: Sequence[float], seed: int, *, leaves: int = 63, bags: int = 2, lines: bool = False
    ) -> None:
        self.loss, self.quantiles, self.seed, self.leaves, self.bags = loss, tuple(quantiles), seed, leaves, bags
        self.lines = lines
        self.quantile_boosters: list[Booster] = []
        self.point_boosters: list[Booster] = []
        self.line: QuantileLines | None = None
        self.line_weight = self.start = 0.0
        self.mixture = TrimmedMixture(quantiles) if loss == "trimmed" else None

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
        self.line_weight = _weigh_line(len(rows.growth)) if self.lines else 0.0
        line = workers.submit(self._fit_line, rows, categorical)
        trials = workers.map(lambda level: self._train_quantile(level, binned.train, valid=binned.held), self.quantiles)
        rounds = [_lightgbm.best_rounds(trial) for trial in trials]
        held = folds[0].held.values
        first, ends = self._combine(_lightgbm.ask(trials, held), self._fit_line(folds[0].train, categorical), held)
        point = workers.submit(self._try_point, rows, folds[0], binned, first)
        final = [
            workers.submit(self._train_quantile, level, binned.full, each)
            for level, each in zip(self.quantiles, rounds, strict=True)
        ]
        others = workers.map(lambda fold: self._validate(fold, rounds, categorical), folds[1:])
        self.validation_ends = np.concatenate([ends, *others])
        self.quantile_boosters, self.line = [each.result() for each in final], line.result()
        point_rounds = point.result()
        n_models = {"median": 0, "trimmed": self.bags}.get(self.loss, 1)
        self.point_boosters = workers.map(
            lambda bag: self._train_point(rows, binned.full, rounds=point_rounds, bag=bag), range(n_models)
        )
        return self

    def forecast(self, values: FloatArray, base: FloatArray, group: IntArray, workers: Workers) -> Forecast:
        """Return quantiles and the point forecast; arguments as the columns of `GrowthRows`."""
        boosters = [*self.quantile_boosters, *self.point_boosters]
        scores = _lightgbm.predict(boosters, values, workers)
        n_levels = len(self.quantiles)
        quantiles, ends = self._combine(np.column_stack(scores[:n_levels]), self.line, values)
        if self.loss == "median":
            return Forecast(quantiles, ends, quantiles[:, self._median])
        point = self.start + np.mean(scores[n_levels:], axis=0)
        if self.mixture is not None:
            point = self.mixture.forecast(point, quantiles, base, group)
        return Forecast(quantiles, ends, point)

    def contributions(self, values: FloatArray) -> FloatArray:
        """Return what each feature adds to the models' point forecast of the log growth; last comes the mean forecast.

        Shapley values of the trees, by LightGBM's `pred_contrib`, and of the line; shape (n_rows, n_features + 1).
        """
        parts: FloatArray = np.mean(
            [booster.predict(values, pred_contrib=True, num_threads=1) for booster in self._deciding_boosters()], axis=0
        )
        if self.loss == "median" and self.line is not None:
            return (1 - self.line_weight) * parts + self.line_weight * self.line.contributions(values)
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
        return 2 * len(self.quantiles) + (n_folds - 1) * len(self._ends) + of_point

    @property
    def _median(self) -> int:
        """The position of the median among the quantiles."""
        return self.quantiles.index(MEDIAN)

    @property
    def _ends(self) -> list[int]:
        """The positions of the outermost quantiles and, between them, of the median; of a single quantile its own."""
        last = len(self.quantiles) - 1
        return [0, self._median, last] if last else [0]

    def _deciding_boosters(self) -> list[Booster]:
        """Return the models whose mean is the point forecast."""
        return self.point_boosters or [self.quantile_boosters[self._median]]

    def _train_quantile(
        self, level: float, rows: Dataset, rounds: int = _lightgbm.SCALE_ROUNDS, valid: Dataset | None = None
    ) -> Booster:
        """Train the model of one quantile."""
        return _lightgbm.train_quantile(level, rows, self.seed, rounds=rounds, valid_set=valid)

    def _validate(self, fold: GrowthFold, rounds: Sequence[int], categorical: list[int]) -> FloatArray:
        """Return the outermost quantiles and the median of the rows that a fold holds out."""
        dataset = _lightgbm.dataset(fold.train.values, fold.train.drawn, categorical)
        boosters = [self._train_quantile(self.quantiles[at], dataset, rounds[at]) for at in self._ends]
        scores = np.zeros((len(fold.held.values), len(self.quantiles)))
        scores[:, self._ends] = _lightgbm.ask(boosters, fold.held.values)
        return self._combine(scores, self._fit_line(fold.train, categorical), fold.held.values)[1]

    def _fit_line(self, rows: GrowthRows, categorical: list[int]) -> QuantileLines | None:
        """Fit the lines of the quantiles, if they have a weight."""
        if not self.line_weight:
            return None
        return QuantileLines().fit(DesignMatrix(rows.values, [], categorical), rows.drawn, self.quantiles)

    def _combine(
        self, scores: FloatArray, line: QuantileLines | None, values: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the quantiles, and their ends, of the scores of boosters averaged with those of lines."""
        ends = rearrange(scores[:, self._ends], len(self._ends) // 2)
        quantiles = rearrange(scores, self._median)
        if line is None:
            return quantiles, ends
        lines, weight = line.predict(values), self.line_weight
        return (1 - weight) * quantiles + weight * lines, (1 - weight) * ends + weight * lines[:, self._ends]

    def _try_point(self, rows: GrowthRows, fold: GrowthFold, binned: Binned, quantiles: FloatArray) -> int:
        """Return the number of rounds of the models of the loss, and fit the mixture.

        `quantiles` are those of the rows held out.
        """
        if self.loss == "median":
            return 0
        # The validation rows may have groups that these few rows lack.
        n_groups = 1 + int(max(rows.group.max(), fold.held.group.max()))
        held, quantiles = fold.held.take(fold.stopping), quantiles[fold.stopping]
        self.start = self._find_start(rows)
        if self.mixture is not None:
            self.mixture.fit_bounds(held, quantiles, quantiles[:, self._median], n_groups)
        most = _lightgbm.SMALL_STEP_ROUNDS if self.loss == "relative" else _lightgbm.SCALE_ROUNDS
        trial = self._train_point(fold.train, binned.train, rounds=most, valid=binned.held, held=held)
        if self.mixture is not None:
            score = np.asarray(trial.predict(held.values, raw_score=True, num_threads=1))
            self.mixture.fit_weights(held, quantiles, self.start + score)
        return _lightgbm.best_rounds(trial)

    def _find_start(self, rows: GrowthRows) -> float:
        """Return the forecast that the models of the loss start from."""
        if self.loss == "mean":
            # Growth that single precision cannot hold is divided by exp(start), which does not move the minimum.
            return max(0.0, float(rows.growth.max()) - _MAX_LOG_LABEL)
        if self.loss == "relative":
            return start_of_relative(rows.base, rows.growth)
        return float(np.quantile(rows.growth, _START_QUANTILE))

    def _train_point(
        self,
        rows: GrowthRows,
        dataset: Dataset,
        *,
        rounds: int,
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
        return _lightgbm.train(
            self._objective(rows),
            dataset,
            self.seed + bag,
            rounds=rounds,
            valid_set=valid,
            error=None if held is None else self._error(held),
            **(_lightgbm.SMALL_STEPS if self.loss == "relative" else {"num_leaves": self.leaves}),
        )

    def _objective(self, rows: GrowthRows) -> Any:
        """Return gradient and Hessian of the trimmed or relative loss for some rows."""
        if self.mixture is None:
            return relative_loss(rows.base, rows.growth, self.start)
        return bounded_loss(rows.base, self.mixture.bounds_of(rows.group), rows.growth, self.start)

    def _error(self, rows: GrowthRows) -> Any:
        """Return the error for early stopping."""
        if self.mixture is None:
            return relative_error(rows.base, rows.growth, self.start)
        return clipped_error(rows.base, self.mixture.bounds_of(rows.group), rows.growth, self.start)


def _weigh_line(n_rows: int) -> float:
    """Return the weight of the line for so many rows: three quarters of few, none of many."""
    return float(np.interp(n_rows, (_FEW_ROWS, _MANY_ROWS), (_MOST_OF_LINE, 0.0)))


def rearrange(quantiles: FloatArray, median: int) -> FloatArray:
    """Return quantiles in ascending order in each row: each has a model of its own, and two may cross.

    V. Chernozhukov, I. Fernandez-Val, A. Galichon, "Improving point and interval estimators of monotone functions by
    rearrangement", Biometrika 96, 2009; here on either side of the median, which stays what its own model forecasts.
    """
    middle = quantiles[:, [median]]
    below, above = np.minimum(quantiles[:, :median], middle), np.maximum(quantiles[:, median + 1 :], middle)
    return np.hstack([np.sort(below, axis=1), middle, np.sort(above, axis=1)])
