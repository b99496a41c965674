"""The error of forecasts as a criterion for the number of clusters."""

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import KFold

from tsshape import scores
from tsshape._errors import DataError
from tsshape._typing import Curves, FloatArray, Floats, IntArray
from tsshape.curves import split_scale_shape
from tsshape.features import EncodedTable, TableEncoder, as_table
from tsshape.forecast._design import fit_encoded
from tsshape.forecast._forecaster import ScaleShapeForecaster
from tsshape.forecast._regressor import ScaleRegressor


class _Fold(NamedTuple):
    """One fold: training and test posts, the number of distinct training shapes, and the regressor of the scale."""

    train_features: EncodedTable
    train_curves: pd.DataFrame
    test_features: EncodedTable
    test_curves: pd.DataFrame
    n_distinct: int
    regressor: FrozenEstimator


class Predictability:
    """Cross-validated error of the whole forecast, in the unit of the counts, as a function of the number of clusters.

    Called with a number of clusters, labels and prototypes, as `tsshape.cluster.select_n_clusters` calls a user-defined
    criterion. Labels and prototypes are ignored: they come from all curves, while a forecast is scored on held-out
    curves; the training shapes of each fold are clustered anew.

    Parameters
    ----------
    features : DataFrame or array of shape (n_posts, n_columns)
        What was known at upload.
    curves : DataFrame or array of shape (n_posts, n_times)
        Cumulative views (not shapes), rows in the order of `features`.
    clusterer : clusterer
        With a parameter `n_clusters`, such as a `ShapeKMeans` with the metric in question.
    k_values : collection of int, optional
        The numbers of clusters to evaluate; the error is NaN for any other. An evaluation fits a classifier for each
        fold, which may take many seconds. By default all.
    n_splits : int, default=3
        Folds, at least 2.
    random_state : int, optional
        Seed of the folds and of the models.

    Examples
    --------
    >>> import tsshape
    >>> from tsshape.cluster import ShapeKMeans
    >>> posts = tsshape.simulate_spid(200, n_times=10, random_state=0)
    >>> error = Predictability(posts.features, posts.curves, ShapeKMeans(random_state=0), k_values=[5], random_state=0)
    >>> bool(error(5, None, None).min() > 0), bool(np.isnan(error(6, None, None)).all())
    (True, True)
    """

    def __init__(
        self,
        features: Any,
        curves: Curves,
        clusterer: Any,
        *,
        k_values: Collection[int] | None = None,
        n_splits: int = 3,
        random_state: int | None = None,
    ) -> None:
        table, known = as_table(TableEncoder(), features, reset=True), pd.DataFrame(curves)
        if len(table) != len(known):
            raise DataError(f"features have {len(table)} rows and curves {len(known)}: they must be the same posts")
        if not 2 <= n_splits <= len(known):  # noqa: PLR2004
            raise ValueError(f"n_splits must be between 2 and the {len(known)} posts; got {n_splits}")
        self.clusterer, self.k_values, self.random_state = clusterer, k_values, random_state
        known = known.set_axis(table.index)
        folds = KFold(n_splits, shuffle=True, random_state=random_state).split(table)
        self._folds = [self._fold(table, known, train, test) for train, test in folds]

    def __call__(self, n_clusters: int, labels: IntArray | None, prototypes: Floats | None) -> FloatArray:
        """Return the error of each fold, tRMSE as in `tsshape.scores.trimmed_rmse`, shape (n_splits,).

        NaN for a number of clusters that is not in `k_values`, or exceeds the number of distinct training shapes.
        """
        del labels, prototypes
        unwanted = self.k_values is not None and n_clusters not in self.k_values
        if unwanted or any(fold.n_distinct < n_clusters for fold in self._folds):
            return np.full(len(self._folds), np.nan)
        return np.array([self._error(fold, n_clusters) for fold in self._folds])

    def _fold(self, features: pd.DataFrame, curves: pd.DataFrame, train: IntArray, test: IntArray) -> _Fold:
        """Return one fold; encoder and regressor are fitted on its training posts alone."""
        train_features = fit_encoded(None, features.iloc[train], self.random_state)
        test_features = EncodedTable.of(train_features.encoder, features.iloc[test])
        regressor = ScaleRegressor(quantiles=(0.5,), random_state=self.random_state)
        regressor.fit(train_features, curves.iloc[train].max(axis=1))
        shapes = split_scale_shape(curves.iloc[train].to_numpy(dtype=np.float64), zero="nan")[1]
        n_distinct = len(np.unique(shapes[~np.isnan(shapes[:, 0])], axis=0))
        frozen = FrozenEstimator(regressor)
        return _Fold(train_features, curves.iloc[train], test_features, curves.iloc[test], n_distinct, frozen)

    def _error(self, fold: _Fold, n_clusters: int) -> float:
        """Return the tRMSE of one fold."""
        clusterer = clone(self.clusterer).set_params(n_clusters=n_clusters)
        forecaster = ScaleShapeForecaster(
            clusterer, regressor=fold.regressor, in_flight=False, intervals=False, random_state=self.random_state
        )
        forecaster.fit(fold.train_features, fold.train_curves)
        error: float = scores.trimmed_rmse(fold.test_curves, forecaster.predict(fold.test_features))
        return error
