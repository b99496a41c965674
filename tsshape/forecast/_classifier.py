"""From features to the cluster of a post's shape."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from lightgbm import Booster
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from tsshape._typing import BoolArray, FloatArray, IntArray, RandomState
from tsshape.features import DesignMatrix, EncodedTable, TableEncoder
from tsshape.forecast import _lightgbm
from tsshape.forecast._design import Columns, add_input_tags, as_design, check_features, fit_design
from tsshape.forecast._finite import check_finite
from tsshape.forecast._folds import Fold, Split, split_at_random
from tsshape.forecast._foreign import refused_as_data_error
from tsshape.forecast._targets import check_labels

# The label of a post that belongs to no cluster, as a curve of zeros does.
_NO_CLUSTER = -1


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
    validation_ : array of shape (n_held, n_classes) or None
        Out-of-fold probabilities of the posts held out; None with another estimator than the default, or one cluster.
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

    validation_: FloatArray | None

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
        return fit_clusters(self, X, y, None)

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
            probability: FloatArray = np.asarray(self.estimator_.predict(values, num_threads=1), dtype=np.float64)
            probability = probability.reshape(len(values), len(self.classes_))
            check_finite(probability, ids, what="cluster")
            return probability
        with refused_as_data_error(self.estimator_, len(values)):
            return np.asarray(self.estimator_.predict_proba(values), dtype=np.float64)

    def __sklearn_tags__(self) -> Tags:
        return add_input_tags(super().__sklearn_tags__(), self.estimator)


def fit_clusters(classifier: ShapeClassifier, X: Any, y: Any, folds: Sequence[Fold] | None) -> ShapeClassifier:
    """Fit, and forecast the posts that folds hold out; without folds, hold out a random fifth.

    A post whose label is -1 belongs to no cluster and is not trained on.
    """
    features = check_features(classifier, X, reset=True)
    labels = check_labels(y, len(features))
    known = np.flatnonzero(labels != _NO_CLUSTER) if folds is not None else np.arange(len(labels))
    design = fit_design(
        classifier, features.take(known) if isinstance(features, EncodedTable) else features, labels[known]
    )
    classifier.classes_, codes = np.unique(labels[known], return_inverse=True)
    classifier.validation_ = None
    if len(classifier.classes_) == 1:
        # Many classifiers refuse a single class.
        classifier.estimator_ = DummyClassifier().fit(design.values, labels[known])
    elif classifier.estimator is not None:
        with refused_as_data_error(classifier.estimator, len(known)):
            classifier.estimator_ = clone(classifier.estimator).fit(design.values, labels[known])
    else:
        seed = _lightgbm.draw_seed(classifier.random_state)
        parts = (
            [_Part.of(design.values, codes, split_at_random(len(codes), seed))]
            if folds is None
            else [
                _Part.of(as_design(classifier, fold.posts)[0].values, _codes(classifier.classes_, labels), fold)
                for fold in folds
            ]
        )
        classifier.estimator_, classifier.validation_ = _fit_lightgbm(
            design, codes, parts, len(classifier.classes_), seed
        )
    return classifier


def _codes(classes: Any, labels: Any) -> IntArray:
    """Return the positions of labels among the classes, -1 for a post that belongs to no cluster."""
    return np.where(labels == _NO_CLUSTER, -1, np.searchsorted(classes, labels))


class _Part(NamedTuple):
    """The rows that a model is trained on, and those held out; the code of a post that belongs to no cluster is -1."""

    values: FloatArray
    codes: IntArray
    held_values: FloatArray
    held_codes: IntArray
    at_random: BoolArray

    @classmethod
    def of(cls, values: FloatArray, codes: IntArray, split: Split | Fold) -> "_Part":
        """Return the part of a split; only posts that belong to a cluster are trained on."""
        train = split.train[codes[split.train] >= 0]
        return cls(values[train], codes[train], values[split.held], codes[split.held], split.at_random)


def _fit_lightgbm(
    design: DesignMatrix, codes: IntArray, parts: Sequence[_Part], n_classes: int, seed: int
) -> tuple[Booster, FloatArray]:
    """Fit LightGBM on all rows, with the number of rounds that was best for the first part; forecast what is held out.

    Returns the model, and the probabilities of the rows held out, part by part; shape (n_held, n_classes).
    """
    rounds, validation = _lightgbm.CLASS_ROUNDS, []
    for number, part in enumerate(parts):
        if not len(part.codes):
            validation.append(np.full((len(part.held_values), n_classes), 1 / n_classes))
            continue
        train_set = _lightgbm.dataset(part.values, part.codes, design.categorical)
        valid_set, scored = None, (part.held_codes >= 0) & part.at_random
        if number == 0 and scored.any():
            held = part.held_values[scored], part.held_codes[scored]
            valid_set = _lightgbm.dataset(*held, design.categorical, reference=train_set)
        trial = _lightgbm.train_classes(train_set, n_classes, seed, rounds=rounds, valid_set=valid_set)
        rounds = rounds if valid_set is None else _lightgbm.best_rounds(trial)
        probability = np.asarray(trial.predict(part.held_values, num_threads=1))
        validation.append(probability.reshape(-1, n_classes))
    full_set = _lightgbm.dataset(design.values, codes, design.categorical)
    booster = _lightgbm.train_classes(full_set, n_classes, seed, rounds=rounds, valid_set=None)
    return booster, np.concatenate(validation)
