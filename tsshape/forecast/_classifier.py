"""From features to the cluster of a post's shape."""

from typing import Any, Self

import numpy as np
from lightgbm import Booster
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from tsshape._typing import FloatArray, RandomState
from tsshape.features import TableEncoder, as_table
from tsshape.forecast import _lightgbm
from tsshape.forecast._estimators import refusing
from tsshape.forecast._features import Columns, add_input_tags, choose_columns, encode, fit_encoder
from tsshape.forecast._finite import check_finite
from tsshape.forecast._targets import check_labels


class ShapeClassifier(ClassifierMixin, BaseEstimator):
    """Predicts the cluster of a post's shape from its features.

    Parameters
    ----------
    estimator : classifier, optional
        Any scikit-learn classifier with `predict_proba`; it is given a float64 matrix in which categories are codes
        and missing values NaN. By default LightGBM, which is told which columns are categories, and which stops where
        the probabilities of posts held out are best before it learns from all.
    columns : sequence of str or callable, optional
        The columns to use, or a function of the training features and labels that returns them. By default all.
    encoder : TableEncoder, optional
        How the table becomes a matrix; by default a `TableEncoder` as it comes.
    random_state : int, RandomState or None
        Seed of the default estimator and encoder.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The clusters that occurred in training, sorted.
    estimator_ : classifier or lightgbm.Booster
        Fitted on the training rows.
    encoder_ : TableEncoder
        Fitted on the training rows.
    columns_ : list of str
        The columns in use.
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
        """Learn from features and clusters.

        Parameters
        ----------
        X : DataFrame or array of shape (n_posts, n_columns)
            Features.
        y : array of shape (n_posts,), int
            Cluster of each post's shape.

        Raises
        ------
        DataError
            If the features cannot be encoded or lack a column, a cluster is missing, or the estimator refuses the
            posts.
        """
        table = as_table(self, X, reset=True)
        labels = check_labels(y, len(table))
        self.columns_ = choose_columns(self.columns, table, labels)
        self.encoder_ = fit_encoder(self.encoder, table[self.columns_], self.random_state)
        matrix, categorical = encode(self.encoder_, table)
        if len(np.unique(labels)) == 1:
            # With one cluster there is nothing to learn, and many classifiers refuse it.
            self.estimator_ = DummyClassifier().fit(matrix, labels)
        elif self.estimator is None:
            self.estimator_ = _fit_lightgbm(matrix, labels, categorical, _lightgbm.draw_seed(self.random_state))
        else:
            with refusing(self.estimator, len(labels)):
                self.estimator_ = clone(self.estimator).fit(matrix, labels)
        self.classes_ = np.unique(labels)
        return self

    def predict(self, X: Any) -> Any:
        """The likeliest cluster of each post, shape (n_posts,)."""
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X: Any) -> FloatArray:
        """Probability of each of `classes_` for each post, shape (n_posts, n_classes)."""
        check_is_fitted(self)
        table = as_table(self, X, reset=False)
        matrix, _ = encode(self.encoder_, table)
        if isinstance(self.estimator_, Booster):
            # LightGBM gives no columns where there are no rows.
            probability: FloatArray = np.asarray(self.estimator_.predict(matrix), dtype=np.float64)
            probability = probability.reshape(len(matrix), len(self.classes_))
            check_finite(probability, table.index, what="cluster")
            return probability
        with refusing(self.estimator_, len(matrix)):
            return np.asarray(self.estimator_.predict_proba(matrix), dtype=np.float64)

    def __sklearn_tags__(self) -> Tags:
        return add_input_tags(super().__sklearn_tags__(), self.estimator)


def _fit_lightgbm(matrix: FloatArray, labels: Any, categorical: list[int], seed: int) -> Booster:
    """LightGBM on all rows, with as many rounds as were best for rows held out of a rehearsal."""
    classes, codes = np.unique(labels, return_inverse=True)
    held = _lightgbm.hold_out(len(codes), seed)
    rehearsed = _lightgbm.rest(len(codes), held)
    some = _lightgbm.dataset(matrix[rehearsed], codes[rehearsed], categorical)
    judged = _lightgbm.dataset(matrix[held], codes[held], categorical, reference=some)
    trial = _lightgbm.train_classes(some, len(classes), seed, rounds=_lightgbm.CLASS_ROUNDS, held_out=judged)
    everything = _lightgbm.dataset(matrix, codes, categorical)
    return _lightgbm.train_classes(everything, len(classes), seed, rounds=_lightgbm.best_rounds(trial), held_out=None)
