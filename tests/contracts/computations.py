"""Everything that the package computes, by name: a digest of each result, for a given number of threads.

    python -m contracts.computations 2

Work is cut into chunks so small that all of it is worth sharing among threads.
"""

import hashlib
import json
import sys
import tempfile
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
from joblib import parallel_config
from sklearn.linear_model import LinearRegression

import tsshape
from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeDBSCAN,
    ShapeHDBSCAN,
    ShapeKMeans,
    ShapeKMedoids,
    ShapeMeanShift,
    applicable_criteria,
    get_clusterer,
    select_n_clusters,
    silhouette,
)
from tsshape.cluster._silhouette import separations
from tsshape.features import FeatureSelector, TableEncoder, rank_features
from tsshape.forecast import (
    DirectForecaster,
    LastValue,
    MultivariateLinear,
    RadialBasis,
    ScaleRegressor,
    ScaleShapeForecaster,
    ShapeClassifier,
    SzaboHuberman,
)
from tsshape.metrics import available_metrics, barycenter, nearest, pairwise

# Sizes from which threads share the work, and what is there instead.
SIZES = {
    "_kernels._pairwise.CELLS_WORTH_A_THREAD": 0,
    "_kernels._dba.CELLS_WORTH_A_THREAD": 0,
    "_kernels._dba.CHUNK_CURVES": 32,
    "_kernels._soft_dtw.CHUNK_CURVES": 16,
    "_kernels._lloyd.LLOYD_CHUNK": 96,
    "_kernels._seeding.LLOYD_CHUNK": 96,
    "_kernels._nearest_dtw.CHUNK_CURVES": 64,
    "_kernels._nearest_dtw_pairs.CHUNK_CURVES": 64,
    "_kernels._silhouette.TILE_ROWS": 64,
    "cluster._modes.BLOCK_CELLS": 2**12,
}
CURVES = np.sort(np.random.default_rng(0).random((500, 24)), axis=1)
SOME = CURVES[:150]
# So many that a matrix product is worth two threads to BLAS.
MANY = np.sort(np.random.default_rng(1).random((1000, 150)), axis=1)
LABELINGS = np.array([np.digitize(CURVES[:, 12], np.quantile(CURVES[:, 12], np.arange(1, k) / k)) for k in (2, 9, 19)])
POSTS = tsshape.simulate_spid(300, n_times=6, random_state=0)
FEATURES = POSTS.features[["Contacts", "MeanViews", "Country", "Title"]]
FIRST = POSTS.curves.loc[:, :2]

KMEANS = {
    "euclidean": {},
    "sqeuclidean": {},
    "manhattan": {},
    "area": {},
    "cumulative_area": {},
    "dtw": {"window": 3},
    "soft_dtw": {"gamma": 0.01},
    "msm": {},
    "scipy:canberra": {},
}


def digests(n_jobs: int) -> dict[str, str]:
    """The digest of each result, under its name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for place, size in SIZES.items():
            module, _, name = place.rpartition(".")
            mock.patch.object(import_module(f"tsshape.{module}"), name, size).start()
        try:
            parts = (distances, clusterings, choices_of_k, tables, regressors, forecasts)
            return {name: digest(values) for part in parts for name, *values in part(n_jobs)}
        finally:
            mock.patch.stopall()


def digest(values: list[Any]) -> str:
    """The digest of tables, arrays and bytes, by their types and bits."""
    # Python spells floats so that they are read back exactly.
    spelled = [value if isinstance(value, bytes) else pd.DataFrame(value).to_numpy().tolist() for value in values]
    return hashlib.sha256(repr(spelled).encode()).hexdigest()


def distances(n_jobs: int) -> Iterator[tuple[Any, ...]]:
    """Distances, nearest centres and averages, under each metric."""
    for metric in available_metrics():
        yield f"distances {metric}", pairwise(SOME, metric=metric, n_jobs=n_jobs)
        yield f"cross distances {metric}", pairwise(SOME, SOME[:40], metric, n_jobs=n_jobs)
        yield f"nearest {metric}", *nearest(CURVES, CURVES[:7], metric, n_jobs=n_jobs)
        yield f"barycenter {metric}", barycenter(SOME, metric, n_jobs=n_jobs)
    single = CURVES.astype(np.float32)
    for metric, params in (("dtw", {"window": 3}), ("msm", {"window": 3}), ("euclidean", {})):
        name = f"nearest {metric} {params} in single precision"
        yield name, *nearest(single, single[:9], metric, n_jobs=n_jobs, **params)
    weights = np.random.default_rng(2).random(len(CURVES))
    for metric, params in (("dtw", {"window": 5}), ("soft_dtw", {"gamma": 1.0}), ("soft_dtw", {"gamma": 1e-3})):
        found = barycenter(CURVES, metric, weights=weights, n_jobs=n_jobs, **params)
        yield f"weighted barycenter {metric} {params}", found


def clusterings(n_jobs: int) -> Iterator[tuple[Any, ...]]:
    """Clusterings, by their attributes and what they predict."""
    seeded = {"n_jobs": n_jobs, "random_state": 0}
    # Distances of at most 100 curves.
    samples = {"memory_limit": 8 * 100**2}
    models = {
        **{
            f"kmeans {metric}, {n_init} starts": ShapeKMeans(
                5, metric=metric, metric_params=params, n_init=n_init, **seeded
            )
            for metric, params in KMEANS.items()
            for n_init in (1, 3)
        },
        **{
            f"kmedoids {metric}{of}": ShapeKMedoids(9, metric=metric, n_init=3, **limit, **seeded)
            for metric in ("euclidean", "area", "dtw", "sbd")
            for of, limit in (("", {}), (" of samples", samples))
        },
        **{
            f"agglomerative {metric}": ShapeAgglomerative(6, metric=metric, n_jobs=n_jobs)
            for metric in ("euclidean", "area", "dtw")
        },
        **{
            f"{name} {metric}": kind(size, metric=metric, min_samples=3, n_jobs=n_jobs)
            for name, kind, size in (("dbscan", ShapeDBSCAN, 0.25), ("hdbscan", ShapeHDBSCAN, 4))
            for metric in ("euclidean", "dtw")
        },
        **{
            f"meanshift {metric}": ShapeMeanShift(0.3, metric=metric, **seeded)
            for metric in ("euclidean", "auc", "cumulative_area")
        },
    }
    for name, model in models.items():
        yield of_model(name, model.fit(SOME))
    batches = ShapeKMeans(3, metric="dtw", **seeded)
    for rows in (slice(0, 250), slice(250, None)):
        batches.partial_fit(CURVES[rows])
    yield of_model("kmeans in batches", batches)
    k_shape = get_clusterer("kshape")
    yield of_model("kshape", k_shape(4, random_state=0).fit(CURVES))
    yield of_model("kernel k-means", get_clusterer("tslearn:kernel-kmeans")(3, random_state=0).fit(SOME))
    yield of_model("kshape of many", k_shape(2, max_iter=3, random_state=3).fit(MANY))


def of_model(name: str, model: Any) -> tuple[Any, ...]:
    """What a clustering has learned, and what it says of curves."""
    learned = [getattr(model, each) for each in ("labels_", "prototypes_", "medoid_indices_") if hasattr(model, each)]
    if hasattr(model, "inertia_"):
        learned.append([model.inertia_])
    curves = MANY[:50] if model.n_features_in_ == MANY.shape[1] else CURVES[::-1]
    said = [model.predict(curves)] + ([model.transform(curves)] if hasattr(model, "transform") else [])
    return name, *learned, *said


def choices_of_k(n_jobs: int) -> Iterator[tuple[Any, ...]]:
    """Criteria of the number of clusters."""
    yield "silhouette", [silhouette(CURVES, LABELINGS[1], "dtw", n_jobs=n_jobs)]
    for metric, dtype in (("euclidean", "float64"), ("euclidean", "float32"), ("dtw", "float64")):
        curves = CURVES.astype(dtype)
        *measured, _ = separations(curves, LABELINGS, metric, dunn=True, n_jobs=n_jobs)
        yield f"separations {metric} {dtype}", *measured
    criteria = applicable_criteria("euclidean")
    chosen = select_n_clusters(SOME, range(1, 6), criteria=criteria, random_state=0, n_jobs=n_jobs)
    yield "number of clusters", chosen.table


def tables(n_jobs: int) -> Iterator[tuple[Any, ...]]:
    """Encoded, ranked and selected features."""
    target = np.log1p(POSTS.curves.max(axis=1))
    yield "encoder", TableEncoder(max_categories=5, n_components=8, random_state=0).fit_transform(FEATURES)
    yield "ranking", rank_features(FEATURES, target, random_state=0)
    selector = FeatureSelector(LinearRegression(), cv=3, n_jobs=n_jobs, random_state=0)
    with parallel_config(backend="threading"):
        selector.fit(POSTS.features[["Contacts", "MeanViews", "TagCount"]], target)
    yield "selector", selector.selected_, selector.scores_


def regressors(_: int) -> Iterator[tuple[Any, ...]]:
    """Shapes and scales by themselves; the number of their threads is that of the process."""
    classes = np.arange(300) % 3
    yield "classifier", ShapeClassifier(random_state=0).fit(FEATURES, classes).predict_proba(FEATURES)
    for loss in ("median", "mean", "trimmed"):
        regressor = ScaleRegressor(loss=loss, random_state=0).fit(FEATURES, POSTS.curves.max(axis=1))
        yield f"scale, {loss}", regressor.predict(FEATURES), regressor.predict_quantiles(FEATURES)


def forecasts(_: int) -> Iterator[tuple[Any, ...]]:
    """Forecasts of curves at upload and in flight, the bundle, and what is loaded from it."""
    for loss in ("median", "mean", "trimmed"):
        model = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), loss=loss, random_state=0)
        model.fit(FEATURES, POSTS.curves, authors=POSTS.authors)
        yield from of_forecaster(model, loss)
        direct = DirectForecaster(loss=loss, days=(1, 3), random_state=0).fit(FEATURES, POSTS.curves)
        yield f"direct, {loss}", direct.predict(FEATURES)
    for baseline in (LastValue(), SzaboHuberman(), MultivariateLinear(), RadialBasis(20, random_state=0)):
        baseline.fit(FIRST, POSTS.curves.loc[:, 3:])
        yield type(baseline).__name__, baseline.predict(FIRST)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tsshape"
        tsshape.save(model, path)
        yield "bundle", path.read_bytes()
        yield from of_forecaster(tsshape.load(path), "loaded")


def of_forecaster(model: ScaleShapeForecaster, name: str) -> Iterator[tuple[Any, ...]]:
    """All that a forecaster says."""
    yield f"forecast, {name}", model.predict(FEATURES, authors=POSTS.authors)
    yield f"forecast in flight, {name}", model.predict(FEATURES, authors=POSTS.authors, observed=FIRST)
    yield f"intervals, {name}", *model.predict_interval(FEATURES)
    yield f"intervals in flight, {name}", *model.predict_interval(FEATURES, observed=FIRST)
    yield f"explanation, {name}", *model.explain(FEATURES)


if __name__ == "__main__":
    json.dump(digests(int(sys.argv[1])), sys.stdout)
