"""Fitting the components of a forecaster: prototypes, classifier, regressor, the model in flight, and the intervals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import clone

from tsshape._errors import DataError
from tsshape._typing import BoolArray, Curves, FloatArray, IntArray
from tsshape._validation import format_label
from tsshape.cluster import ShapeKMeans
from tsshape.curves import split_scale_shape
from tsshape.features import EncodedTable
from tsshape.forecast._bands import Bands
from tsshape.forecast._components import (
    Targets,
    count_models,
    fit_classifier,
    fit_regressor,
    is_default,
    make_classifier,
    make_regressor,
    place_noise,
    training_labels,
    validate_regressor,
    validate_shapes,
)
from tsshape.forecast._design import check_features, fit_encoded
from tsshape.forecast._folds import Fold, Split, count_splits, draw_splits
from tsshape.forecast._history import Outcomes, has_history, without_growth
from tsshape.forecast._in_flight import InFlightModel, later_growth
from tsshape.forecast._lightgbm import draw_seed
from tsshape.forecast._observed import Observed
from tsshape.forecast._post_encoder import PostEncoder, TrainingPosts
from tsshape.forecast._steps import OnStep, Steps
from tsshape.forecast._targets import as_times, check_unfinished, match_rows
from tsshape.forecast._unfinished import COMPLETION_QUANTILES, CompletedCurves, complete_curves
from tsshape.forecast._workers import Workers

if TYPE_CHECKING:
    from tsshape.forecast._forecaster import ScaleShapeForecaster

# With fewer posts none can be spared to learn the width of intervals.
_MIN_POSTS_FOR_INTERVALS = 20
# The default clusterer has a cluster for so many posts, from 2 to 20 clusters.
_POSTS_A_CLUSTER = 15


class Given(NamedTuple):
    """What may be given of posts beside features and curves: who published them, and when."""

    authors: Any
    posted: Any


class _Training(NamedTuple):
    """What a forecaster is fitted on: posts, their counts, which of these are complete, and the splits."""

    posts: TrainingPosts
    seen: Observed
    complete: BoolArray
    splits: list[Split]
    seed: int

    def fold(self, outcomes: Outcomes) -> list[Fold]:
        """Return the folds of the splits."""
        everyone = np.ones(len(outcomes.scale), dtype=np.bool_)
        return [self.posts.fold(split, outcomes, everyone) for split in self.splits]


def fit_forecaster(
    forecaster: "ScaleShapeForecaster", features: Any, curves: Curves, given: Given, on_step: OnStep | None
) -> None:
    """Learn the days, the encoding of the posts and all components."""
    table = check_features(forecaster, features, reset=True)
    authors, posted = (match_rows(each, features, table.index) for each in given)
    known, seen = check_unfinished(match_rows(curves, features, table.index), table.index)
    times = as_times(posted, table.index)
    complete = _check_complete(forecaster, known, seen)
    forecaster.days_, forecaster.monotone_ = known.columns, not (np.diff(seen.counts, axis=1) < 0).any()
    forecaster.sample_size_ = len(known)
    seed = draw_seed(forecaster.random_state)
    steps = Steps(on_step, _plan(forecaster, len(known), int(complete.sum()), len(known.columns)))
    with Workers(forecaster.n_jobs) as workers:
        with steps.part("features"):
            encoded = fit_encoded(None, table, forecaster.random_state)
            encoder = PostEncoder(encoded.encoder, seed)
            posts = encoder.encode_training(encoded, authors, times)
        splits = draw_splits(complete, seed, authors=posts.authors, posted=times)
        if "intervals" not in steps.plan:
            # The first finds the number of rounds; the others would tell the width of intervals.
            splits = splits[:1]
        training = _Training(posts, seen, complete, splits, seed)
        _fit_components(forecaster, encoder, training, steps, workers)


def _check_complete(forecaster: "ScaleShapeForecaster", curves: pd.DataFrame, seen: Observed) -> BoolArray:
    """Return which curves are complete; refuse posts from which nothing can be learned."""
    complete: BoolArray = seen.n_days == len(curves.columns)
    if not complete.any():
        raise DataError(f"no curve is complete: a forecaster learns from posts that have one on {curves.columns[-1]}")
    if not (seen.counts[complete] > 0).any():
        raise DataError("all complete curves are 0 throughout: there is no shape to learn")
    if not complete.all() and not forecaster.in_flight:
        first = format_label(curves.index[complete.argmin()])
        raise DataError(
            f"{(~complete).sum():,} curves end early, the first of them that of id {first}: they are of use with "
            "in_flight=True only"
        )
    return complete


def _plan(forecaster: "ScaleShapeForecaster", n_posts: int, n_complete: int, n_times: int) -> dict[str, int]:
    """Return the parts of a fit, in order, each with the number of its models."""
    has_intervals = forecaster.intervals and n_complete >= _MIN_POSTS_FOR_INTERVALS
    n_folds, plan = count_splits(n_complete) if has_intervals else 1, {"features": 1, "prototypes": 1}
    if n_complete < n_posts:
        plan["unfinished posts"] = InFlightModel("median", 0, COMPLETION_QUANTILES).count_fits(1)
    if forecaster.in_flight and n_times > 1:
        plan["growth in flight"] = InFlightModel(forecaster.loss, 0).count_fits(n_folds)
    classifier = make_classifier(forecaster.classifier, None)
    regressor = make_regressor(forecaster.regressor, forecaster.loss, None)
    plan["shapes and scales"] = count_models(classifier, n_folds) + count_models(regressor, n_folds)
    return plan | {"intervals": 1} if has_intervals else plan


def _fit_components(
    forecaster: "ScaleShapeForecaster", encoder: PostEncoder, training: _Training, steps: Steps, workers: Workers
) -> None:
    """Fit the components that the parameters of a forecaster ask for."""
    posts, seen, complete, _, seed = training
    with steps.part("prototypes"):
        clusterer = _fit_clusterer(forecaster, seen.counts[complete])
    curves, scale = seen.counts, seen.counts.max(axis=1)
    if "unfinished posts" in steps.plan:
        with steps.part("unfinished posts"):
            curves, scale = _complete_young(training, workers)
    outcomes = Outcomes(scale, later_growth(seen.counts) if "growth in flight" in steps.plan else None)
    known, folds = encoder.fit_history(posts, outcomes), training.fold(outcomes)
    in_flight = None
    if "growth in flight" in steps.plan:
        with steps.part("growth in flight"):
            in_flight = InFlightModel(forecaster.loss, seed).fit(known, curves, complete, folds, workers)
    known, folds = without_growth(known), [fold._replace(posts=without_growth(fold.posts)) for fold in folds]
    targets = Targets(_label(clusterer, curves, complete), scale, curves.max(axis=1))
    with steps.part("shapes and scales"):
        classifier, regressor = _fit_models(forecaster, known, targets, folds, workers)
    bands, centers, hard = None, clusterer.cluster_centers_, forecaster.shape == "hard"
    if "intervals" in steps.plan:
        with steps.part("intervals"):
            bands = Bands().fit(
                curves,
                np.concatenate([fold.held for fold in folds]),
                validate_shapes(classifier, targets.label, folds, centers, hard=hard),
                validate_regressor(regressor, scale, folds, workers),
                None if in_flight is None else in_flight.validation_,
                at_random=np.concatenate([fold.at_random for fold in folds]),
                has_history=np.concatenate([has_history(fold.posts.take(fold.held)) for fold in folds]),
            )
    forecaster.posts_, forecaster.clusterer_, forecaster.prototypes_ = encoder, clusterer, centers
    forecaster.classifier_, forecaster.regressor_ = classifier, regressor
    forecaster.in_flight_, forecaster.bands_ = in_flight, bands


def _complete_young(training: _Training, workers: Workers) -> CompletedCurves:
    """Return all curves, the young ones completed by a model in flight that knows the complete posts alone.

    It does not know the authors' histories: a young post would hold what the complete posts of its author got, and
    these would find it in their own history. The model that is kept is fitted once more, with histories.
    """
    posts, seen, complete, splits, seed = training
    known, fold = posts.encoded, Fold(*splits[0], posts.encoded)
    model = InFlightModel("median", seed, COMPLETION_QUANTILES).fit(known, seen.counts, complete, [fold], workers)
    return complete_curves(model, known, seen, seed, workers)


def _fit_models(
    forecaster: "ScaleShapeForecaster", posts: EncodedTable, targets: Targets, folds: Sequence[Fold], workers: Workers
) -> tuple[Any, Any]:
    """Fit classifier and regressor."""
    classifier = make_classifier(forecaster.classifier, forecaster.random_state)
    regressor = make_regressor(forecaster.regressor, forecaster.loss, forecaster.random_state)
    fitted = workers.submit(fit_classifier, classifier, posts, targets.label, folds)
    if not is_default(classifier):
        # Estimators of other libraries may not be made for fits side by side.
        fitted.result()
    regressor = fit_regressor(regressor, posts, targets, folds, workers)
    return fitted.result(), regressor


def _fit_clusterer(forecaster: "ScaleShapeForecaster", curves: FloatArray) -> Any:
    """Fit the clusterer on the shapes of complete curves."""
    clusterer = forecaster.clusterer
    if clusterer is None:
        clusterer = ShapeKMeans(default_n_clusters(len(curves)), random_state=forecaster.random_state)
    fitted = clone(clusterer).fit(split_scale_shape(curves[curves.max(axis=1) > 0])[1], None)
    if not len(fitted.cluster_centers_):
        raise DataError(
            f"{type(fitted).__name__} takes all curves for noise: a forecast needs a cluster, so change its parameters"
        )
    return fitted


def default_n_clusters(n_posts: int) -> int:
    """Return the number of clusters of so many complete posts, where none is named.

    Examples
    --------
    >>> default_n_clusters(10), default_n_clusters(60), default_n_clusters(20_000)
    (2, 4, 20)
    """
    return int(np.clip(n_posts // _POSTS_A_CLUSTER, 2, 20))


def _label(clusterer: Any, curves: FloatArray, complete: BoolArray) -> IntArray:
    """Return the cluster of each curve, -1 for a curve of zeros: as it was learned, or predicted for a young post."""
    has_shape = curves.max(axis=1) > 0
    labels = np.full(len(curves), -1, dtype=np.int64)
    old, young = has_shape & complete, has_shape & ~complete
    labels[old] = training_labels(clusterer, split_scale_shape(curves[old])[1])
    if young.any():
        shapes = split_scale_shape(curves[young])[1]
        labels[young] = place_noise(clusterer, shapes, clusterer.predict(shapes))
    return labels
