"""From features to the cluster of a post's shape."""

from typing import Any, Self

import numpy as np
from lightgbm import Booster
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from tsshape._typing import FloatArray, RandomState
from tsshape.features import DesignMatrix, TableEncoder
from tsshape.forecast import _lightgbm
from tsshape.forecast._design import Columns, add_input_tags, as_design, check_features, fit_design
from tsshape.forecast._finite import check_finite
from tsshape.forecast._foreign import refused_as_data_error
from tsshape.forecast._targets import check_labels
from tsshape.forecast._validation_split import draw_validation_rows, train_rows


class ShapeClassifier(ClassifierMixin, BaseEstimator):
    """Predicts the cluster of a post's shape from its features.

    Parameters
    ----------
    estimator : classifier, optional
        Any scikit-learn classifier with `predict_proba`; it is given a float64 matrix in which categories are codes
        and missing values NaN. By default LightGBM, which knows the categories; the number of rounds is the best for a
        validation split, and the model is then fitted on all posts.
    columns : sequence of str or callable, optional
        The columns to use, or a function of the training features and labels that returns them. By default all.
    encoder : TableEncoder, optional
        How the table becomes a matrix; by default a `TableEncoder` with its defaults, or within a forecaster the
        forecaster's encoder.
    random_state : int, RandomState or None
        Seed of the default estimator and encoder.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The clusters that occurred in training, sorted.
    estimator_ : classifier or lightgbm.Booster
        Fitted on the training rows.
    encoder_ : TableEncoder
        Fitted on the training rows; within a forecaster it is the forecaster's.
    columns_ : list of str
        The columns in use.
    design_columns_ : list of str
        The encoded columns in use.
    feature_names_in_, n_features_in_ : array of str, int
        The columns of the training table; their names are not defined for an array.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> posts = pd.DataFrame({"topic": ["cats", "news"] * 100})
    >>> clusters = np.array([0, 1] * 100)
    >>> classifier = ShapeClassifier(random_state=0).fit(posts, clusters)
    >>> classifier.predict(posts[:2])
    array([0, 1])
    >>> classifier.predict_proba(posts[:2]).round().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(
        self,
        estimator: Any = None,
        *,
        columns: Columns = None,
        encoder: TableEncoder | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.columns = columns
        self.encoder = encoder
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Fit on features and clusters.

        Parameters
        ----------
        X : DataFrame, array or EncodedTable of shape (n_posts, n_columns)
            Features.
        y : array of shape (n_posts,), int
            Cluster of each post's shape.

        Raises
        ------
        DataError
            If the features cannot be encoded or lack a column, a cluster is missing, or the estimator refuses the
            posts.
        """
        features = check_features(self, X, reset=True)
        labels = check_labels(y, len(features))
        design = fit_design(self, features, labels)
        if len(np.unique(labels)) == 1:
            # Many classifiers refuse a single class.
            self.estimator_ = DummyClassifier().fit(design.values, labels)
        elif self.estimator is None:
            self.estimator_ = _fit_lightgbm(design, labels, _lightgbm.draw_seed(self.random_state))
        else:
            with refused_as_data_error(self.estimator, len(labels)):
                self.estimator_ = clone(self.estimator).fit(design.values, labels)
        self.classes_ = np.unique(labels)
        return self

    def predict(self, X: Any) -> Any:
        """Return the likeliest cluster of each post, shape (n_posts,)."""
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X: Any) -> FloatArray:
        """Return the probability of each of `classes_` for each post, shape (n_posts, n_classes)."""
        check_is_fitted(self)
        (values, _, _), ids = as_design(self, X)
        if isinstance(self.estimator_, Booster):
            # Without rows LightGBM returns an array without columns.
            probability: FloatArray = np.asarray(self.estimator_.predict(values), dtype=np.float64)
            probability = probability.reshape(len(values), len(self.classes_))
            check_finite(probability, ids, what="cluster")
            return probability
        with refused_as_data_error(self.estimator_, len(values)):
            return np.asarray(self.estimator_.predict_proba(values), dtype=np.float64)

    def __sklearn_tags__(self) -> Tags:
        return add_input_tags(super().__sklearn_tags__(), self.estimator)


def _fit_lightgbm(design: DesignMatrix, labels: Any, seed: int) -> Booster:
    """Fit LightGBM on all rows, with the number of rounds that was best for a validation split."""
    values, _, categorical = design
    classes, codes = np.unique(labels, return_inverse=True)
    validation = draw_validation_rows(len(codes), seed)
    train = train_rows(len(codes), validation)
    train_set = _lightgbm.dataset(values[train], codes[train], categorical)
    valid_set = _lightgbm.dataset(values[validation], codes[validation], categorical, reference=train_set)
    trial = _lightgbm.train_classes(train_set, len(classes), seed, rounds=_lightgbm.CLASS_ROUNDS, valid_set=valid_set)
    full_set = _lightgbm.dataset(values, codes, categorical)
    return _lightgbm.train_classes(full_set, len(classes), seed, rounds=_lightgbm.best_rounds(trial), valid_set=None)
