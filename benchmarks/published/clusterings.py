"""Adjusted Rand index of three clusterings, with as many clusters as classes, beside published ones."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from report import Figure, table
from sets import UcrSet, read

from tsshape.cluster import ShapeKMeans, ShapeKMedoids, class_agreement

# Each run has one start, as those published had.
LIMITS = {"n_init": 1, "max_iter": 300}
Build = Callable[[int, int], Any]


class Run(NamedTuple):
    """One start: its inertia, and the index."""

    inertia: float
    ari: float


class Clustering(NamedTuple):
    """What is clustered how, and the titles of the published figures by their names in the data file."""

    title: str
    published: dict[str, str]
    measure: Callable[[UcrSet, Build, int], Run]
    build: Build
    n_runs: int
    remark: str = ""


def section(published: dict[str, Any]) -> Iterator[str]:
    """Yield the section's lines."""
    yield "## Clusterings: adjusted Rand index"
    yield ""
    yield f"Source: {published['source']}."
    yield "Curves are z-normalised, and there are as many clusters as classes. Each run has one random start, so that"
    yield "few figures can be equal; those that equal the mean of our runs are in bold."
    yield ""
    sets = {name: read(name).normalized() for name in published["sets"]}
    for clustering in CLUSTERINGS:
        yield from _compare(clustering, sets, published["sets"])
    yield "Published means over the archive are of other sets than these, so that ours cannot be compared with them."
    yield "Those quoted from the paper are not the means of its result files, which are later."
    yield ""
    rows = [(title, *map(str, figures)) for title, figures in published["means"].items()]
    yield from table(("", "quoted from the paper", "of the result files", "sets in these"), rows)
    yield ""


def _compare(
    clustering: Clustering, sets: Mapping[str, UcrSet], published: Mapping[str, Mapping[str, float]]
) -> Iterator[str]:
    """Yield the part of one clustering."""
    print(clustering.title, flush=True)
    rows, means = [], []
    for name, data in sets.items():
        runs = [clustering.measure(data, clustering.build, seed) for seed in range(clustering.n_runs)]
        indices = [run.ari for run in runs]
        theirs = [published[name][column] for column in clustering.published]
        means.append((*theirs, np.mean(indices), min(runs).ari))
        spread = f"{np.mean(indices):.3f} ± {np.std(indices, ddof=1):.3f}"
        rows.append((name, *_marked(theirs, float(np.mean(indices))), spread, f"{min(runs).ari:.3f}"))
    rows.append(("mean", *(f"{mean:.3f}" for mean in np.mean(means, axis=0))))
    yield f"### {clustering.title}"
    yield ""
    ours = (f"ours, mean of {clustering.n_runs} runs", "ours, run of least inertia")
    yield from table(("set", *clustering.published.values(), *ours), rows)
    yield ""
    if clustering.remark:
        yield clustering.remark
        yield ""


def _marked(published: Iterable[float], ours: float) -> list[str]:
    """Return published figures, in bold where they equal ours."""
    return [f"**{each:.3f}**" if Figure(each, ours, 3).equal else f"{each:.3f}" for each in published]


def _joined(data: UcrSet, build: Build, seed: int) -> Run:
    """Cluster both parts together."""
    X, classes = data.joined()
    model = build(len(np.unique(classes)), seed).fit(X)
    return Run(model.inertia_, class_agreement(classes, model.labels_).ari)


def _divided(data: UcrSet, build: Build, seed: int) -> Run:
    """Cluster the training part, and assign the test part to its clusters."""
    model = build(len(np.unique(data.train_classes)), seed).fit(data.train)
    return Run(model.inertia_, class_agreement(data.test_classes, model.predict(data.test)).ari)


def _means(metric: str) -> Build:
    """Return what builds k-means under a distance."""
    return lambda n_clusters, seed: ShapeKMeans(n_clusters, metric=metric, tol=1e-6, random_state=seed, **LIMITS)


def _medoids(n_clusters: int, seed: int) -> ShapeKMedoids:
    """Build PAM under MSM, whose c is 1 by default, as there."""
    return ShapeKMedoids(n_clusters, metric="msm", random_state=seed, **LIMITS)


CLUSTERINGS = (
    Clustering(
        "K-means",
        {"kmeans": "published, k-means++", "kmeans_random": "published, random starts"},
        _joined,
        _means("euclidean"),
        10,
    ),
    Clustering(
        "DBA k-means",
        {"dba": "published"},
        _joined,
        _means("dtw"),
        10,
        "Here barycenters are begun anew from means and medoids before and after the iterations, which move by two "
        "steps; there each iteration averages to the end.",
    ),
    # The starts differ little, and each takes long.
    Clustering(
        "PAM under MSM, fitted on the training part, tested on the other",
        {"pam": "published"},
        _divided,
        _medoids,
        3,
    ),
    Clustering("PAM under MSM, both parts joined", {}, _joined, _medoids, 2, "The result files do not have it by set."),
)
