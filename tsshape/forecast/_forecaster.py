"""The whole curve: predicted scale times predicted shape."""

from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted

from tsshape._errors import DataError
from tsshape._typing import Curves, FloatArray, IntArray, RandomState
from tsshape._validation import check_choice
from tsshape.cluster import ShapeKMeans
from tsshape.curves import join_scale_shape, split_scale_shape
from tsshape.forecast._classifier import ShapeClassifier
from tsshape.forecast._features import as_table
from tsshape.forecast._regressor import ScaleRegressor


class ScaleShapeForecaster(RegressorMixin, BaseEstimator):
    """Forecasts the views of a post, day by day, from what is known when it goes up.

    The training curves are split into scale and shape; the shapes are clustered; a classifier learns the cluster and
    a regressor the scale from the features. A forecast is the predicted scale times the predicted shape.

    Parameters
    ----------
    clusterer : clusterer, optional
        Any clusterer with `cluster_centers_`; by default `ShapeKMeans(20)`.
    classifier : ShapeClassifier or scikit-learn classifier, optional
        A plain classifier is put in a `ShapeClassifier`, which encodes the features for it.
    regressor : ScaleRegressor or scikit-learn regressor, optional
        A plain regressor is put in a `ScaleRegressor`.
    shape : {"soft", "hard"}, default="soft"
        The predicted shape: the prototypes weighted by their probabilities, or the likeliest prototype.
    random_state : int, RandomState or None
        Seed of the parts that are not given.

    Attributes
    ----------
    clusterer_, classifier_, regressor_ : estimators
        The fitted parts.
    prototypes_ : array of shape (n_clusters, n_times)
        The prototype of each cluster.
    days_ : Index
        The columns of the training curves.

    Notes
    -----
    Curves that are 0 throughout have no shape: they train the regressor only.

    References
    ----------
    A. Dutta, F. A. Barbhuiya, "Predicting Popularity of Images Over 30 Days", arXiv 2108.01326, 2021.

    Examples
    --------
    >>> import tsshape
    >>> posts = tsshape.simulate_spid(300, random_state=0)
    >>> forecaster = ScaleShapeForecaster(ShapeKMeans(5, random_state=0), random_state=0)
    >>> forecaster.fit(posts.features[:250], posts.curves[:250]).predict(posts.features[250:]).shape
    (50, 30)
    """

    def __init__(
        self,
        clusterer: Any = None,
        classifier: Any = None,
        regressor: Any = None,
        *,
        shape: Literal["soft", "hard"] = "soft",
        random_state: RandomState = None,
    ) -> None:
        self.clusterer = clusterer
        self.classifier = classifier
        self.regressor = regressor
        self.shape = shape
        self.random_state = random_state

    def fit(self, features: Any, curves: Curves) -> Self:
        """Learn from posts whose curves are complete.

        Parameters
        ----------
        features : DataFrame or array of shape (n_posts, n_columns)
            What was known at upload.
        curves : DataFrame or array of shape (n_posts, n_times)
            Cumulative views, rows in the order of `features`.

        Raises
        ------
        DataError
            If the ids differ, a curve has missing, infinite or negative values, or no curve rises above 0.
        """
        check_choice("shape", self.shape, ("soft", "hard"))
        table = as_table(features)
        known = curves if isinstance(curves, pd.DataFrame) else _with_days(np.asarray(curves), table.index)
        if not table.index.equals(known.index):
            raise DataError("features and curves must have the same ids in the same order")
        scale, shape = split_scale_shape(known, zero="nan")
        alive = np.asarray(scale > 0)
        if not alive.any():
            raise DataError("all curves are 0 throughout: there is no shape to learn")
        clusterer = ShapeKMeans(20, random_state=self.random_state) if self.clusterer is None else self.clusterer
        self.clusterer_ = clone(clusterer).fit(shape[alive].to_numpy(), None)
        self.prototypes_: FloatArray = self.clusterer_.cluster_centers_
        classifier = _head(ShapeClassifier, self.classifier, self.random_state)
        self.classifier_ = clone(classifier).fit(table[alive], self.clusterer_.labels_)
        self.regressor_ = clone(_head(ScaleRegressor, self.regressor, self.random_state)).fit(table, scale)
        self.days_ = known.columns
        return self

    def predict(self, features: Any) -> pd.DataFrame:
        """Forecast curves.

        Parameters
        ----------
        features : DataFrame or array of shape (n_posts, n_columns)
            Columns are matched by name.

        Returns
        -------
        DataFrame of shape (n_posts, n_times)
            Cumulative views, rows as in `features`.
        """
        return join_scale_shape(self.predict_scale(features), self.predict_shape(features))

    def predict_scale(self, features: Any) -> pd.Series:
        """Scale of each post, in the unit of the counts."""
        check_is_fitted(self)
        return pd.Series(self.regressor_.predict(features), as_table(features).index, name="scale")

    def predict_shape(self, features: Any) -> pd.DataFrame:
        """Shape of each post, (n_posts, n_times)."""
        check_is_fitted(self)
        probability = self.classifier_.predict_proba(features)
        prototypes = self.prototypes_[self.classifier_.classes_]
        shape = probability @ prototypes if self.shape == "soft" else prototypes[probability.argmax(axis=1)]
        return pd.DataFrame(shape, as_table(features).index, self.days_)

    def assign(self, curves: Curves) -> IntArray:
        """Cluster of each curve's shape, -1 for a curve that is 0 throughout; shape (n_curves,), int64."""
        check_is_fitted(self)
        scale, shape = split_scale_shape(np.asarray(curves, dtype=np.float64), zero="nan")
        labels = np.full(len(scale), -1, dtype=np.int64)
        labels[scale > 0] = self.clusterer_.predict(shape[scale > 0])
        return labels


def _with_days(curves: FloatArray, ids: pd.Index) -> pd.DataFrame:
    """Curves of a plain array as a table with the days 1…T."""
    return pd.DataFrame(curves, ids, range(1, curves.shape[1] + 1))


def _head(kind: type[ShapeClassifier] | type[ScaleRegressor], part: Any, random_state: RandomState) -> Any:
    """`part` as a head: one as it comes if nothing is given, a plain estimator put into one."""
    if part is None:
        return kind(random_state=random_state)
    bare = part.estimator if isinstance(part, FrozenEstimator) else part
    return part if isinstance(bare, kind) else kind(part, random_state=random_state)
