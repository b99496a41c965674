"""The components of a forecaster: a clusterer, a classifier, a regressor, and what is learned beside them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from tsshape._choices import Loss
from tsshape._typing import FloatArray, IntArray, RandomState
from tsshape.features import EncodedTable
from tsshape.forecast._classifier import ShapeClassifier, fit_clusters
from tsshape.forecast._folds import Fold
from tsshape.forecast._growth import GrowthModel
from tsshape.forecast._regressor import ScaleRegressor, fit_scales, forecast_scales
from tsshape.forecast._workers import Workers
from tsshape.metrics import nearest


class FittedComponent(FrozenEstimator):
    """A component that was fitted on the very posts which the forecaster's `fit` is about to be given.

    As with scikit-learn's `FrozenEstimator`, cloning and fitting return it as it is. Its labels or validation forecasts
    are used as well, which a `FrozenEstimator` may have for other posts: its labels are predicted, and a validation fit
    is made. The benchmark fits a component once for all variants that have it in common.
    """


def is_default(component: Any) -> bool:
    """Return whether a classifier or regressor is to be fitted by tsshape's own models."""
    return not isinstance(component, FrozenEstimator) and component.estimator is None


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


def count_models(component: Any, n_folds: int) -> int:
    """Return how many models the fit of a classifier or regressor trains, 1 where tsshape cannot know."""
    if isinstance(component, ShapeClassifier):
        # The first fold's finds the number of rounds.
        return 1 + n_folds if component.estimator is None else 1
    if isinstance(component, ScaleRegressor) and component.estimator is None:
        return GrowthModel(component.loss, component.quantiles, 0).count_fits(n_folds)
    return 1


def unwrap_frozen(component: Any) -> Any:
    """Return the estimator inside a frozen one."""
    return component.estimator if isinstance(component, FrozenEstimator) else component


def training_labels(clusterer: Any, shapes: FloatArray) -> IntArray:
    """Return the cluster of each training shape: what the clusterer learned, or if it was frozen, predicts."""
    labels = clusterer.predict(shapes) if _is_from_elsewhere(clusterer) else clusterer.labels_
    return place_noise(clusterer, shapes, labels)


def place_noise(clusterer: Any, shapes: FloatArray, labels: Any) -> IntArray:
    """Return labels in which noise, -1, has the nearest prototype: every forecast is made of prototypes."""
    placed = np.array(labels, dtype=np.int64)
    noise = placed < 0
    if noise.any():
        far = shapes[noise]
        if hasattr(clusterer, "transform"):
            placed[noise] = clusterer.transform(far).argmin(axis=1)
        else:
            placed[noise] = nearest(far, clusterer.cluster_centers_, "euclidean")[0]
    return placed


class Targets(NamedTuple):
    """What models learn of each post: its cluster, -1 for none; its scale; and the scale that its quantiles learn.

    The scales differ where a scale is itself a forecast.
    """

    label: IntArray
    scale: FloatArray
    drawn: FloatArray


def fit_classifier(classifier: Any, posts: EncodedTable, labels: IntArray, folds: Sequence[Fold]) -> Any:
    """Fit a shape classifier on the posts that belong to a cluster; those whose label is -1 do not."""
    if isinstance(classifier, FrozenEstimator):
        return classifier.fit(posts, labels)
    return fit_clusters(classifier, posts, labels, folds)


def fit_regressor(
    regressor: Any, posts: EncodedTable, targets: Targets, folds: Sequence[Fold], workers: Workers
) -> Any:
    """Fit a scale regressor."""
    if isinstance(regressor, FrozenEstimator):
        return regressor.fit(posts, targets.scale)
    return fit_scales(regressor, posts, targets.scale, folds, workers, drawn=targets.drawn)


def validate_regressor(regressor: Any, scale: FloatArray, folds: Sequence[Fold], workers: Workers) -> FloatArray:
    """Return the out-of-fold forecasts of a fitted regressor; where it has none for these posts, those of clones.

    The outermost quantiles of log(1 + scale) and the median between them, or one column; fold by fold.
    """
    known = None if _is_from_elsewhere(regressor) else regressor.validation_
    if known is not None:
        return np.asarray(known, dtype=np.float64)
    trials = [clone(unwrap_frozen(regressor)).fit(fold.posts.take(fold.train), scale[fold.train]) for fold in folds]
    ends = [
        forecast_scales(trial, fold.posts.take(fold.held), workers).ends
        for trial, fold in zip(trials, folds, strict=True)
    ]
    return np.concatenate(ends)


def validate_shapes(
    classifier: Any, labels: IntArray, folds: Sequence[Fold], prototypes: FloatArray, *, hard: bool
) -> FloatArray:
    """Return the out-of-fold shapes that a fitted classifier forecasts, or clones of it; (n_held, n_times).

    `labels` are the clusters of all training posts, -1 for curves of zeros.
    """
    known = None if _is_from_elsewhere(classifier) else classifier.validation_
    if known is not None:
        return mix_prototypes(known, prototypes[classifier.classes_], hard=hard)
    return np.concatenate([_validate_fold(classifier, labels, fold, prototypes, hard=hard) for fold in folds])


def _validate_fold(classifier: Any, labels: IntArray, fold: Fold, prototypes: FloatArray, *, hard: bool) -> FloatArray:
    """Return the shapes that a clone of the classifier, fitted without a fold's posts, forecasts for them."""
    train = fold.train[labels[fold.train] >= 0]
    if not len(train):
        return np.ones((len(fold.held), prototypes.shape[1]))
    trial = clone(unwrap_frozen(classifier)).fit(fold.posts.take(train), labels[train])
    return mix_prototypes(trial.predict_proba(fold.posts.take(fold.held)), prototypes[trial.classes_], hard=hard)


def mix_prototypes(probability: FloatArray, prototypes: FloatArray, *, hard: bool) -> FloatArray:
    """Return forecast shapes, (n_posts, n_times), from the probability of each prototype, (n_posts, n_prototypes).

    The prototypes weighted by their probabilities, or if `hard` the likeliest prototype.
    """
    if hard:
        return np.asarray(prototypes[probability.argmax(axis=1)], dtype=np.float64)
    # Row by row: the last bits of a matrix product depend on the number of rows.
    mixed: FloatArray = np.einsum("ik,kt->it", probability, prototypes, optimize=False)
    return mixed


def _is_from_elsewhere(component: Any) -> bool:
    """Return whether a component was frozen, and may have been fitted on other posts."""
    return isinstance(component, FrozenEstimator) and not isinstance(component, FittedComponent)
