"""The components of a forecaster: a clusterer, a classifier, a regressor, and what is learned beside them."""

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from tsshape._choices import Loss
from tsshape._typing import FloatArray, IntArray, RandomState
from tsshape.features import EncodedTable
from tsshape.forecast._classifier import ShapeClassifier
from tsshape.forecast._growth import MEDIAN, GrowthModel
from tsshape.forecast._regressor import ScaleRegressor
from tsshape.forecast._validation_split import Validation, train_rows


class FittedComponent(FrozenEstimator):
    """A component that was fitted on the very posts which the forecaster's `fit` is about to be given.

    As with scikit-learn's `FrozenEstimator`, cloning and fitting return it as it is. Its labels or validation forecasts
    are used as well, which a `FrozenEstimator` may have for other posts: its labels are predicted, and a validation fit
    is made. The benchmark fits a component once for all variants that have it in common.
    """


def make_classifier(component: Any, random_state: RandomState) -> Any:
    """Return a shape classifier to fit: the default for None; a plain classifier is put into a `ShapeClassifier`."""
    if component is None or not isinstance(unwrap_frozen(component), ShapeClassifier):
        return ShapeClassifier(component, random_state=random_state)
    return clone(component)


def make_regressor(component: Any, loss: Loss, random_state: RandomState) -> Any:
    """Return a scale regressor to fit: the default for None; a plain regressor is put into a `ScaleRegressor`."""
    if component is None or not isinstance(unwrap_frozen(component), ScaleRegressor):
        return ScaleRegressor(component, loss=loss, random_state=random_state)
    return clone(component)


def count_models(component: Any) -> int:
    """Return how many models the fit of a classifier or regressor trains, 1 where tsshape cannot know."""
    if isinstance(component, ShapeClassifier):
        # The first model finds the number of rounds.
        return 2 if component.estimator is None else 1
    if isinstance(component, ScaleRegressor) and component.estimator is None:
        return GrowthModel(component.loss, component.quantiles, 0).n_fits
    return 1


def unwrap_frozen(component: Any) -> Any:
    """Return the estimator inside a frozen one."""
    return component.estimator if isinstance(component, FrozenEstimator) else component


def training_labels(clusterer: Any, shapes: FloatArray) -> IntArray:
    """Return the cluster of each training shape: what the clusterer learned, or if it was frozen, predicts."""
    labels = clusterer.predict(shapes) if _is_from_elsewhere(clusterer) else clusterer.labels_
    return np.asarray(labels, dtype=np.int64)


def training_validation(regressor: Any) -> Validation | None:
    """Return the validation forecasts of a fitted regressor, or None if it has none for the training posts."""
    return None if _is_from_elsewhere(regressor) else regressor.validation_


def validate_regressor(regressor: Any, posts: EncodedTable, scale: FloatArray, rows: IntArray) -> Validation:
    """Fit a clone of the regressor without the validation rows, and forecast their scales."""
    train = train_rows(len(posts), rows)
    trial = clone(unwrap_frozen(regressor)).fit(posts.take(train), scale[train])
    return Validation(rows, *log_quantiles(trial, posts.take(rows)))


def validate_shapes(
    classifier: Any, posts: EncodedTable, labels: IntArray, prototypes: FloatArray, rows: IntArray, *, hard: bool
) -> FloatArray:
    """Fit a clone of the classifier without the validation rows, and forecast their shapes; (n_rows, n_times).

    `labels` are the clusters of all training posts, -1 for curves of zeros.
    """
    train = train_rows(len(posts), rows)
    train = train[labels[train] >= 0]
    if not len(train):
        return np.ones((len(rows), prototypes.shape[1]))
    trial = clone(unwrap_frozen(classifier)).fit(posts.take(train), labels[train])
    return mix_prototypes(trial, posts.take(rows), prototypes, hard=hard)


def log_quantiles(regressor: Any, posts: EncodedTable) -> tuple[tuple[float, ...], FloatArray]:
    """Return levels and quantiles of log(1 + scale); of a regressor without quantiles, its forecast as the median."""
    if isinstance(regressor.estimator_, GrowthModel):
        return regressor.estimator_.quantiles, np.log1p(regressor.predict_quantiles(posts))
    return (MEDIAN,), np.log1p(regressor.predict(posts))[:, None]


def mix_prototypes(classifier: Any, posts: EncodedTable, prototypes: FloatArray, *, hard: bool) -> FloatArray:
    """Return the shapes forecast by a classifier, (n_posts, n_times).

    The prototypes weighted by their probabilities, or if `hard` the prototype of the likeliest cluster.
    """
    probability = classifier.predict_proba(posts)
    prototypes = prototypes[classifier.classes_]
    if hard:
        return np.asarray(prototypes[probability.argmax(axis=1)], dtype=np.float64)
    # Row by row: the last bits of a matrix product depend on the number of rows.
    mixed: FloatArray = np.einsum("ik,kt->it", probability, prototypes, optimize=False)
    return mixed


def _is_from_elsewhere(component: Any) -> bool:
    """Return whether a component was frozen, and may have been fitted on other posts."""
    return isinstance(component, FrozenEstimator) and not isinstance(component, FittedComponent)
