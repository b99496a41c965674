"""Fitting the components of a forecaster: prototypes, classifier, regressor, the model in flight, and the intervals."""

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from tsshape._errors import DataError
from tsshape._typing import Curves, FloatArray, IntArray
from tsshape.cluster import ShapeKMeans
from tsshape.curves import split_scale_shape
from tsshape.features import EncodedTable
from tsshape.forecast._bands import Bands
from tsshape.forecast._components import (
    count_models,
    make_classifier,
    make_regressor,
    training_labels,
    training_validation,
    validate_regressor,
    validate_shapes,
)
from tsshape.forecast._design import check_features, fit_encoded
from tsshape.forecast._history import has_history
from tsshape.forecast._in_flight import InFlightModel
from tsshape.forecast._lightgbm import draw_seed
from tsshape.forecast._post_encoder import PostEncoder
from tsshape.forecast._steps import OnStep, Steps
from tsshape.forecast._targets import check_days, match_rows
from tsshape.forecast._validation_split import draw_validation_rows

if TYPE_CHECKING:
    from tsshape.forecast._forecaster import ScaleShapeForecaster

# With fewer posts none can be spared to learn the width of intervals.
_MIN_POSTS_FOR_INTERVALS = 20


def fit_forecaster(
    forecaster: "ScaleShapeForecaster", features: Any, curves: Curves, authors: Any, on_step: OnStep | None
) -> None:
    """Learn the days, the encoding of the posts and all components."""
    table = check_features(forecaster, features, reset=True)
    known = check_days(match_rows(curves, features, table.index), table.index)
    scale, shape = split_scale_shape(known, zero="nan")
    if not (scale > 0).any():
        raise DataError("all curves are 0 throughout: there is no shape to learn")
    values = known.to_numpy()
    forecaster.days_, forecaster.monotone_ = known.columns, bool((np.diff(values, axis=1) >= 0).all())
    seed = draw_seed(forecaster.random_state)
    steps = Steps(on_step, _plan(forecaster, *values.shape))
    with steps.part("features"):
        encoded = fit_encoded(None, table, forecaster.random_state)
        forecaster.posts_ = PostEncoder(encoded.encoder, seed)
        authors = match_rows(authors, features, table.index)
        posts = forecaster.posts_.fit_transform(encoded, authors, np.asarray(scale))
    _fit_components(forecaster, posts, values, shape.to_numpy(), seed=seed, steps=steps)


def _plan(forecaster: "ScaleShapeForecaster", n_posts: int, n_times: int) -> dict[str, int]:
    """Return the parts of a fit, in order, each with the number of its models."""
    classifier = make_classifier(forecaster.classifier, None)
    regressor = make_regressor(forecaster.regressor, forecaster.loss, None)
    plan = {"features": 1, "prototypes": 1, "shapes": count_models(classifier), "scales": count_models(regressor)}
    if forecaster.in_flight and n_times > 1:
        plan["growth in flight"] = InFlightModel(forecaster.loss, 0).n_fits
    if forecaster.intervals and n_posts >= _MIN_POSTS_FOR_INTERVALS:
        plan["intervals"] = count_models(classifier)
    return plan


def _fit_components(
    forecaster: "ScaleShapeForecaster",
    posts: EncodedTable,
    curves: FloatArray,
    shape: FloatArray,
    *,
    seed: int,
    steps: Steps,
) -> None:
    """Fit the components that the parameters of a forecaster ask for.

    `curves` and `shape` are arrays of shape (n_posts, n_times); the shape of a curve of zeros is NaN.
    """
    with steps.part("prototypes"):
        clusterer, labels = _fit_clusterer(forecaster, shape)
    has_shape = labels >= 0
    classifier = make_classifier(forecaster.classifier, forecaster.random_state)
    with steps.part("shapes"):
        classifier = classifier.fit(posts.take(has_shape), labels[has_shape])
    scale = curves.max(axis=1)
    with steps.part("scales"):
        regressor = make_regressor(forecaster.regressor, forecaster.loss, forecaster.random_state).fit(posts, scale)
    # All components share the validation split of the regressor, where it has one.
    validation = training_validation(regressor)
    rows = draw_validation_rows(len(posts), seed) if validation is None else validation.rows
    in_flight = bands = None
    if "growth in flight" in steps.plan:
        with steps.part("growth in flight"):
            in_flight = InFlightModel(forecaster.loss, seed).fit(posts.design, curves, validation_rows=rows)
    if "intervals" in steps.plan:
        hard, prototypes = forecaster.shape == "hard", clusterer.cluster_centers_
        with steps.part("intervals"):
            validation_shape = validate_shapes(classifier, posts, labels, prototypes, rows, hard=hard)
            validation = validation or validate_regressor(regressor, posts, scale, rows)
            of_in_flight = None if in_flight is None else in_flight.validation_
            history = has_history(posts.take(rows))
            bands = Bands().fit(curves, validation_shape, validation, of_in_flight, has_history=history)
    forecaster.clusterer_, forecaster.classifier_, forecaster.regressor_ = clusterer, classifier, regressor
    forecaster.prototypes_, forecaster.in_flight_, forecaster.bands_ = clusterer.cluster_centers_, in_flight, bands


def _fit_clusterer(forecaster: "ScaleShapeForecaster", shape: FloatArray) -> tuple[Any, IntArray]:
    """Fit the clusterer, and return it with the cluster of each post, -1 for a curve of zeros."""
    clusterer = forecaster.clusterer
    if clusterer is None:
        clusterer = ShapeKMeans(20, random_state=forecaster.random_state)
    has_shape = ~np.isnan(shape[:, 0])
    fitted = clone(clusterer).fit(shape[has_shape], None)
    labels = np.full(len(shape), -1, dtype=np.int64)
    labels[has_shape] = training_labels(fitted, shape[has_shape])
    return fitted, labels
