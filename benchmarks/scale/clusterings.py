"""K-means in blocks on Dask beside k-means of an array in memory: the same curves, initial centres and passes."""

import tempfile
import time
from pathlib import Path
from typing import Any

import curves
import dask.array as da
import numpy as np
from memory import Memory

from tsshape.adapters.dask import open_scheduler
from tsshape.cluster import ShapeKMeans

PASSES, WORKER_MEMORY = 10, "2GiB"
# Curves that are clustered before the clock starts: kernels are loaded, and threads and workers have begun.
N_WARM = 50_000
METRICS: dict[str, dict[str, Any]] = {"euclidean": {}, "dtw": {"window": 3}}


def local(folder: Path, metric: str, n_curves: int, n_jobs: int) -> dict[str, Any]:
    """Cluster an array in memory on threads."""
    X, model = curves.read_all(folder, n_curves), _model(folder, metric, n_jobs)
    _model(folder, metric, n_jobs).fit(X[:N_WARM])
    with Memory() as memory:
        start = time.perf_counter()
        model.fit(X)
        seconds = time.perf_counter() - start
    return {"seconds": seconds, "passes": model.n_iter_, "memory": memory.total}


def on_dask(folder: Path, metric: str, n_curves: int, n_workers: int) -> dict[str, Any]:
    """Cluster blocks that workers read from the disk in each pass; then write the labels."""
    X, model = curves.read_blocks(folder, n_curves), _model(folder, metric)
    with open_scheduler("local", n_workers=n_workers, memory_limit=WORKER_MEMORY), Memory() as memory:
        _model(folder, metric).fit(curves.read_blocks(folder, N_WARM).rechunk((N_WARM // n_workers, -1)))
        start = time.perf_counter()
        model.fit(X)
        seconds = time.perf_counter() - start
        with tempfile.TemporaryDirectory(dir=folder) as labels:
            start = time.perf_counter()
            da.to_npy_stack(labels, model.labels_)
            labelled = time.perf_counter() - start
    return {
        "seconds": seconds, "passes": model.n_iter_, "memory": memory.total, "one": memory.one, "labelled": labelled,
    }  # fmt: skip


def equal(folder: Path, metric: str, n_curves: int) -> dict[str, Any]:
    """Cluster the same curves both ways, and compare prototypes and labels."""
    here = _model(folder, metric, -1).fit(curves.read_all(folder, n_curves))
    with open_scheduler("local", n_workers=2, memory_limit=WORKER_MEMORY):
        there = _model(folder, metric).fit(curves.read_blocks(folder, n_curves))
        labels = np.asarray(there.labels_)
    return {
        "difference": float(np.abs(here.prototypes_ - there.prototypes_).max()),
        "labels": int(np.count_nonzero(here.labels_ != labels)),
        "passes": [int(here.n_iter_), int(there.n_iter_)],
    }


def _model(folder: Path, metric: str, n_jobs: int | None = None) -> ShapeKMeans:
    """Return the clustering that all of them fit."""
    return ShapeKMeans(
        curves.N_CLUSTERS, metric=metric, metric_params=METRICS[metric], init=curves.initial_centers(folder),
        max_iter=PASSES, tol=0.0, n_jobs=n_jobs,
    )  # fmt: skip
