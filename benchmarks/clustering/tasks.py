"""What is timed: each task is a function that returns rows of the table, run in a process of its own."""

import os
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

N_JOBS = 2
SEED = 0
Row = dict[str, Any]


def youku_shapes() -> np.ndarray:
    """The shapes of youku30, float64."""
    from tsshape import read_curves, split_scale_shape

    curves = read_curves(Path(os.environ["TSSHAPE_DATA"]) / "youku30" / "curves.parquet").to_numpy()
    return split_scale_shape(curves[curves.max(axis=1) > 0])[1]


def timed(run: Callable[[], Any], repetitions: int = 1) -> tuple[float, Any]:
    """The least wall time of some repetitions, and the last result."""
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - start)
    return min(seconds), result


def row(task: str, seconds: float, peers: Mapping[str, float], note: str) -> Row:
    """One row, with the most memory that the process has taken so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"task": task, "seconds": seconds, "peak": peak, "peers": dict(peers), "note": note}


def warm(metric: str, dtype: str = "float64", **params: Any) -> None:
    """Compile or load what a clustering under the metric takes."""
    from tsshape.cluster import ShapeKMeans

    X = np.random.default_rng(0).random((300, 30)).astype(dtype)
    ShapeKMeans(3, metric=metric, metric_params=params, n_init=1, max_iter=3).fit(X)


def sweep() -> list[Row]:
    """All numbers of clusters with their silhouettes, against scikit-learn at some of them."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    from tsshape.cluster import select_n_clusters

    S = youku_shapes()
    criteria = ("inertia", "silhouette")
    select_n_clusters(S[:200], [1, 2, 3], criteria=criteria, n_seeds=1)
    numbers = range(1, 81)
    seconds, selection = timed(
        lambda: select_n_clusters(S, numbers, criteria=criteria, n_seeds=1, n_jobs=N_JOBS, random_state=SEED)
    )
    ours = row(f"k = 1…80 with all silhouettes, {len(S):,} x 30", seconds, {}, "")
    sample, theirs, inertia = (2, 21, 41, 60, 80), [], []
    for k in sample:
        fit_seconds, model = timed(lambda k=k: KMeans(k, n_init=1, max_iter=100, random_state=SEED).fit(S))
        silhouette_seconds, _ = timed(lambda model=model: silhouette_score(S, model.labels_))
        theirs.append(fit_seconds + silhouette_seconds)
        inertia.append(selection.table.loc[k, "inertia"] / model.inertia_)
    ours["peers"] = {"scikit-learn": float(np.mean(theirs)) * len(numbers)}
    ours["note"] = (
        f"scikit-learn from {len(sample)} numbers of clusters, on {N_JOBS} cores; our inertia is "
        f"{min(inertia):.3f} to {max(inertia):.3f} of theirs"
    )
    return [ours]


def mean_shift() -> list[Row]:
    """All curves at the paper's bandwidth; scikit-learn on 2,000 of them, where both must agree."""
    from sklearn.cluster import MeanShift

    from tsshape.cluster import ShapeMeanShift

    S, bandwidth = youku_shapes(), 0.53
    seconds, model = timed(lambda: ShapeMeanShift(bandwidth, n_jobs=N_JOBS).fit(S))
    rows = [row(f"mean shift {bandwidth}, {len(S):,} x 30", seconds, {}, f"{len(model.prototypes_)} clusters")]
    few = S[:2000]
    seconds, ours = timed(lambda: ShapeMeanShift(bandwidth, n_jobs=N_JOBS).fit(few))
    peer, theirs = timed(lambda: MeanShift(bandwidth=bandwidth, n_jobs=N_JOBS).fit(few))
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_allclose(ours.prototypes_, theirs.cluster_centers_, rtol=1e-10)
    return [*rows, row(f"mean shift {bandwidth}, 2,000 x 30", seconds, {"scikit-learn": peer}, "the same clusters")]


def dtw_kmeans() -> list[Row]:
    """DBA k-means against aeon's KASBA and tslearn, with the inertia that each reaches."""
    from aeon.clustering import KASBA
    from tslearn.clustering import TimeSeriesKMeans

    from tsshape.cluster import ShapeKMeans
    from tsshape.metrics import nearest

    S, k = np.ascontiguousarray(youku_shapes()[:2000]), 10
    warm("dtw")

    def inertia(centers: np.ndarray) -> float:
        return float(np.square(nearest(S, np.ascontiguousarray(centers), "dtw")[1]).sum())

    def ours(max_iter: int) -> np.ndarray:
        model = ShapeKMeans(k, metric="dtw", n_init=1, max_iter=max_iter, n_jobs=N_JOBS, random_state=SEED)
        return model.fit(S).prototypes_

    def kasba() -> np.ndarray:
        # KASBA's own distance is MSM; here it is given the one that is compared.
        model = KASBA(k, distance="dtw", random_state=SEED)
        return np.asarray(model.fit(S[:, None, :]).cluster_centers_)[:, 0]

    def tslearn() -> np.ndarray:
        model = TimeSeriesKMeans(
            k, metric="dtw", n_init=1, max_iter=5, max_iter_barycenter=5, random_state=SEED, n_jobs=N_JOBS
        )
        return model.fit(S).cluster_centers_[:, :, 0]

    peers = {}
    notes = {}
    for name, run in (("aeon KASBA", kasba), ("tslearn", tslearn)):
        peers[name], centers = timed(run, 2)
        notes[name] = inertia(centers)
    rows = []
    for max_iter in (3, 5, 100):
        seconds, centers = timed(lambda max_iter=max_iter: ours(max_iter), 3)
        note = f"inertia {inertia(centers):.2f}; " + ", ".join(f"{name} {value:.2f}" for name, value in notes.items())
        rows.append(row(f"DBA k-means, k = {k}, 2,000 x 30, at most {max_iter} iterations", seconds, peers, note))
    return rows


def kmeans() -> list[Row]:
    """K-means of 200,000 curves against scikit-learn, the same number of iterations."""
    from sklearn.cluster import KMeans

    from tsshape.cluster import ShapeKMeans

    rows = []
    for dtype in ("float32", "float64"):
        X = made_shapes(200_000, dtype)
        warm("euclidean", dtype)
        options = {"n_init": 1, "max_iter": 25, "tol": 0.0, "random_state": SEED}
        seconds, ours = timed(lambda X=X, o=options: ShapeKMeans(50, n_jobs=N_JOBS, **o).fit(X), 3)
        peer, theirs = timed(lambda X=X, o=options: KMeans(50, **o).fit(X), 3)
        note = f"25 iterations each; our inertia is {ours.inertia_ / theirs.inertia_:.3f} of theirs"
        rows.append(row(f"K-means, k = 50, 200,000 x 30, {dtype}", seconds, {"scikit-learn": peer}, note))
    return rows


def million_euclidean() -> list[Row]:
    """A million curves, one start."""
    return [_million("euclidean")]


def million_dtw() -> list[Row]:
    """A million curves under DTW, one start."""
    return [_million("dtw", window=3)]


def _million(metric: str, **params: Any) -> Row:
    """One start of 25 iterations with 50 clusters."""
    from tsshape.cluster import ShapeKMeans

    X = made_shapes(1_000_000, "float32")
    warm(metric, "float32", **params)
    model = ShapeKMeans(
        50, metric=metric, metric_params=params, n_init=1, max_iter=25, tol=0.0, n_jobs=N_JOBS, random_state=SEED
    )
    seconds, _ = timed(lambda: model.fit(X))
    spelt = " ".join([metric, *(f"{name} {value}" for name, value in params.items())])
    return row(f"K-means under {spelt}, k = 50, 1,000,000 x 30, float32", seconds, {}, f"{model.n_iter_} iterations")


def made_shapes(n_curves: int, dtype: str) -> np.ndarray:
    """Cumulative curves that end at 1, made in parts so that little memory is taken at once."""
    X = np.empty((n_curves, 30), dtype)
    rng = np.random.default_rng(SEED)
    t = np.linspace(0, 1, 30)
    for start in range(0, n_curves, 50_000):
        part = X[start : start + 50_000]
        burst = rng.choice([0.05, 0.2, 0.5, 0.8], (len(part), 1)) + rng.normal(0, 0.05, (len(part), 1))
        speed = rng.choice([5.0, 15.0, 40.0], (len(part), 1))
        views = 1 / (1 + np.exp(-speed * (t - burst))) + rng.uniform(0, 0.5, (len(part), 1)) * t
        views = np.cumsum(np.diff(views, axis=1, prepend=0) * rng.uniform(0.5, 1.5, views.shape), axis=1)
        part[:] = views / views[:, -1:]
    return X


TASKS: Sequence[Callable[[], list[Row]]] = (kmeans, million_euclidean, million_dtw, dtw_kmeans, sweep, mean_shift)
