"""Every variant on one split: parts that variants have in common are fitted once."""

import math
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import recall_score

from tsshape import scores
from tsshape._typing import IntArray
from tsshape.bench._components import Direct, Variant
from tsshape.bench._in_flight import Figures, in_flight_scores, interval_scores
from tsshape.bench._splits import Split
from tsshape.data import EngagementDataset
from tsshape.features import TableEncoder
from tsshape.forecast import DirectForecaster, ScaleShapeForecaster


def measure(dataset: EngagementDataset, split: Split, variants: Sequence[Variant | Direct]) -> Iterator[Figures]:
    """The figures of each variant, in their order; nothing is learned from the test part.

    The table is encoded once, by what the training part holds; encoding an encoded table changes nothing, so each
    estimator's own encoder leaves it as it is.
    """
    encoder = TableEncoder(random_state=split.seed)
    train, test = dataset.features.iloc[split.train], dataset.features.iloc[split.test]
    train_features, test_features = encoder.fit_transform(train), encoder.transform(test)
    train_curves, test_curves = dataset.curves.iloc[split.train], dataset.curves.iloc[split.test]
    authors = (None, None) if dataset.authors is None else tuple(dataset.authors.iloc[at] for at in split[2:])
    fitted: dict[Any, FrozenEstimator] = {}
    for variant in variants:
        start = time.perf_counter()
        train_authors, test_authors = authors if variant.authors else (None, None)
        if isinstance(variant, Direct):
            direct = DirectForecaster(loss=variant.loss, random_state=split.seed)
            direct.fit(train_features, train_curves, authors=train_authors)
            figures = _curve_scores(test_curves, direct.predict(test_features, authors=test_authors))
        else:
            forecaster = _fit(variant, train_features, train_curves, train_authors, seed=split.seed, fitted=fitted)
            figures = _scale_shape_scores(forecaster, test_features, test_curves, test_authors)
            if variant.in_flight:
                known = (train_curves, test_features, test_curves, test_authors)
                figures["in_flight"] = in_flight_scores(forecaster, *known)
            if variant.intervals:
                figures["intervals"] = interval_scores(forecaster, test_features, test_curves, test_authors)
        yield {
            "variant": variant.name,
            "run": split.run,
            "n_train": len(split.train),
            "n_test": len(split.test),
            **figures,
            "seconds": time.perf_counter() - start,
        }


def _fit(
    variant: Variant,
    features: pd.DataFrame,
    curves: pd.DataFrame,
    authors: Any,
    *,
    seed: int,
    fitted: dict[Any, FrozenEstimator],
) -> ScaleShapeForecaster:
    """The variant's forecaster, made of parts that were fitted before where there are any."""
    keys: dict[str, tuple[Any, ...]] = {
        "clusterer": (variant.clusterer,),
        "classifier": (variant.authors, variant.clusterer, variant.classifier),
        "regressor": (variant.authors, variant.regressor),
    }
    parts = {part: fitted.get(key) or key[-1].build(seed) for part, key in keys.items()}
    forecaster = ScaleShapeForecaster(
        **parts,
        shape=variant.shape,
        loss=getattr(variant.regressor, "loss", "median"),
        in_flight=variant.in_flight,
        intervals=variant.intervals,
        random_state=seed,
    ).fit(features, curves, authors=authors)
    for part, key in keys.items():
        if key not in fitted:
            fitted[key] = FrozenEstimator(getattr(forecaster, f"{part}_"))
    return forecaster


def _curve_scores(true: pd.DataFrame, pred: pd.DataFrame) -> Figures:
    """The paper's scores of forecast curves."""
    rho = scores.scale_spearman(true.max(axis=1), pred.max(axis=1))
    return {
        "rho": None if math.isnan(rho) else rho,
        "trmse": scores.trimmed_rmse(true, pred),
        "med": scores.median_rmse(true, pred),
    }


def _scale_shape_scores(
    forecaster: ScaleShapeForecaster, features: pd.DataFrame, curves: pd.DataFrame, authors: Any
) -> Figures:
    """The scores of a scale x shape forecast, of its classifier, and where its error comes from."""
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


def _class_scores(true: IntArray, pred: IntArray, train: IntArray) -> Figures:
    """Accuracy, what always naming the largest training cluster would give, and the mean recall of the clusters."""
    alive = true >= 0
    present = np.unique(true[alive])
    recall = recall_score(true[alive], pred[alive], labels=present, average="macro", zero_division=0.0)
    return {
        "accuracy": float(np.mean(true[alive] == pred[alive])),
        "majority_share": float(np.mean(true[alive] == np.bincount(train).argmax())),
        "balanced_accuracy": float(recall),
    }
