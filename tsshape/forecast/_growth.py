"""How far a count will grow: the model behind the scale of a post, at upload and in flight."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from lightgbm import Booster, Dataset

from tsshape._choices import Loss
from tsshape._typing import FloatArray, IntArray
from tsshape.features import DesignMatrix
from tsshape.forecast import _lightgbm
from tsshape.forecast._bounded import Bounds, bounded_loss, clipped_error, error_bounds
from tsshape.forecast._counts import grown
from tsshape.forecast._validation_split import train_rows

MEDIAN = 0.5

# The quantile from which the models of the trimmed loss start: the loss favours forecasts below the median.
_START_QUANTILE = 0.3
# The largest label for the mean: LightGBM keeps labels in single precision and sums their squares.
_MAX_LOG_LABEL = 40.0


class GrowthModel:
    """The distribution of log((1 + final) / (1 + base)) given features, and the point forecast that minimises a loss.

    Parameters
    ----------
    loss : {"median", "mean", "trimmed"}
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
    validation_quantiles : array of shape (n_validation, n_quantiles)
        What the models of the validation fit forecast for the validation rows.
    """

    def __init__(self, loss: Loss, quantiles: Sequence[float], seed: int, *, leaves: int = 63, bags: int = 4) -> None:
        self.loss, self.quantiles, self.seed, self.leaves, self.bags = loss, tuple(quantiles), seed, leaves, bags
        self.quantile_boosters: list[Booster] = []
        self.point_boosters: list[Booster] = []
        self.start = 0.0

    def fit(
        self, X: DesignMatrix, growth: FloatArray, *, base: FloatArray, group: IntArray, validation_rows: IntArray
    ) -> Self:
        """Fit on rows of features and their log growth.

        A validation fit without the rows `validation_rows` finds the number of rounds and the bounds of the errors;
        the models are then fitted on all rows.

        Parameters
        ----------
        X : DesignMatrix of n_rows rows
        growth, base : array of shape (n_rows,)
            The log growth, and 1 + the count that grows.
        group : array of int of shape (n_rows,)
            0, 1, …; rows of one group have errors of similar size.
        validation_rows : array of int
            Positions, ascending.
        """
        rows = _Rows.split(X, growth, base, group, validation_rows)
        trials = [self._train_quantile(level, rows.train_set, valid_set=rows.valid_set) for level in self.quantiles]
        self.validation_quantiles = _rearrange(trials, rows.validation_values, self._median)
        self.quantile_boosters = [
            self._train_quantile(level, rows.full_set, rounds=_lightgbm.best_rounds(trial))
            for level, trial in zip(self.quantiles, trials, strict=True)
        ]
        if self.loss == "mean":
            self.point_boosters = [self._train_mean(rows)]
        elif self.loss == "trimmed":
            self.start = float(np.quantile(growth, _START_QUANTILE))
            self.point_boosters = self._train_trimmed(rows)
        return self

    def predict_quantiles(self, values: FloatArray) -> FloatArray:
        """Return quantiles of the log growth, shape (n_rows, n_quantiles), ascending in each row."""
        return _rearrange(self.quantile_boosters, values, self._median)

    def predict(self, values: FloatArray) -> FloatArray:
        """Return the log growth that minimises the loss, shape (n_rows,)."""
        score = np.mean([booster.predict(values, raw_score=True) for booster in self._deciding_boosters()], axis=0)
        return np.asarray(self.start + score, dtype=np.float64)

    def contributions(self, values: FloatArray) -> FloatArray:
        """Return what each feature adds to the point forecast of the log growth; the last column is the mean forecast.

        Shapley values of the trees, by LightGBM's `pred_contrib`; shape (n_rows, n_features + 1).
        """
        parts: FloatArray = np.mean(
            [booster.predict(values, pred_contrib=True) for booster in self._deciding_boosters()], axis=0
        )
        parts[:, -1] += self.start
        return parts

    def gain(self) -> FloatArray:
        """Return by how much the splits on each feature reduced the training loss, shape (n_features,)."""
        gains: FloatArray = np.sum(
            [booster.feature_importance("gain") for booster in self._deciding_boosters()], axis=0
        )
        return gains

    @property
    def n_fits(self) -> int:
        """The number of models that a fit trains, with those of the validation fit."""
        return 2 * len(self.quantiles) + {"median": 0, "mean": 2, "trimmed": 2 + self.bags}[self.loss]

    @property
    def _median(self) -> int:
        """The position of the median among the quantiles."""
        return self.quantiles.index(MEDIAN)

    def _deciding_boosters(self) -> list[Booster]:
        """Return the models whose mean is the point forecast."""
        return self.point_boosters or [self.quantile_boosters[self._median]]

    def _train_quantile(self, level: float, rows: Dataset, **options: Any) -> Booster:
        """Train the model of one quantile."""
        return _lightgbm.train_quantile(level, rows, self.seed, **options)

    def _train_mean(self, rows: "_Rows") -> Booster:
        """Train the model of the mean: Tweedie's deviance of the growth itself is least at the mean.

        Growth that single precision cannot hold is divided by exp(`start`), which does not move that minimum.
        """
        self.start = max(0.0, float(rows.growth.max()) - _MAX_LOG_LABEL)
        for dataset, positions in (
            (rows.train_set, rows.train_rows),
            (rows.valid_set, rows.validation_rows),
            (rows.full_set, slice(None)),
        ):
            dataset.set_label(np.exp(rows.growth[positions] - self.start))
        trial = _lightgbm.train("tweedie", rows.train_set, self.seed, valid_set=rows.valid_set)
        return _lightgbm.train("tweedie", rows.full_set, self.seed, rounds=_lightgbm.best_rounds(trial))

    def _train_trimmed(self, rows: "_Rows") -> list[Booster]:
        """Train the models of the trimmed loss; its bounds come from validation errors, which are updated twice."""
        base, group = rows.base[rows.validation_rows], rows.group[rows.validation_rows]
        true = grown(base, rows.growth[rows.validation_rows])
        forecast = grown(base, self.validation_quantiles[:, self._median])
        bounds = _bounds_by_group(np.abs(forecast - true), group, rows.group)
        for _ in range(2):
            error = clipped_error(*self._loss_arguments(rows, bounds, rows.validation_rows))
            trial = self._train_bounded(
                rows.train_set,
                self._loss_arguments(rows, bounds, rows.train_rows),
                valid_set=rows.valid_set,
                error=error,
            )
            forecast = grown(base, self.start + trial.predict(rows.validation_values, raw_score=True))
            bounds = _bounds_by_group(np.abs(forecast - true), group, rows.group)
        arguments = self._loss_arguments(rows, bounds, np.arange(len(rows.growth)))
        return [
            self._train_bounded(rows.full_set, arguments, rounds=_lightgbm.best_rounds(trial), bag=bag)
            for bag in range(self.bags)
        ]

    def _loss_arguments(
        self, rows: "_Rows", bounds: Bounds, positions: IntArray
    ) -> tuple[FloatArray, Bounds, FloatArray, float]:
        """Return the arguments of `bounded_loss` for a subset of the rows."""
        subset = Bounds(bounds.low[positions], bounds.high[positions])
        return rows.base[positions], subset, rows.growth[positions], self.start

    def _train_bounded(
        self,
        rows: Dataset,
        loss_arguments: tuple[FloatArray, Bounds, FloatArray, float],
        *,
        rounds: int = _lightgbm.SCALE_ROUNDS,
        valid_set: Dataset | None = None,
        error: Any = None,
        bag: int = 0,
    ) -> Booster:
        """Train one model of the bounded loss."""
        return _lightgbm.train(
            bounded_loss(*loss_arguments),
            rows,
            self.seed + bag,
            rounds=rounds,
            valid_set=valid_set,
            error=error,
            num_leaves=self.leaves,
        )


class _Rows(NamedTuple):
    """The rows of a fit, divided into training and validation rows."""

    growth: FloatArray
    base: FloatArray
    group: IntArray
    train_rows: IntArray
    validation_rows: IntArray
    validation_values: FloatArray
    train_set: Dataset
    valid_set: Dataset
    full_set: Dataset

    @classmethod
    def split(
        cls, X: DesignMatrix, growth: FloatArray, base: FloatArray, group: IntArray, validation_rows: IntArray
    ) -> Self:
        """Bin the rows for LightGBM."""
        values, categorical = X.values, X.categorical
        train = train_rows(len(values), validation_rows)
        validation_values = values[validation_rows]
        train_set = _lightgbm.dataset(values[train], growth[train], categorical)
        valid_set = _lightgbm.dataset(validation_values, growth[validation_rows], categorical, reference=train_set)
        full_set = _lightgbm.dataset(values, growth, categorical)
        return cls(growth, base, group, train, validation_rows, validation_values, train_set, valid_set, full_set)


def _rearrange(boosters: Sequence[Booster], values: FloatArray, median: int) -> FloatArray:
    """Return quantiles in ascending order in each row: each has a model of its own, and two may cross.

    V. Chernozhukov, I. Fernandez-Val, A. Galichon, "Improving point and interval estimators of monotone functions by
    rearrangement", Biometrika 96, 2009; here on either side of the median, which stays what its own model forecasts.
    """
    quantiles = np.column_stack([booster.predict(values) for booster in boosters])
    middle = quantiles[:, [median]]
    below, above = np.minimum(quantiles[:, :median], middle), np.maximum(quantiles[:, median + 1 :], middle)
    return np.hstack([np.sort(below, axis=1), middle, np.sort(above, axis=1)])


def _bounds_by_group(errors: FloatArray, group_of_errors: IntArray, group: IntArray) -> Bounds:
    """Return the error bounds of each row's group; the overall bounds where a group has no validation rows."""
    low, high = (np.full(len(group), bound) for bound in error_bounds(errors))
    for each in np.unique(group_of_errors):
        low[group == each], high[group == each] = error_bounds(errors[group_of_errors == each])
    return Bounds(low, high)
