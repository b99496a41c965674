"""Every variant on one split; components that variants have in common are fitted once."""

import math
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.metrics import recall_score

from tsshape import scores
from tsshape._typing import IntArray
from tsshape.bench._alerts import alert_scores
from tsshape.bench._baseline import baseline_scores
from tsshape.bench._cell import Record
from tsshape.bench._classes import class_scores
from tsshape.bench._components import Baseline, Direct, Variant
from tsshape.bench._illustration import illustrate
from tsshape.bench._in_flight import in_flight_scores, interval_scores
from tsshape.bench._post_errors import POST_ERRORS, take_errors
from tsshape.bench._probabilities import probability_scores
from tsshape.bench._splits import Split
from tsshape.data import EngagementDataset
from tsshape.features import EncodedTable, TableEncoder
from tsshape.forecast import DirectForecaster, FittedComponent, ScaleShapeForecaster


class Posts(NamedTuple):
    """The training or the test posts of a split, their features encoded; a curve is NaN from where it is not known."""

    features: EncodedTable
    curves: pd.DataFrame
    authors: pd.Series | None


class Parts(NamedTuple):
    """Both parts of a split; of the training posts when they went up, None where models are not told, and classes."""

    train: Posts
    test: Posts
    posted: pd.Series | None
    classes: pd.Series | None


@dataclass
class Shared:
    """What the cells of a split have in common, made by the first that needs it; scores are the same without it."""

    encoded: dict[bool, Parts] = field(default_factory=dict)
    fitted: dict[Any, FittedComponent] = field(default_factory=dict)


def measure(
    dataset: EngagementDataset,
    split: Split,
    variants: Sequence[Variant | Direct | Baseline],
    shared: Shared | None = None,
) -> Iterator[Record]:
    """Yield the scores of each variant in their order, and the errors of the posts; nothing is learned from test posts.

    A variant that raises has the error instead of scores, and the next ones are measured all the same. What earlier
    calls for the split left in `shared` is not made again.
    """
    encoded, fitted = (shared.encoded, shared.fitted) if shared else ({}, {})
    for variant in variants:
        unfinished = _learns_from_unfinished(variant, split)
        try:
            if unfinished not in encoded:
                encoded[unfinished] = _encode_posts(dataset, split, unfinished=unfinished)
            start = time.perf_counter()
            found = _measure_variant(variant, encoded[unfinished], split, fitted)
            found |= _count_training_posts(encoded[unfinished].train, split)
            found[POST_ERRORS] = take_errors(found)
        except Exception as error:  # noqa: BLE001, the reason is kept in the record
            yield failure(split, variant, error)
        else:
            yield {**_cell(split, variant), **found, "seconds": time.perf_counter() - start}


def failure(split: Split, variant: Variant | Direct | Baseline, error: Exception) -> Record:
    """Return the record of a cell that could not be measured."""
    reason = f"{type(error).__name__}: {error}"
    return {**_cell(split, variant), "error": reason, "traceback": "".join(traceback.format_exception(error))}


def _cell(split: Split, variant: Variant | Direct | Baseline) -> Record:
    """Return what a cell measures: variant, run, and numbers of posts."""
    return {"variant": variant.name, "run": split.run, "n_train": len(split.train), "n_test": len(split.test)}


def _learns_from_unfinished(variant: Variant | Direct | Baseline, split: Split) -> bool:
    """Return whether a variant learns from unfinished posts and the split has some."""
    return split.seen is not None and isinstance(variant, Variant) and variant.unfinished


def _count_training_posts(train: Posts, split: Split) -> Record:
    """Return how many posts were learned from, and of a rolling split, how many unfinished ones, seen for how long."""
    found: Record = {"n_train": len(train.curves)}
    if split.seen is not None:
        n_times = train.curves.shape[1]
        found["n_unfinished"] = int(train.curves.iloc[:, -1].isna().sum())
        found["steps_seen"] = float(np.median(split.seen[split.seen < n_times])) if split.seen.min() < n_times else None
    return found


def _encode_posts(dataset: EngagementDataset, split: Split, *, unfinished: bool) -> Parts:
    """Return the posts that a model may learn from, with or without the unfinished ones, and the test posts.

    The table is encoded once, by an encoder that is fitted on the training posts. Counts of unfinished posts that were
    not yet known are missing from here on.
    """
    at, curves = split.train, dataset.curves.iloc[split.train]
    if split.seen is not None:
        curves = curves.where(np.arange(curves.shape[1]) < split.seen[:, np.newaxis])
        if not unfinished:
            is_complete = curves.iloc[:, -1].notna().to_numpy()
            at, curves = at[is_complete], curves[is_complete]
    encoder = TableEncoder(random_state=split.seed).fit(dataset.features.iloc[at])
    train, test = (
        Posts(
            EncodedTable.of(encoder, dataset.features.iloc[rows]),
            known,
            None if dataset.authors is None else dataset.authors.iloc[rows],
        )
        for rows, known in ((at, curves), (split.test, dataset.curves.iloc[split.test]))
    )
    posted = dataset.posted.iloc[at] if split.dated and dataset.posted is not None else None
    return Parts(train, test, posted, None if dataset.labels is None else dataset.labels.iloc[at])


def _measure_variant(
    variant: Variant | Direct | Baseline, parts: Parts, split: Split, fitted: dict[Any, FittedComponent]
) -> Record:
    """Return the scores of one variant and, on the first split, an illustration of its forecasts."""
    train, test, posted, classes = parts
    if not variant.authors:
        train, test = train._replace(authors=None), test._replace(authors=None)
    if isinstance(variant, Direct):
        direct = DirectForecaster(loss=variant.loss, random_state=split.seed)
        direct.fit(train.features, train.curves, authors=train.authors)
        return _curve_scores(test.curves, direct.predict(test.features, authors=test.authors))
    if isinstance(variant, Baseline):
        return {"in_flight": baseline_scores(variant, train, test, seed=split.seed)}
    if not variant.features:
        train, test = _without_features(train, split.seed), _without_features(test, split.seed)
    forecaster = _fit(variant, train, posted, seed=split.seed, fitted=fitted)
    found = _scale_shape_scores(forecaster, *test) | class_scores(forecaster, train.curves, classes)
    if variant.in_flight:
        found["in_flight"] = in_flight_scores(forecaster, *test, cutoffs=variant.cutoffs)
    if variant.intervals:
        found["intervals"] = interval_scores(forecaster, *test)
    if forecaster.bands_ is not None and variant.above:
        found |= probability_scores(forecaster, *test, above=variant.above)
    if forecaster.bands_ is not None and variant.watch:
        found["watch"] = alert_scores(forecaster, *test)
    if split.run == 0:
        is_explained = variant.classifier.kind == variant.regressor.kind == "lightgbm"
        found["illustration"] = illustrate(forecaster, *test, explain=is_explained).model_dump()
    return found


def _without_features(posts: Posts, seed: int) -> Posts:
    """Return posts of which no feature is known."""
    nothing = posts.features.table[[]]
    return posts._replace(features=EncodedTable.of(TableEncoder(random_state=seed).fit(nothing), nothing))


def _fit(
    variant: Variant, train: Posts, posted: pd.Series | None, *, seed: int, fitted: dict[Any, FittedComponent]
) -> ScaleShapeForecaster:
    """Fit the forecaster of a variant, from components that were fitted for an earlier variant where there are any."""
    learned_from = variant.features, variant.authors, variant.unfinished
    keys: dict[str, tuple[Any, ...]] = {
        "clusterer": (variant.unfinished, variant.clusterer),
        "classifier": (*learned_from, variant.clusterer, variant.classifier),
        "regressor": (*learned_from, variant.regressor),
    }
    components = {name: fitted.get(key) or key[-1].build(seed) for name, key in keys.items()}
    forecaster = ScaleShapeForecaster(
        **components,
        shape=variant.shape,
        loss=getattr(variant.regressor, "loss", "median"),
        in_flight=variant.in_flight,
        intervals=variant.intervals,
        random_state=seed,
    ).fit(train.features, train.curves, authors=train.authors, posted=posted)
    for name, key in keys.items():
        if key not in fitted:
            fitted[key] = FittedComponent(getattr(forecaster, f"{name}_"))
    return forecaster


def _curve_scores(true: pd.DataFrame, pred: pd.DataFrame) -> Record:
    """Return the paper's scores of forecast curves, and the errors of each post."""
    rho = scores.scale_spearman(true.max(axis=1), pred.max(axis=1))
    return {
        "rho": None if math.isnan(rho) else rho,
        "trmse": scores.trimmed_rmse(true, pred),
        "med": scores.median_rmse(true, pred),
        POST_ERRORS: {"rmse": scores.rmse_per_post(true, pred)},
    }


def _scale_shape_scores(
    forecaster: ScaleShapeForecaster, features: EncodedTable, curves: pd.DataFrame, authors: Any
) -> Record:
    """Return the scores of a scale x shape forecast and of its classifier, and its error budget."""
    scale, shape = (
        predict(features, authors=authors) for predict in (forecaster.predict_scale, forecaster.predict_shape)
    )
    true_labels = forecaster.assign(curves)
    # A curve of zeros has no cluster; its error does not depend on the shape that it is given.
    assigned = np.where(true_labels[:, None] >= 0, forecaster.prototypes_[true_labels], 0.0)
    budget = scores.error_budget(curves, scale=scale, shape=shape, prototype=assigned)
    return {
        **_curve_scores(curves, forecaster.predict(features, authors=authors)),
        **_class_scores(
            true_labels, forecaster.predict_cluster(features, authors=authors), forecaster.clusterer_.labels_
        ),
        "n_clusters": len(forecaster.prototypes_),
        "budget": budget.to_dict(),
    }


def _class_scores(true: IntArray, pred: IntArray, train: IntArray) -> Record:
    """Return accuracy, the accuracy of always predicting the largest training cluster, and the mean recall of clusters.

    None where all test curves are 0 throughout and belong to no cluster.
    """
    alive = true >= 0
    if not alive.any():
        return dict.fromkeys(("accuracy", "majority_share", "balanced_accuracy"))
    present = np.unique(true[alive])
    recall = recall_score(true[alive], pred[alive], labels=present, average="macro", zero_division=0.0)
    return {
        "accuracy": float(np.mean(true[alive] == pred[alive])),
        "majority_share": float(np.mean(true[alive] == np.bincount(train[train >= 0]).argmax())),
        "balanced_accuracy": float(recall),
    }
