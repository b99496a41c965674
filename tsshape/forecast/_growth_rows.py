"""The rows that a growth model is fitted on: what grows, from what, and how far."""

from typing import NamedTuple

import numpy as np
from lightgbm import Dataset

from tsshape._typing import BoolArray, FloatArray, IntArray
from tsshape.forecast import _lightgbm


class GrowthRows(NamedTuple):
    """Rows of features and their log growth.

    Attributes
    ----------
    values : array of shape (n_rows, n_features)
    growth, drawn : array of shape (n_rows,)
        The log growth, for the point forecast and for the quantiles. They differ for posts whose growth is itself a
        forecast: its median would make the quantiles too narrow.
    base : array of shape (n_rows,)
        1 + the count that grows.
    group : array of int of shape (n_rows,)
        0, 1, …; rows of one group have errors of similar size.
    """

    values: FloatArray
    growth: FloatArray
    drawn: FloatArray
    base: FloatArray
    group: IntArray

    @classmethod
    def of_scales(cls, values: FloatArray, scale: FloatArray, drawn: FloatArray | None = None) -> "GrowthRows":
        """Return rows whose counts grow from nothing to a scale."""
        growth, none = np.log1p(scale), np.zeros(len(scale), dtype=np.int64)
        return cls(values, growth, growth if drawn is None else np.log1p(drawn), np.ones(len(scale)), none)

    def take(self, rows: IntArray | BoolArray) -> "GrowthRows":
        """Return some of the rows."""
        values, growth, drawn, base, group = self
        return GrowthRows(values[rows], growth[rows], drawn[rows], base[rows], group[rows])


class GrowthFold(NamedTuple):
    """The rows that a model is fitted on, those held out, and which of these a fit is stopped by."""

    train: GrowthRows
    held: GrowthRows
    stopping: BoolArray


class Binned(NamedTuple):
    """Rows binned for LightGBM once, however many models are trained on them: all, and those of the first fold.

    Of the rows that the fold holds out there are those that a fit is stopped by. The labels are those of the quantiles.
    """

    full: Dataset
    train: Dataset
    held: Dataset

    @classmethod
    def of(cls, rows: GrowthRows, fold: GrowthFold, categorical: list[int]) -> "Binned":
        """Bin the rows."""
        train = _lightgbm.dataset(fold.train.values, fold.train.drawn, categorical)
        stopping = fold.held.take(fold.stopping)
        held = _lightgbm.dataset(stopping.values, stopping.drawn, categorical, reference=train)
        return cls(_lightgbm.dataset(rows.values, rows.drawn, categorical), train, held)
