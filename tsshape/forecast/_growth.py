"""How far a count will grow: the model behind the scale of a post, at upload and in flight."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self, get_args

import numpy as np
from lightgbm import Booster, Dataset

from tsshape._choices import Loss
from tsshape._typing import FloatArray, IntArray
from tsshape.forecast import _lightgbm
from tsshape.forecast._bounded import Bounds, bounded_loss, clipped_error, quartiles
from tsshape.forecast._counts import grown

LOSSES = get_args(Loss)
MEDIAN = 0.5

# Where the models for the trimmed loss start: the loss favours forecasts below the median.
_START_QUANTILE = 0.3
# Of the labels of the mean, which LightGBM keeps in single precision and whose squares it adds up.
_MOST_LOG_LABEL = 40.0


class GrowthModel:
    """The distribution of log((1 + final) / (1 + base)) given features, and its best point for a named loss.

    Parameters
    ----------
    loss : {"median", "mean", "trimmed"}
        What the point forecast minimises.
    quantiles : sequence of float
        The levels of the quantiles, ascending, 0.5 among them.
    seed : int
    leaves : int
        Most leaves of a tree of the models for the trimmed loss.
    bags : int
        The forecast for the trimmed loss is the mean of so many models: the loss has many minima, and each finds its
        own.

    Attributes
    ----------
    quantile_boosters : list of Booster
        One for each level.
    point_boosters : list of Booster
        None for the median.
    start : float
        What the point boosters add to.
    """

    def __init__(self, loss: Loss, quantiles: Sequence[float], seed: int, *, leaves: int = 63, bags: int = 4) -> None:
        self.loss, self.quantiles, self.seed, self.leaves, self.bags = loss, tuple(quantiles), seed, leaves, bags
        self.quantile_boosters: list[Booster] = []
        self.point_boosters: list[Booster] = []
        self.start = 0.0

    def fit(
        self,
        X: FloatArray,
        growth: FloatArray,
        categorical: Sequence[int],
        *,
        base: FloatArray,
        kind: IntArray,
        held: IntArray,
    ) -> Self:
        """Learn from rows of features and their log growth.

        `base` is 1 + the count that grows; `kind` (0, 1, …) says which rows have errors of one size; `held` are the
        positions of the rows that are held out of a rehearsal, which finds the number of rounds and the bounds of the
        errors. Then all rows are learned from. What the rehearsal forecast for the rows held out is kept in
        `held_quantiles`.
        """
        rows = _Rows.of(X, growth, categorical, base=base, kind=kind, held=held)
        trials = [self._train_quantile(level, rows.some, held_out=rows.judged) for level in self.quantiles]
        self.held_quantiles = _rearranged(trials, X[held], self._median)
        self.quantile_boosters = [
            self._train_quantile(level, rows.everything, rounds=_lightgbm.best_rounds(trial))
            for level, trial in zip(self.quantiles, trials, strict=True)
        ]
        if self.loss == "mean":
            self.point_boosters = [self._train_mean(rows)]
        elif self.loss == "trimmed":
            self.start = float(np.quantile(growth, _START_QUANTILE))
            self.point_boosters = self._train_trimmed(rows)
        return self

    def predict_quantiles(self, X: FloatArray) -> FloatArray:
        """Quantiles of the log growth, shape (n_rows, n_quantiles), ascending in each row."""
        return _rearranged(self.quantile_boosters, X, self._median)

    def predict(self, X: FloatArray) -> FloatArray:
        """The log growth that is best for the loss, shape (n_rows,)."""
        score = np.mean([booster.predict(X, raw_score=True) for booster in self._deciding()], axis=0)
        return np.asarray(self.start + score, dtype=np.float64)

    def contributions(self, X: FloatArray) -> FloatArray:
        """What each feature adds to the point forecast of the log growth, and in the last column the mean forecast.

        Shapley values of the trees, by LightGBM's `pred_contrib`; shape (n_rows, n_features + 1).
        """
        parts: FloatArray = np.mean([each.predict(X, pred_contrib=True) for each in self._deciding()], axis=0)
        parts[:, -1] += self.start
        return parts

    def gain(self) -> FloatArray:
        """How much each feature's splits reduced the loss in training, in all, shape (n_features,)."""
        gains: FloatArray = np.sum([booster.feature_importance("gain") for booster in self._deciding()], axis=0)
        return gains

    @property
    def _median(self) -> int:
        """Where the median is among the quantiles."""
        return self.quantiles.index(MEDIAN)

    def _deciding(self) -> list[Booster]:
        """The models whose mean is the point forecast."""
        return self.point_boosters or [self.quantile_boosters[self._median]]

    def _train_quantile(self, level: float, rows: Dataset, **options: Any) -> Booster:
        """The model of one quantile."""
        return _lightgbm.train_quantile(level, rows, self.seed, **options)

    def _train_mean(self, rows: "_Rows") -> Booster:
        """The model of the mean: Tweedie's deviance of the growth itself, whose minimum is the mean.

        A growth that LightGBM's single precision cannot hold is counted from `start`, which a deviance does not mind.
        """
        self.start = max(0.0, float(rows.growth.max()) - _MOST_LOG_LABEL)
        for part, positions in ((rows.some, rows.rehearsed), (rows.judged, rows.held), (rows.everything, slice(None))):
            part.set_label(np.exp(rows.growth[positions] - self.start))
        trial = _lightgbm.train("tweedie", rows.some, self.seed, held_out=rows.judged)
        return _lightgbm.train("tweedie", rows.everything, self.seed, rounds=_lightgbm.best_rounds(trial))

    def _train_trimmed(self, rows: "_Rows") -> list[Booster]:
        """The models of the trimmed loss: bounds from the errors of rows held out, twice, then all rows."""
        base, kind = rows.base[rows.held], rows.kind[rows.held]
        true = grown(base, rows.growth[rows.held])
        limits = _bounds_by_kind(np.abs(grown(base, self.held_quantiles[:, self._median]) - true), kind, rows.kind)
        for _ in range(2):
            error = clipped_error(*self._of(rows, limits, rows.held))
            trial = self._train_bounded(
                rows.some, self._of(rows, limits, rows.rehearsed), held=rows.judged, error=error
            )
            forecast = grown(base, self.start + trial.predict(rows.X_held, raw_score=True))
            limits = _bounds_by_kind(np.abs(forecast - true), kind, rows.kind)
        everyone = self._of(rows, limits, np.arange(len(rows.growth)))
        return [
            self._train_bounded(rows.everything, everyone, rounds=_lightgbm.best_rounds(trial), bag=bag)
            for bag in range(self.bags)
        ]

    def _of(self, rows: "_Rows", limits: Bounds, positions: IntArray) -> tuple[FloatArray, Bounds, FloatArray, float]:
        """What the bounded loss of some rows takes."""
        part = Bounds(limits.low[positions], limits.high[positions])
        return rows.base[positions], part, rows.growth[positions], self.start

    def _train_bounded(
        self,
        rows: Dataset,
        of: tuple[FloatArray, Bounds, FloatArray, float],
        *,
        rounds: int = _lightgbm.SCALE_ROUNDS,
        held: Dataset | None = None,
        error: Any = None,
        bag: int = 0,
    ) -> Booster:
        """One model of the bounded loss."""
        return _lightgbm.train(
            bounded_loss(*of),
            rows,
            self.seed + bag,
            rounds=rounds,
            held_out=held,
            error=error,
            num_leaves=self.leaves,
        )


class _Rows(NamedTuple):
    """The training rows of a growth model, and how they are divided for its rehearsal."""

    growth: FloatArray
    base: FloatArray
    kind: IntArray
    rehearsed: IntArray
    held: IntArray
    X_held: FloatArray
    some: Dataset
    judged: Dataset
    everything: Dataset

    @classmethod
    def of(
        cls,
        X: FloatArray,
        growth: FloatArray,
        categorical: Sequence[int],
        *,
        base: FloatArray,
        kind: IntArray,
        held: IntArray,
    ) -> Self:
        """The rows, binned for LightGBM."""
        rehearsed = _lightgbm.rest(len(X), held)
        some = _lightgbm.dataset(X[rehearsed], growth[rehearsed], categorical)
        judged = _lightgbm.dataset(X[held], growth[held], categorical, reference=some)
        everything = _lightgbm.dataset(X, growth, categorical)
        return cls(growth, base, kind, rehearsed, held, X[held], some, judged, everything)


def _rearranged(boosters: Sequence[Booster], X: FloatArray, median: int) -> FloatArray:
    """Quantiles in ascending order in each row: each model is fitted by itself, and two may cross.

    V. Chernozhukov, I. Fernandez-Val, A. Galichon, "Improving point and interval estimators of monotone functions by
    rearrangement", Biometrika 96, 2009; here on either side of the median, which stays what its own model says.
    """
    each = np.column_stack([booster.predict(X) for booster in boosters])
    middle = each[:, [median]]
    below, above = np.minimum(each[:, :median], middle), np.maximum(each[:, median + 1 :], middle)
    return np.hstack([np.sort(below, axis=1), middle, np.sort(above, axis=1)])


def _bounds_by_kind(errors: FloatArray, kind_of_errors: IntArray, kind: IntArray) -> Bounds:
    """The bounds that the errors of a row's kind give, one a row; those of all errors where the kind has none."""
    low, high = (np.full(len(kind), each) for each in quartiles(errors))
    for each in np.unique(kind_of_errors):
        low[kind == each], high[kind == each] = quartiles(errors[kind_of_errors == each])
    return Bounds(low, high)
